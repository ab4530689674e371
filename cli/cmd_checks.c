#include "design.h"

#include <string.h>

enum { PLACEBOS = 64 };

const cli_option cli_checks_options[] = {
    CLI_DESIGN,
    CLI_HOLES,
    {"draws", "N", "of dates at random; default: 199", NULL},
    {"strata", "COLUMN", "dates change hands within these only", NULL},
    {"seed", "N", "of the draws; default: 1", NULL},
    {"placebo", "COLUMNS", "outcomes that adoption should not move, with commas", NULL},
    {"earlier", "N",
     "placebo dates: periods earlier; default: 3, or as many as there are", NULL},
    {"single", "N",
     "single units left out; default: all where there are at most 40, else the 10 most "
     "influential",
     NULL},
    {"size", "COLUMN", "leave out the largest units, by this column", NULL},
    CLI_ANALYSIS,
    {0},
};

/* Cuts `space` at its commas. */
static pp_status split(char *space, const char **names, pp_error *err) {
    int n = 0;
    for (char *at = *space ? space : NULL; at; n++) {
        char *comma = strchr(at, ',');
        if (n == PLACEBOS) {
            return pp_error_set(err, PP_E_ARGUMENT, "at most %d placebo outcomes",
                                PLACEBOS);
        }
        if (comma) {
            *comma = '\0';
        }
        names[n] = at;
        at = comma ? comma + 1 : NULL;
    }
    names[n] = NULL;
    return PP_OK;
}

static pp_status analyse(const cli_call *call, const pp_table *data,
                         const pp_did_options *design, pp_result **out, pp_error *err) {
    const char *names[PLACEBOS + 1];
    char *space = pp_strdup(cli_value(call, "placebo", ""));
    int64_t seed = 1;
    pp_checks_options o = {.strata = cli_value(call, "strata", NULL),
                           .size = cli_value(call, "size", NULL),
                           .placebo_outcomes = names};
    if (!space) {
        return pp_error_set(err, PP_E_MEMORY, "out of memory");
    }
    pp_status status = split(space, names, err);
    if (status == PP_OK) {
        status = cli_integer_in(call, "draws", 199, 1, 1000000, &o.draws, err);
    }
    if (status == PP_OK) {
        status = cli_integer_in(call, "earlier", 0, 1, 1000000, &o.earlier, err);
    }
    if (status == PP_OK) {
        status = cli_integer_in(call, "single", 0, 1, 1000000, &o.units, err);
    }
    if (status == PP_OK) {
        status = cli_integer(call, "seed", 1, &seed, err);
    }
    o.seed = (uint64_t)seed;
    if (status == PP_OK) {
        status = pp_checks(data, design, &o, &call->ctx, out, err);
    }
    pp_free(space);
    return status;
}

pp_status cmd_checks(cli_call *call, pp_error *err) {
    return cli_run_design(call, analyse, err);
}
