/* What adoption did to one place, or a few that adopted together: synthetic controls.
 *
 * The treated units' path is compared with that of weighted control units (donors), weights chosen so
 * that the two agree before treatment:
 * - "sc": the synthetic control of Abadie, Diamond & Hainmueller (2010, JASA 105), on the outcomes
 *   before treatment;
 * - "sdid": synthetic difference in differences (Arkhangelsky, Athey, Hirshberg, Imbens & Wager 2021,
 *   AER 111): weights of donors that make trends parallel, weights of periods that predict what comes
 *   after, both with an intercept and donors' weights with a ridge penalty;
 * - "did": all donors and periods alike;
 * - "asc": the synthetic control augmented by a ridge regression, which takes out what misfit before
 *   treatment is left (Ben-Michael, Feller & Rothstein 2021, JASA 116); donors' outcomes are centred in
 *   each period as `augsynth` has it; weights may be negative.
 * Each is Σ_i w_i Σ_t l_t Y_it over treated less donors and after less before, as `synthdid` computes
 * it; weights are the exact minimum (an active set), not an approximation to it.
 *
 * Inference is by placebos: each donor takes the treated unit's part among the others. It asks how
 * unusual the treated unit is, and has as much power as there are donors: with 20 of them no p value
 * can be below 1/21. And by exchanging periods (conformal: Chernozhukov, Wüthrich & Zhu 2021, JASA
 * 116): the effect of a null is taken from the treated, donors' weights are found from all periods, and
 * misfits after treatment are compared with those before; the periods' weights of "sdid" have no part
 * in it, and penalties stay as they were chosen before treatment. It asks how unusual the time after
 * treatment is, and has as much power as there are periods before it.
 */
#ifndef PUSHPULL_SYNTH_H
#define PUSHPULL_SYNTH_H

#include <pushpull/context.h>
#include <pushpull/result.h>

typedef struct pp_synth_options {
    const char *outcome, *unit, *time; /* columns; required, numeric outcome and time */
    const char *treated; /* names of the treated units, with commas; required */
    double first;        /* their first period of treatment; required */
    const char *donors;  /* names of donors, with commas; NULL: all other units */
    const char
        *method; /* "sdid" (NULL), "sc", "did", "asc": that of placebos, gaps, weights */
    const char *
        lambda; /* of "asc": "1se" (NULL), the largest penalty whose squared error, each period
                           before treatment left out in turn, is within a standard error of the smallest;
                           "min", that of the smallest error; or a positive number */
    int64_t
        draws; /* with several treated units: random placebo groups; 0: 200. Of choices of
                     periods, where there are more than 20,000; 0: 9,999 */
    uint64_t seed;
    double level; /* 0: 0.95 */
} pp_synth_options;

/* `out` gets the tables
 * - `synth_preflight`: check, count, value, detail: what the comparison rests on, donors and periods left out,
 *   how well it fits, and the smallest gap that could have been told;
 * - `synth`: method (all four), estimate, std_error (of placebos), conf_low, conf_high, p_value (the
 *   share of placebos at least as large in size, the treated among them), p_ratio (the same of the
 *   ratio of gaps after to gaps before; missing when those before are zero), rmspe (root mean square gap
 *   before treatment), chosen (1: the method asked for);
 * - `synth_ranks`: method, p_above and p_below (one-sided p_value: the share of placebos at least as
 *   high, as low), told (the size an estimate must exceed to be told from placebos at the level), and
 *   the effects that p_value does not reject, at the level (rank_low, rank_high) and at 90 %
 *   (rank_low_90, rank_high_90); missing: placebos are too few to reject any;
 * - `gaps`: time, treated, synthetic, gap (of "sdid" after its intercept), conf_low, conf_high, p_value
 *   (conformal, that period alone; intervals are the hulls of what is not rejected, missing where they
 *   are open), synthetic_low, synthetic_high (when any one donor is left out), after (1: treated);
 * - `synth_conformal`: exchange (moving_block, iid), p_value, p_above, p_below, permutations: of no
 *   effect in all periods;
 * - `weights`: kind (donor, period), name, weight, the largest first;
 * - `placebos`: unit, estimate, rmspe, ratio (root mean square gap after over before), poor_fit (1: a
 *   mean square gap before of over 20 times that of the treated; where these are matched exactly, a root
 *   of it over a quarter of the standard deviation of outcomes), treated;
 * - `placebo_gaps`: unit, time, gap, after, poor_fit, treated;
 * - `backdated`: first, before, after, estimate, rmspe: as if treatment had begun earlier, by the data
 *   before treatment;
 * - `leave_out`: unit, weight, estimate, rmspe without that donor;
 * - `synth_left_out`: unit, reason.
 * Warnings: `cannot_tell` (too few placebos for any p value below 1 - level), `poor_fit`, `exact_fit`,
 * `outside_donors`, `few_periods`, `left_out`.
 * Errors: PP_E_NOT_FOUND for a column or unit that is not there; PP_E_INPUT for a unit with a period
 * twice, or a treated unit that lacks periods; PP_E_ESTIMATION with fewer than two donors or two periods
 * before treatment. Cost: four weightings for
   each placebo, each of some tens of steps of donors × periods before treatment; of "asc" as many times
   as there are periods before treatment. 1,000 donors over 40 periods: 4 s on two threads. */
PP_API pp_status pp_synth(const pp_table *data, const pp_synth_options *options,
                          const pp_context *ctx, pp_result **out, pp_error *err);

#endif
