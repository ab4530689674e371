/* Inference beside the covariance: bootstraps, randomisation, tests of hypotheses, several
 * tests at once. All of it stands on a fit (pushpull/model.h) and adds tables to a result.
 *
 * Draws come from counter-based streams: the same seed gives the same numbers at any number
 * of threads. Where all draws there are can be enumerated (Rademacher signs of few
 * clusters) they are, and the answer is exact.
 */
#ifndef PUSHPULL_INFERENCE_H
#define PUSHPULL_INFERENCE_H

#include <pushpull/model.h>

typedef struct pp_bootstrap_options {
    const char *method;  /* "wild", "score" or "pairs"; see below */
    const char *cluster; /* the column whose values are drawn together; NULL: each row */
    const char *term;    /* coefficients, with semicolons between; NULL: all */
    double null;         /* the value under the hypothesis */
    const char *weights; /* wild, score: "rademacher" (NULL), "webb", "mammen" */
    int unrestricted;    /* wild, score: 1: the hypothesis is not imposed on the draws */
    const char *tails; /* "symmetric" (NULL): |t*| against |t|; "equal": twice the smaller
                            tail */
    const char *interval; /* pairs: "percentile" (NULL), "bca", "normal" */
    int64_t draws;        /* 0: 9999; pairs 999 */
    uint64_t seed;
    double level;       /* of intervals; 0: the fit's */
    const char *adjust; /* "romano-wolf": p values that hold for all coefficients drawn */
} pp_bootstrap_options;

/* Adds table `bootstrap` to `result`: term, estimate, std_error, statistic, null, p_value,
 * p_error (its Monte Carlo standard error; 0 when enumerated), conf_low, conf_high; and
 * table `bootstrap_design`, one row: method, restricted, cluster, clusters, weights, draws,
 * enumerated, tails, seed, level.
 *
 * "wild": the wild cluster bootstrap of ols (Cameron, Gelbach & Miller 2008, Rev. Econ.
 * Stat. 90), restricted (WCR) or not (WCU), by the fast algorithm of Roodman, MacKinnon,
 * Nielsen & Webb (2019, Stata Journal 19): no draw touches a row. The statistic is t with
 * CR1 errors by `cluster` and the fit's small-sample convention. The p value is the share
 * of draws beyond it; draws that equal it do not count, so that the sample itself, which an
 * enumeration holds, does not either (as boottest and fwildclusterboot have it). The
 * interval holds the values that are not rejected at 1 - level: its ends are the jumps of
 * that step function, to rounding; infinite where there is none. Webb's weights are for
 * fewer than about ten clusters, where there are few signs to draw. Absorbed fixed effects
 * may lie within clusters or cut across them (up to 3,000 levels): the same as dummies.
 *
 * "score": the score bootstrap of any model with scores (Kline & Santos 2012, J. Econometric
 * Methods 1): clusters' scores are drawn, and the variance of a draw is that of its centred
 * scores. Unrestricted the statistic is the estimate's t; restricted (models whose scores
 * are residuals times columns, without fixed effects) it is the score statistic at the
 * estimates under the hypothesis, and the interval takes a fit for each value that is
 * tried (where the model takes an offset; else missing).
 *
 * "pairs": clusters are drawn with replacement and the model, any of them, is fitted anew
 * on each draw, on all threads. Adds bias (the mean of the draws less the estimate) and
 * draws (those that have the coefficient); `bootstrap_design` has interval, not_converged
 * and not_identified, draws that gave nothing and are warned of (`bootstrap_failures`):  The standard error is that of the draws. Intervals:
 * order statistics as in R's boot.ci; BCa (Efron 1987, JASA 82) with a jackknife that
 * leaves out one cluster after the other; normal. The p value is twice the smaller share of
 * draws on either side of the hypothesis, the sample counted among them, or the normal one.
 * Strata and groups of a random intercept that lie within clusters are drawn as copies of
 * their own.
 *
 * Errors: PP_E_ARGUMENT (an option), PP_E_NOT_FOUND (term, column), PP_E_UNSUPPORTED (a
 * method that the model has not), PP_E_INPUT (clusters), PP_E_CANCELLED. Cost of wild:
 * O(rows k) a coefficient and O(clusters k) a draw and coefficient. */
PP_API pp_status pp_fit_bootstrap(const pp_fit *fit, const pp_bootstrap_options *options,
                                  const pp_context *ctx, pp_result *result,
                                  pp_error *err);

/* The same of several fits on the same rows, with the same draws in each: the tables hold
   all, with a column `fit` (from 1). Romano & Wolf's stepdown (2005, Econometrica 73; 2016,
   Statistics & Probability Letters 113), column `p_romano_wolf`, is over all coefficients
   of all fits but intercepts; `term` names others. Fits of other rows are PP_E_ARGUMENT. */
PP_API pp_status pp_fits_bootstrap(const pp_fit *const *fits, int n,
                                   const pp_bootstrap_options *options,
                                   const pp_context *ctx, pp_result *result,
                                   pp_error *err);

/* p values of n tests at once, to `out`: "holm" (1979; family-wise error, any dependence),
   "hochberg" (1988; family-wise, independent or positively dependent), "bh" (Benjamini &
   Hochberg 1995; false discovery rate). Missing ones (NaN) stay missing and do not count. */
PP_API pp_status pp_adjust(const char *method, const double *p, int64_t n, double *out,
                           pp_error *err);

/* Adds p_holm, p_hochberg, p_bh to the tables `coefficients`, `tests` and `bootstrap` that
   the result has, each its own family. `methods`: with commas between. `terms`: the
   coefficients that are the family, with semicolons between; NULL: all but the intercept.
   Of tests all rows count. */
PP_API pp_status pp_result_adjust(pp_result *result, const char *methods,
                                  const char *terms, pp_error *err);

typedef struct pp_permutation_options {
    const char *column;    /* the treatment, a column of numbers in the formula */
    const char *unit;      /* what was treated: its rows move together; NULL: each row */
    const char *strata;    /* units change places within these only; NULL: all */
    const char *term;      /* the coefficient; NULL: the treatment's own */
    const char *statistic; /* "estimate" (NULL) or "t", by the fit's covariance */
    double null;           /* the same effect on every unit; 0: none */
    int64_t draws;         /* 0: 1999 */
    uint64_t seed;
    double level; /* of the interval; 0: the fit's */
} pp_permutation_options;

/* Randomisation inference under a sharp null: the treatment is assigned anew to units, the
 * model fitted anew, and |statistic| compared. Adds table `randomisation`, one row: term,
 * statistic, unit, strata, estimate, null, p_value ((1 + draws as extreme) / (1 + draws)),
 * p_error (its Monte Carlo standard error), conf_low, conf_high, draws, failed, units, seed,
 * level. Terms that the treatment is part of move with it.
 *
 * A treatment that is the same in all rows of a unit goes from unit to unit; one that
 * varies is exchanged row by row, in the order of the data, and units must have as many
 * rows each. The interval, of ols with the estimate for statistic, holds the effects that
 * are not rejected at 1 - level: exact, from two fits a draw. Another null in other models
 * is an offset. The p value is exact when assignments were as likely as they are drawn here;
 * nothing is assumed of the errors. Fisher (1935); Young (2019), QJE 134.
 *
 * Errors: PP_E_NOT_FOUND, PP_E_INPUT (a treatment that cannot be exchanged), PP_E_ARGUMENT,
 * PP_E_UNSUPPORTED, PP_E_ESTIMATION, PP_E_CANCELLED. Cost: a fit a draw, on all threads. */
PP_API pp_status pp_fit_permute(const pp_fit *fit, const pp_permutation_options *options,
                                const pp_context *ctx, pp_result *result, pp_error *err);

/* Adds to table `tests` of `result` (made when it is not there) a row for each hypothesis:
 * hypothesis, test, distribution ("F", "chi2"), statistic, df, df_residual, p_value, and for
 * one restriction estimate (of its left side less its right), std_error, conf_low, conf_high.
 *
 * `hypotheses`: restrictions with commas between them are tested together, semicolons part
 * hypotheses: "x1 = 0, x2 = x3; 2*x1 - x2 = 0.5; region". Coefficients are written as the
 * table has them, in `backquotes` where that is not clear; a term alone stands for all of
 * its coefficients (a factor's dummies) being zero, a coefficient alone for its being zero.
 *
 * `kind`: "wald" (NULL), on the fit's covariance and degrees of freedom: F or chi2; "lr",
 * likelihood ratio, and "score" (LM), by the information or, under hc and one-way clustered
 * covariances, robust: both of coefficients with given values, for the model is fitted
 * anew under the hypothesis. Rows are the same in both fits, so that the ratio is of
 * nested models, and the score test is that of terms added to the smaller one.
 *
 * Errors: PP_E_ARGUMENT (grammar, restrictions that repeat; with the position),
 * PP_E_NOT_FOUND (a coefficient), PP_E_ESTIMATION (a covariance without the rank),
 * PP_E_UNSUPPORTED. */
PP_API pp_status pp_fit_test(const pp_fit *fit, const char *hypotheses, const char *kind,
                             const pp_context *ctx, pp_result *result, pp_error *err);

/* Two one-sided tests of whether an effect is small (Schuirmann 1987). `claims`: "x: 0.1"
 * (within ±0.1), "x: -0.1, 0.2", "x: 0.1 sd" (per standard deviation of the variable over
 * the rows used), with semicolons between.
 *
 * Adds to table `equivalence`: term, answer, estimate, std_error, bound_low, bound_high (in
 * the coefficient's units), sd, p_low, p_high (one-sided), p_value (the larger), p_zero (of
 * no difference from zero), tost_low, tost_high (the interval at 1 - 2 alpha, alpha = 1 - the
 * fit's level), excluded (the smallest effect, either way, that can be excluded at alpha),
 * meaning (a sentence). The answer is "equivalent" when p_value <= alpha; else "different"
 * when p_zero <= alpha; else "undetermined": not enough data to tell, which is not the same
 * as no effect. Errors: PP_E_ARGUMENT with the position, PP_E_NOT_FOUND. */
PP_API pp_status pp_fit_equivalence(const pp_fit *fit, const char *claims,
                                    pp_result *result, pp_error *err);

#endif
