/* What a model says of each country in its last year with data: its linear predictor against a country at
 * the means, in parts. */
#ifndef PP_STRATEGY_PROFILE_DRIVING_H
#define PP_STRATEGY_PROFILE_DRIVING_H

#include "model/after/frame.h"
#include "strategy/profile_parts.h"

/* Columns of the design that belong together. */
typedef struct pp__force {
    const char *name, *label, *group;
    int variable; /* of the design; -1: none */
    int group_at; /* in the list of groups */
    int used;     /* some column of the model is its */
} pp__force;

typedef struct pp__driven_country {
    int64_t row;         /* of `rows`; -1: no year is complete */
    const char *missing; /* why there is none */
    double year, eta, error, hazard, low, high;
    const double *d; /* k: its columns less the means */
    double outside;  /* what is outside the columns, less its mean */
} pp__driven_country;

typedef struct pp__driving {
    const pp_fit *fit;
    int k; /* columns that have coefficients */
    double quantile;
    pp_table *rows; /* of the last years; owned */
    pp__force *forces;
    int n_forces, n_groups;
    const char **groups;
    int *force_of; /* of columns; -1: the intercept */
    double *mean;  /* k */
    double mean_outside;
    double *value_mean; /* of forces that are numbers; else NaN */
    pp__driven_country *countries;
    int64_t without; /* countries without a complete year */
} pp__driving;

typedef struct pp__sum {
    double estimate, error, low, high;
} pp__sum;

/* The sum over the columns of one force (`force` >= 0), one group, or all (both -1). */
pp__sum pp__driven_sum(const pp__driving *d, const pp__driven_country *c, int force,
                       int group);
/* The sum of one group less that of another. */
pp__sum pp__driven_difference(const pp__driving *d, const pp__driven_country *c,
                              int group, int other);
int pp__driven_group(const pp__driving *d, const char *name); /* -1: none */
void pp__driving_clear(pp__driving *d);

#endif
