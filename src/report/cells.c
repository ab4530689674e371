#include "report/cells.h"

#include "base/check.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { NUMBER_BYTES = 80, MOST_DECIMALS = 6 };
static const double TINY = 1e-5; /* below it a number is written with a power of ten */
static const double HUGE_NUMBER = 1e15;

static int is_hostile(utf8proc_int32_t c) {
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f;
}

char *pp__clean_text(pp_arena *arena, const char *text) {
    static const char replacement[] = "\xef\xbf\xbd";
    size_t length = strlen(text);
    char *out = pp_arena_alloc(arena, (int64_t)length, 3);
    char *to = out;
    if (length == 0) {
        return pp_arena_strdup(arena, "");
    }
    if (!out) {
        return NULL;
    }
    for (size_t i = 0; i < length;) {
        utf8proc_int32_t c;
        utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)text + i,
                                              (utf8proc_ssize_t)(length - i), &c);
        if (n > 0 && !is_hostile(c)) {
            memcpy(to, text + i, (size_t)n);
            to += n;
        } else if (n > 0 && (c == '\n' || c == '\t' || c == '\r')) {
            *to++ = ' ';
        } else {
            memcpy(to, replacement, 3);
            to += 3;
        }
        i += n > 0 ? (size_t)n : 1;
    }
    return pp_arena_strndup(arena, out, to - out);
}

/* Digits after the point that the shortest exact form of `value` has. */
static int exact_decimals(double value) {
    char text[32];
    pp_format_number(value, text);
    const char *exponent = strchr(text, 'e');
    const char *point = strchr(text, '.');
    int after =
        point ? (int)((exponent ? exponent : text + strlen(text)) - point) - 1 : 0;
    after -= exponent ? (int)strtol(exponent + 1, NULL, 10) : 0;
    return after > 0 ? after : 0;
}

/* The decimals that a column shares: four significant digits of its largest value and two
   of its smallest, three decimals if any value is below one; no more than its values
   have. */
static int shared_decimals(const double *value, int64_t rows, double scale) {
    double largest = 0, smallest = HUGE_NUMBER;
    int exact = 0;
    for (int64_t i = 0; i < rows; i++) {
        double size = fabs(value[i] * scale);
        if (isfinite(size) && size >= TINY && size < HUGE_NUMBER) {
            largest = fmax(largest, size);
            smallest = fmin(smallest, size);
            int own = exact < MOST_DECIMALS ? exact_decimals(size) : 0;
            exact = own > exact ? own : exact;
        }
    }
    if (largest == 0) {
        return 0;
    }
    int wanted = 3 - (int)floor(log10(largest));
    int needed = 1 - (int)floor(log10(smallest));
    wanted = needed > wanted ? needed : wanted;
    int least = smallest < 1 ? 3 : 1;
    wanted = wanted < least ? least : wanted;
    wanted = wanted > MOST_DECIMALS ? MOST_DECIMALS : wanted;
    return exact < wanted ? exact : wanted;
}

/* Puts thin spaces between groups of three digits before the point. */
static void group_digits(char text[NUMBER_BYTES]) {
    char plain[NUMBER_BYTES];
    size_t length = strlen(text), sign = text[0] == '-';
    size_t digits = strspn(text + sign, "0123456789");
    char *to = text + sign;
    memcpy(plain, text, length + 1);
    for (size_t i = 0; i < digits; i++) {
        if (i > 0 && (digits - i) % 3 == 0) {
            memcpy(to, PP__GROUP, 3);
            to += 3;
        }
        *to++ = plain[sign + i];
    }
    memcpy(to, plain + sign + digits, length - sign - digits + 1);
}

typedef struct number_style {
    pp_show show;
    int decimals;
    int grouped;
} number_style;

static number_style style_of(const pp_column *column, int64_t rows) {
    number_style style = {column->show, 0, 0};
    double scale = column->show == PP_SHOW_PERCENT ? 100 : 1;
    switch (column->show) {
    case PP_SHOW_FLAG:
        break;
    case PP_SHOW_P_VALUE:
        style.decimals = 3;
        break;
    case PP_SHOW_PERCENT:
        style.decimals = shared_decimals(column->number, rows, scale) > 0;
        break;
    default:
        style.decimals = shared_decimals(column->number, rows, 1);
    }
    for (int64_t i = 0; i < rows && column->show == PP_SHOW_COUNT; i++) {
        style.grouped |= fabs(column->number[i]) >= 10000;
    }
    return style;
}

static void format_cell(double value, number_style style, char text[NUMBER_BYTES]) {
    double size = fabs(value);
    if (isnan(value)) {
        memcpy(text, PP__MISSING, sizeof PP__MISSING);
    } else if (style.show == PP_SHOW_FLAG) {
        memcpy(text, value != 0 ? "yes" : "no", value != 0 ? 4 : 3);
    } else if (style.show == PP_SHOW_P_VALUE && value < 0.001) {
        memcpy(text, "<0.001", 7);
    } else if (style.show == PP_SHOW_PERCENT && isfinite(value)) {
        pp_format_fixed(value * 100, style.decimals, text);
        memcpy(text + strlen(text), "%", 2);
    } else if (value != 0 && style.show != PP_SHOW_P_VALUE &&
               (size < TINY || size >= HUGE_NUMBER)) {
        pp_format_significant(value, 3, text);
    } else {
        pp_format_fixed(value, style.decimals, text);
        if (style.grouped && isfinite(value)) {
            group_digits(text);
        }
    }
}

static pp_status fill_numbers(pp_arena *arena, const pp_column *column, int64_t rows,
                              const char **cell, pp_error *err) {
    number_style style = style_of(column, rows);
    for (int64_t i = 0; i < rows; i++) {
        char text[NUMBER_BYTES];
        format_cell(column->number[i], style, text);
        PP_NEED(cell[i] = pp_arena_strdup(arena, text), err);
    }
    return PP_OK;
}

static pp_status fill_texts(pp_arena *arena, const pp_column *column, int64_t rows,
                            const char **cell, pp_error *err) {
    for (int64_t i = 0; i < rows; i++) {
        const char *text = pp_column_get_text(column, i);
        cell[i] = PP__MISSING;
        if (text) {
            PP_NEED(cell[i] = pp__clean_text(arena, text), err);
        }
    }
    return PP_OK;
}

static pp_status fill_column(pp_arena *arena, const pp_column *column, int64_t rows,
                             pp__cell_column *out, pp_error *err) {
    const char *label = column->label ? column->label : column->name;
    const char *head = label;
    if (column->unit && *column->unit) {
        PP_NEED(head = pp_arena_printf(arena, "%s (%s)", label, column->unit), err);
    }
    out->name = column->name;
    out->numeric = column->type == PP_NUMBER;
    out->centred = !out->numeric && column->show == PP_SHOW_FIGURES;
    PP_NEED(out->head = pp__clean_text(arena, head), err);
    PP_NEED(out->cell = pp_arena_alloc(arena, rows, sizeof *out->cell), err);
    return out->numeric ? fill_numbers(arena, column, rows, out->cell, err)
                        : fill_texts(arena, column, rows, out->cell, err);
}

pp_status pp__cells_init(pp__cells *cells, const pp_table *table, pp_error *err) {
    *cells =
        (pp__cells){.rows = pp_table_rows(table), .columns = pp_table_columns(table)};
    pp_arena_init(&cells->arena);
    cells->column = pp_arena_zalloc(&cells->arena, cells->columns, sizeof *cells->column);
    pp_status status = PP_OK;
    if (!cells->column) {
        status = pp_error_set(err, PP_E_MEMORY, "out of memory");
    }
    for (int j = 0; j < cells->columns && status == PP_OK; j++) {
        status = fill_column(&cells->arena, pp_table_column(table, j), cells->rows,
                             &cells->column[j], err);
    }
    if (status != PP_OK) {
        pp__cells_clear(cells);
    }
    return status;
}

void pp__cells_clear(pp__cells *cells) {
    pp_arena_clear(&cells->arena);
}
