#include "analysis.h"
#include "model.h"

#include <pushpull/misclass.h>

#include <string.h>

const cli_option cli_misclass_options[] = {
    {"data", "FILE", "CSV, Parquet, JSON, Stata, SPSS, SAS or Excel", NULL},
    {"link", "NAME", "of the true outcome; default: logit", "logit|probit|cloglog"},
    {"false-positive", "RATE",
     "the record says 1 where the truth is 0: free (default), a number, or a number and "
     "its standard error: 0.02:0.005",
     NULL},
    {"false-negative", "RATE",
     "the record says 0 where the truth is 1: free (default), a number, or 0.3:0.05",
     NULL},
    {"rates-by", "COLUMN", "free rates of their own in each group", NULL},
    {"rates", "TERMS", "free rates that depend on these terms (by a logit)", NULL},
    {"focus", "TERMS", "coefficients of the profile, with commas; default: all", NULL},
    {"profile-most", "RATE", "highest false-negative rate of the profile; default: 0.6",
     NULL},
    {"no-profile", NULL, "leave the profile over fixed rates out", NULL},
    {"vcov", "TOKEN", "covariance: iid (default), hc0, hc1, cluster:g, …", NULL},
    {"ssc", "NAME", "small-sample factor: fixest (default), sandwich or none",
     "fixest|sandwich|none"},
    {"unit", "COLUMN", "the column that identifies the unit: lag() and lead()", NULL},
    {"time", "COLUMN", "the column of the period: lag() and lead()", NULL},
    {"where", "SQL", "keep only the rows for which this holds", NULL},
    {"weights", "COLUMN", "weights of the rows, zero or more", NULL},
    {"weight-kind", "KIND",
     "sampling (default): a row stands for others; frequency: it is so many rows",
     "sampling|frequency"},
    {"level", "P", "of the intervals; default 0.95", NULL},
    {"tol", "X", "largest score at which the fit has converged", NULL},
    {"max-iterations", "N", "give up after so many; default 100", NULL},
    CLI_ANALYSIS,
    {0},
};

static pp_status read_options(const cli_call *call, pp_misclass_options *options,
                              pp_error *err) {
    pp_status status = pp_misclass_rate_parse(cli_value(call, "false-positive", "free"),
                                              &options->false_positive, err);
    if (status == PP_OK) {
        status = pp_misclass_rate_parse(cli_value(call, "false-negative", "free"),
                                        &options->false_negative, err);
    }
    if (status == PP_OK) {
        status =
            cli_number_in(call, "profile-most", 0, 0, 1, &options->profile_most, err);
    }
    options->rates_by = cli_value(call, "rates-by", NULL);
    options->rates = cli_value(call, "rates", NULL);
    options->focus = cli_value(call, "focus", NULL);
    options->no_profile = cli_flag(call, "no-profile");
    return status;
}

pp_status cmd_misclass(cli_call *call, pp_error *err) {
    pp_misclass_options options = {0};
    pp_model_options model = {0};
    pp_result *result = NULL;
    pp_table *data = NULL;
    const char *path = cli_value(call, "data", NULL);
    if (!cli_has_data(call)) {
        return cli_analyse_study(call, err);
    }
    pp_status status = read_options(call, &options, err);
    if (status == PP_OK) {
        status = cli_model_options(call, &model, err);
    }
    if (status == PP_OK) {
        status = pp_table_read(path, NULL, &call->ctx, &data, err);
    }
    if (status == PP_OK) {
        status = pp_misclass(call->operands[0], data, &model, &options, &call->ctx,
                             &result, err);
    }
    if (status == PP_OK) {
        cli_cry_not_converged(result);
        status = pp_result_note_input(result, path, err);
    }
    pp_table_free(data);
    return cli_finish_analysis(call, status, result, err);
}
