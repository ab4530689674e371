/* The wild cluster bootstrap of linear models. */
#ifndef PP_MODEL_WILD_H
#define PP_MODEL_WILD_H

#include "model/inference/groups.h"
#include "model/inference/multipliers.h"
#include "model/inference/tdraws.h"

/* The statistics of each draw for each of n hypotheses R_i'b = r, R k numbers a
   hypothesis (original parameters) side by side. Restricted: residuals and scores under
   the hypothesis (WCR), for any r; else those of the estimates (WCU). `out`, n of them,
   are filled; the fit is one of ols. Cost: O(n k) a hypothesis, and O(clusters k) a draw
   and hypothesis. Errors: PP_E_MEMORY, PP_E_CANCELLED. */
pp_status pp__wild(const pp_fit *fit, const pp__clusters *clusters,
                   const pp__multipliers *multipliers, int unrestricted, const double *R,
                   int n, const pp_context *ctx, pp_arena *arena, pp__tdraws *out,
                   pp_error *err);

#endif
