#include "counterfactual.h"

#include <math.h>

static pp_status read_numbers(const cli_call *call, pp_counterfactual_options *o,
                              pp_error *err) {
    int64_t seed;
    CLI_TRY(cli_number(call, "first", NAN, &o->first, err));
    CLI_TRY(cli_integer(call, "rank", -1, &o->rank, err));
    CLI_TRY(cli_integer(call, "most-rank", 0, &o->most_rank, err));
    CLI_TRY(cli_number(call, "lambda", 0, &o->lambda, err));
    CLI_TRY(cli_integer(call, "folds", 0, &o->folds, err));
    CLI_TRY(cli_integer(call, "min-before", 0, &o->min_before, err));
    CLI_TRY(cli_integer(call, "draws", 0, &o->draws, err));
    CLI_TRY(cli_integer(call, "placebo", 0, &o->placebo, err));
    CLI_TRY(cli_number(call, "bound", 0, &o->bound, err));
    CLI_TRY(cli_integer(call, "seed", 1, &seed, err));
    o->seed = (uint64_t)seed;
    return cli_number_in(call, "level", 0, 0, 1, &o->level, err);
}

pp_status cli_counterfactual(const cli_call *call, const pp_table *data,
                             const pp_uncertain_options *dates, pp_result **out,
                             pp_error *err) {
    pp_counterfactual_options options = {
        .outcome = cli_value(call, "outcome", NULL),
        .unit = cli_value(call, "unit", NULL),
        .time = cli_value(call, "time", NULL),
        .cohort = cli_value(call, "cohort", NULL),
        .treated = cli_value(call, "treated", NULL),
        .treatment = cli_value(call, "treatment", NULL),
        .donors = cli_value(call, "donors", NULL),
        .covariates = cli_value(call, "covariates", NULL),
        .method = cli_value(call, "method", NULL),
        .effects = cli_value(call, "effects", NULL),
        .errors = cli_value(call, "errors", NULL),
    };
    CLI_TRY(read_numbers(call, &options, err));
    if (dates->low || dates->high) {
        return pp_counterfactual_uncertain(data, &options, dates, &call->ctx, out, err);
    }
    return pp_counterfactual(data, &options, &call->ctx, out, err);
}
