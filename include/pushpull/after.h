/* After estimation: marginal effects by group and at values, predictions, what a
 * prediction is made of, residuals, influence, and how well a model fits.
 *
 * Everything is added to a result as tables. Where E(y) is the link's inverse at x'b (with
 * offset and fixed effects): not for durations, strata, ordered or unordered categories
 * and random intercepts, which are PP_E_UNSUPPORTED, but predictions of their linear
 * predictor. Weights of the fit weigh here too. Fixed effects are held at their
 * estimates: errors are those of the coefficients alone, as in marginaleffects.
 */
#ifndef PUSHPULL_AFTER_H
#define PUSHPULL_AFTER_H

#include <pushpull/model.h>

typedef struct pp_margins_options {
    const char *scale; /* as pp_fit_margins */
    const char *by; /* a column of the data: effects over the rows of each of its values;
                          rows without a value are in none. NULL: all rows */
    /* Where: "means" (one row: means of numbers, of 0/1 variables too, and the most
       frequent level of categories), "x = 0, 1; region = 'Asia'" (each combination, set in
       every row, all else as observed), or both. NULL: as observed. */
    const char *at;
} pp_margins_options;

/* Adds to table `margins` what pp_fit_margins does, over groups and settings: columns
 * group and at come first where they are asked for. With more than one cell, table
 * `margin_differences` compares each with the first (second differences): term, contrast,
 * difference ("Asia - Africa"), estimate, std_error, … as margins; errors by the delta
 * method on both.
 * A column that the data have not, a variable that the model has not, a level that does
 * not occur: PP_E_NOT_FOUND; a wrong `at`: PP_E_ARGUMENT with the position. Cost: O(n k)
 * for an effect in a cell. Definitions: marginaleffects, avg_slopes and avg_comparisons
 * with `by`, `newdata = datagrid(…)`; Arel-Bundock, Greifer & Heiss (2024). */
PP_API pp_status pp_fit_margins_over(const pp_fit *fit, const pp_margins_options *options,
                                     const pp_context *ctx, pp_result *result,
                                     pp_error *err);

#endif
