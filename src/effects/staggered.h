/* Units over periods with a first period of treatment: what every design of staggered adoption
   begins with. */
#ifndef PP_EFFECTS_STAGGERED_H
#define PP_EFFECTS_STAGGERED_H

#include "model/encode.h"

#include <pushpull/did.h>

/* Units in the order of their cohorts, those never treated last; values are missing nowhere. */
typedef struct pp__staggered {
    int64_t n;
    int periods, cohorts, k;
    const double *time;  /* periods, ascending */
    const double *first; /* cohorts, ascending: the first period of treatment */
    const int64_t *
        begin; /* cohorts + 2: the first unit of each; then of the never treated; then n */
    const double *y;        /* periods × n: unit i in period t at t n + i */
    const double *const *x; /* k columns of the same form; the first is 1 */
    const int32_t *cluster; /* n; NULL: units */
    int64_t clusters;
    const char *const *name; /* n: units as people know them */
} pp__staggered;

/* What was left out, and why. */
typedef enum pp__left_out {
    PP__KEPT,
    PP__ALWAYS_TREATED,
    PP__NOT_IN_EVERY_PERIOD
} pp__left_out;

typedef struct pp__staggered_report {
    int64_t units, rows, incomplete_rows;
    int64_t n;               /* left out */
    const char **unit;       /* n */
    const pp__left_out *why; /* n */
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

#endif
