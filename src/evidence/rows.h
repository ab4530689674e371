/* Tables of results, built row by row from texts or cells. */
#ifndef PP_EVIDENCE_ROWS_H
#define PP_EVIDENCE_ROWS_H

#include <pushpull/result.h>

typedef struct pp__column_spec {
    const char *name, *label;
    pp_column_type type; /* PP_NUMBER is 0 */
    pp_show show;
} pp__column_spec;

pp_status pp__rows_begin(pp_table *table, const pp__column_spec *columns, int n,
                         pp_error *err);
/* One value a column, NULL missing; the texts of number columns are numbers. */
pp_status pp__rows_add(pp_table *table, const char *const *values, pp_error *err);

/* As pp__rows_begin, on a new table of `result`; borrowed. */
pp_status pp__rows_start(pp_result *result, const char *name, const char *title,
                         const pp__column_spec *columns, int n, pp_table **out,
                         pp_error *err);

/* A text cell uses `text` (NULL: missing), a number cell `number` (NaN: missing). */
typedef struct pp__cell {
    const char *text;
    double number;
} pp__cell;
#define PP__TEXT_CELL(value)   ((pp__cell){.text = (value)})
#define PP__NUMBER_CELL(value) ((pp__cell){.number = (double)(value)})

/* Adds a row; one cell a column. */
pp_status pp__rows_add_cells(pp_table *table, const pp__cell *cells, pp_error *err);

#endif
