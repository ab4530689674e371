/* After estimation: marginal effects by group and at values, predictions, what a
 * prediction is made of, residuals, influence, and how well a model fits.
 *
 * Everything is added to a result as tables. What asks for a mean response is
 * PP_E_UNSUPPORTED for durations and strata; their linear predictor is predicted all the
 * same. Weights of the fit weigh here too. Absorbed fixed effects
 * follow the coefficients (gradients are total derivatives: what the effects explain of the
 * columns is taken away, so that origins do not matter); errors are of the coefficients,
 * without what is uncertain in the effects once these are given, and missing for
 * estimators that do not keep what the effects explain (negbin).
 */
#ifndef PUSHPULL_AFTER_H
#define PUSHPULL_AFTER_H

#include <pushpull/model.h>

typedef struct pp_margins_options {
    const char *scale; /* as pp_fit_margins */
    const char *by; /* a column of the data: effects over the rows of each of its values;
                          rows without a value are in none. NULL: all rows */
    /* Where: "means" (one row: means of numbers, of 0/1 variables too, and the most
       frequent level of categories), "x = 0, 1; region = 'Asia'" (each combination, set in
       every row, all else as observed), or both. NULL: as observed. */
    const char *at;
} pp_margins_options;

/* Adds to table `margins` what pp_fit_margins does, over groups and settings: columns
 * group and at come first where they are asked for. With more than one cell, table
 * `margin_differences` compares each with the first (second differences): term, contrast,
 * difference ("Asia - Africa"), estimate, std_error, … as margins; errors by the delta
 * method on both.
 * A column that the data have not, a variable that the model has not, a level that does
 * not occur: PP_E_NOT_FOUND; a wrong `at`: PP_E_ARGUMENT with the position. Cost: O(n k)
 * for an effect in a cell. Definitions: marginaleffects, avg_slopes and avg_comparisons
 * with `by`, `newdata = datagrid(…)`; Arel-Bundock, Greifer & Heiss (2024). */
PP_API pp_status pp_fit_margins_over(const pp_fit *fit, const pp_margins_options *options,
                                     const pp_context *ctx, pp_result *result,
                                     pp_error *err);

/* Adds table `predictions`: row (its place in the data, from 1), the columns of the list
 * `ids` ("country,year"; NULL: none), observed (of rows used), estimate, std_error (delta
 * method), conf_low, conf_high, linear_predictor, linear_error, linear_low, linear_high.
 * Intervals are symmetric in the linear predictor, with the fit's distribution and level;
 * conf_low and conf_high are their ends through the inverse link, and never leave the
 * outcome's range. Probabilities that an estimator gives itself (a random intercept, on
 * average; categories, each with columns estimate_NAME, …) have intervals symmetric in
 * their logit. Models without a mean response have the linear predictor alone, those with
 * several equations no linear predictor.
 * `data` NULL: the rows used. Else every row of `data`, which needs the model's variables
 * and offsets by name (lags as columns called `lag(x, 1)`), and the fixed effects, whose
 * combination must occur in the rows used; what cannot be predicted is missing, column
 * `missing` says why, and the warning `not_predicted` counts it. Cost: O(n k²). */
PP_API pp_status pp_fit_predict(const pp_fit *fit, const pp_table *data, const char *ids,
                                const pp_context *ctx, pp_result *result, pp_error *err);

/* Adds table `contributions`: for each row used for which the SQL condition `where` holds
 * (at most 1,000; none is PP_E_NOT_FOUND), one row a term: row, ids, term, value, columns
 * (that the term has: all levels of a category are one term), contribution (the sum of
 * coefficient times column), average (of the contribution over the rows used), difference.
 * Offset and fixed effects are one more part, and the last row is the linear predictor:
 * exactly the sum of those above it. */
PP_API pp_status pp_fit_explain(const pp_fit *fit, const char *where, const char *ids,
                                const pp_context *ctx, pp_result *result, pp_error *err);

/* Adds table `residuals` of the rows used: row, ids, observed, fitted, response, pearson,
 * deviance, working, leverage (beside fixed effects), cook (Cook's distance). As R's
 * residuals.glm, hatvalues and cooks.distance: Pearson and deviance residuals have the root
 * of the weight. For linear models, counts and binary outcomes; else PP_E_UNSUPPORTED. */
PP_API pp_status pp_fit_residuals(const pp_fit *fit, const char *ids,
                                  const pp_context *ctx, pp_result *result,
                                  pp_error *err);

typedef struct pp_influence_options {
    const char *by;   /* a column: each of its values is left out; NULL: each row */
    const char *term; /* one coefficient alone; NULL: all */
    int one_step;     /* 1: by approximation alone. Rows are always approximated. */
    int64_t top;      /* rows of table `influence`; 0: all */
} pp_influence_options;

/* Which country drives the result? Adds
 * - `influence`, sorted by |dfbetas|: without (the group), observations, term, estimate,
 *   one_step (the estimate without the group, by one Newton step: exact for linear models
 *   without fixed effects), left_out (by estimating again), change (from estimate to
 *   left_out or, without refits, one_step), dfbetas (change in standard errors of the
 *   fit), p_value (without the group, by the fit's covariance), sign_changes,
 *   significance_changes (at the fit's level);
 * - `influence_terms`: for each coefficient the lowest and the highest estimate, without
 *   which group it has it, how many groups change sign or significance, and without how
 *   many it is not identified.
 * Warnings `not_refitted`, `not_converged`. Cost: a fit for each group, on ctx->threads
 * threads; without refits O(n k² + groups k³). Pregibon (1981), Annals of Statistics 9,
 * 705-724; Preisser & Qaqish (1996), Biometrika 83, 551-562. */
PP_API pp_status pp_fit_influence(const pp_fit *fit, const pp_influence_options *options,
                                  const pp_context *ctx, pp_result *result,
                                  pp_error *err);

typedef struct pp_quality_options {
    int bins;   /* of the calibration; 0: 10 */
    int curves; /* 1: tables roc and separation_plot too, which have a row for each
                   probability and for each row */
} pp_quality_options;

/* How well the model fits the rows used. Adds
 * - `quality`, one row: nobs, loglik, null_loglik, aic, aicc (Hurvich & Tsai 1989), bic (by
 *   rows; hazard: by units), r2, mcfadden, mcfadden_adjusted, cox_snell, nagelkerke, rmse;
 *   of binary outcomes tjur, auc, auc_std_error (DeLong; missing under sampling weights),
 *   auc_low, auc_high (fit's level), log_score (mean −log of the probability of what
 *   happened), brier = reliability − resolution + uncertainty + within_bins,
 *   calibration_intercept (of logit P(y = 1) on logit p with slope one) and
 *   calibration_slope (both on these rows: a logit has 0 and 1);
 * - `calibration`, of binary outcomes: bin (of equal size by p), rows, predicted, observed,
 *   conf_low, conf_high (Wilson);
 * - `vif`: term, df, gvif, gvif_scaled = gvif^(1/(2 df)), as car::vif, on the iid
 *   covariance; beside fixed effects: of what these leave;
 * - with `curves` `roc` (threshold, sensitivity, specificity) and `separation_plot` (rank,
 *   row, predicted, observed).
 * What a model has not is missing. Cost: O(n log n + terms k³). */
PP_API pp_status pp_fit_quality(const pp_fit *fit, const pp_quality_options *options,
                                const pp_context *ctx, pp_result *result, pp_error *err);

#endif
