/* Average marginal effects and profiles, with errors by the delta method.
   Bartus (2005), Stata Journal 5, 309-329; Arel-Bundock, Greifer & Heiss (2024), J. Stat.
   Software 111. */
#include "model/after/margins.h"

#include "base/check.h"
#include "model/estimator.h"
#include "model/linalg.h"
#include "model/tables.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

/* ---- mean responses ---- */

typedef struct mean_job {
    const pp_fit *fit;
    const pp__change *change;
} mean_job;

static void add_rows(void *payload, int64_t begin, int n, double *sums, double *scratch) {
    const mean_job *job = payload;
    const pp_fit *fit = job->fit;
    int k = fit->k, tangent = job->change->kind == PP__TANGENT;
    int64_t size = (int64_t)k * PP__TILE;
    double *x = scratch, *dx = x + size, *eta = dx + size, *slope_eta = eta + PP__TILE;
    double *mean = slope_eta + PP__TILE, *slope = mean + PP__TILE,
           *curve = slope + PP__TILE;
    pp__design_change(fit->design, job->change, begin, n, x, tangent ? dx : NULL,
                      curve + PP__TILE);
    memset(eta, 0, 2 * PP__TILE * sizeof *eta);
    if (fit->outside) {
        memcpy(eta, fit->outside + begin, (size_t)n * sizeof *eta);
    }
    for (int j = 0; j < k; j++) {
        for (int i = 0; i < n; i++) {
            eta[i] += fit->estimates[j] * x[i + (int64_t)j * PP__TILE];
        }
        for (int i = 0; tangent && i < n; i++) {
            slope_eta[i] += fit->estimates[j] * dx[i + (int64_t)j * PP__TILE];
        }
    }
    fit->link->response(n, eta, mean, slope, curve);
    for (int i = 0; i < n; i++) {
        sums[k] += tangent ? slope[i] * slope_eta[i] : mean[i];
        curve[i] *= slope_eta[i];
    }
    for (int j = 0; j < k; j++) {
        const double *xj = x + (int64_t)j * PP__TILE, *dxj = dx + (int64_t)j * PP__TILE;
        sums[j] += tangent ? pp__dot(n, curve, xj) + pp__dot(n, slope, dxj)
                           : pp__dot(n, slope, xj);
    }
}

pp_status pp__mean_response(const pp_fit *fit, const pp__change *change,
                            const pp_context *ctx, double *mean, double *gradient,
                            pp_error *err) {
    pp_arena arena;
    pp__pass pass;
    mean_job job = {fit, change};
    int64_t k = fit->k;
    int64_t scratch = (2 * k + 5) * PP__TILE + pp__design_scratch(fit->design);
    pp_arena_init(&arena);
    pp_status status = pp__pass_init(&pass, fit->design->n, k + 1, scratch, &arena, err);
    double *sums = status == PP_OK ? pp_arena_alloc(&arena, k + 1, sizeof *sums) : NULL;
    if (sums) {
        pp__pass_run(&pass, add_rows, &job, ctx, sums);
        for (int64_t j = 0; j < k; j++) {
            gradient[j] = sums[j] / (double)fit->design->n;
        }
        *mean = sums[k] / (double)fit->design->n;
    } else if (status == PP_OK) {
        status = pp_error_set(err, PP_E_MEMORY, "out of memory");
    }
    pp_arena_clear(&arena);
    return status;
}

static double variance_of(const pp_fit *fit, const double *gradient) {
    double sum = 0;
    for (int j = 0; j < fit->k; j++) {
        sum += gradient[j] * pp__dot(fit->k, fit->V + (int64_t)j * fit->k, gradient);
    }
    return sum;
}

/* Where the level of the hazard is left open there is no mean to speak of. */
static pp_status need_response(const pp_fit *fit, pp_error *err) {
    if (fit->estimator->outcome != PP__SPELL) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_UNSUPPORTED,
                 "model '%s' has no mean response, and so no "
                 "marginal effects",
                 fit->estimator->info.name);
    pp_error_hint(err, "its coefficients are log hazard ratios: exp(b) is the effect");
    return PP_E_UNSUPPORTED;
}

/* ---- marginal effects ---- */

typedef struct effects {
    const pp_fit *fit;
    const char *scale;
    int by_sd;
    pp_table *table;
    double *gradient, *other; /* k each */
    pp_error *err;
} effects;

static double standard_deviation(const double *x, int64_t n) {
    double mean = 0, squares = 0;
    for (int64_t i = 0; i < n; i++) {
        mean += x[i];
    }
    mean /= (double)n;
    for (int64_t i = 0; i < n; i++) {
        squares += (x[i] - mean) * (x[i] - mean);
    }
    return n > 1 ? sqrt(squares / (double)(n - 1)) : NAN;
}

static int is_binary(const double *x, int64_t n) {
    for (int64_t i = 0; i < n; i++) {
        if (x[i] != 0 && x[i] != 1) {
            return 0;
        }
    }
    return 1;
}

static pp_status add_effect(effects *e, const char *term, const char *contrast, double sd,
                            double estimate, const double *gradient) {
    const pp_fit *fit = e->fit;
    double factor = isnan(sd) ? 1 : sd;
    double variance = factor * factor * variance_of(fit, gradient);
    double width = pp__fit_quantile(fit, 0.9) * sqrt(variance);
    int64_t row;
    estimate *= factor;
    PP_TRY(pp_table_append(e->table, &row, e->err));
    PP_TRY(pp__put_text(e->table, row, "term", term, e->err));
    PP_TRY(pp__put_text(e->table, row, "contrast", contrast, e->err));
    PP_TRY(pp__put_text(e->table, row, "scale", e->scale, e->err));
    PP_TRY(pp__put_number(e->table, row, "sd", PP_SHOW_DEFAULT, sd, e->err));
    PP_TRY(pp__put_estimate(fit, e->table, row, estimate, variance, e->err));
    PP_TRY(pp__put_number(e->table, row, "conf_low_90", PP_SHOW_DEFAULT, estimate - width,
                          e->err));
    return pp__put_number(e->table, row, "conf_high_90", PP_SHOW_DEFAULT,
                          estimate + width, e->err);
}

/* The mean response under `to` less that under `from`. */
static pp_status add_contrast(effects *e, const char *term, const char *contrast,
                              const pp__change *to, const pp__change *from) {
    double high, low;
    PP_TRY(pp__mean_response(e->fit, to, NULL, &high, e->gradient, e->err));
    PP_TRY(pp__mean_response(e->fit, from, NULL, &low, e->other, e->err));
    for (int j = 0; j < e->fit->k; j++) {
        e->gradient[j] -= e->other[j];
    }
    return add_effect(e, term, contrast, NAN, high - low, e->gradient);
}

static pp_status add_number(effects *e, int v) {
    const pp_fit *fit = e->fit;
    const pp__variable *variable = &fit->design->variables[v];
    if (is_binary(variable->value, fit->design->n)) {
        const pp__change to = {PP__SET_VALUE, v, 1, 0}, from = {PP__SET_VALUE, v, 0, 0};
        return add_contrast(e, variable->name, "1 - 0", &to, &from);
    }
    const pp__change tangent = {.kind = PP__TANGENT, .variable = v};
    double slope, sd = standard_deviation(variable->value, fit->design->n);
    PP_TRY(pp__mean_response(fit, &tangent, NULL, &slope, e->gradient, e->err));
    return add_effect(e, variable->name, e->by_sd ? "dY/dX * SD" : "dY/dX",
                      e->by_sd ? sd : NAN, slope, e->gradient);
}

static pp_status add_levels(effects *e, int v, int32_t reference) {
    const pp__variable *variable = &e->fit->design->variables[v];
    const pp__encoding *factor = &variable->factor;
    const pp__change from = {PP__SET_LEVEL, v, 0, reference};
    char level_space[32], reference_space[32];
    const char *base = pp__level_name(factor, reference, reference_space);
    for (int32_t l = 0; l < factor->n_levels; l++) {
        if (l == reference) {
            continue;
        }
        const pp__change to = {PP__SET_LEVEL, v, 0, l};
        pp_buf contrast;
        pp_buf_init(&contrast);
        pp_buf_printf(&contrast, "%s - %s", pp__level_name(factor, l, level_space), base);
        pp_status status = pp_buf_check(&contrast, e->err);
        if (status == PP_OK) {
            status = add_contrast(e, variable->name, contrast.data, &to, &from);
        }
        pp_buf_clear(&contrast);
        PP_TRY(status);
    }
    return PP_OK;
}

static int mentions(const pp__node *node, int variable) {
    if (node->kind == PP__NAME) {
        return node->variable == variable;
    }
    for (const pp__node *child = node->first; child; child = child->next) {
        if (mentions(child, variable)) {
            return 1;
        }
    }
    return 0;
}

/* Whether a column that is left depends on the variable, and the reference level of its
   first factor (-1: it is a number only). */
static int find_use(const pp__design *d, int v, int32_t *reference) {
    int used = 0;
    *reference = -1;
    for (int j = 0; j < d->k; j++) {
        const pp__term *term =
            d->column[j].term < 0 ? NULL : &d->formula->terms[d->column[j].term];
        for (int i = 0; term && i < term->n; i++) {
            const pp__atom *atom = &d->formula->atoms[term->atom[i]];
            int here = atom->kind == PP__ATOM_NUMERIC ? mentions(atom->node, v)
                                                      : atom->node->variable == v;
            used |= here;
            if (here && atom->kind == PP__ATOM_FACTOR && *reference < 0) {
                *reference = d->reference[term->atom[i]];
            }
        }
    }
    return used;
}

static pp_status add_effects(effects *e) {
    const pp__design *d = e->fit->design;
    for (int v = 0; v < d->n_variables; v++) {
        int32_t reference;
        if (find_use(d, v, &reference)) {
            PP_TRY(reference >= 0 ? add_levels(e, v, reference) : add_number(e, v));
        }
    }
    return PP_OK;
}

pp_status pp_fit_margins(const pp_fit *fit, const char *scale, pp_result *result,
                         pp_error *err) {
    effects e = {.fit = fit, .scale = scale ? scale : "unit", .err = err};
    PP_TRY(need_response(fit, err));
    e.by_sd = strcmp(e.scale, "sd") == 0;
    if (!e.by_sd && strcmp(e.scale, "unit") != 0) {
        pp_error_set(err, PP_E_ARGUMENT, "there is no scale '%s'", scale);
        pp_error_locate(err, NULL, 0, "scale", scale);
        pp_error_hint(err, "there are: unit, sd");
        return PP_E_ARGUMENT;
    }
    e.table = pp_result_find(result, "margins");
    if (!e.table) {
        PP_TRY(
            pp_result_add(result, "margins", "Average marginal effects", &e.table, err));
    }
    e.gradient = pp_malloc(2 * (int64_t)fit->k, sizeof *e.gradient);
    PP_NEED(e.gradient, err);
    e.other = e.gradient + fit->k;
    pp_status status = add_effects(&e);
    pp_free(e.gradient);
    return status;
}

/* ---- profiles ---- */

static pp_status find_number(const pp_fit *fit, const char *name, int *index,
                             pp_error *err) {
    const pp__design *d = fit->design;
    int32_t reference;
    for (*index = 0; *index < d->n_variables; (*index)++) {
        if (strcmp(d->variables[*index].name, name) == 0 &&
            find_use(d, *index, &reference)) {
            if (reference < 0) {
                return PP_OK;
            }
            pp_error_set(err, PP_E_ARGUMENT, "'%s' is a category and has no values",
                         name);
            pp_error_locate(err, NULL, 0, name, NULL);
            return PP_E_ARGUMENT;
        }
    }
    pp_error_set(err, PP_E_NOT_FOUND, "the model has no variable '%s'", name);
    pp_error_locate(err, NULL, 0, name, NULL);
    return PP_E_NOT_FOUND;
}

static pp_status fill_profile(const pp_fit *fit, int variable, const double *values,
                              int64_t n, double *gradient, pp_table *table,
                              pp_error *err) {
    double quantile = pp__fit_quantile(fit, fit->options.level);
    for (int64_t i = 0; i < n; i++) {
        const pp__change set = {PP__SET_VALUE, variable, values[i], 0};
        double mean;
        PP_TRY(pp__mean_response(fit, &set, NULL, &mean, gradient, err));
        double error = sqrt(variance_of(fit, gradient)), width = quantile * error;
        PP_TRY(pp__put_number(table, i, "value", PP_SHOW_DEFAULT, values[i], err));
        PP_TRY(pp__put_number(table, i, "estimate", PP_SHOW_DEFAULT, mean, err));
        PP_TRY(pp__put_number(table, i, "std_error", PP_SHOW_DEFAULT, error, err));
        PP_TRY(pp__put_number(table, i, "conf_low", PP_SHOW_DEFAULT, mean - width, err));
        PP_TRY(pp__put_number(table, i, "conf_high", PP_SHOW_DEFAULT, mean + width, err));
    }
    return PP_OK;
}

pp_status pp_fit_profile(const pp_fit *fit, const char *variable, const double *values,
                         int64_t n, const char *name, pp_result *result, pp_error *err) {
    int index;
    pp_table *table;
    PP_TRY(need_response(fit, err));
    PP_TRY(find_number(fit, variable, &index, err));
    PP_TRY(pp_result_add(result, name, variable, &table, err));
    PP_TRY(pp_table_resize(table, n, err));
    double *gradient = pp_malloc(fit->k, sizeof *gradient);
    PP_NEED(gradient, err);
    pp_status status = fill_profile(fit, index, values, n, gradient, table, err);
    pp_free(gradient);
    return status;
}
