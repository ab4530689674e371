/* Tables of results, built row by row from texts. */
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

#endif
