/* Small dense linear algebra. Matrices are column-major and square of order k unless
 * said. */
#ifndef PP_MODEL_LINALG_H
#define PP_MODEL_LINALG_H

#include <stdint.h>

/* Sum in an order that depends on n alone. */
double pp__dot(int64_t n, const double *a, const double *b);

/* out = (x − center) factor. */
void pp__standardise(int64_t n, const double *x, double center, double factor,
                     double *out);
/* 1: none of them is infinite or NaN. */
int pp__all_finite(int64_t n, const double *x);
/* 1: all of them are whole numbers of less than 2^51, and *low and *high, which come in
   with a range, were widened to hold them. 0: nothing can be said. */
int pp__all_whole(int64_t n, const double *x, double *low, double *high);

/* Adds to the lower triangle of A (k × k) the products of the columns of two tiles of n
 * rows. */
void pp__add_products(int k, int n, int stride, const double *left, const double *right,
                      double *A);
/* Copies the lower triangle to the upper. */
void pp__mirror(int k, double *A);

/* A = L L' in place (lower triangle). Gives the first pivot that is not above `tolerance`
   times its diagonal element, or k when there is none. */
int pp__cholesky(int k, double *A, double tolerance);
void pp__forward(int k, const double *L, double *b);  /* b := L⁻¹ b */
void pp__backward(int k, const double *L, double *b); /* b := L'⁻¹ b */
/* The inverse of L L', whole. */
void pp__cholesky_inverse(int k, const double *L, double *inverse);

/* out = A B; out = B M B' for square matrices, with k × k scratch. */
void pp__multiply(int k, const double *A, const double *B, double *out);
void pp__sandwich(int k, const double *B, const double *M, double *scratch, double *out);

/* Eigenvalues, ascending, of the lower triangle of A, which is replaced by its eigenvectors, one a
   column. `work` holds 4 k doubles. 0, or not when the iteration does not end. */
int pp__eigen(int k, double *A, double *values, double *work);

#endif
