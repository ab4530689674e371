/* Weights of columns that make one path: not negative, summing to one. */
#ifndef PP_EFFECTS_MATCHING_H
#define PP_EFFECTS_MATCHING_H

#include <pushpull/memory.h>

/* |A w - b|² / n + penalty² |w|²; prepared once, solved for many b. */
typedef struct pp__matching {
    int n, k, intercept;
    double penalty;
    double *A; /* n × k; the caller's; with an intercept its columns lose their means */
} pp__matching;

void pp__matching_init(pp__matching *m, double *A, int n, int k, double penalty,
                       int intercept);
/* `b` (n) loses its mean with an intercept; w: k, with `begun` on entry weights to begin from. */
pp_status pp__matching_solve(const pp__matching *m, double *b, int begun, pp_arena *arena,
                             double *w, pp_error *err);
/* b - A w, for A and b as they are now. */
void pp__matching_misfit(const pp__matching *m, const double *b, const double *w,
                         double *out);

#endif
