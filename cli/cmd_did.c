#include "design.h"

#include <pushpull/uncertain.h>

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
    {"date-low", "COLUMN",
     "in place of --cohort, dates known as intervals: the first period in which "
     "treatment "
     "may have begun",
     NULL},
    {"date-high", "COLUMN", "and the last", NULL},
    {"probability", "COLUMN", "that the unit was treated at all; default: 1 with a date",
     NULL},
    {"date-draws", "N", "of uncertain dates; default: 20", NULL},
    CLI_ANALYSIS,
    {0},
};

/* Options that say when units were treated, each with what it does not go with. */
static pp_status check_dates(const cli_call *call, pp_error *err) {
    static const char *const without[] = {"cohort", "treatment", "draws", NULL},
                             *const with[] = {"probability", "date-draws", NULL};
    int dated = cli_flag(call, "date-low") || cli_flag(call, "date-high");
    for (const char *const *name = dated ? without : with; *name; name++) {
        if (!cli_flag(call, *name)) {
            continue;
        }
        pp_error_set(err, PP_E_ARGUMENT, "--%s %s", *name,
                     dated ? "does not go with dates known as intervals (--date-low, "
                             "--date-high)"
                           : "needs dates known as intervals");
        pp_error_hint(err, "%s",
                      !dated ? "name their columns with --date-low and --date-high"
                      : strcmp(*name, "draws") == 0
                          ? "errors are analytic there; --date-draws says how many dates "
                            "are drawn"
                          : "leave out one of them");
        return PP_E_ARGUMENT;
    }
    return PP_OK;
}

static pp_status analyse(const cli_call *call, const pp_table *data,
                         const pp_did_options *design, pp_result **out, pp_error *err) {
    pp_did_options options = *design;
    pp_uncertain_options dates = {.low = cli_value(call, "date-low", NULL),
                                  .high = cli_value(call, "date-high", NULL),
                                  .probability = cli_value(call, "probability", NULL)};
    int64_t seed;
    const char *estimator = cli_value(call, "estimator", "cs");
    if (strcmp(estimator, "dcdh") == 0) {
        return cli_did_switching(call, data, design, out, err);
    }
    CLI_TRY(cli_refuse_switching(call, estimator, err));
    CLI_TRY(check_dates(call, err));
    CLI_TRY(cli_integer(call, "draws", 0, &options.draws, err));
    CLI_TRY(cli_integer_in(call, "date-draws", 0, 2, 100000, &dates.draws, err));
    CLI_TRY(cli_integer(call, "seed", 1, &seed, err));
    options.seed = (uint64_t)seed;
    return dates.low || dates.high
               ? pp_did_uncertain(data, &options, &dates, &call->ctx, out, err)
               : pp_did(data, &options, &call->ctx, out, err);
}

pp_status cmd_did(cli_call *call, pp_error *err) {
    return cli_run_design(call, analyse, err);
}
