/* CSV after RFC 4180, with "\n" between rows; an empty field is a missing value, "" empty
 * text. */
#include "report/renderings.h"

#include <math.h>
#include <string.h>

static void add_text(pp_buf *out, const char *text) {
    if (*text && !strpbrk(text, "\",\r\n")) {
        pp_buf_add(out, text);
        return;
    }
    pp_buf_add_char(out, '"');
    for (; *text; text++) {
        pp_buf_add(out, *text == '"' ? "\"" : "");
        pp_buf_add_char(out, *text);
    }
    pp_buf_add_char(out, '"');
}

static void add_value(pp_buf *out, const pp_column *column, int64_t row) {
    if (pp_column_is_missing(column, row)) {
        return;
    }
    if (column->type != PP_NUMBER) {
        add_text(out, pp_column_get_text(column, row));
    } else if (column->show == PP_SHOW_FLAG) {
        pp_buf_add(out, column->number[row] != 0 ? "true" : "false");
    } else {
        char text[32];
        pp_format_number(column->number[row], text);
        pp_buf_add(out, text);
    }
}

void pp__render_csv(const pp_table *table, pp_buf *out) {
    int columns = pp_table_columns(table);
    int64_t rows = pp_table_rows(table);
    for (int j = 0; j < columns; j++) {
        pp_buf_add(out, j > 0 ? "," : "");
        add_text(out, pp_table_column(table, j)->name);
    }
    pp_buf_add_char(out, '\n');
    for (int64_t i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
            pp_buf_add(out, j > 0 ? "," : "");
            add_value(out, pp_table_column(table, j), i);
        }
        pp_buf_add_char(out, '\n');
    }
}
