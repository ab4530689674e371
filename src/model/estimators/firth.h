/* The core of the bias-reduced binary regressions: the adjusted score, its root, and the
 * profile of the penalised likelihood.
 *
 * With the expected information I = X'WX, the leverages h of its weighted rows, the mean m
 * and the derivatives m', m'' by the linear predictor, the adjusted scores are
 *
 * - mean: U + Σ ½ h m''/m' x (Firth 1993; Kosmidis & Firth 2009, 2021);
 * - Jeffreys: U + Σ ½ h W'/W x, the derivative of ℓ + ½ log det I, the same for the logit;
 * - median: as mean, and I b (Kenne Pagui, Salvan & Sartori 2017), b by coefficient.
 */
#ifndef PP_MODEL_FIRTH_H
#define PP_MODEL_FIRTH_H

#include "model/design.h"
#include "model/fit.h"
#include "model/link.h"

typedef enum pp__bias {
    PP__BIAS_MEAN,
    PP__BIAS_JEFFREYS,
    PP__BIAS_MEDIAN,
    PP__BIAS_FLIC,
    PP__BIAS_FLAC,
    PP__BIAS_NONE
} pp__bias;

typedef struct pp__firth {
    const pp__design *d;
    const pp__family *family;
    pp__bias bias;
    int penalised; /* 1: the adjusted score is the derivative of ℓ + ½ log det I */
    const pp_context *ctx;
    const double *map; /* k × k: from standardised to original coefficients */

    double *tiles; /* standardised columns, tile after tile; NULL: not kept */

    /* Of rows (n each, and room to whole tiles), at the point visited last; with the design's weights. */
    double *eta, *score, *weight, *leverage;
    double *adjustment; /* what the score of a row gets */

    /* k × k, at the point visited last. */
    double *factor;    /* Cholesky factor of I */
    double *augmented; /* X'W(1 + h)X, lower triangle; without adjustment not there */
    double *curvature; /* its Cholesky factor: by pp__firth_curvature */
    double *gradient;  /* k: the adjusted score */
    double loglik;     /* plain */
    double objective;  /* plain, and with `penalised` ½ log det I */
    /* Median: column j (k × k) is I⁻¹ times row j of the map; the variance (k). */
    double *bias_direction, *variance;

    const double *theta;
    pp__pass weigh, adjust;
    double *sums, *step, *direction, *trial, *work; /* work: 2 k */
} pp__firth;

pp_status pp__firth_new(const pp_fit *fit, pp__bias bias, const pp_context *ctx,
                        pp_arena *arena, pp__firth **out, pp_error *err);

/* Visits theta (k, standardised): 1, or 0 where the information is not positive definite
   or the likelihood not finite. */
int pp__firth_visit(pp__firth *f, const double *theta);

/* What stands for minus the derivative of the adjusted score, to f->curvature: with h held,
   that of the mean's is X'W(1 + h)X. */
void pp__firth_curvature(pp__firth *f);

typedef struct pp__firth_state {
    double norm; /* (g' I⁻¹ g)^½ along the directions that are free */
    int iterations, converged;
} pp__firth_state;

/* Moves theta to the root of the adjusted score: over all coefficients, or with `contrast`
   (k) over those that leave contrast'theta as it is. */
pp_status pp__firth_solve(pp__firth *f, const double *contrast, double tolerance,
                          int max_iterations, double *theta, pp__firth_state *out,
                          pp_error *err);

/* The same for the intercept alone, all others as they are. */
pp_status pp__firth_intercept(pp__firth *f, double tolerance, int max_iterations,
                              double *theta, pp__firth_state *out, pp_error *err);

/* src/model/estimators/firth_predict.c: Puhr, Heinze, Nold, Lusa & Geroldinger (2017),
   Statistics in Medicine 36, 2302-2317: from the estimates theta of the logit to those
   whose mean prediction is the mean outcome. FLIC moves the intercept. FLAC maximises the
   likelihood of the data augmented by pseudo-observations, told apart by an indicator; it
   fills the inverse information (k × k) and the rows' scores (n × k). */
pp_status pp__firth_flic(pp__firth *f, double tolerance, int max_iterations,
                         double *theta, pp__firth_state *out, pp_error *err);
pp_status pp__firth_flac(pp__firth *f, double tolerance, int max_iterations,
                         double *theta, double *inverse, double *scores,
                         pp__firth_state *out, pp_error *err);

/* src/model/estimators/firth_profile.c: of each contrast'theta (columns of the k × k
   `contrasts`, from `first` on) where the signed root of twice the fall of the objective
   from its largest, that at theta, is −quantile and quantile, and minus what it is where
   contrast'theta is zero. What is not found is NaN. */
typedef struct pp__firth_search {
    double quantile, tolerance;
    int max_iterations;
} pp__firth_search;
typedef struct pp__firth_profile {
    double low, high, root;
} pp__firth_profile;
pp_status pp__firth_profiles(pp__firth *f, const double *theta, const double *contrasts,
                             int first, const pp__firth_search *how,
                             pp__firth_profile *out, pp_error *err);

/* Median: what each row adds to the adjusted score (n × k), when f->score is adjusted for
   the mean already. */
pp_status pp__firth_median_scores(pp__firth *f, double *matrix, pp_error *err);

#endif
