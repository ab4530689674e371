/* Scenarios: how many units would be expected to adopt if the factors were others.
 *
 * Two tables of the same rows, as they are and changed, go through one fit. With h the
 * probability of a period, a unit is expected to have adopted by period t with probability
 * 1 - Π (1 - h) over its rows to t: history is played again from each unit's first row, and
 * a unit that has adopted stays adopted. Expected adoptions are sums of these.
 *
 * Uncertainty. Parameters: draws from the normal distribution of the estimates with the
 * fit's covariance. Outcomes: in each draw a path of each unit through its risk set, with
 * one uniform number a unit, the same in both arms (the hazards are passed by the same
 * luck), so that a difference is no noise. Numbers are keyed (seed, draw, unit): the same at
 * any number of threads.
 *
 * What it is not: the effect of an intervention. It moves the factors and leaves all else,
 * as the model associates them with adoption; only a design can make more of it. A model of
 * adoption among peers has no echo here: others' adoptions stay as observed.
 */
#ifndef PUSHPULL_SCENARIO_H
#define PUSHPULL_SCENARIO_H

#include <pushpull/model.h>

typedef struct pp_scenario_options {
    const char *unit;   /* column of units; NULL: the fit's; without, each row is one */
    const char *time;   /* column of periods, numbers; NULL: the fit's */
    const char *name;   /* column of the units' names; NULL: none */
    const char *region; /* column to break the numbers down by; NULL: none */
    int64_t draws;      /* 0: 1000; 2 to 1,000,000 */
    uint64_t seed;
} pp_scenario_options;

/* `fit` is of a 0/1 outcome of periods at risk, or a hazard; its mean response must be a
 * probability, without absorbed effects (else PP_E_UNSUPPORTED). `baseline` and `changed`
 * have the model's variables (pp_fit_predict) and the same rows in the same order; of them
 * those for which the fit's `where` holds in `baseline` are taken. Rows that
 * cannot be predicted in either are left out and counted: these periods pass without a
 * hazard. Weights of the fit do not count here: each unit is one.
 *
 * `out` gets, with conf_low and conf_high of the difference by parameters alone and
 * conf_low_both, conf_high_both by parameters and outcomes (the draws' percentiles at the
 * fit's level; estimates are at the estimated parameters, without simulation):
 * - `scenario`: quantity ("all", then each region), units, baseline, scenario, difference
 *   (expected adoptions by the units' last rows), conf_low, conf_high, conf_low_both,
 *   conf_high_both;
 * - `scenario_years`: time, baseline, scenario, difference (cumulative), baseline_low,
 *   baseline_high, scenario_low, scenario_high (both uncertainties), conf_low, conf_high,
 *   conf_low_both, conf_high_both;
 * - `scenario_units`, of units with changed rows, by the size of the difference: unit, name, region, rows_changed,
 *   baseline, scenario, difference (probability of having adopted), conf_low, conf_high
 *   (delta method);
 * - `scenario_range`, one row a variable that was changed: variable, rows_changed, low, high
 *   (in the rows of the fit), scenario_low, scenario_high, rows_outside, units_outside;
 * - `scenario_simulation`, one row: model, formula, draws, seed, units, units_changed,
 *   units_left_out, units_end_early (before the last period), rows, rows_changed,
 *   rows_left_out.
 * Warnings: `extrapolation` (changed rows outside the range of the data, by variable),
 * `left_out`, `recurrent` (an outcome that is 1 several times in a unit: paths stop at the
 * first), `ends_early`.
 * Errors: tables of different rows are PP_E_INPUT; a change that reaches no term of the
 * model PP_E_ARGUMENT with the model's variables. Cost: O(draws × rows × terms) over
 * threads. */
PP_API pp_status pp_scenario(const pp_fit *fit, const pp_table *baseline,
                             const pp_table *changed, const pp_scenario_options *options,
                             const pp_context *ctx, pp_result **out, pp_error *err);

#endif
