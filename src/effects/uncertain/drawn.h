/* Any estimator under several treatments of uncertain dates: tried on each, pooled, told. */
#ifndef PP_EFFECTS_DRAWN_H
#define PP_EFFECTS_DRAWN_H

#include "effects/uncertain/dating.h"

#include <pushpull/impute.h>
#include <pushpull/result.h>

/* The estimator on the data with dates: in column PP__COHORT, or, where units were treated together, all
   from `first` on (else NaN; there is then no such column). Called on several threads. */
typedef pp_status pp__dated_estimator(const void *payload, const pp_table *data,
                                      double first, pp_result **out, pp_error *err);

/* A table of its results. Rows are told apart by a text, a number, or both, or there is one. */
typedef struct pp__dated_table {
    const char *name, *text, *number; /* the keys' columns; NULL: none */
    const char *estimate;             /* its column; NULL: "estimate" */
    const char *const *shown; /* more columns of numbers, told by date; NULL: none */
    int by_rank;              /* 1: p values are ranks, which Rubin's rules do not pool */
} pp__dated_table;

typedef struct pp__dated_design {
    const char *command, *prefix;     /* of the result; of its tables */
    pp__dated_table overall, dynamic; /* dynamic.name NULL: none */
    pp__dated_estimator *estimate;
    const void *payload;
    pp__dated_columns columns;
    const char *outcome, *weights, *cluster; /* columns that must be there; NULL: none */
    uint64_t seed;
    double level; /* 0: 0.95 */
} pp__dated_design;

/* `out` gets the tables PREFIX_overall and PREFIX_dynamic, and PREFIX_draws, or PREFIX_dates of units
   treated together: see pushpull/uncertain.h. Estimators get no context: threads are over trials. */
pp_status pp__dates_draw(const pp_table *data, const pp__dated_design *design,
                         const pp_uncertain_options *options, const pp_context *ctx,
                         pp_result **out, pp_error *err);

/* Refuses a column of treatment (NULL: there is none) beside intervals. */
pp_status pp__dates_refuse_treatment(const char *treatment, pp_error *err);

/* ---- between its files ---- */

/* The estimator with the dates of one rule, of one draw, or from one period on. */
typedef struct pp__trial {
    pp_result *result; /* NULL: nothing could be estimated */
    pp__dated_units units;
    double first, share; /* together: the period, and its share of the interval */
    pp_status status;
    pp_error err;
} pp__trial;

typedef struct pp__trials {
    const pp__dated_design *design;
    const pp_context *ctx;
    pp_error *err;
    pp_arena arena;
    pp__dating dating;
    double level;
    int together; /* 1: a trial for each period that treatment may have begun in */
    int n_all;    /* all own their results */
    pp__trial *all;
    int n, failed;                    /* of those pooled */
    pp__trial *drawn;                 /* n of all */
    const pp__trial *rule[PP__DRAWN]; /* NULL: it gives no date */
} pp__trials;

extern const char *const pp__dating_names[PP__DATING_RULES];

/* src/effects/uncertain/trials.c: PP_E_ESTIMATION where most of those pooled fail. */
pp_status pp__trials_run(pp__trials *w, const pp_table *data,
                         const pp_uncertain_options *options);
void pp__trials_free(pp__trials *w);

/* src/effects/uncertain/pooled.c: rows of one key in the trials pooled. */
typedef struct pp__dated_key {
    const char *text; /* NULL: none */
    double number;    /* NaN: none */
} pp__dated_key;

typedef struct pp__dated_sample {
    int n, has_errors;
    double *estimate, *variance, *share; /* n, with room for all */
    double lowest, highest;
    double p, p_lowest, p_highest,
        p_share; /* of ranks: the mean, the range, how much has one */
} pp__dated_sample;

pp_status pp__dated_sample_new(pp__trials *w, pp__dated_sample *out);
void pp__dated_sample_take(const pp__trials *w, const pp__dated_table *from,
                           const pp__dated_key *key, pp__dated_sample *out);
/* By Rubin's rules, of draws; together: with shares, in the limit of infinitely many draws. */
pp_pooled pp__dated_sample_pool(const pp__trials *w, const pp__dated_sample *s);
/* The row of a key; -1: none. */
int64_t pp__dated_row(const pp_table *t, const pp__dated_table *from,
                      const pp__dated_key *key);
/* All keys of the trials, rules among them, texts in the order of their appearance and numbers ascending. */
pp_status pp__dated_keys(pp__trials *w, const pp__dated_table *from, pp__dated_key **out,
                         int *n);

/* src/effects/uncertain/told.c */
pp_status pp__trials_tell(pp__trials *w, pp_result *result);

#endif
