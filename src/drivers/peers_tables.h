/* The tables and words of peers. */
#ifndef PP_DRIVERS_PEERS_TABLES_H
#define PP_DRIVERS_PEERS_TABLES_H

#include "drivers/links.h"
#include "drivers/peers_world.h"
#include "model/fit.h"

/* What a row of `peers` is of. */
typedef struct pp__peers_row {
    const char *exposure, *column, *dates, *model;
    int32_t units;       /* with rows in the fit */
    int region_in_model; /* 1: the share of a region whose own level the model has */
} pp__peers_row;

/* Effects of exposures that are alone in the model, under the latest dates. */
typedef struct pp__peers_told {
    int n, above, below; /* whose interval lies beyond zero */
    double trend;        /* the highest correlation with time */
} pp__peers_told;

/* Adds the empty tables `peers`, `moran` and `isolates`. */
pp_status pp__peers_begin(pp_result *result, pp_error *err);
/* `margins`: those of the fit; an exposure that is not there did not vary. */
pp_status pp__peers_put(const pp__peers_row *row, const pp_fit *fit, const char *time,
                        const pp_table *margins, pp__peers_told *told, pp_result *result,
                        pp_error *err);
/* alone[i]: periods in which unit i has no peer. */
pp_status pp__peers_put_isolates(const pp__world *world, const char *name,
                                 const int32_t *alone, pp_result *result, pp_error *err);
pp_status pp__peers_put_moran(const char *name, const char *residual, const pp__moran *m,
                              int permutations, pp_result *result, pp_error *err);
/* The notes below the tables. */
pp_status pp__peers_say(const pp__peers_told *told, pp_result *result, pp_error *err);

#endif
