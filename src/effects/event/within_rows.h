/* The rows of a unit in a stack, for the parts of src/effects/event/within.c. */
#ifndef PP_EFFECTS_WITHIN_ROWS_H
#define PP_EFFECTS_WITHIN_ROWS_H

#include "effects/event/within.h"

static inline int pp__within_covariates(const pp__within *w) {
    return w->k - w->dummies;
}

static inline double pp__within_covariate(const pp__within *w, int j, int period,
                                          int64_t unit) {
    return w->s->x[j + 1][period * w->s->n + unit];
}

static inline double pp__within_outcome(const pp__within *w, int period, int64_t unit) {
    return w->s->y[period * w->s->n + unit];
}

static inline double pp__within_row_weight(const pp__within *w, int stack, int cohort,
                                           int period, int64_t unit) {
    const pp__stack *k = &w->stack[stack];
    return (k->weight ? k->weight[cohort] : 1) * pp__within_weight(w->s, period, unit);
}

static inline int pp__within_cohort(const pp__staggered *s, int64_t unit, int from) {
    while (unit >= s->begin[from + 1]) {
        from++;
    }
    return from;
}

/* `xbar` are means of the covariates. */
typedef struct pp__unit_rows {
    int n, complete;
    int *period;
    double *weight, weights; /* of rows; their sum */
    double *x, *xbar;
} pp__unit_rows;

/* Doubles of work space that one needs. */
int64_t pp__within_space(const pp__within *w);
pp__unit_rows pp__within_place(const pp__within *w, double *space);
/* 0: none. */
int pp__within_find(const pp__within *w, int stack, int cohort, int64_t unit,
                    pp__unit_rows *r);
/* What is left of the rows' outcomes, less its mean; to `left`. */
void pp__within_residuals(const pp__within *w, int stack, int cohort, int64_t unit,
                          const pp__unit_rows *r, double *left);

#endif
