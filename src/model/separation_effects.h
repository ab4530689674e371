/* Separation where effects are absorbed, by the iterative rectifier of Correia, Guimarães &
 * Zylkin (2019), Verifying the existence of maximum likelihood estimates for generalized
 * linear models, arXiv:1903.01633, algorithm 1.
 *
 * A regression of non-negative targets on columns and effects, in which rows that must not
 * move weigh very much, is repeated with its fitted values, cut off at zero, as the targets:
 * what is left is zero, or a direction that separates. Targets carry the sign in which a row
 * may move, which makes the method one for binary outcomes as well.
 */
#ifndef PP_MODEL_SEPARATION_EFFECTS_H
#define PP_MODEL_SEPARATION_EFFECTS_H

#include "model/glm_effects.h"

/* Nothing to do when the model's next step proves that estimates are finite
   (separation.h); else searches, and fills fit->separated, fit->separation and
   fit->outcome. */
pp_status pp__separation_rectify(pp__glm_effects *m, pp_fit *fit, pp_error *err);

#endif
