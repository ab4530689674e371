/* The rows of a table by the text of one of its columns. */
#ifndef PP_STRATEGY_ROWS_H
#define PP_STRATEGY_ROWS_H

#include <pushpull/table.h>

typedef struct pp__rows {
    const pp_table *table; /* NULL: there is none, and no rows */
    const pp_column *column;
    int64_t *order; /* rows with a text, by it, then by row */
    int64_t n;
} pp__rows;

/* `table` NULL, or without the column: no rows. */
pp_status pp__rows_by(const pp_table *table, const char *column, pp__rows *out,
                      pp_error *err);
void pp__rows_free(pp__rows *rows);
/* Those of `key`: *out points at n of them, in order of the table. */
int64_t pp__rows_find(const pp__rows *rows, const char *key, const int64_t **out);
/* The first of them; -1: none. */
int64_t pp__rows_first(const pp__rows *rows, const char *key);

/* A cell; NULL or NaN where there is no such column. */
const char *pp__text_at(const pp_table *table, const char *column, int64_t row);
double pp__number_at(const pp_table *table, const char *column, int64_t row);

#endif
