/* Two-mode networks: their index, and which edges weigh more than chance lets expect. */
#define MATHLIB_STANDALONE
#include "market/bipartite.h"

#include "base/check.h"

#include <Rmath.h>
#include <math.h>

static pp_status index_mode(pp__bipartite *b, int k, pp_arena *arena, pp_error *err) {
    int64_t *start = pp_arena_zalloc(arena, b->n[k] + 2, sizeof *start);
    b->edge[k] = pp_arena_alloc(arena, b->edges + 1, sizeof *b->edge[k]);
    b->strength[k] = pp_arena_zalloc(arena, b->n[k] + 1, sizeof *b->strength[k]);
    PP_NEED(start && b->edge[k] && b->strength[k], err);
    for (int64_t e = 0; e < b->edges; e++) {
        start[b->end[k][e] + 2]++;
        b->strength[k][b->end[k][e]] += b->weight[e];
    }
    for (int i = 0; i < b->n[k]; i++) {
        start[i + 2] += start[i + 1];
    }
    for (int64_t e = 0; e < b->edges; e++) {
        b->edge[k][start[b->end[k][e] + 1]++] = e;
    }
    b->start[k] = start;
    return PP_OK;
}

pp_status pp__bipartite_index(pp__bipartite *b, pp_arena *arena, pp_error *err) {
    b->total = 0;
    for (int64_t e = 0; e < b->edges; e++) {
        b->total += b->weight[e];
    }
    PP_TRY(index_mode(b, 0, arena, err));
    return index_mode(b, 1, arena, err);
}

static int64_t degree_of(const pp__bipartite *b, int k, int node) {
    return b->start[k][node + 1] - b->start[k][node];
}

static double disparity_of(const pp__bipartite *b, int k, int64_t e) {
    int node = b->end[k][e];
    return pow(1 - b->weight[e] / b->strength[k][node],
               (double)degree_of(b, k, node) - 1);
}

void pp__bipartite_backbone(const pp__bipartite *b, double *disparity, double *chance) {
    for (int64_t e = 0; e < b->edges; e++) {
        double own = b->strength[0][b->end[0][e]], other = b->strength[1][b->end[1][e]];
        double least = fmin(disparity_of(b, 0, e), disparity_of(b, 1, e));
        disparity[e] = fmin(least, 1);
        chance[e] = phyper(b->weight[e] - 1, own, b->total - own, other, 0, 0);
    }
}

double pp__betweenness_most(int own, int other) {
    if (own < 1 || other < 1) {
        return 0;
    }
    double m = other, s = floor((own - 1.0) / m), t = own - 1.0 - s * m;
    return (m * m * (s + 1) * (s + 1) + m * (s + 1) * (2 * t - s - 1) -
            t * (2 * s - t + 3)) /
           2;
}
