/* Binary logit. McCullagh & Nelder (1989), Generalized Linear Models, ch. 4. */
#include "model/estimator.h"

#include <math.h>

static double forward(double mean) {
    return log(mean / (1 - mean));
}

static void response(int n, const double *eta, double *mean, double *slope,
                     double *curve) {
    for (int i = 0; i < n; i++) {
        double e = exp(-fabs(eta[i])), far = e / (1 + e), near = 1 / (1 + e);
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

/* Σ log(1 + e^−|η|) is taken as the logarithm of a product: PRODUCT factors of at most
 * two. */
static double loglik(int n, const double *y, const double *eta, double *score,
                     double *weight) {
    enum { PRODUCT = 64 };
    double sum = 0, product = 1;
    for (int i = 0; i < n; i++) {
        double e = exp(-fabs(eta[i])), near = 1 / (1 + e), far = e * near;
        score[i] = y[i] > 0 ? (eta[i] < 0 ? near : far) : -(eta[i] < 0 ? far : near);
        weight[i] = far * near;
        sum += fmin(y[i] > 0 ? eta[i] : -eta[i], 0);
        product *= 1 + e;
        if (i % PRODUCT == PRODUCT - 1) {
            sum -= log(product);
            product = 1;
        }
    }
    return sum - log(product);
}

const pp__link pp__link_logit = {"logit", forward, response, survival};
static const pp__family family = {.link = &pp__link_logit, .binary = 1, .loglik = loglik};

const pp_estimator pp__estimator_logit = {
    .info = {.name = "logit",
             .title = "Binary logit",
             .estimand = "P(y = 1 | x) = 1 / (1 + exp(-x'b)); b are log odds ratios",
             .source = "McCullagh & Nelder (1989), Generalized Linear Models, ch. 4",
             .reference = "R glm(family = binomial), sandwich 3.0-2, fixest 0.14.2",
             .links = "logit"},
    .family = &family,
    .estimate = pp__glm_estimate};
