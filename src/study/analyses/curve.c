/* Does the answer hang on how it is asked? All combinations of rules, dates, samples, models, measures
   and controls. */
#include "base/check.h"
#include "study/analyses/analysis.h"

#include <pushpull/curve.h>

#include <math.h>
#include <string.h>

typedef struct named_text {
    const char *name, *text;
} named_text;

typedef struct named_list {
    const char *name;
    const char *const *list;
} named_list;

typedef struct settings {
    const char *model, *vcov, *question, *scale;
    const char *const *focus,
        *const *reversed,
            *const *controls,
                *const *keep, *const *models, *const *rules, *const *dates, *const *lags;
    named_list *sets;
    named_text *samples;
    int64_t n_sets, n_samples, draws, most, tested;
} settings;

static const pp__field set_fields[] = {
    {"terms", PP__NAMES, PP__AT(named_list, list)},
};
static const pp__section set = {"a set of controls", set_fields, 1, sizeof(named_list),
                                1};
static const pp__field sample_fields[] = {
    {"where", PP__TEXT, PP__AT(named_text, text), .required = 1},
};
static const pp__section sample = {"a sample", sample_fields, 1, sizeof(named_text), 1};

static const pp__field fields[] = {
    {"question", PP__TEXT, PP__AT(settings, question)},
    {"model", PP__TEXT, PP__AT(settings, model), .refers = PP__TO_MODEL},
    {"focus", PP__NAMES, PP__AT(settings, focus), .required = 1,
     .refers = PP__TO_VARIABLE},
    {"reversed", PP__NAMES, PP__AT(settings, reversed), .refers = PP__TO_VARIABLE},
    {"controls", PP__NAMES, PP__AT(settings, controls)},
    {"keep", PP__NAMES, PP__AT(settings, keep)},
    {"sets", PP__ENTRIES, PP__AT(settings, sets), .section = &set,
     PP__COUNT(settings, n_sets)},
    {"models", PP__NAMES, PP__AT(settings, models)},
    {"rules", PP__NAMES, PP__AT(settings, rules), .refers = PP__TO_RULE},
    {"dates", PP__NAMES, PP__AT(settings, dates)},
    {"samples", PP__ENTRIES, PP__AT(settings, samples), .section = &sample,
     PP__COUNT(settings, n_samples)},
    {"lags", PP__NAMES, PP__AT(settings, lags)},
    {"vcov", PP__TEXT, PP__AT(settings, vcov), .text = "cluster:unit"},
    {"scale", PP__CHOICE, PP__AT(settings, scale), PP__CHOICES("effect", "coefficient"),
     .text = "effect"},
    {"draws", PP__INTEGER, PP__AT(settings, draws), .low = 0, .high = 1000000,
     .number = 99},
    {"test_specifications", PP__INTEGER, PP__AT(settings, tested), .low = 0,
     .high = 1000000, .number = 24},
    {"specifications", PP__INTEGER, PP__AT(settings, most), .low = 1, .high = 10000000,
     .number = 1000000},
};
static const pp__section format =
    PP__FIELDS("the specification curve", fields, sizeof(settings));

static const pp_study_model *model_of(const pp_study *study, const settings *s) {
    return pp_study_find_model(study, s->model ? s->model : study->findings.headline);
}

static int is_listed(const char *const *list, const char *name) {
    while (list && *list && strcmp(*list, name) != 0) {
        list++;
    }
    return list && *list;
}

/* ---- what is wrong ---- */

static pp_status check(const pp_study *study, const void *payload, pp__problems *problems,
                       pp_error *err) {
    static const char *const DATES[] = {"earliest", "latest", "midpoint", NULL};
    const settings *s = payload;
    for (const char *const *date = s->dates; date && *date; date++) {
        if (!is_listed(DATES, *date)) {
            PP_TRY(pp__problem(
                problems, pp__study_line(study, "analyses.curve.dates", *date),
                "analyses.curve.dates", *date, NULL, err,
                "'%s' is no date rule: earliest, latest, midpoint", *date));
        }
    }
    for (const char *const *name = s->reversed; name && *name; name++) {
        if (!is_listed(s->focus, *name)) {
            PP_TRY(pp__problem(problems,
                               pp__study_line(study, "analyses.curve.reversed", *name),
                               "analyses.curve.reversed", *name, NULL, err,
                               "'%s' is not in focus", *name));
        }
    }
    return PP_OK;
}

static int64_t count_names(const char *const *list, int64_t otherwise) {
    int64_t n = 0;
    while (list && list[n]) {
        n++;
    }
    return n > 0 ? n : otherwise;
}

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    const settings *s = payload;
    double n = ldexp(1, (int)count_names(s->controls, 0));
    const struct {
        const char *const *list;
    } lists[] = {{s->focus}, {s->models}, {s->rules}, {s->dates}, {s->lags}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        n *= (double)count_names(lists[i].list, 1);
    }
    n *= (double)(s->n_sets ? s->n_sets : 1) * (double)(s->n_samples + 1);
    (void)study;
    pp_buf_printf(what, "%.0f combinations, %d draws of the joint test", n,
                  (int)s->draws);
}

/* ---- the run ---- */

/* "a,b"; with `turned` a minus before those that it lists. NULL: out of memory. */
static const char *join(pp__run *run, const char *const *list,
                        const char *const *turned) {
    const char *text = "";
    for (; text && list && *list; list++) {
        text = pp_arena_printf(&run->arena, "%s%s%s%s", text, *text ? "," : "",
                               is_listed(turned, *list) ? "-" : "", *list);
    }
    return text;
}

static pp_status read_choices(pp__run *run, const settings *s, pp_curve_options *o,
                              pp_error *err) {
    static const char *const LATEST[] = {"latest", NULL};
    const char *const *dates = s->dates && *s->dates ? s->dates : LATEST;
    int64_t n_dates = count_names(dates, 0);
    pp_curve_choice *choice =
        pp_arena_zalloc(&run->arena, n_dates + s->n_sets + s->n_samples, sizeof *choice);
    PP_NEED(choice, err);
    o->outcomes = choice;
    for (; *dates; dates++) {
        *choice =
            (pp_curve_choice){*dates, pp_arena_printf(&run->arena, "event_%s", *dates)};
        PP_NEED(choice->value, err);
        choice++;
        o->n_outcomes++;
    }
    o->sets = choice;
    for (int64_t i = 0; i < s->n_sets; i++) {
        *choice = (pp_curve_choice){s->sets[i].name, join(run, s->sets[i].list, NULL)};
        PP_NEED(choice->value, err);
        choice++;
    }
    o->n_sets = (int)s->n_sets;
    o->samples = choice;
    for (int64_t i = 0; i < s->n_samples; i++) {
        *choice++ = (pp_curve_choice){s->samples[i].name, s->samples[i].text};
    }
    o->n_samples = (int)s->n_samples;
    return PP_OK;
}

static pp_status read_options(pp__run *run, const settings *s, pp_curve_options *o,
                              pp_error *err) {
    const pp_study_model *model = model_of(run->study, s);
    const char *baseline = model ? pp__run_baseline(model) : NULL;
    const char *keep = join(run, s->keep, NULL);
    PP_NEED(keep, err);
    if (baseline) {
        keep = pp_arena_printf(&run->arena, "%s%s%s", baseline, *keep ? "," : "", keep);
    }
    *o = (pp_curve_options){.focus = join(run, s->focus, s->reversed),
                            .controls = join(run, s->controls, NULL),
                            .keep = keep,
                            .models = join(run, s->models, NULL),
                            .lags = join(run, s->lags, NULL),
                            .vcovs = s->vcov,
                            .unit = "unit",
                            .time = "year",
                            .ssc = model ? model->ssc : NULL,
                            .scale = s->scale,
                            .most = s->most,
                            .draws = s->draws,
                            .test_most = s->draws > 0 ? s->tested : 0,
                            .seed = (uint64_t)run->study->seed};
    if (!o->focus || !o->controls || !o->models || !o->lags || !keep) {
        PP_FAIL(err, PP_E_MEMORY, "out of memory");
    }
    o->models = *o->models ? o->models : "logit";
    o->lags = *o->lags ? o->lags : "0";
    return read_choices(run, s, o, err);
}

/* A panel for each rule. */
static pp_status read_panels(pp__run *run, const settings *s, pp_curve_data **data,
                             int *n, pp_error *err) {
    const pp_study_model *model = model_of(run->study, s);
    if (!model) {
        PP_FAIL(err, PP_E_INPUT, "the study has no models");
    }
    const char *const own[] = {model->rule, NULL};
    const char *const *rules = s->rules && *s->rules ? s->rules : own;
    *data = pp_arena_zalloc(&run->arena, count_names(rules, 1), sizeof **data);
    PP_NEED(*data, err);
    for (*n = 0; rules[*n]; ++*n) {
        const pp__run_panel *panel;
        pp_study_model other = *model;
        other.rule = rules[*n];
        PP_TRY(pp__run_get_panel(run, &other, other.supplier_unknown, other.not_searched,
                                 &panel, err));
        (*data)[*n] = (pp_curve_data){rules[*n], panel->panel};
    }
    return PP_OK;
}

static pp_status run_curve(pp__run *run, const void *payload, pp_result **out,
                           pp_error *err) {
    const settings *s = payload;
    pp_curve_options options;
    pp_curve_data *data;
    int n = 0;
    PP_TRY(read_options(run, s, &options, err));
    PP_TRY(read_panels(run, s, &data, &n, err));
    const char *formula = pp_arena_printf(&run->arena, "event_latest ~ %s", s->focus[0]);
    PP_NEED(formula, err);
    return pp_curve(formula, data, n, &options, run->ctx, out, err);
}

/* ---- the answer ---- */

static double cell(const pp_result *result, const char *table, const char *column,
                   int64_t row) {
    return pp_table_find(pp_result_find(result, table), column)->number[row];
}

/* Which dimension explains most of the variance; NULL: there is none. */
static const char *moves_most(const pp_result *result, double *share) {
    const pp_table *t = pp_result_find(result, "curve_dimensions");
    int64_t most = -1;
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        double own = cell(result, "curve_dimensions", "shapley", i);
        most = most < 0 || own > cell(result, "curve_dimensions", "shapley", most) ? i
                                                                                   : most;
    }
    *share = most < 0 ? NAN : cell(result, "curve_dimensions", "shapley", most);
    return most < 0 ? NULL : pp_column_get_text(pp_table_find(t, "dimension"), most);
}

static pp_status write_answer(const pp_result *result, pp_buf *words, pp_error *err) {
    double share,
        up = cell(result, "curve_summary", "share_positive", 0),
        sure_up = cell(result, "curve_summary", "share_significant_positive", 0),
        sure_down = cell(result, "curve_summary", "share_significant_negative", 0);
    const char *most = moves_most(result, &share);
    double failed = cell(result, "curve_summary", "failed", 0);
    pp_buf_printf(words,
                  "Of %.0f specifications %.0f%% give a positive effect; %.0f%% of the "
                  "intervals lie above zero, %.0f%% below, and the others hold zero.",
                  cell(result, "curve_summary", "specifications", 0) - failed, 100 * up,
                  100 * sure_up, 100 * sure_down);
    if (failed > 0) {
        pp_buf_printf(words, " %.0f more gave no estimate.", failed);
    }
    if (most && share > 0) {
        pp_buf_printf(words,
                      " What moves the answer most is the choice of %s (%.0f%% of "
                      "the variance).",
                      strcmp(most, "focus") == 0     ? "the measure"
                      : strcmp(most, "outcome") == 0 ? "dates"
                                                     : most,
                      100 * share);
    }
    if (pp_result_find(result, "curve_test")) {
        pp_buf_printf(words,
                      " In %.0f of them together, a median as far from zero comes about "
                      "with probability %.2g when units exchange their histories.",
                      cell(result, "curve_test", "specifications", 0),
                      cell(result, "curve_test", "p_value", 0));
    }
    return pp_buf_check(words, err);
}

static pp_status answer(pp__run *run, const void *payload, const pp_result *result,
                        pp_error *err) {
    const settings *s = payload;
    pp__answer a = pp__answer_blank();
    pp_buf words;
    pp_buf_init(&words);
    pp_status status = write_answer(result, &words, err);
    a.id = "curve";
    a.question = s->question ? s->question : "Does the answer hang on how it is asked?";
    a.answer = words.data;
    a.factor = s->focus[1] ? NULL : pp__run_label(run, s->focus[0]);
    a.scale = "probability a year, for one standard deviation";
    a.verdict = "described";
    a.estimate = cell(result, "curve_summary", "median", 0);
    status = status == PP_OK ? pp__run_answer(run, &a, err) : status;
    pp_buf_clear(&words);
    return status;
}

static const char *const tables[] = {"curve_choices", "curve_dimensions", "curve_test",
                                     "curve_failures", NULL};

const pp__analysis pp__analysis_curve = {
    .name = "curve",
    .command = "curve",
    .title = "Does the answer hang on how it is asked?",
    .about =
        "Every combination of the defensible choices is estimated: adoption rule, rule "
        "of dates, sample, model, measure and controls. Effects are average marginal "
        "effects of one standard deviation (of 0 to 1). What counts is the whole curve: "
        "how many effects lie on one side, how many of their intervals hold zero, which "
        "choice moves them. Specifications share their data, so that a hundred of them "
        "are no hundred studies; the joint test takes that into account by exchanging "
        "whole histories of the measures between countries. It asks whether all "
        "specifications together are compatible with no effect anywhere, not whether an "
        "effect is causal.",
    .format = &format,
    .check = check,
    .describe = describe,
    .run = run_curve,
    .answer = answer,
    .tables = tables,
};
