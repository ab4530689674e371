/* Several fits side by side, with the conventions of modelsummary and etable.
 *
 * Each term is a row with the estimate of each fit and, below it, how sure it is; under a
 * line stand outcome, estimator, fixed effects, covariance, observations and how well each
 * fits. There are no stars unless they are asked for. What a fit has not is empty.
 */
#ifndef PUSHPULL_COMPARE_H
#define PUSHPULL_COMPARE_H

#include <pushpull/model.h>

typedef struct pp_fits_options {
    const char *below; /* "error" (NULL): (standard error); "interval": [low, high] at the
                          fits' level; "statistic", "p_value": in parentheses; "none" */
    int stars;         /* 1: * p < 0.05, ** p < 0.01, *** p < 0.001, with a note */
    int decimals;      /* 1..10; 0: three, and more in rows whose errors are small, so
                          that they show two digits */
    /* Two columns, term and label (NULL: none): terms that it names come first, in its
       order, under their labels; an empty or missing label leaves the term out. The other
       terms follow as they come in the fits, the intercept last. */
    const pp_table *labels;
} pp_fits_options;

/* Adds to `result` the warnings of the fits, each with the fit's name, and the tables
 * - `models`, for people: term, and a column of texts for each fit;
 * - `estimates`, for programs: fit, equation (of models with several), term, estimate,
 *   std_error, statistic, p_value, conf_low, conf_high;
 * - `fits`, one row a fit: fit, and the columns of a fit's table `model`.
 * `names`: n headings (NULL: "(1)", "(2)", …), which must differ (else PP_E_CONFLICT).
 * Wrong options are PP_E_ARGUMENT; labels without the two columns PP_E_NOT_FOUND.
 * Cost: (rows of terms)² × n. Conventions: Arel-Bundock (2022), J. Stat. Software 103(1);
 * Bergé's fixest::etable. */
PP_API pp_status pp_fits_table(const pp_fit *const *fits, const char *const *names, int n,
                               const pp_fits_options *options, pp_result *result,
                               pp_error *err);

/* Writes one table of `result` with its note as a Word document, by pandoc, which is
   looked for in the usual places when `pandoc` is NULL. Without it PP_E_UNSUPPORTED says
   how to get it; a document that pandoc cannot make is PP_E_IO. An HTML file of the same
   name and the ending .html is written beside `path` and removed. */
PP_API pp_status pp_result_write_docx(const pp_result *result, const char *table,
                                      const char *pandoc, const char *path,
                                      const pp_context *ctx, pp_error *err);

#endif
