#include "analysis.h"
#include "dates.h"

const cli_option cli_match_options[] = {
    {"data", "FILE",
     "CSV, Parquet, JSON, Stata, SPSS, SAS or Excel: one row a unit and period", NULL},
    {"outcome", "COLUMN", "what may be affected", NULL},
    {"unit", "COLUMN", "the column that identifies the unit", NULL},
    {"time", "COLUMN", "the column of the period, numbers at equal distances", NULL},
    {"treatment", "COLUMN", "1: treated in this period, 0: not", NULL},
    {"cohort", "COLUMN",
     "or: the first period of treatment; empty, 0 or after the last period: never", NULL},
    {"where", "SQL", "keep only the rows for which this holds: \"region = 'Americas'\"",
     NULL},
    {"covariates", "TERMS",
     "what controls should resemble the treated in: 'x1 + factor(region)'", NULL},
    {"lags", "N", "periods before treatment that must agree; default: 4", NULL},
    {"leads", "N", "the last period after treatment began; default: 4", NULL},
    {"refinement", "NAME",
     "mahalanobis (default) or ps-match: the nearest controls; ps-weight: all, by the "
     "odds "
     "of treatment; none: all alike",
     "mahalanobis|ps-match|ps-weight|none"},
    {"size", "N", "controls in a refined set; default: 5", NULL},
    {"lagged-outcome", "CHOICE",
     "yes (default): refine by the outcome before treatment too; no: keep it for "
     "placebos",
     "yes|no"},
    {"quantity", "NAME", "att (default): treatment that begins; art: that ends",
     "att|art"},
    {"window", "NAME",
     "start (default): controls are untreated when treatment begins; whole: up to the "
     "last "
     "lead, and the treated stay treated",
     "start|whole"},
    {"errors", "NAME",
     "centred (default): free of what all units did together; as PanelMatch: "
     "unconditional, "
     "conditional on who is treated, or a bootstrap of units",
     "centred|unconditional|conditional|bootstrap"},
    CLI_DATES,
    {"draws", "N", "of the bootstrap; default: 1000", NULL},
    {"seed", "N", "of the draws; default: 1", NULL},
    {"level", "P", "of the intervals; default 0.95", NULL},
    CLI_ANALYSIS,
    {0},
};

static pp_status read_options(const cli_call *call, pp_matching_options *o,
                              pp_error *err) {
    int64_t seed;
    *o = (pp_matching_options){
        .outcome = cli_value(call, "outcome", NULL),
        .unit = cli_value(call, "unit", NULL),
        .time = cli_value(call, "time", NULL),
        .treatment = cli_value(call, "treatment", NULL),
        .cohort = cli_value(call, "cohort", NULL),
        .covariates = cli_value(call, "covariates", NULL),
        .refinement = cli_value(call, "refinement", NULL),
        .lagged_outcome = cli_value(call, "lagged-outcome", NULL),
        .quantity = cli_value(call, "quantity", NULL),
        .window = cli_value(call, "window", NULL),
        .errors = cli_value(call, "errors", NULL),
    };
    CLI_TRY(cli_integer_in(call, "lags", 4, 1, 1000, &o->lags, err));
    CLI_TRY(cli_integer_in(call, "leads", 4, 0, 1000, &o->leads, err));
    CLI_TRY(cli_integer_in(call, "size", 5, 1, INT64_MAX, &o->size, err));
    CLI_TRY(cli_integer_in(call, "draws", 0, 2, 1000000, &o->draws, err));
    CLI_TRY(cli_integer(call, "seed", 1, &seed, err));
    o->seed = (uint64_t)seed;
    return cli_number_in(call, "level", 0, 0, 1, &o->level, err);
}

static pp_status match(const cli_call *call, const pp_table *data, pp_result **out,
                       pp_error *err) {
    static const cli_other_date others[] = {{"cohort", NULL}, {"treatment", NULL}, {0}};
    pp_matching_options options;
    pp_uncertain_options dates;
    CLI_TRY(read_options(call, &options, err));
    CLI_TRY(cli_read_dates(call, others, &dates, err));
    return cli_has_dates(call)
               ? pp_matching_uncertain(data, &options, &dates, &call->ctx, out, err)
               : pp_matching(data, &options, &call->ctx, out, err);
}

pp_status cmd_match(cli_call *call, pp_error *err) {
    const char *path = cli_value(call, "data", NULL);
    pp_read_options reading = {.where = cli_value(call, "where", NULL)};
    pp_table *data = NULL;
    pp_result *result = NULL;
    if (!cli_has_data(call)) {
        return cli_analyse_study(call, err);
    }
    pp_status status = pp_table_read(path, &reading, &call->ctx, &data, err);
    if (status == PP_OK) {
        status = match(call, data, &result, err);
    }
    if (status == PP_OK) {
        status = pp_result_note_input(result, path, err);
    }
    pp_table_free(data);
    return cli_finish_analysis(call, status, result, err);
}
