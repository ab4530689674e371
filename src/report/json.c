/* JSON, by our own buffer: result tables can have millions of cells. */
#include "report/renderings.h"

#include <pushpull/version.h>

#include <math.h>
#include <string.h>
#include <utf8proc.h>

static void add_escape(pp_buf *out, unsigned char c) {
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    const char *found = strchr(from, c);
    if (c && found) {
        pp_buf_add_char(out, '\\');
        pp_buf_add_char(out, to[found - from]);
    } else {
        pp_buf_printf(out, "\\u%04x", c);
    }
}

void pp__add_json_string(pp_buf *out, const char *text) {
    const unsigned char *s = (const unsigned char *)text;
    size_t length = strlen(text), plain = 0, i = 0;
    pp_buf_add_char(out, '"');
    while (i < length) {
        utf8proc_int32_t c = s[i];
        utf8proc_ssize_t n = 1;
        if (c >= 0x80) {
            n = utf8proc_iterate(s + i, (utf8proc_ssize_t)(length - i), &c);
        }
        if (n > 0 && c >= 0x20 && c != '"' && c != '\\') {
            i += (size_t)n;
            continue;
        }
        pp_buf_add_bytes(out, s + plain, (int64_t)(i - plain));
        if (n > 0) {
            add_escape(out, (unsigned char)c);
        } else {
            pp_buf_add(out, "\xef\xbf\xbd");
        }
        plain = ++i;
    }
    pp_buf_add_bytes(out, s + plain, (int64_t)(length - plain));
    pp_buf_add_char(out, '"');
}

static void add_number(pp_buf *out, double value) {
    char text[32];
    if (isfinite(value)) {
        pp_format_number(value, text);
        pp_buf_add(out, text);
    } else {
        pp_buf_add(out, "null");
    }
}

static void add_value(pp_buf *out, const pp_column *column, int64_t row) {
    if (column->type != PP_NUMBER) {
        const char *text = pp_column_get_text(column, row);
        if (text) {
            pp__add_json_string(out, text);
        } else {
            pp_buf_add(out, "null");
        }
    } else if (column->show == PP_SHOW_FLAG && isfinite(column->number[row])) {
        pp_buf_add(out, column->number[row] != 0 ? "true" : "false");
    } else {
        add_number(out, column->number[row]);
    }
}

static void add_row(pp_buf *out, const pp_table *table, int64_t row) {
    int columns = pp_table_columns(table);
    pp_buf_add_char(out, '{');
    for (int j = 0; j < columns; j++) {
        const pp_column *column = pp_table_column(table, j);
        pp_buf_add(out, j > 0 ? "," : "");
        pp__add_json_string(out, column->name);
        pp_buf_add_char(out, ':');
        add_value(out, column, row);
    }
    pp_buf_add_char(out, '}');
}

void pp__add_json_rows(pp_buf *out, const pp_table *table) {
    int64_t rows = pp_table_rows(table);
    pp_buf_add_char(out, '[');
    for (int64_t i = 0; i < rows; i++) {
        pp_buf_add(out, i > 0 ? ",\n" : "\n");
        add_row(out, table, i);
    }
    pp_buf_add_char(out, ']');
}

static void add_tables(pp_buf *out, const pp_result *result, const char *only) {
    int n = pp_result_tables(result), written = 0;
    pp_buf_add(out, "\"tables\":{");
    for (int i = 0; i < n; i++) {
        const char *name = pp_result_table_name(result, i);
        if (!only || strcmp(only, name) == 0) {
            pp_buf_add(out, written++ ? ",\n" : "\n");
            pp__add_json_string(out, name);
            pp_buf_add_char(out, ':');
            pp__add_json_rows(out, pp_result_table(result, i));
        }
    }
    pp_buf_add(out, "},\n");
}

static void add_warnings(pp_buf *out, const pp_result *result) {
    int n = pp_result_warnings(result);
    pp_buf_add(out, "\"warnings\":[");
    for (int i = 0; i < n; i++) {
        const pp_warning *warning = pp_result_warning(result, i);
        pp_buf_add(out, i > 0 ? ",\n{\"code\":" : "\n{\"code\":");
        pp__add_json_string(out, warning->code);
        pp_buf_add(out, ",\"message\":");
        pp__add_json_string(out, warning->message);
        pp_buf_add(out, ",\"subject\":");
        if (warning->subject) {
            pp__add_json_string(out, warning->subject);
        } else {
            pp_buf_add(out, "null");
        }
        pp_buf_add(out, ",\"count\":");
        add_number(out, warning->count < 0 ? NAN : (double)warning->count);
        pp_buf_add_char(out, '}');
    }
    pp_buf_add(out, "],\n");
}

static void add_provenance(pp_buf *out, const pp_result *result) {
    int notes = pp_result_notes(result), inputs = pp_result_inputs(result);
    pp_buf_add(out, "\"provenance\":{");
    for (int i = 0; i < notes; i++) {
        const char *key, *text;
        double number;
        pp_result_note(result, i, &key, &text, &number);
        pp__add_json_string(out, key);
        pp_buf_add_char(out, ':');
        if (text) {
            pp__add_json_string(out, text);
        } else {
            add_number(out, number);
        }
        pp_buf_add(out, ",\n");
    }
    pp_buf_add(out, "\"inputs\":[");
    for (int i = 0; i < inputs; i++) {
        const char *path, *digest;
        int64_t bytes;
        pp_result_input(result, i, &path, &digest, &bytes);
        pp_buf_add(out, i > 0 ? ",\n{\"path\":" : "\n{\"path\":");
        pp__add_json_string(out, path);
        pp_buf_add(out, ",\"digest\":");
        pp__add_json_string(out, digest);
        pp_buf_add(out, ",\"bytes\":");
        add_number(out, (double)bytes);
        pp_buf_add_char(out, '}');
    }
    pp_buf_add(out, "]}");
}

void pp__render_json(const pp_result *result, const char *table, pp_buf *out) {
    pp_buf_add(out, "{\"schema\":\"" PP_SCHEMA "\",\n\"command\":");
    pp__add_json_string(out, pp_result_command(result));
    pp_buf_add(out, ",\n");
    add_tables(out, result, table);
    add_warnings(out, result);
    add_provenance(out, result);
    pp_buf_add(out, "}\n");
}
