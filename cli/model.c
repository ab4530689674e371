#include "model.h"

#include <math.h>
#include <string.h>

pp_status cli_model_options(const cli_call *call, pp_model_options *options,
                            pp_error *err) {
    CLI_TRY(cli_number_in(call, "level", 0.95, 0, 1, &options->level, err));
    CLI_TRY(cli_number_in(call, "tol", 0, 0, INFINITY, &options->tolerance, err));
    CLI_TRY(
        cli_int_in(call, "max-iterations", 0, 1, 100000, &options->max_iterations, err));
    CLI_TRY(cli_int_in(call, "quadrature", 0, 1, 1000, &options->quadrature, err));
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
