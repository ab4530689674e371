/* What would undo an estimate of a design (pp_did: cs, sunab, bjs, stacked): other dates, placebo outcomes, placebo
 * dates, and leaving out.
 *
 * - Randomisation inference: dates of adoption change hands among units (among clusters, where cohorts do not
 *   vary within them; within strata, if there are any), sizes of cohorts stay, and the design is run on the
 *   outcomes as they are. The p value is (c + 1) / (n + 1), where c of n draws have a statistic (estimate by
 *   its own error) at least as far from zero: exact for any n under the sharp null hypothesis that adoption
 *   changes nothing for any unit, if dates are as good as random within strata (Phipson & Smyth 2010;
 *   studentised as in Wu & Ding 2021, JASA 116, it is asymptotically valid for the mean too).
 * - Placebo outcomes: the same design on columns that adoption should not move.
 * - Placebo dates: the same design with dates moved k periods earlier, on the periods before the true ones:
 *   effects at horizons 0..k-1 rest on untreated outcomes alone. Cohorts that have no period before their
 *   placebo date are left out. Windows of stacks end before the true dates and begin one period before the
 *   placebo ones; sunab is without treated observations from the true dates on.
 * - Leaving out each cohort, and single units: the most influential, the largest, or all. Periods stay
 *   those of the whole panel, also where nobody else is seen in one.
 *
 * In unbalanced panels units keep the periods that they are seen in, and with weights their weights, whatever
 * date they are given.
 */
#ifndef PUSHPULL_CHECKS_H
#define PUSHPULL_CHECKS_H

#include <pushpull/did.h>
#include <pushpull/text.h>

typedef struct pp_checks_options {
    int64_t draws; /* of other dates; 0: 199; < 0: none */
    const char *
        strata; /* column, constant within units: dates change hands within it; NULL: none */
    uint64_t seed;
    const char *const *placebo_outcomes; /* number columns; NULL-terminated; NULL: none */
    int64_t
        earlier; /* placebo dates: periods earlier; 0: 3, or as many as there are; < 0: none */
    int64_t
        units; /* left out one by one; 0: all where there are at most 40, else 10; < 0: none */
    const char *
        size; /* number column: leave out the largest by its mean; NULL: the most influential */
} pp_checks_options;

/* `design` is as for pp_did, but of no cross-sections; errors are analytic, its draws and seed are not used. The estimate that is
 * checked is the mean over treated units and periods ("simple"). `out` gets the tables
 * - `checks_words`: check, words (a sentence);
 * - `randomisation`: aggregation (simple, dynamic, horizon), horizon, estimate, std_error, statistic,
 *   p_value (of the design's own error), p_randomisation, p_low, p_high (its Monte Carlo interval), draws;
 * - `randomisation_draws`: draw (0: the dates as they are), estimate, statistic, of the simple mean;
 * - `placebo_outcomes`: placebo (the column), estimate, std_error, conf_low, conf_high, p_value, p_holm
 *   (for all of them together), estimate_sd (in standard deviations of that outcome), units; there when
 *   asked for;
 * - `placebo_dates`: earlier, horizon (since the placebo date; missing: the mean of all), estimate, std_error,
 *   conf_low, conf_high, p_value;
 * - `leave_out_effect`: left_out, kind (none, cohort, unit), units (left out), estimate, std_error, conf_low,
 *   conf_high, shift (of the estimate, in standard errors of that with all), turns (1: it changes its sign,
 *   or its interval begins or ceases to exclude zero). First with all, then cohorts by date, then units by
 *   how far they shift it. What cannot be estimated without them is missing.
 * Warnings: `few_assignments`; `placebo_failed`, a placebo outcome that the design cannot carry;
 * `no_placebo_dates`, no cohort has two periods before it adopts.
 * Errors: those of pp_did; PP_E_ARGUMENT for options out of range; PP_E_NOT_FOUND for columns; PP_E_INPUT for
 * strata that vary within a unit; PP_E_ESTIMATION where the estimate has no error or dates can change hands in no way.
 * Cost: draws + cohorts + units runs of the design, on all threads; the same at any number of them. */
PP_API pp_status pp_checks(const pp_table *data, const pp_did_options *design,
                           const pp_checks_options *options, const pp_context *ctx,
                           pp_result **out, pp_error *err);

/* What they say, in a few sentences. */
PP_API void pp_checks_sentence(const pp_result *result, pp_buf *out);

#endif
