#include "design.h"

pp_status cli_read_design(const cli_call *call, pp_did_options *out, pp_error *err) {
    *out = (pp_did_options){
        .outcome = cli_value(call, "outcome", NULL),
        .unit = cli_value(call, "unit", NULL),
        .time = cli_value(call, "time", NULL),
        .cohort = cli_value(call, "cohort", NULL),
        .treatment = cli_value(call, "treatment", NULL),
        .panel = cli_value(call, "panel", NULL),
        .weights = cli_value(call, "weights", NULL),
        .estimator = cli_value(call, "estimator", NULL),
        .covariates = cli_value(call, "covariates", NULL),
        .method = cli_value(call, "method", NULL),
        .control = cli_value(call, "control", NULL),
        .base = cli_value(call, "base", NULL),
        .cluster = cli_value(call, "cluster", NULL),
        .stack = cli_value(call, "stack", NULL),
        .leave_out = cli_flag(call, "leave-out"),
    };
    CLI_TRY(cli_integer_in(call, "least", 0, -100000, 100000, &out->least, err));
    CLI_TRY(cli_integer_in(call, "most", 0, -100000, 100000, &out->most, err));
    CLI_TRY(cli_integer_in(call, "leads", 0, 0, 1000, &out->leads, err));
    CLI_TRY(cli_integer(call, "anticipation", 0, &out->anticipation, err));
    CLI_TRY(cli_integer(call, "balance", -1, &out->balance, err));
    return cli_number_in(call, "level", 0, 0, 1, &out->level, err);
}

pp_status cli_run_design(cli_call *call, cli_design_analysis *analyse, pp_error *err) {
    const char *path = cli_value(call, "data", NULL);
    pp_did_options design;
    pp_table *data = NULL;
    pp_result *result = NULL;
    if (!cli_has_data(call)) {
        return cli_analyse_study(call, err);
    }
    CLI_TRY(cli_read_design(call, &design, err));
    pp_status status = pp_table_read(path, NULL, &call->ctx, &data, err);
    if (status == PP_OK) {
        status = analyse(call, data, &design, &result, err);
    }
    if (status == PP_OK) {
        status = pp_result_note_input(result, path, err);
    }
    pp_table_free(data);
    return cli_finish_analysis(call, status, result, err);
}
