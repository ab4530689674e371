/* The analytical correction of the incidental parameter bias of binary models with one or two
 * absorbed effects.
 *
 * Fernández-Val & Weidner (2016), Individual and time effects in nonlinear panel models with
 * large N, T, J. Econometrics 192, 291-312, section 4 and example 1: with the score v, the
 * weight w = F' h and z = F'' h of a row, h = F' / (F (1 − F)), and what the effects leave of
 * the columns, x̃, the coefficients are too large by minus H⁻¹ times half the sum over the
 * groups of each effect of Σ x̃ z / Σ w. With a bandwidth L the correlation of scores with
 * later regressors of the same group of the first effect is taken out too:
 * Σ_l T/(T − l) Σ_t x̃_t w_t v_{t−l} / Σ w.
 */
#ifndef PP_MODEL_BIAS_EFFECTS_H
#define PP_MODEL_BIAS_EFFECTS_H

#include "model/glm_effects.h"

/* Reads options.bias: NULL or "none" gives *bandwidth −1, "analytic" 0, "analytic:L" L. Any
   other, or one that this fit cannot have, is PP_E_ARGUMENT or PP_E_UNSUPPORTED. */
pp_status pp__bias_read(const pp_fit *fit, int *bandwidth, pp_error *err);

/* Moves the model (at its optimum, weights expected) to the corrected coefficients, with the
   effects estimated anew given these. */
pp_status pp__bias_correct(pp__glm_effects *m, const pp_fit *fit, int bandwidth,
                           pp_error *err);

/* Rows of k sums over groups. */
typedef struct pp__bias_rows {
    const pp__design *d;
    int k;
    const double *weight, *score; /* n each */
    const double *const *whole;   /* k: half of their sums over groups of each effect */
    const double *const *left; /* k: what later scores of the group are multiplied by */
} pp__bias_rows;

/* To bias (k): Σ over the groups of each effect of Σ whole / 2 Σ weight, and for the first
   effect the lags up to the bandwidth. */
pp_status pp__bias_sum(const pp__bias_rows *rows, const pp_fit *fit, int bandwidth,
                       double *bias, pp_error *err);

/* curve (F'' of n rows) becomes z. */
void pp__bias_curvature(int n, const double *weight, const double *slope, double *curve);

#endif
