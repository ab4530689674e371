#include "unseen/lists_graphs.h"

#include "base/check.h"

/* Edge e of a graph stands for bit e; vertices in the order (0,1), (0,2), (1,2), (0,3), … */
static void neighbours_of(unsigned edges, int vertices, unsigned near[]) {
    int e = 0;
    for (int i = 0; i < vertices; i++) {
        near[i] = 0;
        for (int j = 0; j < i; j++, e++) {
            if (edges >> e & 1) {
                near[i] |= 1U << j;
                near[j] |= 1U << i;
            }
        }
    }
}

static int is_clique(unsigned set, int vertices, const unsigned near[]) {
    for (int v = 0; v < vertices; v++) {
        if ((set >> v & 1) && (set & ~near[v]) != 1U << v) {
            return 0;
        }
    }
    return 1;
}

/* Takes away, again and again, a vertex whose neighbours are joined to each other; 0 where
 * there is none: a cycle without chord. */
static int decompose(unsigned edges, int vertices, pp__graph *out) {
    unsigned near[PP__MOST_VERTICES], left = (1U << vertices) - 1;
    neighbours_of(edges, vertices, near);
    out->cliques = 0;
    while (left) {
        int v = 0;
        while (v < vertices &&
               !((left >> v & 1) && is_clique(near[v] & left, vertices, near))) {
            v++;
        }
        if (v == vertices) {
            return 0;
        }
        out->parents[v] = (unsigned char)(near[v] & left);
        out->cliques |= (uint64_t)1 << (out->parents[v] | 1U << v);
        left &= ~(1U << v);
    }
    return 1;
}

pp_status pp__graphs_find(int vertices, pp_arena *arena, pp__graph **out, int *n,
                          pp_error *err) {
    unsigned complete = (1U << vertices * (vertices - 1) / 2) - 1;
    pp__graph graph;
    int count = 0;
    for (unsigned edges = 0; edges < complete; edges++) {
        count += decompose(edges, vertices, &graph);
    }
    *out = pp_arena_zalloc(arena, count, sizeof **out);
    PP_NEED(*out, err);
    *n = 0;
    for (unsigned edges = 0; edges < complete; edges++) {
        if (decompose(edges, vertices, &graph)) {
            (*out)[(*n)++] = graph;
        }
    }
    return PP_OK;
}
