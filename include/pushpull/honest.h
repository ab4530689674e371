/* How far trends may depart from parallel before an event study says something else: the bounds of
 * Rambachan & Roth (2023), Review of Economic Studies 90.
 *
 * Estimates of an event study are beta = tau + delta: what goes with treatment (zero before it), and the
 * difference in trends. Instead of delta = 0 after treatment, delta is held against what it was before:
 * - "rm", relative magnitudes: from one period to the next it changes by at most M times the largest
 *   change between consecutive periods before treatment;
 * - "sd", smoothness: its slope changes by at most M from one period to the next (M = 0: the linear
 *   trend before treatment would have gone on). M is in units of the outcome;
 * - "sdrm", both: its slope changes by at most M times the largest change of slope before treatment;
 * each of them with delta positive or negative after treatment (`bias`), and rising or falling
 * throughout (`monotone`), where that is known from elsewhere.
 *
 * Intervals hold for every delta of the restriction:
 * - "flci", of fixed length, affine in the estimates and the shortest of these (their sec. 4; Armstrong &
 *   Kolesár 2018): of "sd" only. The minimum is exact: along the path of a lasso on the changes of slope;
 * - "conditional": test of Andrews, Roth & Pakes (2023), REStud 90, conditional on which moments bind;
 * - "lf": against the least favourable critical value, that is with all moments binding;
 * - "hybrid_flci", "hybrid_lf": a first stage of one of these at a tenth of the error, then the conditional
 *   test at what is left.
 * Tests use the moments that involve a period after treatment, as HonestDiD 0.2.6.
 */
#ifndef PUSHPULL_HONEST_H
#define PUSHPULL_HONEST_H

#include <pushpull/context.h>
#include <pushpull/result.h>

typedef struct pp_honest_options {
    const char *restriction; /* "rm" (NULL), "sd", "sdrm", or several with commas */
    const char *bias;        /* "positive", "negative"; NULL: either */
    const char *monotone;    /* "increasing", "decreasing"; NULL: neither */
    const char *method; /* NULL: "flci" of "sd" alone, "hybrid_flci" of "sd" with a sign
                           or monotonicity, else "hybrid_lf" */
    const double *m;    /* n_m values, not negative, ascending; NULL: 0 to 2 in steps, of
                        "sd" times the largest change of slope before treatment */
    int64_t n_m;
    int64_t steps;  /* of that default; 0: ten */
    const char *at; /* a horizon, "0" (NULL), or "mean": over all horizons from 0 on */
    double
        reference; /* the horizon that others are compared with, negative; 0: the one whose
                         estimate has no variance, or else -1 */
    int64_t draws; /* of least favourable critical values; 0: 1999; the same for all M */
    uint64_t seed;
    double level; /* 0: 0.95 */
} pp_honest_options;

/* `estimates` has columns horizon, estimate; `covariance` horizon, other, covariance, each pair at
 * least once: tables `dynamic` and `dynamic_covariance` of pp_did, with a universal base (with a varying
 * base, and of imputation, estimates before treatment are of other things). Rows without an
 * estimate are left out and counted. `out` gets the tables
 * - `honest`: restriction, kind (original: as if trends were parallel; bounds), m, method, estimate (of
 *   the original, and the middle of flci), breakdown (as below; in the row of the
 * original), conf_low, conf_high, identified_low, identified_high (what
 *   is left open when the estimates are taken as certain), pieces (of which the accepted values consist;
 *   the interval is their hull; found on 64 points, then bisected). An interval that accepts nothing is
 *   missing, and warned of;
 * - `honest_breakdown` (a row each restriction): restriction, method, at, estimate, std_error, conf_low, conf_high
 *   (original), breakdown (the M at which the interval first holds zero, between two values of the grid
 *   bisected to a 4096th; 0: already the original does; missing: beyond `largest`), largest, words;
 * - `honest_pretest` (one row): horizons, statistic, df, p_value (all estimates before treatment zero);
 *   slope_half, slope_80 (the linear trend that this test finds half and 80 per cent of the time at 5 %),
 *   bias_half, bias_80 (what such a trend would add to the estimate).
 * Warnings: weak_pretest (a trend that the pre-test would miss half the time accounts for the whole
 * estimate), empty, unconnected, incomplete, unsolved (linear programs that failed; their values of theta are kept).
 * Errors: PP_E_ESTIMATION without estimates before or after treatment, with one and "sdrm" (a change of
 * slope needs two), horizons that are not consecutive, a covariance that is singular, estimates none of
 * which has an error; PP_E_INPUT for pairs that are missing or contradict each other; PP_E_ARGUMENT for
 * unknown words and "flci" of anything but "sd".
 * Cost: "flci" microseconds; others, for each M and each period before treatment twice, some thousand
 * linear programs of as many columns as moments. The same bits at any number of threads. */
PP_API pp_status pp_honest(const pp_table *estimates, const pp_table *covariance,
                           const pp_honest_options *options, const pp_context *ctx,
                           pp_result **out, pp_error *err);

#endif
