/* What models of a categorical outcome share. */
#ifndef PP_MODEL_CATEGORIES_H
#define PP_MODEL_CATEGORIES_H

#include "model/estimator.h"

enum { PP__MOST_CATEGORIES = 64 };

/* Sets fit->outcomes and their names, in sorted order; counts rows. An outcome that is no
   column is PP_E_ARGUMENT, one category PP_E_ESTIMATION, too many PP_E_INPUT. */
pp_status pp__categories_check(pp_fit *fit, pp_error *err);

/* The log-likelihood of the categories' shares alone. */
double pp__categories_null(const pp_fit *fit);

/* Maximises from `start` and fills what fit.h says of the likelihood; makes room for the
   scores of rows (n × fit->k), which the caller fills at o->theta. */
pp_status pp__categories_maximise(pp_fit *fit, const pp__objective *objective,
                                  const double *start, const pp_context *ctx,
                                  pp__optimum *o, double **score, pp_error *err);

/* After a fit that ended with this `step` to come, in equations of d->k coefficients each,
   and the scores of rows: where rows still move, and the scores of some have vanished, the
   estimates are infinite, which is warned of, and the fit has not converged. */
pp_status pp__categories_separation(pp_fit *fit, const double *step, int equations,
                                    pp_error *err);

/* Adds the table `categories`: category, rows, share; `base` is marked unless −1. */
pp_status pp__categories_report(const pp_fit *fit, int base, pp_result *result,
                                pp_error *err);

#endif
