#include "model/after/response.h"

#include "base/check.h"
#include "model/estimator.h"
#include "model/linalg.h"

#include <string.h>

typedef struct job {
    const pp_fit *fit;
    const pp__frame *frame;
    const pp__change *change;
    int k; /* regressors; all parameters when the estimator has its own response */
} job;

/* eta and, for a derivative, its slope in the variable. */
static void predict(const job *j, int64_t begin, int n, const double *x, const double *dx,
                    double *eta, double *slope_eta) {
    const double *b = j->fit->estimates;
    memset(eta, 0, PP__TILE * sizeof *eta);
    memset(slope_eta, 0, PP__TILE * sizeof *slope_eta);
    if (j->frame->outside) {
        memcpy(eta, j->frame->outside + begin, (size_t)n * sizeof *eta);
    }
    for (int c = 0; c < j->k; c++) {
        int64_t at = (int64_t)c * PP__TILE;
        for (int i = 0; i < n; i++) {
            eta[i] += b[c] * x[at + i];
        }
        for (int i = 0; dx && i < n; i++) {
            slope_eta[i] += b[c] * dx[at + i];
        }
    }
}

/* To `sums` the gradient by each regressor, the mean, and the weights. */
static void add_rows(void *payload, int64_t begin, int n, double *sums, double *scratch) {
    const job *j = payload;
    int k = j->k, tangent = j->change->kind == PP__TANGENT;
    int64_t size = (int64_t)j->frame->design.k * PP__TILE;
    double *x = scratch, *dx = x + size, *eta = dx + size, *slope_eta = eta + PP__TILE;
    double *mean = slope_eta + PP__TILE, *slope = mean + PP__TILE,
           *curve = slope + PP__TILE;
    const double *weight = j->frame->weight ? j->frame->weight + begin : NULL;
    pp__design_change(&j->frame->design, j->change, begin, n, x, tangent ? dx : NULL,
                      curve + PP__TILE);
    predict(j, begin, n, x, tangent ? dx : NULL, eta, slope_eta);
    j->fit->link->response(n, eta, mean, slope, curve);
    pp__frame_settle(j->fit, j->frame, begin, n, x, curve + PP__TILE);
    for (int i = 0; i < n; i++) {
        double w = weight ? weight[i] : 1;
        slope[i] *= w;
        curve[i] *= w * slope_eta[i];
        sums[k] += tangent ? slope[i] * slope_eta[i] : w * mean[i];
        sums[k + 1] += w;
    }
    for (int c = 0; c < k; c++) {
        const double *xc = x + (int64_t)c * PP__TILE, *dxc = dx + (int64_t)c * PP__TILE;
        sums[c] += tangent ? pp__dot(n, curve, xc) + pp__dot(n, slope, dxc)
                           : pp__dot(n, slope, xc);
    }
}

/* The same by the estimator's own response. */
static void add_responses(void *payload, int64_t begin, int n, double *sums,
                          double *scratch) {
    const job *j = payload;
    int k = j->k, tangent = j->change->kind == PP__TANGENT;
    int64_t size = (int64_t)j->frame->design.k * PP__TILE;
    double *x = scratch, *dx = x + size, *mean = dx + size, *gradient = mean + PP__TILE;
    const double *weight = j->frame->weight ? j->frame->weight + begin : NULL;
    pp__design_change(&j->frame->design, j->change, begin, n, x, tangent ? dx : NULL,
                      gradient + (int64_t)k * PP__TILE);
    const pp__responding rows = {.outcome = j->frame->outcome,
                                 .n = n,
                                 .x = x,
                                 .dx = tangent ? dx : NULL,
                                 .outside =
                                     j->frame->outside ? j->frame->outside + begin : NULL,
                                 .mean = mean,
                                 .gradient = gradient};
    j->fit->estimator->respond(j->fit, &rows);
    for (int i = 0; i < n; i++) {
        double w = weight ? weight[i] : 1;
        sums[k] += w * mean[i];
        sums[k + 1] += w;
        for (int c = 0; c < k; c++) {
            sums[c] += w * gradient[i + (int64_t)c * PP__TILE];
        }
    }
}

pp_status pp__frame_response(const pp_fit *fit, const pp__frame *frame,
                             const pp__change *change, const pp_context *ctx,
                             double *mean, double *gradient, pp_error *err) {
    pp_arena arena;
    pp__pass pass;
    int own = fit->estimator->respond != NULL;
    job j = {fit, frame, change, own ? fit->k : pp__regressors(fit)};
    int64_t k = j.k, size = (int64_t)frame->design.k * PP__TILE;
    int64_t work = pp__design_scratch(&frame->design);
    int64_t scratch = 2 * size + (k + 5) * PP__TILE + (work > size ? work : size);
    pp_arena_init(&arena);
    pp_status status = pp__pass_init(&pass, frame->design.n, k + 2, scratch, &arena, err);
    double *sums = status == PP_OK ? pp_arena_alloc(&arena, k + 2, sizeof *sums) : NULL;
    if (sums) {
        pp__pass_run(&pass, own ? add_responses : add_rows, &j, ctx, sums);
        memset(gradient, 0, (size_t)fit->k * sizeof *gradient);
        for (int64_t c = 0; c < k; c++) {
            gradient[c] = sums[c] / sums[k + 1];
        }
        *mean = sums[k] / sums[k + 1];
    } else if (status == PP_OK) {
        status = pp_error_set(err, PP_E_MEMORY, "out of memory");
    }
    pp_arena_clear(&arena);
    return status;
}

pp_status pp__mean_response(const pp_fit *fit, const pp__change *change,
                            const pp_context *ctx, double *mean, double *gradient,
                            pp_error *err) {
    pp__frame used;
    pp__frame_used(fit, &used);
    return pp__frame_response(fit, &used, change, ctx, mean, gradient, err);
}

double pp__delta_variance(const pp_fit *fit, const double *gradient) {
    double sum = 0;
    for (int j = 0; j < fit->k; j++) {
        sum += gradient[j] * pp__dot(fit->k, fit->V + (int64_t)j * fit->k, gradient);
    }
    return sum;
}
