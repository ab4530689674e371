/* A model estimated anew with assumed probabilities that adoption is recorded. */
#ifndef PP_UNSEEN_TIPPING_FIT_H
#define PP_UNSEEN_TIPPING_FIT_H

#include "model/fit.h"

/* A model, and the regime of its rows. */
typedef struct pp__tipping_model {
    pp_fit *fit;      /* as the record stands */
    int hazard;       /* 1: of dates; 0: binary */
    uint8_t *closed;  /* by row of the fit's data; of the hazard the same in a unit */
    double *start;    /* the fit's standardised coefficients */
    int64_t units[2]; /* open, closed */
    int64_t recorded[2];
    int64_t unknown; /* rows in use of which the regime is not known */
} pp__tipping_model;

/* What one pair of probabilities gives for one variable. */
typedef struct pp__tipping_effect {
    double estimate, std_error, low, high, low_90, high_90;
    int discrete; /* 1: of 1 against 0 */
    int found;    /* 0: the model has no effect of that name, or not one alone */
} pp__tipping_effect;

/* Fits as the record stands and finds the regimes. `arena` outlives the model; the caller
   frees model->fit in any case. */
pp_status pp__tipping_prepare(const char *formula, const pp_table *data,
                              const pp_model_options *options, const char *closed,
                              const pp_context *ctx, pp_arena *arena,
                              pp__tipping_model *model, pp_error *err);

/* Estimates with these probabilities; pp_fit_free frees the fit. May be called on several
   threads at once. */
pp_status pp__tipping_fit(const pp__tipping_model *model, double closed, double open,
                          pp_fit **out, pp_error *err);

/* The effects of n variables, by standard deviations. */
pp_status pp__tipping_effects(const pp_fit *fit, const char *const *variable, int n,
                              pp__tipping_effect *out, pp_error *err);

#endif
