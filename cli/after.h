/* What `fit` does once the model is estimated. */
#ifndef PP_CLI_AFTER_H
#define PP_CLI_AFTER_H

#include "cli.h"

#define CLI_AFTER                                                                        \
    {"margins", NULL, "add average marginal effects", NULL},                             \
        {"margins-at", "WHERE",                                                          \
         "of the margins: means, values ('x = 0, 1; region = Asia'), or both", NULL},    \
        {"by", "COLUMN", "of the margins: within the groups of this column", NULL}, {    \
        "scale", "SCALE", "of the margins: unit (default) or sd", "unit|sd"              \
    }

/* Fits on imputed copies have average marginal effects only: PP_E_UNSUPPORTED for the
   rest. */
pp_status cli_after_pooled(const cli_call *call, pp_error *err);

/* Adds the tables that the options ask for. */
pp_status cli_after(const cli_call *call, const pp_fit *fit, pp_result *result,
                    pp_error *err);

#endif
