/* Means of the response over rows, with their gradients. */
#ifndef PP_MODEL_RESPONSE_H
#define PP_MODEL_RESPONSE_H

#include "model/after/frame.h"

/* The weighted mean over the frame's rows of the response (or, under PP__TANGENT, of its
   derivative) with `change` made in every row, and its gradient (fit->k) by the estimates;
   fixed effects are held where they are. */
pp_status pp__frame_response(const pp_fit *fit, const pp__frame *frame,
                             const pp__change *change, const pp_context *ctx,
                             double *mean, double *gradient, pp_error *err);

/* The same over the rows used. */
pp_status pp__mean_response(const pp_fit *fit, const pp__change *change,
                            const pp_context *ctx, double *mean, double *gradient,
                            pp_error *err);

/* The variance of a function of the estimates with this gradient (fit->k). */
double pp__delta_variance(const pp_fit *fit, const double *gradient);

#endif
