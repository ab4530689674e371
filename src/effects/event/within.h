/* Least squares with unit effects on units over periods: dummies of periods and of cells, and the panel's
 * covariates. Every event study by regression is one of these.
 *
 * Rows are told by the cohort of the unit and the period. A stack is a choice of rows with unit effects of
 * its own; in several stacks a unit has several, and its scores are summed. Unit effects are eliminated
 * exactly; what remains is a system of the order of the dummies and covariates, of which units of a
 * cohort that are seen in all periods say the same, so that it is made cohort by cohort. */
#ifndef PP_EFFECTS_WITHIN_H
#define PP_EFFECTS_WITHIN_H

#include "effects/staggered.h"

/* Tables are of (cohorts + 1) × periods, the never treated last: cohort c in period t at c periods + t. */
typedef struct pp__stack {
    const int *level, *cell; /* columns of the row's two dummies; -1: none */
    const uint8_t *used;     /* 1: the rows count */
    const double *weight;    /* of cohorts, times those of their rows; NULL: 1 */
    int whole;               /* 1: of units that have all their used rows only */
} pp__stack;

typedef struct pp__within {
    const pp__staggered *s;
    const pp__stack *stack;
    int stacks, dummies;
    int k; /* dummies, then the covariates of the panel without its constant */
    const pp_context *ctx;
    /* What pp__within_fit leaves. */
    double *theta;         /* k; zero where dropped */
    double *inverse;       /* k × k */
    uint8_t *dropped;      /* k: explained by columns before them */
    int parameters;        /* k less those */
    int64_t clusters;      /* of those units */
    int64_t rows, units;   /* in units of at least two rows of a stack */
    int gaps;              /* 1: some row is absent */
    const int *list, *own; /* by stack and cohort: used periods, and how many */
} pp__within;

/* A design of one stack with all rows, whose period t has the column t - 1, and no cells: `cell` and `used`
   are the caller's to fill. Cells' columns follow those of the periods; `cells` of them. */
typedef struct pp__plain {
    int *cell;
    uint8_t *used;
} pp__plain;
pp_status pp__within_plain(pp__within *w, const pp__staggered *s, const pp_context *ctx,
                           pp_arena *arena, pp__plain *out, pp_error *err);
void pp__within_add_cells(pp__within *w, int cells);

/* The caller sets what comes before theta. Cost: rows × (periods + covariates) where rows are absent or
   covariates there, rows else; and k³. */
pp_status pp__within_fit(pp__within *w, pp_arena *arena, pp_error *err);

/* Of `m` combinations of the coefficients (columns of k) the influence of units, m columns of n, for
   means over n. Cost: rows × m. */
pp_status pp__within_influence(const pp__within *w, const double *combination, int m,
                               pp_arena *arena, double *influence, pp_error *err);

/* The unit's effect in a stack, from its used rows, and how many there are (0: none, and no effect). */
double pp__within_own(const pp__within *w, int stack, int cohort, int64_t unit,
                      int *rows);
/* What dummies and covariates make of a row. */
double pp__within_fitted(const pp__within *w, int stack, int cohort, int period,
                         int64_t unit);

/* 1: the unit is seen in the period. */
static inline int pp__within_seen(const pp__staggered *s, int period, int64_t unit) {
    double y = s->y[period * s->n + unit];
    return y == y;
}

static inline double pp__within_weight(const pp__staggered *s, int period, int64_t unit) {
    return s->weight ? s->weight[period * s->n + unit] : 1;
}

/* src/effects/event/grid.c: the panel as all of this takes it: not by rows, an outcome of NaN where a unit
   is not seen (or has no weight), and without the covariates that no unit has in two values, for unit
   effects hold them; `*constant` tells how many. Shares arrays of `s`. */
pp_status pp__staggered_within(const pp__staggered *s, pp_arena *arena,
                               pp__staggered *out, int *constant, pp_error *err);

/* fixest's factor of variances by clusters within which unit effects lie: `beside` counts parameters that
   the columns do not. */
double pp__within_factor(const pp__within *w, int beside);

#endif
