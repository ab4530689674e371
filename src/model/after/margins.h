/* Means of the response over the rows, with their gradients. */
#ifndef PP_MODEL_MARGINS_H
#define PP_MODEL_MARGINS_H

#include "model/fit.h"

/* The mean over the design's rows of the response (or, under PP__TANGENT, of its
   derivative) with `change` made in every row, and its gradient (k) by the estimates. */
pp_status pp__mean_response(const pp_fit *fit, const pp__change *change,
                            const pp_context *ctx, double *mean, double *gradient,
                            pp_error *err);

#endif
