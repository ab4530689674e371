#include "effects/confound/strength.h"

#include "base/check.h"

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include <math.h>

/* ---- Cinelli & Hazlett ---- */

/* The share r of both with r² / (1 - r) = f². */
static double equal_share(double f) {
    double f2 = f * f;
    return (sqrt(f2 * f2 + 4 * f2) - f2) / 2;
}

pp_status pp_confound_strength_of(double estimate, double std_error, double df, double q,
                                  double alpha, pp_confound_strength *out,
                                  pp_error *err) {
    if (!isfinite(estimate) || !(std_error > 0) || !(df > 1) || !(q > 0) ||
        !(alpha > 0 && alpha < 1)) {
        PP_FAIL(err, PP_E_ARGUMENT,
                "a finite estimate, a positive error, more than one degree of freedom, a "
                "positive q and an alpha between 0 and 1 are expected");
    }
    double f = fabs(estimate / std_error) / sqrt(df), f_q = q * f;
    double critical = fabs(qt(alpha / 2, df - 1, 1, 0)) / sqrt(df - 1);
    out->partial_r2 = f * f / (1 + f * f);
    out->rv = equal_share(f_q);
    out->rv_alpha = equal_share(fmax(f_q - critical, 0));
    if (f_q > critical && f_q > 1 / critical) {
        out->rv_alpha = (f_q * f_q - critical * critical) / (1 + f_q * f_q);
    }
    return PP_OK;
}

pp__adjusted pp__confound_adjust(double estimate, double std_error, double df,
                                 double r2_treatment, double r2_outcome) {
    double bias = std_error * sqrt(df * r2_outcome * r2_treatment / (1 - r2_treatment));
    return (pp__adjusted){
        .estimate = estimate < 0 ? estimate + bias : estimate - bias,
        .factor = sqrt((1 - r2_outcome) / (1 - r2_treatment) * df / (df - 1))};
}

int pp__confound_bound(double k, double treatment, double outcome, double *r2_treatment,
                       double *r2_outcome) {
    *r2_treatment = k * treatment / (1 - treatment);
    double with = k * treatment * treatment / ((1 - k * treatment) * (1 - treatment));
    if (!(*r2_treatment < 1) || !(k * treatment < 1) || !(with < 1) || !(outcome < 1)) {
        *r2_treatment = *r2_outcome = NAN;
        return 0;
    }
    double root = (sqrt(k) + sqrt(with)) / sqrt(1 - with);
    *r2_outcome = fmin(root * root * outcome / (1 - outcome), 1);
    return 1;
}

/* ---- Oster ---- */

double pp__oster_delta(const pp__oster *o, double r_max, double target) {
    double gap = o->beta - target, move = o->beta_short - o->beta;
    double gained = (o->r2 - o->r2_short) * o->var_y;
    double missing = (r_max - o->r2) * o->var_y;
    double cube = gap * gap * gap * (o->tau * o->var_x - o->tau * o->tau);
    double square = gap * gap * o->tau * move * o->var_x;
    double above =
        gap * gained * o->tau + gap * o->var_x * o->tau * move * move + 2 * square + cube;
    double below =
        missing * move * o->var_x + gap * missing * (o->var_x - o->tau) + square + cube;
    return above / below;
}

double pp__oster_beta(const pp__oster *o, double r_max, double *other) {
    double move = o->beta_short - o->beta;
    double gained = (o->r2 - o->r2_short) * o->var_y;
    double missing = (r_max - o->r2) * o->var_y;
    double theta =
        missing * (o->var_x - o->tau) - gained * o->tau - o->var_x * o->tau * move * move;
    double root =
        sqrt(theta * theta + 4 * missing * move * move * o->var_x * o->var_x * o->tau);
    double scale = -2 * o->tau * move * o->var_x;
    double near = (-theta + root) / scale, far = (-theta - root) / scale;
    if (fabs(far) < fabs(near)) {
        double swap = near;
        near = far;
        far = swap;
    }
    /* The roots lie on either side; covariates moved the estimate by -move, the unobserved by -shift. */
    int goes_on = near == 0 || (near > 0) == (move > 0);
    *other = o->beta - (goes_on ? far : near);
    return o->beta - (goes_on ? near : far);
}
