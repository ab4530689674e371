/* Who is there, when, and who had adopted by when. */
#ifndef PP_DRIVERS_PEERS_WORLD_H
#define PP_DRIVERS_PEERS_WORLD_H

#include "model/encode.h"

#include <pushpull/peers.h>

typedef struct pp__world {
    const pp_table *data;
    int32_t own, n; /* units of the data, which come first, in order; with the others */
    const char **id, **country; /* n */
    double *lo, *hi;            /* n; both NaN: no adoption; lo NaN: an upper bound */
    int64_t *other;             /* n: row of `others`; -1: of the data */
    int32_t *unit, *period;     /* of each row; -1: missing */
    int32_t periods;
    double *time; /* of each period, ascending */
    int64_t *row; /* own × periods: the row of a unit and period; -1: none */
    int exact;    /* 1: all dates are known to the period */
} pp__world;

/* Texts are allocated in `arena`. */
pp_status pp__world_find(const pp_table *data, const char *formula,
                         const pp_model_options *model, const pp_peers_options *options,
                         pp_arena *arena, pp__world *out, pp_error *err);

/* How far unit j had adopted by `time`: 0 to 1. `expected`: by the share of its interval. */
double pp__world_adopted(const pp__world *w, int32_t j, double time, int expected);

#endif
