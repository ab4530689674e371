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

static void add_range(pp_buf *out, const pp_table *findings, int64_t row, const char *low,
                      const char *high, int is_probability) {
    add_number(out, pp_table_find(findings, low)->number[row], is_probability);
    pp_buf_add(out, " to ");
    add_number(out, pp_table_find(findings, high)->number[row], is_probability);
}

void pp_finding_bounds(const pp_table *findings, int64_t row, pp_buf *out) {
    const char *scale = pp_column_get_text(pp_table_find(findings, "scale"), row);
    int is_probability = scale && strncmp(scale, "probability", 11) == 0;
    double same = pp_table_find(findings, "bound_same_verdict")->number[row];
    double fits = pp_table_find(findings, "bound_fits")->number[row];
    if (!isfinite(pp_table_find(findings, "bound_low")->number[row])) {
        return;
    }
    pp_buf_add(out, "With unknown suppliers and places not searched put in: ");
    add_range(out, findings, row, "bound_low", "bound_high", is_probability);
    if (is_probability) {
        pp_buf_add(out, " points (intervals from ");
        add_range(out, findings, row, "bound_conf_low", "bound_conf_high", 1);
        pp_buf_printf(out, "); the verdict is the same in %.0f of %.0f such fit%s.", same,
                      fits, fits == 1 ? "" : "s");
    } else {
        pp_buf_add(out, " countries.");
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
    pp_buf bounds;
    pp_buf_init(&bounds);
    pp_finding_bounds(findings, row, &bounds);
    if (bounds.length > 0) {
        add_wrapped(out, bounds.data, 4, width);
    }
    out->failed |= bounds.failed;
    pp_buf_clear(&bounds);
}

pp_status pp_findings_render(const pp_table *findings, int width, pp_buf *out,
                             pp_error *err) {
    static const char *const needed[] = {
        "question",   "answer",         "verdict",         "bound_low",
        "bound_high", "bound_conf_low", "bound_conf_high", "bound_same_verdict",
        "bound_fits", "scale"};
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
