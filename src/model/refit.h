/* The same model on the same design with other counts of its rows: for the bootstrap and
   for leaving clusters out. */
#ifndef PP_MODEL_REFIT_H
#define PP_MODEL_REFIT_H

#include "model/fit.h"

/* Estimates with row i of the design counted `count[i]` times (design->n whole numbers,
   zero or more), beside the weights that the model has. It is a fit of its own, with
   estimates in original units, its design and its likelihood, but without a covariance
   (V is NULL); it borrows from `fit`, which must outlive it, and is freed by pp_fit_free.
   Columns that these rows do not identify are left out, rows that they predict perfectly
   too. Strata and groups of random intercepts in which all rows count the same are copied
   as such. Without convergence out->converged is 0. May be called on several threads at
   once. Errors: PP_E_ESTIMATION, and what the estimator says. Cost: a fit, and a copy of
   the rows. */
pp_status pp__fit_reweigh(const pp_fit *fit, const int32_t *count, const pp_context *ctx,
                          pp_fit **out, pp_error *err);

/* An empty fit of the same model, for a design of its own; it borrows from `fit`. NULL
   when memory is out. */
pp_fit *pp__fit_like(const pp_fit *fit);

/* The same model on the same rows with the columns `keep` (design->k flags) alone, and
   with `offset` (n; NULL: nothing) added to the linear predictor: estimates under a
   hypothesis. As above; its scores stand in its own columns. An estimator that takes no
   offset is PP_E_UNSUPPORTED, separation PP_E_ESTIMATION. */
pp_status pp__fit_constrain(const pp_fit *fit, const uint8_t *keep, const double *offset,
                            const pp_context *ctx, pp_fit **out, pp_error *err);

/* The refit's estimates in the places of the fit's (k). NaN for those that it does not
   have, and for those that mean something else because a column that is a combination with
   them was left out: dummies and intercept when the reference level is gone. Gives 0 when
   this cannot be told. */
int pp__refit_estimates(const pp_fit *fit, const pp_fit *refit, double *out);

#endif
