/* The fit without each group, by estimating it again. */
#include "base/check.h"
#include "base/parallel.h"
#include "model/after/influence.h"
#include "model/refit.h"

#include <math.h>
#include <string.h>

typedef struct leaving {
    const pp_fit *fit;
    const int32_t *code;
    pp__left_out *out;
} leaving;

/* How often each row of the design counts when group g does not. */
static int32_t *counts_without(const leaving *l, int64_t g) {
    const pp__scores *s = &l->fit->scores;
    int32_t *count = pp_malloc(l->fit->design->n, sizeof *count);
    for (int64_t u = 0; count && u < s->n; u++) {
        int64_t first = s->begin ? s->begin[u] : u;
        int64_t end = s->begin ? s->begin[u + 1] : u + 1;
        for (int64_t i = first; i < end; i++) {
            count[i] = l->code[u] != g;
        }
    }
    return count;
}

/* The covariance of a refit, whose estimates are in original units already. */
static pp_status add_covariance(pp_fit *refit) {
    double *estimates = refit->estimates;
    PP_TRY(pp__covariance(refit, refit->data, NULL, NULL));
    double *copy = pp_arena_zalloc(&refit->arena, refit->k, sizeof *copy);
    PP_NEED(copy, NULL);
    refit->estimates = copy;
    pp_status status = pp__fit_restore(refit, NULL);
    refit->estimates = estimates;
    return status == PP_OK ? pp__covariance_mend(refit, NULL) : status;
}

/* p values in the places of the estimates. */
static void to_p_values(pp_fit *refit) {
    for (int j = 0; j < refit->k; j++) {
        double error = sqrt(refit->V[j + (int64_t)j * refit->k]);
        refit->estimates[j] = pp__fit_p_value(refit, refit->estimates[j] / error);
    }
}

static pp_status refit_without(const leaving *l, int64_t g, pp__left_out *out) {
    const pp_fit *fit = l->fit;
    pp_fit *refit;
    int32_t *count = counts_without(l, g);
    PP_NEED(count, NULL);
    pp_status status = pp__fit_reweigh(fit, count, NULL, &refit, NULL);
    pp_free(count);
    PP_TRY(status);
    out->converged = refit->converged;
    if (!pp__refit_estimates(fit, refit, out->estimate)) {
        status = PP_E_ESTIMATION; /* other coefficients than the fit's */
    } else {
        pp_status covariance = add_covariance(refit);
        if (covariance == PP_OK) {
            to_p_values(refit);
            pp__refit_estimates(fit, refit, out->p_value);
        }
        status = covariance == PP_E_MEMORY ? covariance : PP_OK;
    }
    pp_fit_free(refit);
    return status;
}

static void leave_one(void *payload, int64_t g) {
    const leaving *l = payload;
    pp__left_out *out = &l->out[g];
    out->status = refit_without(l, g, out);
    if (out->status != PP_OK) {
        for (int j = 0; j < l->fit->k; j++) {
            out->estimate[j] = out->p_value[j] = NAN;
        }
    }
}

pp_status pp__leave_out(const pp_fit *fit, const int32_t *code, int64_t groups,
                        pp_arena *arena, pp__left_out **out, const pp_context *ctx,
                        pp_error *err) {
    int64_t k = fit->k;
    double *space = pp_arena_alloc(arena, 2 * k * groups, sizeof *space);
    PP_NEED(space, err);
    *out = pp_arena_zalloc(arena, groups, sizeof **out);
    PP_NEED(*out, err);
    for (int64_t i = 0; i < 2 * k * groups; i++) {
        space[i] = NAN;
    }
    for (int64_t g = 0; g < groups; g++) {
        (*out)[g].estimate = space + 2 * k * g;
        (*out)[g].p_value = space + 2 * k * g + k;
    }
    leaving l = {fit, code, *out};
    pp__parallel(ctx, groups, leave_one, &l);
    for (int64_t g = 0; g < groups; g++) {
        if ((*out)[g].status == PP_E_MEMORY) {
            PP_FAIL(err, PP_E_MEMORY, "out of memory");
        }
    }
    return pp_progress(ctx, "leaving groups out", 1, err);
}
