/* Intervals of fixed length about an affine estimator, for bounded changes of slope. */
#ifndef PP_EFFECTS_FIXED_LENGTH_H
#define PP_EFFECTS_FIXED_LENGTH_H

#include "effects/honest/event_study.h"

/* The 1 - alpha quantile of |Z + bias|, Z standard normal. */
double pp__folded_quantile(double bias, double alpha);

typedef struct pp__fixed_length {
    double *weight; /* n: of the estimates; the parameter's own after the reference */
    double estimate, half;  /* the interval is estimate ± half */
    double bias, std_error; /* the worst, and the affine estimator's */
} pp__fixed_length;

/* The shortest of level 1 - alpha when slopes change by at most m: Rambachan & Roth (2023), eq. 18.
   With u_i the weight of the change of slope i periods before the reference, the worst bias is
   m (sum |u| + a constant) and the variance is quadratic in u, so that every best trade of one for the
   other lies on the path of a lasso, on which the length has one minimum. */
pp_status pp__fixed_length_find(const pp__event_study *s, double m, double alpha,
                                pp_arena *arena, pp__fixed_length *out, pp_error *err);

#endif
