/* Units over periods with a treatment of any size in each, which may change at any time. */
#ifndef PP_EFFECTS_EXPOSURE_H
#define PP_EFFECTS_EXPOSURE_H

#include "model/encode.h"

typedef struct pp__exposure_columns {
    const char *outcome, *unit, *time;
    const char *treatment;
    const char *
        cohort; /* where treatment is NULL: it is 1 from this period on; missing or 0: never */
    const char *covariates, *cluster; /* NULL: none; units */
} pp__exposure_columns;

/* Values of unit i in period t stand at t n + i; NaN: not there. */
typedef struct pp__exposure {
    int64_t n;
    int periods, k;
    const double *time; /* periods, ascending */
    double *y;          /* NaN where a covariate is not there either */
    double *d;
    double **x;             /* k columns, no constant */
    const int32_t *cluster; /* n; NULL: units */
    int64_t clusters;
    pp__encoding unit; /* whose names are those of units, in their order */
    int64_t rows, incomplete;
} pp__exposure;

/* Units are in the order of their names. Everything is in `arena`. */
pp_status pp__exposure_read(const pp_table *data, const pp__exposure_columns *columns,
                            const pp_context *ctx, pp_arena *arena, pp__exposure *out,
                            pp_error *err);

#endif
