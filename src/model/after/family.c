#include "model/after/family.h"

#include "model/estimator.h"

#include <math.h>
#include <string.h>

const pp__family *pp__fit_family(const pp_fit *fit) {
    static const pp_estimator *const BINARY[] = {
        &pp__estimator_logit, &pp__estimator_probit, &pp__estimator_cloglog};
    const double *y = fit->design->with.y;
    if (fit->estimator->family || !y || pp__need_response(fit, "", NULL) != PP_OK) {
        return y ? fit->estimator->family : NULL;
    }
    for (int64_t i = 0; i < fit->design->n; i++) {
        if (y[i] != 0 && y[i] != 1) {
            return NULL;
        }
    }
    for (size_t i = 0; i < sizeof BINARY / sizeof *BINARY; i++) {
        if (fit->link == BINARY[i]->family->link) {
            return BINARY[i]->family;
        }
    }
    return NULL;
}

/* Value of the likelihood and expected information of one row. */
static void evaluate(const pp_fit *fit, const pp__family *family, double y, double eta,
                     double *value, double *weight) {
    double score;
    if (family->shaped) { /* the last parameter is the logarithm of the shape */
        double shape = exp(fit->estimates[fit->k - 1]);
        family->shaped(1, &y, &eta, shape, value, &score, weight);
        family->expected_shaped(1, &eta, shape, weight);
        return;
    }
    family->loglik(1, &y, &eta, value, &score, weight);
    if (family->expected) {
        family->expected(1, &eta, weight);
    }
}

/* The highest value that y allows. */
static double saturated(const pp_fit *fit, const pp__family *family, double y) {
    const double nothing = -700; /* eta of a mean of zero */
    double value, weight;
    if (!family->shaped) {
        return family->saturated ? family->saturated(y) : 0;
    }
    evaluate(fit, family, y, y > 0 ? log(y) : nothing, &value, &weight);
    return value;
}

void pp__row_of(const pp_fit *fit, const pp__family *family, double y, double eta,
                pp__row_fit *out) {
    double curve, value, weight;
    fit->link->response(1, &eta, &out->mean, &out->slope, &curve);
    evaluate(fit, family, y, eta, &value, &weight);
    out->variance = family->gaussian ? 1 : out->slope * out->slope / weight;
    out->deviance = fmax(2 * (saturated(fit, family, y) - value), 0);
}
