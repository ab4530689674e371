/* The interval-censored discrete-time hazard: from dates to rows, and the likelihood over
 * them. */
#ifndef PP_MODEL_HAZARD_H
#define PP_MODEL_HAZARD_H

#include "model/estimator.h"

/* What is known of the rows of the data; in fit->workspace. */
typedef struct pp__hazard_rows {
    int32_t *unit; /* of each row of the data */
    uint8_t
        *in_window; /* 1: adoption may have been in this period; 0: not adopted in it */
    uint8_t
        *recorded; /* 1: the unit has an adoption on record, if only beyond its rows */
    const double *detection; /* the probability that adoption in the unit is recorded, the
                                same in its rows; NULL: 1. A unit without a record then
                                gives 1 - d (1 - S(end)) in the place of S(end). */
    const double *start; /* standardised coefficients to begin with; NULL: the constant */
} pp__hazard_rows;

/* Orders the rows by unit and time and chooses those with a part in the likelihood. A
   unit whose interval [lo, hi] is covered by complete rows gives S(lo-1) - S(hi), with lo
   missing 1 - S(hi), and with both missing S(end). A row that is missing makes coarser
   only what depends on it: periods before lo, each known to pass without adoption, simply
   go; an interval that is not covered leaves S(lo-1); an upper bound alone that is not
   covered from the unit's first row on leaves nothing. All of this is noted by reason and
   unit. */
pp_status pp__hazard_select(pp_fit *fit, const pp__sample *sample, int64_t **rows,
                            int64_t *n, pp_error *err);

#endif
