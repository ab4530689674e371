/* Least squares with absorbed fixed effects (Frisch & Waugh 1933, Lovell 1963): what the
   effects leave of y on what they leave of X. One pass for the sums over levels, one for
   cross-products, one for residuals, which also takes a step of refinement; no column but
   the residuals is written out. */
#include "base/check.h"
#include "model/effects/absorb.h"
#include "model/estimator.h"
#include "model/estimators/ols.h"
#include "model/glm.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

enum { MOST_STEPS = 4 };

typedef struct absorption {
    pp_fit *fit;
    const pp_context *ctx;
    pp_error *err;
    int64_t n;
    int k; /* columns; y comes after them */
    const double *weight;
    pp__absorber *absorber;
    pp__absorb_column *column;
    double *coefficients; /* of levels, k + 1 side by side */
    pp__absorbed *absorbed;
    pp__absorb_report report;
    double *G, *factor; /* of k + 1: cross-products after absorption */
    pp__absorb_moments moments;
    double *theta, *gradient;   /* k + 1: beside the gradient the squares of residuals */
    double *effect;             /* of levels: in the linear predictor */
    double constant;            /* so too */
    double *residual, *outside; /* n; residuals with their weights */
    double rss, tss;
} absorption;

/* ---- columns ---- */

static pp_status outcome_less_offset(absorption *o, const double **out) {
    const pp__companions *with = &o->fit->design->with;
    *out = with->y;
    if (!with->offset) {
        return PP_OK;
    }
    double *y = pp_arena_alloc(&o->fit->arena, o->n, sizeof *y);
    PP_NEED(y, o->err);
    for (int64_t i = 0; i < o->n; i++) {
        y[i] = with->y[i] - with->offset[i];
    }
    *out = y;
    return PP_OK;
}

/* Near enough to the mean for squares about the one to be those about the other. */
static double rough_mean(const absorption *o, const double *y) {
    enum { LOOKED_AT = 1024 };
    int64_t stride = o->n / LOOKED_AT + 1;
    double sum = 0, rows = 0;
    for (int64_t i = 0; i < o->n; i += stride) {
        sum += y[i];
        rows++;
    }
    return sum / rows;
}

static pp_status describe_columns(absorption *o) {
    const pp__design *d = o->fit->design;
    const double *y;
    o->column = pp_arena_alloc(&o->fit->arena, o->k + 1, sizeof *o->column);
    PP_NEED(o->column, o->err);
    for (int j = 0; j < o->k; j++) {
        o->column[j] = (pp__absorb_column){d->x[j], d->center[j], d->scale[j]};
    }
    PP_TRY(outcome_less_offset(o, &y));
    o->column[o->k] = (pp__absorb_column){y, rough_mean(o, y), 1};
    return PP_OK;
}

static pp_status allocate(absorption *o, const pp__effects *effects) {
    pp_arena *arena = &o->fit->arena;
    int64_t m = o->k + 1, levels = pp__effects_levels(effects);
    o->G = pp_arena_alloc(arena, 3 * m * m + 3 * m, sizeof *o->G);
    PP_NEED(o->G, o->err);
    o->factor = o->G + m * m;
    o->theta = o->factor + m * m;
    o->gradient = o->theta + m;
    o->moments = (pp__absorb_moments){
        .total = o->gradient + m, .whole = o->gradient + 2 * m, .left = o->G};
    o->residual = pp_arena_alloc(arena, o->n, sizeof *o->residual);
    PP_NEED(o->residual, o->err);
    o->outside = pp_arena_alloc(arena, o->n, sizeof *o->outside);
    PP_NEED(o->outside, o->err);
    o->coefficients = pp_arena_alloc(arena, levels * (m + 1), sizeof *o->coefficients);
    PP_NEED(o->coefficients, o->err);
    o->effect = o->coefficients + levels * m;
    o->absorbed = pp_arena_alloc(arena, 1, sizeof *o->absorbed);
    PP_NEED(o->absorbed, o->err);
    *o->absorbed = (pp__absorbed){effects, o->column, o->k + 1, o->coefficients};
    return PP_OK;
}

static pp_status absorb(absorption *o) {
    pp_fit *fit = o->fit;
    const pp__companions *with = &fit->design->with;
    pp__effects *effects;
    PP_TRY(pp__effects_make(with->effect, with->n_effects, o->n, &fit->arena, o->ctx,
                            &effects, o->err));
    PP_TRY(pp__absorber_make(effects, &fit->arena, o->ctx, &o->absorber, o->err));
    PP_TRY(pp__absorber_weigh(o->absorber, o->weight, o->ctx, o->err));
    fit->absorbed = pp__absorber_rank(o->absorber);
    PP_TRY(describe_columns(o));
    PP_TRY(allocate(o, effects));
    return pp__absorb_measure(o->absorber, o->column, o->k + 1, fit->options.tolerance,
                              o->ctx, o->coefficients, &o->moments, &o->report, o->err);
}

/* ---- cross-products ---- */

static void weigh_tile(const absorption *o, int m, int64_t begin, int n, double *z) {
    for (int j = 0; j < m; j++) {
        for (int i = 0; i < n; i++) {
            z[i + (int64_t)j * PP__TILE] *= o->weight[begin + i];
        }
    }
}

static void add_products(void *payload, int64_t begin, int n, double *sums,
                         double *scratch) {
    const absorption *o = payload;
    int m = o->k + 1;
    int64_t size = (int64_t)m * PP__TILE;
    double *z = scratch, *wz = o->weight ? z + size : z;
    pp__absorbed_tile(o->absorbed, m, begin, n, z);
    if (o->weight) {
        memcpy(wz, z, (size_t)size * sizeof *z);
        weigh_tile(o, m, begin, n, wz);
    }
    pp__add_products(m, n, PP__TILE, z, wz, sums);
}

/* G, from what is left itself and not by differences. */
static pp_status sum_products(absorption *o) {
    pp__pass pass;
    pp_arena *arena = &o->fit->arena;
    int64_t m = o->k + 1, tiles = o->weight ? 2 : 1;
    pp_arena_mark mark = pp_arena_get_mark(arena);
    PP_TRY(pp__pass_init(&pass, o->n, m * m, tiles * m * PP__TILE, arena, o->err));
    pp__pass_run(&pass, add_products, o, o->ctx, o->G);
    pp__mirror((int)m, o->G);
    pp_arena_release(arena, mark);
    return PP_OK;
}

/* Differences are as good, where enough is left of each column beside those before it. */
static int differences_do(const absorption *o) {
    const double enough = 1e-6;
    int64_t m = o->k + 1;
    int do_they = m <= PP__ABSORB_WIDEST;
    for (int64_t j = 0; j < m; j++) {
        do_they &= o->G[j * (m + 1)] > enough * o->moments.whole[j * (m + 1)];
    }
    memcpy(o->factor, o->G, (size_t)(m * m) * sizeof *o->G);
    return do_they && pp__cholesky((int)m, o->factor, enough) == m;
}

static pp_status find_products(absorption *o) {
    int64_t y = o->k;
    double total = o->moments.total[y];
    o->tss = o->moments.whole[y * (y + 2)] - total * total / o->moments.weights;
    return differences_do(o) ? PP_OK : sum_products(o);
}

/* ---- columns that say nothing ---- */

static void take_columns(absorption *o, const uint8_t *keep) {
    int64_t levels = pp__effects_levels(o->absorbed->effects), at = 0;
    int m = o->k + 1, left = 0;
    for (int64_t l = 0; l < levels; l++) {
        for (int j = 0; j < m; j++) {
            if (keep[j]) {
                o->coefficients[at++] = o->coefficients[l * m + j];
            }
        }
    }
    for (int j = 0; j < m; j++) {
        if (keep[j]) {
            o->column[left++] = o->column[j];
        }
    }
    o->k = left - 1;
    o->absorbed->m = left;
}

/* G is left with the columns that stay, and after them y. */
static pp_status leave_out_explained(absorption *o) {
    pp_arena *arena = &o->fit->arena;
    int64_t k = o->k, m = k + 1;
    pp_arena_mark mark = pp_arena_get_mark(arena);
    uint8_t *keep = pp_arena_alloc(arena, m, 1);
    PP_NEED(keep, o->err);
    double *G = pp_arena_alloc(arena, m * m, sizeof *G);
    PP_NEED(G, o->err);
    for (int64_t j = 0; j < k; j++) {
        memcpy(G + j * k, o->G + j * m, (size_t)k * sizeof *G);
    }
    PP_TRY(pp__explained_remove(o->fit, G, o->moments.weights, keep, o->err));
    keep[k] = 1;
    int64_t at = 0;
    for (int64_t j = 0; j < m; j++) {
        for (int64_t i = 0; keep[j] && i < m; i++) {
            if (keep[i]) {
                o->G[at++] = o->G[i + j * m];
            }
        }
    }
    if (o->fit->k < k) {
        take_columns(o, keep);
    }
    pp_arena_release(arena, mark);
    return PP_OK;
}

/* ---- the solution ---- */

/* The factor of the columns' part of G, and the solution that it gives. */
static pp_status solve(absorption *o) {
    int64_t k = o->k, m = k + 1;
    for (int64_t j = 0; j < k; j++) {
        memcpy(o->factor + j * k, o->G + j * m, (size_t)k * sizeof *o->factor);
    }
    memcpy(o->theta, o->G + k * m, (size_t)k * sizeof *o->theta);
    if (pp__cholesky(o->k, o->factor, 0) < o->k) {
        PP_FAIL(o->err, PP_E_ESTIMATION, "the normal equations are singular");
    }
    pp__forward(o->k, o->factor, o->theta);
    pp__backward(o->k, o->factor, o->theta);
    return PP_OK;
}

/* What of the linear predictor is neither in x'b nor in the offset: y's coefficients less
   those of x'b, and what centering has moved. */
static void describe_effects(absorption *o) {
    int64_t levels = pp__effects_levels(o->absorbed->effects);
    int m = o->k + 1;
    for (int64_t l = 0; l < levels; l++) {
        const double *own = o->coefficients + l * m;
        o->effect[l] = own[o->k] - pp__dot(o->k, own, o->theta);
    }
    o->constant = o->column[o->k].center;
    for (int j = 0; j < o->k; j++) {
        o->constant -= o->column[j].center / o->column[j].scale * o->theta[j];
    }
}

/* Residuals, the gradient, and after it the squares of residuals. */
static void residual_tile(void *payload, int64_t begin, int n, double *sums,
                          double *scratch) {
    absorption *o = payload;
    const double *offset = o->fit->design->with.offset;
    double *e = scratch + (int64_t)o->k * PP__TILE, *out = o->residual + begin;
    double *outside = o->outside + begin;
    pp__absorbed_tile(o->absorbed, o->k + 1, begin, n, scratch);
    for (int j = 0; j < o->k; j++) {
        const double *z = scratch + (int64_t)j * PP__TILE, b = o->theta[j];
        for (int i = 0; i < n; i++) {
            e[i] -= b * z[i];
        }
    }
    for (int i = 0; i < n; i++) {
        out[i] = o->weight ? o->weight[begin + i] * e[i] : e[i];
    }
    for (int j = 0; j <= o->k; j++) {
        sums[j] += pp__dot(n, scratch + (int64_t)j * PP__TILE, out);
    }
    pp__absorb_row_effects(o->absorbed->effects, o->effect, begin, n, outside);
    for (int i = 0; i < n; i++) {
        outside[i] += o->constant + (offset ? offset[begin + i] : 0);
    }
}

static double residual_deviation(const absorption *o) {
    double df = o->fit->scores.count - o->k - o->fit->absorbed;
    return sqrt(fmax(fmax(o->rss, 1e-26 * o->tss), 1e-300) / fmax(df, 1));
}

/* Gives the decrement in units of the residual deviation; theta takes the step. */
static double step(absorption *o) {
    double *direction = o->gradient, squares;
    pp__forward(o->k, o->factor, direction);
    squares = pp__dot(o->k, direction, direction);
    pp__backward(o->k, o->factor, direction);
    for (int j = 0; j < o->k; j++) {
        o->theta[j] += direction[j];
    }
    return sqrt(squares) / residual_deviation(o);
}

/* What is left of x and y is wrong by the report's error, relative to the whole, in
   directions of the effects alone, so that the normal equations are by its square. */
static double absorbing_error(const absorption *o) {
    double error = o->report.error;
    return error * error * sqrt(o->tss) / residual_deviation(o);
}

static pp_status refine(absorption *o) {
    pp_fit *fit = o->fit;
    pp__pass pass;
    PP_TRY(
        pp__pass_init(&pass, o->n, o->k + 1, (o->k + 1) * PP__TILE, &fit->arena, o->err));
    for (fit->iterations = 1;; fit->iterations++) {
        describe_effects(o);
        pp__pass_run(&pass, residual_tile, o, o->ctx, o->gradient);
        o->rss = o->gradient[o->k];
        fit->score_norm = step(o) + absorbing_error(o);
        fit->converged = o->report.converged && fit->score_norm <= fit->options.tolerance;
        if (fit->converged || fit->iterations == MOST_STEPS) {
            return PP_OK;
        }
    }
}

pp_status pp__ols_absorbed(pp_fit *fit, const pp_context *ctx, pp_error *err) {
    const pp__design *d = fit->design;
    absorption o = {.fit = fit,
                    .ctx = ctx,
                    .err = err,
                    .n = d->n,
                    .k = d->k,
                    .weight = d->with.weight};
    fit->scores.count = pp__design_count(d);
    PP_TRY(absorb(&o));
    PP_TRY(find_products(&o));
    PP_TRY(leave_out_explained(&o));
    PP_TRY(solve(&o));
    PP_TRY(refine(&o));
    fit->estimates = o.theta;
    fit->bread = pp_arena_alloc(&fit->arena, (int64_t)o.k * o.k, sizeof *fit->bread);
    PP_NEED(fit->bread, err);
    pp__cholesky_inverse(o.k, o.factor, fit->bread);
    fit->scores = (pp__scores){
        .n = d->n, .factor = o.residual, .weight = o.weight, .within = o.absorbed};
    fit->outside = o.outside;
    fit->within_r2 = 1 - o.rss / o.G[(int64_t)o.k * (o.k + 2)];
    pp__glm_describe(fit, fit->estimator->family, -o.rss / 2, -o.tss / 2, ctx);
    return PP_OK;
}
