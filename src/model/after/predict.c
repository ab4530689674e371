/* Predictions with intervals: symmetric in the linear predictor, and its ends put through
   the inverse link. Errors of the response by the delta method. */
#include "model/after/predict.h"

#include "base/check.h"
#include "model/after/newdata.h"
#include "model/linalg.h"
#include "model/tables.h"

#include <pushpull/after.h>

#include <math.h>
#include <string.h>

typedef struct job {
    const pp_fit *fit;
    const pp__frame *frame;
    const pp__predictions *out;
    int k; /* regressors */
} job;

static void add_variance(const job *j, const double *x, int n, double *variance,
                         double *product) {
    memset(variance, 0, (size_t)n * sizeof *variance);
    for (int c = 0; c < j->k; c++) {
        const double *V = j->fit->V + (int64_t)c * j->fit->k;
        memset(product, 0, (size_t)n * sizeof *product);
        for (int r = 0; r < j->k; r++) {
            for (int i = 0; i < n; i++) {
                product[i] += V[r] * x[i + (int64_t)r * PP__TILE];
            }
        }
        for (int i = 0; i < n; i++) {
            variance[i] += product[i] * x[i + (int64_t)c * PP__TILE];
        }
    }
}

static void predict_rows(void *payload, int64_t begin, int n, double *sums,
                         double *scratch) {
    const pp__change as_is = {.kind = PP__AS_IS};
    const job *j = payload;
    const pp__predictions *out = j->out;
    double *x = scratch, *eta = x + (int64_t)j->frame->design.k * PP__TILE;
    double *mean = eta + PP__TILE, *slope = mean + PP__TILE, *curve = slope + PP__TILE;
    (void)sums;
    pp__design_change(&j->frame->design, &as_is, begin, n, x, NULL, curve + PP__TILE);
    for (int i = 0; i < n; i++) {
        eta[i] = j->frame->outside ? j->frame->outside[begin + i] : 0;
    }
    for (int c = 0; c < j->k; c++) {
        for (int i = 0; i < n; i++) {
            eta[i] += j->fit->estimates[c] * x[i + (int64_t)c * PP__TILE];
        }
    }
    size_t bytes = (size_t)n * sizeof *eta;
    if (out->eta) {
        memcpy(out->eta + begin, eta, bytes);
    }
    if (out->mean || out->slope) {
        j->fit->link->response(n, eta, mean, slope, curve);
    }
    if (out->mean) {
        memcpy(out->mean + begin, mean, bytes);
    }
    if (out->slope) {
        memcpy(out->slope + begin, slope, bytes);
    }
    if (out->error) {
        pp__frame_settle(j->fit, j->frame, begin, n, x, curve + PP__TILE);
        add_variance(j, x, n, mean, curve);
        for (int i = 0; i < n; i++) {
            out->error[begin + i] = sqrt(mean[i]);
        }
    }
}

pp_status pp__frame_predict(const pp_fit *fit, const pp__frame *frame,
                            const pp__predictions *out, const pp_context *ctx,
                            pp_error *err) {
    job j = {fit, frame, out, pp__regressors(fit)};
    int64_t size = (int64_t)frame->design.k * PP__TILE;
    int64_t work = pp__design_scratch(&frame->design);
    int64_t scratch = size + 4 * PP__TILE + (work > size ? work : size);
    return pp__pass_rows(frame->design.n, scratch, predict_rows, &j, ctx, err);
}

pp_status pp__used_predict(const pp_fit *fit, const pp_context *ctx, pp_arena *arena,
                           double **eta, double **mean, pp_error *err) {
    pp__frame used;
    pp__predictions out = {0};
    pp__frame_used(fit, &used);
    *eta = out.eta = pp_arena_alloc(arena, used.design.n, sizeof **eta);
    PP_NEED(*eta, err);
    if (mean) {
        *mean = out.mean = pp_arena_alloc(arena, used.design.n, sizeof **mean);
        PP_NEED(*mean, err);
    }
    return pp__frame_predict(fit, &used, &out, ctx, err);
}

/* ---- the table ---- */

typedef struct columns {
    pp_table *table;
    pp_column *estimate, *std_error, *low, *high; /* NULL: there is no response */
    pp_column *eta, *eta_error, *eta_low, *eta_high;
} columns;

static pp_status add_columns(columns *c, int response, pp_error *err) {
    const struct {
        const char *name;
        pp_column **column;
        int of_response;
    } all[] = {{"estimate", &c->estimate, 1},    {"std_error", &c->std_error, 1},
               {"conf_low", &c->low, 1},         {"conf_high", &c->high, 1},
               {"linear_predictor", &c->eta, 0}, {"linear_error", &c->eta_error, 0},
               {"linear_low", &c->eta_low, 0},   {"linear_high", &c->eta_high, 0}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (response || !all[i].of_response) {
            PP_TRY(pp_table_add(c->table, PP_NUMBER, all[i].name, all[i].column, err));
        }
    }
    return PP_OK;
}

static double response_at(const pp_fit *fit, double eta) {
    double mean, slope, curve;
    fit->link->response(1, &eta, &mean, &slope, &curve);
    return mean;
}

static pp_status fill(const pp_fit *fit, const pp__frame *frame, columns *c,
                      const pp_context *ctx, pp_error *err) {
    double quantile = pp__fit_quantile(fit, fit->options.level);
    pp__predictions out = {.eta = c->eta->number, .error = c->eta_error->number};
    if (c->estimate) {
        out.mean = c->estimate->number;
        out.slope = c->std_error->number;
    }
    PP_TRY(pp__frame_predict(fit, frame, &out, ctx, err));
    for (int64_t i = 0; i < frame->design.n; i++) {
        double width = quantile * out.error[i];
        c->eta_low->number[i] = out.eta[i] - width;
        c->eta_high->number[i] = out.eta[i] + width;
        if (c->estimate) {
            c->std_error->number[i] *= out.error[i];
            c->low->number[i] = response_at(fit, out.eta[i] - width);
            c->high->number[i] = response_at(fit, out.eta[i] + width);
        }
    }
    return PP_OK;
}

static pp_status predict_used(const pp_fit *fit, columns *c, const char *ids,
                              const pp_context *ctx, pp_error *err) {
    pp__frame used;
    pp__frame_used(fit, &used);
    PP_TRY(pp_table_resize(c->table, used.design.n, err));
    PP_TRY(pp__put_rows(fit, NULL, ids, c->table, err));
    if (used.design.with.y) {
        pp_column *observed;
        PP_TRY(pp_table_add(c->table, PP_NUMBER, "observed", &observed, err));
        memcpy(observed->number, used.design.with.y,
               (size_t)used.design.n * sizeof *observed->number);
    }
    PP_TRY(add_columns(c, pp__need_response(fit, "", NULL) == PP_OK, err));
    return fill(fit, &used, c, ctx, err);
}

static pp_status predict_new(const pp_fit *fit, const pp_table *data, columns *c,
                             const char *ids, const pp_context *ctx, pp_arena *arena,
                             pp_result *result, pp_error *err) {
    pp__frame frame;
    const char **missing;
    int64_t lost = 0, n = pp_table_rows(data);
    pp_column *why;
    PP_TRY(pp__frame_new(fit, data, arena, &frame, &missing, err));
    PP_TRY(pp_table_resize(c->table, n, err));
    PP_TRY(pp__put_rows(fit, data, ids, c->table, err));
    PP_TRY(add_columns(c, pp__need_response(fit, "", NULL) == PP_OK, err));
    PP_TRY(fill(fit, &frame, c, ctx, err));
    PP_TRY(pp_table_add(c->table, PP_TEXT, "missing", &why, err));
    for (int64_t i = 0; i < n; i++) {
        lost += missing[i] != NULL;
        PP_TRY(pp_column_set_text(c->table, why, i, missing[i], err));
        for (int j = 0; missing[i] && j < pp_table_columns(c->table); j++) {
            pp_column *column = pp_table_column(c->table, j);
            int predicted = strncmp(column->name, "linear_", 7) == 0 ||
                            column == c->estimate || column == c->std_error ||
                            column == c->low || column == c->high;
            if (predicted) {
                column->number[i] = NAN;
            }
        }
    }
    return lost == 0 ? PP_OK
                     : pp_result_warn(result, "not_predicted", NULL, lost, err,
                                      "%lld of %lld rows cannot be predicted; column "
                                      "missing of the predictions says why",
                                      (long long)lost, (long long)n);
}

pp_status pp_fit_predict(const pp_fit *fit, const pp_table *data, const char *ids,
                         const pp_context *ctx, pp_result *result, pp_error *err) {
    columns c = {0};
    pp_arena arena;
    if (fit->equation) {
        PP_FAIL(err, PP_E_UNSUPPORTED,
                "model '%s' has several equations and no one "
                "prediction",
                fit->options.model);
    }
    PP_TRY(pp_result_add(result, "predictions", "Predictions", &c.table, err));
    pp_arena_init(&arena);
    pp_status status = data ? predict_new(fit, data, &c, ids, ctx, &arena, result, err)
                            : predict_used(fit, &c, ids, ctx, err);
    pp_arena_clear(&arena);
    return status;
}
