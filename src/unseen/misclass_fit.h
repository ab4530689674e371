/* A fit of a binary outcome that is recorded with errors, beside the fit of the same model
 * that knows of none. */
#ifndef PP_UNSEEN_MISCLASS_FIT_H
#define PP_UNSEEN_MISCLASS_FIT_H

#include "unseen/misclass_loglik.h"

/* The rates as they are asked for; the columns and names are of the rows of the design. */
typedef struct pp__misclass_spec {
    pp__rate rate[PP__RATES];
    const char *const *name[PP__RATES]; /* of the parameters */
    double std_error[PP__RATES];        /* of known ones */
    const pp__design *of_rates;         /* logistic rates: whose columns they are */
    const double *start; /* of the standardised coefficients, with all rates known; NULL:
                            at those of the fit beside it */
} pp__misclass_spec;

/* What came of it, in fit->own. */
typedef struct pp__misclass_found {
    pp__misclass m;                     /* at the maximum */
    const char *const *name[PP__RATES]; /* of the parameters that are left */
    const char **zero[PP__RATES];       /* of those at the boundary */
    int zeros[PP__RATES];
    const char **part; /* of each parameter: outcome, false_positive, … */
    int starts, agreeing;
    const double *theta; /* the standardised estimates */
} pp__misclass_found;

/* `base` is the logit, probit or cloglog of the design, and must outlive the fit, which
   pp_fit_free frees. Without convergence fit->converged is 0. */
pp_status pp__misclass_fit(const pp_fit *base, const pp__misclass_spec *spec,
                           const pp_context *ctx, pp_fit **out, pp_error *err);

/* The coefficients of a fit on its standardised columns: of design->k doubles. */
void pp__standardised(const pp_fit *fit, double *out);

#endif
