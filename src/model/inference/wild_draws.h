/* What a draw of the wild bootstrap costs: products of few numbers a cluster with its
   weights, PP__WIDE draws at a time. */
#ifndef PP_MODEL_WILD_DRAWS_H
#define PP_MODEL_WILD_DRAWS_H

#include "model/inference/multipliers.h"

/* A hypothesis with c = estimate − r. Rows of P and AP stand side by side. */
typedef struct pp__wild_target {
    int64_t clusters, width;
    double *P;       /* clusters × width: what c adds to a cluster's scores */
    double *AP;      /* clusters × width: how they move with the estimates */
    double *a0, *a1; /* clusters: the projected score is a0 + c a1 */
} pp__wild_target;

/* Of each draw: the numerator n0 + c n1, and q0 + 2 c q1 + c² q2, its variance. */
typedef struct pp__wild_sums {
    double n0[PP__WIDE], n1[PP__WIDE], q0[PP__WIDE], q1[PP__WIDE], q2[PP__WIDE];
} pp__wild_sums;

/* out (width × PP__WIDE) = Σ_g row g of `rows` × v_g. */
void pp__wild_add(int64_t clusters, int64_t width, const double *rows, const double *v,
                  double *out);

/* m0, m1: pp__wild_add of all clusters' scores and of P; m1 NULL: n1, q1, q2 are zero. */
void pp__wild_visit(const pp__wild_target *target, const double *v, const double *m0,
                    const double *m1, pp__wild_sums *out);

#endif
