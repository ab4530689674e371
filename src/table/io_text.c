/* Writing CSV and JSON. */
#include "base/check.h"
#include "table/io.h"

#include <math.h>
#include <string.h>

enum { ROWS_PER_REPORT = 1 << 16 };

static void add_csv_text(pp_buf *out, const char *text) {
    if (!strpbrk(text, ",\"\r\n")) {
        pp_buf_add(out, text);
        return;
    }
    pp_buf_add_char(out, '"');
    for (;;) {
        size_t plain = strcspn(text, "\"");
        pp_buf_add_bytes(out, text, (int64_t)plain);
        if (!text[plain]) {
            break;
        }
        pp_buf_add(out, "\"\"");
        text += plain + 1;
    }
    pp_buf_add_char(out, '"');
}

static void add_csv_row(pp_buf *out, const pp_table *table, int64_t row) {
    for (int i = 0; i < pp_table_columns(table); i++) {
        const pp_column *column = pp_table_column(table, i);
        if (i > 0) {
            pp_buf_add_char(out, ',');
        }
        if (pp_column_is_missing(column, row)) {
            continue;
        }
        if (column->type == PP_NUMBER) {
            char number[32];
            pp_format_number(column->number[row], number);
            pp_buf_add(out, number);
        } else {
            add_csv_text(out, pp_column_get_text(column, row));
        }
    }
    pp_buf_add_char(out, '\n');
}

static void add_csv_header(pp_buf *out, const pp_table *table) {
    for (int i = 0; i < pp_table_columns(table); i++) {
        pp_buf_add(out, i ? "," : "");
        add_csv_text(out, pp_table_column(table, i)->name);
    }
    pp_buf_add_char(out, '\n');
}

static void add_json_text(pp_buf *out, const char *text) {
    pp_buf_add_char(out, '"');
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') {
            pp_buf_add_char(out, '\\');
            pp_buf_add_char(out, *text);
        } else if (c < 0x20) {
            pp_buf_printf(out, "\\u%04x", c);
        } else {
            pp_buf_add_char(out, *text);
        }
    }
    pp_buf_add_char(out, '"');
}

/* JSON has no infinity: 1e999 is a number of its grammar that every parser reads as one.
 */
static void add_json_number(pp_buf *out, const pp_column *column, double value) {
    char number[32];
    if (column->show == PP_SHOW_FLAG && (value == 0 || value == 1)) {
        pp_buf_add(out, value == 1 ? "true" : "false");
    } else if (isinf(value)) {
        pp_buf_add(out, value > 0 ? "1e999" : "-1e999");
    } else {
        pp_format_number(value, number);
        pp_buf_add(out, number);
    }
}

static void add_json_row(pp_buf *out, const pp_table *table, int64_t row) {
    pp_buf_add(out, row ? ",\n {" : " {");
    for (int i = 0; i < pp_table_columns(table); i++) {
        const pp_column *column = pp_table_column(table, i);
        pp_buf_add(out, i ? ", " : "");
        add_json_text(out, column->name);
        pp_buf_add(out, ": ");
        if (pp_column_is_missing(column, row)) {
            pp_buf_add(out, "null");
        } else if (column->type == PP_NUMBER) {
            add_json_number(out, column, column->number[row]);
        } else {
            add_json_text(out, pp_column_get_text(column, row));
        }
    }
    pp_buf_add_char(out, '}');
}

static pp_status write_rows(const pp_table *table, pp__sink *sink,
                            void (*add_row)(pp_buf *, const pp_table *, int64_t),
                            const pp_context *ctx, pp_error *err) {
    int64_t rows = pp_table_rows(table);
    for (int64_t row = 0; row < rows; row++) {
        if (row % ROWS_PER_REPORT == 0) {
            PP_TRY(pp_progress(ctx, "write", (double)row / (double)rows, err));
        }
        add_row(pp__sink_pending(sink), table, row);
        PP_TRY(pp__sink_flow(sink, err));
    }
    return PP_OK;
}

pp_status pp__write_csv(const pp_table *table, const pp__file *file,
                        const pp_context *ctx, pp_error *err) {
    pp__sink *sink;
    PP_TRY(pp__sink_open(file->path, file->packing, &sink, err));
    add_csv_header(pp__sink_pending(sink), table);
    return pp__sink_close(sink, write_rows(table, sink, add_csv_row, ctx, err), err);
}

pp_status pp__write_json(const pp_table *table, const pp__file *file,
                         const pp_context *ctx, pp_error *err) {
    pp__sink *sink;
    PP_TRY(pp__sink_open(file->path, file->packing, &sink, err));
    pp_buf_add(pp__sink_pending(sink), "[\n");
    pp_status status = write_rows(table, sink, add_json_row, ctx, err);
    pp_buf_add(pp__sink_pending(sink), "\n]\n");
    return pp__sink_close(sink, status, err);
}
