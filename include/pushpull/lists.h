/* Several lists: how many units are on none of them (capture-recapture).
 *
 * Sources are lists that overlap. How often the same unit is on two of them tells how many there
 * are that nobody lists, if the population is closed and units are matched without error; what is
 * assumed on top of that is what the models differ in. None of them can be tested on the cell
 * that is missing: read them side by side, and with `lists_dependence`.
 */
#ifndef PUSHPULL_LISTS_H
#define PUSHPULL_LISTS_H

#include <pushpull/context.h>
#include <pushpull/result.h>

typedef struct pp_lists_options {
    const char *const
        *lists; /* 2 to 10 columns of 0 and 1, one a list; in the order of time
                                 for Mb and Mbh, else in any */
    int n_lists;
    const char *freq;      /* column: how many units a row stands for; NULL: one */
    const char *const *by; /* columns; the units of each value of each are estimated by
                              themselves, too */
    int n_by;
    double level;       /* of intervals; 0: 0.95 */
    int64_t population; /* how many units there can be at all: estimates and intervals end
                           there; 0: not known */
    int64_t
        missing; /* the most units on no list that the Bayesian average thinks of; 0: 2000
                        or three times those listed, whichever is more */
    int order; /* the highest order of interactions; 0: all but the highest for up to five
                  lists, pairs for six */
} pp_lists_options;

/* Models. With f_k the units on k of t lists, n their sum:
 * - M0, Mt, Mh, Mth, Mb, Mbh as log-linear Poisson models of the histories, parametrised as in
 *   Rcapture's closedp.t (Baillargeon & Rivest 2007, J. Stat. Software 19(5); Rivest & Baillargeon
 *   2007, Biometrics 63): chances that are equal, differ by list (t), by unit (h: Chao's lower
 *   bound, Poisson with 2, Darroch, Gamma with 3.5), change once a unit was listed (b). Negative
 *   eta of the lower bounds are set to zero. With two lists: M0, Mt, Mb.
 * - all hierarchical log-linear models that have each list's own effect (Fienberg 1972,
 *   Biometrika 59), named by their generators: [12,3] has lists 1 and 2 depend on each other;
 * - Chao's lower bound n + f1^2 / (2 f2) (1987, Biometrics 43), (f1 (f1 - 1) / 2 where f2 is 0);
 * - sample coverage, C = 1 - mean over lists of the share that is on no other list (Chao, Tsay,
 *   Lin, Shau & Chao 2001, Statistics in Medicine 20): D / C for independent lists, corrected for
 *   the covariation of pairs solved for N, and with one step of it where coverage is low; for
 *   more than three lists the same expansion to the first order. And Lee & Chao (1994, Biometrics
 *   50): n / C + f1 / C times the squared variation of chances, C = 1 - f1 / sum k f_k;
 * - the average over all decomposable graphs but the complete one (Madigan & York 1997,
 *   Biometrika 84): hyper-Dirichlet prior with 2^-t in each cell, all graphs alike, 1 / N; for
 *   up to six lists.
 *
 * Standard errors are of the Poisson likelihood with a fixed N, of sample coverage by the delta
 * method. Intervals: `profile` of the
 * multinomial likelihood (Cormack 1992, Biometrics 48) where there is one, exact rather than by
 * Stirling's formula; else `log-normal` in the number on no list (Chao 1987); `posterior`
 * quantiles of the average.
 *
 * `out` gets the tables
 * - `models`: model, kind, estimate, std_error, conf_low, conf_high, interval, deviance, df, aic,
 *   bic, multinomial (the maximum of the multinomial likelihood), bias_corrected,
 *   bias_corrected_error (Rivest & Levesque 2001, Canadian J. Statistics 29), observed, and with
 *   `population` capped (1: the estimate was beyond it). Where all of the interval is above the
 *   population, interval says so, the rest is missing, and the warning `contradicted` names the
 *   model. Kinds "equal chances", "by list" (independent lists), "by unit", "by list and unit",
 *   "once listed", "interacting lists", "coverage", "graphs";
 * - `loglinear`: the 20 best by bic: model, estimate, std_error, conf_low, conf_high, deviance,
 *   df, aic, bic, weight (exp(-bic / 2), summed to one over all models);
 * - `lists_summary`: kind, term, list (its number in names of models), count, only (on this list
 *   or these two lists alone), expected (by Mt);
 * - `histories`: history ("101"), lists, count, expected (by Mt), expected_best (by the best
 *   log-linear model); the first row is of those on no list;
 * - `lists_bma`: estimate, std_error, median, conf_low, conf_high, mode, complete (probability
 *   that all are listed), at_limit (probability of the largest N thought of), graphs, missing;
 * - `lists_graphs`: the 20 most probable: graph, weight, estimate;
 * - `lists_strata`: by, stratum, model, observed, estimate, std_error, conf_low, conf_high, note;
 *   a stratum "total" sums over the others; a list that is empty in a stratum is left out of it;
 * - `lists_dependence`: lists, odds_ratio, estimate, std_error, conf_low, conf_high: Mt with the
 *   odds ratio of one pair, or of all pairs, taken as known.
 *
 * An average that reaches `missing` with a probability of 0.001 has no estimate in `models`. A
 * unit on no list (all 0) is not counted, with a warning. PP_E_INPUT: cells other than 0 and 1,
 * counts that are negative or no whole numbers; PP_E_ARGUMENT: fewer than two lists, a list named
 * twice, or in `by`; PP_E_ESTIMATION: a list that is empty or holds all units, lists that do not overlap, no
 * unit that is listed only once. A model that the data do not determine has missing estimates and
 * is named in a warning. Cost: milliseconds; with five lists 6,893 log-linear models. */
PP_API pp_status pp_lists(const pp_table *data, const pp_lists_options *options,
                          const pp_context *ctx, pp_result **out, pp_error *err);

#endif
