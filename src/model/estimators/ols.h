/* Ordinary least squares. */
#ifndef PP_MODEL_OLS_H
#define PP_MODEL_OLS_H

#include "model/fit.h"

/* With absorbed fixed effects; what an estimator does. */
pp_status pp__ols_absorbed(pp_fit *fit, const pp_context *ctx, pp_error *err);

/* src/model/estimators/ols_exact.c. Whether columns are so nearly collinear, in a sample so
   small, that it should be done again in extended precision; and that, upon a fit that is
   there. Where a column has nothing of its own the fit stays as it is. */
int pp__ols_is_delicate(const pp_fit *fit);
pp_status pp__ols_exactly(pp_fit *fit, pp_error *err);

#endif
