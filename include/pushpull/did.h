/* What adoption does, by differences in differences when units adopt at different times.
 *
 * Group-time effects of Callaway & Sant'Anna (2021), Journal of Econometrics 225: for a cohort g (the
 * units first treated in period g) and a period t,
 *
 *   ATT(g, t) = E[Y_t(g) - Y_t(never) | G = g],
 *
 * from the change between a base period and t in the cohort less that of a control group: units never
 * treated, or not yet treated at t. The base is the last period before treatment (less `anticipation`);
 * with a varying base, effects before treatment are changes from one period to the next. With
 * covariates, by regression of the controls' changes (Heckman, Ichimura & Todd 1997), weighting by the
 * propensity to be treated (Abadie 2005, normalised), or both, doubly robust (Sant'Anna & Zhao 2020,
 * JoE 219, the estimator with a logit and least squares). Covariates are those of the earlier of the
 * two periods.
 *
 * Other estimators of the same effects, by regressions with unit effects (covariates are those that vary
 * within units, at their own period):
 * - "sunab": the interaction-weighted event study of Sun & Abraham (2021, JoE 225): a regression on unit
 *   and period effects and all cohort-by-period interactions, against the never treated (where there are
 *   none, the last cohort before its treatment) and the last period before treatment; shares are taken as
 *   known, and errors have fixest's factor;
 * - "bjs": the imputation of Borusyak, Jaravel & Spiess (2024, REStud 91): unit and period effects and
 *   covariates' slopes from all untreated observations; efficient where errors are spherical. Its errors
 *   are conservative, with treated residuals about the means of cohort and period (their sec. 4.3, as
 *   didimputation), or with `leave_out` about the mean of the other clusters. Horizons before treatment
 *   are those of their pre-trend test (sec. 4.4), a regression on untreated observations only with
 *   indicators of `leads` periods before treatment, against all earlier ones;
 * - "stacked": of each cohort a window of horizons `least` to `most` (both 0: -3 to 3,
 *   or as much of it as at least half of the treated units have) with clean controls,
 *   never treated or (control notyet) not until the window ends, all windows in one regression with unit
 *   effects by window. Cohorts whose window reaches beyond the panel are trimmed and named, units not seen
 *   in all of a window are not in it. "weighted": period effects by horizon, and weights of controls by
 *   which each horizon is the mean over treated units (Wing, Freedman & Hollingsworth 2024, NBER 32054,
 *   sec. 4); "unweighted": period effects by window, each window weighs as its precision (Cengiz, Dube,
 *   Lindner & Zipperer 2019, QJE 134). Clusters hold a unit's rows in all windows; fixest's factor.
 *   `group_time` has each window for itself.
 *
 * Identified under parallel trends (given covariates), no anticipation beyond what is stated, and no
 * effect of one unit's treatment on another: what the data show is how trends ran before treatment,
 * and that is a test only where there are enough periods and units to see a difference.
 */
#ifndef PUSHPULL_DID_H
#define PUSHPULL_DID_H

#include <pushpull/model.h>

typedef struct pp_did_options {
    /* Columns; required (`unit` is not used in cross-sections); outcome and time are numbers. */
    const char *outcome, *unit, *time;
    /* Either: the first period of treatment, the same in all rows of a unit; missing, 0, infinite or after
       the last period: never (0 is refused where periods begin below it). Or a column of 0 and 1, whose first 1
       is taken: a unit that is treated when it is first seen was so from the start; rows where it is missing
       say nothing; treatments that go off again are named and count as on. */
    const char *cohort, *treatment;
    /* "balanced" (NULL): units that miss a period are left out; "unbalanced": they stay, and cells
       compare the rows of two periods, with influences summed by unit (as did's
       allow_unbalanced_panel); "crosssection": each row is a unit of its own (did's panel = FALSE). */
    const char *panel;
    const char *weights;   /* column: sampling weights of rows, not negative; missing: an
                            incomplete row; NULL: 1 each */
    const char *estimator; /* "cs" (NULL), "sunab", "bjs", "stacked" */
    const char
        *covariates; /* right-hand side of a formula, "x1 + factor(region)"; NULL: none */
    const char *method;  /* "dr" (NULL), "reg", "ipw"; the same without covariates */
    const char *control; /* "never" (NULL), "notyet" */
    const char *base;    /* "varying" (NULL), "universal" */
    int64_t
        anticipation; /* periods before treatment that it may already have an effect in; 0 */
    const char *cluster; /* column, constant within units; NULL: units */
    int64_t
        balance; /* of horizons: only cohorts that are seen at least so long; < 0: all */
    int leave_out;     /* bjs: 1: means in the errors leave out the own cluster */
    const char *stack; /* stacked: "weighted" (NULL), "unweighted" */
    int64_t
        leads; /* bjs: periods before treatment in its pre-trend test; 0: up to five */
    int64_t least, most; /* horizons shown; both 0: all */
    int64_t
        draws; /* of the multiplier bootstrap, for errors and simultaneous bands; 0: analytic */
    uint64_t seed;
    double level; /* of intervals; 0: 0.95 */
} pp_did_options;

/* `out` gets the tables
 * - `overall`: aggregation (simple, dynamic, group, calendar), estimate, std_error, conf_low,
 *   conf_high, p_value: the mean effect over treated unit-periods; over horizons from 0 on; over cohorts;
 *   over periods;
 * - `dynamic`: horizon (periods since treatment), estimate, std_error, conf_low, conf_high, band_low,
 *   band_high (simultaneous; missing without draws), cohorts, nobs_treated;
 * - `group`: cohort, …; `calendar`: time, …;
 * - `group_time`: cohort, time, horizon, estimate, std_error, conf_low, conf_high, band_low, band_high,
 *   nobs_treated, nobs_control, base;
 * - `pretest`, one row: statistic, df, df2, p_value of the Wald test that all effects before treatment are
 *   zero; missing where it cannot be made. bjs and stacked: by the F distribution with df and df2 = clusters
 *   less one;
 * - `preflight`: check, count, detail, verdict (ok; look: read on; stop: do not read the effects before
 *   this is understood): units, rows without outcome or covariates, periods and their gaps, who is left
 *   out and why, never treated and how that is written, cohorts and their sizes (fewer than five units
 *   are named), reversals, what weights leave, cells without an estimate, and with covariates the
 *   overlap of propensities by cohort, in its first treated period;
 * - `left_out`: unit, reason, periods_missing (not of cross-sections);
 * - `reversals`, where there are some: unit, first, off (periods);
 * - `dynamic_covariance`: horizon, other (not later), covariance: of the estimates of `dynamic`, each pair
 *   once; analytic with draws too; zeros at a reference period.
 * One treated unit, or one cluster that holds all of them, says nothing of how they vary: there are then no
 * errors, here and in what rests on it (event studies, bounds, checks). Standard errors are analytic
 * (influence functions; with `cluster`, summed within clusters) or, with draws, from the interquartile
 * range of a multiplier bootstrap with Rademacher weights by cluster; bands hold for all estimates of a
 * table at once. A cell whose controls do not support its covariates, or whose propensities reach
 * 0.999, has no estimate and is warned of. By rows the doubly robust estimator is the locally efficient
 * one (Sant'Anna & Zhao 2020, eq. 3.4), whose regressions are also of the treated: a cohort needs as
 * many rows as covariates in both periods. Covariates are there those of each row: they must not be
 * moved by treatment, and in cross-sections be distributed alike in all periods. Weights are those of
 * the earlier period of a comparison, and by rows of each row; in the shares of cohorts a unit counts
 * with its weight of the first period, by rows with the mean of its rows.
 * Errors: PP_E_NOT_FOUND for a column that is not there; PP_E_INPUT for a unit with a period twice, a
 * cohort that changes within a unit, a negative weight, a treatment that is not 0 or 1; PP_E_ESTIMATION without treated or without control units, with
 * one period. Cost: cells × units of memory; time linear in units × cells × (covariates² + draws). */
PP_API pp_status pp_did(const pp_table *data, const pp_did_options *options,
                        const pp_context *ctx, pp_result **out, pp_error *err);

#endif
