/* Newton's method for a generalised linear model on standardised columns that lie in tiles:
 * what pp__glm_maximise does, without a line search and without likelihoods. Where it does
 * not get there at once that is to be asked.
 */
#ifndef PP_DRIVERS_CURVE_NEWTON_H
#define PP_DRIVERS_CURVE_NEWTON_H

#include "model/glm.h"

typedef struct pp__curve_newton {
    int k;
    int64_t n;
    const pp__family *family;
    const double *y;
    double *tiles; /* of PP__TILE rows and k columns each, one after the other; what is
                       beyond the rows is finite */
    double *score, *weight; /* n, and room to the end of the tile */
    double *theta, *gradient, *step, *information, *factor;
    double *space; /* (k + 2) × PP__TILE */
    double loglik; /* of linear models */
} pp__curve_newton;

/* From theta on, which then is where a step would move it by `step`, less than `tolerance`
   of its standard errors; factor and scores are those there. Gives 1, or 0 when it does not
   converge. */
int pp__curve_newton_run(pp__curve_newton *w, double tolerance);

/* Factor, weights and scores at theta with the expected information, where the family has
   one that is another. Gives 0 when it has no factor. */
int pp__curve_newton_expect(pp__curve_newton *w);

#endif
