/* Who is next, and how well it could have been told. */
#include <pushpull/forecast.h>

#include "base/check.h"
#include "drivers/forecast_parts.h"
#include "model/estimator.h"

#include <math.h>
#include <string.h>

const char *const pp__rival_names[PP__RIVALS] = {"model", "base_rate", "region_only"};

/* ---- options ---- */

static pp_status out_of_range(const char *option, const char *value, const char *hint,
                              pp_error *err) {
    pp_error_set(err, PP_E_ARGUMENT, "option %s is out of range", option);
    pp_error_locate(err, NULL, 0, option, value);
    pp_error_hint(err, "%s", hint);
    return PP_E_ARGUMENT;
}

static pp_status choose_word(const char **value, const char *option,
                             const char *const words[3], const char *hint,
                             pp_error *err) {
    *value = *value ? *value : words[0];
    for (int i = 0; i < 3 && words[i]; i++) {
        if (strcmp(*value, words[i]) == 0) {
            return PP_OK;
        }
    }
    return out_of_range(option, *value, hint, err);
}

static pp_status settle_options(pp__forecast *f) {
    static const char *const DATES[3] = {"latest", "midpoint", "earliest"};
    static const char *const COVARIATES[3] = {"row", "held", NULL};
    static const char *const CLUSTERS[3] = {"unit", "time", "none"};
    pp_forecast_options *o = &f->options;
    o->horizon = o->horizon == 0 ? 1 : o->horizon;
    o->draws = o->draws == 0 ? 1000 : o->draws;
    o->smallest_gain = o->smallest_gain == 0 ? 0.02 : o->smallest_gain;
    o->bins = o->bins == 0 ? 10 : o->bins;
    if (o->horizon < 1 || o->horizon > 20) {
        return out_of_range("horizon", NULL, "1 to 20 periods", f->err);
    }
    if (o->draws < 100 || o->draws > 1000000) {
        return out_of_range("draws", NULL, "100 to 1000000", f->err);
    }
    if (!(o->smallest_gain > 0 && o->smallest_gain < 1)) {
        return out_of_range("smallest_gain", NULL, "a share between 0 and 1", f->err);
    }
    if (o->bins < 2 || o->bins > 1000) {
        return out_of_range("bins", NULL, "2 to 1000", f->err);
    }
    PP_TRY(
        choose_word(&o->dates, "dates", DATES, "latest, midpoint or earliest", f->err));
    PP_TRY(choose_word(&o->covariates, "covariates", COVARIATES, "row or held", f->err));
    return choose_word(&o->cluster, "cluster", CLUSTERS, "unit, time or none", f->err);
}

/* ---- the model ---- */

static pp_status check_model(const pp__forecast *f) {
    static const char *const KNOWN[] = {"logit", "probit", "cloglog", "firth", "hazard"};
    const char *model = f->model.model ? f->model.model : "";
    if (f->model.weights) {
        pp_error_set(f->err, PP_E_UNSUPPORTED, "forecasts take no weights");
        pp_error_locate(f->err, NULL, 0, "weights", f->model.weights);
        return PP_E_UNSUPPORTED;
    }
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++) {
        if (strcmp(model, KNOWN[i]) == 0) {
            return PP_OK;
        }
    }
    const pp_estimator *estimator;
    PP_TRY(pp__estimator_find(model, &estimator, f->err));
    pp_error_set(f->err, PP_E_UNSUPPORTED,
                 "model '%s' gives no yearly probability of a "
                 "first adoption that could be forecast",
                 model);
    pp_error_locate(f->err, NULL, 0, "model", model);
    pp_error_hint(f->err, "there are: logit, probit, cloglog, firth, hazard");
    return PP_E_UNSUPPORTED;
}

static int is_outcome(const pp__formula *f, const char *name) {
    const pp__node *nodes[] = {f->outcome, f->lo, f->hi};
    for (int i = 0; i < 3; i++) {
        if (nodes[i] && strcmp(nodes[i]->text, name) == 0) {
            return 1;
        }
    }
    return 0;
}

/* Which rows have all covariates. Outcomes have no say in it: not the fit's levels, which
   separation may have taken away. */
static pp_status mark_complete(pp__forecast *f) {
    const pp__design *d = f->fit->design;
    pp__risk *risk = &f->risk;
    risk->complete = pp_arena_alloc(&f->arena, risk->n, 1);
    PP_NEED(risk->complete, f->err);
    memset(risk->complete, 1, (size_t)risk->n);
    for (int v = 0; v < d->n_variables; v++) {
        const char *name = d->variables[v].name;
        const pp_column *column = pp_table_find(risk->data, name);
        for (int64_t i = 0; !is_outcome(f->formula, name) && i < risk->n; i++) {
            risk->complete[i] &= !pp_column_is_missing(column, i);
        }
    }
    return PP_OK;
}

enum { EVENTS_A_PARAMETER = 10 };

static pp_status check_events(pp__forecast *f) {
    pp__rival rival;
    int k = pp__regressors(f->fit);
    PP_TRY(pp__rival_learn(&f->risk, f->risk.last, &f->arena, &rival, f->err));
    if (rival.events < k && strcmp(f->model.model, "firth") != 0) {
        pp_error_set(
            f->err, PP_E_ESTIMATION,
            "%.0f adoptions in complete rows cannot carry a model of %d parameters",
            rival.events, k);
        pp_error_hint(f->err, "leave terms out, or choose the model firth");
        return PP_E_ESTIMATION;
    }
    return rival.events >= EVENTS_A_PARAMETER * (double)k
               ? PP_OK
               : pp_result_warn(f->result, "few_events", NULL, (int64_t)rival.events,
                                f->err,
                                "%.0f adoptions for %d parameters, %.1f each: below %d "
                                "forecasts tend to be too extreme",
                                rival.events, k, rival.events / k, EVENTS_A_PARAMETER);
}

static pp_status estimate(pp__forecast *f) {
    PP_TRY(pp__formula_parse(f->text, &f->arena, &f->formula, f->err));
    PP_TRY(check_model(f));
    PP_TRY(pp__risk_read(f->formula, f->data, &f->model, &f->options, f->ctx, &f->arena,
                         f->result, &f->risk, f->err));
    f->model.where = NULL; /* these rows are chosen */
    PP_TRY(pp_model_fit(f->text, f->risk.data, &f->model, f->ctx, &f->fit, f->err));
    PP_TRY(pp__future_check(&f->risk, f->fit, f->err));
    PP_TRY(mark_complete(f));
    return check_events(f);
}

/* ---- the whole ---- */

static pp_status put_fit(pp__forecast *f) {
    pp_result *fit;
    PP_TRY(pp_fit_result(f->fit, &fit, f->err));
    pp_status status = pp_result_merge(f->result, fit, "forecast_", f->err);
    pp_result_free(fit);
    return status;
}

static pp_status run(pp__forecast *f) {
    pp__record record = {0};
    PP_TRY(settle_options(f));
    PP_TRY(pp_result_new("forecast", &f->result, f->err));
    PP_TRY(estimate(f));
    pp_status status = pp__forecast_origins(f, &record);
    status = status == PP_OK ? pp__forecast_scores(f, &record) : status;
    status = status == PP_OK ? pp__forecast_rank(f) : status;
    status = status == PP_OK ? pp__forecast_record(f, &record) : status;
    pp__record_clear(&record);
    PP_TRY(status);
    PP_TRY(put_fit(f));
    return pp_result_note_number(f->result, "seed", (double)f->options.seed, f->err);
}

pp_status pp_forecast(const char *formula, const pp_table *data,
                      const pp_model_options *model, const pp_forecast_options *options,
                      const pp_context *ctx, pp_result **out, pp_error *err) {
    static const pp_forecast_options USUAL = {.first_origin = NAN, .last_origin = NAN};
    pp__forecast *f = pp_calloc(1, sizeof *f);
    PP_NEED(f, err);
    f->text = formula;
    f->data = data;
    f->model = model ? *model : (pp_model_options){0};
    f->options = options ? *options : USUAL;
    f->ctx = ctx;
    f->err = err;
    pp_arena_init(&f->arena);
    pp_status status = run(f);
    if (status == PP_OK) {
        *out = f->result;
    } else {
        pp_result_free(f->result);
    }
    pp_fit_free(f->fit);
    pp_table_free(f->risk.data);
    pp_arena_clear(&f->arena);
    pp_free(f);
    return status;
}
