/* The likelihood of rows, for fits that have one. */
#ifndef PP_MODEL_FAMILY_H
#define PP_MODEL_FAMILY_H

#include "model/after/predict.h"

/* The family of a fit with a value as outcome: the estimator's, or for outcomes of 0 and 1
   the one of its link; NULL: none is known. */
const pp__family *pp__fit_family(const pp_fit *fit);

/* What one row is to the model. */
typedef struct pp__row_fit {
    double mean, variance; /* of y; a linear model's variance is one */
    double slope;          /* of the mean by eta */
    double deviance;       /* not negative */
} pp__row_fit;
void pp__row_of(const pp_fit *fit, const pp__family *family, double y, double eta,
                pp__row_fit *out);

#endif
