/* What is left of a misfit before treatment, regressed away: the ridge part of the augmented synthetic
   control (Ben-Michael, Feller & Rothstein 2021, JASA 116, equations 11 and 14). */
#ifndef PP_EFFECTS_RIDGE_H
#define PP_EFFECTS_RIDGE_H

#include "effects/synth/matching.h"

/* Donors' paths X over n periods, less their mean of each period, and X X' = V D V'. */
typedef struct pp__ridge {
    int n, k;
    double *X;      /* n × k */
    double *V, *d;  /* n × n; n, none negative */
    double *scores; /* 2 n, scratch */
} pp__ridge;

/* A: n × k, as it is. */
pp_status pp__ridge_init(pp__ridge *r, const double *A, int n, int k, pp_arena *arena,
                         pp_error *err);
/* Adds X'(X X' + lambda I)⁻¹ misfit to w: weights that sum to zero. */
void pp__ridge_add(const pp__ridge *r, double lambda, const double *misfit, double *w);
/* What is left of the misfit then, in place. */
void pp__ridge_reduce(const pp__ridge *r, double lambda, double *misfit);

/* lambda by leaving out each period in turn, over 21 values from the largest of D down to 1e-8 of it,
   as augsynth has them: with `one_error` the largest whose mean squared error is within a standard error
   of the smallest, else that of the smallest. b: the treated path; w: weights from all periods, `whole`
   the ridge of the same. The weights of `m` must have no intercept. */
pp_status pp__ridge_choose(const pp__matching *m, const pp__ridge *whole, const double *b,
                           const double *w, int one_error, pp_arena *arena,
                           double *lambda, pp_error *err);

#endif
