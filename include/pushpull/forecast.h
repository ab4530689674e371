/* Who is next: the units that have not adopted, ranked by their hazard, and how well such
 * forecasts would have done in the past.
 *
 * The forecast. For each unit that had not adopted by the last period T of the data: the
 * probability of adoption in T + 1, and within `horizon` periods, 1 - (1 - h1) … (1 - hh).
 * Covariates are those of the unit's row of T + 1 where the data have one, else of T, and are
 * held from there on; columns that count the periods of a unit (they rise by one from each
 * period to the next: the time itself, a duration) count on. Intervals and ranks are
 * simulated: `draws` times coefficients are drawn from the normal distribution with the fit's
 * estimates and covariance, and every unit's probability and rank is computed anew; they are
 * the percentiles at the fit's level, those of ranks rounded outward. They hold what is
 * uncertain in the coefficients, given that the model is right, and nothing else.
 *
 * The evaluation. From each origin t the model is estimated on the rows up to t alone, with
 * everything that is made of data (standardisation, knots, levels), and forecasts t + 1, …,
 * t + horizon for the units that had not adopted by t (Tashman 2000, International J.
 * Forecasting 16, 437-450). Outcomes and covariates after t do not enter a forecast, but for
 * `covariates` "row": those of the row of t + 1, which are known at t when the data hold them
 * with a lag. Of dates known as intervals [lo, hi] only those with hi <= t are known at t; a
 * later one counts as no adoption. What remains retrospective: that the claims themselves were
 * found when they were, since the data are those of today, and which units are in the data.
 *
 * Rivals, from the same rows: `base_rate`, the share of periods at risk that had an adoption;
 * and `region_only`, that share in the unit's region with half an event added to each of
 * events and others (Firth's logit on regions; a region without events would else be certain
 * to have none). Over h periods both are 1 - (1 - p)^h.
 *
 * "Better" is judged on the logarithmic score: mean -log of the probability that was given to
 * what happened. Verdicts compare the 95% interval (at the fit's level) of a difference with
 * zero and with the smallest gain of interest: "better" and "worse" when it lies on one side
 * of zero; else "no better" when it excludes a gain of the smallest size; else "undetermined".
 */
#ifndef PUSHPULL_FORECAST_H
#define PUSHPULL_FORECAST_H

#include <pushpull/model.h>
#include <pushpull/text.h>

typedef struct pp_forecast_options {
    /* Origins, by the values of time; NAN: from the first period by which half of the
       adoptions have been, to the last but one. */
    double first_origin, last_origin;
    int horizon;        /* periods ahead; 0: 1; at most 20 */
    int64_t draws;      /* of coefficients; 0: 1000 */
    uint64_t seed;      /* of the draws */
    const char *name;   /* column with names of units; NULL: "name" where there is one */
    const char *region; /* column with their regions; NULL: "region" where there is one */
    /* Column that says what the record knows of a unit: no_adoption_found, adopted,
       supplier_unknown or not_searched. Only the first are ranked. NULL: none. */
    const char *status;
    /* Units that are not in the data, to be named among those not ranked: columns unit, name,
       reason. NULL: none. */
    const pp_table *left_out;
    const char *dates; /* hazard: which date of an interval counts as the adoption when
                          forecasts are judged: "latest" (NULL), "midpoint", "earliest" */
    const char
        *covariates;      /* evaluation: "row" (NULL), as above, or "held": those of t */
    const char *cluster;  /* of differences between scores: "unit" (NULL), "time" (of the
                               origin), "none" */
    double smallest_gain; /* share of the rival's score; of areas, points; 0: 0.02 */
    int bins;             /* of the calibration; 0: 10 */
} pp_forecast_options;

/* For binary models of an event (logit, probit, cloglog, firth; the outcome is a column of 0
 * and 1, 1 in the period of adoption; what a unit has after its first 1 is left out with the
 * warning `after_event`) and the hazard with interval-censored dates. `model` must name unit
 * and time; time is in whole numbers.
 *
 * `out` gets the tables
 * - `forecast`: rank, unit, name, region, year (T + 1, by the column of time), probability, conf_low, conf_high,
 *   rank_low, rank_high, ratio (to the base rate); where forecasts of the past went wrong in
 *   their level past_ratio (adoptions that came for each one expected); with a horizon beyond one also within
 *   (periods), cumulative, cumulative_low, cumulative_high. Ordered by rank; of units with
 *   the same probability, which share a rank, by name.
 * - `forecast_contributions`, for the first 1,000 units: unit, name, factor (a term), value, columns,
 *   contribution, average (over the rows used), difference, as pp_fit_explain.
 * - `forecast_not_ranked`: unit, name, region, reason, detail. Reasons: "adopted", "adopted, not
 *   dated", "supplier unknown", "never searched", "missing covariate", "cannot be predicted",
 *   "no row in the last period", "not known in the last period", "left out by where", and
 *   those of `left_out`.
 * - `forecast_scores`, for each horizon and model: model, horizon, n, events, origins,
 *   log_score, log_score_difference (less that of the base rate: below zero is better),
 *   log_score_difference_low and _high, verdict, auc_within, auc_within_low, auc_within_high (of
 *   pairs of the same origin alone: who is next), auc, auc_low, auc_high (DeLong, by rows; the
 *   former likewise), brier, expected (adoptions), expected_low, expected_high (of a Poisson
 *   count with this mean), calibration_intercept, calibration_slope (not of the base rate),
 *   level (of all intervals). Its note is the answer in words.
 * - `forecast_differences`: model, against, horizon, measure (log_score, brier, auc),
 *   estimate, std_error, conf_low, conf_high, conf_low_90, conf_high_90, relative (to the
 *   rival's; of areas missing), clusters, verdict. Errors clustered by `cluster`, with the t
 *   distribution of clusters less one; "none": by rows, of areas DeLong's. They take the
 *   forecasts as given.
 * - `forecast_origins`: origin, year (of what is forecast), rows, events, events_per_parameter
 *   (of the training data), at_risk, not_predicted, not_known, observed, expected, auc, brier,
 *   log_score, base_brier, base_log_score (of one period ahead), problem (why there is no model).
 * - `forecast_calibration`, of the model: horizon, bin, rows, predicted, observed, conf_low,
 *   conf_high (Wilson, by rows).
 * - `forecast_predictions`: origin, year (the last of those forecast), horizon, unit, name,
 *   predicted, base_rate, region_only, observed.
 * and the fit's own, with the prefix `forecast_`. Without a column of regions there is no
 * region_only. Where no unit is left to rank the tables of the ranking are not there, and the
 * warning `none_ranked` says so.
 *
 * Errors: as pp_model_fit; PP_E_ARGUMENT for options out of range and origins without a period
 * to forecast; PP_E_INPUT for an outcome that is not 0/1, times that are no whole numbers, two
 * rows of one unit and time; PP_E_UNSUPPORTED for other models, weights, lag() and lead() (make
 * columns of them) and effects of each period (none is known of the next); PP_E_ESTIMATION with
 * fewer events than parameters, and when no origin has a model. Cost: a fit an origin; draws ×
 * units × (k × horizon + log units), over threads; memory draws × units × 16 bytes (24 beyond
 * one period), of at most fifty million. Checked against R's glm and pROC 1.18. DeLong, DeLong &
 * Clarke-Pearson (1988), Biometrics 44, 837-845; Obuchowski (1997), Biometrics 53, 567-578
 * (clusters); Greenhill, Ward & Sacks (2011), AJPS 55, 991-1002; Brier (1950), Monthly Weather
 * Review 78, 1-3; Cox (1958), Biometrika 45, 562-565. */
PP_API pp_status pp_forecast(const char *formula, const pp_table *data,
                             const pp_model_options *model,
                             const pp_forecast_options *options, const pp_context *ctx,
                             pp_result **out, pp_error *err);

/* Adds to `out` whether the model forecasts better than the base rate one period ahead, in
   words, from the tables of a forecast. */
PP_API void pp_forecast_sentence(const pp_result *forecast, pp_buf *out);

#endif
