/* Predictions with intervals: symmetric in the linear predictor, and its ends put through
   the inverse link; of an estimator's own response, symmetric in its logit. Errors of the
   response by the delta method. */
#include "base/check.h"
#include "model/after/newdata.h"
#include "model/after/predict.h"
#include "model/estimator.h"

#include <pushpull/after.h>

#include <math.h>
#include <string.h>

typedef struct prediction {
    const pp_fit *fit;
    pp__frame frame;
    const pp_context *ctx;
    pp_table *table;
    double quantile;
    pp_error *err;
} prediction;

enum { ESTIMATE, ERROR, LOW, HIGH, COLUMNS };

/* Four columns: "estimate", "std_error", …, with "_name" where there is a name. */
static pp_status add_columns(const prediction *p, const char *const *titles,
                             const char *name, pp_column **out) {
    for (int c = 0; c < COLUMNS; c++) {
        pp_buf title;
        pp_buf_init(&title);
        pp_buf_printf(&title, "%s%s%s", titles[c], name ? "_" : "", name ? name : "");
        pp_status status = pp_buf_check(&title, p->err);
        if (status == PP_OK) {
            status = pp_table_add(p->table, PP_NUMBER, title.data, &out[c], p->err);
        }
        pp_buf_clear(&title);
        PP_TRY(status);
    }
    return PP_OK;
}

static const char *const RESPONSE[] = {"estimate", "std_error", "conf_low", "conf_high"};
static const char *const LINEAR[] = {"linear_predictor", "linear_error", "linear_low",
                                     "linear_high"};

static double response_at(const pp_fit *fit, double eta) {
    double mean, slope, curve;
    fit->link->response(1, &eta, &mean, &slope, &curve);
    return mean;
}

/* The linear predictor, and the link's inverse there unless `response` is NULL. */
static pp_status add_linear(const prediction *p, pp_column **response) {
    pp_column *linear[COLUMNS];
    PP_TRY(add_columns(p, LINEAR, NULL, linear));
    pp__predictions out = {.eta = linear[ESTIMATE]->number,
                           .error = linear[ERROR]->number};
    if (response) {
        out.mean = response[ESTIMATE]->number;
        out.slope = response[ERROR]->number;
    }
    PP_TRY(pp__frame_predict(p->fit, &p->frame, &out, p->ctx, p->err));
    for (int64_t i = 0; i < p->frame.design.n; i++) {
        double width = p->quantile * out.error[i];
        linear[LOW]->number[i] = out.eta[i] - width;
        linear[HIGH]->number[i] = out.eta[i] + width;
        if (response) {
            response[ERROR]->number[i] *= out.error[i];
            response[LOW]->number[i] = response_at(p->fit, out.eta[i] - width);
            response[HIGH]->number[i] = response_at(p->fit, out.eta[i] + width);
        }
    }
    return PP_OK;
}

/* Probabilities that the estimator gives itself. */
static pp_status add_own(const prediction *p, int outcome, const char *name) {
    pp_column *c[COLUMNS];
    PP_TRY(add_columns(p, RESPONSE, name, c));
    PP_TRY(pp__frame_predict_own(p->fit, &p->frame, outcome, c[ESTIMATE]->number,
                                 c[ERROR]->number, p->ctx, p->err));
    for (int64_t i = 0; i < p->frame.design.n; i++) {
        double mean = c[ESTIMATE]->number[i], logit = log(mean / (1 - mean));
        double width = p->quantile * c[ERROR]->number[i] / (mean * (1 - mean));
        c[LOW]->number[i] = 1 / (1 + exp(width - logit));
        c[HIGH]->number[i] = 1 / (1 + exp(-width - logit));
    }
    return PP_OK;
}

static pp_status add_predictions(const prediction *p) {
    const pp_fit *fit = p->fit;
    pp_column *response[COLUMNS];
    int own = fit->estimator->respond != NULL;
    int usual = !own && pp__need_response(fit, "", NULL) == PP_OK;
    for (int o = 0; own && (o == 0 || o < fit->outcomes); o++) {
        PP_TRY(add_own(p, o, fit->outcomes ? fit->outcome_name[o] : NULL));
    }
    if (usual) {
        PP_TRY(add_columns(p, RESPONSE, NULL, response));
    }
    return fit->equation ? PP_OK : add_linear(p, usual ? response : NULL);
}

static pp_status predict_used(prediction *p, const char *ids) {
    const pp__design *used = &p->frame.design;
    pp__frame_used(p->fit, &p->frame);
    PP_TRY(pp_table_resize(p->table, used->n, p->err));
    PP_TRY(pp__put_rows(p->fit, NULL, ids, p->table, p->err));
    if (used->with.y) {
        pp_column *observed;
        PP_TRY(pp_table_add(p->table, PP_NUMBER, "observed", &observed, p->err));
        memcpy(observed->number, used->with.y,
               (size_t)used->n * sizeof *observed->number);
    }
    return add_predictions(p);
}

/* Rows that cannot be predicted say why. */
static pp_status put_missing(const prediction *p, int first, const char *const *missing,
                             pp_result *result) {
    int64_t lost = 0, n = pp_table_rows(p->table);
    int end = pp_table_columns(p->table);
    pp_column *why;
    PP_TRY(pp_table_add(p->table, PP_TEXT, "missing", &why, p->err));
    for (int64_t i = 0; i < n; i++) {
        lost += missing[i] != NULL;
        PP_TRY(pp_column_set_text(p->table, why, i, missing[i], p->err));
        for (int j = first; missing[i] && j < end; j++) {
            pp_table_column(p->table, j)->number[i] = NAN;
        }
    }
    return lost == 0 ? PP_OK
                     : pp_result_warn(result, "not_predicted", NULL, lost, p->err,
                                      "%lld of %lld rows cannot be predicted; column "
                                      "missing of the predictions says why",
                                      (long long)lost, (long long)n);
}

static pp_status predict_new(prediction *p, const pp_table *data, const char *ids,
                             pp_arena *arena, pp_result *result) {
    const char **missing;
    PP_TRY(pp__frame_new(p->fit, data, arena, &p->frame, &missing, p->err));
    PP_TRY(pp_table_resize(p->table, p->frame.design.n, p->err));
    PP_TRY(pp__put_rows(p->fit, data, ids, p->table, p->err));
    int first = pp_table_columns(p->table);
    PP_TRY(add_predictions(p));
    return put_missing(p, first, missing, result);
}

pp_status pp_fit_predict(const pp_fit *fit, const pp_table *data, const char *ids,
                         const pp_context *ctx, pp_result *result, pp_error *err) {
    prediction p = {.fit = fit, .ctx = ctx, .err = err};
    pp_arena arena;
    p.quantile = pp__fit_quantile(fit, fit->options.level);
    PP_TRY(pp_result_add(result, "predictions", "Predictions", &p.table, err));
    pp_arena_init(&arena);
    pp_status status =
        data ? predict_new(&p, data, ids, &arena, result) : predict_used(&p, ids);
    pp_arena_clear(&arena);
    return status;
}
