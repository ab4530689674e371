#include "after.h"

#include <string.h>

static pp_status add_margins(const cli_call *call, const pp_fit *fit, pp_result *result,
                             pp_error *err) {
    const pp_margins_options options = {.scale = cli_value(call, "scale", NULL),
                                        .by = cli_value(call, "by", NULL),
                                        .at = cli_value(call, "margins-at", NULL)};
    int wanted = cli_flag(call, "margins") || options.by || options.at;
    return wanted ? pp_fit_margins_over(fit, &options, &call->ctx, result, err) : PP_OK;
}

static pp_status add_predictions(const cli_call *call, const pp_fit *fit, const char *ids,
                                 pp_result *result, pp_error *err) {
    const char *path = cli_value(call, "new-data", NULL);
    pp_table *data = NULL;
    if (!path && !cli_flag(call, "predict")) {
        return PP_OK;
    }
    if (path) {
        CLI_TRY(pp_table_read(path, NULL, &call->ctx, &data, err));
    }
    pp_status status = pp_fit_predict(fit, data, ids, &call->ctx, result, err);
    pp_table_free(data);
    return status == PP_OK && path ? pp_result_note_input(result, path, err) : status;
}

static pp_status add_influence(const cli_call *call, const pp_fit *fit, pp_result *result,
                               pp_error *err) {
    const char *by = cli_value(call, "influence", NULL);
    pp_influence_options options = {.by = by && strcmp(by, "rows") == 0 ? NULL : by,
                                    .term = cli_value(call, "influence-term", NULL),
                                    .one_step = cli_flag(call, "one-step")};
    CLI_TRY(cli_integer(call, "influence-top", 20, &options.top, err));
    return by ? pp_fit_influence(fit, &options, &call->ctx, result, err) : PP_OK;
}

static pp_status add_quality(const cli_call *call, const pp_fit *fit, pp_result *result,
                             pp_error *err) {
    pp_quality_options options = {.curves = cli_flag(call, "curves")};
    int64_t bins;
    CLI_TRY(cli_integer(call, "bins", 0, &bins, err));
    options.bins = bins > 1000000 ? 1000000 : (int)bins;
    return options.curves || cli_flag(call, "quality")
               ? pp_fit_quality(fit, &options, &call->ctx, result, err)
               : PP_OK;
}

pp_status cli_after_pooled(const cli_call *call, pp_error *err) {
    static const char *const single[] = {"by",        "margins-at", "predict",
                                         "new-data",  "explain",    "residuals",
                                         "influence", "quality",    "curves"};
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
    const char *ids = cli_value(call, "ids", NULL);
    const char *explain = cli_value(call, "explain", NULL);
    CLI_TRY(add_margins(call, fit, result, err));
    CLI_TRY(add_predictions(call, fit, ids, result, err));
    if (explain) {
        CLI_TRY(pp_fit_explain(fit, explain, ids, &call->ctx, result, err));
    }
    if (cli_flag(call, "residuals")) {
        CLI_TRY(pp_fit_residuals(fit, ids, &call->ctx, result, err));
    }
    CLI_TRY(add_influence(call, fit, result, err));
    return add_quality(call, fit, result, err);
}
