/* A two-mode network with weights, what is measured on it, and its communities. */
#ifndef PP_MARKET_BIPARTITE_H
#define PP_MARKET_BIPARTITE_H

#include <pushpull/context.h>
#include <pushpull/memory.h>

/* Modes 0 and 1; an edge has one end in each. */
typedef struct pp__bipartite {
    int n[2];       /* nodes of each mode */
    int64_t edges;  /* in order of their ends */
    int *end[2];    /* of each edge */
    double *weight; /* above 0 */
    /* edges of node i of mode k: edge[k][start[k][i]] to before edge[k][start[k][i + 1]] */
    int64_t *start[2], *edge[2];
    double *strength[2]; /* sums of weights */
    double total;
} pp__bipartite;

/* Fills in what follows of n, edges, end and weight. */
pp_status pp__bipartite_index(pp__bipartite *b, pp_arena *arena, pp_error *err);

/* Nodes of both modes, those of mode 0 first. `betweenness`: over shortest paths by number of edges
   (Freeman 1977). `harmonic`: the sum of 1/distance to every node that can be reached (Marchiori &
   Latora 2000). `component`: from 0 on, in order of their first nodes. By igraph, one call at a time in
   a process, whose state is shared: a second thread waits. */
typedef struct pp__measures {
    double *betweenness, *harmonic;
    int *component;
    int components;
} pp__measures;
pp_status pp__bipartite_measure(const pp__bipartite *b, const pp_context *ctx,
                                pp_arena *arena, pp__measures *out, pp_error *err);

/* The betweenness that a node of mode k can have at most (Borgatti & Everett 1997), among so many of
   its own and of the other mode. */
double pp__betweenness_most(int own, int other);

/* Labels of communities, -1 for nodes without edges. */
typedef struct pp__communities {
    int *label[2];
    int n;
    double modularity;
} pp__communities;

/* Barber (2007): 1/m times the sum over pairs of the two modes in one community of
   w_ij - resolution k_i d_j / m; what each community adds, where `part` is not NULL (n numbers). */
double pp__modularity(const pp__bipartite *b, double resolution, const pp__communities *c,
                      double *part, double *work);

/* The communities of largest modularity found from several starts, by propagating labels and joining
   communities (LPAwb+: Beckett 2016); numbered by size, then by first node. `index` tells random
   starts apart. */
pp_status pp__communities_find(const pp__bipartite *b, double resolution, int starts,
                               uint64_t seed, uint64_t index, pp_arena *arena,
                               pp__communities *out, pp_error *err);

/* Of networks with weights drawn anew (Poisson with the mean observed: Rosvall & Bergstrom 2010) the
   share in which two nodes of a community stay together, over all its pairs that have edges left, and
   for each node over its fellows: `own` (n[0] + n[1]), `whole` (c->n). NaN: no pairs. */
pp_status pp__communities_stability(const pp__bipartite *b, double resolution,
                                    const pp__communities *c, int draws, uint64_t seed,
                                    const pp_context *ctx, double *own, double *whole,
                                    pp_error *err);

/* P values of each edge's weight. `disparity`: the smaller of those of its two ends (Serrano, Boguñá &
   Vespignani 2009); 1 where both ends have no other edge. `chance`: as many or more common records if those of both
   ends met by chance, hypergeometric (Tumminello, Miccichè, Lillo, Piilo & Mantegna 2011). */
void pp__bipartite_backbone(const pp__bipartite *b, double *disparity, double *chance);

#endif
