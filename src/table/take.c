/* Tables from rows of tables. */
#include "base/check.h"
#include "table/table.h"

#include <string.h>

static pp_status take_texts(pp_table *to, pp_column *column, const pp_column *from,
                            const int64_t *rows, int64_t n, pp_error *err) {
    for (int64_t i = 0; i < n; i++) {
        PP_TRY(pp_column_set_text(to, column, i, from->text[rows[i]], err));
    }
    return PP_OK;
}

static pp_status take_codes(pp_table *to, pp_column *column, const pp_column *from,
                            const int64_t *rows, int64_t n, pp_error *err) {
    for (int32_t code = 0; code < from->n_levels; code++) {
        if (pp_column_level(to, column, from->levels[code], err) < 0) {
            return PP_E_MEMORY;
        }
    }
    for (int64_t i = 0; i < n; i++) {
        column->code[i] = from->code[rows[i]];
    }
    return PP_OK;
}

static pp_status take_numbers(pp_column *column, const pp_column *from,
                              const int64_t *rows, int64_t n, int64_t capacity,
                              pp_error *err) {
    for (int64_t i = 0; i < n; i++) {
        column->number[i] = from->number[rows[i]];
    }
    if (from->missing_kind) {
        column->missing_kind = pp_malloc(capacity, 1);
        PP_NEED(column->missing_kind, err);
        for (int64_t i = 0; i < n; i++) {
            column->missing_kind[i] = from->missing_kind[rows[i]];
        }
    }
    return PP_OK;
}

static pp_status take_column(pp_table *to, const pp_column *from, const int64_t *rows,
                             int64_t n, pp_error *err) {
    pp_column *column;
    PP_TRY(pp_table_add(to, from->type, from->name, &column, err));
    PP_TRY(pp__column_copy_meta(to, column, from, err));
    if (from->type == PP_TEXT) {
        return take_texts(to, column, from, rows, n, err);
    }
    if (from->type == PP_CATEGORY) {
        return take_codes(to, column, from, rows, n, err);
    }
    return take_numbers(column, from, rows, n, to->capacity, err);
}

pp_status pp_table_take_rows(const pp_table *table, const int64_t *rows, int64_t n,
                             pp_table **out, pp_error *err) {
    *out = NULL;
    pp_table *taken;
    PP_TRY(pp_table_new(&taken, err));
    pp_status status = pp_table_resize(taken, n, err);
    for (int i = 0; i < table->n && status == PP_OK; i++) {
        status = take_column(taken, table->columns[i], rows, n, err);
    }
    if (status != PP_OK) {
        pp_table_free(taken);
        return status;
    }
    *out = taken;
    return PP_OK;
}

pp_status pp_table_copy(const pp_table *table, pp_table **out, pp_error *err) {
    *out = NULL;
    int64_t *rows = pp_malloc(table->rows, sizeof *rows);
    PP_NEED(rows, err);
    for (int64_t i = 0; i < table->rows; i++) {
        rows[i] = i;
    }
    pp_status status = pp_table_take_rows(table, rows, table->rows, out, err);
    pp_free(rows);
    return status;
}
