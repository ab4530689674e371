/* Least squares with weights that are not negative and sum to one. */
#ifndef PP_EFFECTS_SIMPLEX_H
#define PP_EFFECTS_SIMPLEX_H

#include <pushpull/memory.h>

/* Minimises w'Gw - 2 h'w over the simplex; G: k × k, symmetric, positive semi-definite (a ridge of 1e-12 of its
   mean diagonal is added). An active set: exact up to rounding, in finitely many steps. PP_E_ESTIMATION
   when they do not end. Cost: k³ a step, about as many steps as weights that are not zero. */
pp_status pp__simplex_weights(int k, const double *G, const double *h, pp_arena *arena,
                              double *w, pp_error *err);

#endif
