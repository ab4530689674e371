/* What `fit` does once Cox's model is estimated. */
#ifndef PP_CLI_SURVIVAL_H
#define PP_CLI_SURVIVAL_H

#include "cli.h"

#define CLI_SURVIVAL                                                                     \
    {"baseline", "AT", "cox: add the baseline hazard and survival, at zero or means",    \
     "zero|means"},                                                                      \
        {"zph", "TRANSFORM",                                                             \
         "cox: add the test of proportional hazards over km, rank, identity or log of "  \
         "time",                                                                         \
         "km|rank|identity|log"},                                                        \
    {                                                                                    \
        "concordance", NULL, "cox: add the concordance", NULL                            \
    }

/* Adds the tables that the options ask for. */
pp_status cli_survival(const cli_call *call, const pp_fit *fit, pp_result *result,
                       pp_error *err);

#endif
