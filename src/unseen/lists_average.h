/* The average over decomposable graphs. */
#ifndef PP_UNSEEN_LISTS_AVERAGE_H
#define PP_UNSEEN_LISTS_AVERAGE_H

#include "unseen/lists_graphs.h"
#include "unseen/lists_histories.h"

typedef struct pp__average {
    int graphs;
    pp__graph *graph;
    int *order;     /* of graphs, most probable first */
    double *weight; /* of each graph, and its mean of N */
    double *mean_of;
    int64_t missing;     /* N - observed is 0..missing */
    double *probability; /* of each number on no list */
    double mean, error;
} pp__average;

/* Up to PP__MOST_VERTICES lists. */
pp_status pp__average_graphs(const pp__histories *h, int64_t missing,
                             const pp_context *ctx, pp_arena *arena, pp__average *out,
                             pp_error *err);

/* The least number on no list with at least this probability at or below it. */
int64_t pp__average_quantile(const pp__average *a, double probability);

#endif
