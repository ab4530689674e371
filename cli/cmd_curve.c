#include "analysis.h"

#include <pushpull/curve.h>

#include <string.h>

const cli_option cli_curve_options[] = {
    {"data", "FILE",
     "the table; with several rules RULE=FILE, as often as there are: a dimension", NULL},
    {"focus", "COLUMNS",
     "more focal variables beside the formula's, with commas; '-x' turns one round",
     NULL},
    {"controls", "TERMS", "optional controls, with commas: all subsets are tried", NULL},
    {"set", "NAME=TERMS", "a named set of controls (TERMS may be empty); repeat", NULL},
    {"keep", "TERMS", "terms that are in every model, beside the formula's", NULL},
    {"models", "LIST", "with commas: ols (default), lpm, logit, probit, hazard:cloglog …",
     NULL},
    {"lags", "LIST", "of the focal variable, in periods: 0,1,2", NULL},
    {"outcome", "NAME=COLUMN", "outcomes in place of the formula's; repeat", NULL},
    {"where", "NAME:SQL", "a sample beside all rows ('all: SQL' in their place); repeat",
     NULL},
    {"cluster", "COLUMN", "clustered errors; short for --vcov cluster:COLUMN", NULL},
    {"vcov", "LIST", "covariances, with commas; default: iid", NULL},
    {"ssc", "NAME", "small-sample factor: fixest (default), sandwich or none",
     "fixest|sandwich|none"},
    {"unit", "COLUMN", "whose history is exchanged in draws; default: the cluster", NULL},
    {"time", "COLUMN", "the period: lags, and how histories are laid over each other",
     NULL},
    {"scale", "NAME",
     "effect (default): average marginal effect of one standard deviation; coefficient",
     "effect|coefficient"},
    {"common-sample", NULL, "only rows that are complete for every specification", NULL},
    {"most", "N", "specifications; beyond it a random sample; default: 1000000", NULL},
    {"draws", "N", "of the joint test; default: none", NULL},
    {"test-specifications", "N", "that the joint test refits; default: all", NULL},
    {"seed", "N", "of random draws; default: 1", NULL},
    {"level", "P", "of intervals, and of what is significant; default 0.95", NULL},
    {"sort", "ORDER", "of table curve: estimate (default) or number", "estimate|number"},
    {"resume", "FILE", "a checkpoint: gone on from when it is there, and written", NULL},
    CLI_ANALYSIS,
    {0},
};

/* Texts of one call. */
typedef struct request {
    pp_curve_options options;
    pp_arena arena;
    pp_curve_choice outcomes[CLI_MAX_VALUES], samples[CLI_MAX_VALUES],
        sets[CLI_MAX_VALUES];
    pp_curve_data data[CLI_MAX_VALUES];
    pp_table *table[CLI_MAX_VALUES];
    const char *path[CLI_MAX_VALUES];
    int n_data;
} request;

static pp_status out_of_memory(pp_error *err) {
    return pp_error_set(err, PP_E_MEMORY, "out of memory");
}

/* "NAME=VALUE" in two; without a sign, or with one that something else than a name stands
   before, the whole is both. */
static pp_status split(request *r, const char *text, char sign, pp_curve_choice *out,
                       pp_error *err) {
    static const char NAME[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789_- .";
    size_t length = strspn(text, NAME);
    int named = length > 0 && text[length] == sign && text[length + 1] != sign;
    const char *name = named ? pp_arena_strndup(&r->arena, text, (int64_t)length) : text;
    if (!name) {
        return out_of_memory(err);
    }
    *out = (pp_curve_choice){name, named ? text + length + 1 : text};
    return PP_OK;
}

static pp_status read_choices(const cli_call *call, request *r, const char *option,
                              char sign, pp_curve_choice *out, int *n, pp_error *err) {
    for (int i = 0; i < call->n_values; i++) {
        if (strcmp(call->values[i].option->name, option) == 0) {
            CLI_TRY(split(r, call->values[i].value, sign, &out[(*n)++], err));
        }
    }
    return PP_OK;
}

/* Without a name the text may be meant as SQL, or be a slip: both are told of the form. */
static pp_status check_samples(const request *r, pp_error *err) {
    for (int i = 0; i < r->options.n_samples; i++) {
        const pp_curve_choice *sample = &r->samples[i];
        if (sample->name == sample->value) {
            pp_error_set(err, PP_E_ARGUMENT, "the sample has no name");
            pp_error_locate(err, NULL, 0, "where", sample->value);
            pp_error_hint(err, "NAME: SQL, as in --where 'poor: x > 1'");
            return PP_E_ARGUMENT;
        }
    }
    return PP_OK;
}

static pp_status read_numbers(const cli_call *call, pp_curve_options *o, pp_error *err) {
    int64_t seed;
    CLI_TRY(cli_integer_in(call, "most", 0, 1, INT64_MAX, &o->most, err));
    CLI_TRY(cli_integer(call, "draws", 0, &o->draws, err));
    CLI_TRY(
        cli_integer_in(call, "test-specifications", 0, 1, INT64_MAX, &o->test_most, err));
    CLI_TRY(cli_integer(call, "seed", 1, &seed, err));
    o->seed = (uint64_t)seed;
    return cli_number_in(call, "level", 0.95, 0, 1, &o->level, err);
}

static pp_status read_options(const cli_call *call, request *r, pp_error *err) {
    pp_curve_options *o = &r->options;
    const char *cluster = cli_value(call, "cluster", NULL);
    *o = (pp_curve_options){.focus = cli_value(call, "focus", NULL),
                            .controls = cli_value(call, "controls", NULL),
                            .keep = cli_value(call, "keep", NULL),
                            .models = cli_value(call, "models", NULL),
                            .lags = cli_value(call, "lags", NULL),
                            .vcovs = cli_value(call, "vcov", NULL),
                            .unit = cli_value(call, "unit", cluster),
                            .time = cli_value(call, "time", NULL),
                            .ssc = cli_value(call, "ssc", NULL),
                            .scale = cli_value(call, "scale", NULL),
                            .sort = cli_value(call, "sort", NULL),
                            .resume = cli_value(call, "resume", NULL),
                            .common_sample = cli_flag(call, "common-sample"),
                            .outcomes = r->outcomes,
                            .samples = r->samples,
                            .sets = r->sets};
    if (cluster && !o->vcovs) {
        o->vcovs = pp_arena_printf(&r->arena, "cluster:%s", cluster);
        if (!o->vcovs) {
            return out_of_memory(err);
        }
    }
    CLI_TRY(read_choices(call, r, "outcome", '=', r->outcomes, &o->n_outcomes, err));
    CLI_TRY(read_choices(call, r, "where", ':', r->samples, &o->n_samples, err));
    CLI_TRY(check_samples(r, err));
    CLI_TRY(read_choices(call, r, "set", '=', r->sets, &o->n_sets, err));
    return read_numbers(call, o, err);
}

static pp_status read_data(const cli_call *call, request *r, pp_error *err) {
    for (int i = 0; i < call->n_values; i++) {
        pp_curve_choice file = {0};
        int n = r->n_data;
        if (strcmp(call->values[i].option->name, "data") != 0) {
            continue;
        }
        CLI_TRY(split(r, call->values[i].value, '=', &file, err));
        CLI_TRY(pp_table_read(file.value, NULL, &call->ctx, &r->table[n], err));
        r->path[n] = file.value;
        r->data[n] =
            (pp_curve_data){file.name == file.value ? NULL : file.name, r->table[n]};
        r->n_data++;
    }
    return PP_OK;
}

static pp_status work(const cli_call *call, request *r, pp_result **result,
                      pp_error *err) {
    CLI_TRY(read_options(call, r, err));
    CLI_TRY(read_data(call, r, err));
    CLI_TRY(pp_curve(call->operands[0], r->data, r->n_data, &r->options, &call->ctx,
                     result, err));
    for (int i = 0; i < r->n_data; i++) {
        CLI_TRY(pp_result_note_input(*result, r->path[i], err));
    }
    return PP_OK;
}

pp_status cmd_curve(cli_call *call, pp_error *err) {
    pp_result *result = NULL;
    request r = {0};
    if (!cli_has_data(call)) {
        return cli_analyse_study(call, err);
    }
    pp_arena_init(&r.arena);
    pp_status status = work(call, &r, &result, err);
    for (int i = 0; i < r.n_data; i++) {
        pp_table_free(r.table[i]);
    }
    pp_arena_clear(&r.arena);
    return cli_finish_analysis(call, status, result, err);
}
