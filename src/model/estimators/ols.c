/* Ordinary least squares: the same core, with a likelihood of variance one. */
#include "model/estimators/ols.h"

#include "base/check.h"
#include "model/estimator.h"

static double forward(double mean) {
    return mean;
}

static void response(int n, const double *eta, double *mean, double *slope,
                     double *curve) {
    for (int i = 0; i < n; i++) {
        mean[i] = eta[i];
        slope[i] = 1;
        curve[i] = 0;
    }
}

static void loglik(int n, const double *y, const double *eta, double *value,
                   double *score, double *weight) {
    for (int i = 0; i < n; i++) {
        score[i] = y[i] - eta[i];
        weight[i] = 1;
        value[i] = -score[i] * score[i] / 2;
    }
}

const pp__link pp__link_identity = {"identity", forward, response, NULL};
static const pp__family family = {
    .link = &pp__link_identity, .gaussian = 1, .loglik = loglik};

static pp_status estimate(pp_fit *fit, const pp_context *ctx, pp_error *err) {
    if (fit->design->with.n_effects > 0) {
        return pp__ols_absorbed(fit, ctx, err);
    }
    PP_TRY(pp__glm_estimate(fit, ctx, err));
    return pp__ols_is_delicate(fit) ? pp__ols_exactly(fit, err) : PP_OK;
}

const pp_estimator pp__estimator_ols = {
    .info = {.name = "ols",
             .title = "Ordinary least squares",
             .estimand = "E(y | x) = x'b, the best linear prediction",
             .source = "Greene (2018), Econometric Analysis, ch. 3-4",
             .reference = "R lm, sandwich 3.0-2; NIST StRD",
             .links = "identity",
             .use = "A number as outcome, or a 0/1 outcome as a linear probability; the "
                    "first model to look at, with robust or clustered errors.",
             .avoid = "Counts that are often zero (poisson), rare 0/1 outcomes (firth), "
                      "effects that are part of a feedback (iv).",
             .options = "",
             .example = "'homicide_log ~ gdp_per_capita_log + liberal_democracy' --data "
                        "demo-out/panel.parquet --model ols --vcov cluster:country",
             .digits = "Coefficients to 1e-9 and better. NIST's certified values to 11 "
                       "digits and more (Wampler3, 4: 9; Wampler5: 8; Filip: 7)."},
    .family = &family,
    .takes = PP__TAKES_EFFECTS | PP__TAKES_WEIGHTS | PP__TAKES_OFFSET,
    .student = 1,
    .estimate = estimate};
