/* Passes over rows. Blocks of rows or of groups depend on the data alone and are added in
   order: the same bits at any number of threads. Inner loops are compiled for each number
   of columns up to WIDEST; more columns go in parts. */
#include "base/check.h"
#include "base/parallel.h"
#include "model/effects/inside.h"
#include "model/linalg.h"

#include <string.h>

#define INLINE static inline __attribute__((always_inline))

enum { WIDEST = PP__ABSORB_WIDEST, SMALLEST_BLOCK = 1 << 14 };

typedef struct pass {
    const pp__absorber *a;
    const pp__absorb_column *column;
    int m;     /* numbers a level in tables */
    int first; /* column of this part */
    int64_t blocks;
    double *space;      /* the blocks' own tables */
    int64_t width;      /* of one */
    const double *from; /* a table that is read */
    double *to;         /* a table that is written where no two blocks meet */
    double *products;   /* of blocks, m × m */
} pass;

/* The number of blocks for n rows when each has a table of `width` doubles: their tables
   take no more than twice the rows' own space, where that leaves two. */
int64_t pp__count_blocks(int64_t n, int64_t width) {
    int64_t blocks = n / SMALLEST_BLOCK + 1;
    int64_t most = 2 + 2 * n / (width + 1);
    blocks = blocks > most ? most : blocks;
    return blocks > PP__ABSORB_BLOCKS ? PP__ABSORB_BLOCKS : blocks;
}

/* The first group that begins at or after the share b of the rows. */
int64_t pp__group_at(const pp__effects *e, int64_t blocks, int64_t b) {
    int64_t low = 0, high = pp__effects_largest(e), row = e->n * b / blocks;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (e->start[middle] < row) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return b == blocks ? pp__effects_largest(e) : low;
}

typedef struct adding {
    const pass *p;
    double *out;
    int subtract;
} adding;

enum { SLICE = 4096 };

static void add_slice(void *payload, int64_t slice) {
    const adding *s = payload;
    int64_t begin = slice * SLICE, end = begin + SLICE;
    end = end > s->p->width ? s->p->width : end;
    for (int64_t b = 0; b < s->p->blocks; b++) {
        const double *from = s->p->space + b * s->p->width;
        for (int64_t i = begin; i < end; i++) {
            s->out[i] += s->subtract ? -from[i] : from[i];
        }
    }
}

/* out += (or -=) the blocks' tables. */
static void add_blocks(const pass *p, const pp_context *ctx, double *out, int subtract) {
    adding s = {p, out, subtract};
    pp__parallel(ctx, (p->width + SLICE - 1) / SLICE, add_slice, &s);
}

static pp_status make_blocks(pass *p, int64_t width, pp_error *err) {
    p->width = width;
    p->blocks = pp__count_blocks(p->a->effects->n, width);
    p->space = pp_arena_alloc(p->a->arena, p->blocks * width, sizeof *p->space);
    PP_NEED(p->space, err);
    return PP_OK;
}

/* kernel(..., columns), with a constant number of columns. */
#define BY_NUMBER(columns, kernel, ...)                                                  \
    switch (columns) {                                                                   \
    case 1:                                                                              \
        kernel(__VA_ARGS__, 1);                                                          \
        break;                                                                           \
    case 2:                                                                              \
        kernel(__VA_ARGS__, 2);                                                          \
        break;                                                                           \
    case 3:                                                                              \
        kernel(__VA_ARGS__, 3);                                                          \
        break;                                                                           \
    case 4:                                                                              \
        kernel(__VA_ARGS__, 4);                                                          \
        break;                                                                           \
    case 5:                                                                              \
        kernel(__VA_ARGS__, 5);                                                          \
        break;                                                                           \
    case 6:                                                                              \
        kernel(__VA_ARGS__, 6);                                                          \
        break;                                                                           \
    case 7:                                                                              \
        kernel(__VA_ARGS__, 7);                                                          \
        break;                                                                           \
    default:                                                                             \
        kernel(__VA_ARGS__, WIDEST);                                                     \
        break;                                                                           \
    }

/* kernel(p, block, first, columns) for each part of the columns. */
#define IN_PARTS(kernel, p, block)                                                       \
    for (int at = 0; at < (p)->m; at += WIDEST) {                                        \
        int columns = (p)->m - at < WIDEST ? (p)->m - at : WIDEST;                       \
        BY_NUMBER(columns, kernel, p, block, at)                                         \
    }

/* ---- sums over levels ---- */

/* Row blocks: of groups where the rows stand in order, whose own sums go straight into
   p->to. */
static void row_range(const pass *p, int64_t block, int64_t *begin, int64_t *end) {
    const pp__effects *e = p->a->effects;
    if (e->order) {
        *begin = e->n * block / p->blocks;
        *end = e->n * (block + 1) / p->blocks;
    } else {
        *begin = e->start[pp__group_at(e, p->blocks, block)];
        *end = e->start[pp__group_at(e, p->blocks, block + 1)];
    }
}

INLINE void sum_part(const pass *p, int64_t block, int first, const int m) {
    const pp__effects *e = p->a->effects;
    const pp__absorb_column *column = p->column + first;
    const double *weight = p->a->weight;
    double *own = p->space + block * p->width + first, *largest = p->to + first;
    double products[WIDEST][WIDEST] = {{0}}, factor[WIDEST];
    int64_t begin, end;
    for (int j = 0; j < m; j++) {
        factor[j] = 1 / column[j].scale;
    }
    row_range(p, block, &begin, &end);
    if (e->order) {
        largest = own;
        own += pp__effects_largest(e) * p->m;
    }
    for (int64_t i = begin; i < end; i++) {
        double x[WIDEST], v[WIDEST];
        for (int j = 0; j < m; j++) {
            v[j] = (column[j].value[i] - column[j].center) * factor[j];
            x[j] = weight ? weight[i] * v[j] : v[j];
        }
        for (int j = 0; j < m; j++) {
            for (int l = 0; l <= j; l++) {
                products[j][l] += x[j] * v[l];
            }
        }
        double *to = largest + (int64_t)e->code[0][i] * p->m;
        for (int j = 0; j < m; j++) {
            to[j] += x[j];
        }
        for (int r = 0; r < e->n_rest; r++) {
            to = own + (e->offset[r + 1] - e->offset[1] + e->code[r + 1][i]) * p->m;
            for (int j = 0; j < m; j++) {
                to[j] += x[j];
            }
        }
    }
    double *out = p->products + block * p->m * p->m;
    for (int j = 0; j < m; j++) {
        for (int l = 0; l <= j; l++) {
            out[first + j + (int64_t)(first + l) * p->m] = products[j][l];
        }
    }
}

static void sum_block(void *payload, int64_t block) {
    const pass *p = payload;
    memset(p->space + block * p->width, 0, (size_t)p->width * sizeof *p->space);
    IN_PARTS(sum_part, p, block)
}

static void add_products(const pass *p, double *products) {
    int64_t size = (int64_t)p->m * p->m;
    memset(products, 0, (size_t)size * sizeof *products);
    for (int64_t b = 0; b < p->blocks; b++) {
        for (int64_t i = 0; i < size; i++) {
            products[i] += p->products[b * size + i];
        }
    }
    pp__mirror(p->m, products);
}

pp_status pp__level_sums(const pp__absorber *a, const pp__absorb_column *column, int m,
                         const pp_context *ctx, double *sums, double *products,
                         pp_error *err) {
    const pp__effects *e = a->effects;
    pp_arena_mark mark = pp_arena_get_mark(a->arena);
    pass p = {.a = a, .column = column, .m = m, .to = sums};
    int64_t largest = pp__effects_largest(e) * m, rest = pp__effects_rest(e) * m;
    PP_TRY(make_blocks(&p, (e->order ? largest : 0) + rest, err));
    p.products = pp_arena_zalloc(a->arena, p.blocks * m * m, sizeof *p.products);
    PP_NEED(p.products, err);
    memset(sums, 0, (size_t)(largest + rest) * sizeof *sums);
    pp__parallel(ctx, p.blocks, sum_block, &p);
    add_blocks(&p, ctx, e->order ? sums : sums + largest, 0);
    add_products(&p, products);
    pp_arena_release(a->arena, mark);
    return PP_OK;
}

static void weigh_block(void *payload, int64_t block) {
    const pass *p = payload;
    const pp__effects *e = p->a->effects;
    const double *weight = p->a->ordered;
    double *own = p->space + block * p->width;
    int64_t last = pp__group_at(e, p->blocks, block + 1);
    memset(own, 0, (size_t)p->width * sizeof *own);
    for (int64_t g = pp__group_at(e, p->blocks, block); g < last; g++) {
        int64_t begin = e->start[g], end = e->start[g + 1];
        double sum = weight ? 0 : (double)(end - begin);
        for (int64_t i = begin; weight && i < end; i++) {
            sum += weight[i];
        }
        p->to[g] = sum;
        for (int r = 0; r < e->n_rest; r++) {
            double *to = own + e->offset[r + 1] - e->offset[1];
            for (int64_t i = begin; i < end; i++) {
                to[e->ordered[r][i]] += weight ? weight[i] : 1;
            }
        }
    }
}

pp_status pp__level_weights(pp__absorber *a, const pp_context *ctx, pp_error *err) {
    const pp__effects *e = a->effects;
    pp_arena_mark mark = pp_arena_get_mark(a->arena);
    int64_t largest = pp__effects_largest(e), levels = pp__effects_levels(e);
    pass p = {.a = a, .m = 1, .to = a->level_weight};
    PP_TRY(make_blocks(&p, levels - largest, err));
    memset(a->level_weight + largest, 0, (size_t)(levels - largest) * sizeof(double));
    pp__parallel(ctx, p.blocks, weigh_block, &p);
    add_blocks(&p, ctx, a->level_weight + largest, 0);
    for (int64_t l = 0; l < levels; l++) {
        a->inverse[l] = a->level_weight[l] > 0 ? 1 / a->level_weight[l] : 0;
    }
    pp_arena_release(a->arena, mark);
    return PP_OK;
}

/* ---- the reduced equations, by rows in the order of the largest effect ---- */

/* The sum of a row's levels of the rest. */
INLINE void row_sum(const pp__effects *e, int64_t i, const double *x, int stride,
                    const int m, double *out) {
    for (int j = 0; j < m; j++) {
        out[j] = 0;
    }
    for (int r = 0; r < e->n_rest; r++) {
        const double *from =
            x + (e->offset[r + 1] - e->offset[1] + e->ordered[r][i]) * stride;
        for (int j = 0; j < m; j++) {
            out[j] += from[j];
        }
    }
}

INLINE void row_add(const pp__effects *e, int64_t i, const double *x, int stride,
                    const int m, double *to) {
    for (int r = 0; r < e->n_rest; r++) {
        double *at = to + (e->offset[r + 1] - e->offset[1] + e->ordered[r][i]) * stride;
        for (int j = 0; j < m; j++) {
            at[j] += x[j];
        }
    }
}

/* The weighted sum over a group of its rows' levels of the rest. */
INLINE void group_sum(const pp__absorber *a, int64_t g, const double *x, int stride,
                      const int m, double *sum) {
    const pp__effects *e = a->effects;
    for (int j = 0; j < m; j++) {
        sum[j] = 0;
    }
    for (int64_t i = e->start[g]; i < e->start[g + 1]; i++) {
        double row[WIDEST], w = a->ordered ? a->ordered[i] : 1;
        row_sum(e, i, x, stride, m, row);
        for (int j = 0; j < m; j++) {
            sum[j] += w * row[j];
        }
    }
}

INLINE void right_part(const pass *p, int64_t block, int first, const int m) {
    const pp__absorber *a = p->a;
    const pp__effects *e = a->effects;
    double *own = p->space + block * p->width + first;
    int64_t last = pp__group_at(e, p->blocks, block + 1);
    for (int64_t g = pp__group_at(e, p->blocks, block); g < last; g++) {
        const double *sum = p->from + g * p->m + first;
        for (int64_t i = e->start[g]; i < e->start[g + 1]; i++) {
            double x[WIDEST], w = a->inverse[g] * (a->ordered ? a->ordered[i] : 1);
            for (int j = 0; j < m; j++) {
                x[j] = w * sum[j];
            }
            row_add(e, i, x, p->m, m, own);
        }
    }
}

static void right_block(void *payload, int64_t block) {
    const pass *p = payload;
    memset(p->space + block * p->width, 0, (size_t)p->width * sizeof *p->space);
    IN_PARTS(right_part, p, block)
}

pp_status pp__reduced_right(const pp__absorber *a, int m, const double *sums,
                            const pp_context *ctx, double *right, pp_error *err) {
    const pp__effects *e = a->effects;
    pp_arena_mark mark = pp_arena_get_mark(a->arena);
    pass p = {.a = a, .m = m, .from = sums};
    int64_t width = pp__effects_rest(e) * m;
    PP_TRY(make_blocks(&p, width, err));
    pp__parallel(ctx, p.blocks, right_block, &p);
    memcpy(right, sums + pp__effects_largest(e) * m, (size_t)width * sizeof *right);
    add_blocks(&p, ctx, right, 1);
    pp_arena_release(a->arena, mark);
    return PP_OK;
}

INLINE void times_part(const pass *p, int64_t block, int first, const int m) {
    const pp__absorber *a = p->a;
    const pp__effects *e = a->effects;
    const double *x = p->from + first;
    double *own = p->space + block * p->width + first;
    int64_t last = pp__group_at(e, p->blocks, block + 1);
    for (int64_t g = pp__group_at(e, p->blocks, block); g < last; g++) {
        double mean[WIDEST];
        group_sum(a, g, x, p->m, m, mean);
        for (int j = 0; j < m; j++) {
            mean[j] *= a->inverse[g];
        }
        for (int64_t i = e->start[g]; i < e->start[g + 1]; i++) {
            double row[WIDEST], w = a->ordered ? a->ordered[i] : 1;
            row_sum(e, i, x, p->m, m, row);
            for (int j = 0; j < m; j++) {
                row[j] = w * (row[j] - mean[j]);
            }
            row_add(e, i, row, p->m, m, own);
        }
    }
}

static void times_block(void *payload, int64_t block) {
    const pass *p = payload;
    memset(p->space + block * p->width, 0, (size_t)p->width * sizeof *p->space);
    IN_PARTS(times_part, p, block)
}

pp_status pp__reduced_times(const pp__absorber *a, int m, const double *x,
                            const pp_context *ctx, double *out, pp_error *err) {
    pp_arena_mark mark = pp_arena_get_mark(a->arena);
    pass p = {.a = a, .m = m, .from = x};
    int64_t width = pp__effects_rest(a->effects) * m;
    PP_TRY(make_blocks(&p, width, err));
    pp__parallel(ctx, p.blocks, times_block, &p);
    memset(out, 0, (size_t)width * sizeof *out);
    add_blocks(&p, ctx, out, 0);
    pp_arena_release(a->arena, mark);
    return PP_OK;
}

INLINE void back_part(const pass *p, int64_t block, int first, const int m) {
    const pp__absorber *a = p->a;
    const pp__effects *e = a->effects;
    const double *x = p->to + pp__effects_largest(e) * p->m + first;
    int64_t last = pp__group_at(e, p->blocks, block + 1);
    for (int64_t g = pp__group_at(e, p->blocks, block); g < last; g++) {
        double sum[WIDEST];
        group_sum(a, g, x, p->m, m, sum);
        for (int j = 0; j < m; j++) {
            int64_t at = g * p->m + first + j;
            p->to[at] = (p->from[at] - sum[j]) * a->inverse[g];
        }
    }
}

static void back_block(void *payload, int64_t block) {
    const pass *p = payload;
    IN_PARTS(back_part, p, block)
}

void pp__largest_back(const pp__absorber *a, int m, const double *sums,
                      const pp_context *ctx, double *coefficients) {
    pass p = {.a = a, .m = m, .from = sums, .to = coefficients};
    p.blocks = pp__count_blocks(a->effects->n, 1);
    pp__parallel(ctx, p.blocks, back_block, &p);
}

/* ---- what is left of columns ---- */

INLINE void tile_part(const pp__absorbed *a, int64_t begin, int n, double *out, int first,
                      const int m) {
    const pp__effects *e = a->effects;
    const pp__absorb_column *column = a->column + first;
    const double *value[WIDEST];
    double center[WIDEST], factor[WIDEST];
    for (int j = 0; j < m; j++) {
        value[j] = column[j].value + begin;
        center[j] = column[j].center;
        factor[j] = 1 / column[j].scale;
    }
    for (int i = 0; i < n; i++) {
        double sum[WIDEST] = {0};
        for (int p = 0; p <= e->n_rest; p++) {
            const double *from =
                a->coefficients + first + (e->offset[p] + e->code[p][begin + i]) * a->m;
            for (int j = 0; j < m; j++) {
                sum[j] += from[j];
            }
        }
        for (int j = 0; j < m; j++) {
            out[i + j * PP__TILE] = (value[j][i] - center[j]) * factor[j] - sum[j];
        }
    }
}

void pp__absorbed_tile(const pp__absorbed *a, int k, int64_t begin, int n, double *out) {
    for (int at = 0; at < k; at += WIDEST, out += (int64_t)WIDEST * PP__TILE) {
        int columns = k - at < WIDEST ? k - at : WIDEST;
        BY_NUMBER(columns, tile_part, a, begin, n, out, at)
    }
}
