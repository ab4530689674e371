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
    pp__link_cloglog;

/* The log-likelihood of n rows; to `score` its derivative by each eta, to `weight` minus
   its second derivative. `expected` gives the expectation of the latter; NULL: it is the
   same. */
typedef struct pp__family {
    const pp__link *link;
    int binary;   /* outcomes are 0 and 1 */
    int gaussian; /* the likelihood is written with a variance of one, which is then
                     estimated */
    double (*loglik)(int n, const double *y, const double *eta, double *score,
                     double *weight);
    void (*expected)(int n, const double *eta, double *weight);
} pp__family;

#endif
