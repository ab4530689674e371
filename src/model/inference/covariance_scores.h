/* The scores of a fit, however its estimator keeps them: the one place that knows. */
#ifndef PP_MODEL_COVARIANCE_SCORES_H
#define PP_MODEL_COVARIANCE_SCORES_H

#include "model/fit.h"

/* Rows begin..begin+n-1 (n <= PP__TILE) of the standardised columns, with fixed effects
   of what these leave: k columns of PP__TILE. Not for scores that are a matrix. */
void pp__scores_z(const pp_fit *fit, int64_t begin, int n, double *z);

/* The scores of observations begin..begin+n-1, weights in them: k columns of PP__TILE. */
void pp__scores_tile(const pp_fit *fit, int64_t begin, int n, double *scores);

/* What the squares of observation i's score count for: a frequency weight f has made the
   score f times as large, and stands for f rows. Its inverse root; 1 without. */
double pp__scores_share(const pp_fit *fit, int64_t i);

/* The sums of scores by group: row g of `groups` × k, rows side by side. One pass, in
   fixed chunks: the same bits at any number of threads. Memory: groups × k for each of at
   most eight chunks, but no more than a quarter of the scores. */
pp_status pp__scores_sum(const pp_fit *fit, const int32_t *code, int64_t groups,
                         const pp_context *ctx, pp_arena *arena, double **sums,
                         pp_error *err);

/* meat (k × k, lower triangle) += factor × A'B of two such sums; the product must be
   symmetric. */
pp_status pp__scores_products(int k, const double *a, const double *b, int64_t groups,
                              double factor, const pp_context *ctx, pp_arena *arena,
                              double *meat, pp_error *err);

#endif
