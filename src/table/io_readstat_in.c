/* Stata, SPSS and SAS files, by ReadStat. */
#include "base/check.h"
#include "table/calendar.h"
#include "table/io.h"
#include "table/missing.h"
#include "table/table.h"

#include <ctype.h>
#include <readstat.h>
#include <stdio.h>
#include <string.h>

/* How a number becomes ISO text: units of time since the format's first day. */
typedef enum calendar {
    NO_DATE,
    DAYS,
    SECONDS,
    MILLISECONDS,
    MONTHS,
    SECONDS_AS_DAY
} calendar;

typedef struct variable {
    calendar calendar;
    const char *label_set; /* NULL: none */
} variable;

typedef struct value_label {
    const char *set, *label;
    double value;
    struct value_label *next;
} value_label;

typedef struct reading {
    const pp__file *file;
    const pp_context *ctx;
    pp_table *table;
    variable *variables;
    int n, capacity;
    value_label *labels, **last_label;
    pp_arena arena;
    int64_t expected_rows; /* -1: the file does not say */
    pp_status status;
    pp_error *err;
} reading;

static int64_t epoch_days(const reading *r) {
    int is_spss = r->file->kind == PP__SAV || r->file->kind == PP__POR;
    return is_spss ? -141428 : -3653; /* 1582-10-14 and 1960-01-01, from 1970-01-01 */
}

/* Keeps the first failure: ReadStat goes on after some handlers that ask it to stop. */
static int abort_with(reading *r, pp_status status) {
    r->status = r->status == PP_OK ? status : r->status;
    return r->status == PP_OK ? READSTAT_HANDLER_OK : READSTAT_HANDLER_ABORT;
}

static int begins(const char *format, const char *const *words) {
    for (; *words; words++) {
        if (strncasecmp(format, *words, strlen(*words)) == 0) {
            return 1;
        }
    }
    return 0;
}

static calendar calendar_of(pp__kind kind, const char *format) {
    static const char *const sas_moments[] = {"DATETIME", "E8601DT", "DATEAMPM", NULL};
    static const char *const sas_days[] = {"DATE",     "DDMMYY",   "MMDDYY",
                                           "YYMMDD",   "E8601DA",  "B8601DA",
                                           "WEEKDATE", "WORDDATE", NULL};
    static const char *const spss_moments[] = {"DATETIME", "YMDHMS", NULL};
    static const char *const spss_days[] = {"DATE",  "ADATE", "EDATE",
                                            "SDATE", "JDATE", NULL};
    static const char *const stata_days[] = {"%td", "%d", "%-td", NULL};
    static const char *const stata_moments[] = {"%tc", "%-tc", NULL};
    static const char *const stata_months[] = {"%tm", "%-tm", NULL};
    if (!format) {
        return NO_DATE;
    }
    switch (kind) {
    case PP__DTA:
        return begins(format, stata_days)      ? DAYS
               : begins(format, stata_moments) ? MILLISECONDS
               : begins(format, stata_months)  ? MONTHS
                                               : NO_DATE;
    case PP__SAV:
    case PP__POR:
        return begins(format, spss_moments) ? SECONDS
               : begins(format, spss_days)  ? SECONDS_AS_DAY
                                            : NO_DATE;
    default:
        return begins(format, sas_moments) ? SECONDS
               : begins(format, sas_days)  ? DAYS
                                           : NO_DATE;
    }
}

static void format_date(const reading *r, calendar unit, double value,
                        char out[PP__MOMENT_TEXT]) {
    if (unit == MONTHS) {
        int month = (int)floor(value), year = (int)floor(value / 12);
        snprintf(out, PP__MOMENT_TEXT, "%04d-%02d", 1960 + year, 1 + month - year * 12);
    } else if (unit == DAYS) {
        pp__format_day((int64_t)floor(value) + epoch_days(r), out);
    } else if (unit == SECONDS_AS_DAY) {
        pp__format_day((int64_t)floor(value / 86400) + epoch_days(r), out);
    } else {
        double second = floor(unit == MILLISECONDS ? value / 1000 : value);
        pp__format_moment((int64_t)second + epoch_days(r) * 86400, out);
    }
}

static int take_metadata(readstat_metadata_t *metadata, void *payload) {
    reading *r = payload;
    r->expected_rows = readstat_get_row_count(metadata);
    return READSTAT_HANDLER_OK;
}

static pp_status add_variable(reading *r, readstat_variable_t *from,
                              const char *label_set) {
    if (r->n == r->capacity) {
        int capacity = r->capacity ? r->capacity * 2 : 64;
        variable *grown = pp_realloc(r->variables, capacity, sizeof *grown);
        PP_NEED(grown, r->err);
        r->variables = grown;
        r->capacity = capacity;
    }
    const char *label = readstat_variable_get_label(from);
    int is_text = readstat_variable_get_type_class(from) == READSTAT_TYPE_CLASS_STRING;
    variable *v = &r->variables[r->n++];
    v->calendar = is_text
                      ? NO_DATE
                      : calendar_of(r->file->kind, readstat_variable_get_format(from));
    v->label_set = NULL;
    if (label_set && *label_set && !is_text) {
        v->label_set = pp_arena_strdup(&r->arena, label_set);
        PP_NEED(v->label_set, r->err);
    }
    const char *name = readstat_variable_get_name(from);
    char number[32];
    snprintf(number, sizeof number, "column%d", r->n);
    pp_column *column;
    PP_TRY(pp_table_add(r->table, is_text || v->calendar ? PP_TEXT : PP_NUMBER,
                        name ? name : number, &column, r->err));
    return pp_column_describe(r->table, column, label && *label ? label : NULL, NULL,
                              NULL, NULL, r->err);
}

static int take_variable(int index, readstat_variable_t *from, const char *label_set,
                         void *payload) {
    (void)index;
    reading *r = payload;
    return abort_with(r, add_variable(r, from, label_set));
}

static pp_status note_kind(reading *r, pp_column *column, int64_t row, char kind) {
    if (!column->missing_kind) {
        if (kind == '.') {
            return PP_OK;
        }
        column->missing_kind = pp_calloc(r->table->capacity, 1);
        PP_NEED(column->missing_kind, r->err);
        for (int64_t i = 0; i < r->table->rows; i++) {
            column->missing_kind[i] = isnan(column->number[i]) ? '.' : 0;
        }
    }
    column->missing_kind[row] = (uint8_t)kind;
    return PP_OK;
}

static char kind_of(readstat_value_t value, readstat_variable_t *from) {
    return readstat_value_is_tagged_missing(value)
               ? (char)tolower((unsigned char)readstat_value_tag(value))
           : readstat_value_is_system_missing(value)        ? '.'
           : readstat_value_is_defined_missing(value, from) ? 'U'
                                                            : 0;
}

static pp_status set_text(reading *r, pp_column *column, int64_t row, const char *text) {
    int64_t offset;
    if (!text || !*text) {
        return PP_OK;
    }
    if (!pp_text_is_utf8(text, (int64_t)strlen(text), &offset)) {
        pp_error_set(r->err, PP_E_INPUT, "byte 0x%02X of the text is not UTF-8",
                     (unsigned char)text[offset]);
        pp_error_locate(r->err, NULL, row + 1, column->name, NULL);
        return PP_E_INPUT;
    }
    return pp_column_set_text(r->table, column, row, text, r->err);
}

static pp_status set_cell(reading *r, int64_t row, readstat_variable_t *from,
                          readstat_value_t value) {
    int index = readstat_variable_get_index(from);
    pp_column *column = pp_table_column(r->table, index);
    if (readstat_value_type_class(value) == READSTAT_TYPE_CLASS_STRING) {
        return set_text(r, column, row, readstat_string_value(value));
    }
    char kind = kind_of(value, from);
    double number = readstat_double_value(value);
    if (column->type == PP_NUMBER) {
        column->number[row] =
            kind ? pp__missing_number(kind, kind == 'U' ? number : 0) : number;
        return kind || column->missing_kind ? note_kind(r, column, row, kind) : PP_OK;
    }
    if (kind || !(fabs(number) < 1e15)) {
        return PP_OK;
    }
    char text[PP__MOMENT_TEXT];
    format_date(r, r->variables[index].calendar, number, text);
    return pp_column_set_text(r->table, column, row, text, r->err);
}

static int take_value(int row, readstat_variable_t *from, readstat_value_t value,
                      void *payload) {
    reading *r = payload;
    while (row >= r->table->rows) {
        int64_t added;
        pp_status status = pp_table_append(r->table, &added, r->err);
        if (status != PP_OK) {
            return abort_with(r, status);
        }
    }
    return abort_with(r, set_cell(r, row, from, value));
}

static int take_label(const char *set, readstat_value_t value, const char *label,
                      void *payload) {
    reading *r = payload;
    if (readstat_value_type_class(value) == READSTAT_TYPE_CLASS_STRING) {
        return READSTAT_HANDLER_OK;
    }
    value_label *l = pp_arena_zalloc(&r->arena, 1, sizeof *l);
    if (l) {
        l->set = pp_arena_strdup(&r->arena, set);
        l->label = pp_arena_strdup(&r->arena, label ? label : "");
    }
    if (!l || !l->set || !l->label) {
        return abort_with(r, pp_error_set(r->err, PP_E_MEMORY, "out of memory"));
    }
    l->value = readstat_value_is_tagged_missing(value)
                   ? pp__missing_number(
                         (char)tolower((unsigned char)readstat_value_tag(value)), 0)
                   : readstat_double_value(value);
    *r->last_label = l;
    r->last_label = &l->next;
    return READSTAT_HANDLER_OK;
}

static int take_progress(double fraction, void *payload) {
    reading *r = payload;
    return abort_with(r, pp_progress(r->ctx, "read", fraction, r->err));
}

static int has_label(const value_label *l, const char *set) {
    return strcmp(l->set, set) == 0;
}

static pp_status attach_labels(reading *r, pp_column *column, const char *set) {
    int32_t n = 0;
    for (const value_label *l = r->labels; l; l = l->next) {
        n += has_label(l, set);
    }
    column->labelled_values = pp_arena_alloc(&r->table->arena, n, sizeof(double));
    column->value_labels = pp_arena_alloc(&r->table->arena, n, sizeof(char *));
    PP_NEED(column->labelled_values && column->value_labels, r->err);
    for (const value_label *l = r->labels; l; l = l->next) {
        if (has_label(l, set)) {
            const char *label = pp_arena_strdup(&r->table->arena, l->label);
            PP_NEED(label, r->err);
            column->labelled_values[column->n_value_labels] = l->value;
            column->value_labels[column->n_value_labels++] = label;
        }
    }
    return PP_OK;
}

static pp_status finish(reading *r) {
    if (r->expected_rows >= 0 && r->expected_rows != r->table->rows && r->n > 0) {
        PP_FAIL(r->err, PP_E_INPUT, "the file has %lld rows; it says that it has %lld",
                (long long)r->table->rows, (long long)r->expected_rows);
    }
    for (int i = 0; i < r->n; i++) {
        pp_column *column = pp_table_column(r->table, i);
        if (r->variables[i].label_set && column->type == PP_NUMBER) {
            PP_TRY(attach_labels(r, column, r->variables[i].label_set));
        }
    }
    return PP_OK;
}

static readstat_error_t parse(readstat_parser_t *parser, reading *r) {
    const char *path = r->file->path;
    readstat_set_metadata_handler(parser, take_metadata);
    readstat_set_variable_handler(parser, take_variable);
    readstat_set_value_handler(parser, take_value);
    readstat_set_value_label_handler(parser, take_label);
    readstat_set_progress_handler(parser, take_progress);
    switch (r->file->kind) {
    case PP__DTA:
        return readstat_parse_dta(parser, path, r);
    case PP__SAV:
        return readstat_parse_sav(parser, path, r);
    case PP__POR:
        return readstat_parse_por(parser, path, r);
    case PP__SAS7BDAT:
        return readstat_parse_sas7bdat(parser, path, r);
    default:
        return readstat_parse_xport(parser, path, r);
    }
}

static pp_status parse_error(readstat_error_t code, pp_error *err) {
    if (code == READSTAT_ERROR_MALLOC) {
        PP_FAIL(err, PP_E_MEMORY,
                "out of memory, or the file asks for more than it holds");
    }
    pp_status status = code == READSTAT_ERROR_UNSUPPORTED_COMPRESSION ||
                               code == READSTAT_ERROR_UNSUPPORTED_FILE_FORMAT_VERSION ||
                               code == READSTAT_ERROR_UNSUPPORTED_CHARSET
                           ? PP_E_UNSUPPORTED
                           : PP_E_INPUT;
    return pp_error_set(err, status, "ReadStat: %s", readstat_error_message(code));
}

pp_status pp__read_readstat(const pp__file *file, const pp_context *ctx, pp_table **out,
                            pp_error *err) {
    reading r = {.file = file, .ctx = ctx, .expected_rows = -1, .err = err};
    r.last_label = &r.labels;
    pp_arena_init(&r.arena);
    readstat_parser_t *parser = readstat_parser_init();
    pp_status status = parser ? pp_table_new(&r.table, err)
                              : pp_error_set(err, PP_E_MEMORY, "out of memory");
    if (status == PP_OK) {
        readstat_error_t code = parse(parser, &r);
        status = r.status != PP_OK     ? r.status
                 : code != READSTAT_OK ? parse_error(code, err)
                                       : finish(&r);
    }
    if (parser) {
        readstat_parser_free(parser);
    }
    if (status == PP_E_INPUT || status == PP_E_CONFLICT) {
        pp_error_hint(err, "the file was cut off or damaged; fetch or export it again");
    }
    pp_free(r.variables);
    pp_arena_clear(&r.arena);
    if (status != PP_OK) {
        pp_table_free(r.table);
        return status;
    }
    *out = r.table;
    return PP_OK;
}
