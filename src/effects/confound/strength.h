/* What confounders of given strength do to an estimate, and Oster's coefficients. */
#ifndef PP_EFFECTS_STRENGTH_H
#define PP_EFFECTS_STRENGTH_H

#include <pushpull/confound.h>

typedef struct pp__adjusted {
    double estimate, factor; /* of the standard error */
} pp__adjusted;

/* The estimate nearer to zero by the bias of such a confounder, and beyond. */
pp__adjusted pp__confound_adjust(double estimate, double std_error, double df,
                                 double r2_treatment, double r2_outcome);

/* The bounds of a confounder k times as strong as a covariate with these partial R². Gives 0 where
   there is no room for it. An outcome's share above one is one. */
int pp__confound_bound(double k, double treatment, double outcome, double *r2_treatment,
                       double *r2_outcome);

typedef struct pp__oster {
    double beta_short, r2_short; /* without covariates */
    double beta, r2;             /* with them */
    double var_y, var_x;         /* of outcome and treatment */
    double tau;                  /* of what the covariates leave of the treatment */
} pp__oster;

/* Proportional selection that takes the effect to `target`. */
double pp__oster_delta(const pp__oster *o, double r_max, double target);
/* The effect when selection is equal: the root on the side to which the covariates moved the estimate.
   NaN where they did not move it. */
double pp__oster_beta(const pp__oster *o, double r_max, double *other);

#endif
