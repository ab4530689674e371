/* Several tests at once. */
#ifndef PP_MODEL_MULTIPLE_H
#define PP_MODEL_MULTIPLE_H

#include <pushpull/status.h>

/* Stepdown of Romano & Wolf (2005), Econometrica 73; (2016), Statistics & Probability
   Letters 113, on statistics `t` (absolute) and their draws `star` (each `draws` long, of
   the same resamples, NaN where there is none), to `out`. `counted`: the sample is one of
   the draws, as in an enumeration; else it is added. */
pp_status pp__romano_wolf(int64_t n, int64_t draws, const double *t,
                          const double *const *star, int counted, double *out,
                          pp_error *err);

/* Whether the name is in the list, with semicolons between. */
int pp__is_listed(const char *name, const char *list);

#endif
