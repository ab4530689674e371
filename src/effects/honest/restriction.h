/* Restrictions on differences in trends, as unions of sets {delta : A delta <= d}. */
#ifndef PP_EFFECTS_RESTRICTION_H
#define PP_EFFECTS_RESTRICTION_H

#include "effects/honest/event_study.h"

typedef enum pp__departure {
    PP__RELATIVE,       /* changes against the largest change before */
    PP__SMOOTH,         /* changes of slope against M */
    PP__RELATIVE_SLOPE, /* changes of slope against the largest before */
    PP__DEPARTURES
} pp__departure;

typedef struct pp__restriction {
    pp__departure departure;
    int bias;     /* the sign of delta after treatment; 0: either */
    int monotone; /* 1: delta never falls, -1: never rises; 0: neither */
} pp__restriction;

/* rows × n, row by row; those that involve a period after treatment come first. */
typedef struct pp__inequalities {
    int rows, rows_after;
    double *A, *d;
} pp__inequalities;

/* How many sets the union has; 0: too few periods before treatment. */
int pp__restriction_parts(const pp__restriction *r, const pp__event_study *s);

/* Part `part` of it at M = m. */
pp_status pp__restriction_make(const pp__restriction *r, const pp__event_study *s,
                               int part, double m, pp_arena *arena, pp__inequalities *out,
                               pp_error *err);

/* The largest change (order 1) or change of slope (order 2) among the estimates before treatment and
   the reference; NaN: there is none. */
double pp__largest_before(const pp__event_study *s, int order);

/* What is left open of the parameter in one part when the estimates are certain; `*n` 0: nothing
   fits them. */
pp_status pp__identified(const pp__event_study *s, const pp__inequalities *set,
                         pp_arena *arena, double *low, double *high, int *feasible,
                         pp_error *err);

#endif
