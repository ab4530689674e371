#include "design.h"

#include <pushpull/eventstudy.h>

const cli_option cli_event_study_options[] = {
    CLI_DESIGN,
    {"estimators", "NAMES",
     "with commas; default: cs,sunab,bjs,stacked,twfe (the last as a diagnosis)", NULL},
    CLI_ANALYSIS,
    {0},
};

static pp_status analyse(const cli_call *call, const pp_table *data,
                         const pp_did_options *design, pp_result **out, pp_error *err) {
    const pp_event_study_options options = {
        .estimators = cli_value(call, "estimators", cli_value(call, "estimator", NULL))};
    return pp_event_study(data, design, &options, &call->ctx, out, err);
}

pp_status cmd_event_study(cli_call *call, pp_error *err) {
    return cli_run_design(call, analyse, err);
}
