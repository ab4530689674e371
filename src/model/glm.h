/* The core of all generalised linear models. */
#ifndef PP_MODEL_GLM_H
#define PP_MODEL_GLM_H

#include "model/fit.h"

typedef struct pp__glm {
    const pp__design *d;
    const pp__family *family;
    const double *y, *prior, *offset; /* n each; prior weights, offset NULL: none */
    const pp_context *ctx;
    double *score, *weight; /* n each, with the prior weights in them: at the last point
                               visited */
    const double *start;    /* k: where to begin; NULL: at the model of a constant */
    const double *theta;
    double shape; /* the family's */
    double unit;  /* of counts: pp__glm_unit */
    int expected; /* 1: weights are expectations */
    pp__pass pass;
    double *sums;
} pp__glm;

/* Of the design's outcome, weights and offset. */
pp__glm pp__glm_of(const pp__design *d, const pp__family *family, const pp_context *ctx);

/* The likelihood of n rows from `begin` on at `eta`, into g->score and g->weight; gives its
   sum. `scratch`: PP__TILE doubles. */
double pp__glm_rows(const pp__glm *g, int64_t begin, int n, const double *eta,
                    double *scratch);

/* Allocates score and weight. */
pp_status pp__glm_prepare(pp__glm *glm, pp_arena *arena, pp_error *err);

/* The mean of y, by the prior weights. */
double pp__glm_mean(const pp__glm *glm);

/* What the score of counts is measured in: with outcomes in euros information is so large
   that rounding alone exceeds any tolerance. The square root of their variance, by the prior
   weights, over that of Poisson's law; at least 1, and 1 of other families. */
double pp__glm_unit(const pp__glm *glm);

/* The linear predictor of the model that has nothing but a constant and the offset, and its
   log-likelihood. */
pp_status pp__glm_constant(const pp__glm *glm, double tolerance, int max_iterations,
                           double *constant, double *loglik, pp_error *err);

/* The linear predictor of rows begin..begin+n-1, whose standardised columns are `z`. */
void pp__glm_predict(const pp__glm *g, int64_t begin, int n, const double *z,
                     double *eta);

/* Maximises the likelihood of y over the standardised columns by Newton's method. What pp__glm_of does not set is allocated in
   `arena`. */
pp_status pp__glm_maximise(pp__glm *glm, double tolerance, int max_iterations,
                           pp_arena *arena, pp__optimum *out, pp_error *err);

int pp__glm_can_expect(const pp__glm *glm);
/* Puts the expected information, its factor and its weights in the place of the observed
 * ones. */
void pp__glm_expect(pp__glm *glm, pp__optimum *optimum);

/* Fills what fit.h says of the likelihood, from its values at the optimum and for a
   constant mean (without the family's constant), and counts. */
void pp__glm_describe(pp_fit *fit, const pp__family *family, double loglik,
                      double null_loglik, const pp_context *ctx);

/* src/model/outcome.c: PP_E_INPUT with the row where the outcome is none of the family's,
   PP_E_ESTIMATION where it does not vary; counts events. */
pp_status pp__outcome_check(pp_fit *fit, const pp__family *family, pp_error *err);

#endif
