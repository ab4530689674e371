/* Binary probit. McCullagh & Nelder (1989), Generalized Linear Models, ch. 4. */
#define MATHLIB_STANDALONE
#include "model/estimator.h"

#include <Rmath.h>
#include <math.h>

static double forward(double mean) {
    return qnorm5(mean, 0, 1, 1, 0);
}

static double density(double x) {
    return M_1_SQRT_2PI * exp(-0.5 * x * x);
}

static void response(int n, const double *eta, double *mean, double *slope,
                     double *curve) {
    for (int i = 0; i < n; i++) {
        mean[i] = pnorm5(eta[i], 0, 1, 1, 0);
        slope[i] = density(eta[i]);
        curve[i] = -eta[i] * slope[i];
    }
}

/* In logarithms, because both tails underflow long before their ratio does. */
static double loglik(int n, const double *y, const double *eta, double *score,
                     double *weight) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
        double lower, upper, log_density = -M_LN_SQRT_2PI - 0.5 * eta[i] * eta[i];
        pnorm_both(eta[i], &lower, &upper, 2, 1);
        double own = y[i] > 0 ? lower : upper, ratio = exp(log_density - own);
        sum += own;
        score[i] = y[i] > 0 ? ratio : -ratio;
        weight[i] = exp(2 * log_density - lower - upper);
    }
    return sum;
}

const pp__link pp__link_probit = {"probit", forward, response, NULL};
static const pp__family family = {&pp__link_probit, 1, loglik};

const pp_estimator pp__estimator_probit = {
    .info = {.name = "probit",
             .title = "Binary probit",
             .estimand = "P(y = 1 | x) = Phi(x'b)",
             .source = "McCullagh & Nelder (1989), Generalized Linear Models, ch. 4",
             .reference = "R glm(family = binomial(\"probit\")), sandwich 3.0-2",
             .links = "probit"},
    .family = &family,
    .estimate = pp__glm_estimate};
