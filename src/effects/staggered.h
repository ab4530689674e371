/* Units over periods with a first period of treatment: what every design of staggered adoption
   begins with. */
#ifndef PP_EFFECTS_STAGGERED_H
#define PP_EFFECTS_STAGGERED_H

#include "model/encode.h"

#include <pushpull/did.h>

/* What is there of a panel with holes, or of repeated cross-sections: rows by period, in each in the order
   of units. */
typedef struct pp__staggered_rows {
    const int64_t *begin;     /* periods + 1: the first row of each */
    const int64_t *unit;      /* of row */
    const double *y, *weight; /* weight NULL: 1 each */
    const double *const *x;
} pp__staggered_rows;

/* Units in the order of their cohorts, those never treated last. A balanced panel (rows is NULL) misses
   no value; else y, weight and x are NULL and all values are in `rows`. */
typedef struct pp__staggered {
    int64_t n;
    int periods, cohorts, k;
    const double *time;  /* periods, ascending */
    const double *first; /* cohorts, ascending: the first period of treatment */
    const int64_t *
        begin; /* cohorts + 2: the first unit of each; then of the never treated; then n */
    const double *y;           /* periods × n: unit i in period t at t n + i */
    const double *weight;      /* the same; NULL: 1 each */
    const double *const *x;    /* k columns of the same form; the first is 1 */
    const char *const *x_name; /* k; the first is NULL */
    const pp__staggered_rows *rows;
    const double
        *share; /* n: what a unit counts in the shares of cohorts; NULL: 1 each */
    const int32_t *cluster; /* n; NULL: units */
    int64_t clusters;
    const char *const *name; /* n: units as people know them; NULL: of cross-sections */
} pp__staggered;

/* Why a unit was left out. */
typedef enum pp__unit_loss {
    PP__KEPT,
    PP__ALWAYS_TREATED,
    PP__NOT_IN_EVERY_PERIOD, /* it has no row in some */
    PP__OUTCOME_MISSING,     /* it has rows in all, but not an outcome in all */
    PP__COVARIATE_MISSING    /* or not all covariates, or no weight */
} pp__unit_loss;

/* A unit whose treatment goes off again. */
typedef struct pp__reversal {
    const char *unit;
    double first, off; /* periods */
} pp__reversal;

typedef struct pp__staggered_report {
    int64_t units; /* rows, in cross-sections */
    int64_t rows,
        incomplete_rows; /* those without unit or period, outcome, covariates or weight */
    int64_t no_outcome, no_covariate; /* rows: of the incomplete, in this order */
    int64_t repeated; /* cross-sections without clusters: rows less names of units */
    int64_t always_treated;
    int64_t n;                /* left out and named (cross-sections: none) */
    const char **unit;        /* n */
    const pp__unit_loss *why; /* n */
    const int32_t *missing;   /* n: periods */
    const int64_t
        *absent;   /* periods: units not seen in it, of all that are not always treated */
    int64_t holes; /* units that are not seen in every period, of the same */
    int64_t never_empty, never_zero, never_later; /* units: how 'never' is written */
    int64_t unknown_treatment; /* rows whose 0/1 treatment is missing */
    int64_t reversals;
    const pp__reversal *reversal;
} pp__staggered_report;

/* Reads the panel. Everything is in `arena`. */
pp_status pp__staggered_read(const pp_table *data, const pp_did_options *options,
                             const pp_context *ctx, pp_arena *arena, pp__staggered *out,
                             pp__staggered_report *report, pp_error *err);

/* The same units with other cohorts: unit i in cohort[i] of `s` (s->cohorts: never treated; -1: left out).
   Cohorts without units are dropped; the order within cohorts stays. For randomised cohorts and for
   leaving out. PP_E_ESTIMATION without a treated unit. Cost: periods × units × covariates. */
pp_status pp__staggered_assign(const pp__staggered *s, const int *cohort, pp_arena *arena,
                               pp__staggered *out, pp_error *err);

/* How many clusters hold treated units. */
pp_status pp__staggered_treated_clusters(const pp__staggered *s, int64_t *out,
                                         pp_error *err);

/* 1: one cluster holds all treated units. How it varies is then not to be seen: no errors are told. */
int pp__staggered_is_lone(const pp__staggered *s);

#endif
