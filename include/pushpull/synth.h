/* What adoption did to one place, or a few that adopted together: synthetic controls.
 *
 * The treated units' path is compared with that of weighted control units (donors), weights chosen so
 * that the two agree before treatment:
 * - "sc": the synthetic control of Abadie, Diamond & Hainmueller (2010, JASA 105), on the outcomes
 *   before treatment;
 * - "sdid": synthetic difference in differences (Arkhangelsky, Athey, Hirshberg, Imbens & Wager 2021,
 *   AER 111): weights of donors that make trends parallel, weights of periods that predict what comes
 *   after, both with an intercept and donors' weights with a ridge penalty;
 * - "did": all donors and periods alike.
 * Each is Σ_i w_i Σ_t l_t Y_it over treated less donors and after less before, as `synthdid` computes
 * it; weights are the exact minimum (an active set), not an approximation to it.
 *
 * Inference is by placebos: each donor takes the treated unit's part among the others. It asks how
 * unusual the treated unit is, and has as much power as there are donors: with 20 of them no p value
 * can be below 1/21.
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
    const char *method;  /* "sdid" (NULL), "sc", "did": that of placebos, gaps, weights */
    int64_t draws;       /* with several treated units: random placebo groups; 0: 200 */
    uint64_t seed;
    double level; /* 0: 0.95 */
} pp_synth_options;

/* `out` gets the tables
 * - `synth`: method (all three), estimate, std_error (of placebos), conf_low, conf_high, p_value (the
 *   share of placebos at least as large in size, the treated among them), p_ratio (the same of the
 *   ratio of gaps after to gaps before), rmspe (root mean square gap before treatment), chosen (1: the method asked for);
 * - `gaps`: time, treated, synthetic, gap (of "sdid" after its intercept), after (1: treated);
 * - `weights`: kind (donor, period), name, weight, the largest first;
 * - `placebos`: unit, estimate, rmspe, ratio (root mean square gap after over before), treated;
 * - `placebo_gaps`: unit, time, gap, treated;
 * - `leave_out`: unit, weight, estimate without that donor;
 * - `synth_left_out`: unit, reason.
 * Errors: PP_E_NOT_FOUND for a column or unit that is not there; PP_E_INPUT for a unit with a period
 * twice, or a treated unit that lacks periods; PP_E_ESTIMATION with fewer than two donors or two periods
 * before treatment. Cost: (donors + 1) problems of donors³. */
PP_API pp_status pp_synth(const pp_table *data, const pp_synth_options *options,
                          const pp_context *ctx, pp_result **out, pp_error *err);

#endif
