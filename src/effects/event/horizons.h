/* Event studies by regressions whose dummies are horizons. */
#ifndef PP_EFFECTS_HORIZONS_H
#define PP_EFFECTS_HORIZONS_H

#include "effects/did/group_time.h"

/* Means by horizon with the influence of units: in variances fixest's small-sample factor is in them. The
   last column, of the overall, is left free. */

/* The pre-trend regression of Borusyak, Jaravel & Spiess (sec. 4.4): on untreated observations only, dummies
   of the `leads` periods before treatment against all earlier ones. options->leads; 0: up to five, fewer
   where no cohort is seen longer. out->n = 0: there is nothing to test. */
pp_status pp__pretrends(const pp__staggered *s, const pp_did_options *options,
                        const pp_context *ctx, pp_arena *arena, pp__aggregation *out,
                        pp_error *err);

/* Two-way fixed effects: all rows, dummies of all horizons but the last before treatment; where all units
   are treated in the end also without the first. A diagnosis: where effects differ between cohorts the
   coefficients mix horizons (Sun & Abraham 2021, sec. 3). */
pp_status pp__two_way(const pp__staggered *s, const pp_context *ctx, pp_arena *arena,
                      pp__aggregation *out, pp_error *err);

/* Sorts by horizon and fills the overall, the mean over horizons from 0 on (NaN: there are none). */
void pp__horizons_finish(const pp__staggered *s, pp__aggregation *a);

/* In `*a` those of `own` that the options show in place of what `a` has: of all of it, where `own` has
   effects of treatment, else of the same horizons. */
pp_status pp__horizons_merge(const pp__staggered *s, const pp_did_options *options,
                             const pp__aggregation *own, pp_arena *arena,
                             pp__aggregation *a, pp_error *err);

#endif
