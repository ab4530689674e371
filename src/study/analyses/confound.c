/* How strong an unobserved confounder would have to be to undo what goes with a factor: a model of the
   study as a linear (probability) model. */
#include "base/check.h"
#include "study/analyses/analysis.h"

#include <pushpull/confound.h>

#include <math.h>
#include <string.h>

typedef struct settings {
    const char *model, *treatment;
    const char *const *benchmarks;
    double q, r_max;
} settings;

static const pp__field fields[] = {
    {"treatment", PP__TEXT, PP__AT(settings, treatment), .required = 1},
    {"model", PP__TEXT, PP__AT(settings, model), .refers = PP__TO_MODEL},
    {"benchmarks", PP__NAMES, PP__AT(settings, benchmarks), .nullable = 1},
    {"q", PP__NUMBER, PP__AT(settings, q), .number = 1, .low = 0.01, .high = 10},
    {"r_max", PP__NUMBER, PP__AT(settings, r_max), .low = 0, .high = 1},
};
static const pp__section format =
    PP__FIELDS("the unobserved confounders", fields, sizeof(settings));

static const pp_study_model *model_of(const pp_study *study, const settings *s) {
    return pp_study_find_model(study, s->model ? s->model : study->findings.headline);
}

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    const settings *s = payload;
    const pp_study_model *model = model_of(study, s);
    pp_buf_printf(what, "confounders of %s in '%s'", s->treatment ? s->treatment : "",
                  model ? model->name : "");
}

static int is_linear_able(const pp_study_model *model) {
    static const char *const names[] = {"ols", "logit", "probit", "cloglog"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(model->model, names[i]) == 0) {
            return 1;
        }
    }
    return 0;
}

static pp_status check(const pp_study *study, const void *payload, pp__problems *problems,
                       pp_error *err) {
    static const char field[] = "analyses.confound.model";
    const settings *s = payload;
    const pp_study_model *model = model_of(study, s);
    return !model || is_linear_able(model)
               ? PP_OK
               : pp__problem(problems, pp__study_line(study, field, NULL), field,
                             model->name, "name a logit, probit, cloglog or ols", err,
                             "this model has no outcome that a linear model could have");
}

static pp_status list_benchmarks(pp__run *run, const settings *s, const char **out,
                                 pp_error *err) {
    *out = NULL;
    for (const char *const *name = s->benchmarks; name && *name; name++) {
        *out = *out ? pp_arena_printf(&run->arena, "%s, %s", *out, *name) : *name;
        PP_NEED(*out, err);
    }
    return PP_OK;
}

static pp_status run_confound(pp__run *run, const void *payload, pp_result **out,
                              pp_error *err) {
    const settings *s = payload;
    const pp_study_model *model = model_of(run->study, s);
    const pp__run_fit *fit;
    const pp_table *panel;
    pp_confound_options options = {
        .treatment = s->treatment, .q = s->q, .r_max = s->r_max};
    pp_buf formula;
    PP_TRY(pp__run_get_fit(run, s->model, &fit, &panel, err));
    PP_TRY(list_benchmarks(run, s, &options.benchmarks, err));
    pp_model_options estimation = pp__run_model_options(model);
    estimation.model = "ols";
    estimation.link = NULL;
    pp_buf_init(&formula);
    pp_status status = pp__run_formula(model, NULL, &formula, err);
    if (status == PP_OK) {
        status =
            pp_confound(formula.data, panel, &estimation, &options, run->ctx, out, err);
    }
    pp_buf_clear(&formula);
    return status;
}

/* What it would take to make the estimate insignificant; nothing where it is so already. */
static const char *on_significance(pp__run *run, const pp_table *t) {
    double rv_alpha = pp_table_find(t, "rv_alpha")->number[0];
    double robust = pp_table_find(t, "robust_error")->number[0];
    double size = fabs(pp_table_find(t, "estimate")->number[0]);
    if (rv_alpha == 0 || size < 1.96 * robust) {
        return "it is not told from zero as it is";
    }
    return pp_arena_printf(&run->arena, "%.2g%% of both make it insignificant",
                           100 * rv_alpha);
}

static pp_status answer(pp__run *run, const void *payload, const pp_result *result,
                        pp_error *err) {
    const settings *s = payload;
    const pp_table *t = pp_result_find(result, "confound");
    pp__answer a = pp__answer_blank();
    const char *significance = on_significance(run, t);
    PP_NEED(significance, err);
    const char *words = pp_arena_printf(
        &run->arena,
        "In a linear model something unobserved would have to explain %.2g%% of what the "
        "covariates leave both of %s and of the outcome to take the estimate away; %s. "
        "Whether there is such a thing the data do not tell.",
        100 * pp_table_find(t, "rv")->number[0], pp__run_label(run, s->treatment),
        significance);
    PP_NEED(words, err);
    a.id = "confound";
    a.question = "How strong would an unobserved confounder have to be?";
    a.answer = words;
    a.factor = s->treatment;
    a.scale = "share of what is left";
    a.verdict = "described";
    a.model = model_of(run->study, s)->name;
    return pp__run_answer(run, &a, err);
}

static const char *const tables[] = {"confound", "confound_bounds", "confound_oster",
                                     NULL};

const pp__analysis pp__analysis_confound = {
    .name = "confound",
    .command = "confound",
    .title = "How strong would an unobserved confounder have to be?",
    .about =
        "A model of the study as a linear model: which share of what the covariates "
        "leave of a "
        "factor and of the outcome something unobserved would have to explain to take "
        "away what "
        "goes with the factor, and what would be left beside something as strong as the "
        "covariates (Cinelli and Hazlett 2020). It finds no confounder, and shows of "
        "none that it "
        "is not there.",
    .format = &format,
    .check = check,
    .describe = describe,
    .run = run_confound,
    .answer = answer,
    .tables = tables,
};
