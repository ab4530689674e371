/* Clusters: to which each observation belongs. */
#ifndef PP_MODEL_COVARIANCE_CODES_H
#define PP_MODEL_COVARIANCE_CODES_H

#include "model/fit.h"

typedef struct pp__clustering {
    const char *name;
    const int32_t *code; /* of each observation (fit->scores.n), in 0..levels-1 */
    int32_t levels;      /* all of them occur */
} pp__clustering;

/* By a column of `data` in the design's rows, where it must not be missing. Observations
   that are units take the cluster of their rows, which must agree (PP_E_INPUT, with the
   row). One value only is PP_E_ESTIMATION. A fixed effect of that name lends its codes. */
pp_status pp__cluster_codes(const pp_fit *fit, const pp_table *data, const char *name,
                            const pp_context *ctx, pp_arena *arena, pp__clustering *out,
                            pp_error *err);
/* The same for groups that are no clusters: one value may be all. */
pp_status pp__group_codes(const pp_fit *fit, const pp_table *data, const char *name,
                          const pp_context *ctx, pp_arena *arena, pp__clustering *out,
                          pp_error *err);
/* By pairs of clusters, of n observations. The name is the caller's to give. */
pp_status pp__cluster_cross(const pp__clustering *a, const pp__clustering *b, int64_t n,
                            pp_arena *arena, pp__clustering *out, pp_error *err);

/* The rows of each group in order: order[first[g]] to order[first[g + 1] - 1]. */
pp_status pp__rows_by_group(const int32_t *code, int64_t groups, int64_t n,
                            pp_arena *arena, int64_t **first, int64_t **order,
                            pp_error *err);

#endif
