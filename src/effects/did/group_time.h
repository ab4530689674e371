/* All group-time effects, and means over them. */
#ifndef PP_EFFECTS_GROUP_TIME_H
#define PP_EFFECTS_GROUP_TIME_H

#include "effects/did/comparison.h"
#include "effects/staggered.h"

typedef struct pp__group_time {
    int cohort, time, base; /* places in the panel's cohorts and periods */
    int reference;          /* 1: the base itself, zero by definition */
    int64_t treated, controls;
    double weight; /* in means where shares are taken as known; 0: as `treated` */
    pp__comparable outcome;
    double effect;   /* NaN: none */
    int has_overlap; /* 1 only in the cohort's first treated cell, with covariates */
    pp__overlap overlap;
} pp__group_time;

/* An estimate: a weighted mean of effects. */
typedef struct pp__mean_effect {
    double at; /* the horizon, cohort or period; NaN: overall */
    int cohorts;
    int64_t treated;
    double effect, std_error, band;
    int reference; /* 1: the base itself, zero by definition */
} pp__mean_effect;

typedef struct pp__influences {
    const pp__staggered *s;
    int cells;
    pp__group_time *cell;
    double *of_cell; /* cells columns of n: of units on the effects, for means over n */
} pp__influences;

/* src/effects/did/imputation.c: by imputation, of treated cells only; `*alone` counts those in whose period
   all units are treated. Cost: cells × units × periods. */
pp_status pp__imputed_all(const pp__staggered *s, const pp_did_options *options,
                          const pp_context *ctx, pp_arena *arena, pp__influences *out,
                          int64_t *alone, pp_error *err);

/* Control units lie in [begin, begin + n + own), where `own` units of the cohort are not among them. */
typedef struct pp__controls {
    int64_t begin, n, own;
} pp__controls;
pp__controls pp__find_controls(const pp__staggered *s, const pp_did_options *o,
                               const pp__group_time *cell);

/* The overlap is told of the cohort's first treated cell. */
static inline int pp__wants_overlap(const pp__staggered *s, const pp__group_time *cell) {
    double first = s->first[cell->cohort];
    return s->k > 1 && s->time[cell->time] >= first &&
           (cell->time == 0 || s->time[cell->time - 1] < first);
}
static inline void pp__take_compared(const pp__compared *c, pp__group_time *cell) {
    cell->effect = c->effect;
    cell->outcome = c->outcome;
    cell->has_overlap = c->wants_overlap && c->has_overlap;
    cell->overlap = c->overlap;
}

/* src/effects/did/group_time_rows.c: one cell by rows, with its influences (zeros come in); counts the rows of
   the cell's period. */
pp_status pp__compare_cell_rows(const pp__staggered *s, const pp__controls *from,
                                pp__did_method method, pp__group_time *cell,
                                double *influence, pp_arena *arena, pp_error *err);

/* Every cohort and period that the base and the controls allow. A cell that has no controls is not
   among them and is counted in `*alone`. */
pp_status pp__group_time_all(const pp__staggered *s, const pp_did_options *options,
                             const pp_context *ctx, pp_arena *arena, pp__influences *out,
                             int64_t *alone, pp_error *err);

typedef enum pp__over {
    PP__OVER_ALL,
    PP__OVER_HORIZONS,
    PP__OVER_COHORTS,
    PP__OVER_PERIODS
} pp__over;

/* The means of one aggregation, and the overall one behind them, with `influence` (n_means + 1 columns
   of n). Weights are cohort sizes, which are estimates too (Callaway & Sant'Anna 2021, sec. 3, Corollary
   2; as did's aggte) unless the shares are taken as known. */
typedef struct pp__aggregation {
    int n;
    pp__mean_effect *mean; /* n, then the overall */
    double *influence;
} pp__aggregation;
pp_status pp__aggregate(const pp__influences *in, pp__over over,
                        const pp_did_options *options, int shares_known, pp_arena *arena,
                        pp__aggregation *out, pp_error *err);

/* src/effects/did/influence.c: `columns` influences summed within clusters; the same array where units are
   clusters. */
pp_status pp__influence_sums(const pp__staggered *s, const double *influence, int columns,
                             pp_arena *arena, const double **out, pp_error *err);
/* Their analytic standard errors. */
pp_status pp__influence_errors(const pp__staggered *s, const double *influence,
                               int columns, pp_arena *arena, double *std_error,
                               pp_error *err);
/* Their covariance, columns × columns. */
pp_status pp__influence_covariance(const pp__staggered *s, const double *influence,
                                   int columns, pp_arena *arena, double *V,
                                   pp_error *err);

/* Wald's statistic of all effects being zero; NaN where there are none, or the covariance is singular. */
pp_status pp__influence_wald(const pp__staggered *s, const double *effect,
                             const double *influence, int columns, pp_arena *arena,
                             double *statistic, pp_error *err);

/* src/effects/did/multiplier.c: errors by the bootstrap, and the factor of the simultaneous band of all
   `columns`. Columns without variation have no error. Cost: units × columns × draws. */
pp_status pp__multiplier(const pp__staggered *s, const double *influence, int columns,
                         int64_t draws, uint64_t seed, double level,
                         const pp_context *ctx, double from, double to, pp_arena *arena,
                         double *std_error, double *factor, pp_error *err);

#endif
