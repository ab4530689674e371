#include "unseen/misclass_rates.h"

#include "base/check.h"
#include "model/estimator.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAX_GROUPS = 20 };

/* ---- options ---- */

static pp_status wrong_rate(const char *text, pp_error *err) {
    pp_error_set(err, PP_E_ARGUMENT, "a rate of errors is out of range");
    pp_error_locate(err, NULL, 0, "rate", text);
    pp_error_hint(err, "write 0, free, 0.2 or, with its standard error, 0.2:0.03");
    return PP_E_ARGUMENT;
}

pp_status pp_misclass_rate_parse(const char *text, pp_misclass_rate *out, pp_error *err) {
    char first[64];
    size_t n = strcspn(text, ":");
    *out = (pp_misclass_rate){0};
    if (strcmp(text, "free") == 0) {
        out->free = 1;
        return PP_OK;
    }
    if (n >= sizeof first) {
        return wrong_rate(text, err);
    }
    memcpy(first, text, n);
    first[n] = '\0';
    if (!pp_parse_number(first, &out->value) ||
        (text[n] && !pp_parse_number(text + n + 1, &out->std_error)) ||
        !(out->value >= 0 && out->value < 1 && out->std_error >= 0 &&
          out->std_error < 1)) {
        return wrong_rate(text, err);
    }
    return PP_OK;
}

static pp_status check_options(const pp_misclass_options *o, pp_error *err) {
    const pp_misclass_rate *a0 = &o->false_positive, *a1 = &o->false_negative;
    double known = (a0->free ? 0 : a0->value) + (a1->free ? 0 : a1->value);
    int asked = (o->rates_by != NULL) + (o->rates != NULL);
    if (!(known >= 0 && known < 1) || !(o->profile_most >= 0 && o->profile_most < 1)) {
        return wrong_rate(NULL, err);
    }
    if (asked == 2 || (asked && !a0->free && !a1->free)) {
        pp_error_set(err, PP_E_ARGUMENT,
                     asked == 2 ? "rates are asked for by group and by a formula"
                                : "no rate is free, so that none can depend on anything");
        pp_error_locate(err, NULL, 0, o->rates_by ? "rates-by" : "rates",
                        o->rates_by ? o->rates_by : o->rates);
        pp_error_hint(err, "%s",
                      asked == 2 ? "choose one of them" : "let --false-negative be free");
        return PP_E_ARGUMENT;
    }
    return PP_OK;
}

/* ---- the fits ---- */

static pp_status fit_outcome(pp__misclass_base *base, const char *formula,
                             const pp_table *data, const pp_model_options *options,
                             const char *where, const pp_context *ctx, pp_error *err) {
    pp_model_options o = *options;
    o.model = o.link ? o.link : "logit";
    o.link = NULL;
    o.where = where;
    if (strcmp(o.model, "logit") != 0 && strcmp(o.model, "probit") != 0 &&
        strcmp(o.model, "cloglog") != 0) {
        pp_error_set(err, PP_E_ARGUMENT, "there is no link '%s' here", o.model);
        pp_error_locate(err, NULL, 0, "link", o.model);
        pp_error_hint(err, "logit, probit or cloglog");
        return PP_E_ARGUMENT;
    }
    pp_fit_free(base->fit);
    base->fit = NULL;
    PP_TRY(pp_model_fit(formula, data, &o, ctx, &base->fit, err));
    if (base->fit->design->with.n_effects > 0) {
        pp_error_set(err, PP_E_UNSUPPORTED,
                     "misclassified outcomes do not take fixed effects");
        pp_error_locate(err, NULL, 0, "formula", NULL);
        pp_error_hint(err, "write factor(%s) among the terms",
                      base->fit->design->with.effect[0].label);
        return PP_E_UNSUPPORTED;
    }
    return PP_OK;
}

/* With a constant alone, rates and constant are one number. */
static pp_status check_terms(const pp_fit *fit, const pp_misclass_options *o,
                             pp_error *err) {
    int free = o->false_positive.free || o->false_negative.free;
    if (!free || fit->design->k > fit->design->intercept) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_ESTIMATION,
                 "a model of a constant alone cannot tell rates of errors");
    pp_error_locate(err, NULL, 0, "formula", NULL);
    pp_error_hint(err, "add terms, best ones of many values, or give the rates");
    return PP_E_ESTIMATION;
}

/* A linear model of the same outcome has the columns of the rates. */
static pp_status fit_rates(pp__misclass_base *base, const pp_misclass_options *o,
                           const pp_table *data, const pp_model_options *model,
                           const pp_context *ctx, pp_error *err) {
    const pp_model_options ols = {
        .model = "ols", .unit = model->unit, .time = model->time};
    const char *outcome = base->fit->formula->outcome_label;
    char *text =
        o->rates_by
            ? pp_arena_printf(&base->arena, "%s ~ factor(`%s`) - 1", outcome, o->rates_by)
            : pp_arena_printf(&base->arena, "%s ~ %s", outcome, o->rates);
    PP_NEED(text, err);
    pp_fit_free(base->rates);
    base->rates = NULL;
    PP_TRY(pp_model_fit(text, data, &ols, ctx, &base->rates, err));
    const pp__design *d = base->rates->design;
    if (d->with.n_effects > 0 || (!o->rates_by && !d->intercept)) {
        pp_error_set(err, PP_E_ARGUMENT, "rates need a constant and no fixed effects");
        pp_error_locate(err, NULL, 0, "rates", o->rates);
        return PP_E_ARGUMENT;
    }
    if (o->rates_by && (d->k < 2 || d->k > MAX_GROUPS)) {
        pp_error_set(err, PP_E_INPUT, "rates by %s would be of %d group%s", o->rates_by,
                     d->k, d->k == 1 ? "" : "s");
        pp_error_locate(err, NULL, 0, o->rates_by, NULL);
        pp_error_hint(err, "a column of 2 to %d values", MAX_GROUPS);
        return PP_E_INPUT;
    }
    return PP_OK;
}

/* Both fits on the rows in which the columns of the rates are there. */
static pp_status take_complete(pp__misclass_base *base, const char *formula,
                               const pp_model_options *model,
                               const pp_misclass_options *o, const pp_context *ctx,
                               pp_error *err) {
    const pp_table *data = base->fit->data;
    PP_TRY(fit_rates(base, o, data, model, ctx, err));
    const pp__design *d = base->rates->design;
    int64_t lost = pp_table_rows(data) - d->n;
    if (lost == 0) {
        return PP_OK;
    }
    int64_t *rows = pp_arena_alloc(&base->arena, d->n, sizeof *rows);
    PP_NEED(rows, err);
    for (int64_t i = 0; i < d->n; i++) {
        rows[i] = pp__design_row(d, i);
    }
    PP_TRY(pp_table_take_rows(data, rows, d->n, &base->subset, err));
    PP_TRY(fit_outcome(base, formula, base->subset, model, NULL, ctx, err));
    PP_TRY(pp__notes_drop(&base->fit->notes, "rates missing", "rows",
                          o->rates_by ? o->rates_by : o->rates, lost, err));
    return fit_rates(base, o, base->subset, model, ctx, err);
}

/* ---- columns and names ---- */

/* Column j of the rates, in the rows of the outcome; logistic ones standardised. */
static pp_status gather(pp__misclass_base *base, int j, int logistic, const double **out,
                        pp_error *err) {
    const pp__design *from = base->rates->design, *d = base->fit->design;
    int64_t *place =
        pp_arena_alloc(&base->arena, pp_table_rows(base->rates->data), sizeof *place);
    double *values = pp_arena_alloc(&base->arena, d->n, sizeof *values);
    PP_NEED(place && values ? values : NULL, err);
    for (int64_t i = 0; i < from->n; i++) {
        place[pp__design_row(from, i)] = i;
    }
    double center = logistic ? from->center[j] : 0, scale = logistic ? from->scale[j] : 1;
    for (int64_t i = 0; i < d->n; i++) {
        values[i] = (from->x[j][place[pp__design_row(d, i)]] - center) / scale;
    }
    *out = values;
    return PP_OK;
}

static const char *group_name(pp__misclass_base *base, int j, pp_error *err) {
    const pp__design *d = base->rates->design;
    const pp__atom *atom = &base->rates->formula->atoms[0];
    char space[32];
    const char *name = pp_arena_strdup(
        &base->arena, pp__level_name(&d->variables[atom->node->variable].factor,
                                     d->column[j].level[0], space));
    if (!name) {
        pp_error_set(err, PP_E_MEMORY, "out of memory");
    }
    return name;
}

static pp_status describe(pp__misclass_base *base, const pp_misclass_options *o,
                          pp_error *err) {
    int logistic = o->rates != NULL, m = base->rates ? base->rates->design->k : 1;
    const double **column = pp_arena_alloc(&base->arena, m, sizeof *column);
    const char **name = pp_arena_alloc(&base->arena, m, sizeof *name);
    PP_NEED(column && name ? column : NULL, err);
    for (int j = 0; base->rates && j < m; j++) {
        PP_TRY(gather(base, j, logistic, &column[j], err));
        name[j] =
            logistic ? base->rates->design->column[j].name : group_name(base, j, err);
        PP_NEED(name[j], NULL);
    }
    if (!base->rates) {
        int64_t n = base->fit->design->n;
        double *ones = pp_arena_alloc(&base->arena, n, sizeof *ones);
        PP_NEED(ones, err);
        for (int64_t i = 0; i < n; i++) {
            ones[i] = 1;
        }
        column[0] = ones;
        name[0] = "rate";
    }
    const pp_misclass_rate *asked[] = {&o->false_positive, &o->false_negative};
    for (int r = 0; r < PP__RATES; r++) {
        base->spec.rate[r] = asked[r]->free ? (pp__rate){.m = m, .column = column}
                                            : (pp__rate){.known = asked[r]->value};
        base->spec.name[r] = name;
        base->spec.std_error[r] = asked[r]->free ? 0 : asked[r]->std_error;
    }
    base->spec.of_rates = logistic ? base->rates->design : NULL;
    return PP_OK;
}

pp_status pp__misclass_base_init(pp__misclass_base *base, const char *formula,
                                 const pp_table *data, const pp_model_options *model,
                                 const pp_misclass_options *o, const pp_context *ctx,
                                 pp_error *err) {
    *base = (pp__misclass_base){0};
    pp_arena_init(&base->arena);
    PP_TRY(check_options(o, err));
    PP_TRY(fit_outcome(base, formula, data, model, model->where, ctx, err));
    PP_TRY(check_terms(base->fit, o, err));
    if (o->rates || o->rates_by) {
        base->chosen = base->fit->owned; /* outlives the fit that may be made anew */
        base->fit->owned = NULL;
        PP_TRY(take_complete(base, formula, model, o, ctx, err));
    }
    return describe(base, o, err);
}

void pp__misclass_base_clear(pp__misclass_base *base) {
    pp_fit_free(base->fit);
    pp_fit_free(base->rates);
    pp_table_free(base->subset);
    pp_table_free(base->chosen);
    pp_arena_clear(&base->arena);
}
