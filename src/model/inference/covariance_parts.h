/* What the covariances share: each is one function that fills fit->V from the bread and
   its own meat. */
#ifndef PP_MODEL_COVARIANCE_PARTS_H
#define PP_MODEL_COVARIANCE_PARTS_H

#include "model/estimator.h"
#include "model/inference/covariance_codes.h"

typedef struct pp__covariance_work {
    pp_fit *fit;
    const pp_table *data;
    const pp_context *ctx;
    pp_arena arena;         /* until the covariance is there */
    double *meat, *scratch; /* k × k; meat: zeros */
    pp_error *err;
} pp__covariance_work;

pp_status pp__covariance_robust(pp__covariance_work *w);    /* HC0..HC3 */
pp_status pp__covariance_clustered(pp__covariance_work *w); /* CR0, CR1, any ways */
pp_status pp__covariance_corrected(pp__covariance_work *w); /* CR2, CR3 */
pp_status pp__covariance_in_time(pp__covariance_work *w);   /* Driscoll–Kraay */
pp_status pp__covariance_in_space(pp__covariance_work *w);  /* Conley */

/* What fixed effects add to the leverage of each row (n); NULL: there are none. Beside the
   largest effect the others may have 2,000 levels, else PP_E_UNSUPPORTED. Cost: for each
   level of the largest the square of the others' levels that meet it, and the cube of
   theirs once. */
pp_status pp__effects_leverage(pp__covariance_work *w, double **out);

/* V = bread × meat × bread, of the meat's lower triangle. */
void pp__covariance_close(pp__covariance_work *w);
/* Warns of clusters (periods) that are no more than the coefficients. */
pp_status pp__covariance_warn_few(pp__covariance_work *w, int64_t clusters,
                                  const char *what);

/* ---- small samples: covariance_ssc.c ---- */

/* Observations less all parameters, exactly. */
double pp__exact_df(const pp_fit *fit);

/* Observations less what the convention counts as parameters, at least one. "fixest": of
   m effects the levels less m − 1, and those nested in one of the `n` groupings (each
   level within one group) not at all, but together for a constant; "sandwich", "none":
   the exact rank. */
pp_status pp__counted_df(pp__covariance_work *w, const pp__clustering *groups, int n,
                         double *df);

/* 1 in `nested`: all rows of each level of the effect are in one group of one grouping. */
pp_status pp__effect_nested(pp__covariance_work *w, const pp__grouping *effect,
                            const pp__clustering *groups, int n, int *nested);

/* G/(G−1)·(N−1)/df by the convention, of a component of `own` groups, when the smallest
   has `smallest`. */
double pp__cluster_factor(const pp_fit *fit, int64_t own, int64_t smallest, double df);
/* Of sums that are smoothed over `periods` or, 0, over places: "fixest" (N−1)/df, times
   T/(T−1) for periods; "sandwich" (its vcovPL) N/df; "none" 1. */
double pp__smooth_factor(const pp_fit *fit, int64_t periods, double df);

#endif
