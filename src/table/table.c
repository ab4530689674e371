#include "table/table.h"

#include "base/check.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

pp_status pp_table_new(pp_table **out, pp_error *err) {
    *out = pp_calloc(1, sizeof **out);
    PP_NEED(*out, err);
    return PP_OK;
}

void pp_table_free(pp_table *table) {
    if (!table) {
        return;
    }
    for (int i = 0; i < table->n; i++) {
        pp__level_index_free(table->indices[i]);
        pp__column_free(table->columns[i]);
    }
    pp_free(table->columns);
    pp_free(table->indices);
    pp_arena_clear(&table->arena);
    pp_free(table);
}

int64_t pp_table_rows(const pp_table *table) {
    return table->rows;
}

int pp_table_columns(const pp_table *table) {
    return table->n;
}

pp_column *pp_table_column(const pp_table *table, int index) {
    return index >= 0 && index < table->n ? table->columns[index] : NULL;
}

pp_column *pp_table_find(const pp_table *table, const char *name) {
    for (int i = 0; i < table->n; i++) {
        if (strcmp(table->columns[i]->name, name) == 0) {
            return table->columns[i];
        }
    }
    return NULL;
}

static void suggest_column(const pp_table *table, const char *name, pp_error *err) {
    const char **names = pp_malloc(table->n, sizeof *names);
    if (!names) {
        return;
    }
    for (int i = 0; i < table->n; i++) {
        names[i] = table->columns[i]->name;
    }
    const char *nearest = pp_text_nearest(name, names, table->n);
    if (nearest) {
        pp_error_hint(err, "did you mean '%s'?", nearest);
    } else {
        char list[PP_ERROR_HINT / 2] = "";
        size_t used = 0;
        for (int i = 0; i < table->n && used + strlen(names[i]) + 3 < sizeof list; i++) {
            memcpy(list + used, i ? ", " : "", i ? 2 : 0);
            used += i ? 2 : 0;
            memcpy(list + used, names[i], strlen(names[i]) + 1);
            used += strlen(names[i]);
        }
        pp_error_hint(err, "the columns are: %s", list);
    }
    pp_free(names);
}

pp_status pp_table_require(const pp_table *table, const char *name, pp_column **out,
                           pp_error *err) {
    *out = pp_table_find(table, name);
    if (*out) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_NOT_FOUND, "there is no column '%s'", name);
    pp_error_locate(err, NULL, 0, name, NULL);
    if (err) {
        suggest_column(table, name, err);
    }
    return PP_E_NOT_FOUND;
}

int pp__table_position(const pp_table *table, const pp_column *column) {
    for (int i = 0; i < table->n; i++) {
        if (table->columns[i] == column) {
            return i;
        }
    }
    return -1;
}

pp_status pp__table_reserve(pp_table *table, int64_t capacity, pp_error *err) {
    for (int i = 0; i < table->n; i++) {
        pp_column *column = table->columns[i];
        void **values = pp__column_values(column);
        void *grown = pp_realloc(*values, capacity, pp__cell_size(column->type));
        PP_NEED(grown, err);
        *values = grown;
        if (column->missing_kind) {
            uint8_t *kinds = pp_realloc(column->missing_kind, capacity, 1);
            PP_NEED(kinds, err);
            column->missing_kind = kinds;
        }
    }
    table->capacity = capacity;
    return PP_OK;
}

pp_status pp_table_resize(pp_table *table, int64_t rows, pp_error *err) {
    if (rows < 0) {
        PP_FAIL(err, PP_E_ARGUMENT, "a table cannot have %lld rows", (long long)rows);
    }
    if (rows > table->capacity) {
        PP_TRY(pp__table_reserve(table, rows, err));
    }
    for (int i = 0; i < table->n; i++) {
        pp__column_fill_missing(table->columns[i], table->rows, rows);
    }
    table->rows = rows;
    return PP_OK;
}

pp_status pp_table_append(pp_table *table, int64_t *row, pp_error *err) {
    if (table->rows == table->capacity) {
        int64_t capacity = table->capacity < 8 ? 16 : table->capacity * 2;
        PP_TRY(pp__table_reserve(table, capacity, err));
    }
    *row = table->rows;
    return pp_table_resize(table, table->rows + 1, err);
}

static pp_status reserve_columns(pp_table *table, pp_error *err) {
    if (table->n < table->column_capacity) {
        return PP_OK;
    }
    int capacity = table->column_capacity < 8 ? 8 : table->column_capacity * 2;
    pp_column **columns = pp_realloc(table->columns, capacity, sizeof(pp_column *));
    PP_NEED(columns, err);
    table->columns = columns;
    level_index **indices = pp_realloc(table->indices, capacity, sizeof(level_index *));
    PP_NEED(indices, err);
    table->indices = indices;
    table->column_capacity = capacity;
    return PP_OK;
}

pp_status pp_table_add(pp_table *table, pp_column_type type, const char *name,
                       pp_column **out, pp_error *err) {
    if (pp_table_find(table, name)) {
        pp_error_set(err, PP_E_CONFLICT, "there is a column '%s' already", name);
        pp_error_locate(err, NULL, 0, name, NULL);
        return PP_E_CONFLICT;
    }
    PP_TRY(reserve_columns(table, err));
    pp_column *column = pp_calloc(1, sizeof *column);
    PP_NEED(column, err);
    column->type = type;
    column->name = pp_arena_strdup(&table->arena, name);
    *pp__column_values(column) = pp_malloc(table->capacity, pp__cell_size(type));
    if (!column->name || !*pp__column_values(column)) {
        pp__column_free(column);
        PP_FAIL(err, PP_E_MEMORY, "out of memory");
    }
    pp__column_fill_missing(column, 0, table->rows);
    table->columns[table->n] = column;
    table->indices[table->n] = NULL;
    table->n++;
    if (out) {
        *out = column;
    }
    return PP_OK;
}

pp_status pp_table_drop(pp_table *table, const char *name, pp_error *err) {
    pp_column *column;
    PP_TRY(pp_table_require(table, name, &column, err));
    int i = pp__table_position(table, column);
    pp__level_index_free(table->indices[i]);
    pp__column_free(column);
    size_t after = (size_t)(table->n - i - 1);
    memmove(table->columns + i, table->columns + i + 1, after * sizeof *table->columns);
    memmove(table->indices + i, table->indices + i + 1, after * sizeof *table->indices);
    table->n--;
    return PP_OK;
}

pp_status pp_table_rename(pp_table *table, const char *from, const char *to,
                          pp_error *err) {
    pp_column *column;
    PP_TRY(pp_table_require(table, from, &column, err));
    if (strcmp(from, to) != 0 && pp_table_find(table, to)) {
        PP_FAIL(err, PP_E_CONFLICT, "there is a column '%s' already", to);
    }
    char *name = pp_arena_strdup(&table->arena, to);
    PP_NEED(name, err);
    column->name = name;
    return PP_OK;
}
