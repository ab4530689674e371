/* Effects of two fits on units that overlap, one less the other. */
#ifndef PP_DRIVERS_STACKED_H
#define PP_DRIVERS_STACKED_H

#include "model/fit.h"

/* One effect: a function of the fit's estimates, by its gradient (k). */
typedef struct pp__stacked {
    const pp_fit *fit;
    const double *gradient;
} pp__stacked;

typedef struct pp__stack {
    double variance;       /* of the difference of the two effects */
    double own[2];         /* of each alone, by the same units */
    double covariance;     /* of the two */
    int64_t units, shared; /* in either, in both */
} pp__stack;

/* By the scores of both fits, summed by the values of column `unit` in the data of each;
   times G / (G - 1). Weesie (1999), Stata Technical Bulletin 52, sg121. */
pp_status pp__stack_of(const pp__stacked two[2], const char *unit, pp__stack *out,
                       pp_error *err);

#endif
