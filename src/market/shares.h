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

pp__holding pp__holding_of(const pp__market *m, const pp__unit_sold *units, int64_t n,
                           pp__by by, pp__measure measure, int actor);

/* n holdings of known actors (shares are not read), and units, of which those without an actor are
   unknown ones. */
typedef struct pp__sellers {
    const pp__holding *holdings;
    int n;
    const pp__unit_sold *units;
    int64_t n_units;
} pp__sellers;
pp__band pp__herfindahl(const pp__sellers *s, double *work); /* work: n */
pp__band pp__four_largest(const pp__sellers *s, double *work);

#endif
