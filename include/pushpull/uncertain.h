/* Differences in differences where it is not certain when, or whether, units were treated.
 *
 * A date that is known as an interval is no date: taking its end counts years of treatment as years
 * without. Here the design is estimated under several treatments of the dates:
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
 * Drawing evenly takes no view of where in its interval an adoption lies; where intervals are long this
 * blurs the moment of treatment and draws estimates towards zero, as no knowledge of dates would.
 */
#ifndef PUSHPULL_UNCERTAIN_H
#define PUSHPULL_UNCERTAIN_H

#include <pushpull/did.h>

typedef struct pp_uncertain_options {
    const char *low,
        *high; /* columns, required: the first and the last period in which treatment may
                               have begun, the same in all rows of a unit; missing low: an upper bound
                               only; missing high: perhaps after the data; both missing: not treated */
    const char *
        probability; /* column: that the unit was treated at all, 0 to 1; NULL or missing: 1
                                with a date, 0 without */
    int64_t draws;   /* 0: 20; at least 2 */
} pp_uncertain_options;

/* `did` as for pp_did, of any estimator and form of the panel, but that its cohort and draws are not used (errors are
   analytic) and it names no treatment; in cross-sections its unit is needed: dates are those of units. Its seed is that of the draws of dates too.
   `out` gets the tables
 * - `uncertain_overall`: aggregation, dates (earliest, midpoint, latest, drawn), estimate, std_error,
 *   conf_low, conf_high, conf_low_90, conf_high_90 (drawn only), p_value, lowest, highest (of the draws; else missing), missing_information (the
 *   share that is missing with the dates; drawn only), treated, never (units, of draws their mean);
 * - `uncertain_dynamic`: horizon, estimate, std_error, conf_low, conf_high, conf_low_90, conf_high_90, missing_information, draws
 *   (in which the horizon could be estimated; at least half of them): dates drawn and pooled;
 * - `uncertain_draws`: draw, aggregation, estimate, std_error, treated, never, left_out.
 * A treatment of the dates under which nothing can be estimated is left out with the warning
 * `rule_failed`; draws that give nothing with `draws_failed`.
 * Errors: as pp_did; PP_E_INPUT for dates or probabilities that change within a unit, a low above its high, a
 * probability outside 0 to 1; PP_E_ESTIMATION when fewer than two draws, or less than half of them, can be
 * estimated. Results are the same for any number of threads. Cost: 3 + draws times pp_did. */
PP_API pp_status pp_did_uncertain(const pp_table *data, const pp_did_options *did,
                                  const pp_uncertain_options *options,
                                  const pp_context *ctx, pp_result **out, pp_error *err);

#endif
