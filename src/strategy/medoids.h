/* Partitioning around medoids, and how good a partition is. */
#ifndef PP_STRATEGY_MEDOIDS_H
#define PP_STRATEGY_MEDOIDS_H

#include <pushpull/status.h>

/* Medoids of m points, D their distances (m × m). First every medoid of BUILD (Kaufman & Rousseeuw 1990), of
   which the first k are those of a start with k. */
void pp__medoids_build(const double *D, int m, int k, int32_t *medoid, double *space);
/* SWAP from there: the best swap each time, found as FastPAM1 (Schubert & Rousseeuw 2021). Gives the sum of
   distances. 2 <= k <= m; `space` has 2 × m doubles and m of int32_t behind them: 3 × m doubles. */
double pp__medoids_swap(const double *D, int m, int k, int32_t *medoid, double *space);

/* The place of the nearest of k medoids; of equal ones the first. */
int pp__medoids_nearest(const double *D, int64_t n, int32_t point, const int32_t *medoid,
                        int k);

/* Silhouettes (Rousseeuw 1987) of all n points; 0 for one alone in its cluster. `sum` has room for k. */
void pp__silhouettes(const double *D, int64_t n, const int32_t *cluster, int k,
                     double *sum, double *out);

/* Agreement of two partitions of n points into a and b parts, 1 at best, about 0 by chance (Hubert & Arabie
   1985); NaN where both are trivial. `table` has room for a × b. */
double pp__adjusted_rand(const int32_t *x, int a, const int32_t *y, int b, int64_t n,
                         double *table);

#endif
