/* Which covariance, the degrees of freedom of its t distribution, and what is done to
   one that is none. */
#include "base/check.h"
#include "model/estimator.h"
#include "model/inference/covariance_parts.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

void pp__covariance_close(pp__covariance_work *w) {
    pp__mirror(w->fit->k, w->meat);
    pp__sandwich(w->fit->k, w->fit->bread, w->meat, w->scratch, w->fit->V);
}

pp_status pp__covariance_warn_few(pp__covariance_work *w, int64_t clusters,
                                  const char *what) {
    pp_fit *fit = w->fit;
    if (clusters > fit->k) {
        return PP_OK;
    }
    return pp__notes_warn(&fit->notes, "few_clusters", fit->options.vcov, clusters,
                          w->err,
                          "%lld %s are too few for %d coefficients: the covariance is "
                          "singular and its errors are too small",
                          (long long)clusters, what, fit->k);
}

/* The inverse information; of a linear model s² (X'X)⁻¹. */
static pp_status iid(pp__covariance_work *w) {
    pp_fit *fit = w->fit;
    double counted, variance = 1;
    PP_TRY(pp__counted_df(w, NULL, 0, &counted));
    fit->small_sample = 1;
    if (!isnan(fit->sigma)) {
        variance = fit->sigma * fit->sigma;
        fit->small_sample = pp__exact_df(fit) / counted;
    } else if (fit->vcov.ssc == PP__SSC_FIXEST && fit->estimator->family) {
        fit->small_sample = (fit->scores.count - 1) / counted;
    }
    for (int64_t i = 0; i < (int64_t)fit->k * fit->k; i++) {
        fit->V[i] = fit->small_sample * variance * fit->bread[i];
    }
    return PP_OK;
}

static pp_status compute(pp__covariance_work *w) {
    pp_fit *fit = w->fit;
    int64_t size = (int64_t)fit->k * fit->k;
    w->meat = pp_arena_zalloc(&w->arena, 2 * size, sizeof *w->meat);
    PP_NEED(w->meat, w->err);
    w->scratch = w->meat + size;
    PP_TRY(pp__counted_df(w, NULL, 0, &fit->df));
    switch (fit->vcov.kind) {
    case PP__IID:
        return iid(w);
    case PP__HC:
        return pp__covariance_robust(w);
    case PP__CLUSTER:
        return pp__covariance_clustered(w);
    case PP__TIME:
        return pp__covariance_in_time(w);
    case PP__SPACE:
        return pp__covariance_in_space(w);
    default:
        return pp__covariance_corrected(w);
    }
}

pp_status pp__covariance(pp_fit *fit, const pp_table *data, const pp_context *ctx,
                         pp_error *err) {
    pp__covariance_work w = {.fit = fit, .data = data, .ctx = ctx, .err = err};
    fit->n_components = 0;
    fit->df_of = NULL;
    fit->V = pp_arena_alloc(&fit->arena, (int64_t)fit->k * fit->k, sizeof *fit->V);
    PP_NEED(fit->V, err);
    if (pp__exact_df(fit) < 1) {
        PP_FAIL(err, PP_E_ESTIMATION, "%lld observation%s too few for %d coefficient%s",
                (long long)fit->scores.n, fit->scores.n == 1 ? " is" : "s are", fit->k,
                fit->k == 1 ? "" : "s");
    }
    pp_arena_init(&w.arena);
    pp_status status = compute(&w);
    pp_arena_clear(&w.arena);
    if (!fit->estimator->student && !fit->df_of) {
        fit->df = INFINITY;
    }
    return status;
}

/* Negative eigenvalues are set to zero, in the units of the variables as they are. */
pp_status pp__covariance_mend(pp_fit *fit, pp_error *err) {
    int64_t k = fit->k;
    if (fit->n_components < 2 && fit->vcov.kind != PP__SPACE) {
        return PP_OK;
    }
    double *vectors = pp_arena_alloc(&fit->arena, k * k + 5 * k, sizeof *vectors);
    PP_NEED(vectors, err);
    double *values = vectors + k * k, *space = values + k;
    memcpy(vectors, fit->V, (size_t)(k * k) * sizeof *vectors);
    if (pp__eigen(fit->k, vectors, values, space) != 0) {
        PP_FAIL(err, PP_E_ESTIMATION, "the covariance has no eigenvalues");
    }
    if (values[0] >= -1e-14 * values[k - 1]) {
        return PP_OK;
    }
    int fixed = fit->vcov.ssc == PP__SSC_FIXEST;
    for (int64_t l = 0; fixed && values[l] < 0; l++) {
        for (int64_t j = 0; j < k; j++) {
            for (int64_t i = 0; i < k; i++) {
                fit->V[i + j * k] -= values[l] * vectors[i + l * k] * vectors[j + l * k];
            }
        }
    }
    return pp__notes_warn(&fit->notes, "covariance", fit->options.vcov, -1, err,
                          "the covariance is not positive semidefinite%s",
                          fixed ? "; its negative eigenvalues were set to zero" : "");
}
