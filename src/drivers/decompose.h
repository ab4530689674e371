/* The shares of one fit: exactly over all subsets, or over sampled orders. */
#ifndef PP_DRIVERS_DECOMPOSE_H
#define PP_DRIVERS_DECOMPOSE_H

#include "drivers/factors.h"

typedef struct pp__shares {
    double share[PP__MOST_FACTORS];   /* within groups: Owen's */
    double shapley[PP__MOST_FACTORS]; /* without regard to groups; NaN: not known */
    double group[PP__MOST_FACTORS];
    double error[PP__MOST_FACTORS], group_error[PP__MOST_FACTORS]; /* of sampling; NaN */
    double full, none;
    double fits;
} pp__shares;

/* `orders` and `seed` are for more than PP__MOST_EXACT factors. Progress runs from `from` to
   `to`. */
pp_status pp__decompose(const pp_fit *fit, const pp__factors *factors,
                        pp__measure measure, int64_t orders, uint64_t seed,
                        const pp_context *ctx, double from, double to, pp__shares *out,
                        pp_error *err);

#endif
