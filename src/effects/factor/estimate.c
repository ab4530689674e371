/* From a panel and a model to the gaps of the treated. */
#include "effects/factor/factor.h"

#include "base/check.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

void pp__factor_untreated(const pp__factor_panel *p, uint8_t *seen) {
    memcpy(seen, p->seen, (size_t)p->units * (size_t)p->periods);
    for (int i = 0; i < p->treated; i++) {
        int first = p->first[i];
        memset(seen + (int64_t)i * p->periods + first, 0, (size_t)(p->periods - first));
    }
}

static int is_all_seen(const uint8_t *seen, int64_t cells) {
    return memchr(seen, 0, (size_t)cells) == NULL;
}

pp__lowrank_problem pp__factor_problem(const pp__factor_panel *p,
                                       const pp__factor_model *model,
                                       const uint8_t *seen) {
    int64_t skipped = model->method == PP__GSYNTH ? p->treated : 0;
    int units = p->units - (int)skipped;
    int64_t cells = (int64_t)units * p->periods, n = 0;
    seen += skipped * p->periods;
    for (int64_t c = 0; c < cells; c++) {
        n += seen[c];
    }
    return (pp__lowrank_problem){.units = units,
                                 .periods = p->periods,
                                 .k = p->k,
                                 .y = p->y + skipped * p->periods,
                                 .seen = is_all_seen(seen, cells) ? NULL : seen,
                                 .x = p->x,
                                 .unit_effects = model->unit_effects,
                                 .time_effects = model->time_effects,
                                 .rank = model->method == PP__MC ? -1 : model->rank,
                                 .threshold = model->lambda * (double)n / 2,
                                 .tolerance = model->tolerance,
                                 .most = model->most};
}

/* ---- loadings of one treated unit ---- */

int64_t pp__factor_load_space(int periods, int rank) {
    int64_t k = rank + 1;
    return periods + k * k + 2 * k;
}

static double regressor(const pp__lowrank *core, int periods, int j, int t) {
    return j < core->rank ? core->factor[(int64_t)j * periods + t] : 1;
}

/* Outcomes less the mean, the periods' effects and covariates. */
static void take_out(const pp__factor_panel *p, const pp__lowrank *core, int i,
                     double *rest) {
    for (int t = 0; t < p->periods; t++) {
        int64_t c = (int64_t)i * p->periods + t;
        rest[t] = p->y[c] - core->mean - core->time[t];
        for (int j = 0; j < p->k; j++) {
            rest[t] -= core->beta[j] * p->x[j][c];
        }
    }
}

static int is_before(const pp__factor_panel *p, int i, int t) {
    return t < p->first[i] && p->seen[(int64_t)i * p->periods + t];
}

int pp__factor_load(const pp__factor_panel *p, const pp__factor_model *model,
                    const pp__lowrank *core, int i, double *space, double *loading,
                    double *leave) {
    int k = core->rank + (model->unit_effects != 0), n = 0;
    double *rest = space, *A = rest + p->periods, *b = A + (int64_t)k * k, *own = b + k;
    take_out(p, core, i, rest);
    memset(A, 0, (size_t)(k * k + k) * sizeof *A);
    for (int t = 0; t < p->periods; t++) {
        for (int j = 0; is_before(p, i, t) && j < k; j++) {
            double x = regressor(core, p->periods, j, t);
            b[j] += x * rest[t];
            for (int l = j; l < k; l++) {
                A[l + j * k] += x * regressor(core, p->periods, l, t);
            }
        }
        n += is_before(p, i, t);
    }
    if (n < k + (leave != NULL) || pp__cholesky(k, A, 1e-12) < k) {
        return 0;
    }
    pp__forward(k, A, b);
    pp__backward(k, A, b);
    if (loading) {
        memcpy(loading, b, (size_t)k * sizeof *b);
    }
    for (int t = 0; leave && t < p->periods; t++) {
        double e = rest[t], leverage;
        for (int j = 0; j < k; j++) {
            own[j] = regressor(core, p->periods, j, t);
            e -= own[j] * b[j];
        }
        pp__forward(k, A, own);
        leverage = pp__dot(k, own, own);
        leave[t] = is_before(p, i, t) ? e / (1 - leverage) : NAN;
        if (is_before(p, i, t) && !(leverage < 1 - 1e-9)) {
            return 0;
        }
    }
    return 1;
}

/* ---- gaps ---- */

static pp_status load_treated(const pp__factor_panel *p, const pp__factor_model *model,
                              pp_arena *arena, pp__factor_fit *out, pp_error *err) {
    const pp__lowrank *core = &out->core;
    int k = core->rank + 1;
    double *space = pp_arena_alloc(arena, pp__factor_load_space(p->periods, core->rank),
                                   sizeof *space);
    out->loading = pp_arena_zalloc(arena, (int64_t)p->treated * k, sizeof *out->loading);
    PP_NEED(space ? out->loading : NULL, err);
    for (int i = 0; i < p->treated; i++) {
        double *loading = out->loading + (int64_t)i * k;
        double *gap = out->gap + (int64_t)i * p->periods;
        int has_loading = pp__factor_load(p, model, core, i, space, loading, NULL);
        take_out(p, core, i, gap);
        for (int t = 0; t < p->periods; t++) {
            for (int j = 0; j < core->rank + (model->unit_effects != 0); j++) {
                gap[t] -= loading[j] * regressor(core, p->periods, j, t);
            }
            gap[t] = has_loading && p->seen[(int64_t)i * p->periods + t] ? gap[t] : NAN;
        }
    }
    return PP_OK;
}

pp_status pp__factor_estimate(const pp__factor_panel *p, const pp__factor_model *model,
                              const pp__lowrank *start, pp_arena *arena,
                              pp__factor_fit *out, pp_error *err) {
    int64_t cells = (int64_t)p->units * p->periods,
            own = (int64_t)p->treated * p->periods;
    uint8_t *seen = pp_arena_alloc(arena, cells, 1);
    const double **x = pp_arena_alloc(arena, p->k, sizeof *x);
    *out = (pp__factor_fit){.gap = pp_arena_alloc(arena, own, sizeof *out->gap)};
    PP_NEED(seen && x ? out->gap : NULL, err);
    pp__factor_untreated(p, seen);
    pp__lowrank_problem problem = pp__factor_problem(p, model, seen);
    for (int j = 0; j < p->k; j++) {
        x[j] = p->x[j] + (cells - (int64_t)problem.units * p->periods);
    }
    problem.x = x;
    PP_TRY(pp__lowrank_fit(&problem, start, arena, &out->core, err));
    if (model->method == PP__GSYNTH) {
        return load_treated(p, model, arena, out, err);
    }
    for (int64_t c = 0; c < own; c++) {
        out->gap[c] = p->seen[c] ? p->y[c] - out->core.fit[c] : NAN;
    }
    return PP_OK;
}

void pp__factor_means(const pp__factor_panel *p, const double *gap, double *mean) {
    for (int m = 0; m <= p->means; m++) {
        double sum = 0, n = 0;
        for (int64_t c = 0; c < (int64_t)p->treated * p->periods; c++) {
            if (!isnan(gap[c]) && (m < p->means ? p->of[c] == m : p->in_all[c])) {
                sum += gap[c];
                n++;
            }
        }
        mean[m] = n > 0 ? sum / n : NAN;
    }
}
