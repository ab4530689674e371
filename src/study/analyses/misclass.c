/* A binary model of the study, with the record's errors estimated or known. */
#include "base/check.h"
#include "study/analyses/analysis.h"

#include <pushpull/misclass.h>

#include <string.h>

typedef struct settings {
    const char *model, *positive, *negative, *rates_by, *rates;
    const char *const *focus;
    double most;
} settings;

static const pp__field fields[] = {
    {"model", PP__TEXT, PP__AT(settings, model), .required = 1, .refers = PP__TO_MODEL},
    {"false_positive", PP__TEXT, PP__AT(settings, positive), .text = "0"},
    {"false_negative", PP__TEXT, PP__AT(settings, negative), .text = "free"},
    {"rates_by", PP__TEXT, PP__AT(settings, rates_by)},
    {"rates", PP__TEXT, PP__AT(settings, rates)},
    {"focus", PP__NAMES, PP__AT(settings, focus), .nullable = 1},
    {"profile_most", PP__NUMBER, PP__AT(settings, most), .low = 0, .high = 0.95},
};
static const pp__section format =
    PP__FIELDS("misclassified outcomes", fields, sizeof(settings));

static int is_binary(const pp_study_model *model) {
    return strcmp(model->model, "logit") == 0 || strcmp(model->model, "probit") == 0 ||
           strcmp(model->model, "cloglog") == 0;
}

static pp_status check(const pp_study *study, const void *payload, pp__problems *problems,
                       pp_error *err) {
    const settings *s = payload;
    const pp_study_model *model = s->model ? pp_study_find_model(study, s->model) : NULL;
    pp_misclass_rate rate;
    const char *const text[] = {s->positive, s->negative};
    static const char *const field[] = {"analyses.misclass.false_positive",
                                        "analyses.misclass.false_negative"};
    if (model && !is_binary(model)) {
        PP_TRY(pp__problem(problems,
                           pp__study_line(study, "analyses.misclass.model", NULL),
                           "analyses.misclass.model", s->model,
                           "name a model whose estimator is logit, probit or cloglog",
                           err, "the outcome of this model is not binary"));
    }
    for (int i = 0; i < 2; i++) {
        if (pp_misclass_rate_parse(text[i], &rate, NULL) != PP_OK) {
            PP_TRY(pp__problem(problems, pp__study_line(study, field[i], NULL), field[i],
                               text[i], "0, free, 0.2 or '0.2:0.03'", err,
                               "this is no rate of errors"));
        }
    }
    return PP_OK;
}

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    const settings *s = payload;
    (void)study;
    pp_buf_printf(what, "'%s', false positives %s, false negatives %s",
                  s->model ? s->model : "", s->positive, s->negative);
}

static int has_term(const pp_study_model *model, const char *name) {
    for (const char *const *term = model->terms; *term; term++) {
        if (strcmp(*term, name) == 0) {
            return 1;
        }
    }
    return 0;
}

/* What is stated, or what the findings ask about and the model has; with commas. */
static pp_status list_focus(pp__run *run, const settings *s, const pp_study_model *model,
                            const char **out, pp_error *err) {
    const char *list = NULL;
    for (const char *const *name = s->focus; name && *name; name++) {
        list = pp_arena_printf(&run->arena, "%s%s%s", list ? list : "", list ? "," : "",
                               *name);
        PP_NEED(list, err);
    }
    for (int64_t i = 0;
         !(s->focus && s->focus[0]) && i < run->study->findings.n_questions; i++) {
        const char *name = run->study->findings.questions[i].variable;
        if (has_term(model, name)) {
            list = pp_arena_printf(&run->arena, "%s%s%s", list ? list : "",
                                   list ? "," : "", name);
            PP_NEED(list, err);
        }
    }
    *out = list;
    return PP_OK;
}

static pp_status run_misclass(pp__run *run, const void *payload, pp_result **out,
                              pp_error *err) {
    const settings *s = payload;
    const pp_study_model *model = pp_study_find_model(run->study, s->model);
    const pp__run_fit *fit;
    const pp_table *panel;
    PP_TRY(pp__run_get_fit(run, s->model, &fit, &panel, err));
    pp_model_options estimation = pp__run_model_options(model);
    pp_misclass_options options = {
        .rates_by = s->rates_by, .rates = s->rates, .profile_most = s->most};
    estimation.link = model->model;
    PP_TRY(pp_misclass_rate_parse(s->positive, &options.false_positive, err));
    PP_TRY(pp_misclass_rate_parse(s->negative, &options.false_negative, err));
    PP_TRY(list_focus(run, s, model, &options.focus, err));
    pp_buf formula;
    pp_buf_init(&formula);
    pp_status status = pp__run_formula(model, NULL, &formula, err);
    if (status == PP_OK) {
        status =
            pp_misclass(formula.data, panel, &estimation, &options, run->ctx, out, err);
    }
    pp_buf_clear(&formula);
    pp_table *profile = status == PP_OK ? pp_result_find(*out, "misclass_profile") : NULL;
    if (profile) {
        status = pp__run_put_labels(run, profile, "term", err);
        if (status != PP_OK) {
            pp_result_free(*out);
            *out = NULL;
        }
    }
    return status;
}

static const char *const tables[] = {"coefficients", NULL};

const pp__analysis pp__analysis_misclass = {
    .name = "misclass",
    .command = "misclass",
    .title = "If years of adoption are recorded wrongly",
    .about =
        "The model with rates of false negatives and false positives beside its "
        "coefficients (Hausman, Abrevaya & Scott-Morton 1998). Free rates are identified "
        "by the form of the link alone, which is little: read which rates the data "
        "allow, and what the coefficients are over all of these, not the optimum. A "
        "false negative here is a year of adoption recorded as one without; that an "
        "adopter nobody saw stays one for ever is what the tipping points are for.",
    .format = &format,
    .check = check,
    .describe = describe,
    .run = run_misclass,
    .tables = tables,
};
