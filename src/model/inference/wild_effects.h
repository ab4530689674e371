/* Fixed effects in the wild bootstrap: residuals that are redrawn are no longer orthogonal
   to the effects that cut across clusters, and these are taken out again. */
#ifndef PP_MODEL_WILD_EFFECTS_H
#define PP_MODEL_WILD_EFFECTS_H

#include "model/inference/groups.h"

typedef struct pp__wild_effects {
    int n; /* effects that cut across clusters, but for one that lies within them */
    const pp__grouping *effect[PP__MAX_GROUPS];
    int64_t offset[PP__MAX_GROUPS];
    int64_t levels; /* of all of them */
    double *factor; /* levels × levels: of what the effect within clusters leaves of their
                       cross products */
    uint8_t *spare; /* levels without which the others span the same */
} pp__wild_effects;

/* Of the fit's effects. More than 3,000 levels that cut across clusters are
   PP_E_UNSUPPORTED. Cost: O(rows × levels that meet in a group). */
pp_status pp__wild_effects_make(const pp_fit *fit, const pp__clusters *clusters,
                                pp_arena *arena, pp__wild_effects *out, pp_error *err);

/* Adds value to the sums (levels) of the levels that row i is in. */
void pp__wild_effects_add(const pp__wild_effects *e, int64_t i, double value,
                          double *sums);

/* The coefficients of the levels (in place) whose cross products with a column are given. */
void pp__wild_effects_solve(const pp__wild_effects *e, double *products);

#endif
