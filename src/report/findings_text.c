#include "base/check.h"

#include <pushpull/findings.h>

#include <math.h>
#include <string.h>

/* Columns that a text takes: code points are near enough for sentences. */
static int columns_of(const char *text, int n) {
    int columns = 0;
    for (int i = 0; i < n; i++) {
        columns += ((unsigned char)text[i] & 0xC0) != 0x80;
    }
    return columns;
}

static void add_wrapped(pp_buf *out, const char *text, int indent, int width) {
    int column = 0;
    while (*text) {
        int n = (int)strcspn(text, " ");
        int columns = columns_of(text, n);
        if (column > 0 && column + 1 + columns > width - indent) {
            pp_buf_add_char(out, '\n');
            column = 0;
        }
        if (column == 0) {
            pp_buf_printf(out, "%*s", indent, "");
        } else {
            pp_buf_add_char(out, ' ');
        }
        pp_buf_add_bytes(out, text, n);
        column += columns + (column > 0);
        text += n;
        text += strspn(text, " ");
    }
    pp_buf_add_char(out, '\n');
}

static void add_number(pp_buf *out, double value, int is_probability) {
    char number[32];
    if (is_probability) {
        pp_format_fixed(100 * fabs(value), 2, number);
        pp_buf_add(out, value < 0 ? "−" : "+");
    } else {
        pp_format_fixed(value, 0, number);
    }
    pp_buf_add(out, number);
}

static void add_bounds(pp_buf *out, const pp_table *findings, int64_t row) {
    double low = pp_table_find(findings, "bound_low")->number[row];
    double high = pp_table_find(findings, "bound_high")->number[row];
    const char *scale = pp_column_get_text(pp_table_find(findings, "scale"), row);
    int is_probability = scale && strncmp(scale, "probability", 11) == 0;
    if (isfinite(low) && isfinite(high)) {
        pp_buf_add(out, "    with unknown suppliers and places not searched put in: ");
        add_number(out, low, is_probability);
        pp_buf_add(out, " to ");
        add_number(out, high, is_probability);
        pp_buf_add(out, is_probability ? " points\n" : " countries\n");
    }
}

static void add_finding(pp_buf *out, const pp_table *findings, int64_t row, int width) {
    const char *question = pp_column_get_text(pp_table_find(findings, "question"), row);
    const char *answer = pp_column_get_text(pp_table_find(findings, "answer"), row);
    const char *verdict = pp_column_get_text(pp_table_find(findings, "verdict"), row);
    pp_buf_add_char(out, '\n');
    add_wrapped(out, question ? question : "", 2, width);
    if (verdict && strcmp(verdict, "described") != 0) {
        pp_buf_printf(out, "    → %s\n", verdict);
    }
    add_wrapped(out, answer ? answer : "", 4, width);
    add_bounds(out, findings, row);
}

pp_status pp_findings_render(const pp_table *findings, int width, pp_buf *out,
                             pp_error *err) {
    static const char *const needed[] = {"question",  "answer",     "verdict",
                                         "bound_low", "bound_high", "scale"};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        pp_column *column;
        PP_TRY(pp_table_require(findings, needed[i], &column, err));
    }
    pp_buf_add(out, "Findings\n");
    for (int64_t row = 0; row < pp_table_rows(findings); row++) {
        add_finding(out, findings, row, width < 40 ? 40 : width);
    }
    pp_buf_add_char(out, '\n');
    return pp_buf_check(out, err);
}
