/* A fit on rows drawn anew, for the shares of a draw. */
#ifndef PP_DRIVERS_REDRAW_H
#define PP_DRIVERS_REDRAW_H

#include "model/fit.h"

/* As pp__fit_reweigh, with row i of the design counted count[i] times; where the model allows
   it with each row once and its count as a frequency weight, which is the same likelihood on
   fewer rows. Its estimates are not to be used, its design and its likelihood are. */
pp_status pp__redraw(const pp_fit *fit, const int32_t *count, const pp_context *ctx,
                     pp_fit **out, pp_error *err);

#endif
