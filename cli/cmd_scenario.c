#include "analysis.h"
#include "model.h"

#include <string.h>

const cli_option cli_scenario_options[] = {
    {"set", "COLUMN=EXPRESSION",
     "what is changed, in SQL: 'x = x * 0.8'; as often as there are changes", NULL},
    {"where", "SQL", "change only the rows for which this holds", NULL},
    {"data", "FILE", "CSV, Parquet, JSON, Stata, SPSS, SAS or Excel", NULL},
    {"model", "NAME",
     "with --data the estimator, of a 0/1 outcome or hazard; of a study the name of a "
     "model",
     NULL},
    {"unit", "COLUMN", "the column that identifies the unit; without, each row is one",
     NULL},
    {"time", "COLUMN", "the column of the period", NULL},
    {"region", "COLUMN", "also by the values of this column", NULL},
    {"draws", "N", "of parameters and paths; default: 1000", NULL},
    {"seed", "N", "of random draws; default: 1", NULL},
    {"link", "NAME", "of hazard and firth; default: logit", "logit|probit|cloglog"},
    {"vcov", "TOKEN", "covariance, as for fit; default: iid", NULL},
    {"ssc", "NAME", "small-sample factor: fixest (default), sandwich or none",
     "fixest|sandwich|none"},
    {"sample", "SQL", "fit the model only to the rows for which this holds", NULL},
    {"level", "P", "of the intervals; default 0.95", NULL},
    CLI_ANALYSIS,
    {0},
};

static int find_sets(const cli_call *call, const char **sets) {
    int n = 0;
    for (int i = 0; i < call->n_values && n < CLI_MAX_VALUES; i++) {
        if (strcmp(call->values[i].option->name, "set") == 0) {
            sets[n++] = call->values[i].value;
        }
    }
    return n;
}

/* ---- on a file of data ---- */

typedef struct job {
    const cli_call *call;
    pp_assignment set[CLI_MAX_VALUES];
    int n;
    pp_model_options model;
    pp_scenario_options options;
    pp_table *data, *changed;
    pp_fit *fit;
    pp_arena arena;
} job;

static pp_status read_job(job *j, pp_error *err) {
    const char *sets[CLI_MAX_VALUES];
    int64_t seed;
    j->n = find_sets(j->call, sets);
    if (j->n == 0) {
        pp_error_set(err, PP_E_ARGUMENT, "nothing is changed");
        pp_error_hint(err, "--set 'x1 = x1 * 0.8'");
        return PP_E_ARGUMENT;
    }
    for (int i = 0; i < j->n; i++) {
        CLI_TRY(pp_assignment_parse(sets[i], &j->arena, &j->set[i], err));
    }
    CLI_TRY(cli_model_options(j->call, &j->model, err));
    CLI_TRY(cli_integer_in(j->call, "draws", 0, 1, INT64_MAX, &j->options.draws, err));
    CLI_TRY(cli_integer(j->call, "seed", 1, &seed, err));
    j->model.model = cli_value(j->call, "model", "logit");
    j->model.where = cli_value(j->call, "sample", NULL);
    j->options.seed = (uint64_t)seed;
    j->options.unit = j->model.unit;
    j->options.time = j->model.time;
    j->options.region = cli_value(j->call, "region", NULL);
    return PP_OK;
}

static pp_status change(job *j, pp_error *err) {
    int64_t rows;
    const char *where = cli_value(j->call, "where", NULL);
    CLI_TRY(pp_table_copy(j->data, &j->changed, err));
    CLI_TRY(pp_table_update(j->changed, j->set, j->n, where, &j->call->ctx, &rows, err));
    if (rows == 0) {
        pp_error_set(err, PP_E_ARGUMENT, "the condition holds in none of the %lld rows",
                     (long long)pp_table_rows(j->data));
        pp_error_locate(err, NULL, 0, "where", where);
        return PP_E_ARGUMENT;
    }
    return PP_OK;
}

static pp_status run_job(job *j, pp_result **out, pp_error *err) {
    const char *path = cli_value(j->call, "data", NULL);
    const pp_context *ctx = &j->call->ctx;
    CLI_TRY(read_job(j, err));
    CLI_TRY(pp_table_read(path, NULL, ctx, &j->data, err));
    CLI_TRY(change(j, err));
    CLI_TRY(pp_model_fit(j->call->operands[0], j->data, &j->model, ctx, &j->fit, err));
    CLI_TRY(pp_scenario(j->fit, j->data, j->changed, &j->options, ctx, out, err));
    pp_result *fit;
    CLI_TRY(pp_fit_result(j->fit, &fit, err));
    pp_status status = pp_result_merge(*out, fit, NULL, err);
    pp_result_free(fit);
    return status == PP_OK ? pp_result_note_input(*out, path, err) : status;
}

static pp_status on_data(cli_call *call, pp_error *err) {
    job j = {.call = call};
    pp_result *result = NULL;
    pp_arena_init(&j.arena);
    pp_status status = run_job(&j, &result, err);
    pp_fit_free(j.fit);
    pp_table_free(j.data);
    pp_table_free(j.changed);
    pp_arena_clear(&j.arena);
    return cli_finish_analysis(call, status, result, err);
}

/* ---- on a study ---- */

/* A text in double quotes, as YAML reads it. */
static void add_quoted(pp_buf *out, const char *text) {
    pp_buf_add_char(out, '"');
    for (const char *s = text; *s; s++) {
        pp_buf_add(out, *s == '"' || *s == '\\' ? "\\" : "");
        pp_buf_add_char(out, *s == '\n' || *s == '\t' ? ' ' : *s);
    }
    pp_buf_add_char(out, '"');
}

typedef struct settings {
    pp_buf text[6];
    int n;
} settings;

static void add_setting(settings *s, const char *key, const char *value) {
    pp_buf *text = &s->text[s->n++];
    pp_buf_init(text);
    pp_buf_printf(text, "analyses.scenario.%s=", key);
    add_quoted(text, value);
}

static void add_sets(settings *s, const char *const *sets, int n) {
    pp_buf *text = &s->text[s->n++];
    pp_buf_init(text);
    pp_buf_add(text, "analyses.scenario.what_if.asked.set=[");
    for (int i = 0; i < n; i++) {
        pp_buf_add(text, i ? ", " : "");
        add_quoted(text, sets[i]);
    }
    pp_buf_add_char(text, ']');
}

static pp_status on_study(cli_call *call, pp_error *err) {
    static const char *const keys[][2] = {{"where", "what_if.asked.where"},
                                          {"model", "model"}};
    static const char *const taken[] = {"set", "where", "model", "draws", NULL};
    const char *sets[CLI_MAX_VALUES], *all[6];
    settings s = {0};
    int n = find_sets(call, sets);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *value = cli_value(call, keys[i][0], NULL);
        if (value && n == 0 && i == 0) {
            pp_error_set(err, PP_E_ARGUMENT, "--where goes with --set");
            return PP_E_ARGUMENT;
        }
        if (value) {
            add_setting(&s, keys[i][1], value);
        }
    }
    if (n > 0) {
        add_sets(&s, sets, n);
    }
    if (cli_value(call, "draws", NULL)) {
        pp_buf_init(&s.text[s.n]);
        pp_buf_printf(&s.text[s.n++], "analyses.scenario.draws=%s",
                      cli_value(call, "draws", NULL));
    }
    pp_status status = PP_OK;
    for (int i = 0; i < s.n; i++) {
        status = status == PP_OK ? pp_buf_check(&s.text[i], err) : status;
        all[i] = s.text[i].data;
    }
    status =
        status == PP_OK ? cli_analyse_study_with(call, taken, all, s.n, err) : status;
    for (int i = 0; i < s.n; i++) {
        pp_buf_clear(&s.text[i]);
    }
    return status;
}

pp_status cmd_scenario(cli_call *call, pp_error *err) {
    return cli_has_data(call) ? on_data(call, err) : on_study(call, err);
}
