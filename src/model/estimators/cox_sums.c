#include "base/check.h"
#include "base/parallel.h"
#include "model/estimators/cox_sets.h"
#include "model/linalg.h"

#include <string.h>

enum { TILES = 16, SHORT = 12 };

typedef struct work {
    const pp__risk_sets *sets;
    pp__risk_sums *sums;
} work;

pp_status pp__risk_sums_init(const pp__risk_sets *sets, int components, pp_arena *arena,
                             pp__risk_sums *out, pp_error *err) {
    int64_t forward = sets->forward.n_pieces, backward = sets->backward.n_pieces;
    out->components = components;
    out->pieces_forward =
        pp_arena_alloc(arena, components * (forward + backward), sizeof(double));
    PP_NEED(out->pieces_forward, err);
    out->pieces_backward = out->pieces_forward + components * forward;
    out->risk = pp_arena_zalloc(arena, sets->d->n, sizeof *out->risk);
    PP_NEED(out->risk, err);
    out->others =
        pp_arena_alloc(arena, 2 * components * (int64_t)sets->slots, sizeof *out->others);
    PP_NEED(out->others, err);
    out->dying = out->others + (int64_t)components * sets->slots;
    return PP_OK;
}

/* ---- pieces ---- */

static double sum_of(int64_t n, const double *a) {
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        sum += a[i];
    }
    return sum;
}

static double product_of(int64_t n, const double *a, const double *b) {
    if (n > SHORT) {
        return pp__dot(n, a, b);
    }
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

/* The sums of a tile's pieces. */
static void sum_pieces(const pp__risk_order *o, int64_t tile, int components,
                       const double *risk, double *out) {
    int64_t begin = tile * PP__TILE;
    const double *z = o->z + begin * (components - 1);
    for (int64_t p = o->tile[tile]; p < o->tile[tile + 1]; p++) {
        out[p] = sum_of(o->begin[p + 1] - o->begin[p], risk + (o->begin[p] - begin));
    }
    for (int c = 1; c < components; c++, z += PP__TILE) {
        double *sums = out + c * o->n_pieces;
        for (int64_t p = o->tile[tile]; p < o->tile[tile + 1]; p++) {
            int64_t at = o->begin[p] - begin;
            sums[p] = product_of(o->begin[p + 1] - o->begin[p], risk + at, z + at);
        }
    }
}

static int64_t tiles_of(const pp__risk_order *o) {
    return (o->n + PP__TILE - 1) / PP__TILE;
}

static void sum_backward(void *payload, int64_t block) {
    const work *w = payload;
    const pp__risk_order *o = &w->sets->backward;
    int64_t last = tiles_of(o), end = (block + 1) * TILES;
    for (int64_t t = block * TILES; t < end && t < last; t++) {
        sum_pieces(o, t, w->sums->components, w->sums->risk + t * PP__TILE,
                   w->sums->pieces_backward);
    }
}

static void sum_forward(void *payload, int64_t block) {
    const work *w = payload;
    const pp__risk_order *o = &w->sets->forward;
    int64_t last = tiles_of(o), end = (block + 1) * TILES;
    double risk[PP__TILE];
    for (int64_t t = block * TILES; t < end && t < last; t++) {
        int64_t begin = t * PP__TILE, n = o->n - begin;
        for (int64_t i = 0; i < n && i < PP__TILE; i++) {
            risk[i] = w->sums->risk[w->sets->entered[begin + i]];
        }
        sum_pieces(o, t, w->sums->components, risk, w->sums->pieces_forward);
    }
}

/* ---- slots ---- */

static double sum_levels(const double *sum, int levels) {
    double all = 0;
    for (int l = 0; l < levels; l++) {
        all += sum[l];
    }
    return all + sum[PP__RISK_WHOLE];
}

/* From the last slot to the first: pieces are met where their rows leave. The sum of a
   level ends where the walk crosses that level's middle. */
static void walk_back(const pp__risk_sets *s, const double *pieces, int levels,
                      double *others, double *dying) {
    const pp__risk_order *o = &s->backward;
    double sum[PP__RISK_LEVELS] = {0};
    int64_t p = o->n_pieces - 1;
    for (int32_t slot = s->slots; slot-- > 0;) {
        sum[PP__RISK_POINT] = 0;
        sum[1 + __builtin_ctz((unsigned)slot + 1)] = 0;
        if (slot + 1 == s->slots || s->stratum[slot] != s->stratum[slot + 1]) {
            sum[PP__RISK_WHOLE] = 0;
        }
        for (; p >= 0 && o->slot[p] == slot + 1; p--) {
            sum[o->level[p]] += pieces[p];
            if (o->event[p]) {
                dying[slot + 1] += pieces[p];
            }
        }
        others[slot] = sum_levels(sum, levels);
    }
    for (; p >= 0; p--) {
        dying[0] += pieces[p];
    }
}

/* And from the first to the last: pieces are met where their rows enter. */
static void walk_forth(const pp__risk_sets *s, const double *pieces, int levels,
                       double *others) {
    const pp__risk_order *o = &s->forward;
    double sum[PP__RISK_LEVELS] = {0};
    int64_t p = 0;
    for (int32_t slot = 0; slot < s->slots; slot++) {
        if (slot > 0) {
            sum[1 + __builtin_ctz((unsigned)slot)] = 0;
        }
        for (; p < o->n_pieces && o->slot[p] == slot; p++) {
            sum[o->level[p]] += pieces[p];
        }
        others[slot] += sum_levels(sum, levels);
    }
}

static void walk(void *payload, int64_t component) {
    const work *w = payload;
    const pp__risk_sets *s = w->sets;
    double *others = w->sums->others + component * s->slots;
    double *dying = w->sums->dying + component * s->slots;
    int levels = 1;
    while (levels < 32 && (s->slots - 1) >> (levels - 1)) {
        levels++;
    }
    memset(dying, 0, (size_t)s->slots * sizeof *dying);
    walk_back(s, w->sums->pieces_backward + component * s->backward.n_pieces, levels,
              others, dying);
    walk_forth(s, w->sums->pieces_forward + component * s->forward.n_pieces, levels,
               others);
}

void pp__risk_sums_gather(const pp__risk_sets *sets, pp__risk_sums *sums,
                          const pp_context *ctx) {
    work w = {.sets = sets, .sums = sums};
    pp__parallel(ctx, (tiles_of(&sets->backward) + TILES - 1) / TILES, sum_backward, &w);
    pp__parallel(ctx, (tiles_of(&sets->forward) + TILES - 1) / TILES, sum_forward, &w);
    pp__parallel(ctx, sums->components, walk, &w);
}
