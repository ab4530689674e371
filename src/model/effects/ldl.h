/* Sparse L D L' of a symmetric positive semidefinite matrix, by rows from the top.
   Davis (2005), Algorithm 849, ACM TOMS 31; the order of elimination is Amestoy, Davis &
   Duff's AMD (2004), Algorithm 837, ACM TOMS 30. A pivot that is rounding error of its
   diagonal element is skipped, and its variable stays zero. */
#ifndef PP_MODEL_EFFECTS_LDL_H
#define PP_MODEL_EFFECTS_LDL_H

#include <pushpull/memory.h>

typedef struct pp__ldl {
    int32_t size, rank;
    int32_t *order;         /* the variable at each place */
    int32_t *begin, *index; /* by column, above the diagonal, in that order … */
    int32_t *from;          /* … which element of the matrix stands there */
    int32_t *parent;        /* the elimination tree */
    int64_t *column;        /* where the columns of L begin */
    int32_t *row;
    double *value, *inverse_pivot;
    int32_t *filled, *pattern, *flag; /* scratch */
    double *space;
} pp__ldl;

/* The strictly lower triangle by columns: begin (size + 1) and rows. *out stays NULL where
   the factor would cost more than `work` multiplications. */
pp_status pp__ldl_make(int32_t size, const int32_t *begin, const int32_t *rows,
                       double work, pp_arena *arena, pp__ldl **out, pp_error *err);
/* With the elements of that triangle, the diagonal, and what its rounding is relative to. */
void pp__ldl_factor(pp__ldl *f, const double *lower, const double *diagonal,
                    const double *weight);
/* out = A⁻¹ x for m right-hand sides side by side, zero where pivots were skipped. `space`
   holds size × m. */
void pp__ldl_solve(const pp__ldl *f, int m, const double *x, double *out, double *space);

#endif
