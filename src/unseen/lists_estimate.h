/* How many units there are, by one model. */
#ifndef PP_UNSEEN_LISTS_ESTIMATE_H
#define PP_UNSEEN_LISTS_ESTIMATE_H

#include "unseen/lists_histories.h"
#include "unseen/lists_loglinear.h"

typedef struct pp__number {
    const char *model, *kind, *interval;
    double estimate, error, low, high; /* missing: not determined */
    double deviance, df, aic, bic;
    double multinomial, corrected, corrected_error;
} pp__number;

/* All missing. */
pp__number pp__number_none(const char *model, const char *kind);

/* From the fitted mean of the cell that is missing and its error's variance on the log scale;
 * the interval is log-normal. */
void pp__number_of(const pp__histories *h, const pp__cells_fit *fit, double level,
                   pp__number *out);

/* n + (N - n) / c to n + (N - n) c, c by the error (Chao 1987, eq. 12). */
void pp__number_lognormal(double observed, double level, pp__number *out);

/* The multinomial likelihood, maximised over all but N: the log of the fitted number on no
 * list, and the maximum of sum(y log mu - mu), when `unseen` units are put there. */
typedef pp_status pp__profile_fn(void *payload, double unseen, double *log_zero,
                                 double *loglik, pp_error *err);

/* Sets `multinomial`, the interval and its name. */
pp_status pp__number_profile(pp__profile_fn *fit, void *payload, double observed,
                             double level, pp__number *out, pp_error *err);

/* Fits a model in a way of its own, which may take columns from it. */
typedef pp_status pp__refit_fn(const void *payload, pp__cells *model, const double *y,
                               pp_arena *arena, pp__cells_fit *out, pp_error *err);

/* The same for log-linear models of the histories, `model` being without the missing cell.
 * `refit` NULL: pp__cells_estimate. */
pp_status pp__number_profile_cells(const pp__cells *model, const pp__histories *h,
                                   pp__refit_fn *refit, const void *payload, double level,
                                   pp_arena *arena, pp__number *out, pp_error *err);

#endif
