/* Bounds over a grid of M, and the M at which they first hold zero. */
#ifndef PP_EFFECTS_BOUNDS_H
#define PP_EFFECTS_BOUNDS_H

#include "effects/honest/conditional.h"

/* At one M, in units of the event study. */
typedef struct pp__bound {
    double m;
    double middle;    /* of an interval of fixed length; else NaN */
    double low, high; /* NaN: nothing is accepted */
    int pieces;
    double identified_low, identified_high; /* NaN: nothing fits the estimates */
} pp__bound;

typedef struct pp__bounds {
    const pp__event_study *s;
    const pp_context *ctx;
    pp__restriction restriction;
    pp__test test; /* `first` is found for each M */
    int64_t n;
    pp__bound *bound; /* n; m is set */
    double breakdown; /* the smallest M whose interval holds zero; INFINITY: beyond all */
    int64_t unsolved;
} pp__bounds;

/* Fills everything but `breakdown`; the work is spread over threads. */
pp_status pp__bounds_find(pp__bounds *b, pp_arena *arena, pp_error *err);
/* Then that, if the interval of M = 0 without a restriction does not hold zero. */
pp_status pp__bounds_break(pp__bounds *b, pp_arena *arena, pp_error *err);

#endif
