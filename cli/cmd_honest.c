#include "design.h"

#include <pushpull/honest.h>
#include <pushpull/text.h>

#include <stdlib.h>
#include <string.h>

const cli_option cli_honest_options[] = {
    CLI_DESIGN,
    {"before", "N", "estimates at most N periods before treatment; default: all", NULL},
    {"after", "N", "and at most N after it; default: all", NULL},
    {"estimates", "FILE",
     "in the place of --data, an event study from elsewhere: columns horizon, estimate",
     NULL},
    {"covariance", "FILE", "its covariance: columns horizon, other, covariance", NULL},
    {"restriction", "NAMES",
     "what the difference in trends may do: rm (default), change by M times the largest "
     "change before treatment; sd, change its slope by M; sdrm, change its slope by M "
     "times the largest before; several with commas",
     NULL},
    {"bias", "SIGN", "the sign of that difference after treatment is known",
     "positive|negative"},
    {"monotone", "WAY", "it only rises, or only falls", "increasing|decreasing"},
    {"interval", "NAME",
     "default: flci for sd, hybrid_flci for sd with --bias or --monotone, else hybrid_lf",
     "flci|conditional|lf|hybrid_flci|hybrid_lf"},
    {"m", "NUMBERS", "values of M with commas, ascending; default: ten steps", NULL},
    {"at", "HORIZON", "of which horizon; mean: of all from 0 on; default: 0", NULL},
    {"reference", "HORIZON",
     "of --estimates: the horizon that others are compared with; default: the one "
     "without "
     "variance, or -1",
     NULL},
    {"draws", "N", "of least favourable critical values; default: 1999", NULL},
    {"seed", "N", "of the draws; default: 1", NULL},
    CLI_ANALYSIS,
    {0},
};

enum { MOST_M = 1000 };

/* The values of --m; `m` has room for MOST_M. */
static pp_status read_grid(const cli_call *call, double *m, int64_t *n, pp_error *err) {
    const char *rest = cli_value(call, "m", NULL);
    *n = 0;
    while (rest) {
        char text[64] = "";
        size_t length = strcspn(rest, ",");
        if (length < sizeof text) {
            memcpy(text, rest, length);
        }
        if (*n == MOST_M || !pp_parse_number(text + strspn(text, " "), &m[*n])) {
            pp_error_set(err, PP_E_ARGUMENT, "--m is no list of numbers");
            pp_error_locate(err, NULL, 0, "m", cli_value(call, "m", NULL));
            pp_error_hint(err, "as in 0,0.5,1,2");
            return PP_E_ARGUMENT;
        }
        (*n)++;
        rest = rest[length] ? rest + length + 1 : NULL;
    }
    return PP_OK;
}

static pp_status read_options(const cli_call *call, double *m, pp_honest_options *o,
                              pp_error *err) {
    int64_t seed;
    *o = (pp_honest_options){
        .restriction = cli_value(call, "restriction", NULL),
        .bias = cli_value(call, "bias", NULL),
        .monotone = cli_value(call, "monotone", NULL),
        .method = cli_value(call, "interval", NULL),
        .at = cli_value(call, "at", NULL),
        .m = m,
    };
    CLI_TRY(read_grid(call, m, &o->n_m, err));
    CLI_TRY(cli_number(call, "reference", 0, &o->reference, err));
    CLI_TRY(cli_integer(call, "draws", 0, &o->draws, err));
    CLI_TRY(cli_integer(call, "seed", 1, &seed, err));
    o->seed = (uint64_t)seed;
    return cli_number_in(call, "level", 0, 0, 1, &o->level, err);
}

/* Estimates before treatment must be differences from the same period as those after it. */
static pp_status fix_base(pp_did_options *o, pp_error *err) {
    if (o->base && strcmp(o->base, "universal") != 0) {
        pp_error_set(err, PP_E_ARGUMENT, "bounds need the base 'universal'");
        pp_error_locate(err, NULL, 0, "base", o->base);
        pp_error_hint(err,
                      "with a varying base estimates before treatment are changes from "
                      "one period to the next; leave --base out");
        return PP_E_ARGUMENT;
    }
    int sunab = o->estimator && strcmp(o->estimator, "sunab") == 0;
    if (o->estimator && !sunab && strcmp(o->estimator, "cs") != 0) {
        pp_error_set(err, PP_E_ARGUMENT,
                     "bounds need estimates before treatment that are differences from "
                     "the same period as those after it");
        pp_error_locate(err, NULL, 0, "estimator", o->estimator);
        pp_error_hint(err, "take the estimator cs or sunab");
        return PP_E_ARGUMENT;
    }
    o->base = sunab ? NULL : "universal";
    return PP_OK;
}

static pp_status bound(const cli_call *call, const pp_table *estimates,
                       const pp_table *covariance, pp_result **out, pp_error *err) {
    pp_honest_options options;
    double *m = malloc(MOST_M * sizeof *m);
    pp_status status = m ? read_options(call, m, &options, err)
                         : pp_error_set(err, PP_E_MEMORY, "out of memory");
    if (status == PP_OK) {
        status = pp_honest(estimates, covariance, &options, &call->ctx, out, err);
    }
    free(m);
    return status;
}

static pp_status of_data(const cli_call *call, const pp_table *data,
                         const pp_did_options *design, pp_result **out, pp_error *err) {
    pp_did_options options = *design;
    pp_result *effects = NULL;
    int64_t before, after;
    CLI_TRY(fix_base(&options, err));
    CLI_TRY(cli_integer(call, "before", 0, &before, err));
    CLI_TRY(cli_integer(call, "after", 0, &after, err));
    options.least = before > 0 || after > 0 ? -(before > 0 ? before : 100000) : 0;
    options.most = before > 0 || after > 0 ? (after > 0 ? after : 100000) : 0;
    CLI_TRY(pp_did(data, &options, &call->ctx, &effects, err));
    pp_status status = bound(call, pp_result_find(effects, "dynamic"),
                             pp_result_find(effects, "dynamic_covariance"), out, err);
    if (status == PP_OK) {
        status = pp_result_merge(*out, effects, NULL, err);
        if (status != PP_OK) {
            pp_result_free(*out);
            *out = NULL;
        }
    }
    pp_result_free(effects);
    return status;
}

static pp_status read_file(const cli_call *call, const char *option, pp_table **out,
                           pp_error *err) {
    const char *path = cli_value(call, option, NULL);
    if (path) {
        return pp_table_read(path, NULL, &call->ctx, out, err);
    }
    pp_error_set(err, PP_E_ARGUMENT, "--%s is missing", option);
    pp_error_hint(err, "pushpull honest --estimates FILE --covariance FILE");
    return PP_E_ARGUMENT;
}

static pp_status of_estimates(const cli_call *call, pp_result **out, pp_error *err) {
    pp_table *estimates = NULL, *covariance = NULL;
    pp_status status = read_file(call, "estimates", &estimates, err);
    if (status == PP_OK) {
        status = read_file(call, "covariance", &covariance, err);
    }
    if (status == PP_OK) {
        status = bound(call, estimates, covariance, out, err);
    }
    if (status == PP_OK) {
        status = pp_result_note_input(*out, cli_value(call, "estimates", NULL), err);
    }
    if (status == PP_OK) {
        status = pp_result_note_input(*out, cli_value(call, "covariance", NULL), err);
    }
    pp_table_free(estimates);
    pp_table_free(covariance);
    return status;
}

pp_status cmd_honest(cli_call *call, pp_error *err) {
    pp_result *result = NULL;
    if (!cli_value(call, "estimates", NULL) && !cli_value(call, "covariance", NULL)) {
        return cli_run_design(call, of_data, err);
    }
    if (cli_has_data(call) || call->n_operands > 0) {
        pp_error_set(err, PP_E_ARGUMENT,
                     "--estimates are an event study already: no study and no --data");
        pp_error_hint(err, "leave --data out");
        return PP_E_ARGUMENT;
    }
    pp_status status = of_estimates(call, &result, err);
    return cli_finish_analysis(call, status, result, err);
}
