/* What adoption did to one place, a few or many that adopted at different times: counterfactuals by factor
 * models.
 *
 * Outcomes without treatment are taken to be covariates, effects of units and periods, and a few factors
 * (common shocks) that units feel to different degrees:
 *
 *   Y_it(0) = x_it beta + alpha_i + xi_t + lambda_i' F_t + e_it.
 *
 * - "gsynth": the generalised synthetic control of Xu (2017, Political Analysis 25). Factors and
 *   coefficients from the units never treated (interactive fixed effects, Bai 2009, Econometrica 77);
 *   a treated unit's loadings from its periods before treatment; the rank by leaving out each of these
 *   in turn (algorithm 1). Controls with gaps: by the EM algorithm.
 * - "ife": factors of everything that is not treated, by the EM algorithm (Gobillon & Magnac 2016, REStat
 *   98; Liu, Wang & Xu 2024, AJPS 68); the rank by folds.
 * - "mc": matrix completion (Athey, Bayati, Doudchenko, Imbens & Khosravi 2021, JASA 116): no rank but the
 *   nuclear norm, with effects of units and periods that it does not touch; lambda, its weight beside
 *   the mean square, by folds down a path.
 *
 * The effect is the gap between what is seen and the counterfactual; everything else that happened to the
 * treated at the same time is in it. Treatment stays once it has begun.
 *
 * Errors: "parametric" resamples residuals of controls, and prediction errors of controls put in the part
 * of the treated (Xu 2017, algorithm 2): for one or few treated units. Controls need every period: those
 * with gaps are left out, if ten others remain.
 * "bootstrap" draws units, treated and others for themselves, and "jackknife" leaves each out: for many.
 * With fewer than five treated units neither gives errors: one unit drawn again is the same unit.
 * "placebo" puts random groups of controls in the part of the treated, which are left out (one treated
 * unit: each control in turn): no intervals; std_error is the deviation of their estimates, p_value the
 * share of them as large in size, the treated among them. It asks whether the treated are unusual, if they are
 * like the others, and needs twice as many controls. The default of "mc": shrinking takes from the factors
 * what no drawing of units tells, and 95 % intervals of its bootstrap held the truth in 86 % of simulated
 * samples (their errors are 0.20 where the estimate is 0.27 off; of "ife" 0.20 and 0.19).
 */
#ifndef PUSHPULL_COUNTERFACTUAL_H
#define PUSHPULL_COUNTERFACTUAL_H

#include <pushpull/context.h>
#include <pushpull/result.h>

typedef struct pp_counterfactual_options {
    const char *outcome, *unit, *time; /* columns; required, numeric outcome and time */
    /* Who is treated, in one of three ways: a column with the first period of treatment (empty, 0 or after
       the last period: never); names with commas and their first period; a column of 0 and 1. */
    const char *cohort;
    const char *treated;
    double first;
    const char *treatment;
    const char
        *donors; /* names of the units never treated that may be learnt from, with commas;
                           NULL: all of them */
    const char *
        covariates; /* right-hand side of a formula; NULL: none. They need values in treated
                               periods too, and must not respond to treatment. */
    const char *method;  /* "gsynth" (NULL), "ife", "mc" */
    const char *effects; /* "twoway" (NULL), "unit", "time", "none" */
    int64_t rank;        /* < 0: by cross-validation */
    int64_t most_rank;   /* of those tried; 0: 5 */
    double lambda;       /* 0: by cross-validation */
    int64_t folds;       /* 0: 5 */
    int64_t min_before;  /* a treated unit needs so many periods before treatment; 0: 5 */
    const char
        *errors;   /* "parametric", "bootstrap", "jackknife", "placebo"; NULL: parametric for
                               gsynth where controls have every period or fewer than five units
                               are treated, placebo for mc, else bootstrap */
    int64_t draws; /* 0: 500 */
    int64_t placebo; /* periods before treatment held out as a test; 0: 2; < 0: none */
    double
        bound; /* differences below it are negligible; 0: 0.36 deviations of the untreated
                               outcomes from effects of units and periods (as fect) */
    uint64_t seed;
    double level; /* of intervals; 0: 0.95 */
} pp_counterfactual_options;

/* `out` gets the tables
 * - `factor_overall`, one row: method, rank, lambda, estimate (the mean gap over treated unit-periods),
 *   std_error, conf_low, conf_high, p_value, rmspe (root mean square gap before treatment), treated,
 *   control, periods, errors, draws;
 * - `factor_dynamic`: horizon, estimate, std_error, conf_low, conf_high, band_low, band_high (simultaneous),
 *   p_value, cohorts, nobs_treated; before treatment these are gaps of the fit, not forecasts;
 * - `factor_paths`: horizon, treated, counterfactual, conf_low, conf_high (of the counterfactual), nobs;
 * - `factor_gaps`: unit, time, observed, counterfactual, gap, after (1: treated);
 * - `factor_cv`: rank or lambda, mspe (missing where a rank is too high), chosen;
 * - `factors`: factor, time, value (mean square one); `factor_loadings`: unit, factor, loading, treated;
 *   `factor_covariates`: term, estimate, std_error;
 * - `factor_tests`: test, estimate, std_error, statistic, df, bound, p_value, detail: the mean gap of the
 *   periods held out before treatment (placebo), all of them at once (placebo_joint, Wald), whether it
 *   lies within the bound (placebo_equivalence), and the same of the largest gap of the fit before
 *   treatment (fit_equivalence);
 * - `factor_preflight`: unit, cohort, before, after, missing, used, reason: every treated unit, and the
 *   others that have gaps or are left out.
 * Warnings: `left_out`, `lost_periods`, `few_treated` (no errors are given), `poor_fit` (a mean gap of the
 * fit before treatment beyond the bound), `placebo_rejects` (at 5 %), `no_factors` (rank 0), `few_periods`, `no_interval`
 * (mc), `undercovers` (mc with errors that were asked for), `failed_draws`, `not_converged`, `idle_covariates`, `lambda_at_end`.
 * Intervals are normal, from the deviation of draws, as gsynth's; missing with "placebo".
 * Errors: PP_E_NOT_FOUND for a column or unit that is not there; PP_E_INPUT for a unit with a period twice,
 * a cohort that changes within a unit, a treatment that ends; PP_E_ESTIMATION when no treated unit has
 * enough periods before treatment, or too few controls are there. Cost: a fit is iterations × units ×
 * periods × min(units, periods), and there are draws, folds × ranks, and as many again for the placebo. */
PP_API pp_status pp_counterfactual(const pp_table *data,
                                   const pp_counterfactual_options *options,
                                   const pp_context *ctx, pp_result **out, pp_error *err);

#endif
