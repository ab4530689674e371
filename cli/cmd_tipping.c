#include "analysis.h"
#include "model.h"

#include <pushpull/tipping.h>

#include <math.h>
#include <string.h>

const cli_option cli_tipping_options[] = {
    {"data", "FILE", "CSV, Parquet, JSON, Stata, SPSS, SAS or Excel", NULL},
    {"focus", "VARIABLES", "whose effects are asked for, with commas; required", NULL},
    {"closed", "SQL", "rows for which this holds are of closed regimes; required", NULL},
    {"lowest", "P", "the lowest probability of being recorded; default: 0.4", NULL},
    {"hypothesis", "NAME", "of the effects: positive, negative or none",
     "positive|negative|none"},
    {"smallest", "X",
     "the smallest effect of interest, for a verdict; default: none, only signs", NULL},
    {"model", "NAME", "hazard, logit (default), probit or cloglog",
     "hazard|logit|probit|cloglog"},
    {"link", "NAME", "of hazard: logit (default) or cloglog", "logit|cloglog"},
    {"vcov", "TOKEN", "covariance: iid (default), hc0, hc1, cluster:g, …", NULL},
    {"ssc", "NAME", "small-sample factor: fixest (default), sandwich or none",
     "fixest|sandwich|none"},
    {"unit", "COLUMN", "the column that identifies the unit: hazard", NULL},
    {"time", "COLUMN", "the column of the period: hazard", NULL},
    {"where", "SQL", "keep only the rows for which this holds", NULL},
    {"weights", "COLUMN", "weights of the rows, zero or more", NULL},
    CLI_ANALYSIS,
    {0},
};

/* One question for each variable of --focus; their names are in `text`, the caller's. */
static pp_status read_questions(const cli_call *call, const pp_tipping_question *like,
                                char *text, pp_tipping_question *out, int *n,
                                pp_error *err) {
    for (char *at = text; *at;) {
        size_t length = strcspn(at, ",");
        int last = at[length] == '\0';
        at[length] = '\0';
        if (length > 0 && *n < CLI_MAX_VALUES) {
            out[*n] = *like;
            out[*n].name = out[*n].variable = at;
            (*n)++;
        }
        at += length + !last;
    }
    if (*n == 0) {
        pp_error_set(err, PP_E_ARGUMENT, "--focus is missing");
        pp_error_hint(err, "pushpull tipping '%s' --data FILE --closed SQL --focus x",
                      call->operands[0]);
        return PP_E_ARGUMENT;
    }
    return PP_OK;
}

static pp_status tip(const cli_call *call, char *focus, pp_result **result,
                     pp_error *err) {
    pp_tipping_question questions[CLI_MAX_VALUES];
    pp_tipping_options options = {.closed = cli_value(call, "closed", NULL)};
    pp_model_options model = {0};
    pp_tipping_question like = {.formula = call->operands[0], .model = &model};
    const char *path = cli_value(call, "data", NULL);
    pp_table *data = NULL;
    int n = 0;
    pp_status status = cli_model_options(call, &model, err);
    model.model = cli_value(call, "model", "logit");
    if (status == PP_OK) {
        status = pp_hypothesis_parse(cli_value(call, "hypothesis", "none"),
                                     &like.hypothesis, err);
    }
    if (status == PP_OK) {
        status = cli_number_in(call, "smallest", 0, 0, INFINITY, &like.smallest, err);
    }
    if (status == PP_OK) {
        status = cli_number_in(call, "lowest", 0, 0, 1, &options.lowest, err);
    }
    if (status == PP_OK) {
        status = pp_table_read(path, NULL, &call->ctx, &data, err);
    }
    like.data = data;
    if (status == PP_OK) {
        status = read_questions(call, &like, focus, questions, &n, err);
    }
    if (status == PP_OK) {
        status = pp_tipping(questions, n, &options, &call->ctx, result, err);
    }
    if (status == PP_OK) {
        status = pp_result_note_input(*result, path, err);
    }
    pp_table_free(data);
    return status;
}

pp_status cmd_tipping(cli_call *call, pp_error *err) {
    pp_result *result = NULL;
    if (!cli_has_data(call)) {
        return cli_analyse_study(call, err);
    }
    char *focus = pp_strdup(cli_value(call, "focus", ""));
    if (!focus) {
        return pp_error_set(err, PP_E_MEMORY, "out of memory");
    }
    pp_status status = tip(call, focus, &result, err);
    pp_free(focus);
    return cli_finish_analysis(call, status, result, err);
}
