/* What if? Indicators or variables are changed, the panel is made again on the same units, and the
   model tells the adoptions that it would expect. */
#include "base/check.h"
#include "study/analyses/analysis.h"
#include "table/expression.h"

#include <pushpull/scenario.h>
#include <pushpull/text.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct what_if {
    const char *name;
    int64_t line;
    const char *title, *where;
    const char *const *set;
} what_if;

typedef struct settings {
    const char *model;
    int64_t draws;
    what_if *what_if;
    int64_t n;
} settings;

static const pp__field what_if_fields[] = {
    {"title", PP__TEXT, PP__AT(what_if, title)},
    {"set", PP__NAMES, PP__AT(what_if, set), .required = 1},
    {"where", PP__TEXT, PP__AT(what_if, where)},
};
static const pp__section entry =
    PP__FIELDS("a scenario", what_if_fields, sizeof(what_if));

static const pp__field fields[] = {
    {"model", PP__TEXT, PP__AT(settings, model), .refers = PP__TO_MODEL},
    {"draws", PP__INTEGER, PP__AT(settings, draws), .low = 2, .high = 1000000,
     .number = 1000},
    {"what_if", PP__ENTRIES, PP__AT(settings, what_if), .section = &entry,
     PP__COUNT(settings, n)},
};
static const pp__section format = PP__FIELDS("the scenarios", fields, sizeof(settings));

/* What --set asks for on the command line stands alone. */
static const what_if *asked(const settings *s) {
    for (int64_t i = 0; i < s->n; i++) {
        if (strcmp(s->what_if[i].name, "asked") == 0) {
            return &s->what_if[i];
        }
    }
    return NULL;
}

static const char *title_of(const what_if *w, pp_arena *arena) {
    pp_buf title;
    if (w->title) {
        return w->title;
    }
    pp_buf_init(&title);
    for (const char *const *set = w->set; *set; set++) {
        pp_buf_printf(&title, "%s%s", title.length ? "; " : "", *set);
    }
    if (w->where) {
        pp_buf_printf(&title, " where %s", w->where);
    }
    const char *copy = title.failed || !title.data
                           ? NULL
                           : pp_arena_strndup(arena, title.data, title.length);
    pp_buf_clear(&title);
    return copy;
}

static pp_status check(const pp_study *study, const void *payload, pp__problems *problems,
                       pp_error *err) {
    const settings *s = payload;
    pp_arena arena;
    pp_status status = PP_OK;
    pp_arena_init(&arena);
    for (int64_t i = 0; i < s->n && status == PP_OK; i++) {
        const char *path = pp_arena_printf(&arena, "analyses.scenario.what_if.%s.set",
                                           s->what_if[i].name);
        for (const char *const *set = s->what_if[i].set; path && *set; set++) {
            pp_assignment assignment;
            pp_error problem = {0};
            if (pp_assignment_parse(*set, &arena, &assignment, &problem) != PP_OK) {
                status = pp__problem(problems, pp__study_line(study, path, *set), path,
                                     *set, NULL, err, "%s", problem.message);
            }
        }
    }
    pp_arena_clear(&arena);
    return status;
}

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    const settings *s = payload;
    const char *model = s->model ? s->model : study->findings.headline;
    pp_buf_printf(what, "%d scenarios of '%s', %d draws", (int)s->n, model ? model : "",
                  (int)s->draws);
}

/* ---- does the model depend on it? ---- */

/* A term, or a variable made of it that is: variables use only those before them. */
static int reaches(const pp_study *study, const pp_study_model *model, const char *name,
                   int64_t from) {
    for (const char *const *term = model->terms; *term; term++) {
        if (pp__sql_has_word(*term, name)) {
            return 1;
        }
    }
    for (int64_t i = from; i < study->n_derived; i++) {
        if (pp__sql_has_word(study->derived[i].sql, name) &&
            reaches(study, model, study->derived[i].name, i + 1)) {
            return 1;
        }
    }
    return 0;
}

static pp_status read_sets(pp__run *run, const pp_study_model *model, const what_if *w,
                           pp_panel_spec *spec, pp_error *err) {
    int64_t n = 0;
    while (w->set[n]) {
        n++;
    }
    pp_assignment *set = pp_arena_alloc(&run->arena, n, sizeof *set);
    PP_NEED(set, err);
    for (int64_t i = 0; i < n; i++) {
        PP_TRY(pp_assignment_parse(w->set[i], &run->arena, &set[i], err));
        if ((pp_table_find(run->indicators, set[i].column) ||
             pp_study_find_variable(run->study, set[i].column)) &&
            !reaches(run->study, model, set[i].column, 0)) {
            pp_error_set(err, PP_E_ARGUMENT, "no term of the model '%s' depends on '%s'",
                         model->name, set[i].column);
            pp_error_hint(err, "change one of its variables, or an indicator that one is "
                               "made of; or name another model");
            return PP_E_ARGUMENT;
        }
    }
    spec->changes = set;
    spec->n_changes = n;
    spec->changed_where = w->where;
    return PP_OK;
}

/* ---- one scenario ---- */

static pp_status check_rows(const pp_result *report, const what_if *w, pp_error *err) {
    const pp_table *changed = pp_result_find(report, "changed");
    if (changed && pp_table_find(changed, "rows")->number[0] > 0) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_ARGUMENT, "the condition holds in no row of the indicators");
    pp_error_locate(err, NULL, 0, "where", w->where);
    pp_error_hint(err, "it may use the indicators, the variables before the one that is "
                       "changed, year, name, region and subregion");
    return PP_E_ARGUMENT;
}

static pp_status run_one(pp__run *run, const settings *s, const what_if *w,
                         const pp__run_fit *fit, const pp_table *panel, pp_result **out,
                         pp_error *err) {
    pp_panel_spec spec = pp_study_panel(run->study, fit->model);
    pp_scenario_options options = {.unit = "unit",
                                   .time = "year",
                                   .name = "name",
                                   .region = "region",
                                   .draws = s->draws,
                                   .seed = (uint64_t)run->study->seed};
    pp_table *changed = NULL;
    pp_result *report = NULL;
    PP_TRY(read_sets(run, fit->model, w, &spec, err));
    PP_TRY(pp_panel_build(
        &spec, run->adoptions[pp__run_rule_index(run, fit->model->rule)], run->indicators,
        run->gazetteer, run->ctx, &changed, &report, err));
    pp_status status = check_rows(report, w, err);
    if (status == PP_OK) {
        status = pp_scenario(fit->fit, panel, changed, &options, run->ctx, out, err);
    }
    pp_table_free(changed);
    pp_result_free(report);
    return status;
}

/* ---- all of them in the same tables ---- */

static pp_status run_scenarios(pp__run *run, const void *payload, pp_result **out,
                               pp_error *err) {
    const settings *s = payload;
    const what_if *only = asked(s), *first = only ? only : s->what_if;
    int64_t n = only ? 1 : s->n;
    const pp__run_fit *fit;
    const pp_table *panel;
    if (n == 0) {
        pp_error_set(err, PP_E_ARGUMENT, "the study names no scenario");
        pp_error_hint(err,
                      "ask for one with --set 'homicide_rate = homicide_rate * 0.8', "
                      "or name some under analyses: scenario: what_if:");
        return PP_E_ARGUMENT;
    }
    PP_TRY(pp__run_get_fit(run, s->model, &fit, &panel, err));
    PP_TRY(pp_result_new("scenario", out, err));
    pp_status status = PP_OK;
    for (int64_t i = 0; i < n && status == PP_OK; i++) {
        pp_result *one = NULL;
        const char *title = title_of(&first[i], &run->arena);
        status = title ? run_one(run, s, &first[i], fit, panel, &one, err)
                       : pp_error_set(err, PP_E_MEMORY, "out of memory");
        if (status == PP_OK) {
            status = pp__stack_result(*out, one, "what_if", title, err);
        }
        pp_result_free(one);
    }
    if (status != PP_OK) {
        pp_result_free(*out);
        *out = NULL;
    }
    return status;
}

/* ---- in words ---- */

static double cell(const pp_table *t, const char *name, int64_t row) {
    return pp_table_find(t, name)->number[row];
}

/* With a sign that zero does not have. */
static void signed_number(double x, char out[40]) {
    char digits[32];
    pp_format_significant(fabs(x), 2, digits);
    snprintf(out, 40, "%s%s", strcmp(digits, "0") == 0 ? "" : x < 0 ? "−" : "+", digits);
}

static const char *sentence(pp__run *run, const pp_table *t, int64_t row,
                            const char *title) {
    double low = cell(t, "conf_low", row), high = cell(t, "conf_high", row);
    char difference[40], from[40], to[40];
    signed_number(cell(t, "difference", row), difference);
    signed_number(low, from);
    signed_number(high, to);
    return pp_arena_printf(
        &run->arena,
        "%s: the model expects %.1f adoptions in place of %.1f, a difference of %s (95%% "
        "interval %s to %s)%s An association, no forecast of what doing it would bring.",
        title, cell(t, "scenario", row), cell(t, "baseline", row), difference, from, to,
        low < 0 && high > 0 ? ": too little is known to tell whether more or fewer."
                            : ".");
}

static pp_status answer(pp__run *run, const void *payload, const pp_result *result,
                        pp_error *err) {
    const settings *s = payload;
    const pp_table *t = pp_result_find(result, "scenario");
    for (int64_t row = 0; row < pp_table_rows(t); row++) {
        if (strcmp(pp_column_get_text(pp_table_find(t, "quantity"), row), "all") != 0) {
            continue;
        }
        const char *title = pp_column_get_text(pp_table_find(t, "what_if"), row);
        pp__answer a = pp__answer_blank();
        a.id = pp_arena_printf(&run->arena, "scenario_%lld", (long long)row);
        a.question = pp_arena_printf(&run->arena, "What if: %s?", title);
        a.answer = sentence(run, t, row, title);
        PP_NEED(a.id && a.question && a.answer ? t : NULL, err);
        a.factor = "scenario";
        a.scale = "expected adoptions";
        a.verdict = "described";
        a.model = s->model ? s->model : run->study->findings.headline;
        a.estimate = cell(t, "difference", row);
        a.conf_low = cell(t, "conf_low", row);
        a.conf_high = cell(t, "conf_high", row);
        a.units = cell(t, "units", row);
        PP_TRY(pp__run_answer(run, &a, err));
    }
    return PP_OK;
}

static const char *const tables[] = {"scenario", "scenario_range", NULL};

const pp__analysis pp__analysis_scenario = {
    .name = "scenario",
    .command = "scenario",
    .title = "What if the factors were others?",
    .about =
        "Indicators are changed, the panel is made again on the same places, and the "
        "model tells how many adoptions it would expect over the study's years, as "
        "observed and changed. The same draws of parameters and the same luck of each "
        "place stand behind both lines, so that their difference is no noise. It tells "
        "what the model associates with such a change, all else as observed: no effect "
        "of an intervention, unless the design of a study gives one. Places that have "
        "adopted are played again from their first year.",
    .format = &format,
    .check = check,
    .describe = describe,
    .run = run_scenarios,
    .answer = answer,
    .tables = tables,
};
