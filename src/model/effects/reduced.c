/* The reduced equations S x = b of the effects beside the largest. */
#include "base/check.h"
#include "model/effects/gradients.h"
#include "model/effects/inside.h"

enum { MOST_ITERATIONS = 5000 };

pp_status pp__reduced_make(pp__absorber *a, const pp_context *ctx, pp_error *err) {
    (void)a;
    (void)ctx;
    (void)err;
    return PP_OK;
}

pp_status pp__reduced_weigh(pp__absorber *a, const pp_context *ctx, pp_error *err) {
    (void)a;
    (void)ctx;
    (void)err;
    return PP_OK;
}

typedef struct solving {
    const pp__absorber *a;
    const pp_context *ctx;
} solving;

static pp_status times(void *payload, int m, const double *x, double *out,
                       pp_error *err) {
    const solving *s = payload;
    return pp__reduced_times(s->a, m, x, s->ctx, out, err);
}

static pp_status by_diagonal(void *payload, int m, const double *x, double *out,
                             pp_error *err) {
    const pp__absorber *a = ((const solving *)payload)->a;
    const double *inverse = a->inverse + pp__effects_largest(a->effects);
    (void)err;
    for (int64_t i = 0; i < pp__effects_rest(a->effects); i++) {
        for (int j = 0; j < m; j++) {
            out[i * m + j] = inverse[i] * x[i * m + j];
        }
    }
    return PP_OK;
}

pp_status pp__reduced_solve(pp__absorber *a, int m, double *right, const double *squares,
                            double tolerance, const pp_context *ctx, double *x,
                            pp__absorb_report *report, pp_error *err) {
    solving s = {a, ctx};
    const pp__equations q = {.size = pp__effects_rest(a->effects),
                             .m = m,
                             .norm = squares,
                             .tolerance = tolerance,
                             .most = MOST_ITERATIONS,
                             .payload = &s,
                             .times = times,
                             .precondition = by_diagonal};
    return pp__gradients(&q, right, x, a->arena, ctx, report, err);
}
