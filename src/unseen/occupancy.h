/* An occupancy model: its parts, its likelihood, its estimates. */
#ifndef PP_UNSEEN_OCCUPANCY_H
#define PP_UNSEEN_OCCUPANCY_H

#include "model/design.h"
#include "unseen/jet.h"
#include "unseen/occupancy_visits.h"

typedef enum pp__occupancy_form {
    PP__SINGLE,
    PP__DYNAMIC,
    PP__FALSE_POSITIVES,
    PP__ROYLE_NICHOLS
} pp__occupancy_form;

enum {
    PP__STATE,
    PP__COLONISATION,
    PP__EXTINCTION,
    PP__DETECTION,
    PP__FALSE_POSITIVE,
    PP__CERTAINTY,
    PP__OCCUPANCY_PARTS
};

/* A formula over rows: units, units × (seasons - 1), or visits. */
typedef struct pp__part {
    const char *name, *text; /* text NULL: the form has no such part */
    const pp_table *table;
    pp__notes notes;
    int noted; /* 1: notes are there to be cleared */
    pp__sample *sample;
    pp__design *design; /* over the rows in the likelihood */
    int k, at;          /* parameters, and the first of them */
    int64_t rows;
    double *z;      /* rows × k, row by row, standardised */
    double *mean;   /* k: of z over rows */
    uint8_t *known; /* rows: z is there, and the estimates speak of it */
} pp__part;

typedef struct pp__unit {
    int64_t first, last;      /* its visits that count */
    int64_t made, detections; /* all of its visits, and those that found something */
    int used;                 /* 1: in the likelihood */
    const char *lost;         /* the variable that a visit of it lacked; NULL: none */
    const char *why;          /* there are no predictions; NULL: there are */
} pp__unit;

typedef struct pp__occupancy {
    const pp_occupancy_options *options;
    const pp_context *ctx;
    pp__occupancy_form form;
    pp__visits visits;
    pp__part part[PP__OCCUPANCY_PARTS];
    pp__unit *unit;
    int64_t used, detected, detections; /* units in the likelihood, with a detection;
                                           visits with one */
    int k, states;
    double *log_factorial; /* royle-nichols: of 0, 1, …, as far as sums may go */
    int doubtful;          /* false positives without any certain visit or detection */
    pp_arena arena;

    double *theta, *V;         /* standardised */
    double *estimate, *errors; /* k, k × k: in original units */
    double loglik, score_norm, level;
    int iterations, converged, starts, best_starts;
} pp__occupancy;

/* ---- occupancy_parts.c ---- */

/* From options and data to parts and units. Freed by pp__occupancy_clear either way. */
pp_status pp__occupancy_new(const pp_table *data, const pp_occupancy_options *options,
                            const pp_context *ctx, pp__occupancy *out, pp_error *err);
void pp__occupancy_clear(pp__occupancy *o);

/* ---- occupancy_check.c ---- */

/* Options: the form, what it has no use for, ranges. Fills o->form. */
pp_status pp__occupancy_check_options(pp__occupancy *o, pp_error *err);
/* Once visits are known: that they can tell adoption from detection. */
pp_status pp__occupancy_check_visits(const pp__occupancy *o, pp_error *err);
/* Once parts are known: that there are enough detections for them. */
pp_status pp__occupancy_check_counts(const pp__occupancy *o, pp_error *err);
/* PP_E_ARGUMENT about an option. */
pp_status pp__occupancy_fail(const char *option, const char *value, const char *message,
                             const char *hint, pp_error *err);

/* ---- occupancy_likelihood.c ---- */

enum { PP__NEVER_ABSENT = -1, PP__MOST_UPPER = 500 };

/* What is asked of a unit. */
typedef struct pp__occupancy_question {
    int unseen;    /* 1: what visits found does not count */
    int absent_in; /* jointly with absence in this season; PP__NEVER_ABSENT: without */
    const double *found; /* in the place of visits.found; NULL: that */
} pp__occupancy_question;

typedef struct pp__occupancy_space {
    pp__jet *state, *next, *pair, *out;
} pp__occupancy_space;

/* Doubles of work space for derivatives up to `order`, and their layout. */
int64_t pp__occupancy_size(const pp__occupancy *o, int order);
pp__occupancy_space pp__occupancy_place(const pp__occupancy *o, int order, double *space);

/* The log-probability, to space->out; jointly with each state in the last season, to
   space->state. */
void pp__occupancy_unit(const pp__occupancy *o, const double *theta, int64_t unit,
                        const pp__occupancy_question *question,
                        const pp__occupancy_space *space);

/* The linear predictor of a part in a row. */
double pp__part_predictor(const pp__part *part, const double *theta, int64_t row);

/* ---- occupancy_fit.c ---- */

/* Maximises from several starts; fills theta to best_starts. Boundaries are
   PP_E_ESTIMATION with part and term. */
pp_status pp__occupancy_fit(pp__occupancy *o, pp_error *err);
/* From `start` alone, of other visits (NULL: the model's own): for replicates. */
pp_status pp__occupancy_refit(const pp__occupancy *o, const double *found,
                              const double *start, pp_arena *arena, double **theta,
                              int *converged, pp_error *err);
/* Royle-Nichols: the largest share of a unit's distribution that the sum leaves out. */
double pp__occupancy_beyond(const pp__occupancy *o, const double *theta);
/* Warns of lower peaks and the like. */
pp_status pp__occupancy_warn(const pp__occupancy *o, pp_result *result, pp_error *err);

/* ---- occupancy_units.c, occupancy_total.c, occupancy_tables.c, occupancy_test.c ---- */

pp_status pp__occupancy_put_units(const pp__occupancy *o, pp_result *result,
                                  pp_error *err);
pp_status pp__occupancy_put_total(const pp__occupancy *o, pp_result *result,
                                  pp_error *err);
pp_status pp__occupancy_put_tables(const pp__occupancy *o, pp_result *result,
                                   pp_error *err);
pp_status pp__occupancy_test_fit(const pp__occupancy *o, pp_result *result,
                                 pp_error *err);

#endif
