/* Units in cohorts: of the same first treatment, first changed at the same time and the same way. */
#ifndef PP_EFFECTS_SWITCHERS_H
#define PP_EFFECTS_SWITCHERS_H

#include "effects/exposure.h"

typedef struct pp__cohort {
    double base;        /* the first treatment */
    int level;          /* its place among first treatments */
    int first;          /* the period of the first change; the number of periods: never */
    int sign;           /* 1: up, -1: down, 0: never */
    int64_t begin, end; /* units */
    int64_t stop;       /* the end of all units of this first treatment */
} pp__cohort;

/* Units in the order of first treatment, date (never: last) and direction of the change. Values of unit
   i in period t stand at t n + i. */
typedef struct pp__switchers {
    int64_t n;
    int periods, k, cohorts, levels;
    const double *time;
    double *y;              /* NaN: not there, or not to be used */
    double *d;              /* gaps filled */
    double **x;             /* k */
    const int32_t *cluster; /* NULL: units */
    int64_t clusters;
    const pp__cohort *cohort;
    const int32_t *unit; /* n: places in the exposure's names */
} pp__switchers;

typedef enum pp__unplaced {
    PP__PLACED,
    PP__SEEN_ONCE, /* the treatment is known in fewer than two periods */
    PP__UNDATED    /* the first change falls into a gap */
} pp__unplaced;

typedef struct pp__switchers_report {
    int64_t more,
        crossing; /* units that change again; that have had more and less than at first */
    pp__unplaced *why; /* of the exposure's units */
} pp__switchers_report;

/* Fills gaps of x->d. Everything is in `arena`. */
pp_status pp__switchers_find(pp__exposure *x, pp_arena *arena, pp__switchers *out,
                             pp__switchers_report *report, pp_error *err);

#endif
