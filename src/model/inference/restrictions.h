/* Hypotheses in words: linear restrictions on coefficients.
 *
 *   x1 = 0                   x1 = 0, x2 = x3          2*x1 - x2/3 = 0.5
 *   region                   all coefficients of a term are zero
 *
 * Coefficients are written as the table has them, `factor(region)2`, `a:b`, (Intercept),
 * the longest that fits; in backquotes where that is not clear; of a model with several
 * equations as equation:term. Semicolons part hypotheses.
 */
#ifndef PP_MODEL_RESTRICTIONS_H
#define PP_MODEL_RESTRICTIONS_H

#include "model/fit.h"

typedef struct pp__restrictions {
    const char *text; /* as written */
    int m;
    double *R; /* m × k, a restriction's side by side */
    double *r; /* m */
    struct pp__restrictions *next;
} pp__restrictions;

/* A list of hypotheses. Mistakes are PP_E_ARGUMENT, unknown names PP_E_NOT_FOUND with the
   nearest, both with the position; restrictions that contradict or repeat each other are
   PP_E_ARGUMENT. */
pp_status pp__restrictions_parse(const pp_fit *fit, const char *text, pp_arena *arena,
                                 pp__restrictions **out, pp_error *err);

/* The coefficient that is named at `text`: its index and how many bytes it takes; -1. */
int pp__coefficient_at(const pp_fit *fit, const char *text, size_t *length);

#endif
