/* What an estimator is: a descriptor, and a function that fills the fit. See
   docs/adding-an-estimator.md. */
#ifndef PP_MODEL_ESTIMATOR_H
#define PP_MODEL_ESTIMATOR_H

#include "model/fit.h"
#include "model/link.h"

/* What a formula and its options may hold, beside terms, for an estimator. */
enum {
    PP__TAKES_EFFECTS = 1,
    PP__TAKES_WEIGHTS = 2,
    PP__TAKES_OFFSET = 4,
    PP__TAKES_STRATA = 8,
    PP__TAKES_RANDOM = 16,
    PP__TAKES_INSTRUMENTS = 32
};

/* Rows that the response is asked of, and where it goes. */
typedef struct pp__responding {
    int outcome; /* the category whose probability is wanted; 0 where there is one */
    int n;
    const double *x, *dx;    /* columns of the design, as they are, and their derivatives
                                when that of the response is wanted, else NULL: PP__TILE
                                each */
    const double *outside;   /* n: beside x'b; NULL: nothing */
    double *mean, *gradient; /* n, and by each of the fit->k estimates PP__TILE */
} pp__responding;

typedef struct pp_estimator {
    pp_model_info info;
    const pp__family *family; /* of a generalised linear model */
    int student; /* 1: t distribution with residual degrees of freedom; 0: normal */
    unsigned takes;
    pp__outcome_kind outcome;
    int categorical;   /* 1: the outcome is a category */
    int constant_free; /* 1: the intercept is no column: strata, cutpoints */
    /* Which rows of the sample are used, in which order (NULL: the complete ones). */
    pp_status (*select)(pp_fit *fit, const pp__sample *sample, int64_t **rows, int64_t *n,
                        pp_error *err);
    /* Fills what fit.h says an estimator fills, from fit->design alone, so that it can be
       called again with other weights. Where the estimates are infinite it marks the rows
       that are predicted perfectly in fit->separation; these are then left out and the
       estimator is called again. */
    pp_status (*estimate)(pp_fit *fit, const pp_context *ctx, pp_error *err);
    /* What is done once for a fit and not for its refits, when estimates and covariance are
       there in original units: fit->interval. NULL: nothing. */
    pp_status (*conclude)(pp_fit *fit, const pp_context *ctx, pp_error *err);
    /* E(y), or the probability of a category, where it is not the link's inverse at x'b
       and what is outside. NULL: it is. */
    void (*respond)(const pp_fit *fit, const pp__responding *r);
    /* Adds tables of its own. NULL: none. */
    pp_status (*report)(const pp_fit *fit, pp_result *result, pp_error *err);
} pp_estimator;

#define ESTIMATOR(name) extern const pp_estimator pp__estimator_##name;
#include "model/registry.def"
#undef ESTIMATOR

/* By name; an unknown one is PP_E_ARGUMENT with the nearest. */
pp_status pp__estimator_find(const char *name, const pp_estimator **out, pp_error *err);

/* src/model/glm.c: maximum likelihood of a generalised linear model. */
pp_status pp__glm_estimate(pp_fit *fit, const pp_context *ctx, pp_error *err);

#endif
