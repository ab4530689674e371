/* The factor's effects in each form of each supplier's model. */
#include "drivers/democracy.h"

#include "base/check.h"
#include "model/estimator.h"
#include "model/tables.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

typedef struct forms {
    pp__democracy *d;
    const pp_supplier *supplier;
    const pp_fit *fit; /* of the form at hand */
    pp__form form;
    pp_table *effects, *models, *regimes;
    double events[PP__MOST_REGIMES]; /* of the supplier, by regime; NaN: not known */
} forms;

enum { FEW_EVENTS = 10, TOO_FEW_EVENTS = 5 };

/* ---- rows ---- */

/* The factor as its column in the data calls it. */
static const char *label_of(const pp__democracy *d) {
    const pp_column *column =
        pp_table_find(d->supplier[0].fit->data, d->options->variable);
    return column && column->label ? column->label : d->options->variable;
}

static pp_status put_effect(const forms *f, const char *level,
                            const pp__asked_effect *e) {
    pp__democracy *d = f->d;
    int64_t row;
    PP_TRY(pp_table_append(f->effects, &row, d->err));
    PP_TRY(pp__put_text(f->effects, row, "supplier", f->supplier->name, d->err));
    PP_TRY(pp__put_text(f->effects, row, "factor", label_of(d), d->err));
    PP_TRY(pp__put_text(f->effects, row, "form", pp__form_name(f->form), d->err));
    PP_TRY(pp__put_text(f->effects, row, "level", level, d->err));
    return pp__asked_put(f->effects, row, e->estimate, e->variance, f->fit->df,
                         d->options->smallest, d->options->hypothesis, d->err);
}

static pp_status put_model(const forms *f) {
    const pp_fit *fit = f->fit;
    pp__democracy *d = f->d;
    pp__form_test all, beyond;
    int64_t row;
    PP_TRY(pp__form_test_of(fit, d->options->variable, 0, d->ctx, &all, d->err));
    PP_TRY(pp__form_test_of(fit, d->options->variable, 1, d->ctx, &beyond, d->err));
    if (f->form == PP__LINEAR || f->form == PP__REGIMES) {
        beyond.p_value = NAN; /* it holds no linear form to go beyond */
    }
    PP_TRY(pp_table_append(f->models, &row, d->err));
    PP_TRY(pp__put_text(f->models, row, "supplier", f->supplier->name, d->err));
    PP_TRY(pp__put_text(f->models, row, "form", pp__form_name(f->form), d->err));
    PP_TRY(pp__put_text(f->models, row, "formula", fit->formula->text, d->err));
    const pp__named cells[] = {
        {"nobs", PP_SHOW_COUNT, (double)fit->nobs},
        {"events", PP_SHOW_COUNT, fit->events < 0 ? NAN : (double)fit->events},
        {"parameters", PP_SHOW_COUNT, fit->k},
        {"loglik", PP_SHOW_DEFAULT, fit->loglik},
        {"aic", PP_SHOW_DEFAULT, -2 * fit->loglik + 2 * fit->parameters},
        {"statistic", PP_SHOW_DEFAULT, all.statistic},
        {"df", PP_SHOW_COUNT, all.df},
        {"p_value", PP_SHOW_P_VALUE, all.p_value},
        {"p_beyond", PP_SHOW_P_VALUE, beyond.p_value}};
    PP_TRY(pp__put_numbers(f->models, row, cells, sizeof cells / sizeof *cells, d->err));
    return PP_OK;
}

/* ---- the forms ---- */

static pp_status put_linear(const forms *f, int supplier) {
    pp__democracy *d = f->d;
    pp__asked *asked = &d->linear[supplier];
    PP_TRY(pp__asked_of(f->fit, d->options->variable, NULL, d->sd, d->ctx, &d->arena,
                        asked, d->err));
    for (int i = 0; i < asked->n; i++) {
        PP_TRY(put_effect(f, d->is_number ? NULL : asked->effect[i].contrast,
                          &asked->effect[i]));
    }
    return put_model(f);
}

static pp_status put_asked(const forms *f, const char *level, const pp__frame *frame) {
    pp__democracy *d = f->d;
    pp__asked asked;
    PP_TRY(pp__asked_of(f->fit, d->options->variable, frame, d->sd, d->ctx, &d->arena,
                        &asked, d->err));
    for (int i = 0; i < asked.n; i++) {
        PP_TRY(put_effect(f, level, &asked.effect[i]));
    }
    return PP_OK;
}

static pp_status put_quadratic(const forms *f) {
    pp__democracy *d = f->d;
    int v;
    int32_t reference;
    PP_TRY(pp__variable_find(f->fit, d->options->variable, &v, &reference, d->err));
    PP_TRY(put_asked(f, "on average", NULL));
    for (int l = 0; l < PP__LEVELS; l++) {
        char value[32], shown[32];
        pp__frame frame;
        pp_format_number(d->at[l], value);
        pp_format_significant(d->at[l], 2, shown);
        const char *level = pp_arena_printf(&d->arena, "at %s", shown);
        PP_NEED(level, d->err);
        pp__frame_used(f->fit, &frame);
        PP_TRY(pp__frame_set(&frame, v, value, &d->arena, d->err));
        PP_TRY(put_asked(f, level, &frame));
    }
    return PP_OK;
}

/* The contrasts are of levels "1", "2", …: "2 - 1". */
static pp_status put_regimes(const forms *f) {
    pp__democracy *d = f->d;
    pp__asked asked;
    PP_TRY(pp__asked_of(f->fit, d->options->variable, NULL, 0, d->ctx, &d->arena, &asked,
                        d->err));
    for (int i = 0; i < asked.n; i++) {
        const char *contrast = asked.effect[i].contrast;
        const char *level =
            pp_arena_printf(&d->arena, "%s against %s", d->cuts.name[contrast[0] - '1'],
                            d->cuts.name[contrast[4] - '1']);
        PP_NEED(level, d->err);
        PP_TRY(put_effect(f, level, &asked.effect[i]));
    }
    return PP_OK;
}

static pp_status take_regime(const forms *f, int regime, pp__frame *out) {
    pp__democracy *d = f->d;
    const pp__design *design = f->fit->design;
    int v;
    int32_t reference;
    pp__frame used;
    int64_t n = 0, *row = pp_arena_alloc(&d->arena, design->n, sizeof *row);
    PP_NEED(row, d->err);
    PP_TRY(pp__variable_find(f->fit, d->options->variable, &v, &reference, d->err));
    for (int64_t i = 0; i < design->n; i++) {
        if (pp__cuts_of(&d->cuts, design->variables[v].value[i]) == regime) {
            row[n++] = i;
        }
    }
    pp__frame_used(f->fit, &used);
    return n > 0 ? pp__frame_take(&used, row, n, &d->arena, out, d->err)
                 : pp_error_set(d->err, PP_E_ESTIMATION, "a regime has no rows left");
}

static pp_status warn_of_events(const forms *f, int regime) {
    const char *name = f->d->cuts.name[regime];
    int events = (int)f->events[regime];
    return pp_result_warn(f->d->result, "few_events", name, events, f->d->err,
                          "%s, %s: %d adoptions are %s", f->supplier->name, name, events,
                          events < TOO_FEW_EVENTS
                              ? "too few for an effect within it, which is left out"
                              : "few for an effect within it");
}

static pp_status put_within(const forms *f) {
    for (int r = 0; r < f->d->cuts.n; r++) {
        pp__frame frame;
        PP_TRY(f->events[r] < FEW_EVENTS ? warn_of_events(f, r) : PP_OK);
        if (f->events[r] < TOO_FEW_EVENTS) {
            continue;
        }
        PP_TRY(take_regime(f, r, &frame));
        PP_TRY(put_asked(f, f->d->cuts.name[r], &frame));
    }
    return PP_OK;
}

/* ---- fitting them ---- */

/* What the first form uses and this one cannot: predicted perfectly, or left alone. */
static pp_status warn_of_sample(const forms *f, const char *subject) {
    int64_t lost = f->supplier->fit->nobs - f->fit->nobs;
    return lost == 0
               ? PP_OK
               : pp_result_warn(f->d->result, "form_sample", subject, lost, f->d->err,
                                "%lld of the %lld rows of the linear form are left out: "
                                "a regime predicts them perfectly",
                                (long long)lost, (long long)f->supplier->fit->nobs);
}

static pp_status put_form(forms *f, const char *subject) {
    static pp_status (*const PUT[])(const forms *f) = {NULL, put_quadratic, put_regimes,
                                                       put_within};
    if (!f->fit->converged) {
        PP_FAIL(f->d->err, PP_E_ESTIMATION, "it does not converge");
    }
    PP_TRY(PUT[f->form](f));
    PP_TRY(put_model(f));
    return warn_of_sample(f, subject);
}

/* A form that these data cannot carry is told of; the others stand. */
static pp_status fit_form(forms *f, pp__form form) {
    pp__democracy *d = f->d;
    pp_fit *fit = NULL;
    pp_table *data = NULL;
    const char *subject =
        pp_arena_printf(&d->arena, "%s, %s", f->supplier->name, pp__form_name(form));
    PP_NEED(subject, d->err);
    pp_status status = pp__form_fit(f->supplier->fit, d->options->variable, &d->cuts,
                                    form, d->ctx, &fit, &data, d->err);
    if (status == PP_OK) {
        f->fit = fit;
        f->form = form;
        status = put_form(f, subject);
    }
    pp_fit_free(fit);
    pp_table_free(data);
    if (status != PP_E_ESTIMATION) {
        return status;
    }
    pp_error reason = d->err ? *d->err : (pp_error){0};
    return pp_result_warn(d->result, "form_failed", subject, -1, d->err,
                          "%s cannot be estimated: %s", subject, reason.message);
}

/* ---- regimes ---- */

/* Whether row i is one of adoption: by row, or the last of a unit whose window ends there. */
static int is_event(const pp_fit *fit, const double *hi, const double *time, int64_t i,
                    int64_t last) {
    int64_t row = pp__design_row(fit->design, i);
    return hi ? i == last && hi[row] == time[row] : fit->design->with.y[i] > 0;
}

static const double *number_of(const pp_table *data, const char *name) {
    const pp_column *column = name ? pp_table_find(data, name) : NULL;
    return column && column->type == PP_NUMBER ? column->number : NULL;
}

/* Rows, events and sums of the factor by regime; events are NaN where they mean nothing. */
static void add_up(const forms *f, const double *value, double *rows, double *events,
                   double *sums) {
    const pp_fit *fit = f->fit;
    const pp__formula *formula = fit->formula;
    int interval = formula->kind == PP__INTERVAL;
    int binary = fit->estimator->family && fit->estimator->family->binary;
    const double *hi = NULL, *time = number_of(fit->data, fit->options.time);
    if (interval && formula->hi->kind == PP__NAME) {
        hi = number_of(fit->data, formula->hi->text);
    }
    const int64_t *begin = fit->scores.begin;
    int known = interval ? hi && time && begin : binary;
    for (int64_t i = 0, u = 0; i < fit->design->n; i++) {
        int r = pp__cuts_of(&f->d->cuts, value[i]);
        u += begin && i == begin[u + 1];
        rows[r]++;
        sums[r] += value[i];
        events[r] += known ? is_event(fit, hi, time, i, begin ? begin[u + 1] - 1 : -1)
                           : (double)NAN;
    }
}

static pp_status refuse_empty(const forms *f, int regime) {
    const char *name = f->d->cuts.name[regime];
    pp_error_set(f->d->err, PP_E_INPUT, "none of the %lld rows in use of '%s' has %s %s",
                 (long long)f->fit->design->n, f->supplier->name, f->d->options->variable,
                 name);
    pp_error_locate(f->d->err, NULL, 0, "thresholds", name);
    pp_error_hint(f->d->err, "choose thresholds that leave rows in every regime");
    return PP_E_INPUT;
}

static pp_status put_cells(forms *f) {
    pp__democracy *d = f->d;
    double rows[PP__MOST_REGIMES] = {0}, *events = f->events;
    double sums[PP__MOST_REGIMES] = {0};
    int v;
    int32_t reference;
    PP_TRY(pp__variable_find(f->fit, d->options->variable, &v, &reference, d->err));
    memset(events, 0, sizeof f->events);
    add_up(f, f->fit->design->variables[v].value, rows, events, sums);
    for (int r = 0; r < d->cuts.n; r++) {
        int64_t row;
        if (rows[r] == 0) {
            return refuse_empty(f, r);
        }
        PP_TRY(pp_table_append(f->regimes, &row, d->err));
        PP_TRY(pp__put_text(f->regimes, row, "supplier", f->supplier->name, d->err));
        PP_TRY(pp__put_text(f->regimes, row, "regime", d->cuts.name[r], d->err));
        PP_TRY(pp__put_number(f->regimes, row, "rows", PP_SHOW_COUNT, rows[r], d->err));
        PP_TRY(
            pp__put_number(f->regimes, row, "events", PP_SHOW_COUNT, events[r], d->err));
        PP_TRY(pp__put_number(f->regimes, row, "mean", PP_SHOW_DEFAULT, sums[r] / rows[r],
                              d->err));
    }
    return PP_OK;
}

/* ---- the whole ---- */

static pp_status add_tables(forms *f) {
    pp__democracy *d = f->d;
    PP_TRY(pp_result_add(d->result, "democracy", "Effects of the factor", &f->effects,
                         d->err));
    PP_TRY(pp_result_set_note(
        d->result, "democracy",
        d->is_number
            ? "Average marginal effects of one standard deviation of the factor, "
              "the same for all suppliers; between regimes, of one against the "
              "other. Excluded: effects that large, either way, at 5%. Verdicts are on "
              "the "
              "hypothesis: contradicted, of no relation, means that there is one."
            : "Average changes from one level of the factor to another. "
              "Excluded: effects that large, either way, at 5%.",
        d->err));
    PP_TRY(pp_result_add(d->result, "democracy_forms", "Forms of the factor", &f->models,
                         d->err));
    return d->cuts.n == 0
               ? PP_OK
               : pp_result_add(d->result, "democracy_regimes",
                               "Rows and adoptions by regime", &f->regimes, d->err);
}

static pp_status ask_supplier(forms *f, int s) {
    pp__democracy *d = f->d;
    f->supplier = &d->supplier[s];
    f->fit = f->supplier->fit;
    f->form = PP__LINEAR;
    PP_TRY(pp_progress(d->ctx, "democracy", s / (double)d->n, d->err));
    PP_TRY(d->cuts.n ? put_cells(f) : PP_OK);
    PP_TRY(put_linear(f, s));
    PP_TRY(d->is_number ? fit_form(f, PP__QUADRATIC) : PP_OK);
    PP_TRY(d->cuts.n ? fit_form(f, PP__REGIMES) : PP_OK);
    return d->cuts.n ? fit_form(f, PP__WITHIN) : PP_OK;
}

pp_status pp__democracy_forms(pp__democracy *d) {
    forms f = {.d = d};
    PP_TRY(add_tables(&f));
    for (int s = 0; s < d->n; s++) {
        PP_TRY(ask_supplier(&f, s));
    }
    return PP_OK;
}
