/* The designs of a study, for the analyses of what adoption does. */
#ifndef PP_STUDY_RUN_DESIGNS_H
#define PP_STUDY_RUN_DESIGNS_H

#include "study/run.h"

#include <pushpull/uncertain.h>

/* Its data, made when it is first asked for. */
pp_status pp__run_get_design(pp__run *run, const pp_study_design *design,
                             const pp__run_design **out, pp_error *err);
/* Adds to its table `all` the column `probability`: that a unit has adopted, by the design's doubts. */
pp_status pp__run_design_doubts(pp__run *run, const pp__run_design *design,
                                pp_error *err);
/* How one of its outcomes is estimated by pp_did on these data. */
pp_status pp__run_design_options(pp__run *run, const pp_study_design *design,
                                 const char *outcome, pp_did_options *out, pp_error *err);

/* An analysis of the design's table `all`, with dates drawn. */
typedef pp_status pp__drawn_step(const void *payload, const pp_table *all,
                                 const pp_uncertain_options *dates, const pp_context *ctx,
                                 pp_result **out, pp_error *err);
/* Adds its tables to those by one date; `draws` < 0: as many as the design has; 0: none. What the draws
   cannot carry is a warning; those that `result` has are not told again. */
pp_status pp__run_add_drawn(pp__run *run, const pp__run_design *design,
                            const char *outcome, int64_t draws, pp__drawn_step *step,
                            const void *payload, pp_result *result, pp_error *err);
/* Its part: copies the tables, and warnings of kinds that `result` has not. */
pp_status pp__run_add_tables(pp_result *result, const pp_result *drawn, pp_error *err);
/* The key `date_draws` of an analysis of designs, for that. */
#define PP__DATE_DRAWS(type, usual)                                                      \
    {                                                                                    \
        "date_draws", PP__INTEGER, PP__AT(type, date_draws), .number = (usual),          \
                                                             .low = -1, .high = 100000   \
    }

/* Refuses a study without designs. */
pp_status pp__run_need_designs(const pp__run *run, pp_error *err);

/* What the analysis of that name (one with `one`) makes of an outcome, by its settings in the study; made
   when it is first asked for. What the data cannot carry is told in `why`. */
pp_status pp__run_outcome_of(pp__run *run, const char *analysis,
                             const pp_study_design *design, const char *outcome,
                             const pp__run_outcome **out, pp_error *err);

/* `step` for every outcome of the designs named (NULL or empty: all), under the name of its analysis. Tables of one name are put one
   under the other behind the columns design, outcome, label; what an outcome cannot carry is a warning,
   and an error only when none can. */
pp_status pp__run_each_design(pp__run *run, const char *analysis,
                              const char *const *names, pp__design_step *step,
                              const void *settings, pp_result **out, pp_error *err);

/* How many designs are named; NULL or empty: all. */
int64_t pp__run_count_designs(const pp_study *study, const char *const *names);

#endif
