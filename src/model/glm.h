/* The core of all generalised linear models. */
#ifndef PP_MODEL_GLM_H
#define PP_MODEL_GLM_H

#include "model/design.h"
#include "model/link.h"
#include "model/newton.h"

/* Maximises the likelihood of y (n) over the standardised columns, from the model of a
   constant mean. `score` and `weight` (n each) are those at the optimum. All is allocated
   in `arena`. */
pp_status pp__glm_maximise(const pp__design *d, const pp__family *family, const double *y,
                           double tolerance, int max_iterations, pp_arena *arena,
                           const pp_context *ctx, pp__optimum *out, double **score,
                           double **weight, pp_error *err);

#endif
