/* Shares of actors with their bands, and concentration. */
#ifndef PP_MARKET_SHARES_H
#define PP_MARKET_SHARES_H

#include "market/units.h"

/* low <= estimate <= high; NaN where nothing can be said. */
typedef struct pp__band {
    double estimate, low, high;
} pp__band;

/* What an actor has for certain and what is possible of its own; its share. `actor` -1: not known. */
typedef struct pp__holding {
    int actor;
    double certain, possible;
    pp__band share;
} pp__holding;

/* Of every actor of which something is possible, the unknown one first; `out` has room for all and one. */
pp_status pp__holdings_of(const pp__market *m, const pp__unit_sold *units, int64_t n,
                          pp__by by, pp__measure measure, pp_arena *arena,
                          pp__holding *out, int *held, pp_error *err);

/* n holdings of known actors (shares are not read), and units, of which those without an actor are
   unknown ones. */
typedef struct pp__sellers {
    const pp__holding *holdings;
    int n;
    const pp__unit_sold *units;
    int64_t n_units;
} pp__sellers;
/* high is never too low, and too high by what one actor's range makes at most; work, order: n each. */
pp__band pp__herfindahl(const pp__sellers *s, double *work, int *order);
pp__band pp__four_largest(const pp__sellers *s, double *work);

#endif
