/* All hierarchical log-linear models of the histories. */
#ifndef PP_UNSEEN_LISTS_HIERARCHY_H
#define PP_UNSEEN_LISTS_HIERARCHY_H

#include "unseen/lists_estimate.h"

enum { PP__MOST_INTERACTING = 6, PP__BEST = 20 };

typedef struct pp__hierarchy {
    int64_t models, determined;
    int n;           /* of the best: PP__BEST or all */
    uint64_t *terms; /* of the best by bic, best first: bit s stands for the set s */
    pp__number *number;
    double *weight;
} pp__hierarchy;

/* Up to PP__MOST_INTERACTING lists; `order` 0: what pp_lists_options says. The first
 * `profiled` of the best have intervals of the profile. */
pp_status pp__hierarchy_estimate(const pp__histories *h, int order, double level,
                                 int profiled, const pp_context *ctx, pp_arena *arena,
                                 pp__hierarchy *out, pp_error *err);

/* The terms as a model of cells. */
pp_status pp__hierarchy_cells(uint64_t terms, int lists, pp_arena *arena, pp__cells *out,
                              pp_error *err);

/* "[12,3]": the generators of sets of lists; NULL: no memory. Subsets of sets need not be
 * among them. */
const char *pp__generators_name(uint64_t sets, int lists, pp_arena *arena);

#endif
