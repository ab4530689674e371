/* The same hazard under several treatments of uncertain dates. */
#include <pushpull/dates.h>

#include "base/check.h"
#include "drivers/carries.h"
#include "drivers/dates_draw.h"
#include "drivers/dates_tables.h"
#include "drivers/factors.h"
#include "model/impute/impute.h"
#include "model/tables.h"

#include <math.h>
#include <string.h>

enum { IMPUTATIONS = 20, MOST_IMPUTATIONS = 1000 };

typedef struct work {
    const char *formula;
    const pp_context *ctx;
    pp_model_options model;
    int m;
    uint64_t seed;
    pp_fit *fit;         /* of the intervals */
    pp_result *interval; /* its result */
    pp_table *used;      /* and the rows that it uses */
    const char *lo, *hi;
    pp__dates_told told;
    int failed;
    pp_error first_failure;
    pp_arena arena;
    pp_result *result;
    pp_error *err;
} work;

static const char *const RULES[PP__DATE_RULES] = {"interval", "earliest", "latest",
                                                  "midpoint", "imputed"};

/* ---- before work begins ---- */

static pp_status check_options(work *w, const pp_dates_options *o) {
    w->m = o->imputations ? o->imputations : IMPUTATIONS;
    w->seed = o->seed;
    if (w->m < 2 || w->m > MOST_IMPUTATIONS) {
        pp_error_set(w->err, PP_E_ARGUMENT, "option imputations is out of range");
        pp_error_locate(w->err, NULL, 0, "imputations", NULL);
        pp_error_hint(w->err, "a number from 2 to %d", MOST_IMPUTATIONS);
        return PP_E_ARGUMENT;
    }
    if (w->model.model && strcmp(w->model.model, "hazard") != 0) {
        pp_error_set(w->err, PP_E_ARGUMENT,
                     "dates as intervals are for the model 'hazard'");
        pp_error_locate(w->err, NULL, 0, "model", w->model.model);
        return PP_E_ARGUMENT;
    }
    w->model.model = "hazard";
    return PP_OK;
}

/* Dates are changed in the data, so that they must stand there as they are used. */
static pp_status find_date(work *w, const pp__node *node, const char **out) {
    pp_column *column =
        node->kind == PP__NAME ? pp_table_find(w->fit->data, node->text) : NULL;
    if (!column || column->type != PP_NUMBER) {
        pp_error_set(w->err, PP_E_ARGUMENT,
                     "lo and hi must be columns of numbers, not expressions");
        pp_error_locate(w->err, NULL, 0, "formula", w->fit->formula->outcome_label);
        pp_error_hint(w->err,
                      "Surv(lo, hi, type = interval), with lo and hi made before");
        return PP_E_ARGUMENT;
    }
    *out = node->text;
    return PP_OK;
}

/* ---- fits ---- */

static pp_status fit_and_tell(work *w, const pp_table *data, int rule) {
    pp_fit *fit;
    PP_TRY(pp_model_fit(w->formula, data, &w->model, w->ctx, &fit, w->err));
    pp_status status = pp__carries_events(fit, w->err);
    if (status != PP_OK) {
        pp_fit_free(fit);
        return status;
    }
    status = rule == PP__DATES_IMPUTED
                 ? pp__dates_keep_draw(&w->told, fit, w->ctx, w->err)
                 : pp__dates_keep(&w->told, rule, fit, w->ctx, w->err);
    pp_fit_free(fit);
    return status;
}

/* What the data cannot carry is told and does not stop the others. */
static pp_status forgive(work *w, pp_status status, pp_error *why) {
    if (status == PP_E_ESTIMATION && w->err) {
        *why = *w->err;
    }
    return status == PP_E_ESTIMATION ? PP_OK : status;
}

/* The units are the same for the earliest date and the middle. */
static pp_status warn_of_left(work *w, int rule, const char *names, int64_t n) {
    w->told.left = n > w->told.left ? n : w->told.left;
    return n == 0 || rule != PP__DATES_EARLIEST
               ? PP_OK
               : pp_result_warn(w->result, "dates_unknown", NULL, n, w->err,
                                "earliest, midpoint: %lld units of which only an upper "
                                "bound is known have no such date and are left out: %s",
                                (long long)n, names);
}

static pp_status try_rule(work *w, int rule) {
    pp_buf names;
    pp_table *data = NULL;
    pp_error why = {0};
    int64_t left = 0;
    pp_buf_init(&names);
    pp_status status = pp__dates_by_rule(w->fit, w->lo, w->hi, (pp__date_rule)rule, &data,
                                         &names, &left, w->err);
    if (status == PP_OK) {
        status = warn_of_left(w, rule, names.data, left);
    }
    if (status == PP_OK) {
        status = forgive(w, fit_and_tell(w, data, rule), &why);
    }
    if (status == PP_OK && !w->told.fitted[rule]) {
        status = pp_result_warn(w->result, "rule_failed", RULES[rule], -1, w->err,
                                "%s: no estimates: %s", RULES[rule], why.message);
    }
    pp_table_free(data);
    pp_buf_clear(&names);
    return status;
}

static pp_status impute_once(work *w, const pp__date_windows *windows, double *year,
                             pp_table *data, int index) {
    PP_TRY(pp_progress(w->ctx, "dates", 0.2 + 0.8 * index / w->m, w->err));
    pp__date_windows_draw(windows, w->seed, index, year);
    pp__dates_put(windows, year, pp_table_find(data, w->lo), pp_table_find(data, w->hi));
    int before = w->told.draws;
    PP_TRY(forgive(w, fit_and_tell(w, data, PP__DATES_IMPUTED), &w->first_failure));
    w->failed += w->told.draws == before;
    return PP_OK;
}

static pp_status impute_all(work *w) {
    pp__date_windows windows;
    pp_table *data;
    PP_TRY(pp__date_windows_find(w->fit, w->ctx, &w->arena, &windows, w->err));
    double *year = pp_arena_alloc(&w->arena, windows.n, sizeof *year);
    PP_NEED(year, w->err);
    PP_TRY(pp_table_copy(w->fit->data, &data, w->err));
    pp_status status = PP_OK;
    for (int i = 0; i < w->m && status == PP_OK; i++) {
        status = impute_once(w, &windows, year, data, i);
    }
    pp_table_free(data);
    PP_TRY(status);
    if (w->failed > 0) {
        PP_TRY(pp_result_warn(w->result, "imputation_failed", NULL, w->failed, w->err,
                              "%d of %d imputations gave no estimates; the others stand "
                              "for all: %s",
                              w->failed, w->m, w->first_failure.message));
    }
    pp__dates_pool(&w->told, w->fit->options.level);
    return PP_OK;
}

/* ---- the whole ---- */

/* The rows that the interval model uses. */
static pp_status take_used(work *w) {
    const pp__design *d = w->fit->design;
    int64_t *rows = pp_arena_alloc(&w->arena, d->n, sizeof *rows);
    PP_NEED(rows, w->err);
    for (int64_t i = 0; i < d->n; i++) {
        rows[i] = pp__design_row(d, i);
    }
    return pp_table_take_rows(w->fit->data, rows, d->n, &w->used, w->err);
}

static pp_status compare(work *w, const pp_dates_options *options) {
    PP_TRY(find_date(w, w->fit->formula->lo, &w->lo));
    PP_TRY(find_date(w, w->fit->formula->hi, &w->hi));
    PP_TRY(pp_result_new("dates", &w->result, w->err));
    PP_TRY(pp__carries_events(w->fit, w->err));
    PP_TRY(pp__carries_warn(w->fit, "estimates are rough by every treatment of dates",
                            w->result, w->err));
    PP_TRY(pp_fit_result(w->fit, &w->interval, w->err));
    PP_TRY(pp_fit_margins(w->fit, "sd", w->interval, w->err));
    PP_TRY(take_used(w));
    PP_TRY(pp__dates_begin(&w->told, w->interval, w->used, options->terms, w->m,
                           &w->arena, w->err));
    PP_TRY(pp__dates_keep(&w->told, PP__DATES_INTERVAL, w->fit, w->ctx, w->err));
    for (int rule = PP__DATES_EARLIEST; rule < PP__DATES_IMPUTED; rule++) {
        PP_TRY(pp_progress(w->ctx, "dates", 0.05 * rule, w->err));
        PP_TRY(try_rule(w, rule));
    }
    PP_TRY(impute_all(w));
    PP_TRY(pp__dates_put_tables(&w->told, RULES, w->result, w->err));
    PP_TRY(pp_result_merge(w->result, w->interval, "interval_", w->err));
    return pp_result_note_number(w->result, "seed", (double)w->seed, w->err);
}

pp_status pp_dates(const char *formula, const pp_table *data,
                   const pp_model_options *model, const pp_dates_options *options,
                   const pp_context *ctx, pp_result **out, pp_error *err) {
    static const pp_dates_options NONE;
    work *w = pp_calloc(1, sizeof *w);
    PP_NEED(w, err);
    options = options ? options : &NONE;
    w->formula = formula;
    w->ctx = ctx;
    w->model = model ? *model : (pp_model_options){0};
    w->err = err;
    pp_arena_init(&w->arena);
    pp_status status = check_options(w, options);
    if (status == PP_OK) {
        status = pp_model_fit(formula, data, &w->model, ctx, &w->fit, err);
    }
    if (status == PP_OK) {
        w->model.where = NULL; /* the fit's data are the rows that it chose */
        status = compare(w, options);
    }
    if (status == PP_OK) {
        *out = w->result;
    } else {
        pp_result_free(w->result);
    }
    pp_result_free(w->interval);
    pp_table_free(w->used);
    pp_fit_free(w->fit);
    pp_arena_clear(&w->arena);
    pp_free(w);
    return status;
}
