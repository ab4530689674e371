#include "design.h"

const cli_option cli_did_options[] = {
    CLI_DESIGN,
    {"draws", "N",
     "of a multiplier bootstrap, for errors and simultaneous bands; default: analytic "
     "errors",
     NULL},
    {"seed", "N", "of the draws; default: 1", NULL},
    CLI_ANALYSIS,
    {0},
};

static pp_status analyse(const cli_call *call, const pp_table *data,
                         const pp_did_options *design, pp_result **out, pp_error *err) {
    pp_did_options options = *design;
    int64_t seed;
    CLI_TRY(cli_integer(call, "draws", 0, &options.draws, err));
    CLI_TRY(cli_integer(call, "seed", 1, &seed, err));
    options.seed = (uint64_t)seed;
    return pp_did(data, &options, &call->ctx, out, err);
}

pp_status cmd_did(cli_call *call, pp_error *err) {
    return cli_run_design(call, analyse, err);
}
