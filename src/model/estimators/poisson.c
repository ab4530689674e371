/* Poisson, and pseudo-maximum likelihood for any outcome that is not negative.
   Gourieroux, Monfort & Trognon (1984), Econometrica 52, 701-720; Santos Silva & Tenreyro
   (2006), Review of Economics and Statistics 88, 641-658. */
#include "model/estimator.h"
#include "model/vector.h"

#include <math.h>

static void response(int n, const double *eta, double *mean, double *slope,
                     double *curve) {
    pp__exp(n, eta, mean);
    for (int i = 0; i < n; i++) {
        slope[i] = curve[i] = mean[i];
    }
}

static void loglik(int n, const double *y, const double *eta, double *value,
                   double *score, double *weight) {
    pp__exp(n, eta, weight);
    for (int i = 0; i < n; i++) {
        value[i] = y[i] * eta[i] - weight[i];
        score[i] = y[i] - weight[i];
    }
}

static double constant(double y) {
    return -lgamma(y + 1);
}

static double saturated(double y) {
    return y > 0 ? y * log(y) - y : 0;
}

const pp__link pp__link_log = {"log", log, response, NULL};
static const pp__family family = {.link = &pp__link_log,
                                  .count = 1,
                                  .loglik = loglik,
                                  .constant = constant,
                                  .saturated = saturated};

const pp_estimator pp__estimator_poisson = {
    .info = {.name = "poisson",
             .title = "Poisson pseudo-maximum likelihood",
             .estimand =
                 "E(y | x) = exp(x'b), of any y that is not negative; b are logs of "
                 "ratios of means",
             .source =
                 "Santos Silva & Tenreyro (2006), Review of Economics and Statistics "
                 "88, 641-658; Correia, Guimaraes & Zylkin (2020), Stata Journal 20, "
                 "95-115",
             .reference = "R glm(family = poisson), sandwich 3.0-2, fixest 0.14.2",
             .links = "log",
             .use = "Counts, and any outcome that is not negative and has zeros: trade, "
                    "contract values, numbers of cities. Only the mean need be right, "
                    "with robust or clustered errors.",
             .avoid = "Negative outcomes. When the distribution itself is of interest, "
                      "and not the mean, see negbin.",
             .options = "",
             .example = "'population ~ gdp_per_capita_log + urban_share' --data "
                        "demo-out/panel.parquet --model poisson --vcov cluster:country "
                        "--where 'year = 2019'",
             .digits = "Coefficients to 1e-8, errors to 1e-6."},
    .family = &family,
    .takes = PP__TAKES_EFFECTS | PP__TAKES_WEIGHTS | PP__TAKES_OFFSET,
    .estimate = pp__glm_estimate};
