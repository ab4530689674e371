#include "drivers/redraw.h"

#include "base/check.h"
#include "drivers/subsets.h"
#include "model/estimator.h"
#include "model/refit.h"

#include <string.h>

/* The counts of the refit's rows as its weights. */
static pp_status weigh(const pp_fit *fit, const int32_t *count, const pp_context *ctx,
                       pp_fit *refit, pp_error *err) {
    pp__design *d = refit->design;
    int32_t *of_data = pp_calloc(pp_table_rows(fit->data), sizeof *of_data);
    double *weight = pp_arena_alloc(&refit->arena, d->n, sizeof *weight);
    pp_status status =
        of_data && weight ? PP_OK : pp_error_set(err, PP_E_MEMORY, "out of memory");
    for (int64_t i = 0; status == PP_OK && i < fit->design->n; i++) {
        of_data[pp__design_row(fit->design, i)] = count[i];
    }
    for (int64_t i = 0; status == PP_OK && i < d->n; i++) {
        weight[i] = of_data[pp__design_row(d, i)];
    }
    pp_free(of_data);
    PP_TRY(status);
    d->with.weight = weight;
    d->with.frequency = 1;
    PP_TRY(pp__fit_reset(refit, err));
    return refit->estimator->estimate(refit, ctx, err);
}

static pp_status redraw_once(const pp_fit *fit, const int32_t *count, int32_t *once,
                             const pp_context *ctx, pp_fit **out, pp_error *err) {
    for (int64_t i = 0; i < fit->design->n; i++) {
        once[i] = count[i] > 0;
    }
    PP_TRY(pp__fit_reweigh(fit, once, ctx, out, err));
    pp_status status = weigh(fit, count, ctx, *out, err);
    if (status != PP_OK) {
        pp_fit_free(*out);
        *out = NULL;
    }
    return status;
}

pp_status pp__redraw(const pp_fit *fit, const int32_t *count, const pp_context *ctx,
                     pp_fit **out, pp_error *err) {
    if (!pp__subsets_plain(fit) || fit->design->with.weight) {
        return pp__fit_reweigh(fit, count, ctx, out, err);
    }
    int32_t *once = pp_malloc(fit->design->n, sizeof *once);
    PP_NEED(once, err);
    pp_status status = redraw_once(fit, count, once, ctx, out, err);
    pp_free(once);
    return status;
}
