/* The reduced equations by an approximate inverse, where an exact factor would cost too
   much: each effect's own block of S, which is a graph Laplacian, by an approximate
   Cholesky factor (Gao, Kyng & Spielman 2023, "Robust and practical solution of Laplacian
   equations by approximate elimination"). Taking out a vertex joins its neighbours to a
   clique; a tree stands in for it, drawn so that its expectation is the clique. Groups of
   the largest effect go first, then levels by their number of neighbours. Draws are keyed
   by the vertex: the same factor at any number of threads. */
#include "base/check.h"
#include "base/parallel.h"
#include "model/effects/inside.h"

#include <pushpull/random.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SEED = 1, CHUNKS = 16 };

typedef struct block {
    int64_t first, levels; /* on the rest's levels */
    int32_t *order;
    int64_t *begin; /* of columns of the factor, in that order */
    int32_t *row;
    double *value; /* minus the factor's elements */
    double *inverse_pivot;
    int64_t space; /* for rows and values */
} block;

typedef struct approximate {
    int n;
    block block[PP__MAX_REST];
    pp_arena *arena;
} approximate;

typedef struct neighbour {
    double weight;
    int32_t vertex;
} neighbour;

/* Edges to vertices that go later, in lists by the vertex that goes first. Places of edges
   that are gone are used again, so that there are never more than at first. */
typedef struct graph {
    int64_t levels, places;
    int32_t *to, *next, *from;
    double *weight;
    int32_t *head; /* of each vertex; -1: none */
    int32_t free;
    int32_t *place; /* of each vertex in the order */
    neighbour *around;
    double *sum;   /* of the weights before */
    int32_t *seen; /* where a vertex stands in `around`, plus 1 */
} graph;

/* ---- taking out a vertex ---- */

static int by_weight(const void *a, const void *b) {
    const neighbour *x = a, *y = b;
    return x->weight != y->weight ? (x->weight > y->weight) - (x->weight < y->weight)
                                  : (x->vertex > y->vertex) - (x->vertex < y->vertex);
}

static void sort_neighbours(neighbour *around, int64_t n) {
    if (n > 24) {
        qsort(around, (size_t)n, sizeof *around, by_weight);
        return;
    }
    for (int64_t i = 1; i < n; i++) {
        neighbour own = around[i];
        int64_t at = i;
        for (; at > 0 && by_weight(&around[at - 1], &own) > 0; at--) {
            around[at] = around[at - 1];
        }
        around[at] = own;
    }
}

/* Of neighbours i+1..n-1 the one in which `target` falls; sum[j]: weights before j. */
static int64_t draw(const double *sum, int64_t i, int64_t n, double target) {
    int64_t low = i + 1, high = n - 1;
    while (low < high) {
        int64_t middle = (low + high + 1) / 2;
        if (sum[middle] <= target) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return low;
}

/* Sorted neighbours, with the weights before each in sum[0..n]. Partner and weight of the
   edge from each but the last. */
static void sum_weights(const neighbour *around, int64_t n, double *sum) {
    sum[0] = 0;
    for (int64_t i = 0; i < n; i++) {
        sum[i + 1] = sum[i] + around[i].weight;
    }
}

static int64_t draw_partner(const neighbour *around, int64_t n, const double *sum,
                            int64_t i, pp_rng *rng, double *weight) {
    double later = sum[n] - sum[i + 1];
    *weight = around[i].weight * later / sum[n];
    return draw(sum, i, n, sum[i + 1] + pp_rng_uniform(rng) * later);
}

/* ---- the groups of the largest effect ---- */

typedef struct sampling {
    const pp__absorber *a;
    int r; /* of the rest */
    graph *graph;
    pp_status status[CHUNKS];
} sampling;

/* The levels that the group meets, with their weights. */
static int64_t collect_group(const sampling *s, int64_t g, double *met,
                             neighbour *around) {
    const pp__effects *e = s->a->effects;
    const int32_t *code = e->ordered[s->r];
    int64_t n = 0;
    for (int64_t i = e->start[g]; i < e->start[g + 1]; i++) {
        double w = s->a->ordered ? s->a->ordered[i] : 1;
        if (w > 0 && met[code[i]] == 0) {
            around[n++].vertex = code[i];
        }
        met[code[i]] += w;
    }
    for (int64_t j = 0; j < n; j++) {
        around[j].weight = met[around[j].vertex];
        met[around[j].vertex] = 0;
    }
    return n;
}

static void sample_group(const sampling *s, int64_t g, double *met, neighbour *around,
                         double *sum) {
    graph *into = s->graph;
    pp_rng rng;
    int64_t n = collect_group(s, g, met, around), at = s->a->effects->start[g];
    sort_neighbours(around, n);
    sum_weights(around, n, sum);
    pp_rng_init(&rng, SEED, (uint64_t)s->r, (uint64_t)g);
    for (int64_t i = 0; i + 1 < n; i++, at++) {
        int64_t j = draw_partner(around, n, sum, i, &rng, &into->weight[at]);
        into->from[at] = around[i].vertex;
        into->to[at] = around[j].vertex;
    }
    for (; at < s->a->effects->start[g + 1]; at++) {
        into->from[at] = -1;
    }
}

static int64_t largest_group(const pp__effects *e, int64_t begin, int64_t end) {
    int64_t most = 0;
    for (int64_t g = begin; g < end; g++) {
        int64_t rows = e->start[g + 1] - e->start[g];
        most = rows > most ? rows : most;
    }
    return most;
}

static void sample_chunk(void *payload, int64_t chunk) {
    sampling *s = payload;
    const pp__effects *e = s->a->effects;
    int64_t begin = pp__group_at(e, CHUNKS, chunk),
            end = pp__group_at(e, CHUNKS, chunk + 1);
    int64_t most = largest_group(e, begin, end) + 1;
    double *met = pp_calloc(s->graph->levels + most, sizeof *met);
    neighbour *around = pp_malloc(most, sizeof *around);
    s->status[chunk] = met && around ? PP_OK : PP_E_MEMORY;
    for (int64_t g = begin; g < end && s->status[chunk] == PP_OK; g++) {
        sample_group(s, g, met, around, met + s->graph->levels);
    }
    pp_free(met);
    pp_free(around);
}

/* ---- the levels ---- */

static void link_edge(graph *g, int32_t at, int32_t a, int32_t b, double weight) {
    int32_t first = g->place[a] < g->place[b] ? a : b;
    g->to[at] = a ^ b ^ first;
    g->weight[at] = weight;
    g->next[at] = g->head[first];
    g->head[first] = at;
}

/* By the number of edges, the fewest first. */
static pp_status order_levels(const graph *g, block *b) {
    int64_t *count = pp_calloc(g->levels + g->places + 2, sizeof *count);
    if (!count) {
        return PP_E_MEMORY;
    }
    int64_t *begin = count + g->levels;
    for (int64_t p = 0; p < g->places; p++) {
        if (g->from[p] >= 0) {
            count[g->from[p]]++;
            count[g->to[p]]++;
        }
    }
    int64_t most = g->places;
    for (int64_t v = 0; v < g->levels; v++) {
        count[v] = count[v] < most ? count[v] : most;
        begin[count[v] + 1]++;
    }
    for (int64_t c = 0; c < most; c++) {
        begin[c + 1] += begin[c];
    }
    for (int64_t v = 0; v < g->levels; v++) {
        int32_t at = (int32_t)begin[count[v]]++;
        b->order[at] = (int32_t)v;
        g->place[v] = at;
    }
    pp_free(count);
    return PP_OK;
}

static void link_all(graph *g) {
    g->free = -1;
    for (int64_t v = 0; v < g->levels; v++) {
        g->head[v] = -1;
    }
    for (int64_t p = 0; p < g->places; p++) {
        if (g->from[p] >= 0) {
            link_edge(g, (int32_t)p, g->from[p], g->to[p], g->weight[p]);
        } else {
            g->next[p] = g->free;
            g->free = (int32_t)p;
        }
    }
}

/* The neighbours of v, edges to the same one added up; their places are free again. */
static int64_t collect(graph *g, int32_t v) {
    int64_t n = 0;
    for (int32_t p = g->head[v], next; p >= 0; p = next) {
        int32_t to = g->to[p];
        next = g->next[p];
        if (g->seen[to] == 0) {
            g->around[n] = (neighbour){0, to};
            g->seen[to] = (int32_t)++n;
        }
        g->around[g->seen[to] - 1].weight += g->weight[p];
        g->next[p] = g->free;
        g->free = p;
    }
    for (int64_t i = 0; i < n; i++) {
        g->seen[g->around[i].vertex] = 0;
    }
    return n;
}

static pp_status reserve(block *b, int64_t needed, int64_t filled, pp_arena *arena) {
    if (needed <= b->space) {
        return PP_OK;
    }
    int64_t space = needed + needed / 2;
    int32_t *row = pp_arena_alloc(arena, space, sizeof *row);
    double *value = pp_arena_alloc(arena, space, sizeof *value);
    if (!row || !value) {
        return PP_E_MEMORY;
    }
    if (filled > 0) {
        memcpy(row, b->row, (size_t)filled * sizeof *row);
        memcpy(value, b->value, (size_t)filled * sizeof *value);
    }
    b->row = row;
    b->value = value;
    b->space = space;
    return PP_OK;
}

static void take_out(graph *g, block *b, int64_t place, int64_t n, int r) {
    int32_t v = b->order[place];
    int64_t at = b->begin[place];
    pp_rng rng;
    sort_neighbours(g->around, n);
    sum_weights(g->around, n, g->sum);
    pp_rng_init(&rng, SEED, (uint64_t)(PP__MAX_REST + r), (uint64_t)v);
    b->inverse_pivot[v] = n > 0 && g->sum[n] > 0 ? 1 / g->sum[n] : 0;
    for (int64_t i = 0; i < n; i++) {
        b->row[at] = g->around[i].vertex;
        b->value[at++] = g->around[i].weight * b->inverse_pivot[v];
    }
    b->begin[place + 1] = at;
    for (int64_t i = 0; i + 1 < n; i++) {
        double weight;
        int64_t j = draw_partner(g->around, n, g->sum, i, &rng, &weight);
        int32_t p = g->free;
        g->free = g->next[p];
        link_edge(g, p, g->around[i].vertex, g->around[j].vertex, weight);
    }
}

static pp_status take_all_out(graph *g, block *b, int r, pp_arena *arena) {
    b->begin[0] = 0;
    for (int64_t k = 0; k < g->levels; k++) {
        int64_t n = collect(g, b->order[k]);
        if (reserve(b, b->begin[k] + n, b->begin[k], arena) != PP_OK) {
            return PP_E_MEMORY;
        }
        take_out(g, b, k, n, r);
    }
    return PP_OK;
}

/* ---- one block ---- */

static void clear_graph(graph *g) {
    pp_free(g->to);
    pp_free(g->weight);
    pp_free(g->head);
    pp_free(g->around);
    pp_free(g->sum);
}

static pp_status init_graph(graph *g, int64_t levels, int64_t places) {
    *g = (graph){.levels = levels, .places = places};
    g->to = pp_malloc(3 * places, sizeof *g->to);
    g->weight = pp_malloc(places, sizeof *g->weight);
    g->head = pp_calloc(3 * levels, sizeof *g->head);
    g->around = pp_malloc(levels, sizeof *g->around);
    g->sum = pp_malloc(levels + 1, sizeof *g->sum);
    if (!g->to || !g->weight || !g->head || !g->around || !g->sum) {
        clear_graph(g);
        return PP_E_MEMORY;
    }
    g->next = g->to + places;
    g->from = g->next + places;
    g->place = g->head + levels;
    g->seen = g->place + levels;
    return PP_OK;
}

static pp_status factor_block(approximate *way, int r, const pp__absorber *a,
                              const pp_context *ctx) {
    block *b = &way->block[r];
    graph g;
    sampling s = {.a = a, .r = r, .graph = &g};
    pp_status status = init_graph(&g, b->levels, a->effects->n);
    if (status != PP_OK) {
        return status;
    }
    pp__parallel(ctx, CHUNKS, sample_chunk, &s);
    for (int c = 0; c < CHUNKS; c++) {
        status = s.status[c] == PP_OK ? status : s.status[c];
    }
    if (status == PP_OK) {
        status = order_levels(&g, b);
    }
    if (status == PP_OK) {
        link_all(&g);
        status = take_all_out(&g, b, r, way->arena);
    }
    clear_graph(&g);
    return status;
}

static void invert_block(const block *b, int m, double *y) {
    for (int64_t k = 0; k < b->levels; k++) {
        const double *own = y + (int64_t)b->order[k] * m;
        for (int64_t p = b->begin[k]; p < b->begin[k + 1]; p++) {
            double *to = y + (int64_t)b->row[p] * m;
            for (int j = 0; j < m; j++) {
                to[j] += b->value[p] * own[j];
            }
        }
    }
    for (int64_t k = b->levels - 1; k >= 0; k--) {
        double *own = y + (int64_t)b->order[k] * m;
        for (int j = 0; j < m; j++) {
            own[j] *= b->inverse_pivot[b->order[k]];
        }
        for (int64_t p = b->begin[k]; p < b->begin[k + 1]; p++) {
            const double *from = y + (int64_t)b->row[p] * m;
            for (int j = 0; j < m; j++) {
                own[j] += b->value[p] * from[j];
            }
        }
    }
}

/* ---- the way ---- */

static pp_status make(const pp__absorber *a, double work, const pp_context *ctx,
                      void **out, pp_error *err) {
    const pp__effects *e = a->effects;
    approximate *way = pp_arena_zalloc(a->arena, 1, sizeof *way);
    (void)work;
    (void)ctx;
    PP_NEED(way, err);
    way->n = e->n_rest;
    way->arena = a->arena;
    for (int r = 0; r < way->n; r++) {
        block *b = &way->block[r];
        b->first = e->offset[r + 1] - e->offset[1];
        b->levels = e->offset[r + 2] - e->offset[r + 1];
        b->order = pp_arena_alloc(a->arena, b->levels, sizeof *b->order);
        PP_NEED(b->order, err);
        b->begin = pp_arena_alloc(a->arena, b->levels + 1, sizeof *b->begin);
        PP_NEED(b->begin, err);
        b->inverse_pivot = pp_arena_alloc(a->arena, b->levels, sizeof(double));
        PP_NEED(b->inverse_pivot, err);
    }
    *out = way;
    return PP_OK;
}

static pp_status weigh(void *held, const pp__absorber *a, const pp_context *ctx,
                       pp_error *err) {
    approximate *way = held;
    for (int r = 0; r < way->n; r++) {
        PP_TRY(pp_progress(ctx, "fixed effects", -1, err));
        if (factor_block(way, r, a, ctx) != PP_OK) {
            PP_FAIL(err, PP_E_MEMORY, "out of memory");
        }
    }
    return PP_OK;
}

static pp_status invert(void *held, int m, const double *x, double *out, pp_error *err) {
    const approximate *way = held;
    (void)err;
    for (int r = 0; r < way->n; r++) {
        const block *b = &way->block[r];
        memcpy(out + b->first * m, x + b->first * m,
               (size_t)(b->levels * m) * sizeof *out);
        invert_block(b, m, out + b->first * m);
    }
    return PP_OK;
}

const pp__way pp__way_approximate = {.make = make, .weigh = weigh, .invert = invert};
