/* How stable communities are under weights drawn anew. Rosvall & Bergstrom (2010), PLoS ONE 5, e8694. */
#define MATHLIB_STANDALONE
#include "market/bipartite.h"

#include "base/check.h"
#include "base/parallel.h"

#include <pushpull/random.h>

#include <Rmath.h>
#include <math.h>
#include <stdlib.h>

enum { TASK = 0x6d6f6472, STARTS = 2, BLOCK = 16 };

typedef struct draws {
    const pp__bipartite *b;
    const pp__communities *c;
    double resolution;
    uint64_t seed;
    int n, nodes;
    int64_t first; /* of the draws at work */
    /* of each draw: fellows of each node that stay with it, and fellows that have edges */
    int *with, *there;
    pp_status *status;
} draws;

static pp_status draw_weights(const draws *d, int64_t index, pp__bipartite *out,
                              pp_arena *arena, pp_error *err) {
    const pp__bipartite *b = d->b;
    pp_rng rng;
    *out = (pp__bipartite){.n = {b->n[0], b->n[1]}};
    out->weight = pp_arena_alloc(arena, b->edges + 1, sizeof *out->weight);
    out->end[0] = pp_arena_alloc(arena, b->edges + 1, sizeof *out->end[0]);
    out->end[1] = pp_arena_alloc(arena, b->edges + 1, sizeof *out->end[1]);
    PP_NEED(out->weight && out->end[0] && out->end[1], err);
    pp_rng_init(&rng, d->seed, TASK, (uint64_t)index);
    for (int64_t e = 0; e < b->edges; e++) {
        double weight = qpois(pp_rng_uniform(&rng), b->weight[e], 1, 0);
        if (weight > 0) {
            out->weight[out->edges] = weight;
            out->end[0][out->edges] = b->end[0][e];
            out->end[1][out->edges++] = b->end[1][e];
        }
    }
    return pp__bipartite_index(out, arena, err);
}

/* A node with the community it was found in and the one it is drawn in. */
typedef struct member {
    int node, found, drawn;
} member;

static int compare_members(const void *left, const void *right) {
    const member *a = left, *b = right;
    const int order[] = {a->found - b->found, a->drawn - b->drawn, a->node - b->node};
    return order[0] ? order[0] : order[1] ? order[1] : order[2];
}

static void count_fellows(const draws *d, int64_t index, member *m, int n) {
    int *with = d->with + index * d->nodes, *there = d->there + index * d->nodes;
    qsort(m, (size_t)n, sizeof *m, compare_members);
    for (int i = 0, j, k; i < n; i = j) {
        for (j = i; j < n && m[j].found == m[i].found; j++) {
        }
        for (int from = i; from < j; from = k) {
            for (k = from; k < j && m[k].drawn == m[from].drawn; k++) {
            }
            for (int at = from; at < k; at++) {
                with[m[at].node] = k - from - 1;
                there[m[at].node] = j - i - 1;
            }
        }
    }
}

static pp_status one_draw(draws *d, int64_t index, pp_arena *arena, pp_error *err) {
    pp__bipartite drawn;
    pp__communities c;
    int n = 0;
    PP_TRY(draw_weights(d, index, &drawn, arena, err));
    PP_TRY(pp__communities_find(&drawn, d->resolution, STARTS, d->seed,
                                (uint64_t)index + 1, arena, &c, err));
    member *m = pp_arena_alloc(arena, d->nodes + 1, sizeof *m);
    PP_NEED(m, err);
    for (int k = 0; k < 2; k++) {
        for (int i = 0; i < d->b->n[k]; i++) {
            if (c.label[k][i] >= 0) {
                m[n++] = (member){k * d->b->n[0] + i, d->c->label[k][i], c.label[k][i]};
            }
        }
    }
    count_fellows(d, index, m, n);
    return PP_OK;
}

static void draw_chunk(void *payload, int64_t chunk) {
    draws *d = payload;
    int64_t index = d->first + chunk;
    pp_arena arena;
    pp_arena_init(&arena);
    d->status[index] = one_draw(d, index, &arena, NULL);
    pp_arena_clear(&arena);
}

/* Over all draws: of each node, and of each community summed over its nodes. */
static pp_status average(const draws *d, pp_arena *arena, double *own, double *whole,
                         pp_error *err) {
    double *sums = pp_arena_zalloc(arena, 2 * (int64_t)d->c->n + 1, sizeof *sums);
    PP_NEED(sums, err);
    for (int i = 0; i < d->nodes; i++) {
        int k = i >= d->b->n[0], found = d->c->label[k][i - k * d->b->n[0]];
        double with = 0, there = 0;
        for (int r = 0; r < d->n; r++) {
            with += d->with[(int64_t)r * d->nodes + i];
            there += d->there[(int64_t)r * d->nodes + i];
        }
        own[i] = there > 0 ? with / there : NAN;
        if (found >= 0) {
            sums[2 * found] += with;
            sums[2 * found + 1] += there;
        }
    }
    for (int l = 0; l < d->c->n; l++) {
        whole[l] = sums[2 * l + 1] > 0 ? sums[2 * l] / sums[2 * l + 1] : NAN;
    }
    return PP_OK;
}

static pp_status draw_all(draws *d, const pp_context *ctx, pp_arena *arena,
                          pp_error *err) {
    d->with = pp_arena_zalloc(arena, (int64_t)d->n * d->nodes + 1, sizeof *d->with);
    d->there = pp_arena_zalloc(arena, (int64_t)d->n * d->nodes + 1, sizeof *d->there);
    d->status = pp_arena_zalloc(arena, (int64_t)d->n + 1, sizeof *d->status);
    PP_NEED(d->with && d->there && d->status, err);
    for (d->first = 0; d->first < d->n; d->first += BLOCK) {
        PP_TRY(pp_progress(ctx, "communities", (double)d->first / d->n, err));
        pp__parallel(ctx, d->n - d->first < BLOCK ? d->n - d->first : BLOCK, draw_chunk,
                     d);
    }
    for (int r = 0; r < d->n; r++) {
        if (d->status[r] != PP_OK) {
            return pp_error_set(err, d->status[r], "out of memory");
        }
    }
    return PP_OK;
}

pp_status pp__communities_stability(const pp__bipartite *b, double resolution,
                                    const pp__communities *c, int n, uint64_t seed,
                                    const pp_context *ctx, double *own, double *whole,
                                    pp_error *err) {
    draws d = {.b = b,
               .c = c,
               .resolution = resolution,
               .seed = seed,
               .n = n,
               .nodes = b->n[0] + b->n[1]};
    pp_arena arena;
    pp_arena_init(&arena);
    pp_status status = draw_all(&d, ctx, &arena, err);
    if (status == PP_OK) {
        status = average(&d, &arena, own, whole, err);
    }
    pp_arena_clear(&arena);
    return status;
}
