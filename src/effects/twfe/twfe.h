/* What a two-way coefficient is made of: between its parts. */
#ifndef PP_EFFECTS_TWFE_H
#define PP_EFFECTS_TWFE_H

#include "effects/exposure.h"

/* Unit-periods with outcome and treatment. */
typedef struct pp__twfe_cells {
    int64_t n;
    const int32_t *unit, *time;
    const double *y, *d;
    const double *residual; /* of d on unit and period effects */
} pp__twfe_cells;

/* ---- the weights of effects: src/effects/twfe/weights.c ---- */

typedef struct pp__twfe_weights {
    double *weight; /* of cells; 0 without treatment; they sum to 1 */
    int64_t treated, negative;
    double negative_sum;
    double spread_zero, spread_sign; /* NaN: none */
} pp__twfe_weights;

/* `coefficient` is for the spreads. */
pp_status pp__twfe_weigh(const pp__twfe_cells *cells, double coefficient, pp_arena *arena,
                         pp__twfe_weights *out, pp_error *err);

/* ---- comparisons of two groups: src/effects/twfe/bacon.c ---- */

typedef enum pp__bacon_type {
    PP__TREATED_VS_NEVER,
    PP__EARLIER_VS_LATER,
    PP__LATER_VS_EARLIER,
    PP__TREATED_VS_ALWAYS,
    PP__BACON_TYPES
} pp__bacon_type;

typedef struct pp__bacon {
    pp__bacon_type type;
    int treated, control; /* places among groups */
    double weight, estimate;
} pp__bacon;

/* Groups by the first period of treatment: 0 always, the number of periods never. */
typedef struct pp__bacon_groups {
    int n;
    int *first;         /* ascending */
    int64_t *units;     /* of each */
    int comparisons;    /* 0: there is none, and `why` says why not */
    int64_t left_out;   /* units not seen in every period */
    double coefficient; /* of the others: the comparisons' mean by weight */
    pp__bacon *of;
    const char *why;
} pp__bacon_groups;

pp_status pp__bacon_decompose(const pp__exposure *x, pp_arena *arena,
                              pp__bacon_groups *out, pp_error *err);

#endif
