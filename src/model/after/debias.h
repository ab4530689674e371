/* Average effects of models whose absorbed effects' bias was corrected.
 *
 * Fernández-Val & Weidner (2016), J. Econometrics 192, 291-312, section 5: an average of
 * estimated effects has a bias of its own beside that of the coefficients, and a variance
 * that comes of the effects. With the first two derivatives D', D'' of a row's effect by its
 * linear predictor, Ψ = −D'/w and what the effects explain of it, PΨ: the bias is half the sum
 * over groups of Σ (D'' + z PΨ) / Σ w, the variance Σ w (PΨ)².
 */
#ifndef PP_MODEL_DEBIAS_H
#define PP_MODEL_DEBIAS_H

#include "model/fit.h"

/* What is to be taken from the mean over the rows used of the response under `to` less that
   under `from` (NULL: `to` is PP__TANGENT), and to be added to its variance. Zeros when no
   bias was corrected. */
pp_status pp__debias_effect(const pp_fit *fit, const pp__change *to,
                            const pp__change *from, const pp_context *ctx, double *bias,
                            double *variance, pp_error *err);

#endif
