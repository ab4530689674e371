/* Estimation: formula → design → estimator → covariance → margins.
 *
 * The formula language is R's: `y ~ a + b*c + a:b + factor(d, ref = "x") + log(x) +
 * I(x^2) - 1`, and `Surv(lo, hi, type = interval) ~ a` for dates known as intervals.
 * Functions: log, log1p, exp, sqrt, abs; arithmetic stands inside I() or a function;
 * names that are no words stand in `backquotes`. Text and category columns become dummies
 * against the first level in code-point order, or the one that factor() states; columns
 * are named as R names them (`(Intercept)`, `regionAsia`, `factor(d)b`, `a:b`) and
 * categories are coded by R's rule. Errors carry the position in the formula.
 *
 * `poly(x, 3)` (orthogonal; `raw = TRUE`: powers), `ns(x, df = 4)` and `bs(x, df = 5,
 * degree = 3)` give several columns, `poly(x, 3)1` and so on, with R's values over the rows
 * that are used: knots at quantiles, boundaries at the range. They stand alone or in
 * interactions. The functions made in the fit are those that margins use. Too few distinct
 * values are PP_E_ESTIMATION. `lag(x, 2)` and `lead(x)` are the values of other periods of
 * the same unit, by the numbers in the column of time and not by the order of rows: a gap
 * gives a missing value. They need `unit` and `time`, look only at rows that `where` left,
 * and are variables of their own in margins.
 *
 * A row is used when everything that the formula, the clusters, unit and time need is
 * there and finite. Nothing is left out in silence: table `dropped` counts rows, units
 * and terms by reason.
 */
#ifndef PUSHPULL_MODEL_H
#define PUSHPULL_MODEL_H

#include <pushpull/context.h>
#include <pushpull/result.h>

typedef struct pp_fit pp_fit;

typedef struct pp_model_options {
    const char *model; /* a name in the registry: "ols", "logit", "hazard", … */
    const char *link;  /* hazard: "logit" or "cloglog"; NULL: the estimator's first */
    const char *vcov;  /* NULL: "iid"; see below */
    const char *ssc;   /* small-sample convention: "fixest" (NULL), "sandwich", "none" */
    const char *unit;  /* the column that identifies the unit; hazard, lag() */
    const char *time;  /* the column of time, numbers; hazard (whole ones), lag() */
    const char *where; /* SQL condition over the data's columns; NULL: all rows */
    const char *weights;     /* a column of weights; NULL: none */
    const char *weight_kind; /* "sampling" (NULL): a row stands for others; "frequency": a
                                row is so many rows */
    const char *ties;        /* cox: "efron" (NULL), "breslow", "exact" */
    const char *bias;     /* what is done about bias; the estimator says what it knows */
    const char *interval; /* firth: "profile" (NULL) or "wald" */
    const char *information; /* firth: of standard errors, "expected" (NULL): X'WX, as in
                                brglm2, or "augmented": X'W(1 + h)X, as in logistf */
    int keep_singletons;     /* 1: rows alone in their group of a fixed effect stay */
    int quadrature;          /* points, relogit; 0: 25 */
    double level;            /* of intervals; 0: 0.95 */
    double tolerance;        /* on the scaled score; 0: 1e-10 */
    int max_iterations;      /* 0: 100 */
} pp_model_options;

/* Covariances, with n observations (rows; for the hazard units; the sum of frequency
 * weights), k coefficients, G clusters and K parameters with those of fixed effects:
 *
 * - "iid": the inverse information (expected, as in R's glm; observed for the hazard),
 *   for linear models s²(X'X)⁻¹.
 * - "hc0".."hc3": heteroscedasticity (White; MacKinnon & White); hc1 with n/(n-K). hc2 and
 *   hc3 want leverages: not of models whose scores are no multiple of a row; with fixed
 *   effects exact, beside the largest at most 2,000 levels.
 * - "cr0:g", "cr1:g" = "cluster:g": clusters by column g (Liang & Zeger); up to four
 *   clusterings "cluster:g+h+i+j", by all their intersections (Cameron, Gelbach & Miller).
 * - "cr2:g": Bell & McCaffrey, Pustejovsky & Tipton, as in clubSandwich; "cr3:g": the
 *   jackknife, sum over clusters of (b without it - b)², of nonlinear models by one
 *   Newton step. Both with Satterthwaite's degrees of freedom of each coefficient, and
 *   for few clusters. Of linear and generalised linear models. The working model: equal
 *   variances for linear ones, also with sampling weights; the family's variance for
 *   others. Fixed effects must be nested in the clusters (then they may be absorbed);
 *   with sampling weights, and cr2 of generalised linear models, there must be none. cr2
 *   of the latter takes time and memory by the square of the largest cluster, at most
 *   2,000 rows.
 * - "dk:time", "dk:time:L": Driscoll & Kraay, Bartlett's weights over L periods
 *   (default: floor(T^¼), as in fixest and plm, of T periods; consecutive in the data).
 * - "conley:lat+lon:KM", "conley:lat+lon:KM:bartlett": rows within KM kilometres on a great
 *   circle (radius 6371.0088) may go together, whatever their times; uniform kernel, or
 *   Bartlett's. Degrees, latitude in -90..90. Cost: places in reach, not pairs.
 *
 * Small-sample factors, by ssc:
 *
 * - "fixest": iid of generalised linear models (n-1)/(n-K), of others 1; cr0 1; cr1
 *   G/(G-1) (n-1)/(n-K), the smallest G for all parts; dk T/(T-1) (n-1)/(n-K); conley (n-1)/(n-K). K counts m effects as
 *   their levels less m - 1, without those that are nested in the clusters (periods,
 *   places); when all are, as one. (Version 0.14: K.fixef = "nonnested".)
 * - "sandwich": iid 1; cr0 G/(G-1); cr1 G/(G-1) (n-1)/(n-K), each part its own G; dk and
 *   conley n/(n-K). K: the rank.
 * - "none": 1. cr2 and cr3 have none under any.
 *
 * Under fixest a covariance of several clusterings or in space that is not positive
 * semidefinite has its negative eigenvalues set to zero, with a warning. Frequency weights
 * are as rows repeated, with sampling weights scores are weighted. Statistics are normal,
 * for ols t with n-K degrees of freedom (fixest with clusters: G-1, with dk: T-1). Table
 * `model` names all of it.
 *
 * Estimates. Convergence is judged on the residual of the normal equations: `score_norm`
 * is the Newton decrement (g' H⁻¹ g)^½, so that no coefficient is further from the
 * solution than that many of its standard errors; of poisson it is divided by the standard
 * deviation of y over the root of its mean, where above 1, lest rounding of large y exceed
 * any tolerance. Without convergence the fit is given, with the warning `not_converged`. Columns that are linear combinations of earlier ones
 * (tolerance 1e-7, as in R) and constants beside the intercept are left out with a
 * warning (`collinear`, `constant`), as are columns of which fixed effects leave nothing
 * (`collinear`: not 1e-7 of their spread). Rows that some direction of the coefficients
 * predicts perfectly, so that no finite estimate exists, are left out and named
 * (`separation`: "region = Oceania"); if they are all rows that is PP_E_ESTIMATION. Text
 * without factor() is warned of (`text_as_factor`), as is a level NA (`na_as_level`); a
 * factor with more levels than half the rows is PP_E_INPUT. */

/* Parses, builds the design, estimates. The fit borrows `data`, which must outlive it.
   Errors: PP_E_ARGUMENT (formula, options), PP_E_NOT_FOUND (a column, with the nearest
   name), PP_E_UNSUPPORTED (known, not built in), PP_E_INPUT (an outcome that is not 0/1,
   an interval that ends before it begins; with the row), PP_E_ESTIMATION (too few rows,
   nothing to explain, predicted perfectly). Cost: O(n k²) an iteration, memory about (k +
   4) n doubles. Threads: ctx->threads, the same bits at any number. */
PP_API pp_status pp_model_fit(const char *formula, const pp_table *data,
                              const pp_model_options *options, const pp_context *ctx,
                              pp_fit **out, pp_error *err);
PP_API void pp_fit_free(pp_fit *fit);

/* A new result with the fit's warnings and these tables; missing facts are NaN.
 * - `coefficients`: term, estimate, std_error, statistic, p_value, conf_low, conf_high;
 *   for firth `interval`, "profile" or "wald", too; with cr2 and cr3 `df` of each.
 * - `model`, one row: model, link, outcome, formula, nobs (rows), units, events,
 *   parameters, loglik, null_loglik, aic, bic (by rows; hazard: by units), deviance, r2,
 *   pseudo_r2 (McFadden), sigma, converged, iterations, score_norm, tolerance,
 *   covariance, ssc, distribution ("normal", "t"), clusters (the smallest number),
 *   small_sample_factor (missing when the parts differ), df_t (with cr2 and cr3 the
 *   least, which margins take), level. With fixed effects also within_r2 (of linear
 *   models: of what the effects leave of the outcome) and absorbed (the rank of the
 *   effects).
 * - `dropped`: reason, subject, of ("rows", "units", "intervals", "terms"), count.
 *   "missing" counts rows by column and may count a row twice; "incomplete" counts each
 *   row once. "zero weight" names the column, "singleton" the fixed effect in which a row
 *   was alone when it was found; both count each row once.
 * - `dropped_units`, hazard, when there are any: unit, reason.
 * - `first_stage`, iv: test ("first stage F", one for each endogenous variable;
 *   "Wu-Hausman"; "Sargan", with more instruments than endogenous variables), variable,
 *   covariance ("iid", and the fit's own where that is another), statistic, df1, df2
 *   (missing: chi-squared), p_value.
 * - `references`, when there are categories: variable, reference, levels.
 * - `clusters`, when the covariance is clustered, in time or in space: cluster (clusters,
 *   periods, places), sign, clusters (how many), small_sample_factor. */
PP_API pp_status pp_fit_result(const pp_fit *fit, pp_result **out, pp_error *err);

/* Adds to table `margins` of `result` (made when it is not there) the average marginal
 * effects of every variable over the rows used, with delta-method errors on the fit's
 * covariance: term, contrast, scale, sd, estimate, std_error, statistic, p_value,
 * conf_low, conf_high (fit's level), conf_low_90, conf_high_90.
 * - A number: the mean derivative of P(y = 1), of the hazard of a period or of E(y),
 *   exactly, through all terms that it is in: contrast "dY/dX". With `scale` "sd" it is
 *   multiplied by the standard deviation over these rows, which stands in `sd`: contrast
 *   "dY/dX * SD".
 * - A variable of zeros and ones: the mean change from 0 to 1, "1 - 0"; a category: from
 *   its reference to each level, "Asia - Africa". The same under both scales; `sd` is
 * NaN.
 *
 * `scale`: "unit" (NULL) or "sd". For the hazard the mean is over the periods in the
 * likelihood: at risk, up to adoption's latest date or the end. */
PP_API pp_status pp_fit_margins(const pp_fit *fit, const char *scale, pp_result *result,
                                pp_error *err);

/* Adds table `name`: the mean prediction over the rows used with `variable` set to each
   of n values in turn, all else as observed: value, estimate, std_error, conf_low,
   conf_high (delta method, fit's level). A variable that the model has not is
   PP_E_NOT_FOUND, a category PP_E_ARGUMENT. */
PP_API pp_status pp_fit_profile(const pp_fit *fit, const char *variable,
                                const double *values, int64_t n, const char *name,
                                pp_result *result, pp_error *err);

/* Borrowed arrays of length pp_fit_terms; the covariance is column-major and square.
   pp_fit_term gives NULL beyond the last. */
PP_API int64_t pp_fit_terms(const pp_fit *fit);
PP_API const char *pp_fit_term(const pp_fit *fit, int64_t index);
PP_API const double *pp_fit_estimates(const pp_fit *fit);
PP_API const double *pp_fit_covariance(const pp_fit *fit);
PP_API double pp_fit_loglik(const pp_fit *fit);
PP_API int64_t pp_fit_nobs(const pp_fit *fit);

/* The registry, for help, docs and tests: static texts. `links` is a list with commas,
   the default first; `reference` is what the estimator is checked against and `digits` how
   well they agree; `options` has one option of its own a line, "name: what it does" (""
   for none); `example` is what follows `pushpull fit` on the panel of the bundled study. */
typedef struct pp_model_info {
    const char *name, *title, *estimand, *source, *reference, *links;
    const char *use, *avoid, *options, *example, *digits;
} pp_model_info;
/* What its formula and options may hold beside terms, in turn: "fixed effects", "weights",
   …; NULL when there are no more. */
PP_API const char *pp_model_takes(int index, int part);
PP_API int pp_model_count(void);
PP_API const pp_model_info *pp_model_get(int index); /* NULL outside 0..count-1 */

/* The hazard. Data have one row for each unit and period, lo and hi the same in all rows
 * of a unit (else PP_E_INPUT): both missing, no adoption; lo missing, an upper bound
 * only. A unit contributes S(lo-1) - S(hi), with an upper bound 1 - S(hi), without
 * adoption S(end). With intervals of length one it is the binary model on the periods at
 * risk. A row that is incomplete or absent makes coarser only what depends on it: a
 * period before lo, known to pass without adoption, simply goes (later entry is
 * conditional on not having adopted); an interval that is not covered leaves S(lo-1); an
 * upper bound that is not covered from the unit's first row on says nothing, and the unit
 * is left out. The same holds of intervals that begin before the first row. All of it is
 * counted and named in `dropped` and `dropped_units`. Robust covariances are by unit;
 * clusters must not vary within a unit. */

/* Spells and choices.
 *
 * - `cox`: Surv(start, stop, event), at risk after start and up to stop, or Surv(time,
 *   event), at risk from the beginning; strata(s) have baselines of their own. Times are
 *   compared exactly as they are given. `ties`: "efron" (NULL), "breslow" or "exact" (the
 *   conditional likelihood of who has the event; neither weights nor robust errors, and
 *   PP_E_UNSUPPORTED where ties are too many for it). Weights as in R's survival; robust
 *   covariances are those of Lin & Wei, by rows, so that several rows of one subject want
 *   clusters by subject.
 * - `clogit`: y ~ x + strata(g), Chamberlain's conditional logit. Groups without variation
 *   of the outcome are left out with a count. Robust covariances are by group; clusters and
 *   weights must not vary within a group.
 *
 * Both leave out, with the warning `collinear`, terms that do not vary where rows are
 * compared. Rows that some direction predicts perfectly in all their comparisons are left
 * out as elsewhere (`separation`); where that is so in some of them only, and the likelihood
 * rises for ever, that is PP_E_ESTIMATION with the names of the terms. */

/* Fixed effects in logit, probit, cloglog, poisson and negbin are estimated with the
 * coefficients; convergence is judged on the coefficients after absorption. Rows of groups
 * whose outcome never varies (always 0; for a binary outcome also always 1) are left out and
 * counted ("no variation"), as are rows that effects and terms together separate. In logit
 * and probit effects with few rows each bias the coefficients; `bias` "analytic" corrects
 * them for one or two effects by Fernández-Val & Weidner (2016), "analytic:L" also for
 * regressors that answer to up to L earlier outcomes of the first effect's groups, in the
 * order of `time`. Effects and likelihood are then those given the corrected coefficients;
 * average marginal effects over all rows are corrected too, with the effects' own part (by
 * their information) in the errors.
 *
 * `negbin` reports log(theta) after the coefficients. Where the outcome varies no more than
 * a Poisson variable theta is infinite: warning `no_overdispersion`. */

/* Two-stage least squares, `iv`: `y ~ exogenous | endogenous ~ instruments`, with fixed
 * effects `y ~ exogenous | city | endogenous ~ instruments`. Wooldridge (2010), ch. 5. Fewer
 * instruments than endogenous variables, once what is collinear or explained by the effects
 * is left out, and instruments that do not move them, are PP_E_ESTIMATION ("not
 * identified"); a first-stage F below ten is the warning `weak_instruments`. r2 is that of the structural equation and may be below zero; there is no
 * likelihood. Memory: a column each of all terms and instruments. */

/* Bias-reduced binary regression, `firth`. `bias`:
 *
 * - "mean" (NULL): Firth (1993); Kosmidis & Firth (2009, 2021). For the logit that is the
 *   maximum of the likelihood penalised by Jeffreys' prior. Estimates are finite under
 *   separation: no rows are left out for it.
 * - "jeffreys": that maximum for any link. "median": Kenne Pagui, Salvan & Sartori (2017);
 *   it depends on the origin of the columns.
 * - "flic", "flac" (logit): Puhr et al. (2017): as "mean", with predictions whose mean is
 *   that of the outcome, by another intercept, or by likelihood on augmented data (whose
 *   information gives the errors, whatever `information` says).
 * - "none": maximum likelihood, with rows left out under separation.
 *
 * Intervals and p values come from the profile of the penalised likelihood (Heinze &
 * Schemper 2002), where it exists: with the covariance iid, and with bias "jeffreys",
 * "none" and, for the logit, "mean" and "flic" (not its intercept); `statistic` is then
 * the signed root of the likelihood ratio. Else, or with `interval` "wald", they are
 * Wald's. `loglik` is the plain likelihood at the estimates; the penalised one is in table
 * `penalised`: penalised_loglik, null_penalised_loglik (all slopes zero, the determinant
 * of all columns), lr_statistic, df, p_value. Table `bias` says what was done: bias, and
 * information, by which the errors are. Robust covariances use the adjusted scores.
 * Cost: O(n k²) an iteration, the profiles about 15 k iterations. */

/* The logit with a random intercept, `relogit`: `y ~ x + (1 | region)`, for places within
 * regions. Adaptive Gauss–Hermite quadrature with `quadrature` points (0: 25, at most 200;
 * 1 is Laplace's approximation). The last coefficient, `sd(region)`, is the standard
 * deviation of the intercepts; its test against zero by the likelihood ratio, at the
 * boundary (a mixture of chi-squared with 0 and 1 degrees of freedom), is in table
 * `random`: group, groups, sd, std_error, variance, icc (variance / (variance + pi²/3)),
 * lr_statistic, p_value, points. Table `random_effects`: group, rows, mode (of the
 * intercept, given the data and the estimates), conditional_sd. Marginal effects are on
 * P(y = 1 | x) over the distribution of the intercepts. Robust covariances are by group;
 * clusters must not vary within a group. Cost: O(n points) an evaluation, about 4 k of
 * them. */

/* Categories: the outcome is a column of text, categories or numbers; its values in sorted
 * order (numbers by size, text by code point) stand in table `categories`: category, rows
 * (or weights), share, and for mlogit base. At most 64; else PP_E_INPUT.
 *
 * - `mlogit`: the base is the first category; each other has an equation, named in column
 *   `equation` of `coefficients`. Table `relative_risks`: equation, base, term, ratio =
 *   exp(b), conf_low, conf_high.
 * - `ologit`, by `link` logit, probit or cloglog: P(y <= c) = F(t_c - x'b), as in polr; the
 *   cutpoints "c|next" stand after the coefficients and are no columns.
 *
 * Errors are by the observed information. Where rows are predicted perfectly estimates are
 * infinite: the fit has the warnings `separation` and `not_converged`, and no rows are
 * left out. Table `margins` has the column `outcome`: effects on the probability of each
 * category, which sum to zero. Cost: O(n c² k²) and O(n k²) an iteration; memory n times
 * parameters for the scores. */

#endif
