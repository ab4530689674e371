/* The core of all generalised linear models. */
#ifndef PP_MODEL_GLM_H
#define PP_MODEL_GLM_H

#include "model/design.h"
#include "model/link.h"
#include "model/newton.h"

typedef struct pp__glm {
    const pp__design *d;
    const pp__family *family;
    const double *y; /* n */
    const pp_context *ctx;
    double *score, *weight; /* n each: at the last point visited */
    const double *theta;
    int expected;
    pp__pass pass;
    double *sums;
} pp__glm;

/* Maximises the likelihood of y over the standardised columns, from the model of a
   constant mean, by Newton's method. The caller sets d, family, y and ctx; the rest is
   allocated in `arena`. */
pp_status pp__glm_maximise(pp__glm *glm, double tolerance, int max_iterations,
                           pp_arena *arena, pp__optimum *out, pp_error *err);

/* Puts the expected information, its factor and its weights in the place of the observed
 * ones. */
void pp__glm_expect(pp__glm *glm, pp__optimum *optimum);

#endif
