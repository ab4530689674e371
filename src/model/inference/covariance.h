/* The covariance of a fit: from fit->bread and fit->scores to fit->V. */
#ifndef PP_MODEL_COVARIANCE_H
#define PP_MODEL_COVARIANCE_H

#include "model/inference/vcov.h"

#include <pushpull/context.h>
#include <pushpull/table.h>

/* One clustering of a clustered covariance, or the periods or places of one. */
typedef struct pp__component {
    const char *name; /* "country", "country:year" */
    int sign;
    int64_t clusters;
    double factor; /* small-sample */
} pp__component;

struct pp_fit;
/* Of the standardised parameters, with what the tables say of it. */
pp_status pp__covariance(struct pp_fit *fit, const pp_table *data, const pp_context *ctx,
                         pp_error *err);
/* Of the original parameters: what fixest's convention does to a covariance that is not
   positive semidefinite, as one of several clusterings or in space may be. */
pp_status pp__covariance_mend(struct pp_fit *fit, pp_error *err);

#endif
