/* How strong would an unobserved confounder of a regression have to be?
 *
 * Cinelli & Hazlett (2020), Journal of the Royal Statistical Society B 82, 39-67. A confounder that
 * explains the shares R²_D of what the covariates leave of the treatment, and R²_Y of what treatment and
 * covariates leave of the outcome, moves the estimate by
 *
 *   se (df R²_Y R²_D / (1 - R²_D))^½                                  (their eq. 8),
 *
 * whatever it is, and however many they are. The robustness value is the share that, explained of both
 * alike, takes the estimate to (1 - q) of itself, or makes it insignificant at alpha. Bounds
 * suppose a confounder k times as strong as a covariate that is there (their sec. 4.4).
 *
 * Oster (2019), Journal of Business & Economic Statistics 37, 187-204, asks the same by the movement of
 * the estimate when covariates enter: delta, how strong selection on the unobserved must be, in
 * proportion to that on the observed, for an effect of zero if all there is explains r_max of the outcome; and
 * the effect when the two are equal (delta 1).
 *
 * Neither finds a confounder, nor shows that there is none: they tell what it would take.
 */
#ifndef PUSHPULL_CONFOUND_H
#define PUSHPULL_CONFOUND_H

#include <pushpull/model.h>

typedef struct pp_confound_options {
    const char
        *treatment; /* a column of numbers that is a term of the formula; required */
    const char *benchmarks; /* terms of the formula, with commas; NULL: all others */
    const char *strengths;  /* times as strong as these, with commas; NULL: "1,2,3" */
    double q;               /* the share of the estimate that is to go; 0: 1 */
    double alpha;           /* of significance; 0: 0.05 */
    double
        r_max; /* Oster: of the outcome, that all there is explains; 0: 1.3 times what the
                     covariates do (at most 1), and 1 */
} pp_confound_options;

/* From an estimate, its classical standard error and residual degrees of freedom, as published: */
typedef struct pp_confound_strength {
    double partial_r2; /* of the treatment with the outcome */
    double rv;         /* to reduce the estimate by q */
    double rv_alpha;   /* to make what is left insignificant at alpha */
} pp_confound_strength;
/* PP_E_ARGUMENT unless the error is positive, df above 1, q positive, alpha between 0 and 1. */
PP_API pp_status pp_confound_strength_of(double estimate, double std_error, double df,
                                         double q, double alpha,
                                         pp_confound_strength *out, pp_error *err);
/* The tables `confound` and `confound_extreme` of such numbers alone. */
PP_API pp_status pp_confound_published(double estimate, double std_error, double df,
                                       const pp_confound_options *options,
                                       pp_result **out, pp_error *err);

/* Of a linear model (ols, absorbed effects allowed; outcomes of 0 and 1 as a linear probability model).
 * `out` gets the tables
 * - `confound`, one row: treatment, outcome, estimate, std_error (classical), statistic, df, conf_low,
 *   conf_high, robust_error (with a covariance other than iid; else missing), partial_r2, rv, rv_alpha,
 *   q, alpha;
 * - `confound_extreme`: r2_outcome (1, 0.75, 0.5, …), r2_treatment that then takes the estimate to
 *   (1 - q) of itself;
 * - `confound_bounds`: benchmark, strength, r2_treatment, r2_outcome, estimate, std_error, statistic,
 *   conf_low, conf_high with such a confounder against the estimate; missing where covariates leave no
 *   room for one so strong. With a robust covariance errors are its own, scaled as the classical one is:
 *   the theory is for classical errors;
 * - `confound_map`: kind (contour, benchmark), name, strength, r2_treatment, r2_outcome, estimate: lines
 *   of equal estimates, and the bounds;
 * - `confound_oster`: r_max, delta (for an effect of zero), beta_star (for delta 1; of the two roots
 *   the one on the side to which the covariates moved the estimate: Oster's assumption 3, as robomit), other_root, beta_uncontrolled,
 *   r2_uncontrolled, beta_controlled, r2_controlled. Fixed effects count as controls.
 * Rows are those of the model. Errors: PP_E_UNSUPPORTED for other models, weights and poly(), ns(), bs();
 * PP_E_ARGUMENT where the treatment is no term of its own, or in interactions; PP_E_NOT_FOUND for a
 * benchmark that is no term; PP_E_ESTIMATION where covariates explain all of the treatment. Cost: four
 * fits at most. */
PP_API pp_status pp_confound(const char *formula, const pp_table *data,
                             const pp_model_options *model,
                             const pp_confound_options *options, const pp_context *ctx,
                             pp_result **out, pp_error *err);

#endif
