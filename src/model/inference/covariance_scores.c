#include "model/inference/covariance_scores.h"

#include "base/check.h"
#include "base/parallel.h"
#include "model/effects/absorb.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

/* ---- rows ---- */

static void gather_columns(const double *const *column, int k, int64_t begin, int n,
                           double *out) {
    for (int j = 0; j < k; j++) {
        memcpy(out + (int64_t)j * PP__TILE, column[j] + begin, (size_t)n * sizeof *out);
    }
}

void pp__scores_z(const pp_fit *fit, int64_t begin, int n, double *z) {
    if (fit->scores.z) {
        gather_columns(fit->scores.z, fit->k, begin, n, z);
    } else if (fit->scores.within) {
        pp__absorbed_tile(fit->scores.within, fit->k, begin, n, z);
    } else {
        pp__design_z(fit->design, begin, n, z);
    }
}

void pp__scores_tile(const pp_fit *fit, int64_t begin, int n, double *scores) {
    const pp__scores *s = &fit->scores;
    for (int64_t j = 0; s->matrix && j < fit->k; j++) {
        memcpy(scores + j * PP__TILE, s->matrix + j * s->n + begin,
               (size_t)n * sizeof *scores);
    }
    if (s->matrix) {
        return;
    }
    pp__scores_z(fit, begin, n, scores);
    for (int j = 0; j < fit->k; j++) {
        double *column = scores + (int64_t)j * PP__TILE;
        for (int i = 0; i < n; i++) {
            column[i] *= s->factor[begin + i];
        }
    }
}

double pp__scores_share(const pp_fit *fit, int64_t i) {
    const pp__companions *with = &fit->design->with;
    if (!with->weight || !with->frequency || fit->scores.once) {
        return 1;
    }
    double weight = with->weight[fit->scores.begin ? fit->scores.begin[i] : i];
    return weight > 0 ? 1 / sqrt(weight) : 0;
}

/* ---- sums by group ---- */

enum { CHUNK = 1 << 16, MOST_CHUNKS = 4, AHEAD = 12 /* rows */ };

typedef struct summing {
    const pp_fit *fit;
    const int32_t *code;
    int64_t groups, chunks, rows; /* of a chunk */
    double *sums;                 /* chunks × groups × k */
    double *tiles;                /* chunks × k × PP__TILE */
} summing;

static void add_chunk(void *payload, int64_t chunk) {
    const summing *s = payload;
    int k = s->fit->k;
    double *sums = s->sums + chunk * s->groups * k, *tile = s->tiles;
    int64_t begin = chunk * s->rows, end = begin + s->rows;
    end = end < s->fit->scores.n ? end : s->fit->scores.n;
    tile += chunk * k * PP__TILE;
    memset(sums, 0, (size_t)s->groups * (size_t)k * sizeof *sums);
    for (; begin < end; begin += PP__TILE) {
        int n = end - begin < PP__TILE ? (int)(end - begin) : PP__TILE;
        pp__scores_tile(s->fit, begin, n, tile);
        for (int i = 0; i < n; i++) {
            double *to = sums + (int64_t)s->code[begin + i] * k;
            int64_t soon = begin + i + AHEAD < end ? begin + i + AHEAD : begin + i;
            __builtin_prefetch(sums + (int64_t)s->code[soon] * k, 1);
            for (int j = 0; j < k; j++) {
                to[j] += tile[i + j * PP__TILE];
            }
        }
    }
}

/* Adds the sums of all chunks in order, a slice of the groups at a time. */
static void merge_slice(void *payload, int64_t slice) {
    const summing *s = payload;
    int64_t size = s->groups * s->fit->k;
    int64_t begin = slice * CHUNK, end = begin + CHUNK < size ? begin + CHUNK : size;
    for (int64_t c = 1; c < s->chunks; c++) {
        const double *from = s->sums + c * size;
        for (int64_t i = begin; i < end; i++) {
            s->sums[i] += from[i];
        }
    }
}

pp_status pp__scores_sum(const pp_fit *fit, const int32_t *code, int64_t groups,
                         const pp_context *ctx, pp_arena *arena, double **sums,
                         pp_error *err) {
    int64_t n = fit->scores.n, least = 4 * groups > CHUNK ? 4 * groups : CHUNK;
    summing s = {.fit = fit, .code = code, .groups = groups, .chunks = n / least};
    s.chunks = s.chunks < 1 ? 1 : s.chunks > MOST_CHUNKS ? MOST_CHUNKS : s.chunks;
    s.rows = (n + s.chunks - 1) / s.chunks;
    s.sums = pp_arena_alloc(arena, s.chunks * groups * fit->k, sizeof *s.sums);
    PP_NEED(s.sums, err);
    s.tiles = pp_arena_alloc(arena, s.chunks * fit->k * PP__TILE, sizeof *s.tiles);
    PP_NEED(s.tiles, err);
    pp__parallel(ctx, s.chunks, add_chunk, &s);
    if (s.chunks > 1) {
        pp__parallel(ctx, (groups * fit->k + CHUNK - 1) / CHUNK, merge_slice, &s);
    }
    *sums = s.sums;
    return PP_OK;
}

/* ---- products ---- */

typedef struct product {
    int k;
    const double *a, *b;
} product;

/* n rows of k side by side to columns of PP__TILE. */
static void turn(const double *rows, int n, int k, double *columns) {
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < k; j++) {
            columns[i + j * PP__TILE] = rows[i * k + j];
        }
    }
}

static void add_tile(void *payload, int64_t begin, int n, double *out, double *scratch) {
    const product *p = payload;
    double *b = scratch + (int64_t)p->k * PP__TILE;
    turn(p->a + begin * p->k, n, p->k, scratch);
    turn(p->b + begin * p->k, n, p->k, b);
    pp__add_products(p->k, n, PP__TILE, scratch, b, out);
}

pp_status pp__scores_products(int k, const double *a, const double *b, int64_t groups,
                              double factor, const pp_context *ctx, pp_arena *arena,
                              double *meat, pp_error *err) {
    product p = {k, a, b};
    int64_t size = (int64_t)k * k;
    pp__pass pass;
    double *out = pp_arena_alloc(arena, size, sizeof *out);
    PP_NEED(out, err);
    PP_TRY(pp__pass_init(&pass, groups, size, 2 * (int64_t)k * PP__TILE, arena, err));
    pp__pass_run(&pass, add_tile, &p, ctx, out);
    for (int64_t i = 0; i < size; i++) {
        meat[i] += factor * out[i];
    }
    return PP_OK;
}
