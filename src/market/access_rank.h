/* Composites, ranks, and what other weightings would do. */
#ifndef PP_MARKET_ACCESS_RANK_H
#define PP_MARKET_ACCESS_RANK_H

#include "market/access_places.h"

/* The share of the unit simplex, by volume, on which the sum of w[i] d[i] is above 0; n >= 1. Exact. */
double pp__simplex_share(const double *d, int n);

typedef struct pp__ranked {
    const pp__access_place *place;
    pp__bounds composite;
    double middle;
    int64_t rank, rank_low, rank_high;
    /* shares of weightings */
    double first, ten, ten_low, ten_high;
} pp__ranked;

/* All places of one kind, `n` of them: sets composites and ranks, and sorts by rank. */
pp_status pp__access_rank(const pp_access_rules *rules, pp__ranked *ranked, int64_t n,
                          pp_error *err);
/* Sets the shares of weightings, from `draws` of them. */
pp_status pp__access_lead(pp__ranked *ranked, int64_t n, const pp_access_options *options,
                          const pp_context *ctx, pp_error *err);

typedef struct pp__stability {
    double above, below, certain, possible;
} pp__stability;
pp__stability pp__access_compare(const pp__access_place *a, const pp__access_place *b);

#endif
