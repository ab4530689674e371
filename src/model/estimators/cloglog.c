/* Complementary log-log: the discrete-time form of a proportional hazard.
   Prentice & Gloeckler (1978), Biometrics 34, 57-67. */
#include "model/estimator.h"
#include "model/vector.h"

#include <math.h>

static double forward(double mean) {
    return log(-log1p(-mean));
}

static void response(int n, const double *eta, double *mean, double *slope,
                     double *curve) {
    for (int i = 0; i < n; i++) {
        double t = exp(fmin(eta[i], 700));
        mean[i] = -expm1(-t);
        slope[i] = t * exp(-t);
        curve[i] = slope[i] * (1 - t);
    }
}

static void survival(int n, const double *eta, double *q, double *slope, double *curve) {
    for (int i = 0; i < n; i++) {
        q[i] = slope[i] = curve[i] = exp(eta[i]);
    }
}

/* log(1 − e^−t) at t = e^η. */
static double log_event(double t, double eta) {
    if (eta < -36) {
        return eta; /* 1 − e^−t is t to the last digit */
    }
    return t < 0.693 ? log(-expm1(-t)) : log1p(-exp(-t));
}

/* t / (1 − e^−t) − 1, which is t/2 near zero. */
static double excess(double t) {
    return t < 1e-4 ? t / 2 + t * t / 12 : -t / expm1(-t) - 1;
}

/* t / (e^t − 1). */
static double event_score(double t) {
    return t > 0 ? t / expm1(t) : 1;
}

static void hazard(int n, const double *eta, double *t) {
    for (int i = 0; i < n; i++) {
        t[i] = eta[i] < 700 ? eta[i] : 700;
    }
    pp__exp(n, t, t);
}

static void loglik(int n, const double *y, const double *eta, double *value,
                   double *score, double *weight) {
    hazard(n, eta, weight);
    for (int i = 0; i < n; i++) {
        score[i] = value[i] = -weight[i];
    }
    for (int i = 0; i < n; i++) {
        if (y[i] > 0) {
            double t = weight[i], odds = event_score(t);
            value[i] = log_event(t, eta[i]);
            score[i] = odds;
            weight[i] = odds * excess(t);
        }
    }
}

static void expected(int n, const double *eta, double *weight) {
    hazard(n, eta, weight);
    for (int i = 0; i < n; i++) {
        weight[i] *= event_score(weight[i]);
    }
}

const pp__link pp__link_cloglog = {"cloglog", forward, response, survival};
static const pp__family family = {
    .link = &pp__link_cloglog, .binary = 1, .loglik = loglik, .expected = expected};

const pp_estimator pp__estimator_cloglog = {
    .info = {.name = "cloglog",
             .title = "Complementary log-log",
             .estimand = "P(y = 1 | x) = 1 - exp(-exp(x'b)); exp(b) are hazard ratios",
             .source = "Prentice & Gloeckler (1978), Biometrics 34, 57-67",
             .reference = "R glm(family = binomial(\"cloglog\")), sandwich 3.0-2",
             .links = "cloglog",
             .use = "Events that come from a process in continuous time but are seen by "
                    "period: coefficients are those of proportional hazards.",
             .avoid = "Dates known as intervals (hazard); outcomes where both values are "
                      "alike in kind, as it is not symmetric.",
             .options = "",
             .example =
                 "'event_latest ~ duration + un_distance_prc + gdp_per_capita_log' "
                 "--data demo-out/panel.parquet --model cloglog --vcov "
                 "cluster:country",
             .digits =
                 "Coefficients to 1e-10 against R's iterations run to their end (R's "
                 "own stopping leaves 1.7e-8), log likelihood to 1e-10."},
    .family = &family,
    .takes = PP__TAKES_EFFECTS | PP__TAKES_WEIGHTS | PP__TAKES_OFFSET,
    .estimate = pp__glm_estimate};
