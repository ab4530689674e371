/* Estimation: formula → design → estimator → covariance → margins. */
#ifndef PUSHPULL_MODEL_H
#define PUSHPULL_MODEL_H

#include <pushpull/context.h>
#include <pushpull/result.h>

typedef struct pp_fit pp_fit;

typedef struct pp_model_options {
    const char *model;   /* a name in the registry: "logit", "probit", "cloglog", "ols", "hazard" */
    const char *link;    /* "logit" (default) or "cloglog", where the estimator has a choice */
    const char *vcov;    /* "iid", "hc0".."hc3", "cr0:g".."cr1:g", "cluster:g", "cluster:g+h" */
    const char *ssc;     /* "fixest" (default), "sandwich", "none" */
    const char *unit;    /* hazard: column that identifies the unit */
    const char *time;    /* hazard: column of time, integers */
    const char *where;   /* SQL sample restriction; NULL: all rows */
    double level;        /* of intervals; 0: 0.95 */
    double tolerance;    /* on the scaled score; 0: 1e-10 */
    int max_iterations;  /* 0: 100 */
} pp_model_options;

/* Parses, builds the design, estimates. `data` must outlive nothing: the fit keeps what it needs.
   Separated observations, collinear terms and incomplete rows are left out with count and reason. */
PP_API pp_status pp_model_fit(const char *formula, const pp_table *data,
                              const pp_model_options *options, const pp_context *ctx, pp_fit **out,
                              pp_error *err);
PP_API void pp_fit_free(pp_fit *fit);

/* Tables: `coefficients` (term, estimate, std_error, statistic, p_value, conf_low, conf_high), `model`
   (one row), `dropped` (reason, subject, count). */
PP_API pp_status pp_fit_result(const pp_fit *fit, pp_result **out, pp_error *err);

/* Average marginal effects with delta-method errors. `scale`: "unit" (derivative; discrete change for
   0/1 and categories) or "sd" (times one standard deviation in the sample). For the hazard they are on
   the mean hazard per period. Adds table `margins` (term, contrast, scale, estimate, std_error,
   statistic, p_value, conf_low, conf_high, conf_low_90, conf_high_90) to `result`. */
PP_API pp_status pp_fit_margins(const pp_fit *fit, const char *scale, pp_result *result,
                                pp_error *err);

/* Mean predicted probability (hazard) with one variable set to each of n values in turn, others as
   observed: table `name` (value, estimate, std_error, conf_low, conf_high). */
PP_API pp_status pp_fit_profile(const pp_fit *fit, const char *variable, const double *values,
                                int64_t n, const char *name, pp_result *result, pp_error *err);

/* Borrowed arrays of length pp_fit_terms; the covariance is column-major and square. */
PP_API int64_t pp_fit_terms(const pp_fit *fit);
PP_API const char *pp_fit_term(const pp_fit *fit, int64_t index);
PP_API const double *pp_fit_estimates(const pp_fit *fit);
PP_API const double *pp_fit_covariance(const pp_fit *fit);
PP_API double pp_fit_loglik(const pp_fit *fit);
PP_API int64_t pp_fit_nobs(const pp_fit *fit);

/* The registry, for help, docs and tests. */
typedef struct pp_model_info {
    const char *name, *title, *estimand, *source, *reference, *links;
} pp_model_info;
PP_API int pp_model_count(void);
PP_API const pp_model_info *pp_model_get(int index);

#endif
