/* Generalised linear models with absorbed fixed effects.
 *
 * Newton's method on coefficients and effects together: at each point the working response
 * score / weight and the standardised columns are absorbed under the current weights; what
 * is left of them gives the step of the coefficients, and the effects that were taken away
 * the step of the effects. Correia, Guimarães & Zylkin (2020), Stata Journal 20, 95-115.
 */
#ifndef PP_MODEL_GLM_EFFECTS_H
#define PP_MODEL_GLM_EFFECTS_H

#include "model/effects/absorb.h"
#include "model/glm.h"

typedef struct pp__glm_effects {
    pp__glm *g; /* with score and weight */
    pp_arena *arena;
    const pp__effects *effects;
    pp__absorber *absorber;
    int k, m;                     /* columns; with the working response after them */
    int64_t levels;               /* of all effects */
    double *response;             /* n */
    pp__absorb_column *column;    /* m */
    double *coefficients;         /* levels × m: what is taken away, at the last point */
    double *b, *level;            /* k; levels: the point */
    double *step, *level_step;    /* the step that would come next */
    double *information, *factor; /* k × k, of what effects leave of the columns */
    int started;                  /* 1: the point is one of the model, to go on from */
    double loglik, null_loglik, mean; /* null: of a constant; the mean of y */
    double score_norm;                /* Newton decrement of the coefficients */
    double effects_norm;              /* and of the effects */
    int iterations, converged;
    pp__pass rows, products;
    double *sums, *trial, *level_trial;
} pp__glm_effects;

pp_status pp__glm_effects_make(pp__glm *glm, pp_arena *arena, pp__glm_effects *out,
                               pp_error *err);

/* Finds the first step, from a regression of what each row's linear predictor may be given
   its outcome. Columns that the effects or earlier columns explain are left out of
   fit->design, with a note: *explained is 1, and the model has to be made again. */
pp_status pp__glm_effects_begin(pp__glm_effects *m, pp_fit *fit, int *explained,
                                pp_error *err);

/* From the current point, or by the first step, until the coefficients' decrement is within
   `tolerance` and that of the effects within a thousand times it: an error in the effects
   moves the coefficients by its square (their scores are orthogonal). At the end scores,
   weights, `coefficients` and `information` are those of the point. */
pp_status pp__glm_effects_maximise(pp__glm_effects *m, double tolerance,
                                   int max_iterations, pp_error *err);

/* The same quantities at the point as it is, after glm->shape or glm->expected changed. */
pp_status pp__glm_effects_visit(pp__glm_effects *m, pp_error *err);

/* Regresses m->response on columns and effects by the weights in m->g->weight: `step` and
   `level_step` are the coefficients. *definite is 0 where columns are collinear. */
pp_status pp__glm_effects_regress(pp__glm_effects *m, double tolerance, int *definite,
                                  pp_error *err);
/* What the step changes in the linear predictor of rows begin..begin+n-1; `scratch`: k
   columns of PP__TILE. */
void pp__glm_effects_change(const pp__glm_effects *m, int64_t begin, int n,
                            double *change, double *scratch);

/* ---- src/model/glm_effects_fit.c ---- */

/* Makes a model of fit->design and begins it, without columns that are explained. */
pp_status pp__glm_effects_open(pp__glm *glm, pp_fit *fit, pp__glm_effects *out,
                               pp_error *err);

/* Opens and maximises; looks for groups without variation and for separation, and when there
   is any marks the rows in fit->separated and has no model to show. */
pp_status pp__glm_effects_search(pp_fit *fit, pp__glm *glm, pp__glm_effects *out,
                                 pp_error *err);

/* The linear predictor of rows begin..begin+n-1; `scratch`: k columns of PP__TILE. */
void pp__glm_effects_predict(const pp__glm_effects *m, int64_t begin, int n, double *eta,
                             double *scratch);

/* Fills fit->outside and fit->absorbed. */
pp_status pp__glm_effects_outside(pp__glm_effects *m, pp_fit *fit, pp_error *err);

/* pp__glm_estimate for designs with effects. */
pp_status pp__glm_effects_estimate(pp_fit *fit, const pp_context *ctx, pp_error *err);

#endif
