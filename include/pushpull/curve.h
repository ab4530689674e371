/* The specification curve: one question asked in every defensible way.
 *
 * A specification is one choice in each of several dimensions: the data (an adoption rule),
 * the outcome (a rule of dates), the sample, the model, the focal variable, its lag, the
 * controls and the covariance. All combinations are estimated, and their effects stand on a
 * common scale: the average marginal effect of one standard deviation of the focal
 * variable. Simonsohn, Simmons & Nelson (2020), Nature Human Behaviour 4, 1208-1214.
 */
#ifndef PUSHPULL_CURVE_H
#define PUSHPULL_CURVE_H

#include <pushpull/model.h>

typedef struct pp_curve_choice {
    const char *name;  /* as it is shown; NULL: the value */
    const char *value; /* what the list says: an expression, an SQL condition, terms */
} pp_curve_choice;

typedef struct pp_curve_data {
    const char *name; /* as it is shown: an adoption rule; NULL: "data" */
    const pp_table *table;
} pp_curve_data;

typedef struct pp_curve_options {
    /* Lists with commas outside of parentheses; NULL: one choice. */
    const char *focus;    /* more focal columns (numbers) beside the formula's; a minus in
                             front turns one round: "un_distance, -votes_alike" */
    const char *controls; /* terms, of which every subset is a choice */
    const char *keep;     /* terms that are in every model, beside the formula's */
    const char *models; /* names in the registry, "lpm" for "ols", "hazard:cloglog" for a
                             link; NULL: "ols" */
    const char *lags;   /* of the focal variable, whole periods: "0,1,2"; NULL: 0 */
    const char *vcovs;  /* covariances as in pp_model_options; NULL: "iid" */
    const pp_curve_choice *outcomes; /* expressions in place of the formula's outcome */
    int n_outcomes;                  /* 0: the formula's */
    const pp_curve_choice
        *samples; /* SQL conditions, beside "all", all rows; a sample that
                                        is named "all" stands in its place */
    int n_samples;
    const pp_curve_choice *sets; /* named sets of controls (terms with commas; may be
                                    empty): each a choice, crossed with `controls` */
    int n_sets;
    const char *unit, *time; /* lags, draws, and models that need them */
    const char *ssc;         /* as in pp_model_options */
    double level;      /* of intervals, and of what counts as significant; 0: 0.95 */
    const char *scale; /* "effect" (NULL): the average marginal effect of one standard
                           deviation, or of 0 to 1; "coefficient" */
    int common_sample; /* 1: only rows that are complete for every specification of the
                           same data and sample */
    int64_t most;      /* specifications; above it a random sample; 0: 1,000,000 */
    int64_t draws;     /* of the joint test; 0: no test */
    int64_t test_most; /* specifications that the test refits; 0: all */
    uint64_t seed;
    const char *sort; /* "estimate" (NULL) or "number" */
    const char
        *resume; /* a checkpoint that is read when it is there, and written; NULL */
} pp_curve_options;

/* `formula`: "y ~ x + z": outcome, the first focal variable, and terms that are in every
 * model; `| effects` may follow. `data`: n_data tables of the same columns, one a rule.
 *
 * Each specification is the fit that pp_model_fit gives of its own formula, on its own
 * complete rows, with the same rows left out for separation and the same errors. Linear
 * models, logit, probit, cloglog and poisson with iid, hc0, hc1 and one-way clustered
 * errors take a short way that agrees with it to 1e-8 (estimates) and 1e-6 (errors)
 * relative to the error; whatever the short way cannot prove is fitted in full. What fails
 * is kept, with its reason.
 *
 * `out` gets the tables
 * - `curve`, a row a specification: specification (its number), rank (by estimate), rule,
 *   outcome, sample, model, focus, lag, controls, covariance, a flag `with TERM` for each
 *   optional control, formula, estimate, std_error, conf_low, conf_high, p_value, nobs,
 *   events (0/1 outcomes), status ("converged", or why there is no estimate).
 * - `curve_summary`, a row: specifications, of (all combinations), failed, median,
 *   least, greatest, share_positive, share_negative, share_significant_positive,
 *   share_significant_negative, scale, level.
 * - `curve_choices`: dimension, choice, specifications, failed, median, share_positive,
 *   share_significant_positive, share_significant_negative.
 * - `curve_dimensions`, of those with a choice: dimension, choices, eta_squared (alone),
 *   shapley (its part of the variance of the estimates that the choices together explain
 *   additively; parts sum to that share).
 * - `curve_failures`, when there are any: reason, specifications, example (a number).
 * - `curve_test`, with draws: statistic ("median", "share significant", "Stouffer Z"),
 *   observed, null_median (of the draws), p_value, draws, failed_draws, specifications.
 *
 * The joint test. Under the null hypothesis that no focal variable matters in any
 * specification, whole histories of the focal variables are exchanged between units (all
 * of a unit's focal variables together; by `time`, the donor's nearest period where it has
 * not the same; by place in order without `time`), and all specifications, or `test_most`
 * of them, are estimated again. P values are (1 + draws as extreme as observed) / (1 +
 * draws): |median|; share significant in the dominant direction, each draw having its own;
 * |sum of z / root of number|. Valid if units are exchangeable under the null.
 *
 * Errors: PP_E_ARGUMENT (a list, a choice named twice), PP_E_NOT_FOUND (a column),
 * PP_E_ESTIMATION (no specification has an estimate), PP_E_CONFLICT (the checkpoint is of
 * other data or another curve), PP_E_CORRUPT (the checkpoint is damaged), PP_E_CANCELLED
 * (the checkpoint has what was done). Cost: about 0.3 ms for a logit of 3,600 rows and
 * eight terms, over threads; the same bits at any number of them. */
PP_API pp_status pp_curve(const char *formula, const pp_curve_data *data, int n_data,
                          const pp_curve_options *options, const pp_context *ctx,
                          pp_result **out, pp_error *err);

#endif
