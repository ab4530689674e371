/* The regressions and propensities that comparisons rest on. */
#ifndef PP_EFFECTS_COMPARISON_FIT_H
#define PP_EFFECTS_COMPARISON_FIT_H

#include "effects/did/comparison.h"

/* Rows of covariates, those of the treated first, with space to fit in. */
typedef struct pp__comparing {
    int64_t m, treated;
    int k;
    const double *x;      /* column j at x + j m; the first is 1 */
    const double *weight; /* m; NULL: 1 each */
    double *propensity;   /* m: after pp__comparing_weigh */
    double *odds;         /* m: the weight of a control */
    double *logit;        /* k × k: the inverse information */
    double *G, *theta, *space, *eta, *trial;
} pp__comparing;

/* Sets what is not NULL above; propensities and odds are zero. */
pp_status pp__comparing_init(pp__comparing *w, int64_t m, int64_t treated, int k,
                             const double *x, const double *weight, pp_arena *arena,
                             pp_error *err);

/* Σ value x over rows from..to. */
void pp__comparing_columns(const pp__comparing *w, int64_t from, int64_t to,
                           const double *value, double *out);
/* Σ weight x over rows from..to; gives Σ weight. */
double pp__comparing_sums(const pp__comparing *w, int64_t from, int64_t to, double *out);

/* The regression of y over rows from..to: the inverse of its cross-products, and `fitted` in all rows.
   1: the covariates have full rank there. */
int pp__comparing_regress(pp__comparing *w, int64_t from, int64_t to, const double *y,
                          double *inverse, double *fitted);
/* What it adds to influences, for a moment of its coefficients' influence: of rows from..to. */
void pp__comparing_add_regression(const pp__comparing *w, int64_t from, int64_t to,
                                  const double *y, const double *fitted,
                                  const double *inverse, const double *moment,
                                  double factor, double *influence);

/* Propensities by a logit, and the controls' odds (zero from 0.995 on). 1: there is overlap: the logit is
   found, and no propensity reaches 0.999. */
int pp__comparing_weigh(pp__comparing *w);
void pp__comparing_add_propensity(const pp__comparing *w, const double *moment,
                                  double factor, double *influence);

/* Of propensities that were found. */
void pp__comparing_overlap(const pp__comparing *w, pp__overlap *out);

static inline double pp__comparing_weight(const pp__comparing *w, int64_t i) {
    return w->weight ? w->weight[i] : 1;
}

#endif
