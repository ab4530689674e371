#include "analysis.h"
#include "model.h"

const cli_option cli_dates_options[] = {
    {"data", "FILE", "CSV, Parquet, JSON, Stata, SPSS, SAS or Excel", NULL},
    {"unit", "COLUMN", "the column that identifies the unit", NULL},
    {"time", "COLUMN", "the column of the period", NULL},
    {"link", "NAME", "logit (default) or cloglog", "logit|cloglog"},
    {"vcov", "TOKEN", "covariance: iid (default), hc0 … hc1, cluster:g", NULL},
    {"where", "SQL", "keep only the rows for which this holds", NULL},
    {"imputations", "N", "of the dates within their intervals; default: 20", NULL},
    {"terms", "LIST", "variables to tell of, with commas; default: all", NULL},
    {"seed", "N", "of random draws; default: 1", NULL},
    {"level", "P", "of the intervals; default 0.95", NULL},
    CLI_ANALYSIS,
    {0},
};

static pp_status compare(const cli_call *call, pp_result **result, pp_error *err) {
    const char *path = cli_value(call, "data", NULL);
    pp_model_options model = {0};
    pp_dates_options options = {.terms = cli_value(call, "terms", NULL)};
    pp_table *data = NULL;
    int64_t seed;
    if (!path) {
        pp_error_set(err, PP_E_ARGUMENT, "--data is missing");
        pp_error_hint(err, "of a study: pushpull drivers STUDY");
        return PP_E_ARGUMENT;
    }
    CLI_TRY(cli_int_in(call, "imputations", 0, 1, 1000000, &options.imputations, err));
    CLI_TRY(cli_integer(call, "seed", 1, &seed, err));
    options.seed = (uint64_t)seed;
    CLI_TRY(cli_model_options(call, &model, err));
    model.model = NULL;
    CLI_TRY(pp_table_read(path, NULL, &call->ctx, &data, err));
    pp_status status =
        pp_dates(call->operands[0], data, &model, &options, &call->ctx, result, err);
    if (status == PP_OK) {
        status = pp_result_note_input(*result, path, err);
    }
    pp_table_free(data);
    return status;
}

pp_status cmd_dates(cli_call *call, pp_error *err) {
    pp_result *result = NULL;
    pp_status status = compare(call, &result, err);
    if (status != PP_OK) {
        pp_result_free(result);
        result = NULL;
    }
    return cli_finish_analysis(call, status, result, err);
}
