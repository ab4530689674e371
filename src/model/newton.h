/* Newton's method on a log-likelihood, judged on the score and not on the step. */
#ifndef PP_MODEL_NEWTON_H
#define PP_MODEL_NEWTON_H

#include <pushpull/context.h>
#include <pushpull/memory.h>

/* The log-likelihood at theta, with its gradient (k) and information (k × k, lower
 * triangle). */
typedef double pp__loglik_fn(void *payload, const double *theta, double *gradient,
                             double *information);

typedef struct pp__objective {
    int k;
    pp__loglik_fn *loglik;
    /* What the decrement is divided by (NULL: 1): the residual standard deviation of a
       linear model, whose likelihood is written with a variance of one. */
    double (*unit)(void *payload, double loglik);
    void *payload;
} pp__objective;

typedef struct pp__optimum {
    double *theta, *gradient, *information; /* at the end */
    double *factor;                         /* Cholesky factor of the information */
    double *step;                           /* the step that would come next */
    double loglik, start_loglik;
    /* Newton decrement (g' H⁻¹ g)^½: no coefficient is further from where the next step
       would take it than this many of its standard errors. */
    double score_norm;
    int iterations, converged;
} pp__optimum;

/* From `start` (k) until score_norm <= tolerance; steps are halved until the likelihood
   does not fall. Stopping without convergence is no error: see out->converged. */
pp_status pp__newton(const pp__objective *objective, const double *start,
                     double tolerance, int max_iterations, pp_arena *arena,
                     const pp_context *ctx, pp__optimum *out, pp_error *err);

#endif
