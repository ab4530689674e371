/* How well a model fits, in one row. */
#include "model/after/quality.h"

#include "base/check.h"
#include "model/after/family.h"
#include "model/tables.h"

#include <pushpull/after.h>

#include <math.h>
#include <stdlib.h>

enum { BINS = 10, MOST_BINS = 1000 };

typedef struct fact {
    const char *name;
    double value;
} fact;

static pp_status put(pp_table *table, const fact *facts, size_t n, pp_error *err) {
    for (size_t i = 0; i < n; i++) {
        PP_TRY(pp__put_number(table, 0, facts[i].name, PP_SHOW_DEFAULT, facts[i].value,
                              err));
    }
    return PP_OK;
}

/* ---- any likelihood ---- */

static pp_status put_criteria(const pp_fit *fit, pp_table *table, pp_error *err) {
    double n = fit->units < 0 ? (double)fit->nobs : (double)fit->units;
    double l = fit->loglik, l0 = fit->null_loglik, k = fit->parameters;
    double left = n - k - 1, snell = 1 - exp(2 * (l0 - l) / n);
    int linear = !isnan(fit->sigma);
    const fact facts[] = {
        {"loglik", l},
        {"null_loglik", l0},
        {"aic", -2 * l + 2 * k},
        {"aicc", left > 0 ? -2 * l + 2 * k + 2 * k * (k + 1) / left : NAN},
        {"bic", -2 * l + log(n) * k},
        {"r2", fit->r2},
        {"mcfadden", linear ? NAN : 1 - l / l0},
        {"mcfadden_adjusted", linear ? NAN : 1 - (l - k) / l0},
        {"cox_snell", linear ? NAN : snell},
        {"nagelkerke", linear ? NAN : snell / (1 - exp(2 * l0 / n))}};
    PP_TRY(pp__put_number(table, 0, "nobs", PP_SHOW_COUNT, (double)fit->nobs, err));
    return put(table, facts, sizeof facts / sizeof *facts, err);
}

static double root_mean_square(const pp_fit *fit, const double *mean) {
    const pp__companions *with = &fit->design->with;
    double sum = 0, total = 0;
    for (int64_t i = 0; i < fit->design->n; i++) {
        double w = with->weight ? with->weight[i] : 1, gap = with->y[i] - mean[i];
        sum += w * gap * gap;
        total += w;
    }
    return sqrt(sum / total);
}

/* ---- probabilities ---- */

double pp__log_loss(double y, double p) {
    return -log(y > 0 ? p : 1 - p);
}

double pp__log_score(const pp__binary *b) {
    double sum = 0;
    for (int64_t i = 0; i < b->n; i++) {
        sum += pp__binary_weight(b, i) * pp__log_loss(b->y[i], b->p[i]);
    }
    return sum / b->total;
}

/* Tjur (2009), American Statistician 63, 366-372. */
static double tjur(const pp__binary *b) {
    double ones = 0, zeros = 0;
    for (int64_t i = 0; i < b->n; i++) {
        *(b->y[i] > 0 ? &ones : &zeros) += pp__binary_weight(b, i) * b->p[i];
    }
    return ones / b->events - zeros / (b->total - b->events);
}

typedef struct ranked {
    double p;
    int64_t row;
} ranked;

static int compare_ranked(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    if (x->p != y->p) {
        return x->p < y->p ? -1 : 1;
    }
    return (x->row > y->row) - (x->row < y->row);
}

pp_status pp__order_ascending(const double *value, int64_t n, int64_t *rows,
                              pp_error *err) {
    ranked *all = pp_malloc(n, sizeof *all);
    PP_NEED(all, err);
    for (int64_t i = 0; i < n; i++) {
        all[i] = (ranked){value[i], i};
    }
    qsort(all, (size_t)n, sizeof *all, compare_ranked);
    for (int64_t i = 0; i < n; i++) {
        rows[i] = all[i].row;
    }
    pp_free(all);
    return PP_OK;
}

pp_status pp__binary_settle(pp__binary *b, pp_arena *arena, pp_error *err) {
    int64_t *order = pp_arena_alloc(arena, b->n, sizeof *order);
    PP_NEED(order, err);
    for (int64_t i = 0; i < b->n; i++) {
        b->total += pp__binary_weight(b, i);
        b->events += b->y[i] > 0 ? pp__binary_weight(b, i) : 0;
    }
    b->order = order;
    return pp__order_ascending(b->p, b->n, order, err);
}

static pp_status add_binary(const pp_fit *fit, const pp_quality_options *options,
                            const double *mean, pp_table *table, pp_arena *arena,
                            pp_result *result, pp_error *err) {
    const pp__companions *with = &fit->design->with;
    pp__binary b = {.n = fit->design->n, .y = with->y, .p = mean};
    pp__brier brier;
    pp_table *calibration;
    double auc, error, intercept, slope;
    double quantile = pp__fit_quantile(fit, fit->options.level);
    b.quantile = quantile;
    b.weight = with->weight;
    b.counted = !with->weight || with->frequency;
    PP_TRY(pp__binary_settle(&b, arena, err));
    PP_TRY(pp_result_add(result, "calibration", "Calibration", &calibration, err));
    PP_TRY(pp__calibration_add(&b, options->bins ? options->bins : BINS, &brier,
                               calibration, err));
    pp__auc(&b, &auc, &error);
    pp__calibration_line(&b, &intercept, &slope);
    const fact facts[] = {{"tjur", tjur(&b)},
                          {"auc", auc},
                          {"auc_std_error", error},
                          {"auc_low", fmax(auc - quantile * error, 0)},
                          {"auc_high", fmin(auc + quantile * error, 1)},
                          {"log_score", pp__log_score(&b)},
                          {"brier", brier.score},
                          {"reliability", brier.reliability},
                          {"resolution", brier.resolution},
                          {"uncertainty", brier.uncertainty},
                          {"within_bins", brier.within},
                          {"calibration_intercept", intercept},
                          {"calibration_slope", slope}};
    PP_TRY(put(table, facts, sizeof facts / sizeof *facts, err));
    return options->curves ? pp__curves_add(&b, fit, result, err) : PP_OK;
}

/* ---- all of it ---- */

static pp_status fill(const pp_fit *fit, const pp_quality_options *options,
                      const pp_context *ctx, pp_table *table, pp_arena *arena,
                      pp_result *result, pp_error *err) {
    const pp__family *family = pp__fit_family(fit);
    double *eta, *mean;
    PP_TRY(pp_table_resize(table, 1, err));
    PP_TRY(put_criteria(fit, table, err));
    if (family) {
        PP_TRY(pp__used_predict(fit, ctx, arena, &eta, &mean, err));
        PP_TRY(pp__put_number(table, 0, "rmse", PP_SHOW_DEFAULT,
                              root_mean_square(fit, mean), err));
    }
    if (family && family->binary) {
        PP_TRY(add_binary(fit, options, mean, table, arena, result, err));
    }
    return fit->equation ? PP_OK : pp__vif_add(fit, result, err);
}

pp_status pp_fit_quality(const pp_fit *fit, const pp_quality_options *options,
                         const pp_context *ctx, pp_result *result, pp_error *err) {
    const pp_quality_options usual = {0};
    pp_arena arena;
    pp_table *table;
    options = options ? options : &usual;
    if (options->bins < 0 || options->bins > MOST_BINS) {
        PP_FAIL(err, PP_E_ARGUMENT, "there can be 1 to %d bins", MOST_BINS);
    }
    PP_TRY(pp_result_add(result, "quality", "How well the model fits", &table, err));
    pp_arena_init(&arena);
    pp_status status = fill(fit, options, ctx, table, &arena, result, err);
    pp_arena_clear(&arena);
    return status;
}
