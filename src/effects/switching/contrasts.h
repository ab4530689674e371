/* Changes of units whose treatment has changed less those of their controls. */
#ifndef PP_EFFECTS_CONTRASTS_H
#define PP_EFFECTS_CONTRASTS_H

#include "effects/switching/switchers.h"

/* What covariates explain, by first treatment; k = 0: there are none. */
typedef struct pp__residuals {
    int k;
    double
        *influence; /* k columns of n: of units on their first treatment's coefficients */
    int64_t
        unsupported; /* first treatments without controls enough for all coefficients */
} pp__residuals;

/* src/effects/switching/residuals.c: takes out of s->y what the covariates explain of the changes of units
   of the same first treatment that have not changed yet, by least squares with effects of periods. A
   covariate that does not vary there has no part. Cost: units × periods × k². */
pp_status pp__residuals_take(pp__switchers *s, pp_arena *arena, pp__residuals *out,
                             pp_error *err);

/* Which units, and how long. */
typedef struct pp__reach {
    int sign; /* 1: up, -1: down, 0: both */
    int same; /* only units that can be followed for so many periods; 0: all */
} pp__reach;

/* DID_l for `exposed` = l > 0, the placebo for l < 0. */
typedef struct pp__contrast {
    int exposed, cohorts;
    int64_t treated,
        controls;      /* units; controls of all cohorts, some perhaps more than once */
    int64_t alone;     /* that have nobody to be compared with */
    int64_t single;    /* cohorts in one cluster */
    double effect;     /* NaN: none */
    double dose, last; /* mean more than at first: summed over periods; in the last one */
} pp__contrast;

/* One for each of `exposed`, with the influence of units in `influence` (columns of n, for means over
   n). */
pp_status pp__contrasts_make(const pp__switchers *s, const pp__residuals *residuals,
                             pp__reach reach, const int *exposed, int columns,
                             const pp_context *ctx, pp_arena *arena, pp__contrast *out,
                             double *influence, pp_error *err);

/* 1: units of this cohort have somebody to be compared with when their treatment changes. */
int pp__has_controls(const pp__switchers *s, const pp__cohort *cohort);

#endif
