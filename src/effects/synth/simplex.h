/* Least squares with weights that are not negative and sum to one. */
#ifndef PP_EFFECTS_SIMPLEX_H
#define PP_EFFECTS_SIMPLEX_H

#include <pushpull/memory.h>

/* Minimises |A w - b|² / n + penalty |w|² over the simplex; A: n × k, by columns (to the penalty comes
   1e-12 of the columns' mean square). An active set: exact up to rounding, in finitely many steps;
   where the penalty is strong, it begins with sets that change as a whole (Hintermüller, Ito & Kunisch
   2002, SIAM J. Optim. 13), a few of which are mostly all. `begun`: w comes in as weights to begin from,
   such as those of a problem much alike. PP_E_ESTIMATION when the steps do not end. Cost of a step: n k,
   and the cube of the lesser of n and the number of weights that are not zero; no k × k matrix is made. */
pp_status pp__simplex_weights(int n, int k, const double *A, const double *b,
                              double penalty, int begun, pp_arena *arena, double *w,
                              pp_error *err);

#endif
