/* Peers and diffusion: does adoption go with earlier adoption among a unit's peers?
 *
 * The exposure of unit i in period t is the weighted share of its peers that had adopted by
 * t - 1: Σ_j w_ij a_j(t-1) with rows of W summing to one (Simmons & Elkins 2004, American
 * Political Science Review 98; Franzese & Hays 2007, Political Analysis 15). Exposures are
 * added to the model, each alone and all together. Moran's I of the residuals of the model
 * without them tells whether neighbours are alike beyond its covariates (Moran 1950; Cliff &
 * Ord 1981, Spatial Processes).
 *
 * That places near each other adopt together may be imitation, but also that they meet the
 * same causes, or the same seller (Manski 1993, Review of Economic Studies 60): nothing here
 * tells these apart.
 */
#ifndef PUSHPULL_PEERS_H
#define PUSHPULL_PEERS_H

#include <pushpull/model.h>
#include <pushpull/places.h>

/* Kinds, by which peers j of unit i are weighted before rows are made to sum to one:
 * - "borders": 1 where the countries share a land border (gazetteer);
 * - "region": 1 where `column`, a category, is the same;
 * - "distance": 1 / km between centroids (gazetteer) within `km`; with `nearest` 1 for so
 *   many nearest, ties included;
 * - "votes": 1 for the `nearest` in `column`, a number, in the same period (UN ideal points;
 *   ties included), or with `bandwidth` b the kernel exp(-((x_i - x_j) / b)² / 2);
 * - "matrix": of a table from, to, weight (none below zero) and perhaps year, in which the
 *   weights of period t - 1 hold in t. Units that are not in the data are passed over. */
typedef struct pp_peer_exposure {
    const char *kind;
    const char *name;   /* of the exposure: letters, digits, "_"; NULL: its kind */
    const char *column; /* region: NULL is "region"; votes: required */
    const pp_table *matrix;
    double km;        /* distance; 0: no limit */
    int nearest;      /* distance: 0 is by 1 / km; votes: 0 is 10 */
    double bandwidth; /* votes; 0: nearest */
} pp_peer_exposure;

typedef struct pp_peers_options {
    const pp_peer_exposure *exposures;
    int n_exposures;               /* 1 to 16 */
    const pp_gazetteer *gazetteer; /* for borders and distance */
    const char
        *country; /* column of the country's code (alpha-3); NULL: the unit's own */
    /* Columns of dates, as for the hazard, one interval a unit. NULL: those of the formula's
       Surv(lo, hi, …); of a plain outcome the first period in which it is 1. */
    const char *lo, *hi;
    /* Units that are not in the data and count as peers: columns unit, lo, hi, and region
       where a region is asked for; NULL: none. Those in the data are passed over. */
    const pp_table *others;
    const char *residual; /* "deviance" (NULL), "pearson" */
    int permutations;     /* of Moran's I; 0: 999 */
    uint64_t seed;
} pp_peers_options;

/* `model`: "hazard", or logit, probit or cloglog with an outcome of 0 and 1; `unit` and `time`
 * (whole numbers) are required. Dates that are intervals count in two ways, column `dates`:
 * "latest", adopted from hi on (what is certain), and "expected", from lo on by the share of
 * the interval that has passed (an upper bound: since the first period of the data). The
 * second is left out where all dates are exact. An exposure is 0 where a unit has no peers: such
 * isolates are counted and named. It is missing, and the row with it, where it is not known
 * where the unit stands (no region, no position in votes). `out` gets
 *
 * - `peers`: exposure, dates, model ("alone", "together"), estimate (average marginal effect
 *   of one standard deviation of the exposure on the probability of a period), std_error,
 *   conf_low, conf_high, conf_low_90, conf_high_90, p_value, sd, mean, correlation (with
 *   time), units, events, nobs, caution (why it is not to be taken at its word: the share of
 *   its own region in a model that has regions is biased downwards, as in dynamic panels
 *   (Nickell 1981, Econometrica 49); a correlation with time of 0.9 and more). Missing where
 *   the exposure does not vary.
 * - `moran`: weights (an exposure's name), residual, units, isolates, statistic, expectation,
 *   variance_normality, variance_randomisation, z, p_value (by randomisation), p_permutation,
 *   permutations. Of the mean residual of each unit over its periods at risk (of an interval:
 *   its expectation given the interval and the model); weights are means over periods.
 *   p values are one-sided: neighbours are alike. Residuals are not exchangeable, so that
 *   they are approximate.
 * - `isolates`: exposure, unit, periods (without any peer).
 * - the tables of the model without exposures, their names after "base_".
 *
 * Errors: as pp_model_fit; PP_E_ARGUMENT for options; PP_E_NOT_FOUND for columns, a code that
 * the gazetteer has not; PP_E_INPUT for dates that differ within a unit, weights below zero
 * or of a pair and year given twice; PP_E_ESTIMATION when nobody has a peer, or
 * with more parameters than events (fewer than ten a parameter: warning `few_events`; no term of time alone: `no_time`). Cost:
 * 3 + 2 exposures fits; O(periods × units²) for weights. */
PP_API pp_status pp_peers(const char *formula, const pp_table *data,
                          const pp_model_options *model, const pp_peers_options *options,
                          const pp_context *ctx, pp_result **out, pp_error *err);

#endif
