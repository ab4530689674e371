/* Sun & Abraham's regression on unit and period effects, covariates, and all interactions of cohort and
   period. */
#ifndef PP_EFFECTS_INTERACTION_H
#define PP_EFFECTS_INTERACTION_H

#include "effects/did/group_time.h"

/* For panels with gaps or covariates, and where nobody is never treated: then the last cohort is the control
   and the periods of its treatment are left out (their sec. 4). A cell that is seen by no unit is none, one
   that the others explain has no effect. `*factor`: of variances, fixest's. */
pp_status pp__interacted_all(const pp__staggered *s, const pp_context *ctx,
                             pp_arena *arena, pp__influences *out, int64_t *alone,
                             double *factor, pp_error *err);

#endif
