#include "base/check.h"
#include "study/run.h"

#include <pushpull/impute.h>
#include <pushpull/text.h>

#include <string.h>

pp_status pp__run_get_panel(pp__run *run, const pp_study_model *model,
                            const char *supplier_unknown, const char *not_searched,
                            const pp__run_panel **out, pp_error *err) {
    const char *rule = model ? model->rule : run->study->panel.outcome;
    for (int i = 0; i < run->n_panels; i++) {
        const pp__run_panel *p = &run->panels[i];
        if (strcmp(p->rule, rule) == 0 &&
            strcmp(p->supplier_unknown, supplier_unknown) == 0 &&
            strcmp(p->not_searched, not_searched) == 0) {
            *out = p;
            return PP_OK;
        }
    }
    if (run->n_panels == PP_RUN_PANELS) {
        PP_FAIL(err, PP_E_INPUT, "the study needs more than %d different panels",
                PP_RUN_PANELS);
    }
    pp__run_panel *p = &run->panels[run->n_panels];
    *p = (pp__run_panel){rule, supplier_unknown, not_searched, NULL, NULL};
    pp_panel_spec spec = pp_study_panel(run->study, model);
    spec.supplier_unknown = supplier_unknown;
    spec.not_searched = not_searched;
    PP_TRY(pp_panel_build(&spec, run->adoptions[pp__run_rule_index(run, rule)],
                          run->indicators, run->gazetteer, run->ctx, &p->panel,
                          &p->report, err));
    run->n_panels++;
    *out = p;
    return PP_OK;
}

pp_status pp__run_headline_panel(pp__run *run, const pp__run_panel **out, pp_error *err) {
    const pp_study_model *model = pp__run_headline(run);
    return pp__run_get_panel(
        run, model, model ? model->supplier_unknown : run->study->panel.supplier_unknown,
        model ? model->not_searched : run->study->panel.not_searched, out, err);
}

static void add_response(pp_buf *out, const char *dates) {
    if (strcmp(dates, "interval") == 0) {
        pp_buf_add(out, "Surv(lo, hi, type=interval)");
    } else {
        pp_buf_printf(out, "event_%s", dates);
    }
}

static void add_baseline(pp_buf *out, const char *baseline) {
    if (strcmp(baseline, "linear") == 0) {
        pp_buf_add(out, " + duration");
    } else if (strcmp(baseline, "quadratic") == 0) {
        pp_buf_add(out, " + duration + I(duration^2)");
    } else if (strcmp(baseline, "years") == 0) {
        pp_buf_add(out, " + factor(year)");
    }
}

const char *pp__run_baseline(const pp_study_model *model) {
    return strcmp(model->baseline, "linear") == 0      ? "duration"
           : strcmp(model->baseline, "quadratic") == 0 ? "duration,I(duration^2)"
           : strcmp(model->baseline, "years") == 0     ? "factor(year)"
                                                       : NULL;
}

pp_status pp__run_formula(const pp_study_model *model, const char *const *terms,
                          pp_buf *out, pp_error *err) {
    add_response(out, model->dates);
    pp_buf_add(out, " ~ 1");
    add_baseline(out, model->baseline);
    for (terms = terms ? terms : model->terms; *terms; terms++) {
        pp_buf_printf(out, " + %s", *terms);
    }
    return pp_buf_check(out, err);
}

pp_model_options pp__run_model_options(const pp_study_model *model) {
    return (pp_model_options){
        .model = model->model,
        .link = model->link,
        .vcov = model->vcov,
        .ssc = model->ssc,
        .unit = "unit",
        .time = "year",
        .where = model->where,
        .level = 0.95, /* as the rule of the verdicts asks */
    };
}

/* The variables of all models help to impute those of one. */
static pp_status fit_imputed(pp__run *run, const pp_study_model *model,
                             const char *formula, const pp_model_options *options,
                             const pp_table *panel, pp_result **result, pp_error *err) {
    pp_buf columns;
    pp_buf_init(&columns);
    for (int64_t i = 0; i < run->study->n_models; i++) {
        const char *const *term = run->study->models[i].terms;
        for (; *term; term++) {
            if (pp_table_find(panel, *term)) {
                pp_buf_printf(&columns, "%s%s", columns.length ? "," : "", *term);
            }
        }
    }
    pp_impute_options impute = {.m = (int)model->impute,
                                .columns = columns.data,
                                .seed = (uint64_t)run->study->seed};
    pp_status status = pp_buf_check(&columns, err);
    if (status == PP_OK) {
        status = pp_model_fit_imputed(formula, panel, options, &impute, "sd", run->ctx,
                                      result, err);
    }
    pp_buf_clear(&columns);
    return status;
}

/* An imputed model has no fit of its own. */
static pp_status fit_formula(pp__run *run, const pp_study_model *model,
                             const char *formula, const pp_table *panel, pp_fit **fit,
                             pp_result **result, pp_error *err) {
    pp_model_options options = pp__run_model_options(model);
    if (model->impute > 0) {
        PP_TRY(fit_imputed(run, model, formula, &options, panel, result, err));
        return pp_result_note_text(*result, "formula", formula, err);
    }
    PP_TRY(pp_model_fit(formula, panel, &options, run->ctx, fit, err));
    PP_TRY(pp_fit_result(*fit, result, err));
    PP_TRY(pp_result_note_text(*result, "formula", formula, err));
    return pp_fit_margins(*fit, "sd", *result, err);
}

pp_status pp__run_fit_model(pp__run *run, const pp_study_model *model,
                            const pp_table *panel, pp_fit **fit, pp_result **result,
                            pp_error *err) {
    *fit = NULL;
    *result = NULL;
    pp_buf formula;
    pp_buf_init(&formula);
    pp_status status = pp__run_formula(model, NULL, &formula, err);
    if (status == PP_OK) {
        status = fit_formula(run, model, formula.data, panel, fit, result, err);
    }
    pp_buf_clear(&formula);
    if (status != PP_OK) {
        pp_fit_free(*fit);
        pp_result_free(*result);
        *fit = NULL;
        *result = NULL;
    }
    return status;
}

/* A model that the data cannot carry is told of and does not stop the study: what was found
   without it still stands, and its findings say that there is no estimate. */
static pp_status skip_or_fail(pp__run *run, const pp_study_model *model, pp_status status,
                              pp_error *err) {
    if (status == PP_E_MEMORY || status == PP_E_CANCELLED || status == PP_E_INTERNAL) {
        return status;
    }
    pp_error reason = err ? *err : (pp_error){0};
    return pp_result_warn(run->out, "model_failed", model->name, -1, err,
                          "the model '%s' cannot be estimated: %s", model->name,
                          reason.message);
}

/* Fits the model unless it is fitted. */
static pp_status need_fit(pp__run *run, int64_t i, const pp_table **panel,
                          pp_error *err) {
    const pp_study_model *model = &run->study->models[i];
    const pp__run_panel *p;
    run->fits[i].model = model;
    PP_TRY(pp__run_get_panel(run, model, model->supplier_unknown, model->not_searched, &p,
                             err));
    if (panel) {
        *panel = p->panel;
    }
    if (run->fits[i].result) {
        return PP_OK;
    }
    PP_TRY(pp_progress(run->ctx, model->name, -1, err));
    return pp__run_fit_model(run, model, p->panel, &run->fits[i].fit,
                             &run->fits[i].result, err);
}

pp_status pp__run_get_fit(pp__run *run, const char *name, const pp__run_fit **out,
                          const pp_table **panel, pp_error *err) {
    const pp_study_model *model =
        name ? pp_study_find_model(run->study, name) : pp__run_headline(run);
    if (!model) {
        PP_FAIL(err, PP_E_INPUT, "the study has no models");
    }
    PP_TRY(need_fit(run, model - run->study->models, panel, err));
    *out = pp__run_find_fit(run, model);
    if (!(*out)->fit) {
        pp_error_set(err, PP_E_INPUT, "the model '%s' is imputed and has no single fit",
                     model->name);
        pp_error_hint(err, "name a model without impute");
        return PP_E_INPUT;
    }
    return PP_OK;
}

pp_status pp__run_models(pp__run *run, pp_error *err) {
    for (int64_t i = 0; i < run->study->n_models; i++) {
        pp_status status = need_fit(run, i, NULL, err);
        if (status != PP_OK) {
            PP_TRY(skip_or_fail(run, &run->study->models[i], status, err));
        }
    }
    return PP_OK;
}
