/* Intervals from draws of an estimate: percentile, BCa, normal. */
#ifndef PP_MODEL_RESAMPLED_H
#define PP_MODEL_RESAMPLED_H

#include <stdint.h>

typedef enum pp__resampled_kind {
    PP__PERCENTILE,
    PP__BCA,
    PP__NORMAL
} pp__resampled_kind;

typedef struct pp__resampled {
    int64_t n;           /* draws */
    const double *t;     /* n, ascending */
    double estimate;     /* of the sample */
    double mean, sd;     /* of the draws */
    double acceleration; /* BCa: of the jackknife */
} pp__resampled;

/* Sorts `t` and describes it. */
pp__resampled pp__resampled_of(double *t, int64_t n, double estimate);

/* Σ d³ / (6 (Σ d²)^3/2) of the jackknife's estimates; Efron (1987), JASA 82, eq. 6.6. */
double pp__acceleration(const double *without, int64_t n);

/* As R's boot.ci: order statistics at (n + 1) p, between them on the normal scale. Fewer
   than two draws: missing. BCa: Efron (1987). Normal: estimate ± z sd. */
void pp__resampled_interval(const pp__resampled *r, pp__resampled_kind kind, double level,
                            double *low, double *high);

/* Normal: of (estimate − null) / sd. Else twice the smaller share of draws on either side
   of the null, the sample counted among them. */
double pp__resampled_p(const pp__resampled *r, pp__resampled_kind kind, double null);

#endif
