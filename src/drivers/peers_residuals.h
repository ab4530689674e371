/* How far a unit's adoption is from what the model expects of it. */
#ifndef PP_DRIVERS_PEERS_RESIDUALS_H
#define PP_DRIVERS_PEERS_RESIDUALS_H

#include "model/fit.h"

/* The mean deviance (or Pearson) residual of each of `units` over its rows in the fit, of an
   interval of dates its expectation given that the date is in it; NaN without rows. `unit`:
   of each row of the caller's data. The fit is a hazard or of an outcome of 0 and 1. */
pp_status pp__unit_residuals(const pp_fit *fit, const int32_t *unit, int32_t units,
                             int pearson, const pp_context *ctx, double *residual,
                             pp_error *err);

#endif
