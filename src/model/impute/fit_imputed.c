/* A model on each completed table, pooled. */
#include "base/check.h"
#include "model/fit.h"
#include "model/formula.h"
#include "model/impute/impute.h"
#include "model/tables.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct imputed_fit {
    const char *formula;
    const pp_table *data;
    const pp_model_options *model;
    const char *margins;
    const pp_context *ctx;
    pp_arena arena;
    const char **names; /* columns of the imputation model */
    int n_names, room;
    pp_column *extra; /* what dates tell: known or not, and when */
    int n_extra;
    pp__imputation im;
    pp_result **result; /* of each fit */
    double df_complete;
    pp_error *err;
} imputed_fit;

/* ---- which columns ---- */

static void collect_names(imputed_fit *f, const pp__node *node) {
    if (node->kind == PP__NAME && f->n_names < f->room) {
        f->names[f->n_names++] = node->text;
    }
    for (const pp__node *child = node->first; child; child = child->next) {
        collect_names(f, child);
    }
}

static pp_column *new_extra(imputed_fit *f, const char *suffix, const char *name) {
    pp_column *column = &f->extra[f->n_extra];
    *column = (pp_column){.type = PP_NUMBER};
    column->name = pp_arena_printf(&f->arena, "%s%s", name, suffix);
    column->number = pp_arena_alloc(&f->arena, pp_table_rows(f->data), sizeof(double));
    f->n_extra += column->name && column->number;
    return column->name && column->number ? column : NULL;
}

/* A date is not imputed: that it is not known may mean that nothing happened. */
static pp_status add_date(imputed_fit *f, const pp__node *node) {
    enum { ROOM = 32 };
    for (const pp__node *child = node->first; child; child = child->next) {
        PP_TRY(add_date(f, child));
    }
    if (node->kind != PP__NAME || f->n_extra + 2 > ROOM) {
        return PP_OK;
    }
    pp_column *date;
    double sum = 0, count = 0;
    PP_TRY(pp_table_require(f->data, node->text, &date, f->err));
    if (date->type != PP_NUMBER) {
        return PP_OK; /* the fit will say so */
    }
    pp_column *known = new_extra(f, " known", date->name);
    pp_column *when = new_extra(f, " filled", date->name);
    PP_NEED(known && when ? known : NULL, f->err);
    int64_t n = pp_table_rows(f->data);
    for (int64_t i = 0; i < n; i++) {
        known->number[i] = isfinite(date->number[i]);
        count += known->number[i];
        sum += known->number[i] > 0 ? date->number[i] : 0;
    }
    for (int64_t i = 0; i < n; i++) {
        when->number[i] = known->number[i] > 0 ? date->number[i] : sum / fmax(count, 1);
    }
    return PP_OK;
}

static pp_status choose_columns(imputed_fit *f, const char *others) {
    enum { ROOM = 4096, EXTRA = 32 };
    pp__formula *formula;
    PP_TRY(pp__formula_parse(f->formula, &f->arena, &formula, f->err));
    PP_TRY(pp__impute_names(f->data, others ? others : "", &f->arena, &f->names,
                            &f->n_names, ROOM, f->err));
    f->room = f->n_names + ROOM;
    f->extra = pp_arena_alloc(&f->arena, EXTRA, sizeof *f->extra);
    PP_NEED(f->extra, f->err);
    for (int a = 0; a < formula->n_atoms; a++) {
        collect_names(f, formula->atoms[a].node);
    }
    for (int o = 0; o < formula->n_offsets; o++) {
        collect_names(f, formula->offset[o]);
    }
    if (formula->outcome) {
        collect_names(f, formula->outcome);
    }
    const pp__node *const dates[] = {formula->lo, formula->hi, formula->start,
                                     formula->stop, formula->event};
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        PP_TRY(dates[i] ? add_date(f, dates[i]) : PP_OK);
    }
    return PP_OK;
}

/* ---- the fits ---- */

/* The degrees of freedom that the estimates would have without missing values. */
static double complete_df(const pp_fit *fit) {
    double clusters = INFINITY;
    for (int c = 0; c < fit->n_components; c++) {
        clusters = fmin(clusters, (double)fit->component[c].clusters);
    }
    return isfinite(clusters) ? clusters - 1
                              : fit->scores.count - (double)fit->k - fit->absorbed;
}

static pp_status fit_table(imputed_fit *f, const pp_table *table, pp_result **out) {
    pp_fit *fit;
    PP_TRY(pp_model_fit(f->formula, table, f->model, f->ctx, &fit, f->err));
    double df = complete_df(fit);
    f->df_complete = df < f->df_complete ? df : f->df_complete;
    pp_status status = pp_fit_result(fit, out, f->err);
    if (status == PP_OK && f->margins) {
        status = pp_fit_margins(fit, f->margins, *out, f->err);
    }
    pp_fit_free(fit);
    return status;
}

static pp_status fit_copies(imputed_fit *f, const pp__completed *copy) {
    for (int i = 0; i < f->im.options.m; i++) {
        pp_table *table;
        PP_TRY(pp_progress(f->ctx, "fit", (double)i / f->im.options.m, f->err));
        PP_TRY(pp__imputation_table(&f->im, f->data, &copy[i], &table, f->err));
        pp_status status = fit_table(f, table, &f->result[i]);
        pp_table_free(table);
        PP_TRY(status);
    }
    return PP_OK;
}

/* ---- pooling ---- */

static double number_at(const pp_table *table, const char *column, int64_t row) {
    return pp_table_find(table, column)->number[row];
}

static int same_rows(const pp_table *a, const pp_table *b) {
    static const char *const KEYS[] = {"equation", "term", "contrast"};
    if (!b || pp_table_rows(a) != pp_table_rows(b)) {
        return 0;
    }
    for (size_t k = 0; k < sizeof KEYS / sizeof *KEYS; k++) {
        const pp_column *x = pp_table_find(a, KEYS[k]), *y = pp_table_find(b, KEYS[k]);
        for (int64_t i = 0; x && y && i < pp_table_rows(a); i++) {
            const char *s = pp_column_get_text(x, i), *t = pp_column_get_text(y, i);
            if (strcmp(s ? s : "", t ? t : "") != 0) {
                return 0;
            }
        }
    }
    return 1;
}

static pp_status put_pooled(pp_table *table, int64_t row, const pp_pooled *p,
                            double level, pp_error *err) {
    double width = pp__pooled_quantile(p, level) * p->std_error;
    double width_90 = pp__pooled_quantile(p, 0.9) * p->std_error;
    const struct {
        const char *name;
        double value;
    } cells[] = {{"estimate", p->estimate},
                 {"std_error", p->std_error},
                 {"statistic", p->estimate / p->std_error},
                 {"conf_low", p->estimate - width},
                 {"conf_high", p->estimate + width},
                 {"conf_low_90", p->estimate - width_90},
                 {"conf_high_90", p->estimate + width_90},
                 {"df", p->df},
                 {"riv", p->riv},
                 {"lambda", p->lambda},
                 {"fmi", p->fmi}};
    for (size_t c = 0; c < sizeof cells / sizeof *cells; c++) {
        if (strstr(cells[c].name, "_90") && !pp_table_find(table, cells[c].name)) {
            continue;
        }
        PP_TRY(pp__put_number(table, row, cells[c].name, PP_SHOW_DEFAULT, cells[c].value,
                              err));
    }
    return pp__put_number(table, row, "p_value", PP_SHOW_P_VALUE, pp__pooled_p_value(p),
                          err);
}

static pp_status pool_rows(imputed_fit *f, const char *name, pp_table *table,
                           double level) {
    int m = f->im.options.m;
    double *estimate = pp_arena_alloc(&f->arena, 2 * m, sizeof *estimate);
    PP_NEED(estimate, f->err);
    double *variance = estimate + m;
    for (int64_t row = 0; row < pp_table_rows(table); row++) {
        for (int i = 0; i < m; i++) {
            const pp_table *from = pp_result_find(f->result[i], name);
            double error = number_at(from, "std_error", row);
            estimate[i] = number_at(from, "estimate", row);
            variance[i] = error * error;
        }
        pp_pooled pooled = pp_pool(m, estimate, variance, f->df_complete);
        PP_TRY(put_pooled(table, row, &pooled, level, f->err));
    }
    return PP_OK;
}

/* The table of the first fit, with pooled numbers. */
static pp_status pool_table(imputed_fit *f, const char *name, const char *title,
                            double level, pp_result *out) {
    pp_table *first = pp_result_find(f->result[0], name), *table;
    for (int i = 1; i < f->im.options.m; i++) {
        if (!same_rows(first, pp_result_find(f->result[i], name))) {
            pp_error_set(f->err, PP_E_ESTIMATION,
                         "the fit of imputation %d has other terms than the first",
                         i + 1);
            pp_error_hint(f->err, "a term is collinear, or a level empty, in some "
                                  "imputations only; leave it out");
            return PP_E_ESTIMATION;
        }
    }
    PP_TRY(pp_table_copy(first, &table, f->err));
    pp_status status = pp_result_take(out, name, title, table, f->err);
    if (status != PP_OK) {
        pp_table_free(table);
        return status;
    }
    return pool_rows(f, name, table, level);
}

/* ---- what is said of the model ---- */

static double rows_complete(const imputed_fit *f) {
    int64_t n = f->im.n, complete = 0;
    for (int64_t i = 0; i < n; i++) {
        int here = 1;
        for (int v = 0; v < f->im.n_columns; v++) {
            here &= !isnan(f->im.column[v].value[i]);
        }
        complete += here;
    }
    return (double)complete;
}

/* Facts of the first fit that hold for all, without those that cannot be pooled. */
static pp_status put_model(imputed_fit *f, pp_result *out) {
    static const char *const OF_ONE[] = {
        "loglik", "null_loglik", "aic",       "bic",        "deviance",
        "r2",     "sigma",       "pseudo_r2", "score_norm", "small_sample_factor"};
    pp_table *table;
    double least = INFINITY, converged = 1;
    PP_TRY(pp_table_copy(pp_result_find(f->result[0], "model"), &table, f->err));
    pp_status status = pp_result_take(out, "model", "Model", table, f->err);
    if (status != PP_OK) {
        pp_table_free(table);
        return status;
    }
    for (int i = 0; i < f->im.options.m; i++) {
        const pp_table *model = pp_result_find(f->result[i], "model");
        least = fmin(least, number_at(model, "nobs", 0));
        converged = fmin(converged, number_at(model, "converged", 0));
    }
    for (size_t c = 0; c < sizeof OF_ONE / sizeof *OF_ONE; c++) {
        pp_column *column = pp_table_find(table, OF_ONE[c]);
        if (column && column->type == PP_NUMBER) {
            column->number[0] = NAN;
        }
    }
    const pp__named facts[] = {{"nobs", PP_SHOW_COUNT, least},
                               {"converged", PP_SHOW_FLAG, converged},
                               {"imputations", PP_SHOW_COUNT, f->im.options.m},
                               {"rows_complete", PP_SHOW_COUNT, rows_complete(f)},
                               {"df_complete", PP_SHOW_COUNT, f->df_complete}};
    PP_TRY(pp__put_numbers(table, 0, facts, sizeof facts / sizeof *facts, f->err));
    return pp__put_text(table, 0, "distribution", "t", f->err);
}

static int is_warned(const pp_result *result, const pp_warning *warning) {
    for (int i = 0; i < pp_result_warnings(result); i++) {
        const pp_warning *other = pp_result_warning(result, i);
        if (strcmp(other->code, warning->code) == 0 &&
            strcmp(other->subject ? other->subject : "",
                   warning->subject ? warning->subject : "") == 0) {
            return 1;
        }
    }
    return 0;
}

static pp_status put_warnings(imputed_fit *f, pp_result *out) {
    for (int i = 0; i < f->im.options.m; i++) {
        for (int w = 0; w < pp_result_warnings(f->result[i]); w++) {
            const pp_warning *warning = pp_result_warning(f->result[i], w);
            if (!is_warned(out, warning)) {
                PP_TRY(pp_result_warn(out, warning->code, warning->subject,
                                      warning->count, f->err, "%s", warning->message));
            }
        }
    }
    return PP_OK;
}

static pp_status put_note(const imputed_fit *f, pp_result *out) {
    char note[400];
    const pp_impute_options *o = &f->im.options;
    snprintf(
        note, sizeof note,
        "Pooled over %d imputations (%s, seed %llu) by Rubin's rules; intervals from "
        "t with the degrees of freedom of Barnard and Rubin.",
        o->m, strcmp(o->method, "emb") == 0 ? "EMB" : "chained equations",
        (unsigned long long)o->seed);
    return pp_result_set_note(out, "coefficients", note, f->err);
}

static pp_status fill(imputed_fit *f, const pp__completed *copy, pp_result *out) {
    double level = f->model && f->model->level > 0 ? f->model->level : 0.95;
    PP_TRY(pool_table(f, "coefficients", "Coefficients", level, out));
    PP_TRY(put_note(f, out));
    if (f->margins) {
        PP_TRY(pool_table(f, "margins", "Average marginal effects", level, out));
    }
    PP_TRY(put_model(f, out));
    PP_TRY(pp__imputation_report(&f->im, copy, out, f->err));
    PP_TRY(put_warnings(f, out));
    return pp_result_note_number(out, "seed", (double)f->im.options.seed, f->err);
}

static pp_status make_result(imputed_fit *f, const pp__completed *copy, pp_result **out) {
    pp_result *result;
    PP_TRY(pp_result_new("fit", &result, f->err));
    pp_status status = fill(f, copy, result);
    if (status != PP_OK) {
        pp_result_free(result);
        return status;
    }
    *out = result;
    return PP_OK;
}

/* ---- the whole ---- */

static pp_status impute_and_fit(imputed_fit *f, pp_result **out) {
    int m = f->im.options.m;
    pp__completed *copy = pp_calloc(m, sizeof *copy);
    PP_NEED(copy, f->err);
    f->result = pp_calloc(m, sizeof(pp_result *));
    pp_status status = f->result ? pp__impute_all(&f->im, f->ctx, copy, f->err)
                                 : pp_error_set(f->err, PP_E_MEMORY, "out of memory");
    if (status == PP_OK) {
        status = fit_copies(f, copy);
    }
    if (status == PP_OK) {
        status = make_result(f, copy, out);
    }
    for (int i = 0; f->result && i < m; i++) {
        pp_result_free(f->result[i]);
    }
    pp_free(f->result);
    pp__completed_clear(&f->im, copy, m);
    pp_free(copy);
    return status;
}

pp_status pp_model_fit_imputed(const char *formula, const pp_table *data,
                               const pp_model_options *model,
                               const pp_impute_options *impute, const char *margins,
                               const pp_context *ctx, pp_result **out, pp_error *err) {
    imputed_fit *f = pp_calloc(1, sizeof *f);
    pp_impute_options options = impute ? *impute : (pp_impute_options){0};
    PP_NEED(f, err);
    f->formula = formula;
    f->data = data;
    f->model = model;
    f->margins = margins;
    f->ctx = ctx;
    f->df_complete = INFINITY;
    f->err = err;
    options.unit = options.unit || !model ? options.unit : model->unit;
    options.time = options.time || !model ? options.time : model->time;
    pp_arena_init(&f->arena);
    pp_status status = choose_columns(f, options.columns);
    if (status == PP_OK) {
        status = pp__imputation_init(data, &options, f->names, f->n_names, f->extra,
                                     f->n_extra, &f->im, err);
        if (status == PP_OK) {
            status = impute_and_fit(f, out);
            pp__imputation_clear(&f->im);
        }
    }
    pp_arena_clear(&f->arena);
    pp_free(f);
    return status;
}
