/* What CR2 and CR3 make of one cluster.
 *
 * Bell & McCaffrey (2002), Survey Methodology 28, 169-181; Pustejovsky & Tipton (2018),
 * JBES 36, 672-683; MacKinnon, Nielsen & Webb (2023), J. Applied Econometrics 38. In z =
 * C'x with CC' the bread, so that sum W z z' = I.
 */
#ifndef PP_MODEL_COVARIANCE_ADJUST_H
#define PP_MODEL_COVARIANCE_ADJUST_H

#include "model/fit.h"

/* The working covariance of a cluster's residuals and the root that is taken of it. */
typedef enum pp__adjusting {
    PP__ADJUST_PLAIN,   /* the inverse of the weights: (I - H) to -1/2 or -1 in the
                           weighted space, by its k × k Gram matrix */
    PP__ADJUST_EQUAL,   /* with sampling weights: the identity; 2k × 2k */
    PP__ADJUST_RESPONSE /* CR2, generalised linear models as clubSandwich: variances of
                           the response; n × n */
} pp__adjusting;

typedef struct pp__adjust {
    const pp_fit *fit;
    pp__adjusting how;
    int type;               /* 2 or 3 */
    int k, m;               /* m: k, with PP__ADJUST_EQUAL 2k */
    const double *const *z; /* k columns; NULL: the design's, standardised */
    const double *C;        /* k × k, lower triangle */
    const double *omega;    /* k × k: sum W² z z', with PP__ADJUST_EQUAL */
} pp__adjust;

/* The adjusted score is A e; a contrast's p_j = (I - H)_j' A_j' … l has, for l = C'r,
   the products f = F l with the columns (m) and the variance l'S l of its own cluster. */
typedef struct pp__adjusted {
    double *score; /* k */
    double *F;     /* m × k */
    double *S;     /* k × k */
    int singular;  /* directions that only this cluster knows, left out */
} pp__adjusted;

int64_t pp__adjust_space(const pp__adjust *a, int64_t most_rows); /* doubles */
/* Of rows row[0..n-1] of the design. `space` as said; `out` has its arrays. 0, or what
   LAPACK says. */
int pp__adjust_cluster(const pp__adjust *a, const int64_t *row, int64_t n, double *space,
                       pp__adjusted *out);

/* n rows of z = C'x to columns of PP__TILE; `x` is scratch of the same size. */
void pp__adjust_rows(const pp__adjust *a, const int64_t *row, int n, double *x,
                     double *z);

#endif
