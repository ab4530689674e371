/* Draws from the normal distribution of estimates. */
#ifndef PP_MODEL_DRAW_H
#define PP_MODEL_DRAW_H

#include <pushpull/random.h>

/* L (k × k, lower triangle, the rest zero) with L L' = V. Directions in which V, which may
   be semidefinite, has no variance stay zero. */
void pp__draw_factor(int64_t k, const double *V, double *L);
/* out = mean + L z, z standard normal: k normal numbers of the stream. */
void pp__draw_normal(pp_rng *rng, int64_t k, const double *mean, const double *L,
                     double *out);

#endif
