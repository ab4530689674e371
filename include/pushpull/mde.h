/* What a design could have seen on these data: its minimum detectable effect, before any estimate.
 *
 * The design (pp_did: cs, sunab, bjs or stacked) is run where there is nothing to see, on the real panel:
 * 1. Effects are taken out: from each treated outcome the design's own mean effect at that horizon is
 *    subtracted (where a horizon has none, that of the nearest earlier one). What is left is the panel as
 *    it might have been, with its units, its common shocks and its serial correlation; what units and
 *    cohorts differ in at a horizon stays in it as noise, as it is noise to the design. The design's own
 *    estimate on that panel is zero at every horizon from 0 on. One number a horizon is fitted, so that
 *    the spread is a little too small where few units are treated in all.
 * 2. Dates of adoption change hands: cohorts are permuted over units (over clusters, where cohorts do
 *    not vary within them), within strata if there are any. Sizes of cohorts stay.
 * 3. The design with its own analytic errors is run on each draw. The spread of its estimates is their
 *    real sampling spread, whatever their errors say.
 * An effect that is the same for all units adds to an estimate and leaves its error, exactly, in all these
 * estimators: power against any effect follows from the same draws. An effect is seen where the interval
 * excludes zero on its side; power is the mean of both directions. As in Bloom (1995), Evaluation Review
 * 19, and Burlig, Preonas & Woerman (2020), JDE 144, on panels with serial correlation.
 *
 * Where the panel is unbalanced a unit keeps the periods that it is seen in, and where rows have weights it keeps
 * these: only its date is another's. A draw in which some cohort and period has nobody to compare is run
 * without that cell, as pp_did does.
 *
 * What it holds fixed: the sizes of cohorts and the periods. Units that adopt are not like those that do not:
 * if their outcomes vary more, permuted dates understate the spread, which strata mend in part.
 */
#ifndef PUSHPULL_MDE_H
#define PUSHPULL_MDE_H

#include <pushpull/did.h>
#include <pushpull/text.h>

typedef struct pp_mde_options {
    int64_t draws;    /* 0: 200; at least 20 */
    double power;     /* 0: 0.8 */
    double plausible; /* the largest effect that anyone would believe; 0: not stated */
    const char *
        strata; /* column, constant within units: dates change hands within it; NULL: none */
    uint64_t seed;
    int is_log; /* 1: the outcome is a logarithm, of whose mean a share says nothing */
} pp_mde_options;

/* `design` is as for pp_did, but of no cross-sections; its level is that of the intervals by which effects are seen; its draws and
   seed are not used. `out` gets the tables
 * - `mde_words`, one row: words, what pp_mde_sentence says;
 * - `mde_overall`: aggregation (simple, dynamic), mde (the effect that is seen with the stated power),
 *   mde_low, mde_high (its Monte Carlo interval), mde_sd (in standard deviations of the outcome),
 *   mde_percent (a share of its mean; missing where the mean is not positive or smaller than the standard
 *   deviation, for such a mean is no measure; where some outcome is negative; and of logarithms), mde_corrected (with the
 *   critical value that makes the size right: to be used where errors are too small), spread (standard
 *   deviation of the placebo estimates), mean_std_error, error_ratio (the second by the first: below
 *   one, errors are too small), size, size_low, size_high (share of draws in which an interval excludes
 *   zero), draws (with an estimate), plausible, power_plausible (power against it), could_see (only an
 *   implausibly large effect; an effect as large as plausible; at the edge of the plausible, within the Monte
 *   Carlo error);
 * - `mde`: horizon, the same columns;
 * - `mde_power`: aggregation (simple, dynamic, horizon), horizon, effect, power;
 * - `mde_panel`, one row: units, periods, outcome_mean, outcome_sd (of the panel without
 *   effects; weighted where rows are),
 *   assignments (how many different ones there are; missing when there are more than 10^13).
 * Warnings: `implausible`, where the design could only have seen an effect larger than plausible;
 * `errors_too_small`, where zero is excluded too often; `few_assignments`, fewer than 100.
 * Errors: those of pp_did; PP_E_ARGUMENT for options out of range; PP_E_INPUT for strata that vary within a
 * unit; PP_E_ESTIMATION where the estimate has no error (as where one cluster holds all treated units),
 * dates can change hands in no way or fewer than 20 draws have an estimate.
 * Cost: `draws` runs of the design, on all threads; the same at any number of them. */
PP_API pp_status pp_mde(const pp_table *data, const pp_did_options *design,
                        const pp_mde_options *options, const pp_context *ctx,
                        pp_result **out, pp_error *err);

/* What `mde_overall` (row 0) and `mde` say, in a sentence or two; `unit`: of the outcome, NULL: none. */
PP_API void pp_mde_sentence(const pp_result *result, const char *unit, pp_buf *out);

#endif
