/* Tests of sharp nulls by exchanging periods (Chernozhukov, Wüthrich & Zhu 2021, JASA 116). */
#ifndef PP_EFFECTS_CONFORMAL_H
#define PP_EFFECTS_CONFORMAL_H

#include "effects/synth/synthetic.h"

#include <pushpull/context.h>

typedef struct pp__conformal_p {
    double both, above, below; /* p values */
    double permutations;
} pp__conformal_p;

typedef struct pp__conformal_period {
    pp__conformal_p p;
    double low, high; /* NaN: open to that side */
} pp__conformal_period;

/* The treated path less `effect` from treatment on, donors' weights from all periods, and the sum of
   the misfits' sizes after treatment among those of other moments: all cyclic shifts. `real` is the
   estimate, whose penalties are kept. */
pp_status pp__conformal_blocks(const pp__paths *paths, pp__synth_method method,
                               const pp__synthetic *real, double effect, pp_arena *arena,
                               pp__conformal_p *out, pp_error *err);
/* The same among all choices of as many periods when there are at most 20,000, else `draws` of them. */
pp_status pp__conformal_iid(const pp__paths *paths, pp__synth_method method,
                            const pp__synthetic *real, double effect, int64_t draws,
                            uint64_t seed, pp_arena *arena, pp__conformal_p *out,
                            pp_error *err);
/* Period t alone after those before treatment: no effect, and the hull of the effects that a test at
   1 - level does not reject. Cost: some hundred problems of weights. */
pp_status pp__conformal_one(const pp__paths *paths, pp__synth_method method,
                            const pp__synthetic *real, int t, double level,
                            pp_arena *arena, pp__conformal_period *out, pp_error *err);

#endif
