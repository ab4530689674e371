/* Preconditioned conjugate gradients for several right-hand sides at once, which stand
   side by side. Saad (2003), Iterative Methods for Sparse Linear Systems, alg. 9.1; the
   error in the norm of the equations is bounded by the preconditioned residual and the
   smallest Ritz value (alg. 6.22 relates both to the iteration's numbers). */
#ifndef PP_MODEL_EFFECTS_GRADIENTS_H
#define PP_MODEL_EFFECTS_GRADIENTS_H

#include "model/effects/absorb.h"

typedef struct pp__equations {
    int64_t size;       /* equations */
    int m;              /* right-hand sides */
    const double *norm; /* m: squares of what the error is relative to */
    double tolerance;
    int most; /* iterations */
    void *payload;
    /* out = S x, out = M⁻¹ x: tables of size × m. */
    pp_status (*times)(void *payload, int m, const double *x, double *out, pp_error *err);
    pp_status (*precondition)(void *payload, int m, const double *x, double *out,
                              pp_error *err);
} pp__equations;

/* From zero; `right` becomes the residual. */
pp_status pp__gradients(const pp__equations *equations, double *right, double *x,
                        pp_arena *arena, const pp_context *ctx, pp__absorb_report *report,
                        pp_error *err);

#endif
