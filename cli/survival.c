#include "survival.h"

#include <pushpull/survival.h>

pp_status cli_survival(const cli_call *call, const pp_fit *fit, pp_result *result,
                       pp_error *err) {
    const char *at = cli_value(call, "baseline", NULL),
               *transform = cli_value(call, "zph", NULL);
    if (cli_flag(call, "concordance")) {
        CLI_TRY(pp_fit_concordance(fit, &call->ctx, result, err));
    }
    if (transform) {
        CLI_TRY(pp_fit_proportionality(fit, transform, &call->ctx, result, err));
    }
    return at ? pp_fit_baseline(fit, at, &call->ctx, result, err) : PP_OK;
}
