/* A sheet of an Excel workbook as a table: the first row that is not empty names the
   columns, empty rows are left out, and columns without a name are called column1,
   column2, … The kinds of a column's cells decide its type as in CSV files. */
#include "base/check.h"
#include "table/calendar.h"
#include "table/io.h"
#include "table/table.h"
#include "table/xlsx.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { COLUMNS_LIMIT = 16384, ROWS_PER_REPORT = 4096, SPARSEST = 64, SMALL = 100000 };

enum { EMPTY = 0, NUMBER = 1, FLAG = 2, DATE = 4, TEXT = 8, NA = 16 }; /* bits */

typedef struct cell {
    int64_t row; /* 0 is the header; empty rows do not count */
    int32_t column, kind;
    double number;
    const char *text;
} cell;

typedef struct sheet {
    pp__xlsx *book;
    const pp_read_options *options;
    const pp_context *ctx;
    cell *cells; /* those that are not empty */
    int64_t n_cells, capacity;
    int64_t rows, columns;
    int64_t row_number, column, style; /* of the cell being read */
    char type[16];
    pp_buf value;
    int has_value, in_phonetics;
    int64_t errors; /* cells that hold #DIV/0! and the like */
} sheet;

static pp_status wrong_cell(const sheet *s, const char *value, const char *what,
                            const char *hint, pp_error *err) {
    char name[16];
    int at = (int)sizeof name - 1;
    name[at] = '\0';
    for (int64_t c = s->column + 1; c > 0 && at > 0; c = (c - 1) / 26) {
        name[--at] = (char)('A' + (c - 1) % 26);
    }
    pp_error_set(err, PP_E_INPUT, "cell %s%lld %s", name + at, (long long)s->row_number,
                 what);
    pp_error_locate(err, s->book->path, s->row_number, NULL, value);
    pp_error_hint(err, "%s", hint);
    return PP_E_INPUT;
}

/* "AB12" is column 27; -1 when it is no reference. */
static int64_t column_of(const char *reference) {
    int64_t column = 0;
    for (; isupper((unsigned char)*reference) && column <= COLUMNS_LIMIT; reference++) {
        column = column * 26 + (*reference - 'A' + 1);
    }
    return column > 0 && column <= COLUMNS_LIMIT ? column - 1 : -1;
}

static int64_t whole(const char *text, int64_t otherwise) {
    int64_t value;
    return text && pp_parse_integer(text, &value) ? value : otherwise;
}

static pp_status begin_cell(sheet *s, const char **attributes, pp_error *err) {
    const char *reference = pp__xml_attribute(attributes, "r");
    const char *type = pp__xml_attribute(attributes, "t");
    s->column = reference ? column_of(reference) : s->column + 1;
    if (s->column < 0 || s->column >= COLUMNS_LIMIT) {
        return wrong_cell(s, reference, "has no place in a sheet",
                          "open it in a spreadsheet program and save it again", err);
    }
    snprintf(s->type, sizeof s->type, "%s", type ? type : "n");
    s->style = whole(pp__xml_attribute(attributes, "s"), 0);
    s->value.length = 0;
    s->has_value = 0;
    return PP_OK;
}

static pp_status begin(void *payload, const char *element, const char **attributes,
                       int *wants_text, pp_error *err) {
    sheet *s = payload;
    if (strcmp(element, "row") == 0) {
        s->row_number = whole(pp__xml_attribute(attributes, "r"), s->row_number + 1);
        s->column = -1;
    } else if (strcmp(element, "c") == 0) {
        return begin_cell(s, attributes, err);
    } else if (strcmp(element, "rPh") == 0) {
        s->in_phonetics = 1;
    } else {
        *wants_text =
            strcmp(element, "v") == 0 || (strcmp(element, "t") == 0 && !s->in_phonetics);
    }
    return PP_OK;
}

/* Excel writes control characters as _x000D_; the text is a copy of ours. */
static void decode_escapes(char *text) {
    char *to = text;
    for (const char *from = text; *from; to++) {
        unsigned code;
        int n = 0;
        if (sscanf(from, "_x%4x_%n", &code, &n) == 1 && n == 7 && code > 0 &&
            code < 0x80) {
            *to = (char)code;
            from += 7;
        } else {
            *to = *from++;
        }
    }
    *to = '\0';
}

static pp_status set_text(sheet *s, cell *c, const char *text, pp_error *err) {
    if (!*text) {
        return PP_OK;
    }
    char *copy = pp_arena_strdup(&s->book->arena, text);
    PP_NEED(copy, err);
    decode_escapes(copy);
    c->text = copy;
    c->kind = strcmp(copy, "NA") == 0 ? NA : TEXT;
    return PP_OK;
}

/* Day 60 of the calendar that begins in 1900 is a 29 February that never was. */
static pp_status set_moment(sheet *s, cell *c, double value, pp__xlsx_style style,
                            pp_error *err) {
    if (!(value >= 0 && value < 2958466)) {
        c->kind = NUMBER; /* spreadsheets show it as #### */
        c->number = value;
        return PP_OK;
    }
    double second = round(value * 86400), day = floor(second / 86400);
    int64_t start = s->book->starts_1904 ? -24107 : day < 60 ? -25568 : -25569;
    char text[PP__MOMENT_TEXT];
    pp__format_moment((int64_t)second + start * 86400, text);
    const char *shown = text;
    if (style == PP__XLSX_TIME && day == 0) {
        shown = strchr(text, 'T') + 1;
    } else if (second == day * 86400) {
        *strchr(text, 'T') = '\0';
    }
    c->text = pp_arena_strdup(&s->book->arena, shown);
    PP_NEED(c->text, err);
    c->kind = DATE;
    return PP_OK;
}

static pp_status set_number(sheet *s, cell *c, const char *text, pp_error *err) {
    double value;
    if (!pp_parse_number(text, &value)) {
        return wrong_cell(s, text, "should hold a number",
                          "open it in a spreadsheet program and save it again", err);
    }
    pp__xlsx_style style = s->style >= 0 && s->style < s->book->n_styles
                               ? (pp__xlsx_style)s->book->styles[s->style]
                               : PP__XLSX_NUMBER;
    if (style != PP__XLSX_NUMBER) {
        return set_moment(s, c, value, style, err);
    }
    c->kind = NUMBER;
    c->number = value;
    return PP_OK;
}

static pp_status set_cell(sheet *s, cell *c, const char *text, pp_error *err) {
    const char *type = s->type;
    if (strcmp(type, "s") == 0) {
        int64_t i = whole(text, -1);
        if (i < 0 || i >= s->book->n_strings) {
            return wrong_cell(s, text, "names a text that is not there",
                              "open it in a spreadsheet program and save it again", err);
        }
        return set_text(s, c, s->book->strings[i], err);
    }
    if (strcmp(type, "str") == 0 || strcmp(type, "inlineStr") == 0 ||
        strcmp(type, "d") == 0) {
        return set_text(s, c, text, err);
    }
    if (strcmp(type, "e") == 0) {
        s->errors += strcmp(text, "#N/A") != 0;
        return PP_OK;
    }
    if (!*text) {
        return PP_OK;
    }
    if (strcmp(type, "b") == 0) {
        c->kind = FLAG;
        c->number = *text == '1';
        return PP_OK;
    }
    return set_number(s, c, text, err);
}

static pp_status end_cell(sheet *s, pp_error *err) {
    if (s->n_cells == s->capacity) {
        int64_t capacity = s->capacity ? s->capacity * 2 : 256;
        cell *grown = pp_realloc(s->cells, capacity, sizeof *grown);
        PP_NEED(grown, err);
        s->cells = grown;
        s->capacity = capacity;
    }
    PP_TRY(pp_buf_check(&s->value, err));
    cell *c = &s->cells[s->n_cells];
    *c = (cell){.row = s->rows, .column = (int32_t)s->column};
    PP_TRY(set_cell(s, c, s->value.length ? s->value.data : "", err));
    if (c->kind != EMPTY) {
        s->n_cells++;
        s->columns = s->column >= s->columns ? s->column + 1 : s->columns;
    }
    return PP_OK;
}

static pp_status end_row(sheet *s, pp_error *err) {
    if (s->n_cells > 0 && s->cells[s->n_cells - 1].row == s->rows) {
        s->rows++;
    }
    return s->rows % ROWS_PER_REPORT == 0 ? pp_progress(s->ctx, "read", -1, err) : PP_OK;
}

static pp_status end(void *payload, const char *element, const char *text,
                     pp_error *err) {
    sheet *s = payload;
    if (strcmp(element, "v") == 0) {
        s->has_value = 1;
        s->value.length = 0;
        pp_buf_add(&s->value, text);
    } else if (strcmp(element, "t") == 0 && !s->has_value) {
        pp_buf_add(&s->value, text);
    } else if (strcmp(element, "rPh") == 0) {
        s->in_phonetics = 0;
    } else if (strcmp(element, "c") == 0) {
        return end_cell(s, err);
    } else if (strcmp(element, "row") == 0) {
        return end_row(s, err);
    }
    return PP_OK;
}

/* What a cell shows; `number` is room for it. */
static const char *shown(const cell *c, char number[32]) {
    if (c->kind == NUMBER) {
        pp_format_number(c->number, number);
        return number;
    }
    return c->kind == FLAG ? c->number == 1 ? "true" : "false" : c->text;
}

/* The names in the first row, and column1, column2, … where it has none. */
static pp_status find_names(const sheet *s, const char **names, pp_error *err) {
    int64_t nameless = s->columns;
    for (int64_t k = 0; k < s->n_cells && s->cells[k].row == 0; k++) {
        char number[32];
        const cell *c = &s->cells[k];
        nameless -= names[c->column] == NULL;
        names[c->column] = pp_arena_strdup(&s->book->arena, shown(c, number));
        PP_NEED(names[c->column], err);
    }
    for (int64_t i = 0; i < s->columns; i++) {
        if (!names[i]) {
            names[i] = pp_arena_printf(&s->book->arena, "column%lld", (long long)i + 1);
            PP_NEED(names[i], err);
        }
    }
    if (nameless > 0) {
        pp_log(s->ctx, PP_LOG_WARNING,
               "%s: %lld of %lld columns have no name in the first row", s->book->path,
               (long long)nameless, (long long)s->columns);
    }
    return PP_OK;
}

typedef struct column_plan {
    pp_column *column;
    int kinds;    /* of its cells */
    int keeps_na; /* NA is text in it */
} column_plan;

static pp_status add_column(const sheet *s, pp_table *table, const char *name,
                            column_plan *plan, pp_error *err) {
    int others = plan->kinds & ~NA, is_kept = pp__keeps_text(s->options, name);
    int is_number = (others == NUMBER || others == FLAG) && !is_kept;
    pp_status status =
        pp_table_add(table, is_number ? PP_NUMBER : PP_TEXT, name, &plan->column, err);
    if (status == PP_E_CONFLICT) {
        pp_error_set(err, PP_E_INPUT, "two columns have the same name");
        pp_error_locate(err, s->book->path, 0, name, NULL);
        pp_error_hint(err, "give each column its own name");
        return PP_E_INPUT;
    }
    PP_TRY(status);
    plan->column->show = is_number && others == FLAG ? PP_SHOW_FLAG : PP_SHOW_DEFAULT;
    plan->keeps_na = is_kept || !(is_number || others == DATE);
    return PP_OK;
}

static pp_status fill(const sheet *s, const char **names, column_plan *plans,
                      pp_table *table, pp_error *err) {
    PP_TRY(find_names(s, names, err));
    PP_TRY(pp_table_resize(table, s->rows - 1, err));
    for (int64_t k = 0; k < s->n_cells; k++) {
        plans[s->cells[k].column].kinds |= s->cells[k].row > 0 ? s->cells[k].kind : 0;
    }
    for (int64_t i = 0; i < s->columns; i++) {
        PP_TRY(add_column(s, table, names[i], &plans[i], err));
    }
    for (int64_t k = 0; k < s->n_cells; k++) {
        const cell *c = &s->cells[k];
        const column_plan *plan = &plans[c->column];
        char number[32];
        if (c->row == 0 || (c->kind == NA && !plan->keeps_na)) {
            continue;
        }
        if (plan->column->type == PP_NUMBER) {
            plan->column->number[c->row - 1] = c->number;
        } else {
            PP_TRY(pp_column_set_text(table, plan->column, c->row - 1, shown(c, number),
                                      err));
        }
    }
    return PP_OK;
}

static pp_status check_size(const sheet *s, pp_error *err) {
    const char *what = NULL, *hint = "name another sheet";
    if (s->n_cells == 0) {
        what = "the sheet is empty";
    } else if (s->rows * s->columns / SPARSEST > s->n_cells + SMALL) {
        what = "the sheet is all but empty and too wide for a table";
        hint = "delete the cells that stand far from the table";
    }
    if (!what) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_INPUT, "%s", what);
    pp_error_locate(err, s->book->path, 0, NULL, NULL);
    pp_error_hint(err, "%s", hint);
    return PP_E_INPUT;
}

static pp_status make_table(const sheet *s, pp_table **out, pp_error *err) {
    PP_TRY(check_size(s, err));
    const char **names = pp_arena_zalloc(&s->book->arena, s->columns, sizeof *names);
    column_plan *plans = pp_arena_zalloc(&s->book->arena, s->columns, sizeof *plans);
    PP_NEED(names && plans, err);
    pp_table *table;
    PP_TRY(pp_table_new(&table, err));
    pp_status status = fill(s, names, plans, table, err);
    if (status != PP_OK) {
        pp_table_free(table);
        return status;
    }
    if (s->errors > 0) {
        pp_log(s->ctx, PP_LOG_WARNING,
               "%s: %lld cells hold an error such as #DIV/0!; they are "
               "read as missing",
               s->book->path, (long long)s->errors);
    }
    *out = table;
    return PP_OK;
}

static pp_status read_sheet(pp__xlsx *book, const pp_read_options *options,
                            const pp_context *ctx, pp_table **out, pp_error *err) {
    char part[256];
    PP_TRY(pp__xlsx_find_sheet(book, options->sheet, part, err));
    sheet s = {.book = book, .options = options, .ctx = ctx};
    pp_buf_init(&s.value);
    pp__xml_handler handler = {begin, end, &s};
    pp_status status = pp__xlsx_parse(book, part, &handler, err);
    if (status == PP_OK) {
        status = make_table(&s, out, err);
    } else if (status == PP_E_NOT_FOUND) {
        status = PP_E_INPUT;
        if (err) {
            err->code = status;
        }
    }
    pp_buf_clear(&s.value);
    pp_free(s.cells);
    return status;
}

pp_status pp__read_xlsx(const pp__file *file, const pp_read_options *options,
                        const pp_context *ctx, pp_table **out, pp_error *err) {
    pp__xlsx book;
    pp_status status = pp__xlsx_open(file->path, &book, err);
    if (status == PP_OK) {
        status = read_sheet(&book, options, ctx, out, err);
    }
    pp__xlsx_close(&book);
    return status;
}
