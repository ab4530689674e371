/* Tables for tests. */
#ifndef PP_TESTS_FRAMES_H
#define PP_TESTS_FRAMES_H

#include <pushpull/model.h>

/* Rows of words separated by spaces, the first row the names: "." is missing; a column of
   numbers is one, any other is text. */
pp_table *frame(const char *rows);

/* n rows: y (0/1, from a logit), w (linear), x1..x3, d (0/1), region (text, 5), group
 * (number). */
pp_table *random_frame(int64_t n, uint64_t seed);

/* The fit, or a failed test. */
pp_fit *fitted(const char *formula, const pp_table *table,
               const pp_model_options *options);
pp_result *fit_result(const char *formula, const pp_table *table,
                      const pp_model_options *options);

/* The number in a row of a table; rows are chosen by a text column. */
double number_at(const pp_result *result, const char *table, const char *key,
                 const char *value, const char *column);
/* The names of the coefficients, with spaces between; static buffer. */
const char *terms_of(const pp_result *result);
/* "reason subject of count" of each row of `dropped`, with "; " between; static buffer.
 */
const char *drops_of(const pp_result *result);

#endif
