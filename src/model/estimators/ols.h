/* Ordinary least squares. */
#ifndef PP_MODEL_OLS_H
#define PP_MODEL_OLS_H

#include "model/fit.h"

/* With absorbed fixed effects; what an estimator does. */
pp_status pp__ols_absorbed(pp_fit *fit, const pp_context *ctx, pp_error *err);

#endif
