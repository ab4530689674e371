/* The absorber: weights, coefficients of columns, and what is left of them. */
#include "model/effects/absorb.h"

#include "base/check.h"
#include "base/parallel.h"
#include "model/effects/inside.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

pp_status pp__absorber_make(const pp__effects *e, pp_arena *arena, const pp_context *ctx,
                            pp__absorber **out, pp_error *err) {
    pp__absorber *a = pp_arena_zalloc(arena, 1, sizeof *a);
    int64_t levels = pp__effects_levels(e);
    PP_NEED(a, err);
    a->effects = e;
    a->arena = arena;
    a->level_weight = pp_arena_alloc(arena, levels, sizeof(double));
    PP_NEED(a->level_weight, err);
    a->inverse = pp_arena_alloc(arena, levels, sizeof(double));
    PP_NEED(a->inverse, err);
    PP_TRY(pp__reduced_make(a, ctx, err));
    a->rank = NAN;
    *out = a;
    return PP_OK;
}

/* ---- weights ---- */

enum { CHUNK = 1 << 16 };

static void order_chunk(void *payload, int64_t chunk) {
    const pp__absorber *a = payload;
    const pp__effects *e = a->effects;
    int64_t begin = chunk * CHUNK, end = begin + CHUNK < e->n ? begin + CHUNK : e->n;
    for (int64_t i = begin; i < end; i++) {
        a->space[i] = a->weight[e->order[i]];
    }
}

static pp_status order_weights(pp__absorber *a, const pp_context *ctx, pp_error *err) {
    const pp__effects *e = a->effects;
    a->ordered = a->weight;
    if (!a->weight || !e->order) {
        return PP_OK;
    }
    if (!a->space) {
        a->space = pp_arena_alloc(a->arena, e->n, sizeof *a->space);
        PP_NEED(a->space, err);
    }
    pp__parallel(ctx, (e->n + CHUNK - 1) / CHUNK, order_chunk, a);
    a->ordered = a->space;
    return PP_OK;
}

static int all_positive(const double *weight, int64_t n) {
    int64_t i = 0;
    while (weight && i < n && weight[i] > 0) {
        i++;
    }
    return !weight || i == n;
}

static pp_status count_rank(pp__absorber *a, pp_error *err) {
    const pp__effects *e = a->effects;
    int64_t components = e->components;
    double levels = 0, largest = 0;
    for (int64_t l = 0; l < pp__effects_levels(e); l++) {
        levels += a->level_weight[l] > 0;
        largest += l < pp__effects_largest(e) && a->level_weight[l] > 0;
    }
    if (e->n_rest > 0 && !all_positive(a->ordered, e->n)) {
        PP_TRY(pp__effects_components(e, a->ordered, a->arena, &components, err));
    }
    a->rank = levels - (e->n_rest == 1 ? (double)components : e->n_rest);
    if (e->n_rest > 1 && a->way && a->way->rank) {
        a->rank = largest + a->way->rank(a->held);
    }
    return PP_OK;
}

pp_status pp__absorber_weigh(pp__absorber *a, const double *weight, const pp_context *ctx,
                             pp_error *err) {
    a->weight = weight;
    PP_TRY(pp_progress(ctx, "fixed effects", -1, err));
    PP_TRY(order_weights(a, ctx, err));
    PP_TRY(pp__level_weights(a, ctx, err));
    PP_TRY(pp__reduced_weigh(a, ctx, err));
    return count_rank(a, err);
}

double pp__absorber_rank(const pp__absorber *a) {
    return a->rank;
}

/* ---- columns ---- */

typedef struct solution {
    int m;
    double *sums, *right, *products, *squares, *coefficients;
} solution;

static void fill_moments(const pp__absorber *a, const solution *s,
                         pp__absorb_moments *moments) {
    int64_t levels = pp__effects_levels(a->effects), size = (int64_t)s->m * s->m;
    int m = s->m;
    memset(moments->total, 0, (size_t)m * sizeof *moments->total);
    moments->weights = 0;
    for (int64_t g = 0; g < pp__effects_largest(a->effects); g++) {
        moments->weights += a->level_weight[g];
    }
    memcpy(moments->whole, s->products, (size_t)size * sizeof *moments->whole);
    memcpy(moments->left, s->products, (size_t)size * sizeof *moments->left);
    for (int64_t l = 0; l < levels; l++) {
        const double *sum = s->sums + l * m, *own = s->coefficients + l * m;
        for (int j = 0; j < m; j++) {
            moments->total[j] += l < pp__effects_largest(a->effects) ? sum[j] : 0;
            for (int i = j; i < m; i++) {
                moments->left[i + j * m] -= own[i] * sum[j];
            }
        }
    }
    pp__mirror(m, moments->left);
}

static pp_status solve(pp__absorber *a, const pp__absorb_column *column, solution *s,
                       double tolerance, const pp_context *ctx, pp__absorb_report *report,
                       pp_error *err) {
    const pp__effects *e = a->effects;
    int m = s->m;
    PP_TRY(pp__level_sums(a, column, m, ctx, s->sums, s->products, err));
    for (int j = 0; j < m; j++) {
        s->squares[j] = s->products[j + j * m];
    }
    if (e->n_rest > 0) {
        PP_TRY(pp__reduced_right(a, m, s->sums, ctx, s->right, err));
        PP_TRY(pp__reduced_solve(a, m, s->right, s->squares, tolerance, ctx,
                                 s->coefficients + pp__effects_largest(e) * m, report,
                                 err));
    }
    pp__largest_back(a, m, s->sums, ctx, s->coefficients);
    return PP_OK;
}

pp_status pp__absorb_measure(pp__absorber *a, const pp__absorb_column *column, int m,
                             double tolerance, const pp_context *ctx,
                             double *coefficients, pp__absorb_moments *moments,
                             pp__absorb_report *report, pp_error *err) {
    if (isnan(a->rank)) {
        PP_TRY(pp__absorber_weigh(a, NULL, ctx, err));
    }
    pp_arena_mark mark = pp_arena_get_mark(a->arena);
    int64_t sums = pp__effects_levels(a->effects) * m;
    int64_t rest = pp__effects_rest(a->effects) * m, square = (int64_t)m * m;
    solution s = {.m = m, .coefficients = coefficients};
    s.sums = pp_arena_alloc(a->arena, sums + rest + square + m, sizeof *s.sums);
    PP_NEED(s.sums, err);
    s.right = s.sums + sums;
    s.products = s.right + rest;
    s.squares = s.products + square;
    *report = (pp__absorb_report){.converged = 1};
    PP_TRY(solve(a, column, &s, tolerance, ctx, report, err));
    if (moments) {
        fill_moments(a, &s, moments);
    }
    pp_arena_release(a->arena, mark);
    return PP_OK;
}

pp_status pp__absorb_solve(pp__absorber *a, const pp__absorb_column *column, int m,
                           double tolerance, const pp_context *ctx, double *coefficients,
                           pp__absorb_report *report, pp_error *err) {
    return pp__absorb_measure(a, column, m, tolerance, ctx, coefficients, NULL, report,
                              err);
}

void pp__absorb_tile(const pp__effects *e, const pp__absorb_column *column, int m,
                     const double *coefficients, int64_t begin, int n, double *out) {
    const pp__absorbed absorbed = {e, column, m, coefficients};
    pp__absorbed_tile(&absorbed, m, begin, n, out);
}

void pp__absorb_row_effects(const pp__effects *e, const double *sum_of, int64_t begin,
                            int n, double *out) {
    memset(out, 0, (size_t)n * sizeof *out);
    for (int p = 0; p <= e->n_rest; p++) {
        const int32_t *code = e->code[p] + begin;
        for (int i = 0; i < n; i++) {
            out[i] += sum_of[e->offset[p] + code[i]];
        }
    }
}

typedef struct writing {
    pp__absorbed absorbed;
    double *const *out;
    double *tiles; /* one a chunk */
} writing;

static void write_tile(const writing *w, int64_t begin, int n, double *tile) {
    pp__absorbed_tile(&w->absorbed, w->absorbed.m, begin, n, tile);
    for (int j = 0; j < w->absorbed.m; j++) {
        memcpy(w->out[j] + begin, tile + (int64_t)j * PP__TILE, (size_t)n * sizeof *tile);
    }
}

static void write_block(void *payload, int64_t block) {
    const writing *w = payload;
    int64_t tiles = (w->absorbed.effects->n + PP__TILE - 1) / PP__TILE;
    int64_t last = tiles * (block + 1) / PP__ABSORB_BLOCKS;
    for (int64_t t = tiles * block / PP__ABSORB_BLOCKS; t < last; t++) {
        int64_t left = w->absorbed.effects->n - t * PP__TILE;
        write_tile(w, t * PP__TILE, left < PP__TILE ? (int)left : PP__TILE,
                   w->tiles + block * w->absorbed.m * PP__TILE);
    }
}

pp_status pp__absorb(pp__absorber *a, const pp__absorb_column *column, int m,
                     double tolerance, const pp_context *ctx, double *const *out,
                     pp__absorb_report *report, pp_error *err) {
    if (isnan(a->rank)) {
        PP_TRY(pp__absorber_weigh(a, NULL, ctx, err));
    }
    pp_arena_mark mark = pp_arena_get_mark(a->arena);
    int64_t levels = pp__effects_levels(a->effects), tile = (int64_t)m * PP__TILE;
    double *coefficients =
        pp_arena_alloc(a->arena, levels * m + tile * PP__ABSORB_BLOCKS, sizeof(double));
    PP_NEED(coefficients, err);
    writing w = {{a->effects, column, m, coefficients}, out, coefficients + levels * m};
    PP_TRY(pp__absorb_solve(a, column, m, tolerance, ctx, coefficients, report, err));
    pp__parallel(ctx, PP__ABSORB_BLOCKS, write_block, &w);
    pp_arena_release(a->arena, mark);
    return PP_OK;
}
