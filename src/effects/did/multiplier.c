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

enum { TASK = 0x6d756c74, EIGHT = 8, BYTES = 256, TILE = 4, CHUNKS = 16 };

typedef struct job {
    const double *value; /* columns of clusters */
    int64_t clusters, groups, draws, words;
    int columns, tiles;
    uint64_t seed;
    double *sums;   /* CHUNKS × tiles × draws × TILE */
    uint8_t *signs; /* groups × draws, rounded up to words */
} job;

/* Signed sums of eight values in each of four columns: bit b set adds cluster b, else subtracts it. */
static void make_table(const job *j, int64_t group, int tile, double table[BYTES][TILE]) {
    memset(table[0], 0, sizeof table[0]);
    for (int b = 0; b < EIGHT; b++) {
        int64_t u = group * EIGHT + b;
        for (int c = 0; c < TILE; c++) {
            int column = tile * TILE + c;
            double x = u < j->clusters && column < j->columns
                           ? j->value[column * j->clusters + u]
                           : 0;
            for (int k = 0; k < 1 << b; k++) {
                table[k | 1 << b][c] = table[k][c] + x;
                table[k][c] -= x;
            }
        }
    }
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

static void add_chunk(void *payload, int64_t chunk) {
    const job *j = payload;
    int64_t first = chunk * j->groups / CHUNKS, end = (chunk + 1) * j->groups / CHUNKS;
    double table[BYTES][TILE];
    for (int64_t g = first; g < end; g++) {
        draw_signs(j, g);
    }
    for (int tile = 0; tile < j->tiles; tile++) {
        double *sums = j->sums + (chunk * j->tiles + tile) * j->draws * TILE;
        for (int64_t g = first; g < end; g++) {
            const uint8_t *signs = j->signs + g * j->words * EIGHT;
            make_table(j, g, tile, table);
            for (int64_t d = 0; d < j->draws; d++) {
                for (int c = 0; c < TILE; c++) {
                    sums[d * TILE + c] += table[signs[d]][c];
                }
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
    return pp_progress(ctx, "bootstrap", to, err);
}
