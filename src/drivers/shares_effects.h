/* The average marginal effect of each factor, beside what it accounts for. */
#ifndef PP_DRIVERS_SHARES_EFFECTS_H
#define PP_DRIVERS_SHARES_EFFECTS_H

#include "drivers/factors.h"

/* Adds table `effects`; nothing where the model has no mean response. The first `named` groups
   have names of their own. */
pp_status pp__shares_effects(const pp_fit *fit, const pp__factors *factors, int named,
                             const pp_context *ctx, pp_result *result, pp_error *err);

#endif
