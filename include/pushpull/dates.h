/* How much an answer hangs on dates that are known as intervals.
 *
 * The same discrete-time hazard is estimated under five treatments of the dates [lo, hi]:
 *
 * - "interval": the likelihood of what is known, S(lo-1) - S(hi) (model "hazard");
 * - "earliest", "latest", "midpoint": each adoption in the year lo, hi, floor((lo + hi) / 2).
 *   Of an adoption that is known by an upper bound only, earliest and midpoint know no year:
 *   such units are left out there, counted, and named in the note;
 * - "imputed": multiple imputation of the year within its interval (Rubin 1987, ch. 3-4;
 *   Pan 2000, Biometrics 56, 199-203). Proper: for each imputation the coefficients are
 *   drawn from N(b, I^-1) of the interval model, then the year of each adoption from its
 *   distribution given these, the covariates and that it lies in lo..hi (of an upper bound:
 *   in the unit's rows up to hi), P(T = t) = h(t) S(t-1) / (S(lo-1) - S(hi)). Estimates on
 *   the completed dates are pooled by Rubin's rules. Intervals that the interval model uses
 *   only in part, or not at all, for want of complete rows are treated as it treats them.
 *
 * The interval model is what to report; the rules show what would have come of pretending
 * to know. Where all dates are intervals, "imputed" must agree with "interval" but for the
 * noise of imputation: a check of both.
 */
#ifndef PUSHPULL_DATES_H
#define PUSHPULL_DATES_H

#include <pushpull/model.h>

typedef struct pp_dates_options {
    int imputations;   /* 0: 20; 2 to 1000 */
    const char *terms; /* names with commas of the variables to tell of; NULL: all */
    uint64_t seed;
} pp_dates_options;

/* `formula` is "Surv(lo, hi, type = interval) ~ …" with two columns of the data, `model` as
 * for the hazard (its `model` NULL or "hazard"): unit, time, link, vcov, where. `out` gets
 *
 * - `dates`: rule, term, label (of the column, where it has one), contrast, estimate (average marginal effect on the probability of
 *   a period; of a number that of one standard deviation), std_error, conf_low, conf_high (the
 *   model's level), conf_low_90, conf_high_90, events, units, spread (from the interval
 *   model's estimate, in its standard errors), fmi (imputed: the share of information that
 *   is missing with the dates). Effects of all rules are averages over the same rows, those of
 *   the interval model, and of the same standard deviation, lest the rows that a rule uses
 *   pass for a difference (with lag() in the formula: over the rule's own rows).
 * - `dates_coefficients`: the same of coefficients, without contrast.
 * - `dates_spread`, one row a term: term, contrast, lowest, lowest_rule, highest,
 *   highest_rule, spread (highest less lowest, in standard errors of the interval model),
 *   sign_changes, zero_changes (1: some intervals hold zero and others not). Its note says
 *   in a sentence how much hangs on the dates.
 * - the tables of the interval model (pp_fit_result), their names after "interval_".
 *
 * A rule that gives no estimates is left out with the warning `rule_failed`; imputations
 * that give none with `imputation_failed`. Results are the same for any number of threads
 * and any order of rows.
 * Errors: as pp_model_fit; PP_E_ARGUMENT when lo or hi is not a plain column of numbers, or
 * for the options; PP_E_ESTIMATION with more parameters than events (fewer than ten a
 * parameter: warning `few_events`); PP_E_NOT_FOUND for a term that the model has not. Cost:
 * 4 + imputations fits. */
PP_API pp_status pp_dates(const char *formula, const pp_table *data,
                          const pp_model_options *model, const pp_dates_options *options,
                          const pp_context *ctx, pp_result **out, pp_error *err);

#endif
