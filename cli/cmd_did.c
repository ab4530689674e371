#include "analysis.h"

#include <string.h>

const cli_option cli_did_options[] = {
    {"data", "FILE",
     "CSV, Parquet, JSON, Stata, SPSS, SAS or Excel: one row a unit and period", NULL},
    {"outcome", "COLUMN", "what may be affected", NULL},
    {"unit", "COLUMN", "the column that identifies the unit", NULL},
    {"time", "COLUMN", "the column of the period, numbers", NULL},
    {"cohort", "COLUMN",
     "the first period of treatment; empty, 0 or after the last period: never", NULL},
    {"estimator", "NAME",
     "cs (default): Callaway and Sant'Anna; sunab: Sun and Abraham; bjs: imputation of "
     "Borusyak, "
     "Jaravel and Spiess",
     "cs|sunab|bjs"},
    {"covariates", "TERMS", "trends are parallel given these: 'x1 + factor(region)'",
     NULL},
    {"method", "NAME",
     "with covariates: dr (default), doubly robust; reg, regression; ipw, weighting",
     "dr|reg|ipw"},
    {"control", "NAME", "never treated (default) or not yet treated", "never|notyet"},
    {"base", "NAME",
     "before treatment: changes from one period to the next (varying, default) or from "
     "the "
     "last period before it (universal)",
     "varying|universal"},
    {"anticipation", "N", "periods before treatment with an effect already; default: 0",
     NULL},
    {"cluster", "COLUMN", "clusters of units; default: units", NULL},
    {"balance", "N", "horizons: only cohorts that are seen at least N periods after",
     NULL},
    {"draws", "N",
     "of a multiplier bootstrap, for errors and simultaneous bands; default: analytic "
     "errors",
     NULL},
    {"seed", "N", "of the draws; default: 1", NULL},
    {"level", "P", "of the intervals; default 0.95", NULL},
    CLI_ANALYSIS,
    {0},
};

static pp_status read_options(const cli_call *call, pp_did_options *o, pp_error *err) {
    int64_t seed;
    *o = (pp_did_options){
        .outcome = cli_value(call, "outcome", NULL),
        .unit = cli_value(call, "unit", NULL),
        .time = cli_value(call, "time", NULL),
        .cohort = cli_value(call, "cohort", NULL),
        .estimator = cli_value(call, "estimator", NULL),
        .covariates = cli_value(call, "covariates", NULL),
        .method = cli_value(call, "method", NULL),
        .control = cli_value(call, "control", NULL),
        .base = cli_value(call, "base", NULL),
        .cluster = cli_value(call, "cluster", NULL),
    };
    CLI_TRY(cli_integer(call, "anticipation", 0, &o->anticipation, err));
    CLI_TRY(cli_integer(call, "balance", -1, &o->balance, err));
    CLI_TRY(cli_integer(call, "draws", 0, &o->draws, err));
    CLI_TRY(cli_integer(call, "seed", 1, &seed, err));
    o->seed = (uint64_t)seed;
    return cli_number(call, "level", 0, &o->level, err);
}

pp_status cmd_did(cli_call *call, pp_error *err) {
    const char *path = cli_value(call, "data", NULL);
    pp_did_options options;
    pp_table *data = NULL;
    pp_result *result = NULL;
    if (!cli_has_data(call)) {
        return cli_analyse_study(call, err);
    }
    CLI_TRY(read_options(call, &options, err));
    pp_status status = pp_table_read(path, NULL, &call->ctx, &data, err);
    if (status == PP_OK) {
        status = pp_did(data, &options, &call->ctx, &result, err);
    }
    if (status == PP_OK) {
        status = pp_result_note_input(result, path, err);
    }
    pp_table_free(data);
    return cli_finish_analysis(call, status, result, err);
}
