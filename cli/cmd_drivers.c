#include "analysis.h"
#include "model.h"

#include <string.h>

/* --group NAME=a,b, any number of times. `groups` and the names in `text` are for the
   options; the caller frees the text. */
static pp_status read_groups(const cli_call *call, pp_driver_group *groups, int *n,
                             char **text, pp_error *err) {
    for (int i = 0; i < call->n_values; i++) {
        const char *value = call->values[i].value, *equals;
        if (strcmp(call->values[i].option->name, "group") != 0) {
            continue;
        }
        equals = strchr(value, '=');
        if (!equals || equals == value || !equals[1]) {
            pp_error_set(err, PP_E_ARGUMENT, "a group needs a name and its factors");
            pp_error_locate(err, NULL, 0, "group", value);
            pp_error_hint(err, "--group push=x1,x2");
            return PP_E_ARGUMENT;
        }
        text[*n] = pp_strdup(value);
        if (!text[*n]) {
            return pp_error_set(err, PP_E_MEMORY, "out of memory");
        }
        text[*n][equals - value] = '\0';
        groups[*n] = (pp_driver_group){text[*n], text[*n] + (equals - value) + 1};
        (*n)++;
    }
    return PP_OK;
}

static pp_status read_options(const cli_call *call, pp_drivers_options *options,
                              pp_error *err) {
    int64_t seed;
    pp_status status = cli_integer(call, "draws", 0, &options->draws, err);
    if (status == PP_OK) {
        status = cli_integer_in(call, "orders", 0, 1, INT64_MAX, &options->orders, err);
    }
    if (status == PP_OK) {
        status = cli_integer(call, "seed", 1, &seed, err);
    }
    if (status == PP_OK) {
        options->seed = (uint64_t)seed;
        options->keep = cli_value(call, "keep", NULL);
        options->measure = cli_value(call, "measure", NULL);
        options->cluster = cli_value(call, "cluster", NULL);
    }
    return status;
}

static pp_status drive(const cli_call *call, const pp_drivers_options *options,
                       pp_result **result, pp_error *err) {
    const char *path = cli_value(call, "data", NULL);
    pp_model_options model = {0};
    pp_table *data = NULL;
    pp_status status = cli_model_options(call, &model, err);
    if (status == PP_OK) {
        status = pp_table_read(path, NULL, &call->ctx, &data, err);
    }
    if (status == PP_OK) {
        status =
            pp_drivers(call->operands[0], data, &model, options, &call->ctx, result, err);
    }
    if (status == PP_OK) {
        status = pp_result_note_input(*result, path, err);
    }
    pp_table_free(data);
    return status;
}

pp_status cmd_drivers(cli_call *call, pp_error *err) {
    pp_driver_group groups[CLI_MAX_VALUES];
    char *text[CLI_MAX_VALUES];
    pp_drivers_options options = {.groups = groups};
    pp_result *result = NULL;
    if (!cli_has_data(call)) {
        return cli_analyse_study(call, err);
    }
    pp_status status = read_groups(call, groups, &options.n_groups, text, err);
    if (status == PP_OK) {
        status = read_options(call, &options, err);
    }
    if (status == PP_OK) {
        status = drive(call, &options, &result, err);
    }
    for (int i = 0; i < options.n_groups; i++) {
        pp_free(text[i]);
    }
    return cli_finish_analysis(call, status, result, err);
}
