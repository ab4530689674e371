/* The likelihood of a binary outcome that is recorded with errors, over the rows of a
 * design.
 *
 * P(y = 1 | x) = p = a0 (1 - F(eta)) + (1 - a1) F(eta): a0 the rate of false positives, a1
 * that of false negatives, F the inverse link (Hausman, Abrevaya & Scott-Morton 1998, J.
 * Econometrics 87, 239-269, eq. 3). A rate is known, or linear in columns, or the inverse
 * logit of that.
 */
#ifndef PP_UNSEEN_MISCLASS_LOGLIK_H
#define PP_UNSEEN_MISCLASS_LOGLIK_H

#include "model/fit.h"

enum { PP__FALSE_POSITIVE, PP__FALSE_NEGATIVE, PP__RATES };

typedef struct pp__rate {
    int m;                       /* parameters; 0: it is known */
    const double *const *column; /* m columns of n rows */
    int logistic;                /* 1: of the inverse logit; 0: the rate itself */
    double known;                /* with m 0, in all rows */
    const double *known_of_row;  /* or by row; NULL: the same in all */
} pp__rate;

typedef struct pp__misclass {
    const pp__design *d;
    const pp__link *link;
    const pp_context *ctx;
    pp__rate rate[PP__RATES];
    int k;               /* coefficients and parameters of rates, in this order */
    const double *theta; /* k: of the point that is visited */
    double *score;       /* NULL, or n × k: those of rows go here */
    pp__pass pass;
    double *sums;
} pp__misclass;

/* Of a design, with the rates set: counts k and allocates. */
pp_status pp__misclass_prepare(pp__misclass *m, pp_arena *arena, pp_error *err);

/* A pp__loglik_fn: minus infinity where a rate is below 0 or the two sum to 1 or more. The
   information is the observed one. */
double pp__misclass_loglik(void *payload, const double *theta, double *gradient,
                           double *information);

/* The rate of rows begin..begin+n-1 at theta, and its two derivatives by what it is a
   function of (NULL: not wanted). */
void pp__misclass_rate(const pp__misclass *m, int which, int64_t begin, int n,
                       double *rate, double *slope, double *curve);

#endif
