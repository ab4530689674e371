/* An analysis is an optional step of a study: keys under `analyses:` in study.yml, a command of its
   own, a section of the report, and rows of the findings. See docs/adding-an-analysis.md. */
#ifndef PP_STUDY_ANALYSES_ANALYSIS_H
#define PP_STUDY_ANALYSES_ANALYSIS_H

#include "study/run.h"
#include "study/study_fields.h"

typedef struct pp__analysis {
    const char *name;    /* its key under `analyses:` */
    const char *command; /* that gives it alone; several may share one */
    const char *title;   /* its heading in the report */
    const char *
        about; /* what it asks, how to read it, what it assumes: CommonMark under the heading */
    const pp__section *format; /* its keys; `size` is that of its settings */
    /* What is wrong with the settings beyond their form and beyond names, which the fields' `refers`
       has checked; NULL: nothing. */
    pp_status (*check)(const pp_study *study, const void *settings,
                       pp__problems *problems, pp_error *err);
    /* What would run, for `pushpull check`: "12 factors of latest_logit". */
    void (*describe)(const pp_study *study, const void *settings, pp_buf *what);
    /* The tables, by a call of the library. A precondition that does not hold is an error, which a
       run tells of and goes on. */
    pp_status (*run)(pp__run *run, const void *settings, pp_result **out, pp_error *err);
    /* Of an analysis of designs: what `run` makes of one outcome, for other analyses; else NULL. */
    pp__design_step *one;
    /* Its rows of the findings, by pp__run_answer; NULL: none. */
    pp_status (*answer)(pp__run *run, const void *settings, const pp_result *result,
                        pp_error *err);
    const char *const
        *tables; /* that the report shows, NULL-terminated; all are written */
    /* What its section has beside figures and tables; NULL: nothing. */
    pp_status (*report)(pp__run *run, const pp_result *result, pp_document *document,
                        pp_error *err);
} pp__analysis;

/* Adds column `label` to a table: the variables of its column `factors` in the study's words. */
pp_status pp__run_put_labels(pp__run *run, pp_table *table, const char *factors,
                             pp_error *err);

/* Adds the tables and warnings of `from` to those of `to`: rows of one table one below the other, behind a
   column `heading` that holds `title`. Notes are those of the first. */
pp_status pp__stack_result(pp_result *to, const pp_result *from, const char *heading,
                           const char *title, pp_error *err);

/* In the order of the report; NULL after the last. */
const pp__analysis *pp__analysis_get(int index);
/* The part of the report that it belongs to. */
pp__part pp__analysis_part(const pp__analysis *analysis);

/* Its settings in a study; `given`: it stands in the file. */
const pp_study_analysis *pp__analysis_of(const pp_study *study,
                                         const pp__analysis *analysis);

/* The files that the analyses of a study name, at most `most`; gives their number. */
enum { PP_STUDY_FILES = 16 };
int pp__analysis_files(const pp_study *study, pp_study_file *out, int most);

/* One row of the findings. Start from pp__answer_blank, in which numbers are missing. The verdict is
   one of findings.h, or "described" where nothing is judged. `scale`: "probability a year, …" is told
   in percentage points, "countries" in whole numbers, others by three digits. */
typedef struct pp__answer {
    const char *id, *question, *answer, *factor, *scale, *hypothesis, *verdict, *model;
    double estimate, std_error, conf_low, conf_high, conf_low_90, conf_high_90,
        smallest_effect, units, events;
} pp__answer;
pp__answer pp__answer_blank(void);
pp_status pp__run_answer(pp__run *run, const pp__answer *answer, pp_error *err);
/* One about adoption that nothing is judged in: only words, and the scale of their numbers (NULL: none). */
pp_status pp__run_describe(pp__run *run, const char *id, const char *question,
                           const char *scale, pp_buf *words, pp_error *err);

#endif
