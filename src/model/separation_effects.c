#include "model/separation_effects.h"

#include "base/check.h"
#include "model/separation.h"

#include <math.h>
#include <string.h>

enum { ITERATIONS = 200 };

/* What counts as no movement, and the weight of rows that must not move. */
static const double ZERO = 1e-5, HEAVY = 1e10;
static const double PRECISION = 1e-10;

typedef struct rectifier {
    pp__glm_effects *m;
    double *target;                  /* n: not negative; of rows that must not move 0 */
    uint8_t *held;                   /* rows that must not move */
    double lowest, highest, slipped; /* of the fitted values; of the held rows' */
} rectifier;

static int may_move(const pp__glm *g, int64_t i) {
    return (g->family->binary || g->y[i] == 0) && !(g->prior && g->prior[i] == 0);
}

static double sign_of(const pp__glm *g, int64_t i) {
    return g->y[i] > 0 ? 1 : -1;
}

/* ---- is there anything to do? ---- */

static void count_harmful(void *payload, int64_t begin, int n, double *sums,
                          double *scratch) {
    const rectifier *r = payload;
    double *change = scratch + (int64_t)r->m->k * PP__TILE;
    pp__glm_effects_change(r->m, begin, n, change, scratch);
    for (int i = 0; i < n; i++) {
        sums[0] += !pp__separation_harmless(r->m->g, begin + i, change[i], r->lowest);
    }
}

static int is_excluded(rectifier *r) {
    double harmful;
    r->lowest = pp__separation_floor(r->m->g);
    pp__pass_run(&r->m->rows, count_harmful, r, r->m->g->ctx, &harmful);
    return r->m->converged && harmful == 0;
}

/* ---- the search ---- */

static void find_targets(rectifier *r, int by_step) {
    const pp__glm *g = r->m->g;
    double change[PP__TILE], *scratch = r->m->products.space;
    for (int64_t begin = 0; begin < g->d->n; begin += PP__TILE) {
        int n = g->d->n - begin < PP__TILE ? (int)(g->d->n - begin) : PP__TILE;
        pp__glm_effects_change(r->m, begin, n, change, scratch);
        for (int i = 0; i < n; i++) {
            int64_t row = begin + i;
            int moves = may_move(g, row);
            if (by_step) {
                moves = moves && sign_of(g, row) * change[i] > 0.1;
            }
            r->held[row] = !moves;
            r->target[row] = moves;
        }
    }
}

static pp_status regress(rectifier *r, int *definite, pp_error *err) {
    const pp__glm *g = r->m->g;
    for (int64_t i = 0; i < g->d->n; i++) {
        int absent = g->prior && g->prior[i] == 0;
        r->m->response[i] = sign_of(g, i) * r->target[i];
        g->weight[i] = absent ? 0 : r->held[i] ? HEAVY : 1;
    }
    return pp__glm_effects_regress(r->m, PRECISION, definite, err);
}

/* Fitted values, cut off at zero, become the targets; with `hold`, rows without a target
   must not move from now on. */
static void rectify(rectifier *r, int hold) {
    const pp__glm *g = r->m->g;
    double change[PP__TILE], *scratch = r->m->products.space;
    r->lowest = r->highest = r->slipped = 0;
    for (int64_t begin = 0; begin < g->d->n; begin += PP__TILE) {
        int n = g->d->n - begin < PP__TILE ? (int)(g->d->n - begin) : PP__TILE;
        pp__glm_effects_change(r->m, begin, n, change, scratch);
        for (int i = 0; i < n; i++) {
            int64_t row = begin + i;
            double fitted = sign_of(g, row) * change[i];
            if (r->held[row]) {
                int absent = g->prior && g->prior[row] == 0;
                r->slipped = fmax(r->slipped, absent ? 0 : fabs(fitted));
                continue;
            }
            r->lowest = fmin(r->lowest, fitted);
            r->highest = fmax(r->highest, fitted);
            r->target[row] = fitted > ZERO ? fitted : 0;
            r->held[row] = hold && fitted <= ZERO;
        }
    }
}

/* 1: found; targets are positive in the rows that separate. */
static pp_status iterate(rectifier *r, int hold, int *found, pp_error *err) {
    *found = 0;
    for (int iteration = 0; iteration < ITERATIONS; iteration++) {
        int definite;
        PP_TRY(regress(r, &definite, err));
        rectify(r, hold);
        if (!definite || r->highest <= 10 * ZERO) {
            return PP_OK;
        }
        double zero = ZERO * fmax(r->highest, 1);
        if (r->lowest >= -zero && r->slipped <= zero) {
            *found = 1;
            return PP_OK;
        }
    }
    return PP_OK;
}

static pp_status keep(const rectifier *r, pp_fit *fit, pp_error *err) {
    int64_t n = r->m->g->d->n;
    fit->separated = r->held;
    for (int64_t i = 0; i < n; i++) {
        fit->separated[i] = r->target[i] > ZERO;
    }
    fit->separation = pp_arena_alloc(&fit->arena, r->m->k, sizeof *fit->separation);
    PP_NEED(fit->separation, err);
    memcpy(fit->separation, r->m->step, (size_t)r->m->k * sizeof *fit->separation);
    fit->outcome = r->m->g->y;
    return PP_OK;
}

/* First among the rows that the last step has moved: most likely it is these. */
pp_status pp__separation_rectify(pp__glm_effects *m, pp_fit *fit, pp_error *err) {
    rectifier r = {.m = m};
    int found;
    if (is_excluded(&r)) {
        return PP_OK;
    }
    r.target = pp_arena_alloc(&fit->arena, m->g->d->n, sizeof *r.target);
    PP_NEED(r.target, err);
    r.held = pp_arena_alloc(&fit->arena, m->g->d->n, 1);
    PP_NEED(r.held, err);
    find_targets(&r, 1);
    PP_TRY(iterate(&r, 1, &found, err));
    if (!found) {
        find_targets(&r, 0);
        PP_TRY(iterate(&r, 0, &found, err));
    }
    return found ? keep(&r, fit, err) : pp__glm_effects_visit(m, err);
}
