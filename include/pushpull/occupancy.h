/* Occupancy: adoption and its detection together.
 *
 * A unit that nobody reports may have adopted. Where units were searched several times, the
 * pattern of who found what tells how easily adoption is missed, and with that how many
 * adopters no search found. The state (adopted or not) and the detection have formulas of
 * their own.
 *
 * Forms, with psi the probability of adoption, p that a visit detects an adopter, y the
 * visits of a unit and z its state:
 * - "single": psi Π p^y (1 - p)^(1 - y) + (1 - psi) [no detection] (MacKenzie et al. 2002,
 *   Ecology 83, eq. 2).
 * - "dynamic": several seasons; between two of them non-adopters adopt with probability
 *   gamma (part colonisation) and adopters give up with epsilon (part extinction), a hidden
 *   Markov chain (MacKenzie et al. 2003, Ecology 84, eq. 4). With `absorbing` adoption is
 *   for ever: epsilon = 0.
 * - "false-positive": a visit may also report a non-adopter, with probability p10 (part
 *   false_positive; Royle & Link 2006, Ecology 87, eq. 3). The visits `certain` have no such
 *   errors, and a 2 is a detection that is certain, which a detection is with probability b
 *   (part certainty; Miller et al. 2011, Ecology 92, eq. 1 and 5). Without either, the two
 *   labels of the state are told apart only by p > p10, which is then assumed and said.
 * - "royle-nichols": units have N ~ Poisson(lambda) things to be found (part abundance, log
 *   link), each of which a visit finds with probability r: p = 1 - (1 - r)^N; psi =
 *   1 - exp(-lambda) (Royle & Nichols 2003, Ecology 84, eq. 5). The sum goes to `upper`.
 * All other parts have logit links.
 *
 * Closure is assumed: within a season a unit's state does not change between visits. Visits
 * are independent given the state and the regressors of detection; what makes some adopters
 * harder to find and is not in the formula makes the number of unseen ones too small.
 *
 * Missing: a visit without a value was not made. A unit without visits adds nothing to the
 * likelihood but has predictions. Units and visits that lack a regressor are left out and
 * counted in `dropped`.
 */
#ifndef PUSHPULL_OCCUPANCY_H
#define PUSHPULL_OCCUPANCY_H

#include <pushpull/context.h>
#include <pushpull/result.h>

/* A variable that has a column for each visit (or for each season). */
typedef struct pp_wide_variable {
    const char *name;
    const char *columns; /* with commas, in the order of the visits; or "w*" */
} pp_wide_variable;

typedef struct pp_occupancy_options {
    const char *form; /* "single" (NULL), "dynamic", "false-positive", "royle-nichols" */
    /* One row a unit: the columns of visits, with commas ("v1,v2,v3"), or all whose names
       are a word and a number ("v*"), by that number; season by season. */
    const char *visits;
    int seasons; /* dynamic: into how many the visits fall, equally; else 0 */
    /* Or one row a visit: the column of what it found, and for dynamic that of the season
       (numbers, in their order). `unit` is then needed. */
    const char *detected, *season;
    const char *unit; /* column that names the units; NULL: rows are numbered */
    const pp_wide_variable *visit_variables;
    int n_visit_variables;
    const pp_wide_variable *season_variables; /* for colonisation and extinction */
    int n_season_variables;
    /* Right-hand sides as in model.h, "x + factor(region)"; NULL: "1". Of `detect`,
       `false_positive` and `certainty` also the variables of visits, `visit` (its column, a
       category; one row a unit) and `season`; of `colonisation` and `extinction` the variables
       of seasons and `season`: the one from which a change begins. No fixed effects,
       offsets, strata or random intercepts. */
    const char *state, *detect, *colonisation, *extinction, *false_positive, *certainty;
    int absorbing;       /* 1: no extinction */
    const char *certain; /* visits without false positives: columns, with commas */
    int upper; /* royle-nichols: largest N; 0: as many as leave less than 1e-10 of any
                  unit's distribution out, up to 500 */
    const char *vcov; /* "iid" (NULL): the inverse of the observed information; "robust":
                         White's sandwich over units; "cluster:g": over a column of units,
                         with G/(G-1) */
    double level;     /* of intervals; 0: 0.95 */
    double tolerance; /* of the Newton decrement; 0: 1e-10 */
    int starts;       /* from which the likelihood is climbed; 0: 8 */
    int64_t draws;    /* for the interval of the total; 0: 1000 */
    int64_t
        bootstrap; /* replicates of the test of fit (one season, visits 0/1); 0: none */
    uint64_t seed;
} pp_occupancy_options;

/* `out` gets the tables
 * - `coefficients`: part ("state", or "abundance"; "colonisation", "extinction",
 *   "detection", "false_positive", "certainty"), term, estimate, std_error, statistic,
 *   p_value, conf_low, conf_high.
 * - `model`, one row: form, units (in the likelihood), unvisited, incomplete (visited,
 *   but a variable is missing), visits, seasons, detected_units,
 *   detections, naive (the share of visited units with a detection), parameters, loglik,
 *   aic, bic (by units), detection (p at the mean of the linear predictor of the visits; of
 *   Royle-Nichols r), upper, truncation (the largest share of a unit's distribution beyond
 *   it), starts, best_starts (how many ended at the highest peak), score_norm, iterations,
 *   covariance, level.
 * - `occupancy_units`, one row a unit: unit, visits, detections, estimate (psi, without
 *   regard to what was found; of dynamic in the last season), conf_low, conf_high,
 *   conditional (probability of adoption given all visits), conditional_low,
 *   conditional_high, left_out (why there are no numbers: the variable that is missing, or
 *   "not comparable": a level that no visited unit has).
 * - `occupancy_look`: where to look next: units without detection by falling conditional
 *   probability: rank, unit, estimate (conditional), conf_low, conf_high, psi, visits.
 * - `occupancy_total`: of ("visited", "never visited", "all"), units, detected, estimate (the
 *   expected number of adopters among these very units), std_error, conf_low, conf_high (by
 *   simulation of parameters and states), share, season (dynamic: one set a season, given
 *   the visits of all).
 * - `occupancy_effort` (not of royle-nichols): visits, estimate: the probability that so many
 *   visits detect an adopter, conf_low, conf_high; at the mean of the linear predictor.
 * - `occupancy_fit`, with bootstrap: statistic (Pearson's over histories, by which visits
 *   were made; MacKenzie & Bailey 2004, JABES 9), draws, failed_draws, mean, c_hat, p_value.
 * - `dropped`: reason, subject, of, count.
 *
 * Errors: PP_E_ARGUMENT (options, formulas), PP_E_NOT_FOUND (a column), PP_E_INPUT (a visit
 * that is none of 0 and 1; certain 2), PP_E_ESTIMATION: no detection at all, or every visit
 * detects; no unit with two visits in a season; fewer than two detected units for each
 * parameter of the state; a boundary, with its part and term. Warnings: multimodal,
 * few_detections, single_visits, labels_assumed, truncated, extreme_predictions, poor_fit,
 * not_converged.
 * Cost: O(visits k²) an iteration and start (royle-nichols: times upper). Threads:
 * ctx->threads, the same bits at any number. */
PP_API pp_status pp_occupancy(const pp_table *data, const pp_occupancy_options *options,
                              const pp_context *ctx, pp_result **out, pp_error *err);

#endif
