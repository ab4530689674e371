/* Link functions and the likelihoods of one row that go with them. */
#ifndef PP_MODEL_LINK_H
#define PP_MODEL_LINK_H

typedef struct pp__link {
    const char *name;
    double (*forward)(double mean); /* the linear predictor of a mean */
    /* The mean, its derivative and its second derivative at each of n linear predictors.
     */
    void (*response)(int n, const double *eta, double *mean, double *slope,
                     double *curve);
    /* For hazards, q = −log(1 − mean) with two derivatives; NULL where the link has no
     * such use. */
    void (*survival)(int n, const double *eta, double *q, double *slope, double *curve);
} pp__link;

extern const pp__link pp__link_identity, pp__link_logit, pp__link_probit,
    pp__link_cloglog, pp__link_log;

/* The log-likelihood of each of n rows to `value`, its derivative by eta to `score`,
   minus its second derivative to `weight`. `expected` gives the expectation of the latter;
   NULL: it is the same. */
typedef struct pp__family {
    const pp__link *link;
    int binary;   /* outcomes are 0 and 1 */
    int count;    /* outcomes are 0 or more */
    int gaussian; /* the likelihood is written with a variance of one, which is then
                     estimated */
    void (*loglik)(int n, const double *y, const double *eta, double *value,
                   double *score, double *weight);
    void (*expected)(int n, const double *eta, double *weight);
    /* In the place of both, with a shape. */
    void (*shaped)(int n, const double *y, const double *eta, double shape, double *value,
                   double *score, double *weight);
    void (*expected_shaped)(int n, const double *eta, double shape, double *weight);
    double (*constant)(double y);  /* what `value` leaves out; NULL: nothing */
    double (*saturated)(double y); /* the highest `value`, for the deviance; NULL: 0 */
} pp__family;

#endif
