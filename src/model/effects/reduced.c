/* The reduced equations S x = b: which way they are solved, and by how many steps. */
#include "base/check.h"
#include "model/effects/gradients.h"
#include "model/effects/inside.h"

enum { MOST_ITERATIONS = 5000 };

/* What the plain iteration costs, in additions: what a way may cost in its place. */
static double plain_work(const pp__effects *e) {
    enum { ITERATIONS = 100 };
    return (double)e->n * e->n_rest * ITERATIONS;
}

pp_status pp__reduced_make(pp__absorber *a, const pp_context *ctx, pp_error *err) {
    static const pp__way *const WAYS[] = {&pp__way_dense, &pp__way_sparse,
                                          &pp__way_approximate};
    double work = plain_work(a->effects);
    for (size_t i = 0; a->effects->n_rest > 0 && i < sizeof WAYS / sizeof *WAYS; i++) {
        PP_TRY(WAYS[i]->make(a, work, ctx, &a->held, err));
        if (a->held) {
            a->way = WAYS[i];
            return PP_OK;
        }
    }
    return PP_OK;
}

pp_status pp__reduced_weigh(pp__absorber *a, const pp_context *ctx, pp_error *err) {
    return a->way ? a->way->weigh(a->held, a, ctx, err) : PP_OK;
}

typedef struct solving {
    const pp__absorber *a;
    const pp_context *ctx;
} solving;

static pp_status times(void *payload, int m, const double *x, double *out,
                       pp_error *err) {
    const solving *s = payload;
    if (s->a->way && s->a->way->times) {
        s->a->way->times(s->a->held, m, x, out);
        return PP_OK;
    }
    return pp__reduced_times(s->a, m, x, s->ctx, out, err);
}

static pp_status precondition(void *payload, int m, const double *x, double *out,
                              pp_error *err) {
    const pp__absorber *a = ((const solving *)payload)->a;
    const double *inverse = a->inverse + pp__effects_largest(a->effects);
    if (a->way) {
        return a->way->invert(a->held, m, x, out, err);
    }
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
                             .precondition = precondition};
    return pp__gradients(&q, right, x, a->arena, ctx, report, err);
}
