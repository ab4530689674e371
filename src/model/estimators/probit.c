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

/* Through logarithms, because both tails underflow long before their ratio does. */
static void loglik(int n, const double *y, const double *eta, double *value,
                   double *score, double *weight) {
    for (int i = 0; i < n; i++) {
        double toward = y[i] > 0 ? eta[i] : -eta[i], own = pnorm5(toward, 0, 1, 1, 1);
        double ratio = exp(-M_LN_SQRT_2PI - 0.5 * toward * toward - own);
        value[i] = own;
        score[i] = y[i] > 0 ? ratio : -ratio;
        weight[i] = ratio * fmax(ratio + toward, 0);
    }
}

static void expected(int n, const double *eta, double *weight) {
    for (int i = 0; i < n; i++) {
        double lower, upper;
        pnorm_both(eta[i], &lower, &upper, 2, 1);
        weight[i] = exp(-2 * M_LN_SQRT_2PI - eta[i] * eta[i] - lower - upper);
    }
}

const pp__link pp__link_probit = {"probit", forward, response, NULL};
static const pp__family family = {
    .link = &pp__link_probit, .binary = 1, .loglik = loglik, .expected = expected};

const pp_estimator pp__estimator_probit = {
    .info = {.name = "probit",
             .title = "Binary probit",
             .estimand = "P(y = 1 | x) = Phi(x'b)",
             .source = "McCullagh & Nelder (1989), Generalized Linear Models, ch. 4",
             .reference = "R glm(family = binomial(\"probit\")), sandwich 3.0-2",
             .links = "probit",
             .use = "As logit, when the field reports probits, or for a latent normal "
                    "outcome.",
             .avoid = "As logit. Its coefficients are no log odds ratios: compare "
                      "marginal effects.",
             .options = "bias: analytic (or analytic:L, with time, when regressors "
                        "answer to earlier outcomes) corrects what one or two fixed "
                        "effects do to coefficients",
             .example =
                 "'event_latest ~ duration + un_distance_prc + gdp_per_capita_log' "
                 "--data demo-out/panel.parquet --model probit --vcov "
                 "cluster:country",
             .digits = "Coefficients to 1e-8, errors to 1e-8 against sandwich, log "
                       "likelihood to 1e-10."},
    .family = &family,
    .takes = PP__TAKES_EFFECTS | PP__TAKES_WEIGHTS | PP__TAKES_OFFSET,
    .estimate = pp__glm_estimate};
