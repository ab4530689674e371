/* What the bootstraps share: options, the coefficients that are asked for, tables. */
#ifndef PP_MODEL_BOOTSTRAP_H
#define PP_MODEL_BOOTSTRAP_H

#include "model/fit.h"
#include "model/inference/groups.h"
#include "model/inference/tdraws.h"

#include <pushpull/inference.h>

typedef struct pp__boot {
    const pp_fit *fit;
    const pp_bootstrap_options *options;
    const pp_context *ctx;
    pp_arena *arena;
    pp_error *err;
    pp__clusters clusters;
    int64_t draws;
    int enumerated;
    double level;
    int equal_tails;
    int n;             /* coefficients */
    int *index;        /* of each in the fit */
    int64_t first;     /* row of the table of the first of them */
    double *t, **star; /* |t| of each, and |t*| of its draws; NULL: not wanted */
    pp_result *result;
    pp_table *table, *facts; /* of the result */
} pp__boot;

/* A row of the table; NaN is what a method does not give. */
typedef struct pp__boot_row {
    double estimate, std_error, statistic, p_value, low, high;
    int64_t draws; /* that the p value is of; 0: all */
} pp__boot_row;
pp_status pp__boot_put(pp__boot *boot, int at, const pp__boot_row *row);
/* The factor of CR1 by the fit's convention. */
double pp__boot_small_sample(const pp__boot *boot);

/* Keeps |t*| of b = null for the stepdown, when it is wanted. */
void pp__boot_stars(pp__boot *boot, int at, const pp__tdraws *draws, double null);

/* src/model/inference/score_bootstrap.c, pairs.c: fill the table. */
pp_status pp__boot_score(pp__boot *boot);
pp_status pp__boot_pairs(pp__boot *boot);

#endif
