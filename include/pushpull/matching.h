/* What adoption does, by matching on the history of treatment.
 *
 * Imai, Kim & Wang (2023), American Journal of Political Science 67, 587-605. A treated observation is a
 * unit whose treatment begins in a period. Its matched set are the units with the same treatment in each
 * of the `lags` periods before, and untreated in this one. Sets are refined by weights, so that controls
 * resemble the treated unit in covariates and outcomes over the same periods; the effect at lead f is the
 * mean over treated observations of
 *
 *   (Y_i,t+f - Y_i,t-1) - sum over controls of w (Y_j,t+f - Y_j,t-1)        (their eq. 18).
 *
 * Identified where, given treatment, covariates and outcomes of the lags, trends would have been parallel,
 * and without an effect of one unit's treatment on another. Treatment may end again; what the treated
 * unit and its controls do after the first period of treatment is left to them, unless `window` is
 * "whole".
 *
 * The estimator follows the R package PanelMatch with these differences: Mahalanobis distances are
 * averaged over lags as in the paper, with the covariance of all units in the period; controls as near
 * as the last one taken are taken too; unconditional errors have the covariance of numerator and
 * denominator over all units, not over one.
 */
#ifndef PUSHPULL_MATCHING_H
#define PUSHPULL_MATCHING_H

#include <pushpull/context.h>
#include <pushpull/result.h>

typedef struct pp_matching_options {
    const char *outcome, *unit, *time; /* columns; required, numeric outcome and time;
                                          periods evenly spaced */
    const char *treatment; /* column of zeros and ones: treated in this period */
    const char
        *cohort; /* or: the first period of treatment; missing, 0 or infinite: never.
                              One of the two is required. */
    const char
        *covariates; /* right-hand side of a formula, "x1 + factor(region)"; NULL */
    const char *
        refinement; /* "mahalanobis" (NULL): the `size` nearest; "ps-match": the nearest by the
                               propensity of treatment, a logit on all lags; "ps-weight": all, by the
                               odds of it; "none": all alike */
    const char *
        lagged_outcome; /* "yes" (NULL), "no": refine by the outcome before treatment, too */
    const char *quantity; /* "att" (NULL): treatment that begins; "art": that ends */
    const char
        *window; /* "start" (NULL), "whole": controls stay untreated, and the treated
                             treated, up to the last lead */
    const char
        *errors;   /* "centred" (NULL), "unconditional", "conditional", "bootstrap" */
    int64_t lags;  /* periods before treatment that must agree; 0: 4 */
    int64_t leads; /* the last period after it began; 0: the first alone */
    int64_t size;  /* of refined sets; 0: 5 */
    int64_t draws; /* of the bootstrap; 0: 1000 */
    uint64_t seed;
    double level; /* of intervals; 0: 0.95 */
} pp_matching_options;

/* `out` gets the tables
 * - `matched_effects`: horizon (periods since treatment began), estimate, std_error, conf_low, conf_high,
 *   band_low, band_high (always missing), p_value, cohorts (periods in which it begins), nobs_treated,
 *   contaminated (the share of controls' weight that is treated by then). Horizons from minus `lags` to
 *   -2 are placebos against the last period before treatment, which is -1 and zero;
 * - `matched_overall`, one row: the mean of horizons from 0 on: estimate, std_error, conf_low, conf_high,
 *   p_value, nobs_treated, units_treated, errors;
 * - `matched_balance`: term, lag, before_matching (against all units that could have been controls),
 *   before_refinement (within sets, all alike), after_refinement: mean differences between treated and
 *   controls in standard deviations of the treated; sd;
 * - `matched_sets`: unit, time, status (used, or why not), controls (units with the same history),
 *   weighted (of them with a weight), nearest (the smallest distance);
 * - `matched_controls`: unit, time, control, weight, distance (missing without refinement); left out,
 *   with a warning, beyond 200,000 rows;
 * - `matched_preflight`: check, count, detail.
 * A set needs treatment from t - lags to t (`window` "whole": to t + leads), outcomes from t - lags to
 * t + leads, covariates from t - lags to t - 1, of the treated unit and each control.
 * Errors (with one treated unit there are none), with A_i the weighted sum of a unit's changes and B_i
 * its number of treated observations:
 * - unconditional: of the ratio of sums, N var(A - estimate B) / (sum B)²;
 * - centred: the same, with changes less the mean change of all units of the same history in the set.
 *   The estimate is what it was, and what all units did together is no noise any more: the other three
 *   grow with a movement that is common to all;
 * - conditional on treatment, as PanelMatch: n var(A) / (sum B)² with the n units that have weight;
 * - bootstrap of units with weights as they are, with percentile intervals, as PanelMatch.
 * Errors: PP_E_NOT_FOUND for a column that is not there; PP_E_INPUT for a unit with a period twice,
 * treatment that is not 0 or 1, periods at unequal distances; PP_E_ESTIMATION without any matched set,
 * or with propensities of zero or one; PP_E_UNSUPPORTED beyond 50 million pairs. Cost: pairs × lags ×
 * covariates. The same bits at any number of threads. */
PP_API pp_status pp_matching(const pp_table *data, const pp_matching_options *options,
                             const pp_context *ctx, pp_result **out, pp_error *err);

#endif
