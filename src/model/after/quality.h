/* Measures of predicted probabilities against what happened. */
#ifndef PP_MODEL_QUALITY_H
#define PP_MODEL_QUALITY_H

#include "model/fit.h"

/* Outcomes of 0 and 1 with their probabilities. */
typedef struct pp__binary {
    double quantile; /* two-sided, of intervals */
    int64_t n;
    const double *y, *p;
    const double *weight; /* NULL: all one */
    int counted;          /* 1: weights count rows, or there are none */
    double total, events; /* sums of weights */
    const int64_t *order; /* of rows by p, ascending */
} pp__binary;

static inline double pp__binary_weight(const pp__binary *b, int64_t i) {
    return b->weight ? b->weight[i] : 1;
}

/* ---- quality.c ---- */

/* The rows 0..n-1 in the order of their values, equal ones as they stand. */
pp_status pp__order_ascending(const double *value, int64_t n, int64_t *rows,
                              pp_error *err);
/* Fills total, events and order, which is allocated in `arena`. */
pp_status pp__binary_settle(pp__binary *b, pp_arena *arena, pp_error *err);
/* What one row adds to the log score: −log of the probability of what happened. */
double pp__log_loss(double y, double p);
double pp__log_score(const pp__binary *b);

/* ---- roc.c ---- */

/* The area under the ROC curve, and its standard error (NaN under sampling weights). Hanley
   & McNeil (1982), Radiology 143, 29-36; DeLong, DeLong & Clarke-Pearson (1988),
   Biometrics 44, 837-845. O(n) after sorting. */
void pp__auc(const pp__binary *b, double *auc, double *error);
/* How far each row moves the area (n): DeLong's components less their mean, over how many
   ones, or zeros, there are. Weights are not looked at. */
void pp__auc_parts(const pp__binary *b, double auc, double *part);
/* Tables `roc` and `separation_plot`, whose rows are the fit's. */
pp_status pp__curves_add(const pp__binary *b, const pp_fit *fit, pp_result *result,
                         pp_error *err);

/* ---- calibration.c ---- */

/* Brier (1950), Monthly Weather Review 78, 1-3; Murphy (1973), J. Applied Meteorology 12,
   595-600; Stephenson et al. (2008), Weather and Forecasting 23, 752-757. */
typedef struct pp__brier {
    double score, reliability, resolution, uncertainty;
    double within; /* score − (reliability − resolution + uncertainty) */
} pp__brier;

/* Adds `bins` groups of equal size by p to the table (bin, rows, predicted, observed,
   conf_low, conf_high), and decomposes over them. */
pp_status pp__calibration_add(const pp__binary *b, int bins, pp__brier *out,
                              pp_table *table, pp_error *err);

/* logit P(y = 1) = a + b logit(p): the slope b, and a when b is one. Cox (1958),
   Biometrika 45, 562-565. NaN when they are not finite. */
void pp__calibration_line(const pp__binary *b, double *intercept, double *slope);

/* ---- vif.c ---- */

/* Adds table `vif`. */
pp_status pp__vif_add(const pp_fit *fit, pp_result *result, pp_error *err);

#endif
