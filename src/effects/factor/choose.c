/* The rank of gsynth by leaving out each untreated outcome of the treated in turn (Xu 2017, algorithm 1);
   that of ife, and lambda, by holding out folds of untreated outcomes. */
#include "effects/factor/factor.h"

#include "base/check.h"
#include "base/parallel.h"
#include "model/linalg.h"

#include <pushpull/random.h>

#include <math.h>
#include <string.h>

enum { TASK = 0x63766c64, LAMBDAS = 16, STEPS = 400 };
static const double LEAST_GAIN = 1e-3, SHORTEST = 0.01, CLOSE = 1e-6;

typedef struct work {
    const pp__factor_panel *p;
    pp__factor_model model; /* as it is to be chosen for */
    const pp_context *ctx;
    pp_arena *arena;
    pp_error *err;
    int n, folds;
    double *value, *squares, *count; /* n; folds × n */
    const uint8_t *seen;             /* what is not treated */
    int *fold;                       /* of each cell; −1: never held out */
    uint8_t *kept;                   /* folds × cells: what is not held out */
    pp_status *status;
    pp_error *fault;
} work;

/* ---- gsynth: one period of a treated unit at a time ---- */

static pp_status leave_one_out(work *w, int rank) {
    const pp__factor_panel *p = w->p;
    pp_arena_mark mark = pp_arena_get_mark(w->arena);
    pp__factor_fit fit;
    double *leave = pp_arena_alloc(
        w->arena, p->periods + pp__factor_load_space(p->periods, rank), sizeof *leave);
    PP_NEED(leave, w->err);
    w->model.rank = rank;
    PP_TRY(pp__factor_estimate(p, &w->model, NULL, w->arena, &fit, w->err));
    for (int i = 0; i < p->treated; i++) {
        if (!pp__factor_load(p, &w->model, &fit.core, i, leave + p->periods, NULL,
                             leave)) {
            w->squares[rank] = NAN;
            break;
        }
        for (int t = 0; t < p->periods; t++) {
            w->squares[rank] += isnan(leave[t]) ? 0 : leave[t] * leave[t];
            w->count[rank] += !isnan(leave[t]);
        }
    }
    pp_arena_release(w->arena, mark);
    return PP_OK;
}

/* ---- folds of cells ---- */

/* The cells of a unit are dealt to the folds in random order, so that no fold takes many of one unit;
   periods with fewer than three units, and units with fewer than four periods, lend none. */
static pp_status deal(work *w, uint64_t seed) {
    const pp__factor_panel *p = w->p;
    int *in_period = pp_arena_zalloc(w->arena, 2 * p->periods, sizeof *in_period);
    int *cell = in_period + p->periods;
    w->fold = pp_arena_alloc(w->arena, (int64_t)p->units * p->periods, sizeof *w->fold);
    PP_NEED(in_period ? w->fold : NULL, w->err);
    for (int64_t c = 0; c < (int64_t)p->units * p->periods; c++) {
        in_period[c % p->periods] += w->seen[c];
        w->fold[c] = -1;
    }
    for (int i = 0; i < p->units; i++) {
        pp_rng rng;
        int n = 0;
        pp_rng_init(&rng, seed, TASK, (uint64_t)i);
        for (int t = 0; t < p->periods; t++) {
            if (w->seen[(int64_t)i * p->periods + t] && in_period[t] > 2) {
                cell[n++] = t;
            }
        }
        int first = (int)pp_rng_below(&rng, w->folds);
        for (int a = 0; a < n && n > 3; a++) {
            int b = a + (int)pp_rng_below(&rng, n - a), t = cell[b];
            cell[b] = cell[a];
            w->fold[(int64_t)i * p->periods + t] = (first + a) % w->folds;
        }
    }
    return PP_OK;
}

/* Each fit begins at the one before, in the other of two arenas. */
static pp_status hold_out(work *w, int fold, uint8_t *seen, pp_arena arena[2],
                          pp_error *err) {
    const pp__factor_panel *p = w->p;
    int64_t cells = (int64_t)p->units * p->periods;
    pp__factor_model model = w->model;
    pp__lowrank fit[2];
    for (int64_t c = 0; c < cells; c++) {
        seen[c] = w->seen[c] && w->fold[c] != fold;
    }
    for (int v = 0; v < w->n; v++) {
        double *squares = &w->squares[fold * w->n + v];
        model.rank = (int)w->value[v];
        model.lambda = w->value[v];
        pp__lowrank_problem problem = pp__factor_problem(p, &model, seen);
        pp_arena_clear(&arena[v % 2]);
        PP_TRY(pp__lowrank_fit(&problem, v ? &fit[(v + 1) % 2] : NULL, &arena[v % 2],
                               &fit[v % 2], err));
        for (int64_t c = 0; c < cells; c++) {
            double e = p->y[c] - fit[v % 2].fit[c];
            *squares += w->fold[c] == fold ? e * e : 0;
            w->count[fold * w->n + v] += w->fold[c] == fold;
        }
    }
    return PP_OK;
}

static void run_fold(void *payload, int64_t fold) {
    work *w = payload;
    pp_arena arena[2];
    uint8_t *seen = w->kept + fold * w->p->units * w->p->periods;
    pp_arena_init(&arena[0]);
    pp_arena_init(&arena[1]);
    w->status[fold] = hold_out(w, (int)fold, seen, arena, &w->fault[fold]);
    pp_arena_clear(&arena[0]);
    pp_arena_clear(&arena[1]);
}

static pp_status run_folds(work *w, uint64_t seed) {
    w->status = pp_arena_zalloc(w->arena, w->folds, sizeof *w->status);
    w->fault = pp_arena_zalloc(w->arena, w->folds, sizeof *w->fault);
    w->kept =
        pp_arena_alloc(w->arena, (int64_t)w->folds * w->p->units * w->p->periods, 1);
    PP_NEED(w->status && w->kept ? w->fault : NULL, w->err);
    PP_TRY(deal(w, seed));
    pp__parallel(w->ctx, w->folds, run_fold, w);
    for (int f = 0; f < w->folds; f++) {
        if (w->status[f] != PP_OK) {
            if (w->err) {
                *w->err = w->fault[f];
            }
            return w->status[f];
        }
    }
    return PP_OK;
}

/* ---- what to try ---- */

/* From the smallest lambda that leaves nothing of low rank, down. */
static pp_status list_lambdas(work *w) {
    const pp__factor_panel *p = w->p;
    pp__factor_model additive = w->model;
    pp__lowrank fit, whole;
    double seen = 0;
    additive.method = PP__IFE;
    additive.rank = 0;
    pp__lowrank_problem problem = pp__factor_problem(p, &additive, w->seen);
    PP_TRY(pp__lowrank_fit(&problem, NULL, w->arena, &fit, w->err));
    double *rest =
        pp_arena_zalloc(w->arena, (int64_t)p->units * p->periods, sizeof *rest);
    PP_NEED(rest, w->err);
    for (int64_t c = 0; c < (int64_t)p->units * p->periods; c++) {
        rest[c] = w->seen[c] ? p->y[c] - fit.fit[c] : 0;
        seen += w->seen[c];
    }
    problem = (pp__lowrank_problem){.units = p->units,
                                    .periods = p->periods,
                                    .y = rest,
                                    .rank = 1,
                                    .tolerance = CLOSE,
                                    .most = 1};
    PP_TRY(pp__lowrank_fit(&problem, NULL, w->arena, &whole, w->err));
    double most = whole.rank > 0 ? 2 * whole.value[0] / seen : 0;
    for (int v = 0; v < w->n; v++) {
        w->value[v] = most * pow(SHORTEST, (double)v / (w->n - 1));
    }
    return PP_OK;
}

/* A greater rank, or a smaller lambda, must predict better by a thousandth. */
static void pick(work *w, double *mspe, pp__factor_choice *out) {
    double best = INFINITY;
    for (int v = 0; v < w->n; v++) {
        double squares = 0, count = 0;
        for (int f = 0; f < w->folds; f++) {
            squares += w->squares[f * w->n + v];
            count += w->count[f * w->n + v];
        }
        mspe[v] = count > 0 ? squares / count : NAN;
        out->held_out = (int64_t)count;
        if (mspe[v] < best * (1 - LEAST_GAIN) || (v == 0 && !isnan(mspe[v]))) {
            best = mspe[v];
            out->chosen = v;
        }
    }
}

pp_status pp__factor_choose(const pp__factor_panel *p, int most, int folds, uint64_t seed,
                            const pp_context *ctx, pp_arena *arena,
                            pp__factor_model *model, pp__factor_choice *out,
                            pp_error *err) {
    int is_path = model->method == PP__MC, loo = model->method == PP__GSYNTH;
    work w = {.p = p, .model = *model, .ctx = ctx, .arena = arena, .err = err};
    uint8_t *seen = pp_arena_alloc(arena, (int64_t)p->units * p->periods, 1);
    w.n = is_path ? LAMBDAS : most + 1;
    w.folds = loo ? 1 : folds;
    w.value = pp_arena_alloc(arena, 2 * w.n, sizeof *w.value);
    w.squares = pp_arena_zalloc(arena, 2 * (int64_t)w.n * w.folds, sizeof *w.squares);
    PP_NEED(seen && w.value ? w.squares : NULL, err);
    w.count = w.squares + (int64_t)w.n * w.folds;
    w.seen = seen;
    pp__factor_untreated(p, seen);
    *out = (pp__factor_choice){.n = w.n, .value = w.value, .mspe = w.value + w.n};
    PP_TRY(pp_progress(ctx, "cross-validation", -1, err));
    for (int v = 0; !is_path && v < w.n; v++) {
        w.value[v] = v;
    }
    if (is_path) {
        PP_TRY(list_lambdas(&w));
    }
    if (!loo) {
        w.model.tolerance = CLOSE;
        w.model.most = STEPS;
    }
    for (int v = 0; loo && v < w.n; v++) {
        PP_TRY(leave_one_out(&w, v));
    }
    if (!loo) {
        PP_TRY(run_folds(&w, seed));
    }
    pick(&w, w.value + w.n, out);
    model->rank = is_path ? 0 : (int)w.value[out->chosen];
    model->lambda = is_path ? w.value[out->chosen] : 0;
    return PP_OK;
}
