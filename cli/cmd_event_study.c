#include "dates.h"
#include "design.h"

const cli_option cli_event_study_options[] = {
    CLI_DESIGN,
    {"estimators", "NAMES",
     "with commas; default: cs,sunab,bjs,stacked,twfe (the last as a diagnosis)", NULL},
    CLI_DATES,
    {"seed", "N", "of the draws of dates; default: 1", NULL},
    CLI_ANALYSIS,
    {0},
};

static pp_status analyse(const cli_call *call, const pp_table *data,
                         const pp_did_options *design, pp_result **out, pp_error *err) {
    const pp_event_study_options options = {
        .estimators = cli_value(call, "estimators", cli_value(call, "estimator", NULL))};
    static const cli_other_date others[] = {{"cohort", NULL}, {"treatment", NULL}, {0}};
    pp_did_options own = *design;
    pp_uncertain_options dates;
    int64_t seed;
    CLI_TRY(cli_read_dates(call, others, &dates, err));
    CLI_TRY(cli_integer(call, "seed", 1, &seed, err));
    own.seed = (uint64_t)seed;
    return cli_has_dates(call)
               ? pp_event_study_uncertain(data, &own, &options, &dates, &call->ctx, out,
                                          err)
               : pp_event_study(data, &own, &options, &call->ctx, out, err);
}

pp_status cmd_event_study(cli_call *call, pp_error *err) {
    return cli_run_design(call, analyse, err);
}
