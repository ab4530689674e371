/* Predictions of estimators that have a response of their own: probabilities of
   categories, and what a random intercept leaves on average. */
#include "base/check.h"
#include "model/after/predict.h"
#include "model/estimator.h"
#include "model/linalg.h"

#include <math.h>

typedef struct job {
    const pp_fit *fit;
    const pp__frame *frame;
    int outcome;
    double *mean, *error;
} job;

static void respond_rows(void *payload, int64_t begin, int n, double *sums,
                         double *scratch) {
    const pp__change as_is = {.kind = PP__AS_IS};
    const job *j = payload;
    const pp_fit *fit = j->fit;
    int64_t k = fit->k;
    double *x = scratch, *gradient = x + (int64_t)j->frame->design.k * PP__TILE;
    double *row = gradient + k * PP__TILE;
    const double *outside = j->frame->outside;
    (void)sums;
    pp__design_change(&j->frame->design, &as_is, begin, n, x, NULL, gradient);
    const pp__responding rows = {.outcome = j->outcome,
                                 .n = n,
                                 .x = x,
                                 .outside = outside ? outside + begin : NULL,
                                 .mean = j->mean + begin,
                                 .gradient = gradient};
    fit->estimator->respond(fit, &rows);
    for (int i = 0; i < n; i++) {
        double variance = 0;
        for (int64_t c = 0; c < k; c++) {
            row[c] = gradient[i + c * PP__TILE];
        }
        for (int64_t c = 0; c < k; c++) {
            variance += row[c] * pp__dot(k, fit->V + c * k, row);
        }
        j->error[begin + i] = sqrt(variance);
    }
}

pp_status pp__frame_predict_own(const pp_fit *fit, const pp__frame *frame, int outcome,
                                double *mean, double *error, const pp_context *ctx,
                                pp_error *err) {
    job j = {fit, frame, outcome, mean, error};
    int64_t size = ((int64_t)fit->k + 1) * PP__TILE + fit->k;
    int64_t work = pp__design_scratch(&frame->design);
    int64_t scratch = (int64_t)frame->design.k * PP__TILE + (work > size ? work : size);
    return pp__pass_rows(frame->design.n, scratch, respond_rows, &j, ctx, err);
}
