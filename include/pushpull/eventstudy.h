/* The same event study by several estimators, side by side: do they say the same?
 *
 * Each of them is right under parallel trends, and they lean on it in different periods and units: cs on the
 * last period before treatment and controls at that time; sunab the same, weighed by shares that are taken
 * as known; bjs on all periods before treatment; stacked on windows with clean controls. Where they differ
 * by more than their errors, with which the difference is correlated, trends before treatment were not
 * parallel, or the samples differ (stacks trim cohorts; see table `estimators`). Two-way fixed effects (twfe)
 * stand beside them as a diagnosis and are never the answer: where effects differ between cohorts their
 * coefficients mix horizons, with negative weights (Sun & Abraham 2021, JoE 225, sec. 3).
 */
#ifndef PUSHPULL_EVENTSTUDY_H
#define PUSHPULL_EVENTSTUDY_H

#include <pushpull/did.h>

typedef struct pp_event_study_options {
    const char
        *estimators; /* with commas, in that order; NULL: "cs,sunab,bjs,stacked,twfe" */
} pp_event_study_options;

/* The columns of `design` and its choices, each estimator taking those that it has; `estimator`, `base` (which
   is universal), draws and balance play no part. least and most: horizons shown; both 0: up to five
   before and after. The window of the stacks: as many of these on each side as leave half of the treated
   units, at least one. The panel is read once: all estimators have the same units.
   `out` gets the tables
   - `event_study`: estimator, horizon, estimate, std_error, conf_low, conf_high, p_value, cohorts,
     nobs_treated, reference (1: zero by definition), role ("estimate", or "diagnosis": twfe);
   - `event_study_differences`: horizon, estimator, other, difference (of the first less the other), std_error,
     conf_low, conf_high, p_value: pairs at horizons that both have, before treatment only where
     both compare with the last period before it (not bjs). Errors come from the influence of each cluster
     on both, so that what they have in common cancels;
   - `event_study_agreement`, one row a pair: estimator, other, horizons (from 0 on, that both have),
     largest (difference in absolute value), at (its horizon), statistic (the largest difference relative to
     its error), p_value (of that, times the number of horizons: Bonferroni), mean_difference, std_error
     (over these horizons), role ("diagnosis": with twfe);
   - `event_study_pretest`: estimator, statistic, df, df2, p_value: that all horizons before treatment are
     zero, by an F test on the covariance of clusters; those of bjs as in its pre-trend test;
   - `estimators`: estimator, title, role, compared_with, estimated ("yes", "no"), cohorts, nobs_treated (at
     horizon 0), mean_effect, std_error (over horizons from 0 on), remark (why not; trimmed cohorts);
   - `preflight`, `left_out`, `reversals` as pp_did.
   An estimator that the data cannot carry is told with its reason in `estimators` and a warning
   (`not_estimated`). Errors: those of pp_did; PP_E_ARGUMENT for an unknown estimator, anticipation, which only cs has, and
   cross-sections; PP_E_ESTIMATION where none can be estimated. Cost: that of its estimators. */
PP_API pp_status pp_event_study(const pp_table *data, const pp_did_options *design,
                                const pp_event_study_options *options,
                                const pp_context *ctx, pp_result **out, pp_error *err);

#endif
