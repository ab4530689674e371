#include "effects/matching/estimate.h"

#include "base/check.h"
#include "model/inference/resampled.h"
#include "model/pass.h"

#include <pushpull/random.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include <math.h>
#include <string.h>

enum { BOOTSTRAP_TASK = 0x6d61 };

typedef struct work {
    const pp__sets *s;
    const pp_matching_options *options;
    double level;
    pp__matched_effects *out;
    double *centred; /* as out->of_unit, of changes less the mean of all in the set */
    int64_t draws;
    double *draw; /* n + 1 columns of draws */
} work;

static double treated_sum(const work *w) {
    double sum = 0;
    for (int32_t u = 0; u < w->s->h->units; u++) {
        sum += w->out->treated[u];
    }
    return sum;
}

static double *column(const work *w, int j) {
    return w->out->of_unit + (int64_t)j * w->s->h->units;
}

/* ---- estimates ---- */

/* What a unit adds to the effect at a horizon: its change since the last period before treatment. */
static double change(const pp__history *h, int32_t unit, int32_t period,
                     int64_t horizon) {
    const double *y = h->x[0] + (int64_t)unit * h->periods + period;
    return y[horizon] - y[-1];
}

/* What all units with the same history did on average. */
static double common_change(const pp__history *h, const pp__matched_set *set,
                            int64_t horizon) {
    double sum = 0;
    for (int64_t c = 0; c < set->n; c++) {
        sum += change(h, set->control[c], set->period, horizon);
    }
    return sum / (double)set->n;
}

static void add_set(const work *w, const pp__matched_set *set, pp__matched_effect *e,
                    double *A, double *C) {
    const pp__history *h = w->s->h;
    double own = change(h, set->unit, set->period, e->horizon);
    double common = common_change(h, set, e->horizon);
    A[set->unit] += own;
    C[set->unit] += own - common;
    for (int64_t c = 0; c < set->n; c++) {
        int32_t u = set->control[c];
        double d = h->d[(int64_t)u * h->periods + set->period + e->horizon];
        double other = change(h, u, set->period, e->horizon);
        A[u] -= set->weight[c] * other;
        C[u] -= set->weight[c] * (other - common);
        e->contaminated += d == 1 && e->horizon >= 0 ? set->weight[c] : 0;
    }
}

static void estimate_all(const work *w) {
    const pp__sets *s = w->s;
    int n = w->out->n;
    double *mean = column(w, n), *common = w->centred + (int64_t)n * s->h->units;
    double after = (double)(s->leads + 1);
    for (int64_t i = 0; i < s->n; i++) {
        w->out->treated[s->set[i].unit] += s->set[i].state == PP__SET_USED;
    }
    for (int j = 0; j < n; j++) {
        pp__matched_effect *e = &w->out->effect[j];
        double *A = column(w, j), *C = w->centred + (int64_t)j * s->h->units;
        *e = (pp__matched_effect){.horizon = j - s->lags};
        for (int64_t i = 0; i < s->n; i++) {
            if (s->set[i].state == PP__SET_USED) {
                add_set(w, &s->set[i], e, A, C);
            }
        }
        e->contaminated /= (double)s->used;
        for (int32_t u = 0; e->horizon >= 0 && u < s->h->units; u++) {
            mean[u] += A[u] / after;
            common[u] += C[u] / after;
        }
    }
    w->out->effect[n] = (pp__matched_effect){.contaminated = NAN};
    for (int j = 0; j <= n; j++) {
        double sum = 0;
        for (int32_t u = 0; u < s->h->units; u++) {
            sum += column(w, j)[u];
        }
        w->out->effect[j].estimate = sum / (double)s->used;
    }
    for (int32_t u = 0; u < s->h->units; u++) {
        w->out->units_treated += w->out->treated[u] > 0;
    }
}

/* ---- analytic errors ---- */

/* Of the ratio of `sums` to treated observations. */
static double unconditional_error(const work *w, int j, const double *sums) {
    double n = w->s->h->units, squares = 0;
    for (int32_t u = 0; u < w->s->h->units; u++) {
        double left = sums[u] - w->out->effect[j].estimate * w->out->treated[u];
        squares += left * left;
    }
    return sqrt(n / (n - 1) * squares) / treated_sum(w);
}

/* 1: the unit is in some set, with a weight. */
static void mark_weighted(const work *w, uint8_t *weighted) {
    for (int64_t i = 0; i < w->s->n; i++) {
        const pp__matched_set *set = &w->s->set[i];
        if (set->state == PP__SET_USED) {
            weighted[set->unit] = 1;
        }
        for (int64_t c = 0; c < set->n; c++) {
            weighted[set->control[c]] |= set->weight[c] > 0;
        }
    }
}

static double conditional_error(const work *w, int j, const uint8_t *weighted) {
    const double *A = column(w, j);
    double n = w->s->h->units, mean = 0, squares = 0, used = 0;
    for (int32_t u = 0; u < w->s->h->units; u++) {
        mean += A[u] / n;
        used += weighted[u];
    }
    for (int32_t u = 0; u < w->s->h->units; u++) {
        squares += (A[u] - mean) * (A[u] - mean);
    }
    return sqrt(used * squares / (n - 1)) / treated_sum(w);
}

static pp_status put_analytic(const work *w, pp_arena *arena, pp_error *err) {
    double z = qnorm(0.5 + w->level / 2, 0, 1, 1, 0);
    const char *kind = w->options->errors ? w->options->errors : "centred";
    uint8_t *weighted = pp_arena_zalloc(arena, w->s->h->units, 1);
    PP_NEED(weighted, err);
    mark_weighted(w, weighted);
    for (int j = 0; j <= w->out->n; j++) {
        pp__matched_effect *e = &w->out->effect[j];
        e->std_error =
            strcmp(kind, "conditional") == 0 ? conditional_error(w, j, weighted)
            : strcmp(kind, "centred") == 0
                ? unconditional_error(w, j, w->centred + (int64_t)j * w->s->h->units)
                : unconditional_error(w, j, column(w, j));
        e->low = e->estimate - z * e->std_error;
        e->high = e->estimate + z * e->std_error;
    }
    return PP_OK;
}

/* ---- the bootstrap of units, with weights as they are ---- */

/* One sample of units that has a treated one among them. */
static void draw_units(const work *w, int64_t index) {
    int32_t units = w->s->h->units;
    int columns = w->out->n + 1;
    pp_rng rng;
    pp_rng_init(&rng, w->options->seed, BOOTSTRAP_TASK, (uint64_t)index);
    double treated = 0;
    while (treated == 0) {
        for (int j = 0; j < columns; j++) {
            w->draw[j * w->draws + index] = 0;
        }
        for (int32_t i = 0; i < units; i++) {
            int64_t u = pp_rng_below(&rng, units);
            treated += w->out->treated[u];
            for (int j = 0; j < columns; j++) {
                w->draw[j * w->draws + index] += column(w, j)[u];
            }
        }
    }
    for (int j = 0; j < columns; j++) {
        w->draw[j * w->draws + index] /= treated;
    }
}

static void draw_block(void *payload, int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
        draw_units(payload, i);
    }
}

static pp_status put_bootstrap(work *w, const pp_context *ctx, pp_arena *arena,
                               pp_error *err) {
    w->draws = w->options->draws ? w->options->draws : 1000;
    w->draw = pp_arena_alloc(arena, (w->out->n + 1) * w->draws, sizeof *w->draw);
    PP_NEED(w->draw, err);
    pp__over_rows(w->draws, draw_block, w, ctx);
    for (int j = 0; j <= w->out->n; j++) {
        pp__matched_effect *e = &w->out->effect[j];
        pp__resampled r = pp__resampled_of(w->draw + j * w->draws, w->draws, e->estimate);
        e->std_error = r.sd;
        pp__resampled_interval(&r, PP__PERCENTILE, w->level, &e->low, &e->high);
    }
    return PP_OK;
}

pp_status pp__matched_estimate(const pp__sets *s, const pp_matching_options *options,
                               double level, const pp_context *ctx, pp_arena *arena,
                               pp__matched_effects *out, pp_error *err) {
    work w = {.s = s, .options = options, .level = level, .out = out};
    *out = (pp__matched_effects){.n = (int)(s->lags + s->leads + 1)};
    out->effect = pp_arena_alloc(arena, out->n + 1, sizeof *out->effect);
    out->of_unit =
        pp_arena_zalloc(arena, (int64_t)(out->n + 1) * s->h->units, sizeof *out->of_unit);
    out->treated = pp_arena_zalloc(arena, s->h->units, sizeof *out->treated);
    w.centred =
        pp_arena_zalloc(arena, (int64_t)(out->n + 1) * s->h->units, sizeof *w.centred);
    PP_NEED(out->effect && out->of_unit && w.centred ? out->treated : NULL, err);
    estimate_all(&w);
    PP_TRY(options->errors && strcmp(options->errors, "bootstrap") == 0
               ? put_bootstrap(&w, ctx, arena, err)
               : put_analytic(&w, arena, err));
    pp__matched_effect *reference = &out->effect[s->lags - 1];
    reference->std_error = reference->low = reference->high = NAN;
    return PP_OK;
}
