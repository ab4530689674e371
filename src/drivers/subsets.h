/* What the models of all subsets of factors explain. */
#ifndef PP_DRIVERS_SUBSETS_H
#define PP_DRIVERS_SUBSETS_H

#include "model/fit.h"

typedef enum pp__measure {
    PP__MCFADDEN,
    PP__NAGELKERKE,
    PP__TJUR,
    PP__BRIER,
    PP__R2
} pp__measure;

typedef struct pp__subsets {
    const pp_fit *fit; /* of all factors */
    pp__measure measure;
    int factors;
    int *of_column; /* of each column of the design: its factor, or -1: in every model */
} pp__subsets;

/* v of the subset `set` of factors (bit j: factor j). `start`: k estimates on the design's
   standardised columns to begin from, which are replaced by those found. Several threads
   may call it at once, each with an arena of its own. */
pp_status pp__subset_value(const pp__subsets *s, uint64_t set, double *start,
                           pp_arena *arena, double *value, pp_error *err);

/* Where the first subset begins: the model of a constant. */
void pp__subset_begin(const pp__subsets *s, double *start);

/* All 2^factors values, over threads, with progress from `from` to `to`. */
pp_status pp__subset_values(const pp__subsets *s, const pp_context *ctx, double from,
                            double to, double *value, pp_error *err);

/* 1 for a generalised linear model without fixed effects, whose subsets are fitted here. */
int pp__subsets_plain(const pp_fit *fit);

/* 1 when the measure can be had of the fit's model. */
int pp__measure_fits(const pp_fit *fit, pp__measure measure);

#endif
