/* Effects of a panel that is read already: which estimator, and effects by horizon without tables. */
#ifndef PP_EFFECTS_ESTIMATE_H
#define PP_EFFECTS_ESTIMATE_H

#include "effects/did/group_time.h"

/* Group-time effects by the estimator that the options name. */
typedef struct pp__did_cells {
    pp__influences effects;
    int64_t alone;       /* cells without controls */
    int shares_known;    /* 1: the shares of cohorts are taken as known */
    double small_sample; /* factor of variances */
    pp__aggregation
        own; /* by horizon, of a regression of the estimator's own; n = 0: none */
    const char *
        *trimmed;    /* stacked: of cohorts, why they have no window; NULL: they have */
    int64_t partial; /* stacked: units in windows that they are not seen in all of */
    int constant;    /* covariates left out: they do not vary within units */
} pp__did_cells;

pp_status pp__did_cells_estimate(const pp__staggered *s, const pp_did_options *options,
                                 const pp_context *ctx, pp_arena *arena,
                                 pp__did_cells *out, pp_error *err);

/* One aggregation of them; by horizon with what the estimator has of its own. */
pp_status pp__did_aggregate(const pp__did_cells *cells, pp__over over,
                            const pp_did_options *options, pp_arena *arena,
                            pp__aggregation *out, pp_error *err);

/* Refuses options that pp_did refuses: the estimator's name, choices that it does not have, ranges. */
pp_status pp__did_check_options(const pp_did_options *options, pp_error *err);

typedef struct pp__horizons {
    int n;
    const double *horizon, *effect; /* n; an effect of NaN: none */
    const double *std_error;        /* n, analytic; NaN for the reference */
    const double *covariance;       /* n × n; zeros for the reference */
    double simple, simple_error;    /* over treated units and periods */
    double dynamic, dynamic_error;  /* over horizons from 0 on */
} pp__horizons;

/* Effects by horizon, what they are together, and their analytic errors; nothing else, for those who
   estimate thousands of times (give each time an arena that is released after). Options are not checked;
   the columns they name, draws and level play no part. Cost: cells × units. */
pp_status pp__staggered_estimate(const pp__staggered *s, const pp_did_options *options,
                                 const pp_context *ctx, pp_arena *arena,
                                 pp__horizons *out, pp_error *err);

#endif
