#include "evidence/rows.h"

#include "base/check.h"

#include <pushpull/text.h>

pp_status pp__rows_begin(pp_table *table, const pp__column_spec *columns, int n,
                         pp_error *err) {
    for (int i = 0; i < n; i++) {
        pp_column *column;
        PP_TRY(pp_table_add(table, columns[i].type, columns[i].name, &column, err));
        PP_TRY(
            pp_column_describe(table, column, columns[i].label, NULL, NULL, NULL, err));
        column->show = columns[i].show;
    }
    return PP_OK;
}

pp_status pp__rows_add(pp_table *table, const char *const *values, pp_error *err) {
    int64_t row;
    PP_TRY(pp_table_append(table, &row, err));
    for (int i = 0; i < pp_table_columns(table); i++) {
        pp_column *column = pp_table_column(table, i);
        if (column->type != PP_NUMBER) {
            PP_TRY(pp_column_set_text(table, column, row, values[i], err));
        } else if (values[i] && !pp_parse_number(values[i], &column->number[row])) {
            PP_FAIL(err, PP_E_INTERNAL, "'%s' was to be a number", values[i]);
        }
    }
    return PP_OK;
}

pp_status pp__rows_start(pp_result *result, const char *name, const char *title,
                         const pp__column_spec *columns, int n, pp_table **out,
                         pp_error *err) {
    PP_TRY(pp_result_add(result, name, title, out, err));
    return pp__rows_begin(*out, columns, n, err);
}

pp_status pp__rows_add_cells(pp_table *table, const pp__cell *cells, pp_error *err) {
    int64_t row;
    PP_TRY(pp_table_append(table, &row, err));
    for (int i = 0; i < pp_table_columns(table); i++) {
        pp_column *column = pp_table_column(table, i);
        if (column->type == PP_NUMBER) {
            column->number[row] = cells[i].number;
        } else if (cells[i].text) {
            PP_TRY(pp_column_set_text(table, column, row, cells[i].text, err));
        }
    }
    return PP_OK;
}
