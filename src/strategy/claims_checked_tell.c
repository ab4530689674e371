/* Statements beside what is measured, in words. */
#include "base/check.h"
#include "report/lines.h"
#include "strategy/brief.h"

#include <pushpull/claims_checked.h>

#include <math.h>
#include <string.h>

enum { WIDTH = 100 };

typedef struct telling {
    const pp_table *table;
    int width;
    pp_buf *out;
} telling;

static void add_spaced(const char *code, pp_buf *out) {
    for (; code && *code; code++) {
        pp_buf_add_char(out, *code == '_' ? ' ' : *code);
    }
}

/* Takes the text. */
static void tell_line(const telling *t, const char *lead, pp_buf *text) {
    if (text->length > 0) {
        pp__add_wrapped(t->out, lead, text->data, t->width);
    }
    t->out->failed |= text->failed;
    pp_buf_clear(text);
    pp_buf_init(text);
}

/* "−50 percent of homicide, 2009 to 2017" */
static void add_claimed(const telling *t, int64_t row, pp_buf *out) {
    double change = pp__cell_number(t->table, "claimed_change", row);
    double from = pp__cell_number(t->table, "period_from", row);
    double to = pp__cell_number(t->table, "period_to", row);
    int percent =
        strcmp(pp__cell_text(t->table, "unit", row) ? pp__cell_text(t->table, "unit", row)
                                                    : "",
               "percent") == 0;
    add_spaced(pp__cell_text(t->table, "measure", row), out);
    if (isnan(change)) {
        pp_buf_add(out, ", without a figure");
    } else if (percent) {
        pp_buf_printf(out, " %s%g%%", change < 0 ? "−" : "+", fabs(change));
    } else {
        pp_buf_printf(out, ": %g", change);
    }
    if (!isnan(from) && !isnan(to)) {
        pp_buf_printf(out, ", %.0f to %.0f", from, to);
    } else {
        pp_buf_add(out, ", without saying between which years");
    }
}

static void add_speaker(const telling *t, int64_t row, pp_buf *out) {
    const char *name = pp__cell_text(t->table, "name", row);
    if (name) {
        pp_buf_printf(out, "%s, ", name);
    }
    add_spaced(pp__cell_text(t->table, "who", row), out);
}

static void add_cell(const telling *t, int64_t row, const char *column, pp_buf *out) {
    const char *text = pp__cell_text(t->table, column, row);
    pp_buf_add(out, text ? text : "");
}

static void tell_statement(const telling *t, int64_t row) {
    pp_buf text;
    pp_buf_init(&text);
    pp_buf_printf(t->out, "\n%s  ", pp__cell_text(t->table, "statement_id", row));
    add_cell(t, row, "place", &text);
    pp_buf_add(&text, " (");
    add_cell(t, row, "country", &text);
    pp_buf_add(&text, "), ");
    add_speaker(t, row, &text);
    tell_line(t, "", &text);
    add_cell(t, row, "statement", &text);
    tell_line(t, "   Said      ", &text);
    add_claimed(t, row, &text);
    tell_line(t, "   Claimed   ", &text);
    add_spaced(pp__cell_text(t->table, "grade", row), &text);
    pp_buf_add(&text, ": ");
    add_cell(t, row, "because", &text);
    tell_line(t, "   Grade     ", &text);
    add_cell(t, row, "sentence", &text);
    tell_line(t, "   Measured  ", &text);
    add_cell(t, row, "source", &text);
    tell_line(t, "   Source    ", &text);
    add_cell(t, row, "url", &text);
    tell_line(t, "             ", &text);
    pp_buf_clear(&text);
}

pp_status pp_claims_checked_tell(const pp_result *checked, int width, pp_buf *out,
                                 pp_error *err) {
    const telling t = {pp_result_find(checked, "claims_checked"),
                       width > 0 ? width : WIDTH, out};
    if (!t.table) {
        PP_FAIL(err, PP_E_ARGUMENT, "this is not a result of claims checked");
    }
    pp_buf_add(out, "What was said of effects, beside what is measured\n");
    for (int64_t row = 0; row < pp_table_rows(t.table); row++) {
        tell_statement(&t, row);
    }
    for (int i = 0; i < pp_result_tables(checked); i++) {
        const char *note = pp_result_table_note(checked, i);
        if (note && strcmp(pp_result_table_name(checked, i), "claims_checked") == 0) {
            pp_buf_add_char(out, '\n');
            pp__add_wrapped(out, "", note, t.width);
        }
    }
    return pp_buf_check(out, err);
}
