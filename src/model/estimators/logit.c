/* Binary logit. McCullagh & Nelder (1989), Generalized Linear Models, ch. 4. */
#include "model/estimator.h"
#include "model/vector.h"

#include <math.h>

static double forward(double mean) {
    return log(mean / (1 - mean));
}

static void response(int n, const double *eta, double *mean, double *slope,
                     double *curve) {
    double *e = curve;
    for (int i = 0; i < n; i++) {
        e[i] = -fabs(eta[i]);
    }
    pp__exp(n, e, e);
    for (int i = 0; i < n; i++) {
        double near = 1 / (1 + e[i]), far = e[i] * near;
        mean[i] = eta[i] < 0 ? far : near;
        slope[i] = far * near;
        curve[i] = slope[i] * (eta[i] < 0 ? near - far : far - near);
    }
}

static void survival(int n, const double *eta, double *q, double *slope, double *curve) {
    for (int i = 0; i < n; i++) {
        double e = exp(-fabs(eta[i]));
        q[i] = fmax(eta[i], 0) + log1p(e);
        slope[i] = (eta[i] < 0 ? e : 1) / (1 + e);
        curve[i] = e / ((1 + e) * (1 + e));
    }
}

static void loglik(int n, const double *y, const double *eta, double *value,
                   double *score, double *weight) {
    double *e = score;
    for (int i = 0; i < n; i++) {
        e[i] = -fabs(eta[i]);
    }
    pp__exp(n, e, e);
    pp__log1p(n, e, value);
    for (int i = 0; i < n; i++) {
        double near = 1 / (1 + e[i]), far = e[i] * near;
        double toward = y[i] > 0 ? eta[i] : -eta[i];
        double missed =
            toward < 0 ? near : far; /* the probability of the other outcome */
        value[i] = (toward < 0 ? toward : 0) - value[i];
        score[i] = y[i] > 0 ? missed : -missed;
        weight[i] = far * near;
    }
}

const pp__link pp__link_logit = {"logit", forward, response, survival};
static const pp__family family = {.link = &pp__link_logit, .binary = 1, .loglik = loglik};

const pp_estimator pp__estimator_logit = {
    .info = {.name = "logit",
             .title = "Binary logit",
             .estimand = "P(y = 1 | x) = 1 / (1 + exp(-x'b)); b are log odds ratios",
             .source = "McCullagh & Nelder (1989), Generalized Linear Models, ch. 4",
             .reference = "R glm(family = binomial), sandwich 3.0-2, fixest 0.14.2",
             .links = "logit",
             .use = "A 0/1 outcome, such as adoption in a year at risk, when events are "
                    "not rare: ten and more for each coefficient.",
             .avoid = "Rare events or separation (firth), dates known as intervals "
                      "(hazard), many small groups with an effect each (clogit).",
             .options = "bias: analytic (or analytic:L, with time, when regressors "
                        "answer to earlier outcomes) corrects what one or two fixed "
                        "effects do to coefficients",
             .example =
                 "'event_latest ~ duration + un_distance_prc + gdp_per_capita_log' "
                 "--data demo-out/panel.parquet --model logit --vcov cluster:country "
                 "--margins",
             .digits = "Coefficients to 1e-8, errors to 1e-8 against sandwich and 1e-6 "
                       "against fixest, log likelihood to 1e-10."},
    .family = &family,
    .takes = PP__TAKES_EFFECTS | PP__TAKES_WEIGHTS | PP__TAKES_OFFSET,
    .estimate = pp__glm_estimate};
