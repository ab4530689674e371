#include "base/check.h"
#include "model/estimators/cox.h"
#include "model/linalg.h"
#include "model/vector.h"

#include <math.h>
#include <string.h>

/* ---- risks ---- */

static void predict_tile(void *payload, int64_t begin, int n, double *sums,
                         double *scratch) {
    const pp__cox *c = payload;
    const double *z = c->sets.backward.z + begin * c->d->k;
    double *risk = c->sums.risk + begin;
    (void)sums;
    (void)scratch;
    memset(risk, 0, (size_t)n * sizeof *risk);
    if (c->offset) {
        memcpy(risk, c->offset + begin, (size_t)n * sizeof *risk);
    }
    for (int j = 0; j < c->d->k; j++, z += PP__TILE) {
        for (int i = 0; i < n; i++) {
            risk[i] += c->theta[j] * z[i];
        }
    }
    pp__exp(n, risk, risk);
    for (int i = 0; c->weight && i < n; i++) {
        risk[i] *= c->weight[begin + i];
    }
}

/* ---- slots ---- */

/* Fills the terms of a slot; gives what the log-likelihood loses there. */
static double visit_slot(const pp__cox *c, int64_t e) {
    const pp__cox_terms *t = &c->terms;
    double others = c->sums.others[e], dying = c->sums.dying[e], loss = 0;
    double deaths = c->breslow ? 1 : c->sets.deaths[e];
    double w =
        c->sets.death_weight[e] / deaths * (c->slot_weight ? c->slot_weight[e] : 1);
    double h = 0, own = 0, square = 0, cross = 0, own_square = 0;
    for (double l = 0; l < deaths; l++) {
        double g = 1 - l / deaths, sum = others + g * dying, inverse = 1 / sum;
        h += inverse;
        own += g * inverse;
        square += inverse * inverse;
        cross += g * inverse * inverse;
        own_square += g * g * inverse * inverse;
        loss += log(sum);
    }
    t->hazard[e] = w * h;
    t->own_hazard[e] = w * own;
    t->square[e] = w * square;
    t->cross[e] = w * cross;
    t->own_square[e] = w * own_square;
    return w * loss;
}

/* Gradient and information lose the means and their squares. */
static void slot_tile(void *payload, int64_t begin, int n, double *sums,
                      double *scratch) {
    const pp__cox *c = payload;
    int k = c->d->k;
    int64_t slots = c->sets.slots, size = (int64_t)k * PP__TILE;
    const pp__cox_terms *t = &c->terms;
    double *gradient = sums + (int64_t)k * k;
    double *s = scratch, *d = s + size, *left_s = d + size, *left_d = left_s + size;
    for (int i = 0; i < n; i++) {
        gradient[k] -= visit_slot(c, begin + i);
    }
    for (int j = 0; j < k; j++) {
        const double *others = c->sums.others + (j + 1) * slots + begin;
        const double *dying = c->sums.dying + (j + 1) * slots + begin;
        for (int i = 0; i < n; i++) {
            int64_t e = begin + i, at = i + (int64_t)j * PP__TILE;
            s[at] = others[i];
            d[at] = dying[i];
            left_s[at] = -(t->square[e] * others[i] + t->cross[e] * dying[i]);
            left_d[at] = -(t->cross[e] * others[i] + t->own_square[e] * dying[i]);
            gradient[j] -= t->hazard[e] * others[i] + t->own_hazard[e] * dying[i];
        }
    }
    pp__add_products(k, n, PP__TILE, s, left_s, sums);
    pp__add_products(k, n, PP__TILE, d, left_d, sums);
}

static void add_up_hazards(pp__cox_terms *t, int64_t slots) {
    double sum = 0, rest = 0;
    for (int64_t e = 0; e < slots; e++) {
        t->passed[e] = sum;
        t->passed_rest[e] = rest;
        double next = sum + t->hazard[e], part = next - sum;
        rest += (sum - (next - part)) + (t->hazard[e] - part);
        sum = next;
    }
    t->passed[slots] = sum;
    t->passed_rest[slots] = rest;
}

/* ---- products ---- */

double pp__cox_expected(const pp__cox *c, int64_t i) {
    const pp__cox_terms *t = &c->terms;
    int64_t row = c->sets.backward.row[i];
    int32_t first = c->sets.first[row], end = c->sets.end[row];
    double hazard = c->sets.event[row] ? t->own_hazard[end] : 0;
    if (first < end) {
        hazard += (t->passed[end] - t->passed[first]) +
                  (t->passed_rest[end] - t->passed_rest[first]);
    }
    return hazard * c->sums.risk[i];
}

static void product_tile(void *payload, int64_t begin, int n, double *sums,
                         double *scratch) {
    const pp__cox *c = payload;
    const double *z = c->sets.backward.z + begin * c->d->k;
    double expected[PP__TILE];
    for (int i = 0; i < n; i++) {
        expected[i] = pp__cox_expected(c, begin + i);
    }
    for (int j = 0; j < c->d->k; j++) {
        int64_t at = (int64_t)j * PP__TILE;
        for (int i = 0; i < n; i++) {
            scratch[at + i] = expected[i] * z[at + i];
        }
    }
    pp__add_products(c->d->k, n, PP__TILE, z, scratch, sums);
}

/* The information is Σ m z z' over rows, m being what each expects, less the squares of
   the slots' means. */
double pp__cox_loglik(void *payload, const double *theta, double *gradient,
                      double *information) {
    pp__cox *c = payload;
    int64_t k = c->d->k;
    c->theta = theta;
    pp__pass_run(&c->rows, predict_tile, c, c->ctx, c->totals);
    pp__risk_sums_gather(&c->sets, &c->sums, c->ctx);
    pp__pass_run(&c->slots, slot_tile, c, c->ctx, c->totals);
    add_up_hazards(&c->terms, c->sets.slots);
    double loglik = c->totals[k * k + k] + c->observed_offset;
    for (int64_t j = 0; j < k; j++) {
        gradient[j] = c->totals[k * k + j] + c->observed[j];
        loglik += theta[j] * c->observed[j];
    }
    memcpy(information, c->totals, (size_t)(k * k) * sizeof *information);
    pp__pass_run(&c->products, product_tile, c, c->ctx, c->totals);
    for (int64_t i = 0; i < k * k; i++) {
        information[i] += c->totals[i];
    }
    return loglik;
}

/* ---- beginning ---- */

static void gather_rows(pp__cox *c) {
    const pp__companions *with = &c->d->with;
    const pp__risk_order *o = &c->sets.backward;
    for (int64_t i = 0; i < o->n; i++) {
        int64_t row = o->row[i];
        double w = with->weight ? with->weight[row] : 1;
        double off = with->offset ? with->offset[row] -
                                        c->sets.offset_center[pp__risk_stratum(c->d, row)]
                                  : 0;
        if (c->weight) {
            c->weight[i] = w;
        }
        if (c->offset) {
            c->offset[i] = off;
        }
        if (c->sets.event[row]) {
            const double *z = o->z + i / PP__TILE * c->d->k * PP__TILE + i % PP__TILE;
            c->observed_offset += w * off;
            for (int64_t j = 0; j < c->d->k; j++) {
                c->observed[j] += w * z[j * PP__TILE];
            }
        }
    }
}

static pp_status allocate_terms(pp__cox *c, pp_arena *arena, pp_error *err) {
    int64_t slots = c->sets.slots;
    pp__cox_terms *t = &c->terms;
    t->hazard = pp_arena_alloc(arena, 7 * slots + 2, sizeof *t->hazard);
    PP_NEED(t->hazard, err);
    t->own_hazard = t->hazard + slots;
    t->square = t->own_hazard + slots;
    t->cross = t->square + slots;
    t->own_square = t->cross + slots;
    t->passed = t->own_square + slots;
    t->passed_rest = t->passed + slots + 1;
    return PP_OK;
}

pp_status pp__cox_init(const pp__design *d, int breslow, pp_arena *arena,
                       const pp_context *ctx, pp__cox *c, pp_error *err) {
    int64_t k = d->k, n;
    *c = (pp__cox){.d = d, .breslow = breslow, .ctx = ctx};
    PP_TRY(pp__risk_sets_find(d, arena, ctx, &c->sets, err));
    PP_TRY(pp__risk_sums_init(&c->sets, d->k + 1, arena, &c->sums, err));
    PP_TRY(allocate_terms(c, arena, err));
    n = c->sets.backward.n;
    if (d->with.weight) {
        c->weight = pp_arena_alloc(arena, n, sizeof *c->weight);
        PP_NEED(c->weight, err);
    }
    if (d->with.offset) {
        c->offset = pp_arena_alloc(arena, n, sizeof *c->offset);
        PP_NEED(c->offset, err);
    }
    c->observed = pp_arena_zalloc(arena, k, sizeof *c->observed);
    PP_NEED(c->observed, err);
    c->totals = pp_arena_alloc(arena, k * k + k + 1, sizeof *c->totals);
    PP_NEED(c->totals, err);
    gather_rows(c);
    PP_TRY(pp__pass_init(&c->rows, n, 0, 0, arena, err));
    PP_TRY(pp__pass_init(&c->slots, c->sets.slots, k * k + k + 1, 4 * k * PP__TILE, arena,
                         err));
    return pp__pass_init(&c->products, n, k * k, k * PP__TILE, arena, err);
}
