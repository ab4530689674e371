#include "design.h"

#include <pushpull/switching.h>

static pp_status refuse(const cli_call *call, const char *const *others,
                        const char *estimator, pp_error *err) {
    for (const char *const *name = others; *name; name++) {
        if (cli_flag(call, *name)) {
            pp_error_set(err, PP_E_ARGUMENT, "--%s is not of the estimator %s", *name,
                         estimator);
            pp_error_hint(err, "pushpull did --data FILE --estimator dcdh --outcome y "
                               "--unit id --time t --treatment d");
            return PP_E_ARGUMENT;
        }
    }
    return PP_OK;
}

pp_status cli_refuse_switching(const cli_call *call, const char *estimator,
                               pp_error *err) {
    static const char *const own[] = {"switchers", "effects", "placebos",
                                      "same-switchers", NULL};
    return refuse(call, own, estimator, err);
}

pp_status cli_did_switching(const cli_call *call, const pp_table *data,
                            const pp_did_options *design,
                            const pp_uncertain_options *dates, pp_result **out,
                            pp_error *err) {
    static const char *const others[] = {
        "method", "panel", "control", "base",  "anticipation", "balance", "weights",
        "least",  "most",  "leads",   "stack", "leave-out",    NULL};
    int64_t seed, placebos;
    pp_switching_options options = {
        .outcome = design->outcome,
        .unit = design->unit,
        .time = design->time,
        .treatment = design->treatment,
        .cohort = design->cohort,
        .covariates = design->covariates,
        .switchers = cli_value(call, "switchers", NULL),
        .same_switchers = cli_flag(call, "same-switchers"),
        .cluster = design->cluster,
        .level = design->level,
    };
    CLI_TRY(refuse(call, others, "dcdh", err));
    CLI_TRY(cli_integer_in(call, "effects", 0, 1, 1000, &options.effects, err));
    CLI_TRY(cli_integer_in(call, "placebos", -1, 0, 1000, &placebos, err));
    options.placebos = placebos < 0 ? 0 : placebos == 0 ? -1 : placebos;
    CLI_TRY(cli_integer(call, "draws", 0, &options.draws, err));
    CLI_TRY(cli_integer(call, "seed", 1, &seed, err));
    options.seed = (uint64_t)seed;
    if (dates->low || dates->high) {
        return pp_switching_uncertain(data, &options, dates, &call->ctx, out, err);
    }
    return pp_switching(data, &options, &call->ctx, out, err);
}
