#include "analysis.h"
#include "dates.h"

const cli_option cli_twfe_options[] = {
    {"data", "FILE",
     "CSV, Parquet, JSON, Stata, SPSS, SAS or Excel: one row a unit and period", NULL},
    {"outcome", "COLUMN", "what may be affected", NULL},
    {"unit", "COLUMN", "the column that identifies the unit", NULL},
    {"time", "COLUMN", "the column of the period, numbers", NULL},
    {"treatment", "COLUMN", "the treatment in each period, 0 and 1 or a dose", NULL},
    {"cohort", "COLUMN", "in its place: the first period of treatment; empty or 0: never",
     NULL},
    {"cluster", "COLUMN", "clusters of units; default: units", NULL},
    CLI_DATES,
    {"seed", "N", "of the draws of dates; default: 1", NULL},
    {"level", "P", "of the interval; default 0.95", NULL},
    CLI_ANALYSIS,
    {0},
};

static pp_status read_options(const cli_call *call, pp_twfe_options *o, pp_error *err) {
    *o = (pp_twfe_options){
        .outcome = cli_value(call, "outcome", NULL),
        .unit = cli_value(call, "unit", NULL),
        .time = cli_value(call, "time", NULL),
        .treatment = cli_value(call, "treatment", NULL),
        .cohort = cli_value(call, "cohort", NULL),
        .cluster = cli_value(call, "cluster", NULL),
    };
    if (o->treatment && o->cohort) {
        return pp_error_set(err, PP_E_ARGUMENT,
                            "--treatment and --cohort do not go together");
    }
    return cli_number_in(call, "level", 0, 0, 1, &o->level, err);
}

static pp_status diagnose(const cli_call *call, const pp_table *data, pp_result **out,
                          pp_error *err) {
    static const cli_other_date others[] = {{"cohort", NULL}, {"treatment", NULL}, {0}};
    pp_twfe_options options;
    pp_uncertain_options dates;
    int64_t seed;
    CLI_TRY(read_options(call, &options, err));
    CLI_TRY(cli_read_dates(call, others, &dates, err));
    CLI_TRY(cli_integer(call, "seed", 1, &seed, err));
    return cli_has_dates(call) ? pp_twfe_uncertain(data, &options, &dates, (uint64_t)seed,
                                                   &call->ctx, out, err)
                               : pp_twfe(data, &options, &call->ctx, out, err);
}

pp_status cmd_twfe(cli_call *call, pp_error *err) {
    const char *path = cli_value(call, "data", NULL);
    pp_table *data = NULL;
    pp_result *result = NULL;
    if (!cli_has_data(call)) {
        return cli_analyse_study(call, err);
    }
    pp_status status = pp_table_read(path, NULL, &call->ctx, &data, err);
    if (status == PP_OK) {
        status = diagnose(call, data, &result, err);
    }
    if (status == PP_OK) {
        status = pp_result_note_input(result, path, err);
    }
    pp_table_free(data);
    return cli_finish_analysis(call, status, result, err);
}
