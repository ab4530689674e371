/* Writing Stata, SPSS and SAS files, by ReadStat. */
#include "base/check.h"
#include "table/io.h"
#include "table/missing.h"

#include <ctype.h>
#include <float.h>
#include <readstat.h>
#include <stdio.h>
#include <string.h>

enum {
    STATA_TEXT = 2045,
    LONGEST_TEXT = 32767,
    STATA_14 = 118,
    ROWS_PER_REPORT = 1 << 16
};

/* The values that SPSS is told to take for missing: up to three, or else a range. */
typedef struct user_missing {
    double values[3], lo, hi;
    int n;           /* 4: more than three */
    double nameless; /* stands for those whose value is not known */
} user_missing;

typedef struct out_column {
    const pp_column *column;
    readstat_variable_t *variable;
    user_missing user;
    readstat_string_ref_t **refs; /* texts too long for a Stata string */
    int as_codes;                 /* a category as labelled whole numbers from 1 */
} out_column;

typedef struct writing {
    const pp_table *table;
    const pp__file *file;
    const pp_context *ctx;
    pp__sink *sink;
    readstat_writer_t *writer;
    out_column *columns;
    int64_t kinds_lost; /* missing cells whose kind the format cannot hold */
    pp_error *err;
    pp_status status; /* of the sink */
} writing;

static pp_status write_error(const writing *w, readstat_error_t code,
                             const char *column) {
    if (w->status != PP_OK) {
        return w->status;
    }
    if (code == READSTAT_ERROR_MALLOC) {
        PP_FAIL(w->err, PP_E_MEMORY, "out of memory");
    }
    pp_error_set(w->err, PP_E_ARGUMENT, "this format cannot hold the table: %s",
                 readstat_error_message(code));
    pp_error_locate(w->err, NULL, 0, column, NULL);
    if (code >= READSTAT_ERROR_NAME_BEGINS_WITH_ILLEGAL_CHARACTER &&
        code <= READSTAT_ERROR_NAME_IS_TOO_LONG) {
        pp_error_hint(w->err,
                      "rename the column: letters, digits and _, at most 32 of them");
    }
    return PP_E_ARGUMENT;
}

static ssize_t take_bytes(const void *bytes, size_t n, void *payload) {
    writing *w = payload;
    pp_buf_add_bytes(pp__sink_pending(w->sink), bytes, (int64_t)n);
    if (w->status == PP_OK) {
        w->status = pp__sink_flow(w->sink, w->err);
    }
    return w->status == PP_OK ? (ssize_t)n : -1;
}

static char cell_kind(const pp_column *column, int64_t row) {
    double value = column->number[row];
    if (!isnan(value)) {
        return 0;
    }
    char kind =
        column->missing_kind ? (char)column->missing_kind[row] : pp__missing_kind(value);
    return kind ? kind : '.';
}

static int holds_value(const pp_column *column, int64_t rows, double lo, double hi) {
    for (int64_t row = 0; row < rows; row++) {
        if (column->number[row] >= lo && column->number[row] <= hi) {
            return 1;
        }
    }
    return 0;
}

static void add_user_value(user_missing *user, double value) {
    user->lo = user->n == 0 || value < user->lo ? value : user->lo;
    user->hi = user->n == 0 || value > user->hi ? value : user->hi;
    for (int i = 0; i < user->n && i < 3; i++) {
        if (user->values[i] == value) {
            return;
        }
    }
    if (user->n < 3) {
        user->values[user->n] = value;
    }
    user->n += user->n < 4;
}

static pp_status find_user_missing(const writing *w, out_column *out) {
    const pp_column *column = out->column;
    int64_t rows = pp_table_rows(w->table);
    out->user.nameless = -9;
    while (holds_value(column, rows, out->user.nameless, out->user.nameless)) {
        out->user.nameless = out->user.nameless * 10 - 9;
    }
    for (int64_t row = 0; row < rows; row++) {
        if (cell_kind(column, row) == 'U') {
            double value = pp__missing_value(column->number[row]);
            add_user_value(&out->user, isnan(value) ? out->user.nameless : value);
        }
    }
    if (out->user.n == 4 && holds_value(column, rows, out->user.lo, out->user.hi)) {
        pp_error_set(w->err, PP_E_UNSUPPORTED,
                     "SPSS holds three values for missing or a range; "
                     "this column has more, and other values between them");
        pp_error_locate(w->err, NULL, 0, column->name, NULL);
        return PP_E_UNSUPPORTED;
    }
    return PP_OK;
}

static void declare_user_missing(const out_column *out) {
    if (out->user.n == 4) {
        readstat_variable_add_missing_double_range(out->variable, out->user.lo,
                                                   out->user.hi);
    }
    for (int i = 0; i < out->user.n && out->user.n < 4; i++) {
        readstat_variable_add_missing_double_value(out->variable, out->user.values[i]);
    }
}

static void label_numbers(const writing *w, readstat_label_set_t *set,
                          const pp_column *column) {
    for (int32_t i = 0; i < column->n_value_labels; i++) {
        double value = column->labelled_values[i];
        if (!isnan(value)) {
            readstat_label_double_value(set, value, column->value_labels[i]);
        } else if (w->file->kind == PP__DTA && pp__missing_kind(value)) {
            readstat_label_tagged_value(set, pp__missing_kind(value),
                                        column->value_labels[i]);
        }
    }
}

static void add_labels(writing *w, out_column *out, int index) {
    const pp_column *column = out->column;
    int has_labels =
        out->as_codes || (column->type == PP_NUMBER && column->n_value_labels > 0);
    if (!has_labels || (w->file->kind != PP__DTA && w->file->kind != PP__SAV)) {
        return;
    }
    char name[32];
    snprintf(name, sizeof name, "labels%d", index);
    readstat_label_set_t *set = readstat_add_label_set(
        w->writer, out->as_codes ? READSTAT_TYPE_INT32 : READSTAT_TYPE_DOUBLE, name);
    for (int32_t i = 0; i < column->n_levels && out->as_codes; i++) {
        readstat_label_int32_value(set, i + 1, column->levels[i]);
    }
    if (!out->as_codes) {
        label_numbers(w, set, column);
    }
    readstat_variable_set_label_set(out->variable, set);
}

static size_t longest_text(const pp_table *table, const pp_column *column) {
    size_t longest = 1;
    for (int64_t row = 0; row < pp_table_rows(table); row++) {
        const char *text = pp_column_get_text(column, row);
        size_t n = text ? strlen(text) : 0;
        longest = n > longest ? n : longest;
    }
    return longest;
}

static pp_status add_refs(writing *w, out_column *out) {
    int64_t rows = pp_table_rows(w->table);
    out->refs = pp_calloc(rows, sizeof(readstat_string_ref_t *));
    PP_NEED(out->refs, w->err);
    for (int64_t row = 0; row < rows; row++) {
        const char *text = pp_column_get_text(out->column, row);
        out->refs[row] = readstat_add_string_ref(w->writer, text ? text : "");
        PP_NEED(out->refs[row], w->err);
    }
    return PP_OK;
}

/* The largest number of each format; none of them has infinity. */
static double largest(pp__kind kind) {
    return kind == PP__DTA ? 0x1.fffffffffffffp1022 : kind == PP__XPT ? 0x1p252 : DBL_MAX;
}

static pp_status check_numbers(const writing *w, const pp_column *column) {
    for (int64_t row = 0; row < pp_table_rows(w->table); row++) {
        if (fabs(column->number[row]) > largest(w->file->kind)) {
            char value[32];
            pp_format_number(column->number[row], value);
            pp_error_set(w->err, PP_E_UNSUPPORTED,
                         "the number is larger than this format holds");
            pp_error_locate(w->err, NULL, row + 1, column->name, value);
            return PP_E_UNSUPPORTED;
        }
    }
    return PP_OK;
}

static pp_status add_variable(writing *w, out_column *out, int index) {
    const pp_column *column = out->column;
    out->as_codes = column->type == PP_CATEGORY &&
                    (w->file->kind == PP__DTA || w->file->kind == PP__SAV);
    readstat_type_t type = out->as_codes               ? READSTAT_TYPE_INT32
                           : column->type == PP_NUMBER ? READSTAT_TYPE_DOUBLE
                                                       : READSTAT_TYPE_STRING;
    size_t width = type == READSTAT_TYPE_STRING ? longest_text(w->table, column) : 0;
    if (w->file->kind == PP__DTA && width > STATA_TEXT) {
        type = READSTAT_TYPE_STRING_REF;
        width = 0;
        PP_TRY(add_refs(w, out));
    } else if (width > LONGEST_TEXT) {
        pp_error_set(w->err, PP_E_UNSUPPORTED,
                     "a text of %zu bytes is longer than the %d that "
                     "this format holds",
                     width, LONGEST_TEXT);
        pp_error_locate(w->err, NULL, 0, column->name, NULL);
        return PP_E_UNSUPPORTED;
    }
    out->variable = readstat_add_variable(w->writer, column->name, type, width);
    PP_NEED(out->variable, w->err);
    if (column->label) {
        readstat_variable_set_label(out->variable, column->label);
    }
    add_labels(w, out, index);
    if (column->type == PP_NUMBER) {
        PP_TRY(check_numbers(w, column));
    }
    if (w->file->kind == PP__SAV && column->type == PP_NUMBER) {
        PP_TRY(find_user_missing(w, out));
        declare_user_missing(out);
    }
    return PP_OK;
}

static readstat_error_t insert_number(writing *w, const out_column *out, int64_t row) {
    readstat_writer_t *writer = w->writer;
    char kind = cell_kind(out->column, row);
    int is_spss = w->file->kind == PP__SAV;
    if (kind == 0) {
        return readstat_insert_double_value(writer, out->variable,
                                            out->column->number[row]);
    }
    if (kind == 'U' && is_spss) {
        double value = pp__missing_value(out->column->number[row]);
        return readstat_insert_double_value(writer, out->variable,
                                            isnan(value) ? out->user.nameless : value);
    }
    if (kind >= 'a' && kind <= 'z' && !is_spss) {
        char tag = w->file->kind == PP__DTA ? kind : (char)toupper((unsigned char)kind);
        return readstat_insert_tagged_missing_value(writer, out->variable, tag);
    }
    w->kinds_lost += kind != '.';
    return readstat_insert_missing_value(writer, out->variable);
}

static readstat_error_t insert_cell(writing *w, const out_column *out, int64_t row) {
    const pp_column *column = out->column;
    if (column->type == PP_NUMBER) {
        return insert_number(w, out, row);
    }
    if (out->as_codes) {
        return column->code[row] < 0
                   ? readstat_insert_missing_value(w->writer, out->variable)
                   : readstat_insert_int32_value(w->writer, out->variable,
                                                 column->code[row] + 1);
    }
    const char *text = pp_column_get_text(column, row);
    return out->refs
               ? readstat_insert_string_ref(w->writer, out->variable, out->refs[row])
               : readstat_insert_string_value(w->writer, out->variable, text ? text : "");
}

static readstat_error_t begin(writing *w) {
    long rows = (long)pp_table_rows(w->table);
    switch (w->file->kind) {
    case PP__DTA:
        readstat_writer_set_file_format_version(w->writer, STATA_14);
        return readstat_begin_writing_dta(w->writer, w, rows);
    case PP__SAV:
        if (strstr(w->file->path, ".zsav")) {
            readstat_writer_set_compression(w->writer, READSTAT_COMPRESS_BINARY);
        }
        return readstat_begin_writing_sav(w->writer, w, rows);
    case PP__SAS7BDAT:
        return readstat_begin_writing_sas7bdat(w->writer, w, rows);
    default:
        readstat_writer_set_file_format_version(w->writer, 8);
        return readstat_begin_writing_xport(w->writer, w, rows);
    }
}

static pp_status begin_checked(writing *w) {
    readstat_error_t code = begin(w);
    for (int i = 0; i < pp_table_columns(w->table) && w->status == PP_OK; i++) {
        readstat_error_t bad =
            readstat_validate_variable(w->writer, w->columns[i].variable);
        if (bad != READSTAT_OK) {
            return write_error(w, bad, w->columns[i].column->name);
        }
    }
    return code == READSTAT_OK ? PP_OK : write_error(w, code, NULL);
}

static pp_status write_row(writing *w, int64_t row) {
    readstat_error_t code = readstat_begin_row(w->writer);
    for (int i = 0; i < pp_table_columns(w->table) && code == READSTAT_OK; i++) {
        code = insert_cell(w, &w->columns[i], row);
        if (code != READSTAT_OK) {
            return write_error(w, code, w->columns[i].column->name);
        }
    }
    code = code == READSTAT_OK ? readstat_end_row(w->writer) : code;
    return code == READSTAT_OK ? PP_OK : write_error(w, code, NULL);
}

static pp_status write_all(writing *w) {
    int n = pp_table_columns(w->table);
    int64_t rows = pp_table_rows(w->table);
    for (int i = 0; i < n; i++) {
        w->columns[i].column = pp_table_column(w->table, i);
        PP_TRY(add_variable(w, &w->columns[i], i));
    }
    PP_TRY(begin_checked(w));
    for (int64_t row = 0; row < rows; row++) {
        if (row % ROWS_PER_REPORT == 0) {
            PP_TRY(pp_progress(w->ctx, "write", (double)row / (double)rows, w->err));
        }
        PP_TRY(write_row(w, row));
    }
    readstat_error_t code = readstat_end_writing(w->writer);
    return code == READSTAT_OK ? PP_OK : write_error(w, code, NULL);
}

pp_status pp__write_readstat(const pp_table *table, const pp__file *file,
                             const pp_context *ctx, pp_error *err) {
    int n = pp_table_columns(table);
    writing w = {.table = table, .file = file, .ctx = ctx, .err = err};
    PP_TRY(pp__sink_open(file->path, PP__PLAIN, &w.sink, err));
    w.writer = readstat_writer_init();
    w.columns = pp_calloc(n, sizeof *w.columns);
    pp_status status = PP_E_MEMORY;
    if (w.writer && w.columns) {
        readstat_set_data_writer(w.writer, take_bytes);
        readstat_writer_set_file_timestamp(w.writer, 0);
        status = write_all(&w);
    } else {
        pp_error_set(err, PP_E_MEMORY, "out of memory");
    }
    if (w.writer) {
        readstat_writer_free(w.writer);
    }
    for (int i = 0; i < n && w.columns; i++) {
        pp_free(w.columns[i].refs);
    }
    pp_free(w.columns);
    if (w.kinds_lost > 0) {
        pp_log(ctx, PP_LOG_WARNING,
               "%s: %lld missing cells are written as plain missing: the "
               "format does not know their kind",
               file->path, (long long)w.kinds_lost);
    }
    return pp__sink_close(w.sink, status, err);
}
