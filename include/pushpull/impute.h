/* Multiple imputation: completed copies of a table, and estimates pooled over them.
 *
 * Values are missing at random given what the imputation model holds. It holds the
 * columns that are named, and with `unit` and `time` what a panel knows of a place: its
 * own level and the course of time. Two methods:
 *
 * - "chained": chained equations (van Buuren 2018, Flexible Imputation of Missing Data,
 *   ch. 4). Numbers by predictive mean matching ("pmm", the default) or by the normal
 *   model ("normal"), columns of zeros and ones by logit with augmented data (White, Daniel
 *   & Royston 2010, CSDA 54), categories by predictive mean matching on the probabilities
 *   of their levels. With `unit` the equations of numbers have a random intercept by unit,
 *   drawn by Gibbs steps (van Buuren 2018, ch. 7).
 * - "emb": expectation-maximisation with bootstrapping on the panel (Honaker & King 2010,
 *   AJPS 54): all columns jointly normal, with `unit` the means of units and with `lags`
 *   the neighbouring periods among them. Zeros and ones are drawn from the normal's value
 *   as a probability, categories from those of their levels.
 *
 * Imputed values are set into the columns; what a formula makes of them (log(x), x:z) is
 * made afterwards. Draws are counter-based: the same for any number of threads.
 */
#ifndef PUSHPULL_IMPUTE_H
#define PUSHPULL_IMPUTE_H

#include <pushpull/model.h>

typedef struct pp_impute_options {
    int m;               /* completed tables; 0: 20, at most 1000 */
    const char *method;  /* "chained" (NULL) or "emb" */
    const char *numbers; /* chained: "pmm" (NULL) or "normal" */
    const char *columns; /* names with commas: the columns of the imputation model, beside
                             what a formula uses; NULL: none (pp_impute: all) */
    const char *unit;    /* column of the place; NULL: rows are independent */
    const char *time;    /* column of time; NULL: none */
    int degree;          /* of the polynomial of time; 0: 2, at most 5 */
    int lags;       /* emb, with unit and time: 1 to use the periods before and after */
    int iterations; /* chained: rounds, 0: 10; emb: at most so many steps, 0: 1000 */
    int donors;     /* of predictive mean matching; 0: 5 */
    double ridge;   /* emb: prior, in rows, that shrinks correlations; 0: 0.5 % of them */
    uint64_t seed;
} pp_impute_options;

/* Completes `data` m times: `completed` is an array of m tables, to be freed by
 * pp_tables_free. A column that is not in the imputation model keeps its missing values.
 * `result` has the tables
 * - `imputation`, a row a column: column, kind ("number", "binary", "category"), method,
 *   missing (rows), observed_mean, observed_sd, imputed_mean, imputed_sd, r_hat (of the
 *   means of the last half of the rounds over the m chains; chained only; near 1 when the
 *   chains have mixed).
 * Errors: PP_E_ARGUMENT, PP_E_NOT_FOUND (options, columns), PP_E_ESTIMATION (a column
 * without any value, more than 50 levels, no convergence of emb). Cost: m × iterations ×
 * columns regressions on all others, over threads. */
PP_API pp_status pp_impute(const pp_table *data, const pp_impute_options *options,
                           const pp_context *ctx, pp_table ***completed,
                           pp_result **result, pp_error *err);
PP_API void pp_tables_free(pp_table **tables, int n);
/* One long table of m completed ones: columns `.imp` (1..m) and `.id` (the row), then
   theirs. */
PP_API pp_status pp_tables_stack(pp_table *const *tables, int m, pp_table **out,
                                 pp_error *err);

/* One estimate by Rubin's rules (Rubin 1987, ch. 3) with the degrees of freedom of Barnard
   & Rubin (1999), Biometrika 86. */
typedef struct pp_pooled {
    double estimate, std_error, df;
    double within, between;  /* variances: the mean within, and between imputations */
    double riv, lambda, fmi; /* relative increase; share due to missingness, and with its
                                  own uncertainty (as in mice) */
} pp_pooled;
/* m >= 2 estimates and their variances; df_complete: of the estimate without missing
   values (infinity: normal). */
PP_API pp_pooled pp_pool(int m, const double *estimate, const double *variance,
                         double df_complete);

/* Fits the model on each of m completed tables and pools. The imputation model holds the
 * columns that the formula uses (of dates: whether and when the event was) and
 * `impute->columns`; unit and time come from the model's options where impute has none.
 * Rows that `where` leaves out still inform the imputation. Weights, groups and clusters
 * are never imputed.
 * `out`: table `coefficients` (term, estimate, std_error, statistic, p_value, conf_low,
 * conf_high, df, riv, lambda, fmi), `margins` likewise when `margins` ("unit", "sd") is
 * not NULL, `model` (one row: as of a fit; nobs the smallest, `imputations`, `rows_complete`:
 * rows of the data without any missing value of these columns), `imputation`, and the
 * warnings of the fits, each once. df_complete is nobs - k, with clusters G - 1. A term that is not in all
 * fits is PP_E_ESTIMATION. */
PP_API pp_status pp_model_fit_imputed(const char *formula, const pp_table *data,
                                      const pp_model_options *model,
                                      const pp_impute_options *impute,
                                      const char *margins, const pp_context *ctx,
                                      pp_result **out, pp_error *err);

#endif
