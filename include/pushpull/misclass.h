/* Binary outcomes that are recorded with errors: adopters that no source names, and places
 * that are named wrongly.
 *
 * P(y = 1 | x) = a0 + (1 - a0 - a1) F(x'b), with a0 = P(y = 1 | no true adoption) the rate of
 * false positives, a1 = P(y = 0 | true adoption) that of false negatives, and F the inverse
 * logit, normal or complementary log-log (Hausman, Abrevaya & Scott-Morton 1998, J.
 * Econometrics 87, 239-269). Coefficients b are those of the true outcome. Estimates are
 * maximum likelihood, from several starts, errors by the observed information or robust.
 *
 * Free rates are identified by the form of F alone: nothing else in the data tells an
 * adopter that is missed from one that never was. The profile therefore belongs to the
 * answer: the likelihood and the coefficients at each pair of rates on a grid.
 */
#ifndef PUSHPULL_MISCLASS_H
#define PUSHPULL_MISCLASS_H

#include <pushpull/model.h>

/* A rate: estimated, or known from validation, with its standard error (0: certain), which
   then is in the errors of the coefficients (first order). */
typedef struct pp_misclass_rate {
    int free; /* 1: estimated */
    double value, std_error;
} pp_misclass_rate;

typedef struct pp_misclass_options {
    pp_misclass_rate false_positive, false_negative; /* {0}: known to be 0 */
    const char
        *rates_by;     /* column: free rates of their own in each of its (2..20) values;
                             NULL: one in all rows */
    const char *rates; /* or terms of a formula, "press_freedom + log(gdp)": free rates
                             are the inverse logit of them, with a constant; NULL: none */
    const char *focus; /* terms of the profile, with commas; NULL: all but the constant */
    double profile_most; /* the highest false-negative rate of the grid; 0: 0.6 */
    int no_profile;      /* 1: none */
} pp_misclass_options;

/* "0", "free", "0.2" or "0.2:0.03" (a rate and its standard error). */
PP_API pp_status pp_misclass_rate_parse(const char *text, pp_misclass_rate *out,
                                        pp_error *err);

/* `model`: `link` is "logit" (NULL), "probit" or "cloglog"; `model` is not read; the rest as
 * in pp_model_fit (vcov: iid by the observed information, hc0, hc1, clusters, …). Rows with
 * missing values are left out and counted, also those in which a column of the rates is
 * missing. Fixed effects are PP_E_UNSUPPORTED: write factor().
 *
 * `out` gets the tables
 * - `coefficients`: part ("outcome", "false_positive", "false_negative"), term (of constant
 *   rates "rate", of rates by group the group), estimate, std_error, statistic, p_value,
 *   conf_low, conf_high, kind ("estimated", "known", "boundary": the likelihood falls from
 *   0 on, so that the rate is 0 without an error), uncorrected (the coefficient of the
 *   model without errors of the record). Rates by group and constant ones are rates: their
 *   intervals are on the logit scale (delta method), missing without convergence and at the ends of
 *   0 to 1, and they have no p value; of
 *   `rates` they are coefficients of a logit.
 * - `model`, as of fits, with false_positive and false_negative (means over rows), starts,
 *   agreeing_starts (that led to the maximum), naive_loglik (without errors of the record).
 * - `margins`: average marginal effects on the probability of the true outcome.
 * - `misclass_profile`, a row for each pair of rates (the same in all rows) and term of the
 *   focus: false_positive, false_negative, loglik, loss (of log likelihood against the
 *   best), supported (1: within the 95% region of the likelihood ratio), term, estimate,
 *   std_error, conf_low, conf_high. Known rates have their one value.
 * - `misclass_support`, a row for each term of the focus: over the supported pairs
 *   false_positive_low, false_positive_high, false_negative_low, false_negative_high,
 *   estimate_low, estimate_high, and the ends of their intervals conf_low, conf_high; share
 *   (of the grid), flat (1: see below), verdict in words.
 * - `dropped`, `references`, `clusters` as of fits.
 *
 * Warnings: `flat_profile` (the region reaches the end of the grid or holds half of it: the
 * data hardly tell the rates), `boundary`, `not_converged`, `rates_impossible` (a known rate
 * that the share of ones rules out), `few_events` (below 10 a parameter).
 * Errors: as pp_model_fit; PP_E_ARGUMENT for rates outside 0..1 or that sum to 1 or more,
 * for `rates_by` with `rates`, or either without a free rate.
 * Cost: some ten iterations of O(n k²) for each start and pair of the grid, over threads. */
PP_API pp_status pp_misclass(const char *formula, const pp_table *data,
                             const pp_model_options *model,
                             const pp_misclass_options *options, const pp_context *ctx,
                             pp_result **out, pp_error *err);

#endif
