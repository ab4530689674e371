/* The likelihood of a logit with a random intercept, by adaptive Gauss–Hermite quadrature.
 *
 * Given u, a standard normal of its group, P(y = 1) = 1 / (1 + exp(−x'b − s u)). With ℓ(u)
 * the logarithm of a group's likelihood times the density of u, û its maximum and H =
 * −ℓ''(û), the integral of exp ℓ is taken at the points u = û + (2 / H)^½ t (Liu & Pierce
 * 1994; Pinheiro & Bates 1995). The gradient is that of the quadrature itself: it follows
 * û and H as they move, so that one point is Laplace's approximation. The information is
 * Louis' (1982), good enough for Newton's steps.
 */
#ifndef PP_MODEL_RELOGIT_H
#define PP_MODEL_RELOGIT_H

#include "model/design.h"

typedef struct pp__relogit {
    const pp__design *d;
    const pp_context *ctx;
    int points;
    const double *node, *log_weight; /* t, and log(w exp(t²)) */
    int64_t groups, *begin;          /* groups + 1 places in `order` */
    int64_t *order;                  /* rows of the design by group */
    int64_t largest;                 /* rows of a group */
    /* In that order: standardised columns, outcome, weights and offset (NULL: none). */
    double *z, *y, *prior, *offset;
    double *mode, *curvature; /* of groups: û and H, at the point visited last */
    double *score;      /* NULL, or groups × (k + 1): their gradients are kept here */
    int64_t chunks;     /* of groups */
    double *space;      /* of chunks */
    int64_t width, own; /* of a chunk: sums, and scratch after these */
    const double *theta;
    int informed; /* 1: the information is wanted */
} pp__relogit;

/* Borrows node and log_weight (points each). The design must have random groups. */
pp_status pp__relogit_init(pp__relogit *r, const pp__design *d, int points,
                           const double *node, const double *log_weight,
                           const pp_context *ctx, pp_arena *arena, pp_error *err);

/* At theta (k standardised coefficients, and the standard deviation s): a pp__loglik_fn.
   `information` may be NULL. */
double pp__relogit_loglik(void *relogit, const double *theta, double *gradient,
                          double *information);

/* src/model/hermite.c: Gauss–Hermite points, ascending, and log(w exp(t²)). */
pp_status pp__hermite(int points, pp_arena *arena, double **node, double **log_weight,
                      pp_error *err);

#endif
