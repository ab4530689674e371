#include "model/after/predict.h"

#include "base/check.h"
#include "model/linalg.h"

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
