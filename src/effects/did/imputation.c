/* Borusyak, Jaravel & Spiess: unit and period effects from untreated observations, and what treated ones
   exceed them by.
 *
 * Units of a cohort share the periods in which they are untreated, so that unit effects are eliminated
 * cohort by cohort and one system of the order of the periods remains; the weights that an effect gives to
 * untreated outcomes are the same for all units of a cohort and come from the same system. Errors are the
 * conservative ones of their section 4.3: treated residuals are effects less their mean by cohort and
 * period. */
#include "effects/did/group_time.h"

#include "base/check.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

typedef struct work {
    const pp__staggered *s;
    int *untreated;   /* of each cohort and, last, the never treated: its first periods */
    int64_t *present; /* of each period: untreated units */
    int *place;       /* of each period in the system; -1: the first, or none untreated */
    int order;
    double *L;     /* order × order, factored */
    double *level; /* periods: estimated effects */
    double *own;   /* n: estimated effects of units */
} work;

static int64_t size_of(const pp__staggered *s, int cohort) {
    return s->begin[cohort + 1] - s->begin[cohort];
}

static void count_untreated(work *w) {
    const pp__staggered *s = w->s;
    for (int c = 0; c <= s->cohorts; c++) {
        while (w->untreated[c] < s->periods &&
               (c == s->cohorts || s->time[w->untreated[c]] < s->first[c])) {
            w->present[w->untreated[c]++] += size_of(s, c);
        }
    }
    for (int t = 0; t < s->periods; t++) {
        w->place[t] = t > 0 && w->present[t] > 0 ? w->order++ : -1;
    }
}

/* Period effects, with unit effects eliminated; the first is zero. */
static int factor_system(work *w) {
    const pp__staggered *s = w->s;
    for (int c = 0; c <= s->cohorts; c++) {
        double n = (double)size_of(s, c);
        for (int a = 1; a < w->untreated[c]; a++) {
            for (int b = 1; b < w->untreated[c]; b++) {
                w->L[w->place[a] + w->place[b] * w->order] +=
                    n * ((a == b) - 1.0 / w->untreated[c]);
            }
        }
    }
    return pp__cholesky(w->order, w->L, 1e-12) == w->order;
}

/* `right` (periods) becomes the periods' effects. */
static void solve(const work *w, double *right, double *space) {
    for (int t = 0; t < w->s->periods; t++) {
        if (w->place[t] >= 0) {
            space[w->place[t]] = right[t];
        }
    }
    pp__forward(w->order, w->L, space);
    pp__backward(w->order, w->L, space);
    for (int t = 0; t < w->s->periods; t++) {
        right[t] = w->place[t] >= 0 ? space[w->place[t]] : 0;
    }
}

static void fit_effects(work *w, double *space) {
    const pp__staggered *s = w->s;
    memset(w->level, 0, (size_t)s->periods * sizeof *w->level);
    for (int c = 0; c <= s->cohorts; c++) {
        for (int64_t i = s->begin[c]; i < s->begin[c + 1]; i++) {
            double sum = 0;
            for (int t = 0; t < w->untreated[c]; t++) {
                sum += s->y[t * s->n + i];
            }
            w->own[i] = sum / w->untreated[c];
            for (int t = 0; t < w->untreated[c]; t++) {
                w->level[t] += s->y[t * s->n + i] - w->own[i];
            }
        }
    }
    solve(w, w->level, space);
    for (int c = 0; c <= s->cohorts; c++) {
        double mean = 0;
        for (int t = 0; t < w->untreated[c]; t++) {
            mean += w->level[t] / w->untreated[c];
        }
        for (int64_t i = s->begin[c]; i < s->begin[c + 1]; i++) {
            w->own[i] -= mean;
        }
    }
}

/* What the effect of a cell owes to untreated outcomes: of units of cohort c in period t, of[c] + at[t]. */
static void weigh_untreated(const work *w, const pp__group_time *cell, double *at,
                            double *of, double *space) {
    const pp__staggered *s = w->s;
    int own = w->untreated[cell->cohort];
    memset(at, 0, (size_t)s->periods * sizeof *at);
    at[cell->time] = 1;
    for (int t = 0; t < own; t++) {
        at[t] -= 1.0 / own;
    }
    solve(w, at, space);
    for (int c = 0; c <= s->cohorts; c++) {
        double sum = 0;
        for (int t = 0; t < w->untreated[c]; t++) {
            sum += at[t];
        }
        of[c] = ((c == cell->cohort) / (double)cell->treated - sum) / w->untreated[c];
    }
}

static double residual(const work *w, int t, int64_t i) {
    return w->s->y[t * w->s->n + i] - w->own[i] - w->level[t];
}

static void make_cell(const work *w, pp__group_time *cell, double *influence,
                      double *space) {
    const pp__staggered *s = w->s;
    double *at = space, *of = at + s->periods, *rest = of + s->cohorts + 1;
    int64_t begin = s->begin[cell->cohort], end = s->begin[cell->cohort + 1];
    cell->effect = 0;
    for (int64_t i = begin; i < end; i++) {
        cell->effect += residual(w, cell->time, i) / (double)cell->treated;
    }
    weigh_untreated(w, cell, at, of, rest);
    for (int c = 0; c <= s->cohorts; c++) {
        for (int64_t i = s->begin[c]; i < s->begin[c + 1]; i++) {
            double sum = 0;
            for (int t = 0; t < w->untreated[c]; t++) {
                sum -= (of[c] + at[t]) * residual(w, t, i);
            }
            influence[i] = (double)s->n * sum;
        }
    }
    for (int64_t i = begin; i < end; i++) {
        influence[i] += (double)s->n / (double)cell->treated *
                        (residual(w, cell->time, i) - cell->effect);
    }
}

/* Treated cells in periods in which some unit is untreated. */
static pp_status list_cells(const work *w, pp_arena *arena, pp__influences *out,
                            int64_t *alone, pp_error *err) {
    const pp__staggered *s = w->s;
    out->cell = pp_arena_alloc(arena, s->cohorts * s->periods, sizeof *out->cell);
    PP_NEED(out->cell, err);
    *alone = 0;
    for (int g = 0; g < s->cohorts; g++) {
        for (int t = w->untreated[g]; t < s->periods; t++) {
            if (w->present[t] == 0) {
                ++*alone;
                continue;
            }
            out->cell[out->cells++] = (pp__group_time){.cohort = g,
                                                       .time = t,
                                                       .base = w->untreated[g] - 1,
                                                       .treated = size_of(s, g),
                                                       .controls = w->present[t]};
        }
    }
    if (out->cells == 0) {
        PP_FAIL(err, PP_E_ESTIMATION,
                "in every period of treatment all units are treated");
    }
    return PP_OK;
}

pp_status pp__imputed_all(const pp__staggered *s, const pp_context *ctx, pp_arena *arena,
                          pp__influences *out, int64_t *alone, pp_error *err) {
    work w = {.s = s};
    *out = (pp__influences){.s = s};
    w.untreated = pp_arena_zalloc(arena, s->cohorts + 1, sizeof *w.untreated);
    w.present = pp_arena_zalloc(arena, s->periods, sizeof *w.present);
    w.place = pp_arena_alloc(arena, s->periods, sizeof *w.place);
    w.L = pp_arena_zalloc(arena, s->periods * s->periods, sizeof *w.L);
    w.level = pp_arena_alloc(arena, 3 * s->periods + s->cohorts + 1, sizeof *w.level);
    w.own = pp_arena_alloc(arena, s->n, sizeof *w.own);
    PP_NEED(w.untreated && w.present && w.place && w.L && w.level ? w.own : NULL, err);
    double *space = w.level + s->periods;
    count_untreated(&w);
    if (!factor_system(&w)) {
        PP_FAIL(err, PP_E_ESTIMATION,
                "untreated observations do not tie all periods together: their effects "
                "cannot be "
                "told apart");
    }
    fit_effects(&w, space);
    PP_TRY(list_cells(&w, arena, out, alone, err));
    out->of_cell = pp_arena_alloc(arena, out->cells * s->n, sizeof *out->of_cell);
    PP_NEED(out->of_cell, err);
    for (int i = 0; i < out->cells; i++) {
        PP_TRY(pp_progress(ctx, "imputed effects", (double)i / out->cells, err));
        make_cell(&w, &out->cell[i], out->of_cell + i * s->n, space);
    }
    return PP_OK;
}
