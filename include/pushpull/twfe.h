/* Two-way fixed effects, as a diagnosis and never as a result: what the coefficient of a treatment in a
 * regression on unit and period effects is made of.
 *
 * With treatment that begins at different times it is a weighted mean of all comparisons of two groups
 * before and after one of them is treated (Goodman-Bacon 2021, Journal of Econometrics 225, theorem
 * 1). Some of them take units that are treated already for controls: where effects grow or differ,
 * these comparisons are wrong, and their weight tells how much of the coefficient they are.
 * In terms of effects (de Chaisemartin & D'Haultfœuille 2020, American Economic Review 110, theorem
 * 1): with e the residual of treatment D on unit and period effects, the coefficient estimates the sum
 * of W_gt times the effect in unit g and period t, W_gt = D_gt e_gt / sum of D e. Where some W are
 * negative, all effects may be positive and the coefficient negative.
 */
#ifndef PUSHPULL_TWFE_H
#define PUSHPULL_TWFE_H

#include <pushpull/model.h>

typedef struct pp_twfe_options {
    const char *outcome, *unit, *time; /* columns; required, numeric outcome and time */
    const char *treatment;             /* column of numbers, 0 and 1 or a dose; or */
    const char *cohort;  /* the first period of treatment; missing or 0: never */
    const char *cluster; /* column, constant within units; NULL: units */
    double level;        /* of intervals; 0: 0.95 */
} pp_twfe_options;

/* `out` gets the tables
 * - `twfe`, one row: estimate, std_error (clustered, as cluster: of pp_model_fit), conf_low, conf_high,
 *   p_value, nobs, units, periods, clusters, forbidden (the weight of comparisons with units treated
 *   already; missing without a decomposition), decomposed (the coefficient of units seen in every
 *   period, which the comparisons make up), treated (cells with treatment), negative (those with a negative
 *   weight), negative_sum (of their weights; all sum to 1), spread_zero and spread_sign: the least
 *   standard deviation of effects over treated cells with which their mean may be zero, and all may
 *   have the other sign (their Corollary 1; missing without negative weights);
 * - `bacon_types`: type, forbidden (0/1), weight, estimate (their mean), comparisons. "treated vs never",
 *   "earlier vs later" (not treated yet); forbidden: "later vs earlier", "treated vs always";
 * - `bacon`: type, forbidden, cohort (first period of those treated meanwhile), control (of the others;
 *   "never", "always" as words), weight, estimate, units. The weights sum to 1, weights times estimates to the
 *   coefficient of the units seen in every period (`unbalanced` warns where that is not all). Only
 *   where treatment is 0 or 1 and stays: else the warning `no_decomposition` says why there is none;
 * - `twfe_weights`: cohort (of a treatment that stays) or unit, time, weight, cells, negative (how many of the
 *   cells).
 * Rows without outcome or treatment are not used. Errors: as pp_model_fit; PP_E_INPUT for a unit with a
 * period twice, PP_E_ESTIMATION where treatment does not vary beside units and periods. Cost: rows, and
 * cohorts² × periods. */
PP_API pp_status pp_twfe(const pp_table *data, const pp_twfe_options *options,
                         const pp_context *ctx, pp_result **out, pp_error *err);

#endif
