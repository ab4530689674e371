/* What the commands that estimate share. */
#ifndef PP_CLI_MODEL_H
#define PP_CLI_MODEL_H

#include "cli.h"

/* Reads the options on estimation; texts are borrowed from the call. */
pp_status cli_model_options(const cli_call *call, pp_model_options *options,
                            pp_error *err);
/* Says on standard error which fits did not converge. */
void cli_cry_not_converged(const pp_result *result);

/* The options on multiple imputation; `m` is 0 without --impute. */
pp_status cli_impute_options(const cli_call *call, pp_impute_options *options,
                             pp_error *err);

#endif
