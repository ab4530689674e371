#include "design.h"

#include <math.h>

const cli_option cli_mde_options[] = {
    CLI_DESIGN,
    CLI_HOLES,
    {"power", "P", "with which an effect is seen; default: 0.8", NULL},
    {"plausible", "X", "the largest effect that anyone would believe", NULL},
    {"strata", "COLUMN", "dates change hands within these only", NULL},
    {"draws", "N", "of placebo dates; default: 200", NULL},
    {"seed", "N", "of the draws; default: 1", NULL},
    CLI_ANALYSIS,
    {0},
};

static pp_status analyse(const cli_call *call, const pp_table *data,
                         const pp_did_options *design, pp_result **out, pp_error *err) {
    pp_mde_options o = {.strata = cli_value(call, "strata", NULL)};
    int64_t seed;
    CLI_TRY(cli_number_in(call, "power", 0.8, 0, 1, &o.power, err));
    CLI_TRY(cli_number_in(call, "plausible", 0, 0, INFINITY, &o.plausible, err));
    CLI_TRY(cli_integer_in(call, "draws", 200, 20, 1000000, &o.draws, err));
    CLI_TRY(cli_integer(call, "seed", 1, &seed, err));
    o.seed = (uint64_t)seed;
    return pp_mde(data, design, &o, &call->ctx, out, err);
}

pp_status cmd_mde(cli_call *call, pp_error *err) {
    return cli_run_design(call, analyse, err);
}
