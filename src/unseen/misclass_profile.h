/* The likelihood and the coefficients at each pair of error rates on a grid. */
#ifndef PP_UNSEEN_MISCLASS_PROFILE_H
#define PP_UNSEEN_MISCLASS_PROFILE_H

#include "unseen/misclass_rates.h"

/* Adds the tables `misclass_profile` and `misclass_support` and what there is to warn of;
   see pushpull/misclass.h. */
pp_status pp__misclass_profile(const pp__misclass_base *base, const pp_fit *fit,
                               const pp_misclass_options *options, const pp_context *ctx,
                               pp_result *result, pp_error *err);

#endif
