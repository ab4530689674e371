/* Effects by lead from matched sets, and their errors. */
#ifndef PP_EFFECTS_MATCHED_H
#define PP_EFFECTS_MATCHED_H

#include "effects/matching/sets.h"

typedef struct pp__matched_effect {
    int64_t horizon;
    double estimate, std_error, low, high;
    double contaminated; /* the share of controls' weight that is treated by then */
} pp__matched_effect;

/* Horizons -lags..leads, and behind them the mean of those from 0 on. */
typedef struct pp__matched_effects {
    int n;
    pp__matched_effect *effect; /* n + 1 */
    double *of_unit; /* n + 1 columns of units: weighted sums of outcomes, A_i */
    double *treated; /* of units: their treated observations, B_i */
    int64_t units_treated;
} pp__matched_effects;

pp_status pp__matched_estimate(const pp__sets *s, const pp_matching_options *options,
                               double level, const pp_context *ctx, pp_arena *arena,
                               pp__matched_effects *out, pp_error *err);

#endif
