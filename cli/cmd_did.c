#include "dates.h"
#include "design.h"

#include <string.h>

const cli_option cli_did_options[] = {
    CLI_DESIGN,
    {"panel", "NAME",
     "balanced (default): units without every period are left out; unbalanced: they "
     "stay; "
     "crosssection: each row is a unit of its own",
     "balanced|unbalanced|crosssection"},
    CLI_SWITCHING,
    {"draws", "N",
     "of a multiplier bootstrap, for errors and simultaneous bands; default: analytic "
     "errors",
     NULL},
    {"seed", "N", "of the draws; default: 1", NULL},
    CLI_DATES,
    CLI_ANALYSIS,
    {0},
};

static const cli_other_date other_dates[] = {
    {"cohort", NULL},
    {"treatment", NULL},
    {"draws", "errors are analytic there; --date-draws says how many dates are drawn"},
    {0}};

static pp_status analyse(const cli_call *call, const pp_table *data,
                         const pp_did_options *design, pp_result **out, pp_error *err) {
    pp_did_options options = *design;
    pp_uncertain_options dates;
    int64_t seed;
    const char *estimator = cli_value(call, "estimator", "cs");
    CLI_TRY(cli_read_dates(call, other_dates, &dates, err));
    if (strcmp(estimator, "dcdh") == 0) {
        return cli_did_switching(call, data, design, &dates, out, err);
    }
    CLI_TRY(cli_refuse_switching(call, estimator, err));
    CLI_TRY(cli_integer(call, "draws", 0, &options.draws, err));
    CLI_TRY(cli_integer(call, "seed", 1, &seed, err));
    options.seed = (uint64_t)seed;
    return cli_has_dates(call)
               ? pp_did_uncertain(data, &options, &dates, &call->ctx, out, err)
               : pp_did(data, &options, &call->ctx, out, err);
}

pp_status cmd_did(cli_call *call, pp_error *err) {
    return cli_run_design(call, analyse, err);
}
