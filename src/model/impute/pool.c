/* Rubin's rules.
   Rubin (1987), Multiple Imputation for Nonresponse in Surveys, ch. 3; Barnard & Rubin
   (1999), Biometrika 86, 948-955. */
#define MATHLIB_STANDALONE
#include "model/impute/impute.h"

#include <Rmath.h>
#include <math.h>

static double degrees_of_freedom(int m, double lambda, double complete) {
    double old = lambda > 0 ? (m - 1) / (lambda * lambda) : INFINITY;
    double observed = isfinite(complete)
                          ? (complete + 1) / (complete + 3) * complete * (1 - lambda)
                          : INFINITY;
    if (isinf(old) || isinf(observed)) {
        return isinf(old) ? observed : old;
    }
    return old * observed / (old + observed);
}

pp_pooled pp_pool(int m, const double *estimate, const double *variance,
                  double df_complete) {
    pp_pooled p = {0};
    for (int i = 0; i < m; i++) {
        p.estimate += estimate[i] / m;
        p.within += variance[i] / m;
    }
    for (int i = 0; i < m; i++) {
        double d = estimate[i] - p.estimate;
        p.between += d * d / (m - 1);
    }
    double inflated = (1 + 1.0 / m) * p.between, total = p.within + inflated;
    p.std_error = sqrt(total);
    p.riv = inflated / p.within;
    p.lambda = inflated / total;
    p.df = degrees_of_freedom(m, p.lambda, df_complete);
    double df = isfinite(p.df) ? 2 / (p.df + 3) : 0;
    p.fmi = (p.riv + df) / (1 + p.riv);
    return p;
}

double pp__pooled_quantile(const pp_pooled *p, double level) {
    return isfinite(p->df) ? qt(0.5 + level / 2, p->df, 1, 0)
                           : qnorm5(0.5 + level / 2, 0, 1, 1, 0);
}

double pp__pooled_p_value(const pp_pooled *p) {
    double far = -fabs(p->estimate / p->std_error);
    return 2 * (isfinite(p->df) ? pt(far, p->df, 1, 0) : pnorm5(far, 0, 1, 1, 0));
}
