/* The multiplier bootstrap: sums of influences with random signs.
 *
 * Signs come in bytes: one byte tells those of eight clusters in one draw. The 256 signed sums of eight
 * clusters' values are made once and looked up in each draw, so that a draw costs one addition for
 * eight clusters (the method of the four Russians). */
#include "effects/did/group_time.h"

#include "base/check.h"
#include "base/parallel.h"

#include <pushpull/random.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TASK = 0x6d756c74, EIGHT = 8, BYTES = 256, TILE = 4, TOGETHER = 3, CHUNKS = 16 };

typedef struct job {
    const double *value; /* columns of clusters */
    int64_t clusters, groups, draws, words;
    int columns, tiles;
    uint64_t seed;
    double *sums;   /* CHUNKS × tiles × draws × TILE */
    uint8_t *signs; /* groups × draws, rounded up to words */
} job;

typedef double pair __attribute__((vector_size(16), may_alias));

/* Groups of eight clusters whose sums are looked up together: sums of draws are read and written once
   for all of them. */
typedef struct together {
    _Alignas(16) double table[TOGETHER][BYTES][TILE];
    const uint8_t *signs[TOGETHER];
    int n;
} together;

/* Signed sums of eight values in each of four columns: bit b set adds cluster b, else subtracts it. 0: all
   are zero, as of cohorts that have no part in an effect. */
static int make_table(const job *j, int64_t group, int tile, double table[BYTES][TILE]) {
    double x[EIGHT][TILE];
    int some = 0;
    for (int b = 0; b < EIGHT; b++) {
        int64_t u = group * EIGHT + b;
        for (int c = 0; c < TILE; c++) {
            int column = tile * TILE + c;
            x[b][c] = u < j->clusters && column < j->columns
                          ? j->value[column * j->clusters + u]
                          : 0;
            some |= x[b][c] != 0;
        }
    }
    memset(table[0], 0, sizeof table[0]);
    for (int b = 0; b < EIGHT && some; b++) {
        pair first = {x[b][0], x[b][1]}, second = {x[b][2], x[b][3]};
        for (int k = 0; k < 1 << b; k++) {
            pair *less = (pair *)table[k], *more = (pair *)table[k | 1 << b];
            more[0] = less[0] + first;
            more[1] = less[1] + second;
            less[0] -= first;
            less[1] -= second;
        }
    }
    return some;
}

static void draw_signs(const job *j, int64_t group) {
    pp_rng rng;
    uint8_t *out = j->signs + group * j->words * EIGHT;
    pp_rng_init(&rng, j->seed, TASK, (uint64_t)group);
    for (int64_t w = 0; w < j->words; w++) {
        uint64_t bits = pp_rng_bits(&rng);
        for (int b = 0; b < EIGHT; b++) {
            out[w * EIGHT + b] = (uint8_t)(bits >> (8 * b));
        }
    }
}

static void add_together(together *t, int64_t draws, double *sums) {
    if (t->n < TOGETHER) {
        for (int i = 0; i < t->n; i++) {
            for (int64_t d = 0; d < draws; d++) {
                const pair *own = (const pair *)t->table[i][t->signs[i][d]];
                pair *sum = (pair *)(sums + d * TILE);
                sum[0] += own[0];
                sum[1] += own[1];
            }
        }
    }
    for (int64_t d = 0; t->n == TOGETHER && d < draws; d++) {
        const pair *a = (const pair *)t->table[0][t->signs[0][d]],
                   *b = (const pair *)t->table[1][t->signs[1][d]],
                   *e = (const pair *)t->table[2][t->signs[2][d]];
        pair *sum = (pair *)(sums + d * TILE);
        sum[0] += (a[0] + b[0]) + e[0];
        sum[1] += (a[1] + b[1]) + e[1];
    }
    t->n = 0;
}

static void add_chunk(void *payload, int64_t chunk) {
    const job *j = payload;
    int64_t first = chunk * j->groups / CHUNKS, end = (chunk + 1) * j->groups / CHUNKS;
    together t = {.n = 0};
    for (int64_t g = first; g < end; g++) {
        draw_signs(j, g);
    }
    for (int tile = 0; tile < j->tiles; tile++) {
        double *sums = j->sums + (chunk * j->tiles + tile) * j->draws * TILE;
        for (int64_t g = first; g < end; g++) {
            if (make_table(j, g, tile, t.table[t.n])) {
                t.signs[t.n++] = j->signs + g * j->words * EIGHT;
            }
            if (t.n == TOGETHER || g == end - 1) {
                add_together(&t, j->draws, sums);
            }
        }
    }
}

/* Chunks are added in their order: the same bits at any number of threads. */
static double sum_at(const job *j, int64_t draw, int column) {
    double sum = 0;
    for (int64_t chunk = 0; chunk < CHUNKS; chunk++) {
        const double *own =
            j->sums + (chunk * j->tiles + column / TILE) * j->draws * TILE;
        sum += own[draw * TILE + column % TILE];
    }
    return sum;
}

static int compare_numbers(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* R's quantile, type 1: the smallest value with at least the share p at or below it. */
static double quantile(const double *sorted, int64_t n, double p) {
    int64_t i = (int64_t)ceil((double)n * p - 1e-9);
    return sorted[i < 1 ? 0 : i > n ? n - 1 : i - 1];
}

/* The interquartile range on the scale of a normal deviation: as did does, it stands up to outliers. */
static double spread(const double *sorted, int64_t n) {
    return (quantile(sorted, n, 0.75) - quantile(sorted, n, 0.25)) /
           (qnorm(0.75, 0, 1, 1, 0) - qnorm(0.25, 0, 1, 1, 0));
}

/* Errors of all columns, and of each draw the largest statistic. */
static void describe(const job *j, double n, double *own, double *largest,
                     double *std_error) {
    memset(largest, 0, (size_t)j->draws * sizeof *largest);
    for (int c = 0; c < j->columns; c++) {
        for (int64_t d = 0; d < j->draws; d++) {
            own[d] = sum_at(j, d, c) / n;
        }
        qsort(own, (size_t)j->draws, sizeof *own, compare_numbers);
        double error = spread(own, j->draws);
        std_error[c] = error > 0 ? error : NAN;
        for (int64_t d = 0; d < j->draws && error > 0; d++) {
            largest[d] = fmax(largest[d], fabs(sum_at(j, d, c) / n) / error);
        }
    }
}

pp_status pp__multiplier(const pp__staggered *s, const double *influence, int columns,
                         int64_t draws, uint64_t seed, double level,
                         const pp_context *ctx, double from, double to, pp_arena *arena,
                         double *std_error, double *factor, pp_error *err) {
    job j = {.clusters = s->clusters, .draws = draws, .columns = columns, .seed = seed};
    pp_arena_mark mark = pp_arena_get_mark(arena);
    j.groups = (j.clusters + EIGHT - 1) / EIGHT;
    j.words = (draws + EIGHT - 1) / EIGHT;
    j.tiles = (columns + TILE - 1) / TILE;
    PP_TRY(pp__influence_sums(s, influence, columns, arena, &j.value, err));
    j.sums =
        pp_arena_zalloc(arena, CHUNKS * (int64_t)j.tiles * draws * TILE, sizeof *j.sums);
    j.signs = pp_arena_alloc(arena, j.groups * j.words * EIGHT, 1);
    double *own = pp_arena_alloc(arena, 2 * draws, sizeof *own);
    PP_NEED(j.sums && j.signs ? own : NULL, err);
    PP_TRY(pp_progress(ctx, "bootstrap", from, err));
    pp__parallel(ctx, CHUNKS, add_chunk, &j);
    describe(&j, (double)s->n, own, own + draws, std_error);
    qsort(own + draws, (size_t)draws, sizeof *own, compare_numbers);
    *factor = quantile(own + draws, draws, level);
    pp_arena_release(arena, mark);
    return pp_progress(ctx, "bootstrap", to, err);
}
