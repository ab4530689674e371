/* Designs where it is not certain when, or whether, units were treated.
 *
 * A date that is known as an interval is no date: taking its end counts years of treatment as years
 * without. Here a design is estimated under several treatments of the dates:
 *
 * - "earliest", "midpoint", "latest": each unit at that period of its interval. Units that it does not
 *   date within the data are left out: those with an upper bound only, and those whose interval
 *   reaches beyond the last period and whose date by the rule lies there;
 * - "drawn": multiple imputation (Rubin 1987, ch. 3). In each draw a unit is treated with its
 *   probability. If so, its first period is drawn evenly from those of its interval (of an upper
 *   bound: from the first period on); a unit without dates that is drawn to be treated is left out of
 *   this draw, for nobody knows since when. If not, it was never treated. Estimates are pooled by
 *   Rubin's rules, so that errors hold what is not known of the dates.
 *
 * Where places are named that were treated together (synthetic controls; factor models with `treated`),
 * there is one interval and few dates. Nothing is drawn: the design is estimated from each period of the
 * interval on, and "drawn" pools all of them with their shares, as infinitely many draws would: the
 * variance is the mean within a date and the variance between dates. A p value that is a rank among
 * placebos is no normal one, and is pooled by its mean over dates (Meng 1994, Annals of Statistics 22, of
 * an unknown that is no effect). Whatever the date was, its largest value holds (Berger & Boos 1994, JASA
 * 89), and so does twice the mean (Vovk & Wang 2020, Biometrika 107).
 *
 * Drawing evenly takes no view of where in its interval an adoption lies; where intervals are long this
 * blurs the moment of treatment and draws estimates towards zero, as no knowledge of dates would.
 */
#ifndef PUSHPULL_UNCERTAIN_H
#define PUSHPULL_UNCERTAIN_H

#include <pushpull/counterfactual.h>
#include <pushpull/did.h>
#include <pushpull/eventstudy.h>
#include <pushpull/matching.h>
#include <pushpull/switching.h>
#include <pushpull/synth.h>
#include <pushpull/twfe.h>

typedef struct pp_uncertain_options {
    const char *low,
        *high; /* columns, required: the first and the last period in which treatment may
                               have begun, the same in all rows of a unit; missing low: an upper bound
                               only; missing high: perhaps after the data; both missing: not treated */
    const char *
        probability; /* column: that the unit was treated at all, 0 to 1; NULL or missing: 1
                                with a date, 0 without. Not of places that are named. */
    int64_t draws;   /* 0: 20; at least 2; of named places nothing is drawn */
} pp_uncertain_options;

/* All take the options of their design, but that its cohort, first period and multiplier draws are not
 * used (errors of single draws are analytic, or as the design has them) and it names no treatment; its
 * seed is that of the draws of dates too. Each gives tables of these forms, PREFIX first:
 * - `_overall`: what the design tells apart (below), dates (earliest, midpoint, latest, drawn), estimate,
 *   std_error, conf_low, conf_high, conf_low_90, conf_high_90 (drawn only), p_value, lowest, highest (of
 *   the draws, or periods; else missing), missing_information (the share that is missing with the
 *   dates; drawn only), treated, never (units, of draws their mean; not of named places). Where most
 *   draws have no error (one treated unit) none is told, but how far the estimate moves is;
 * - `_dynamic`: horizon, estimate, std_error, conf_low, conf_high, conf_low_90, conf_high_90,
 *   missing_information, draws (in which the horizon could be estimated; at least half of them): dates
 *   drawn and pooled;
 * - `_draws`: draw, what is told apart, estimate, std_error, treated, never, left_out;
 * - `_dates`, in place of `_draws` where places are named: what is told apart, first (the period that
 *   treatment is taken to begin in), share (of the interval), estimate, std_error, conf_low, conf_high,
 *   p_value, more of the design's own, remark (why there is no estimate).
 * A treatment of the dates under which nothing can be estimated is left out with the warning
 * `rule_failed`; draws that give nothing with `draws_failed`. Warnings of draws are passed on, each
 * kind once, with the number of draws.
 * Errors: as of the design; PP_E_INPUT for dates or probabilities that change within a unit, a low
 * above its high, a probability outside 0 to 1, named places with different dates; PP_E_ESTIMATION when
 * fewer than two draws, or less than half of them (or of the periods), can be estimated. Results are
 * the same for any number of threads. Cost: 3 + draws times the design, or the periods of the interval
 * times. */

/* Any estimator and form of the panel; in cross-sections its unit is needed: dates are those of units. `uncertain`:
   aggregation. */
PP_API pp_status pp_did_uncertain(const pp_table *data, const pp_did_options *did,
                                  const pp_uncertain_options *options,
                                  const pp_context *ctx, pp_result **out, pp_error *err);

/* `uncertain_event_study`: estimator, also in its `_dynamic`. */
PP_API pp_status pp_event_study_uncertain(const pp_table *data, const pp_did_options *did,
                                          const pp_event_study_options *estimators,
                                          const pp_uncertain_options *options,
                                          const pp_context *ctx, pp_result **out,
                                          pp_error *err);

/* Treatment that begins and stays. `uncertain_switching`: switchers. */
PP_API pp_status pp_switching_uncertain(const pp_table *data,
                                        const pp_switching_options *switching,
                                        const pp_uncertain_options *options,
                                        const pp_context *ctx, pp_result **out,
                                        pp_error *err);

/* `uncertain_matched`: one row for each treatment of the dates. */
PP_API pp_status pp_matching_uncertain(const pp_table *data,
                                       const pp_matching_options *matching,
                                       const pp_uncertain_options *options,
                                       const pp_context *ctx, pp_result **out,
                                       pp_error *err);

/* A diagnosis: how far the coefficient moves with the dates. `uncertain_twfe`: one row for each, no
   `_dynamic`. */
PP_API pp_status pp_twfe_uncertain(const pp_table *data, const pp_twfe_options *twfe,
                                   const pp_uncertain_options *options, uint64_t seed,
                                   const pp_context *ctx, pp_result **out, pp_error *err);

/* Only dates of the treated units count, and these are the same. `uncertain_synth`: method (all four), no
   `_dynamic`; in `_overall` p_lowest and p_highest (drawn only), in `_dates` p_ratio, rmspe and chosen. */
PP_API pp_status pp_synth_uncertain(const pp_table *data, const pp_synth_options *synth,
                                    const pp_uncertain_options *options,
                                    const pp_context *ctx, pp_result **out,
                                    pp_error *err);

/* With `treated`, as of pp_synth: places that are named; else each unit by its own dates.
   `uncertain_factor`: one row for each; in `_dates` rmspe and rank. */
PP_API pp_status pp_counterfactual_uncertain(const pp_table *data,
                                             const pp_counterfactual_options *model,
                                             const pp_uncertain_options *options,
                                             const pp_context *ctx, pp_result **out,
                                             pp_error *err);

#endif
