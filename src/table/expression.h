/* SQL expressions over a table's columns, from people. */
#ifndef PP_TABLE_EXPRESSION_H
#define PP_TABLE_EXPRESSION_H

#include <pushpull/context.h>
#include <pushpull/table.h>

/* PP_OK when `sql` stays inside the parentheses that it will be put in. */
pp_status pp__sql_check_expression(const char *sql, pp_error *err);

/* Whether the word stands in the text outside of quotes ', so that it may name this column; SQL's names know no case. */
int pp__sql_has_word(const char *sql, const char *word);

/* The rows for which `where` holds, in order; `*rows` is the caller's to free. */
pp_status pp__table_where(const pp_table *table, const char *where, const pp_context *ctx,
                          int64_t **rows, int64_t *n, pp_error *err);

#endif
