/* What an estimator is: a descriptor, and a function that fills the fit. See
   docs/adding-an-estimator.md. */
#ifndef PP_MODEL_ESTIMATOR_H
#define PP_MODEL_ESTIMATOR_H

#include "model/fit.h"
#include "model/link.h"

typedef struct pp_estimator {
    pp_model_info info;
    const pp__family *family; /* of a generalised linear model */
    int student;  /* 1: t distribution with residual degrees of freedom; 0: normal */
    int interval; /* 1: the outcome is Surv(lo, hi, type = interval) by unit and time */
    /* Which rows of the sample are used, in which order (NULL: the complete ones). */
    pp_status (*select)(pp_fit *fit, const pp__sample *sample, int64_t **rows, int64_t *n,
                        pp_error *err);
    /* Fills what fit.h says an estimator fills, from fit->design. Where the estimates are
       infinite it marks the rows that are predicted perfectly in fit->separation; these
       are then left out and the estimator is called again. */
    pp_status (*estimate)(pp_fit *fit, const pp__sample *sample, const pp_context *ctx,
                          pp_error *err);
} pp_estimator;

#define ESTIMATOR(name) extern const pp_estimator pp__estimator_##name;
#include "model/registry.def"
#undef ESTIMATOR

/* By name; an unknown one is PP_E_ARGUMENT with the nearest. */
pp_status pp__estimator_find(const char *name, const pp_estimator **out, pp_error *err);

/* src/model/glm.c: maximum likelihood of a generalised linear model. */
pp_status pp__glm_estimate(pp_fit *fit, const pp__sample *sample, const pp_context *ctx,
                           pp_error *err);

#endif
