/* Views of tables: see run_views.h. */
#include "base/check.h"
#include "model/tables.h"
#include "study/run_views.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { DIGITS = 2, MOST_DECIMALS = 6, CELL_BYTES = 128 };

static int same(const char *a, const char *b) {
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static const char *text_at(const pp_table *table, const char *column, int64_t row) {
    const pp_column *c = pp_table_find(table, column);
    return c && c->type != PP_NUMBER ? pp_column_get_text(c, row) : NULL;
}

/* ---- cells ---- */

static const char *in_words(const pp__view_column *column, const char *code) {
    for (const char *const *c = column->codes; code && c && *c; c += 2) {
        if (strcmp(*c, code) == 0) {
            return c[1];
        }
    }
    return code;
}

/* So many that the smaller side of an interval has two digits. */
static int decimals_of(double estimate, double low, double high) {
    double half = fmin(fabs(estimate - low), fabs(high - estimate));
    if (!(half > 0) || !isfinite(half)) {
        half = fabs(estimate);
    }
    int decimals = half > 0 ? DIGITS - 1 - (int)floor(log10(half)) : 0;
    return decimals < 0 ? 0 : decimals > MOST_DECIMALS ? MOST_DECIMALS : decimals;
}

/* "head_of_state" as "head of state", "{name}" as "[name]". */
static pp_status put_spaced(pp_table *to, int64_t at, const char *column,
                            const char *text, pp_error *err) {
    char *copy = pp_strdup(text);
    PP_NEED(copy, err);
    for (char *c = copy; *c; c++) {
        *c = (char)(*c == '_' ? ' ' : *c == '{' ? '[' : *c == '}' ? ']' : *c);
    }
    pp_status status = pp__put_text(to, at, column, copy, err);
    pp_free(copy);
    return status;
}

static pp_status put_interval(const pp_table *from, int64_t row,
                              const pp__view_column *column, pp_table *to, int64_t at,
                              pp_error *err) {
    const pp_column *c = pp_table_find(from, column->name);
    int is_percent = c->show == PP_SHOW_PERCENT;
    double unit = is_percent || column->when == PP__POINTS ? 100 : 1,
           estimate = unit * c->number[row],
           low = unit * pp_table_find(from, column->low)->number[row],
           high = unit * pp_table_find(from, column->high)->number[row];
    const char *sign = is_percent ? "%" : "";
    char text[3][32], cell[CELL_BYTES];
    int decimals = decimals_of(estimate, low, high);
    if (isnan(estimate)) {
        return PP_OK;
    }
    pp_format_fixed(estimate, decimals, text[0]);
    pp_format_fixed(low, decimals, text[1]);
    pp_format_fixed(high, decimals, text[2]);
    if (isnan(low)) {
        snprintf(cell, sizeof cell, "%s%s", text[0], sign);
    } else {
        snprintf(cell, sizeof cell, "%s%s [%s, %s]", text[0], sign, text[1], text[2]);
    }
    return pp__put_text(to, at, column->name, cell, err);
}

/* Three digits of the largest of the column; counts, years and shares as they are. */
static double rounded(const pp_column *column, int64_t rows, double value) {
    double largest = 0;
    for (int64_t row = 0; row < rows; row++) {
        double size = fabs(column->number[row]);
        largest = isfinite(size) && size > largest ? size : largest;
    }
    if (column->show != PP_SHOW_DEFAULT || largest == 0 || !isfinite(value)) {
        return value;
    }
    double unit = pow(10, fmax(0, 2 - floor(log10(largest))));
    return round(value * unit) / unit;
}

static pp_status put_cell(const pp_table *from, int64_t row,
                          const pp__view_column *column, pp_table *to, int64_t at,
                          pp_error *err) {
    const pp_column *c = pp_table_find(from, column->name);
    if (column->low) {
        return put_interval(from, row, column, to, at, err);
    }
    if (column->when == PP__OWN_DIGITS && c->type == PP_NUMBER) {
        char own[32];
        if (fabs(c->number[row]) >= 100) {
            pp_format_fixed(c->number[row], 0, own);
        } else {
            pp_format_significant(c->number[row], DIGITS, own);
        }
        return pp__put_text(to, at, column->name, isnan(c->number[row]) ? "" : own, err);
    }
    if (c->type == PP_NUMBER) {
        return pp__put_number(to, at, column->name, c->show,
                              rounded(c, pp_table_rows(from), c->number[row]), err);
    }
    const char *text = in_words(column, pp_column_get_text(c, row));
    if (text && column->when == PP__SPACED) {
        return put_spaced(to, at, column->name, text, err);
    }
    int is_repeated = column->when == PP__ONCE && row > 0 &&
                      same(text, in_words(column, pp_column_get_text(c, row - 1)));
    return text ? pp__put_text(to, at, column->name, is_repeated ? "" : text, err)
                : PP_OK;
}

/* ---- columns ---- */

static int is_empty(const pp_column *c, int64_t rows) {
    for (int64_t row = 0; row < rows; row++) {
        const char *text = c->type == PP_NUMBER ? NULL : pp_column_get_text(c, row);
        if (c->type == PP_NUMBER ? !isnan(c->number[row]) : text && *text) {
            return 0;
        }
    }
    return 1;
}

static int is_constant(const pp_column *c, int64_t rows) {
    for (int64_t row = 1; row < rows; row++) {
        if (!same(pp_column_get_text(c, 0), pp_column_get_text(c, row))) {
            return 0;
        }
    }
    return 1;
}

static int is_shown(const pp_table *from, const pp__view_column *column) {
    const pp_column *c = pp_table_find(from, column->name);
    int64_t rows = pp_table_rows(from);
    return c && !is_empty(c, rows) &&
           (column->when != PP__IF_SEVERAL || !is_constant(c, rows)) &&
           (!column->low ||
            (pp_table_find(from, column->low) && pp_table_find(from, column->high)));
}

/* In the order of the view, whichever has a value first. */
static pp_status add_columns(const pp__view *view, const pp_table *from, pp_table *to,
                             pp_error *err) {
    for (const pp__view_column *c = view->columns;
         c < view->columns + sizeof view->columns / sizeof *view->columns && c->name;
         c++) {
        const pp_column *own = pp_table_find(from, c->name);
        if (is_shown(from, c)) {
            int is_number =
                own->type == PP_NUMBER && !c->low && c->when != PP__OWN_DIGITS;
            pp_column *column;
            PP_TRY(
                pp_table_add(to, is_number ? PP_NUMBER : PP_TEXT, c->name, &column, err));
            column->show = is_number ? own->show : PP_SHOW_DEFAULT;
        }
    }
    return PP_OK;
}

static pp_status label_columns(const pp__view *view, pp_table *to, pp_error *err) {
    for (const pp__view_column *c = view->columns;
         c < view->columns + sizeof view->columns / sizeof *view->columns && c->name;
         c++) {
        pp_column *column = pp_table_find(to, c->name);
        if (column) {
            PP_TRY(pp_column_describe(to, column, c->words, NULL, NULL, NULL, err));
        }
    }
    return PP_OK;
}

static pp_status put_row(const pp__view *view, const pp_table *from, int64_t row,
                         pp_table *to, pp_error *err) {
    int64_t at;
    PP_TRY(pp_table_append(to, &at, err));
    for (const pp__view_column *c = view->columns;
         c < view->columns + sizeof view->columns / sizeof *view->columns && c->name;
         c++) {
        PP_TRY(is_shown(from, c) ? put_cell(from, row, c, to, at, err) : PP_OK);
    }
    return PP_OK;
}

/* Without a word: that of the first row of the outcome. */
static int is_kept(const pp__view *view, const pp_table *from, int64_t row) {
    const pp_column *only = view->only ? pp_table_find(from, view->only) : NULL;
    int64_t first = row;
    if (!only) {
        return 1;
    }
    if (only->type == PP_NUMBER) {
        return only->number[row] != 0;
    }
    while (first > 0 &&
           same(text_at(from, "label", first - 1), text_at(from, "label", row))) {
        first--;
    }
    const char *word = view->is ? view->is : text_at(from, view->only, first);
    return same(text_at(from, view->only, row), word);
}

/* The rows of the other conditions: words, and the newest. */
static int is_wanted(const pp__view *view, const pp_table *from, int64_t row) {
    for (int i = 0; i < 2 && view->keep[i][0]; i++) {
        if (!same(text_at(from, view->keep[i][0], row), view->keep[i][1])) {
            return 0;
        }
    }
    const pp_column *year = view->newest ? pp_table_find(from, view->newest) : NULL;
    for (int64_t i = 0; year && i < pp_table_rows(from); i++) {
        if (year->number[i] > year->number[row]) {
            return 0;
        }
    }
    return is_kept(view, from, row);
}

static pp_status fill(const pp__view *view, const pp_table *from, pp_table *to,
                      pp_error *err) {
    PP_TRY(add_columns(view, from, to, err));
    int64_t most = view->most ? view->most : pp_table_rows(from);
    for (int64_t row = 0; row < pp_table_rows(from) && pp_table_rows(to) < most; row++) {
        if (is_wanted(view, from, row)) {
            PP_TRY(put_row(view, from, row, to, err));
        }
    }
    return label_columns(view, to, err);
}

static pp_status make(const pp__view *view, const pp_table *from, pp_table **out,
                      pp_error *err) {
    PP_TRY(pp_table_new(out, err));
    pp_status status = fill(view, from, *out, err);
    if (status != PP_OK) {
        pp_table_free(*out);
        *out = NULL;
    }
    return status;
}

static const pp__view *find_view(const char *name) {
    const pp__view *const lists[] = {pp__views_drivers, pp__views_unseen,
                                     pp__views_designs, pp__views_response};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        for (const pp__view *view = lists[i]; view->table; view++) {
            if (strcmp(view->table, name) == 0) {
                return view;
            }
        }
    }
    return NULL;
}

int64_t pp__view_most(const char *name) {
    const pp__view *view = find_view(name);
    return view ? view->most : 0;
}

pp_status pp__view_of(const char *name, const pp_table *table, const char **title,
                      const char **note, pp_table **out, pp_error *err) {
    const pp__view *view = find_view(name);
    *out = NULL;
    if (!view) {
        return PP_OK;
    }
    *title = view->title ? view->title : *title;
    *note = view->note ? view->note : *note;
    if (!pp_table_find(table, "verdict") || !pp_table_find(table, "check")) {
        return make(view, table, out, err);
    }
    pp_table *look;
    PP_TRY(pp__view_preflight(table, &look, err));
    pp_status status = make(view, look, out, err);
    pp_table_free(look);
    return status;
}
