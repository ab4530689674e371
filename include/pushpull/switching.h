/* What treatment does where it comes in doses, changes more than once, or ends.
 *
 * De Chaisemartin & D'Haultfœuille (2024), "Difference-in-Differences Estimators of Intertemporal
 * Treatment Effects", Review of Economics and Statistics. Unit g has treatment D_g1 in its first
 * period and a first change in period F_g, up or down (S_g = 1 or -1). Its outcome l periods into
 * being exposed to that change is compared with that of units of the same first treatment that have
 * not changed by then (their eq. 4):
 *
 *   DID_gl = Y_g,F-1+l - Y_g,F-1 - mean of (Y_F-1+l - Y_F-1) over units with D_1 = D_g1, F > F_g-1+l
 *   DID_l  = mean of S_g DID_gl over the N_l units for which it can be made,
 *
 * the effect of having been treated more (or less, sign reversed) than at first for l periods,
 * whatever came after the first change. Divided by the mean dose that they had more, summed over
 * those periods, it is an effect per unit of dose and period (DID^n_l). The total over all l,
 * divided by the total dose, is the mean effect of a unit of treatment, costs and benefits
 * compared (their sec. 3.4). Placebos compare the l periods before the change, between the same units.
 *
 * Identified if units of the same first treatment would have run in parallel had no treatment changed,
 * nobody acts on changes to come, and treatments from before the first period have no more effect. Where
 * treatment begins at different times and stays, DID_l is the effect of Callaway & Sant'Anna
 * against the not yet treated.
 */
#ifndef PUSHPULL_SWITCHING_H
#define PUSHPULL_SWITCHING_H

#include <pushpull/model.h>

typedef struct pp_switching_options {
    const char *outcome, *unit, *time; /* columns; required, numeric outcome and time */
    const char *
        treatment; /* column of numbers, required: 0 and 1, or a dose. Missing between two
                              equal values it is that value; a first change that falls into such a
                              gap has no date, and the unit is left out; later it stays as it was. Or */
    const char
        *cohort; /* the first period of a treatment that stays; missing or 0: never */
    const char
        *covariates; /* right-hand side of a formula; trends are parallel given how these
                               change: what they explain of the untreated changes is taken out, by
                               first treatment; NULL: none */
    const char *switchers; /* whose effects: "both" (NULL), "in" (up), "out" (down) */
    int64_t effects;       /* l = 1..effects; 0: as many as can be made */
    int64_t placebos;      /* the same; 0: as many as can be made; < 0: none */
    int same_switchers; /* 1: only units for which all `effects` (required) can be made */
    const char *cluster; /* column, constant within units; NULL: units */
    int64_t draws; /* of a multiplier bootstrap, for the simultaneous band; 0: none */
    uint64_t seed;
    double level; /* of intervals; 0: 0.95 */
} pp_switching_options;

/* `out` gets the tables
 * - `switching_overall`: switchers (both, in, out), estimate (of a unit of treatment), std_error,
 *   conf_low, conf_high, p_value, dose (in all, per unit and period of these comparisons), nobs_treated
 *   (unit-periods);
 * - `switching_dynamic`: horizon (periods since the first change: l - 1; placebos -l - 1; the last period
 *   before it, -1, is zero by definition), estimate, std_error, conf_low, conf_high, band_low, band_high
 *   (simultaneous; missing without draws), cohorts (by first treatment, date and direction),
 *   nobs_treated (N_l), nobs_control, exposed (l; placebos -l), dose (mean, summed over the periods),
 *   per_dose, per_dose_error (DID^n_l; the dose taken as known);
 * - `switching_pretest`: test ("placebos", "effects"), statistic, df, p_value of the Wald tests that they
 *   are all zero; missing where there are none, or fewer clusters than they;
 * - `switching_preflight`: check, count, detail: who changes up, down, more than once, never; first
 *   treatments and which have nobody to compare with;
 * - `switching_left_out`: unit, reason.
 * Missing outcomes leave out the comparisons that need them, and only those. Once a unit has had more
 * and less than at first, its later periods are left out.
 * Errors are analytic, by influence functions about the means of cohorts (first treatment, date and
 * direction of the first change) and of controls (first treatment and period), with n/(n - 1) of each,
 * n its clusters; a cohort in one cluster is taken together with its controls. They are conservative
 * where effects differ within cohorts. With covariates they have the part of the estimated
 * coefficients. Warnings: `no_controls`, `left_out`, `crossing`, `small_cohorts`, `gaps`,
 * `covariates`.
 * Errors: PP_E_NOT_FOUND for a column that is not there; PP_E_INPUT for a unit with a period twice;
 * PP_E_ESTIMATION where no treatment changes, or where no unit that changes shares its first treatment
 * with one that has not. Cost: units × (effects + placebos) of memory and, times cohorts of a first
 * treatment, of time. */
PP_API pp_status pp_switching(const pp_table *data, const pp_switching_options *options,
                              const pp_context *ctx, pp_result **out, pp_error *err);

#endif
