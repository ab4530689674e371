/* The reduced equations as a dense matrix: where the effects beside the largest have up to
   a few thousand levels. S = (their cross-tabulation) - (profiles of groups)' W⁻¹
   (profiles); it is scaled to a unit diagonal and factored by Cholesky with pivots
   (LAPACK's dpstrf), which finds the rank: S is singular by nature. */
#include "base/check.h"
#include "base/parallel.h"
#include "model/effects/inside.h"
#include "model/linalg.h"

#include <cblas.h>
#include <lapack.h>
#include <math.h>
#include <string.h>

enum { MOST_LEVELS = 3000 };

static const double SINGULAR = 1e-11; /* a pivot of the scaled matrix */

typedef struct dense {
    int size, rank;
    int by_products; /* groups meet most levels: products of whole profiles */
    double *S, *L;   /* size × size */
    double *scale, *space;
    int *pivot;
    int64_t blocks;
    pp_arena *arena;
} dense;

typedef struct forming {
    const dense *d;
    const pp__absorber *a;
    double *sums;
    double *tiles; /* a block: size × PP__TILE */
} forming;

/* ---- S ---- */

static void cross_rest(const pp__absorber *a, int64_t g, int size, double *sum) {
    const pp__effects *e = a->effects;
    for (int64_t i = e->start[g]; e->n_rest > 1 && i < e->start[g + 1]; i++) {
        double w = a->ordered ? a->ordered[i] : 1;
        for (int r = 0; r < e->n_rest; r++) {
            int64_t column = pp__rest_level(e, r, i) * size;
            for (int s = r + 1; s < e->n_rest; s++) {
                sum[pp__rest_level(e, s, i) + column] -= w;
            }
        }
    }
}

static void add_profile(const pp__absorber *a, int64_t g, double factor, int64_t stride,
                        double *profile) {
    const pp__effects *e = a->effects;
    for (int64_t i = e->start[g]; i < e->start[g + 1]; i++) {
        double w = factor * (a->ordered ? a->ordered[i] : 1);
        for (int r = 0; r < e->n_rest; r++) {
            profile[pp__rest_level(e, r, i) * stride] += w;
        }
    }
}

static void add_group_products(const forming *f, int64_t begin, int64_t end, double *tile,
                               double *sum) {
    const pp__absorber *a = f->a;
    int size = f->d->size;
    memset(tile, 0, (size_t)size * PP__TILE * sizeof *tile);
    for (int64_t g = begin; g < end; g++) {
        add_profile(a, g, sqrt(a->inverse[g]), PP__TILE, tile + (g - begin));
        cross_rest(a, g, size, sum);
    }
    pp__add_products(size, (int)(end - begin), PP__TILE, tile, tile, sum);
}

/* The levels that the group meets, ascending by when they are met, and its profile. */
static int met_levels(const pp__effects *e, int64_t g, double *profile, int32_t *met) {
    int n = 0;
    for (int64_t i = e->start[g]; i < e->start[g + 1]; i++) {
        for (int r = 0; r < e->n_rest; r++) {
            int64_t level = pp__rest_level(e, r, i);
            if (profile[level] == 0) {
                profile[level] = 1;
                met[n++] = (int32_t)level;
            }
        }
    }
    for (int l = 0; l < n; l++) {
        profile[met[l]] = 0;
    }
    return n;
}

static void add_group_pairs(const forming *f, int64_t g, double *profile, int32_t *met,
                            double *sum) {
    const pp__absorber *a = f->a;
    int size = f->d->size, n = met_levels(a->effects, g, profile, met);
    add_profile(a, g, 1, 1, profile);
    for (int l = 0; l < n; l++) {
        double p = a->inverse[g] * profile[met[l]];
        for (int k = 0; k <= l; k++) {
            int32_t low = met[k] < met[l] ? met[k] : met[l], high = met[k] ^ met[l] ^ low;
            sum[high + (int64_t)low * size] += p * profile[met[k]];
        }
    }
    for (int l = 0; l < n; l++) {
        profile[met[l]] = 0;
    }
    cross_rest(a, g, size, sum);
}

static void form_block(void *payload, int64_t block) {
    const forming *f = payload;
    const pp__effects *e = f->a->effects;
    int64_t size = f->d->size, last = pp__group_at(e, f->d->blocks, block + 1);
    int64_t g = pp__group_at(e, f->d->blocks, block);
    double *sum = f->sums + block * size * size;
    double *tile = f->tiles + block * size * PP__TILE;
    memset(sum, 0, (size_t)(size * size) * sizeof *sum);
    if (f->d->by_products) {
        for (; g < last; g += PP__TILE) {
            add_group_products(f, g, g + PP__TILE < last ? g + PP__TILE : last, tile,
                               sum);
        }
        return;
    }
    memset(tile, 0, (size_t)size * sizeof *tile);
    for (; g < last; g++) {
        add_group_pairs(f, g, tile, (void *)(tile + size), sum);
    }
}

static void gather(const dense *d, const pp__absorber *a, const double *sums) {
    int64_t size = d->size;
    const double *weight = a->level_weight + pp__effects_largest(a->effects);
    for (int64_t i = 0; i < size * size; i++) {
        double sum = 0;
        for (int64_t b = 0; b < d->blocks; b++) {
            sum += sums[b * size * size + i];
        }
        d->S[i] = -sum;
    }
    for (int64_t j = 0; j < size; j++) {
        d->S[j * (size + 1)] += weight[j];
    }
    pp__mirror(d->size, d->S);
}

/* ---- the factor ---- */

static void factor(dense *d, const pp__absorber *a) {
    int64_t size = d->size;
    int info;
    double tolerance = SINGULAR;
    const double *weight = a->level_weight + pp__effects_largest(a->effects);
    for (int64_t j = 0; j < size; j++) {
        double diagonal = d->S[j * (size + 1)];
        d->scale[j] = diagonal > SINGULAR * weight[j] ? 1 / sqrt(diagonal) : 0;
    }
    for (int64_t j = 0; j < size; j++) {
        for (int64_t i = j; i < size; i++) {
            d->L[i + j * size] = d->scale[i] * d->scale[j] * d->S[i + j * size];
        }
    }
    LAPACK_dpstrf("L", &d->size, d->L, &d->size, d->pivot, &d->rank, &tolerance, d->space,
                  &info);
}

/* ---- the way ---- */

static double sum_of_squares(const pp__effects *e, double most) {
    double sum = 0;
    for (int64_t g = 0; g < pp__effects_largest(e); g++) {
        double met = (double)(e->start[g + 1] - e->start[g]) * e->n_rest;
        met = met < most ? met : most;
        sum += met * met;
    }
    return sum;
}

static pp_status make(const pp__absorber *a, double work, const pp_context *ctx,
                      void **out, pp_error *err) {
    const pp__effects *e = a->effects;
    int64_t size = pp__effects_rest(e);
    double square = (double)size * (double)size;
    double products = (double)pp__effects_largest(e) * square / 8;
    double pairs = sum_of_squares(e, (double)size);
    (void)ctx;
    *out = NULL;
    if (size > MOST_LEVELS || square > 4 * (double)e->n + 1e4 ||
        fmin(products, pairs) + square * (double)size / 10 > work + 1e6) {
        return PP_OK;
    }
    dense *d = pp_arena_zalloc(a->arena, 1, sizeof *d);
    PP_NEED(d, err);
    d->size = (int)size;
    d->by_products = products < pairs;
    d->blocks = pp__count_blocks(e->n, size * size);
    d->arena = a->arena;
    d->S = pp_arena_alloc(a->arena, 2 * size * size + 3 * size, sizeof *d->S);
    PP_NEED(d->S, err);
    d->L = d->S + size * size;
    d->scale = d->L + size * size;
    d->space = d->scale + size;
    d->pivot = pp_arena_alloc(a->arena, size, sizeof *d->pivot);
    PP_NEED(d->pivot, err);
    *out = d;
    return PP_OK;
}

static pp_status weigh(void *way, const pp__absorber *a, const pp_context *ctx,
                       pp_error *err) {
    dense *d = way;
    pp_arena_mark mark = pp_arena_get_mark(d->arena);
    int64_t size = d->size;
    forming f = {.d = d, .a = a};
    f.sums =
        pp_arena_alloc(d->arena, d->blocks * size * (size + PP__TILE), sizeof *f.sums);
    PP_NEED(f.sums, err);
    f.tiles = f.sums + d->blocks * size * size;
    pp__parallel(ctx, d->blocks, form_block, &f);
    gather(d, a, f.sums);
    pp_arena_release(d->arena, mark);
    factor(d, a);
    return PP_OK;
}

static void times(const void *way, int m, const double *x, double *out) {
    const dense *d = way;
    int64_t size = d->size;
    memset(out, 0, (size_t)(size * m) * sizeof *out);
    for (int64_t l = 0; l < size; l++) {
        const double *column = d->S + l * size, *own = x + l * m;
        for (int64_t i = 0; i < size; i++) {
            for (int j = 0; j < m; j++) {
                out[i * m + j] += column[i] * own[j];
            }
        }
    }
}

/* The solution that is zero beyond the rank. */
static pp_status invert(void *way, int m, const double *x, double *out, pp_error *err) {
    const dense *d = way;
    (void)err;
    double *sorted = d->space;
    for (int j = 0; j < m; j++) {
        for (int i = 0; i < d->size; i++) {
            int at = d->pivot[i] - 1;
            sorted[i] = d->scale[at] * x[(int64_t)at * m + j];
        }
        cblas_dtrsv(CblasColMajor, CblasLower, CblasNoTrans, CblasNonUnit, d->rank, d->L,
                    d->size, sorted, 1);
        cblas_dtrsv(CblasColMajor, CblasLower, CblasTrans, CblasNonUnit, d->rank, d->L,
                    d->size, sorted, 1);
        for (int i = 0; i < d->size; i++) {
            int at = d->pivot[i] - 1;
            out[(int64_t)at * m + j] = i < d->rank ? d->scale[at] * sorted[i] : 0;
        }
    }
    return PP_OK;
}

static double rank(const void *way) {
    return ((const dense *)way)->rank;
}

const pp__way pp__way_dense = {make, weigh, times, invert, rank};
