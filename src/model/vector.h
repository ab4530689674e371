/* Elementary functions of many values at once.
 *
 * Within two units in the last place of libm's, overflow, underflow, infinities and NaN
 * included. A value's result does not depend on its neighbours or its place: the same bits
 * everywhere on one machine. `out` may be `x`.
 */
#ifndef PP_MODEL_VECTOR_H
#define PP_MODEL_VECTOR_H

#include <stdint.h>

void pp__exp(int64_t n, const double *x, double *out);
void pp__expm1(int64_t n, const double *x, double *out);
void pp__log(int64_t n, const double *x, double *out);
void pp__log1p(int64_t n, const double *x, double *out);

/* Adds to out[0..m-1] the products of b (n) with m <= 4 columns that stand `stride` apart:
   the same bits with and without AVX2. */
void pp__products(int64_t n, int64_t stride, const double *a, const double *b, int m,
                  double *out);

#endif
