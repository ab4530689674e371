/* How alike treated and controls were before treatment. */
#ifndef PP_EFFECTS_BALANCE_H
#define PP_EFFECTS_BALANCE_H

#include "effects/matching/sets.h"

/* Mean differences in standard deviations of the treated; NaN where these do not vary. */
typedef struct pp__balance {
    int term; /* of the history's columns */
    int64_t lag;
    double unmatched; /* against all units that could have been controls */
    double matched;   /* within sets, all controls alike */
    double refined;
    double sd;
} pp__balance;

/* k × lags of them, by column and the farthest lag first. Called while all weights are equal, then again
   with `refined` 1 for the last of the three. Cost: treated × units × k × lags. */
pp_status pp__balance_find(const pp__sets *s, int refined, const pp_context *ctx,
                           pp_arena *arena, pp__balance *out, pp_error *err);

#endif
