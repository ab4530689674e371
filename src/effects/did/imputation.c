/* Borusyak, Jaravel & Spiess: unit and period effects (and what covariates do) from untreated observations,
   and what treated ones exceed them by.
 *
 * An effect is linear in the coefficients of the untreated regression, so that its influence is that of
 * the regression's scores and, of treated units, their own residual: the effect less a mean by cohort and
 * period. That is the conservative variance of their section 4.3; the mean may leave out the own cluster
 * (their appendix on leave-out standard errors), which undoes that the mean was fitted to the unit. */
#include "effects/did/group_time.h"

#include "base/check.h"
#include "base/parallel.h"
#include "effects/event/within.h"

#include <math.h>
#include <string.h>

typedef struct work {
    const pp__staggered *s;
    const pp_did_options *options;
    pp__within fit;
    pp__influences *out;
    int64_t *untreated;  /* periods: units seen untreated */
    double *own;         /* n: effects of units; NaN: none of its rows is untreated */
    double *combination; /* fit.k × cells */
    pp_status *status;   /* of cells */
    int64_t *alone;
} work;

/* ---- untreated observations ---- */

static pp_status fit_untreated(work *w, const pp_context *ctx, pp_arena *arena,
                               pp_error *err) {
    const pp__staggered *s = w->s;
    pp__plain design;
    PP_TRY(pp__within_plain(&w->fit, s, ctx, arena, &design, err));
    for (int c = 0; c < s->cohorts; c++) {
        for (int t = 0; t < s->periods; t++) {
            design.used[c * s->periods + t] = s->time[t] < s->first[c];
        }
    }
    return pp__within_fit(&w->fit, arena, err);
}

/* Units seen untreated in the period. */
static int64_t count_untreated(const pp__staggered *s, int period) {
    int64_t n = 0;
    for (int c = 0; c <= s->cohorts; c++) {
        if (c < s->cohorts && s->time[period] >= s->first[c]) {
            continue;
        }
        for (int64_t i = s->begin[c]; i < s->begin[c + 1]; i++) {
            n += pp__within_seen(s, period, i);
        }
    }
    return n;
}

static pp_status check_fit(const work *w, pp_error *err) {
    for (int j = 0; j < w->fit.k; j++) {
        if (w->fit.dropped[j] && j >= w->fit.dummies) {
            pp_error_set(err, PP_E_ESTIMATION,
                         "untreated observations do not tell what the covariates do: "
                         "covariate %d of the %d that vary within units",
                         j - w->fit.dummies + 1, w->s->k - 1);
            pp_error_hint(err, "leave out what hardly varies before treatment, or what "
                               "others explain");
            return PP_E_ESTIMATION;
        }
        if (w->fit.dropped[j] && w->untreated[j + 1] > 0) {
            PP_FAIL(err, PP_E_ESTIMATION,
                    "untreated observations do not tie all periods together: their "
                    "effects cannot be told apart");
        }
    }
    return PP_OK;
}

static pp_status find_own(work *w, pp_arena *arena, pp_error *err) {
    const pp__staggered *s = w->s;
    w->own = pp_arena_alloc(arena, s->n, sizeof *w->own);
    PP_NEED(w->own, err);
    for (int c = 0; c <= s->cohorts; c++) {
        for (int64_t i = s->begin[c]; i < s->begin[c + 1]; i++) {
            int rows;
            double own = pp__within_own(&w->fit, 0, c, i, &rows);
            w->own[i] = rows > 0 ? own : NAN;
        }
    }
    return PP_OK;
}

/* The effect on a unit; NaN: none can be told. */
static double effect_of(const work *w, const pp__group_time *cell, int64_t i) {
    return w->s->y[cell->time * w->s->n + i] - w->own[i] -
           pp__within_fitted(&w->fit, 0, cell->cohort, cell->time, i);
}

/* ---- cells ---- */

/* Treated cells in periods in which some unit is untreated. */
static pp_status list_cells(work *w, pp_arena *arena, pp_error *err) {
    const pp__staggered *s = w->s;
    pp__influences *out = w->out;
    out->cell = pp_arena_alloc(arena, s->cohorts * s->periods, sizeof *out->cell);
    PP_NEED(out->cell, err);
    for (int g = 0; g < s->cohorts; g++) {
        int base = -1;
        for (int t = 0; t < s->periods; t++) {
            if (s->time[t] < s->first[g]) {
                base = t;
            } else if (w->untreated[t] == 0) {
                ++*w->alone;
            } else {
                out->cell[out->cells++] = (pp__group_time){
                    .cohort = g, .time = t, .base = base, .controls = w->untreated[t]};
            }
        }
    }
    return PP_OK;
}

/* Adds to `to` what the coefficients have in the unit's effect: its row, less the mean of its untreated
   ones. */
static void add_row(const work *w, const pp__group_time *cell, int64_t i, double *to) {
    const pp__staggered *s = w->s;
    const pp__stack *stack = w->fit.stack;
    const int *level = stack->level + cell->cohort * s->periods;
    const uint8_t *used = stack->used + cell->cohort * s->periods;
    double own = pp__within_weight(s, cell->time, i), before = 0;
    for (int t = 0; t < cell->time; t++) {
        before += used[t] && pp__within_seen(s, t, i) ? pp__within_weight(s, t, i) : 0;
    }
    for (int t = 0; t <= cell->time; t++) {
        int untreated = used[t] && pp__within_seen(s, t, i);
        double weight = t == cell->time ? own
                        : untreated     ? -own * pp__within_weight(s, t, i) / before
                                        : 0;
        if (weight != 0 && level[t] >= 0) {
            to[level[t]] += weight;
        }
        for (int j = 1; weight != 0 && j < s->k; j++) {
            to[w->fit.dummies + j - 1] += weight * s->x[j][t * s->n + i];
        }
    }
}

static void measure_cell(void *payload, int64_t index) {
    work *w = payload;
    pp__group_time *cell = &w->out->cell[index];
    double *combination = w->combination + index * w->fit.k, sum = 0;
    for (int64_t i = w->s->begin[cell->cohort]; i < w->s->begin[cell->cohort + 1]; i++) {
        double effect = effect_of(w, cell, i);
        if (!isnan(effect)) {
            double weight = pp__within_weight(w->s, cell->time, i);
            cell->treated++;
            cell->weight += weight;
            sum += weight * effect;
            add_row(w, cell, i, combination);
        }
    }
    cell->effect = cell->treated > 0 ? sum / cell->weight : NAN;
    for (int j = 0; j < w->fit.k && cell->treated > 0; j++) {
        combination[j] /= -cell->weight;
    }
}

/* ---- the treated's own residuals ---- */

/* Effects that are averaged for the errors, with the squares of their weights. */
typedef struct average {
    double sum, weights;
} average;

static void add_effect(average *a, double weight, double effect) {
    a->sum += weight * weight * effect;
    a->weights += weight * weight;
}

/* Of a cell, and in `cluster` (NULL: units are) of each cluster in it. */
static average average_effects(const work *w, const pp__group_time *cell,
                               average *cluster) {
    const pp__staggered *s = w->s;
    average all = {0};
    for (int64_t i = s->begin[cell->cohort]; i < s->begin[cell->cohort + 1]; i++) {
        double effect = effect_of(w, cell, i);
        if (!isnan(effect)) {
            double weight = pp__within_weight(s, cell->time, i);
            add_effect(&all, weight, effect);
            if (cluster) {
                add_effect(&cluster[s->cluster[i]], weight, effect);
            }
        }
    }
    return all;
}

/* What the effect of unit i is compared with: the mean of its cell, or that of its cell's other clusters.
   NaN: there are none. */
static double compared_with(const work *w, const average *all, const average *own) {
    if (!w->options->leave_out) {
        return all->sum / all->weights;
    }
    double rest = all->weights - own->weights;
    return rest > 1e-9 * all->weights ? (all->sum - own->sum) / rest : NAN;
}

static void add_treated(void *payload, int64_t index) {
    work *w = payload;
    const pp__staggered *s = w->s;
    const pp__group_time *cell = &w->out->cell[index];
    double *influence = w->out->of_cell + index * s->n;
    average *cluster = NULL;
    pp_arena arena;
    pp_arena_init(&arena);
    if (w->options->leave_out && s->cluster) {
        cluster = pp_arena_zalloc(&arena, s->clusters, sizeof *cluster);
        w->status[index] = cluster ? PP_OK : PP_E_MEMORY;
    }
    average all = {0};
    if (w->status[index] == PP_OK) {
        all = average_effects(w, cell, cluster);
    }
    for (int64_t i = s->begin[cell->cohort];
         w->status[index] == PP_OK && i < s->begin[cell->cohort + 1]; i++) {
        double effect = effect_of(w, cell, i),
               weight = pp__within_weight(s, cell->time, i);
        if (!isnan(effect)) {
            average own = {0};
            add_effect(&own, weight, effect);
            influence[i] +=
                (double)s->n * weight / cell->weight *
                (effect -
                 compared_with(w, &all, cluster ? &cluster[s->cluster[i]] : &own));
        }
    }
    pp_arena_clear(&arena);
}

/* ---- the whole ---- */

static pp_status make_cells(work *w, const pp_context *ctx, pp_arena *arena,
                            pp_error *err) {
    pp__influences *out = w->out;
    int64_t treated = 0;
    PP_TRY(list_cells(w, arena, err));
    w->combination =
        pp_arena_zalloc(arena, (int64_t)w->fit.k * out->cells + 1, sizeof(double));
    out->of_cell = pp_arena_alloc(arena, out->cells * w->s->n, sizeof *out->of_cell);
    w->status = pp_arena_zalloc(arena, out->cells, sizeof *w->status);
    PP_NEED(w->combination && out->of_cell ? w->status : NULL, err);
    pp__parallel(ctx, out->cells, measure_cell, w);
    for (int i = 0; i < out->cells; i++) {
        treated += out->cell[i].treated;
    }
    if (treated == 0) {
        PP_FAIL(err, PP_E_ESTIMATION,
                "in every period of treatment all units are treated");
    }
    PP_TRY(pp__within_influence(&w->fit, w->combination, out->cells, arena, out->of_cell,
                                err));
    pp__parallel(ctx, out->cells, add_treated, w);
    for (int i = 0; i < out->cells; i++) {
        PP_NEED(w->status[i] == PP_OK ? w : NULL, err);
    }
    return PP_OK;
}

pp_status pp__imputed_all(const pp__staggered *s, const pp_did_options *options,
                          const pp_context *ctx, pp_arena *arena, pp__influences *out,
                          int64_t *alone, pp_error *err) {
    work w = {.s = s, .options = options, .out = out, .alone = alone};
    *out = (pp__influences){.s = s};
    *alone = 0;
    w.untreated = pp_arena_alloc(arena, s->periods, sizeof *w.untreated);
    PP_NEED(w.untreated, err);
    for (int t = 0; t < s->periods; t++) {
        w.untreated[t] = count_untreated(s, t);
    }
    PP_TRY(pp_progress(ctx, "imputed effects", 0, err));
    PP_TRY(fit_untreated(&w, ctx, arena, err));
    PP_TRY(check_fit(&w, err));
    PP_TRY(find_own(&w, arena, err));
    PP_TRY(make_cells(&w, ctx, arena, err));
    return pp_progress(ctx, "imputed effects", 1, err);
}
