/* How much hangs on dates that are known as intervals. */
#include "base/check.h"
#include "study/analyses/analysis.h"

#include <pushpull/dates.h>

#include <string.h>

typedef struct settings {
    const char *model;
    const char *const *terms;
    int64_t imputations;
} settings;

static const pp__field fields[] = {
    {"model", PP__TEXT, PP__AT(settings, model), .refers = PP__TO_MODEL},
    {"terms", PP__NAMES, PP__AT(settings, terms), .refers = PP__TO_VARIABLE},
    {"imputations", PP__INTEGER, PP__AT(settings, imputations), .low = 2, .high = 1000,
     .number = 20},
};
static const pp__section format = PP__FIELDS("uncertain dates", fields, sizeof(settings));

static const pp_study_model *model_of(const pp_study *study, const settings *s) {
    return pp_study_find_model(study, s->model ? s->model : study->findings.headline);
}

static pp_status check(const pp_study *study, const void *payload, pp__problems *problems,
                       pp_error *err) {
    const settings *s = payload;
    const pp_study_model *model = model_of(study, s);
    const char *field = "analyses.dates.model";
    if (!model || strcmp(model->dates, "interval") == 0) {
        return PP_OK;
    }
    return pp__problem(
        problems, pp__study_line(study, field, NULL), field, model->name, NULL, err,
        "the dates of this model are '%s'; take one with dates: interval", model->dates);
}

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    const settings *s = payload;
    const pp_study_model *model = model_of(study, s);
    pp_buf_printf(what, "dates of '%s' by five rules, %d imputations",
                  model ? model->name : "", (int)s->imputations);
}

static int has_term(const pp_study_model *model, const char *name) {
    const char *const *term = model->terms;
    while (*term && strcmp(*term, name) != 0) {
        term++;
    }
    return *term != NULL;
}

/* What is told of: the settings' terms, else what the findings ask for, else ("") all. */
static const char *choose_terms(pp__run *run, const settings *s,
                                const pp_study_model *model) {
    const char *list = "";
    for (const char *const *term = s->terms; list && *term; term++) {
        list = pp_arena_printf(&run->arena, "%s%s%s", list, *list ? "," : "", *term);
    }
    for (int64_t q = 0; list && !s->terms[0] && q < run->study->findings.n_questions;
         q++) {
        const char *name = run->study->findings.questions[q].variable;
        if (has_term(model, name)) {
            list = pp_arena_printf(&run->arena, "%s%s%s", list, *list ? "," : "", name);
        }
    }
    return list;
}

static pp_status run_dates(pp__run *run, const void *payload, pp_result **out,
                           pp_error *err) {
    const settings *s = payload;
    const pp_study_model *model = model_of(run->study, s);
    const pp__run_panel *panel;
    pp_buf formula;
    const char *terms = choose_terms(run, s, model);
    PP_NEED(terms, err);
    PP_TRY(pp__run_get_panel(run, model, model->supplier_unknown, model->not_searched,
                             &panel, err));
    pp_model_options estimation = pp__run_model_options(model);
    pp_dates_options options = {.imputations = (int)s->imputations,
                                .terms = *terms ? terms : NULL,
                                .seed = (uint64_t)run->study->seed};
    pp_buf_init(&formula);
    pp_status status = pp__run_formula(model, NULL, &formula, err);
    if (status == PP_OK) {
        status = pp_dates(formula.data, panel->panel, &estimation, &options, run->ctx,
                          out, err);
    }
    pp_buf_clear(&formula);
    return status;
}

static pp_status answer(pp__run *run, const void *payload, const pp_result *result,
                        pp_error *err) {
    const pp_study_model *model = model_of(run->study, payload);
    pp__answer a = pp__answer_blank();
    a.id = "dates";
    a.question = "How much hangs on dates that are not known to the year?";
    a.verdict = "described";
    a.model = model->name;
    for (int i = 0; i < pp_result_tables(result); i++) {
        if (strcmp(pp_result_table_name(result, i), "dates_spread") == 0) {
            a.answer = pp_result_table_note(result, i);
        }
    }
    return a.answer ? pp__run_answer(run, &a, err) : PP_OK;
}

static const char *const tables[] = {"dates_spread", "dates", NULL};

const pp__analysis pp__analysis_dates = {
    .name = "dates",
    .command = "drivers",
    .title = "Uncertain dates: how much hangs on them",
    .about =
        "Most adoptions are known to have begun within some years, not in one. The "
        "same model is estimated from the intervals as they are, with every adoption "
        "at its earliest, its latest and its middle year, and with years drawn within "
        "the intervals from the model itself (multiple imputation, pooled by Rubin's "
        "rules). The first is the one to believe; the last should agree with it; the "
        "other three show what pretending to know the year would have done. Effects "
        "of all five are averages over the same country-years.",
    .format = &format,
    .check = check,
    .describe = describe,
    .run = run_dates,
    .answer = answer,
    .tables = tables,
};
