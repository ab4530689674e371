/* Functions of one argument that give several columns: poly(x, 3), ns(x, 4), bs(x, 5).
 *
 * A basis depends on the data (R's rule): the polynomials are orthogonal, and the knots lie
 * at quantiles, over the rows in use. It is made once, by the first design, and then kept,
 * so that margins, predictions and refits evaluate the same functions.
 */
#ifndef PP_MODEL_BASIS_H
#define PP_MODEL_BASIS_H

#include "model/formula.h"

typedef enum pp__basis_kind {
    PP__POLY_RAW,
    PP__POLY,
    PP__NATURAL,
    PP__BSPLINE
} pp__basis_kind;

struct pp__basis {
    pp__basis_kind kind;
    const char *label; /* of the call: "poly(x, 2)" */
    pp__node *argument;
    int columns;
    int degree;
    int ready; /* 0: not made yet; each column is then the argument as it is */
    /* Of orthogonal polynomials: p[j+1] = (x - alpha[j]) p[j] - norm[j] / norm[j-1]
       p[j-1], and their squared lengths. */
    double *alpha, *norm;
    /* Of splines. */
    int n_knots;
    double *knot;     /* the outer ones repeated */
    double *combined; /* of natural ones: (columns + 2) × columns, from the B-splines
                         without the first */
};

/* 1 when there is such a function. */
int pp__basis_is(const char *function);

/* From its call, which it checks. */
pp_status pp__basis_read(pp__node *call, pp_arena *arena, pp__basis **out, pp_error *err);

/* Makes it from n finite values of the argument, which it overwrites; `count`: how many
   rows each stands for (NULL: one). Too few distinct values are PP_E_ESTIMATION. */
pp_status pp__basis_make(pp__basis *basis, double *x, const double *count, int64_t n,
                         pp_arena *arena, pp_error *err);

/* In place: x becomes column `part` (from 0), and `slope` (NULL: not wanted) is multiplied
   by its derivative. Beyond the range in which it was made, natural splines go on as
   lines and B-splines as the polynomials they are at its ends. */
void pp__basis_apply(const pp__basis *basis, int part, int n, double *x, double *slope);

/* src/model/splines.c */
pp_status pp__spline_make(pp__basis *basis, double *x, const double *count, int64_t n,
                          pp_arena *arena, pp_error *err);
double pp__spline_value(const pp__basis *basis, int part, double x, double *slope);

#endif
