/* How far estimates move when rows are left out. */
#ifndef PP_MODEL_INFLUENCE_H
#define PP_MODEL_INFLUENCE_H

#include "model/fit.h"

/* The share of each row of the design in its own fit (n), of information weights `weight`
   (NULL: those of the scores); the fixed effects' own share is not in it. NaN where there
   are effects and scores are not by row. */
pp_status pp__leverages(const pp_fit *fit, const double *weight, double *h,
                        const pp_context *ctx, pp_error *err);

/* Estimates less those without group g, to out[g × k + j], by one Newton step from the
   estimates: (H − H_g)⁻¹ s_g, with the information H and the score s_g of the group. Exact
   for linear models without fixed effects. Scores that are not by row: H⁻¹ s_g. NaN where
   the rest does not identify all. `code`: of each observation, in 0..groups-1. */
pp_status pp__one_step(const pp_fit *fit, const int32_t *code, int64_t groups,
                       double *out, const pp_context *ctx, pp_error *err);

/* What is left of one estimate without a group. */
typedef struct pp__left_out {
    pp_status status; /* PP_OK, or why there is no refit */
    int converged;
    double *estimate, *p_value; /* k; NaN for what is not there */
} pp__left_out;

/* Refits without each group, with the fit's covariance. Several at a time on several
   threads. */
pp_status pp__leave_out(const pp_fit *fit, const int32_t *code, int64_t groups,
                        pp_arena *arena, pp__left_out **out, const pp_context *ctx,
                        pp_error *err);

#endif
