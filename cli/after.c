#include "after.h"

static pp_status add_margins(const cli_call *call, const pp_fit *fit, pp_result *result,
                             pp_error *err) {
    const pp_margins_options options = {.scale = cli_value(call, "scale", NULL),
                                        .by = cli_value(call, "by", NULL),
                                        .at = cli_value(call, "margins-at", NULL)};
    int wanted = cli_flag(call, "margins") || options.by || options.at;
    return wanted ? pp_fit_margins_over(fit, &options, &call->ctx, result, err) : PP_OK;
}

pp_status cli_after_pooled(const cli_call *call, pp_error *err) {
    static const char *const single[] = {"by", "margins-at"};
    for (size_t i = 0; i < sizeof single / sizeof *single; i++) {
        if (cli_flag(call, single[i])) {
            pp_error_set(err, PP_E_UNSUPPORTED, "--%s is not for pooled fits", single[i]);
            pp_error_hint(err, "leave out --impute, or --%s", single[i]);
            return PP_E_UNSUPPORTED;
        }
    }
    return PP_OK;
}

pp_status cli_after(const cli_call *call, const pp_fit *fit, pp_result *result,
                    pp_error *err) {
    return add_margins(call, fit, result, err);
}
