/* Decomposable graphs of a few lists. */
#ifndef PP_UNSEEN_LISTS_GRAPHS_H
#define PP_UNSEEN_LISTS_GRAPHS_H

#include <pushpull/memory.h>

enum { PP__MOST_VERTICES = 6 };

/* A perfect order turned into a product: each vertex, given those before it that it is
 * joined to, which are joined to each other. */
typedef struct pp__graph {
    uint64_t cliques; /* bit s: the set s is {v} and its parents */
    unsigned char parents[PP__MOST_VERTICES]; /* of each vertex: a set */
} pp__graph;

/* All but the complete graph; the arena owns them. */
pp_status pp__graphs_find(int vertices, pp_arena *arena, pp__graph **out, int *n,
                          pp_error *err);

#endif
