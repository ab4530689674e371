/* Poisson log-linear models of the cells of a small table. */
#ifndef PP_UNSEEN_LISTS_LOGLINEAR_H
#define PP_UNSEEN_LISTS_LOGLINEAR_H

#include <pushpull/memory.h>

/* Either a matrix, or terms: sets of lists, each an indicator of the cells that hold it, for
 * which sums over cells are found by running over the lists. */
typedef struct pp__cells {
    int cells, first, k;  /* cells first..cells-1 take part */
    const double *X;      /* cells × k, column-major; NULL: terms */
    const int *term;      /* k; the first is the empty set */
    int lists;            /* with terms: cells = 2^lists */
    const double *offset; /* of each cell; NULL: none */
} pp__cells;

typedef struct pp__cells_fit {
    double *beta, *mu;         /* k, missing where a term has no count; cells */
    double variance, log_zero; /* of the first coefficient; and itself */
    double deviance, loglik, aic, bic;
    int df, determined; /* 0: no finite estimate of the first coefficient */
    double *V;          /* k × k; with a matrix only */
} pp__cells_fit;

/* Fits counts y. A term whose cells are all empty takes these cells with it: they are
 * estimated as zero. */
pp_status pp__cells_estimate(const pp__cells *model, const double *y, pp_arena *arena,
                             pp__cells_fit *out, pp_error *err);

#endif
