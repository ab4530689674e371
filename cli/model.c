#include "model.h"

#include <string.h>

pp_status cli_model_options(const cli_call *call, pp_model_options *options,
                            pp_error *err) {
    int64_t iterations, points;
    pp_status status = cli_number(call, "level", 0.95, &options->level, err);
    if (status == PP_OK) {
        status = cli_number(call, "tol", 0, &options->tolerance, err);
    }
    if (status == PP_OK) {
        status = cli_integer(call, "max-iterations", 0, &iterations, err);
    }
    if (status == PP_OK) {
        status = cli_integer(call, "quadrature", 0, &points, err);
    }
    if (status == PP_OK && cli_value(call, "tol", NULL) && !(options->tolerance > 0)) {
        status = pp_error_set(err, PP_E_ARGUMENT, "the tolerance must be above 0");
        pp_error_locate(err, NULL, 0, "tol", cli_value(call, "tol", NULL));
    }
    if (status != PP_OK) {
        return status;
    }
    options->max_iterations = (int)(iterations > 100000 ? 100000 : iterations);
    options->model = cli_value(call, "model", "ols");
    options->link = cli_value(call, "link", NULL);
    options->vcov = cli_value(call, "vcov", "iid");
    options->ssc = cli_value(call, "ssc", NULL);
    options->unit = cli_value(call, "unit", NULL);
    options->time = cli_value(call, "time", NULL);
    options->where = cli_value(call, "where", NULL);
    options->weights = cli_value(call, "weights", NULL);
    options->weight_kind = cli_value(call, "weight-kind", NULL);
    options->ties = cli_value(call, "ties", NULL);
    options->bias = cli_value(call, "bias", NULL);
    options->interval = cli_value(call, "interval", NULL);
    options->information = cli_value(call, "information", NULL);
    options->quadrature = (int)(points > 1000 ? 1000 : points);
    options->keep_singletons = cli_flag(call, "keep-singletons");
    return PP_OK;
}

void cli_cry_not_converged(const pp_result *result) {
    for (int i = 0; i < pp_result_warnings(result); i++) {
        const pp_warning *warning = pp_result_warning(result, i);
        if (strcmp(warning->code, "not_converged") == 0) {
            cli_say("warning: %s", warning->message);
        }
    }
}
