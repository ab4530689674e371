/* What to code next: the value of one more hour of evidence. */
#include "base/check.h"
#include "study/analyses/analysis.h"
#include "study/analyses/panel_of_all.h"

#include <pushpull/worklist.h>

#include <math.h>
#include <string.h>

typedef struct settings {
    const char *model;
    int64_t draws, refits;
    double doubt;
    struct {
        double date, supplier, search, confirmation;
    } hours;
} settings;

static const pp__field hours_fields[] = {
    {"date", PP__NUMBER, PP__AT(settings, hours.date), .low = 0.01, .high = 1000,
     .number = 1},
    {"supplier", PP__NUMBER, PP__AT(settings, hours.supplier), .low = 0.01, .high = 1000,
     .number = 1},
    {"search", PP__NUMBER, PP__AT(settings, hours.search), .low = 0.01, .high = 1000,
     .number = 2},
    {"confirmation", PP__NUMBER, PP__AT(settings, hours.confirmation), .low = 0.01,
     .high = 1000, .number = 1},
};
static const pp__section hours = PP__FIELDS("the hours of coding", hours_fields, 0);

static const pp__field fields[] = {
    {"model", PP__TEXT, PP__AT(settings, model), .refers = PP__TO_MODEL},
    {"draws", PP__INTEGER, PP__AT(settings, draws), .low = 2, .high = 10000,
     .number = 20},
    {"refits", PP__INTEGER, PP__AT(settings, refits), .low = 0, .high = 10000,
     .number = 200},
    {"doubt", PP__NUMBER, PP__AT(settings, doubt), .low = 0.001, .high = 0.999,
     .number = 0.2},
    {"hours", PP__SECTION, .section = &hours},
};
static const pp__section format =
    PP__FIELDS("what to code next", fields, sizeof(settings));

static const char *model_name(const pp_study *study, const settings *s) {
    return s->model ? s->model : study->findings.headline;
}

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    const settings *s = payload;
    const char *model = model_name(study, s);
    pp_buf_printf(what, "what coding would do to the findings of '%s', %d draws",
                  model ? model : "", (int)s->draws);
}

/* The variables that the findings ask of this model; NULL: none, so all of its numbers. */
static pp_status find_variables(pp__run *run, const char *model, const char ***out,
                                pp_error *err) {
    const pp_study *study = run->study;
    int64_t n = study->findings.n_questions, m = 0;
    const char **names = pp_arena_zalloc(&run->arena, n + 1, sizeof *names);
    PP_NEED(names, err);
    for (int64_t i = 0; i < n; i++) {
        const pp_study_question *q = &study->findings.questions[i];
        if (model && strcmp(q->model, model) == 0) {
            names[m++] = q->variable;
        }
    }
    *out = m > 0 ? names : NULL;
    return PP_OK;
}

static pp_status run_next(pp__run *run, const void *payload, pp_result **out,
                          pp_error *err) {
    const settings *s = payload;
    const pp_study *study = run->study;
    const pp__run_fit *fit;
    pp_worklist_options options = {.unit = "unit",
                                   .time = "year",
                                   .doubt = s->doubt,
                                   .hours_date = s->hours.date,
                                   .hours_supplier = s->hours.supplier,
                                   .hours_search = s->hours.search,
                                   .hours_confirmation = s->hours.confirmation,
                                   .draws = s->draws,
                                   .refits = s->refits,
                                   .seed = (uint64_t)study->seed};
    pp_table *panel = NULL, *candidates = NULL;
    const char **variables = NULL;
    if (strcmp(study->panel.unit, "country") != 0) {
        PP_FAIL(err, PP_E_UNSUPPORTED,
                "what to code next is known of countries, and the panel's unit is '%s'",
                study->panel.unit);
    }
    PP_TRY(pp__run_get_fit(run, s->model, &fit, NULL, err));
    PP_TRY(find_variables(run, fit->model->name, &variables, err));
    options.variables = variables;
    pp_status status = pp_worklist_candidates(
        run->adoptions[pp__run_rule_index(run, fit->model->rule)], run->claims,
        run->sources, study->panel.exclude, (int)study->panel.years[0],
        (int)study->panel.years[1], &candidates, err);
    if (status == PP_OK) {
        status = pp__run_panel_of_all(run, fit->model, &panel, err);
    }
    if (status == PP_OK) {
        status = pp_worklist(fit->fit, panel, candidates, &options, run->ctx, out, err);
    }
    pp_table_free(candidates);
    pp_table_free(panel);
    return status;
}

/* ---- in words ---- */

static double cell(const pp_table *t, const char *name, int64_t row) {
    return pp_table_find(t, name)->number[row];
}

static const char *text(const pp_table *t, const char *name, int64_t row) {
    const char *value = pp_column_get_text(pp_table_find(t, name), row);
    return value ? value : "";
}

/* The row of `next_totals` for all findings and the first ten, or fewer. */
static int64_t total_row(const pp_table *totals) {
    int64_t found = 0;
    for (int64_t row = 0; row < pp_table_rows(totals); row++) {
        if (strcmp(text(totals, "question", row), "all") == 0 &&
            cell(totals, "coded", row) <= 10) {
            found = row;
        }
    }
    return found;
}

static pp_status answer(pp__run *run, const void *payload, const pp_result *result,
                        pp_error *err) {
    const settings *s = payload;
    const pp_table *next = pp_result_find(result, "next");
    const pp_table *totals = pp_result_find(result, "next_totals");
    int64_t row = total_row(totals);
    pp__answer a = pp__answer_blank();
    a.answer = pp_arena_printf(
        &run->arena,
        "Most for an hour: %s (%s). The first %.0f of the list, in about %.0f hours, "
        "would "
        "narrow the findings' intervals by %.0f%% on average. That is precision alone; "
        "it says nothing of claims that may turn out wrong.",
        text(next, "name", 0), text(next, "field", 0), cell(totals, "coded", row),
        cell(totals, "hours", row), 100 * cell(totals, "expected_reduction", row));
    PP_NEED(a.answer, err);
    a.id = "next";
    a.question = "What should be coded next?";
    a.factor = text(next, "unit", 0);
    a.scale = "share of the intervals' widths";
    a.verdict = "described";
    a.model = model_name(run->study, s);
    a.estimate = cell(totals, "expected_reduction", row);
    return pp__run_answer(run, &a, err);
}

static const char *const tables[] = {"next_totals", NULL};

const pp__analysis pp__analysis_next = {
    .name = "next",
    .command = "next",
    .title = "What to code next",
    .about =
        "For each place with something unknown - the year, the supplier, whether anyone "
        "has searched, whether a lone claim is right - the model says what coding it "
        "may reveal and how likely each of that is; each is put into the likelihood, and "
        "the mean narrowing of the findings' intervals is the place's value. The whole "
        "list, with claims and pages to open first, is in tables/next.csv. It is a value "
        "for precision alone: evidence against a claim, or against the model, is worth "
        "more than any narrower interval. That a search finds what there is, with its "
        "year, is assumed.",
    .format = &format,
    .describe = describe,
    .run = run_next,
    .answer = answer,
    .tables = tables,
};
