/* Is democracy a driver? One factor, asked of several fits side by side: suppliers from the
 * PRC, and as a placebo suppliers from elsewhere. Nothing here is about democracy alone; any
 * factor may be asked so.
 *
 * "No relation" is a claim of equivalence, not an insignificant test: with the smallest
 * effect of interest δ it takes two one-sided tests (Schuirmann 1987, J. Pharmacokinetics and
 * Biopharmaceutics 15; Lakens 2017; Rainey 2014, American J. Political Science 58). Where
 * these fail, the table says which effects the data exclude, and not that there is none.
 */
#ifndef PUSHPULL_DEMOCRACY_H
#define PUSHPULL_DEMOCRACY_H

#include <pushpull/model.h>
#include <pushpull/verdict.h>

typedef struct pp_supplier {
    const char *name; /* for people: "PRC"; each another */
    const pp_fit *fit;
} pp_supplier;

enum { PP_SUPPLIERS = 8, PP_REGIMES = 8 };

typedef struct pp_democracy_options {
    const char *variable; /* the factor: a term of its own in every fit */
    double smallest;      /* δ > 0: a difference of the mean response (of a yearly
                             probability) that goes with one standard deviation */
    pp_hypothesis hypothesis;
    const double *thresholds; /* ascending: they cut a number into regimes; NULL: none */
    int n_thresholds;         /* at most PP_REGIMES - 1 */
    const char
        *unit; /* the column of units in the data of all fits; NULL: the first fit's
                          option `unit`; without any there are no differences and outcomes */
    const char *time;  /* as unit; for the outcomes */
    const char *event; /* of the data, for the outcomes: 1 in the period of adoption, 0
                          before, missing after or where the date is not known
                          ("event_latest"); NULL: no outcomes */
    const char
        *outcome_terms; /* of the outcomes: "x + z"; NULL: those of the first fit */
} pp_democracy_options;

/* Effects are average marginal ones, of one standard deviation of the factor among the rows
 * of the first fit, the same for all suppliers; of a factor of zeros and ones they are of 1
 * against 0, of a category of each level against its reference. Intervals are those of each
 * fit's covariance.
 *
 * - `democracy`: supplier, factor, form, level, estimate, std_error, p_value, conf_low, conf_high
 *   (95 %), conf_low_90, conf_high_90, smallest_effect, p_equivalence (the larger of the two
 *   one-sided tests), excluded (the smallest effect, either way, that the data exclude at 5 %:
 *   the farther end of the 90 % interval), excluded_95 (of the 95 % interval), detectable (the
 *   effect that such errors would find four times in five: 2.80 std_error), verdict (by the
 *   rule of verdict.h). Forms:
 *   "linear": the fit as it is;
 *   "quadratic": with the square, on average and where the factor is at its 10th, 50th and
 *   90th percentile (of the first fit's rows) in every row;
 *   "regimes": the factor's place taken by dummies of the regimes; each against the lowest;
 *   "within": level and slope differ by regime; the effect among the rows of each regime.
 * - `democracy_forms`: supplier, form, formula, nobs, events, parameters, loglik, aic,
 *   statistic, df, p_value (Wald: that the factor has no part in it), p_beyond (that what it
 *   has beyond the linear form is nothing).
 * - `democracy_regimes`: supplier, regime, rows, events (missing where outcomes are not 0/1
 *   by row), mean.
 * - `democracy_difference`: supplier (the first), other, estimate (of the linear form: the
 *   first less the other), std_error, p_value, conf_low, conf_high, conf_low_90, conf_high_90,
 *   smallest_effect, p_equivalence, excluded, answer ("equivalent", "different",
 *   "undetermined"), units, shared, correlation. The fits are stacked: their scores are summed
 *   by unit, so that what one country has in both is counted once (Weesie 1999, Stata
 *   Technical Bulletin 52); variance with G / (G - 1), normal distribution.
 * - `democracy_outcomes`, of the first two suppliers: a multinomial logit, with the terms of
 *   the first fit, of what a unit has by the end of each period: none, the first only, the
 *   second only, both; errors clustered by unit. outcome, rows, units (that are ever in it),
 *   estimate (the change of its probability), std_error, …, as `democracy`. All periods count,
 *   also those after adoption: it is about who has what, not about when it came.
 *
 * Within a regime with fewer than 5 adoptions there is no slope of its own (`few_events`; below
 * 10 it is warned of). A form that cannot be estimated is the warning `form_failed`, and one that had to leave out
 * rows which the first form uses `form_sample`; `outcomes_failed` names
 * the cell that is predicted perfectly. Errors: PP_E_NOT_FOUND (a fit has not the
 * variable), PP_E_ARGUMENT (options; a supplier named twice; the factor within a function),
 * PP_E_INPUT (a regime without rows), PP_E_UNSUPPORTED (a model without a mean response).
 * Cost: three fits a supplier and one multinomial logit. */
PP_API pp_status pp_democracy(const pp_supplier *suppliers, int n,
                              const pp_democracy_options *options, const pp_context *ctx,
                              pp_result **out, pp_error *err);

#endif
