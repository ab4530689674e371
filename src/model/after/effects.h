/* One effect after another, in one frame after another. */
#ifndef PP_MODEL_EFFECTS_H
#define PP_MODEL_EFFECTS_H

#include "model/after/response.h"

/* Takes one effect: its standard error comes of the gradient (fit->k) and of `variance`
   beside it. `sd` is NaN unless the effect was multiplied by it. */
typedef pp_status pp__effect_fn(void *payload, const char *term, const char *contrast,
                                double sd, double estimate, const double *gradient,
                                double variance, pp_error *err);

/* Gives `take` the effect of each variable over the rows of `frame`: the mean derivative
   of a number (times its standard deviation over the rows used, `by_sd`), the mean change
   from 0 to 1, or from the reference to each level. The effects and their order are the
   same in every frame of a fit. */
pp_status pp__effects_each(const pp_fit *fit, const pp__frame *frame, int by_sd,
                           const pp_context *ctx, pp__effect_fn *take, void *payload,
                           pp_error *err);

#endif
