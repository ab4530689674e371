#include "analysis.h"

#include <pushpull/confound.h>

#include <math.h>

const cli_option cli_confound_options[] = {
    {"formula", "FORMULA", "'y ~ d + x1 + factor(g)', perhaps with effects, '| city'",
     NULL},
    {"treatment", "COLUMN", "the term whose effect is asked for, a number", NULL},
    {"data", "FILE", "CSV, Parquet, JSON, Stata, SPSS, SAS or Excel", NULL},
    {"where", "SQL", "keep only the rows for which this holds", NULL},
    {"vcov", "NAME", "hc1, cluster:g, …: of the errors in bounds; default: iid", NULL},
    {"benchmarks", "TERMS",
     "covariates to measure confounders by, with commas; default: all", NULL},
    {"strengths", "LIST", "how many times as strong; default: 1,2,3", NULL},
    {"q", "P", "the share of the estimate that is to go; default: 1", NULL},
    {"alpha", "P", "of significance; default: 0.05", NULL},
    {"r-max", "P",
     "Oster: share of the outcome that all there is explains; default: 1.3 times what "
     "the "
     "covariates do, and 1",
     NULL},
    {"estimate", "X", "instead of a formula: a published estimate", NULL},
    {"std-error", "X", "its classical standard error", NULL},
    {"df", "N", "its residual degrees of freedom", NULL},
    CLI_ANALYSIS,
    {0},
};

static pp_status read_options(const cli_call *call, pp_confound_options *o,
                              pp_error *err) {
    *o = (pp_confound_options){.treatment = cli_value(call, "treatment", NULL),
                               .benchmarks = cli_value(call, "benchmarks", NULL),
                               .strengths = cli_value(call, "strengths", NULL)};
    CLI_TRY(cli_number_in(call, "q", 0, 0, INFINITY, &o->q, err));
    CLI_TRY(cli_number_in(call, "alpha", 0, 0, 1, &o->alpha, err));
    return cli_number(call, "r-max", 0, &o->r_max, err);
}

static pp_status published(cli_call *call, const pp_confound_options *o, pp_error *err) {
    double estimate, error, df;
    pp_result *result = NULL;
    CLI_TRY(cli_number(call, "estimate", NAN, &estimate, err));
    CLI_TRY(cli_number(call, "std-error", NAN, &error, err));
    CLI_TRY(cli_number(call, "df", NAN, &df, err));
    pp_status status = pp_confound_published(estimate, error, df, o, &result, err);
    return cli_finish_analysis(call, status, result, err);
}

pp_status cmd_confound(cli_call *call, pp_error *err) {
    const char *path = cli_value(call, "data", NULL);
    const char *formula = cli_value(call, "formula", NULL);
    pp_model_options model = {.model = "ols",
                              .vcov = cli_value(call, "vcov", NULL),
                              .where = cli_value(call, "where", NULL)};
    pp_confound_options options;
    pp_table *data = NULL;
    pp_result *result = NULL;
    if (call->n_operands > 0) {
        return cli_analyse_study(call, err);
    }
    CLI_TRY(read_options(call, &options, err));
    if (cli_value(call, "estimate", NULL)) {
        return published(call, &options, err);
    }
    if (!path || !formula || !options.treatment) {
        pp_error_set(err, PP_E_ARGUMENT, "--formula, --treatment or --data is missing");
        pp_error_hint(
            err, "pushpull confound --formula 'y ~ d + x1' --treatment d --data FILE, or "
                 "--estimate X --std-error X --df N");
        return PP_E_ARGUMENT;
    }
    pp_status status = pp_table_read(path, NULL, &call->ctx, &data, err);
    if (status == PP_OK) {
        status = pp_confound(formula, data, &model, &options, &call->ctx, &result, err);
    }
    if (status == PP_OK) {
        status = pp_result_note_input(result, path, err);
    }
    pp_table_free(data);
    return cli_finish_analysis(call, status, result, err);
}
