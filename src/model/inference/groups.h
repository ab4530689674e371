/* Clusters of a fit's rows and observations, for resampling. */
#ifndef PP_MODEL_GROUPS_H
#define PP_MODEL_GROUPS_H

#include "model/fit.h"

typedef struct pp__clusters {
    const char *name; /* of the column; NULL: each observation for itself */
    int32_t n;
    const int32_t *of_row; /* of each row of the design */
    const int32_t *of;     /* of each observation of the scores */
} pp__clusters;

/* By the values of column `name` of the fit's data (NULL: observations). A row in use in
   which it is missing, or a cluster that varies within a unit, is PP_E_INPUT, fewer than
   two clusters PP_E_ESTIMATION. */
pp_status pp__clusters_find(const pp_fit *fit, const char *name, const pp_context *ctx,
                            pp_arena *arena, pp__clusters *out, pp_error *err);

#endif
