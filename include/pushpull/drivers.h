/* What drives adoption: how much of what a model explains each factor, and each group of
 * factors, accounts for.
 *
 * With v(S) what the model of the factors S explains (by `measure`), a factor's share is its
 * Shapley value: the mean, over all orders in which the factors may enter, of what it adds
 * when it enters (Lindeman, Merenda & Gold 1980; Groemping 2007, American Statistician 61).
 * With groups, a group's share is the Shapley value of the game between groups, and a
 * factor's its Owen value (Owen 1977): orders in which each group enters together. Shares of
 * factors sum to that of their group, and those of groups to v(all) - v(none).
 */
#ifndef PUSHPULL_DRIVERS_H
#define PUSHPULL_DRIVERS_H

#include <pushpull/model.h>

typedef struct pp_driver_group {
    const char *name;
    const char *factors; /* terms of the formula, with commas */
} pp_driver_group;

typedef struct pp_drivers_options {
    const pp_driver_group *groups; /* a factor of no group is its own; NULL: no groups */
    int n_groups;
    const char *keep; /* terms, with commas, that are in every model and have no share: a
                            baseline of time, controls; NULL: none */
    const char *measure; /* "mcfadden" (NULL), "nagelkerke", "tjur", "brier", "r2" */
    int64_t draws;       /* of the bootstrap for intervals, 10 or more; 0: none */
    const char *cluster; /* column whose values are drawn together; NULL: rows (hazard:
                            the model's unit) */
    int64_t orders; /* beyond 20 factors: random orders, each with its reverse; 0: 2000 */
    uint64_t seed;
} pp_drivers_options;

/* Measures, with L and L0 the log likelihoods of the model and of a constant alone (and
 * the offset), n observations:
 * - "mcfadden": 1 - L / L0, the share of the deviance that is explained (McFadden 1974);
 * - "nagelkerke": (1 - exp(2 (L0 - L) / n)) / (1 - exp(2 L0 / n)) (1991, Biometrika 78);
 * - "tjur": mean prediction where y = 1 less that where y = 0 (2009, American Statistician
 *   63), for 0/1 outcomes;
 * - "brier": 1 - B / B0, B the mean square of y less its prediction;
 * - "r2": of linear models.
 *
 * `out` gets the tables
 * - `shares`: group, factor (missing in a group's own row), estimate, percent (of all that
 *   is explained), shapley (without regard to groups; missing in a group's row),
 *   conf_low, conf_high (the bootstrap's percentiles at the model's level; missing without
 *   it; draws explain more than the sample, by chance, so that they lean upward), std_error
 *   (of the bootstrap, or of sampled orders), percent_low, percent_high (of the percent, each
 *   draw's of all that it explains);
 * - `effects`, of models with a mean response: group, term, contrast, estimate (the average
 *   marginal effect of one unit, or of one level against another), std_error, statistic,
 *   p_value, conf_low, conf_high, sd, standardised (of one standard deviation),
 *   standardised_low, standardised_high;
 * - `decomposition`, one row: model, formula, measure, full, none, factors, fits, nobs,
 *   draws, failed_draws, exact (1: all subsets; 0: sampled orders).
 * Errors: as pp_model_fit; PP_E_ARGUMENT for a group named twice, a factor in two groups
 * or in none of the formula, a measure that the model has not; PP_E_ESTIMATION, with
 * the numbers, when a factor does not vary, when there are more parameters (beside the
 * constant) than events, and when a variable predicts the outcome perfectly, when
 * fewer than 5 clusters could be drawn, and when fewer than 10 draws gave shares. Below ten events
 * a parameter that is the warning `few_events`, below 20 clusters `few_clusters`. Cost: 2^factors fits, times 1 + draws, over threads. */
PP_API pp_status pp_drivers(const char *formula, const pp_table *data,
                            const pp_model_options *model,
                            const pp_drivers_options *options, const pp_context *ctx,
                            pp_result **out, pp_error *err);

#endif
