#include "analysis.h"

#include <string.h>

enum { NAMES = 32 };

const cli_option cli_lists_options[] = {
    {"data", "FILE", "CSV, Parquet, JSON, Stata, SPSS, SAS or Excel", NULL},
    {"lists", "COLUMNS", "2 to 10 columns of 0 and 1, with commas: one a list", NULL},
    {"freq", "COLUMN", "how many units each row stands for; default: one", NULL},
    {"by", "COLUMNS", "also estimate each value of these by itself, with commas", NULL},
    {"population", "N", "how many units there can be at all: estimates end there", NULL},
    {"order", "N",
     "the highest order of interactions of log-linear models; default: all but the "
     "highest, with six lists 2",
     NULL},
    {"missing", "N",
     "the most units on no list that the Bayesian average thinks of; default: 2000, or "
     "three times those listed",
     NULL},
    {"level", "P", "of intervals; default: 0.95", NULL},
    CLI_ANALYSIS,
    {0},
};

/* Names with commas. `text` holds them; the caller frees it. */
static pp_status read_names(const cli_call *call, const char *option, char **text,
                            const char **names, int *n, pp_error *err) {
    const char *value = cli_value(call, option, "");
    *n = 0;
    *text = pp_strdup(value);
    if (!*text) {
        return pp_error_set(err, PP_E_MEMORY, "out of memory");
    }
    for (char *at = *text; *at;) {
        char *end = at + strcspn(at, ","), *next = *end ? end + 1 : end;
        at += strspn(at, " ");
        while (end > at && end[-1] == ' ') {
            end--;
        }
        *end = '\0';
        if (*n == NAMES || end <= at) {
            pp_error_set(err, PP_E_ARGUMENT, "names of columns, with commas");
            pp_error_locate(err, NULL, 0, option, value);
            return PP_E_ARGUMENT;
        }
        names[(*n)++] = at;
        at = next;
    }
    return PP_OK;
}

static pp_status read_options(const cli_call *call, pp_lists_options *options,
                              pp_error *err) {
    CLI_TRY(cli_number_in(call, "level", 0.95, 0, 1, &options->level, err));
    CLI_TRY(
        cli_integer_in(call, "population", 0, 1, INT64_MAX, &options->population, err));
    CLI_TRY(cli_integer_in(call, "missing", 0, 1, INT64_MAX, &options->missing, err));
    CLI_TRY(cli_int_in(call, "order", 0, 1, 1000, &options->order, err));
    options->freq = cli_value(call, "freq", NULL);
    return PP_OK;
}

static pp_status analyse(const cli_call *call, const pp_lists_options *options,
                         pp_result **result, pp_error *err) {
    const char *path = cli_value(call, "data", NULL);
    pp_table *data = NULL;
    pp_status status = pp_table_read(path, NULL, &call->ctx, &data, err);
    if (status == PP_OK) {
        status = pp_lists(data, options, &call->ctx, result, err);
    }
    if (status == PP_OK) {
        status = pp_result_note_input(*result, path, err);
    }
    pp_table_free(data);
    return status;
}

pp_status cmd_lists(cli_call *call, pp_error *err) {
    const char *lists[NAMES], *by[NAMES];
    char *text[2] = {NULL, NULL};
    pp_lists_options options = {.lists = lists, .by = by};
    pp_result *result = NULL;
    if (!cli_has_data(call)) {
        return cli_analyse_study(call, err);
    }
    pp_status status = read_names(call, "lists", &text[0], lists, &options.n_lists, err);
    if (status == PP_OK) {
        status = read_names(call, "by", &text[1], by, &options.n_by, err);
    }
    if (status == PP_OK) {
        status = read_options(call, &options, err);
    }
    if (status == PP_OK) {
        status = analyse(call, &options, &result, err);
    }
    pp_free(text[0]);
    pp_free(text[1]);
    return cli_finish_analysis(call, status, result, err);
}
