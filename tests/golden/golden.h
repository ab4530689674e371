/* Comparing fits with reference.csv (model, quantity, term, value). */
#ifndef PP_TESTS_GOLDEN_H
#define PP_TESTS_GOLDEN_H

#include "support/support.h"

#include <pushpull/model.h>

/* tests/golden/CASE/FILE as a table. */
pp_table *golden_table(const char *folder, const char *file);

pp_fit *golden_fit(const pp_table *data, const char *formula,
                   const pp_model_options *options);

/* Asserts that table `name` of the fit (or of `result`) agrees, to `digits` relative, in
   `column` with the reference's (model, quantity) for every term there; gives the number
   of values compared. */
int golden_compare(const pp_result *result, const char *name, const char *column,
                   const pp_table *reference, const char *model, const char *quantity,
                   double relative);

/* One value of the reference. */
double golden_value(const pp_table *reference, const char *model, const char *quantity,
                    const char *term);

void assert_near(const char *what, double actual, double expected, double relative);

#endif
