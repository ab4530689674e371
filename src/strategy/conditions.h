/* Conditions over facts, as people write them in rules, messages and plans. */
#ifndef PP_STRATEGY_CONDITIONS_H
#define PP_STRATEGY_CONDITIONS_H

#include <pushpull/context.h>
#include <pushpull/table.h>

/* A SQL condition, and where it stands. */
typedef struct pp__condition {
    const char *sql; /* NULL: always */
    const char *file, *field;
    int64_t line;
} pp__condition;

/* Whether each holds in each row: holds[condition * rows + row] is 1, 0, or NaN where the facts that
   it needs are missing. The caller frees *holds with pp_free. A column that is not there, a wrong
   expression and one that is no condition are PP_E_INPUT with file, line and field. Reaches no files. */
pp_status pp__conditions_test(const pp_table *facts, const pp__condition *conditions,
                              int64_t n, const pp_context *ctx, double **holds,
                              pp_error *err);

#endif
