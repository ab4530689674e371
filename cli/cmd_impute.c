#include "model.h"

#include <string.h>

static pp_status read_count(const cli_call *call, const char *name, int *out,
                            pp_error *err) {
    int64_t value;
    pp_status status = cli_integer(call, name, 0, &value, err);
    *out = (int)(value > 1000000 ? 1000000 : value);
    return status;
}

pp_status cli_impute_options(const cli_call *call, pp_impute_options *options,
                             pp_error *err) {
    int64_t seed = 1;
    pp_status status = cli_integer(call, "seed", 1, &seed, err);
    *options = (pp_impute_options){.method = cli_value(call, "impute-method", NULL),
                                   .numbers = cli_value(call, "impute-numbers", NULL),
                                   .columns = cli_value(call, "impute-with", NULL),
                                   .unit = cli_value(call, "unit", NULL),
                                   .time = cli_value(call, "time", NULL),
                                   .lags = cli_flag(call, "impute-lags"),
                                   .seed = (uint64_t)seed};
    if (status == PP_OK) {
        status = read_count(call, "impute", &options->m, err);
    }
    return status == PP_OK
               ? read_count(call, "impute-iterations", &options->iterations, err)
               : status;
}

static pp_status write_stacked(pp_table *const *tables, int m, const char *path,
                               const pp_context *ctx, pp_error *err) {
    pp_table *stacked = NULL;
    pp_status status = pp_tables_stack(tables, m, &stacked, err);
    if (status == PP_OK) {
        status = pp_table_write(stacked, path, ctx, err);
    }
    pp_table_free(stacked);
    return status;
}

pp_status cmd_impute(cli_call *call, pp_error *err) {
    const char *out = cli_value(call, "out", NULL), *data_path = call->operands[0];
    pp_impute_options options;
    pp_table *data = NULL, **tables = NULL;
    pp_result *result = NULL;
    if (!out) {
        pp_error_set(err, PP_E_ARGUMENT, "--out is missing");
        pp_error_hint(err, "pushpull impute panel.csv --out completed.csv");
        return PP_E_ARGUMENT;
    }
    pp_status status = cli_impute_options(call, &options, err);
    options.m = options.m == 0 ? 20 : options.m;
    if (status == PP_OK) {
        status = pp_table_read(data_path, NULL, &call->ctx, &data, err);
    }
    if (status == PP_OK) {
        status = pp_impute(data, &options, &call->ctx, &tables, &result, err);
    }
    if (status == PP_OK) {
        status = write_stacked(tables, options.m, out, &call->ctx, err);
    }
    if (status == PP_OK) {
        status = pp_result_note_input(result, data_path, err);
    }
    pp_tables_free(tables, options.m);
    pp_table_free(data);
    return cli_finish(call, status,
                      status == PP_OK ? result : (pp_result_free(result), NULL), err);
}
