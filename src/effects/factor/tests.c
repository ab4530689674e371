/* The last periods before treatment held out, as if treatment had begun with them. */
#include "effects/factor/factor.h"

#include "base/check.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

/* Held-out periods count backwards: the last before treatment is the first mean. */
static pp_status make_panel(const pp__factor_panel *p, const pp__factor_model *model,
                            int held, pp_arena *arena, pp__factor_panel *out,
                            pp_error *err) {
    int need = model->method == PP__MC ? 2 : model->rank + (model->unit_effects != 0) + 1;
    int64_t n = p->periods, own = p->treated * n, cells = p->units * n, to = 0;
    double *y = pp_arena_alloc(arena, cells * (1 + p->k), sizeof *y);
    double **x = pp_arena_alloc(arena, p->k, sizeof *x);
    uint8_t *seen = pp_arena_alloc(arena, cells + own, 1), *in_all = seen + cells;
    int *first = pp_arena_alloc(arena, p->treated + own, sizeof *first);
    int *of = first + p->treated;
    PP_NEED(y && x && seen ? first : NULL, err);
    *out = *p;
    out->treated = out->units = 0;
    for (int k = 0; k < p->k; k++) {
        x[k] = y + cells * (1 + k);
    }
    for (int i = 0; i < p->units; i++) {
        int before = 0, begin = i < p->treated ? p->first[i] - held : p->periods;
        for (int t = 0; t < begin; t++) {
            before += p->seen[i * n + t];
        }
        if (i < p->treated && before < need) {
            continue;
        }
        memcpy(y + to, p->y + i * n, (size_t)n * sizeof *y);
        memcpy(seen + to, p->seen + i * n, (size_t)n);
        for (int k = 0; k < p->k; k++) {
            memcpy(x[k] + to, p->x[k] + i * n, (size_t)n * sizeof *y);
        }
        for (int t = 0; i < p->treated && t < p->periods; t++) {
            int is_held = t >= begin && t < p->first[i];
            of[to + t] = is_held ? p->first[i] - 1 - t : -1;
            in_all[to + t] = (uint8_t)is_held;
        }
        if (i < p->treated) {
            first[out->treated++] = begin;
        }
        out->units++;
        to += n;
    }
    out->y = y;
    out->x = (const double *const *)x;
    out->seen = seen;
    out->first = first;
    out->of = of;
    out->in_all = in_all;
    out->means = held;
    return PP_OK;
}

/* The covariance is that of the draws. */
static pp_status wald(const pp__factor_draws *draws, int n, const double *effect,
                      pp_arena *arena, double *statistic, pp_error *err) {
    double *V = pp_arena_zalloc(arena, n * n + 2 * n, sizeof *V);
    double *mean = V + n * n, *z = mean + n, used = 0;
    PP_NEED(V, err);
    for (int64_t pass = 0; pass < 2 * draws->n; pass++) {
        const double *value = draws->value + pass % draws->n * draws->columns;
        int is_whole = pp__all_finite(n, value);
        for (int a = 0; is_whole && a < n; a++) {
            mean[a] += pass < draws->n ? value[a] : 0;
            for (int b = a; pass >= draws->n && b < n; b++) {
                V[b + a * n] += (value[a] - mean[a] / used) * (value[b] - mean[b] / used);
            }
        }
        used += pass < draws->n ? is_whole : 0;
    }
    for (int c = 0; c < n * n; c++) {
        V[c] /= used - 1;
    }
    memcpy(z, effect, (size_t)n * sizeof *z);
    *statistic = NAN;
    if (used > 4 * n && pp__all_finite(n, z) && pp__cholesky(n, V, 1e-10) == n) {
        pp__forward(n, V, z);
        *statistic = pp__dot(n, z, z);
    }
    return PP_OK;
}

static pp_status find_controls(const pp__factor_panel *p, pp_arena *arena, int *has,
                               pp_error *err) {
    uint8_t *seen = pp_arena_alloc(arena, (int64_t)p->units * p->periods, 1);
    PP_NEED(seen, err);
    pp__factor_untreated(p, seen);
    *has = p->treated > 0;
    for (int t = 0; t < p->periods; t++) {
        int n = 0;
        for (int i = 0; i < p->units; i++) {
            n += seen[(int64_t)i * p->periods + t];
        }
        *has &= n > 1;
    }
    return PP_OK;
}

pp_status pp__factor_hold_out(const pp__factor_panel *p, const pp__factor_model *model,
                              int periods, pp__factor_errors kind, int64_t draws,
                              uint64_t seed, const pp_context *ctx, pp_arena *arena,
                              pp__factor_placebo *out, pp_error *err) {
    pp__factor_panel held;
    pp__factor_fit fit;
    pp__factor_draws drawn;
    int has_controls = 0;
    *out = (pp__factor_placebo){.statistic = NAN};
    if (periods <= 0) {
        return PP_OK;
    }
    PP_TRY(make_panel(p, model, periods, arena, &held, err));
    PP_TRY(find_controls(&held, arena, &has_controls, err));
    if (!has_controls) {
        return PP_OK;
    }
    out->mean = pp_arena_alloc(arena, periods + 1, sizeof *out->mean);
    PP_NEED(out->mean, err);
    PP_TRY(pp__factor_estimate(&held, model, NULL, arena, &fit, err));
    pp__factor_means(&held, fit.gap, out->mean);
    PP_TRY(pp__factor_resample(&held, model, &fit, kind, draws, seed + 1, 0.95, ctx,
                               arena, &drawn, err));
    out->error = drawn.error;
    out->periods = periods;
    out->treated = held.treated;
    return kind == PP__JACKKNIFE
               ? PP_OK
               : wald(&drawn, periods, out->mean, arena, &out->statistic, err);
}
