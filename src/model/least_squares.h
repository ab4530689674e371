/* Weighted least squares on columns that are written out: for what needs several
   regressions on the same columns. */
#ifndef PP_MODEL_LEAST_SQUARES_H
#define PP_MODEL_LEAST_SQUARES_H

#include "model/pass.h"

typedef struct pp__least_squares {
    int64_t n;
    int k;
    const double *const *x; /* k columns of n */
    const double *weight;   /* n; NULL: 1 */
    const pp_context *ctx;
    double *G, *factor; /* k × k: cross-products, whole, and their Cholesky factor */
    double *sums;       /* k² + 1 of work space */
    int rank; /* the first column that those before it explain (to 1e-7), or k */
    pp__pass pass;
} pp__least_squares;

/* The caller sets what comes before G; the rest is allocated in `arena`. */
pp_status pp__least_squares_init(pp__least_squares *ls, pp_arena *arena, pp_error *err);

/* theta (k) and, for each row, y − X theta, with one step of refinement; gives the sum of
   squares that is left. Where `decrement` is not NULL it becomes the root of g' G⁻¹ g, with
   g = X'W (y − X theta): how far the normal equations are from being solved. Needs rank
   k. */
double pp__least_squares_solve(const pp__least_squares *ls, const double *y,
                               double *theta, double *residual, double *decrement);

/* to[j] = Σ w x[j] v over rows. */
void pp__least_squares_products(const pp__least_squares *ls, const double *v, double *to);

#endif
