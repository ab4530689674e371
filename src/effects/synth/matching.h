/* Weights of columns that make one path: not negative, summing to one. */
#ifndef PP_EFFECTS_MATCHING_H
#define PP_EFFECTS_MATCHING_H

#include <pushpull/memory.h>

/* |A w - b|² / n + penalty² |w|²; prepared once, solved for many b. */
typedef struct pp__matching {
    int n, k, intercept;
    double penalty;
    double *A; /* n × k; the caller's; with an intercept its columns lose their means */
    double *G; /* A'A / n + penalty² I */
} pp__matching;

pp_status pp__matching_init(pp__matching *m, double *A, int n, int k, double penalty,
                            int intercept, pp_arena *arena, pp_error *err);
/* `b` (n) loses its mean with an intercept; w: k. */
pp_status pp__matching_solve(const pp__matching *m, double *b, pp_arena *arena, double *w,
                             pp_error *err);
/* The same without row t of A and b. */
pp_status pp__matching_solve_without(const pp__matching *m, const double *b, int t,
                                     pp_arena *arena, double *w, pp_error *err);
/* b - A w, for A and b as they are now. */
void pp__matching_misfit(const pp__matching *m, const double *b, const double *w,
                         double *out);

#endif
