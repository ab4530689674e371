#include "base/check.h"
#include "table/table.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

size_t pp__cell_size(pp_column_type type) {
    return type == PP_NUMBER     ? sizeof(double)
           : type == PP_CATEGORY ? sizeof(int32_t)
                                 : sizeof(const char *);
}

void **pp__column_values(pp_column *column) {
    return column->type == PP_NUMBER     ? (void **)&column->number
           : column->type == PP_CATEGORY ? (void **)&column->code
                                         : (void **)&column->text;
}

void pp__column_fill_missing(pp_column *column, int64_t first, int64_t last) {
    for (int64_t row = first; row < last; row++) {
        if (column->type == PP_NUMBER) {
            column->number[row] = NAN;
        } else if (column->type == PP_CATEGORY) {
            column->code[row] = -1;
        } else {
            column->text[row] = NULL;
        }
    }
    if (column->missing_kind && last > first) {
        memset(column->missing_kind + first, '.', (size_t)(last - first));
    }
}

void pp__column_free(pp_column *column) {
    if (column) {
        pp_free(*pp__column_values(column));
        pp_free(column->levels);
        pp_free(column->missing_kind);
        pp_free(column);
    }
}

static pp_status set_string(pp_table *table, char **field, const char *text,
                            pp_error *err) {
    if (text) {
        char *copy = pp_arena_strdup(&table->arena, text);
        PP_NEED(copy, err);
        *field = copy;
    }
    return PP_OK;
}

pp_status pp_column_describe(pp_table *table, pp_column *column, const char *label,
                             const char *unit, const char *source, const char *licence,
                             pp_error *err) {
    PP_TRY(set_string(table, &column->label, label, err));
    PP_TRY(set_string(table, &column->unit, unit, err));
    PP_TRY(set_string(table, &column->source, source, err));
    return set_string(table, &column->licence, licence, err);
}

pp_status pp_column_set_text(pp_table *table, pp_column *column, int64_t row,
                             const char *text, pp_error *err) {
    if (column->type == PP_CATEGORY) {
        return pp_column_set_level(table, column, row, text, err);
    }
    if (column->type != PP_TEXT) {
        PP_FAIL(err, PP_E_ARGUMENT, "column '%s' holds numbers, not text", column->name);
    }
    char *copy = NULL;
    PP_TRY(set_string(table, &copy, text, err));
    column->text[row] = copy;
    return PP_OK;
}

/* Open addressing over the levels' codes; slots hold code + 1, 0 is empty. */
struct level_index {
    int32_t n_slots; /* a power of two */
    int32_t slots[];
};

void pp__level_index_free(level_index *index) {
    pp_free(index);
}

/* FNV-1a. */
static uint32_t hash_text(const char *text) {
    uint32_t h = 2166136261u;
    for (; *text; text++) {
        h = (h ^ (unsigned char)*text) * 16777619u;
    }
    return h;
}

/* The slot of `level`: the one that holds it, or the empty one where it would go. */
static int32_t *slot_of(level_index *index, const pp_column *column, const char *level) {
    uint32_t mask = (uint32_t)index->n_slots - 1;
    uint32_t i = hash_text(level) & mask;
    while (index->slots[i] && strcmp(column->levels[index->slots[i] - 1], level) != 0) {
        i = (i + 1) & mask;
    }
    return &index->slots[i];
}

static level_index *build_index(const pp_column *column) {
    int32_t slots = 16;
    while (slots < 4 * (column->n_levels + 1)) {
        slots *= 2;
    }
    level_index *index = pp_calloc(1, sizeof *index + (size_t)slots * sizeof(int32_t));
    if (index) {
        index->n_slots = slots;
        for (int32_t code = 0; code < column->n_levels; code++) {
            *slot_of(index, column, column->levels[code]) = code + 1;
        }
    }
    return index;
}

static pp_status add_level(pp_table *table, pp_column *column, const char *level,
                           pp_error *err) {
    int32_t n = column->n_levels;
    if (n == 0 || (n >= 8 && (n & (n - 1)) == 0)) {
        const char **levels =
            pp_realloc(column->levels, n ? 2 * (int64_t)n : 8, sizeof *levels);
        PP_NEED(levels, err);
        column->levels = levels;
    }
    char *copy = pp_arena_strdup(&table->arena, level);
    PP_NEED(copy, err);
    column->levels[n] = copy;
    column->n_levels = n + 1;
    return PP_OK;
}

int32_t pp_column_level(pp_table *table, pp_column *column, const char *level,
                        pp_error *err) {
    int position = pp__table_position(table, column);
    if (position < 0 || column->type != PP_CATEGORY || column->n_levels > 1 << 28) {
        pp_error_set(err, PP_E_ARGUMENT, "column '%s' cannot take a level", column->name);
        return -1;
    }
    level_index *index = table->indices[position];
    if (!index || index->n_slots < 2 * (column->n_levels + 1)) {
        index = build_index(column);
        if (!index) {
            pp_error_set(err, PP_E_MEMORY, "out of memory");
            return -1;
        }
        pp__level_index_free(table->indices[position]);
        table->indices[position] = index;
    }
    int32_t *slot = slot_of(index, column, level);
    if (!*slot) {
        if (add_level(table, column, level, err) != PP_OK) {
            return -1;
        }
        *slot = column->n_levels;
    }
    return *slot - 1;
}

pp_status pp_column_set_level(pp_table *table, pp_column *column, int64_t row,
                              const char *level, pp_error *err) {
    if (column->type != PP_CATEGORY) {
        PP_FAIL(err, PP_E_ARGUMENT, "column '%s' is not a category", column->name);
    }
    if (!level) {
        column->code[row] = -1;
        return PP_OK;
    }
    int32_t code = pp_column_level(table, column, level, err);
    if (code < 0) {
        return PP_E_MEMORY;
    }
    column->code[row] = code;
    return PP_OK;
}

const char *pp_column_get_text(const pp_column *column, int64_t row) {
    if (column->type == PP_TEXT) {
        return column->text[row];
    }
    return column->type == PP_CATEGORY && column->code[row] >= 0
               ? column->levels[column->code[row]]
               : NULL;
}

int pp_column_is_missing(const pp_column *column, int64_t row) {
    return column->type == PP_NUMBER ? isnan(column->number[row])
                                     : pp_column_get_text(column, row) == NULL;
}

static int compare_text(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Levels in order of code point, so that they do not depend on the order of the rows. */
static pp_status text_to_category(pp_table *table, pp_column *column, pp_error *err) {
    int64_t rows = table->rows;
    const char **sorted = pp_malloc(rows, sizeof *sorted);
    int32_t *codes = pp_malloc(table->capacity, sizeof *codes);
    pp_status status =
        sorted && codes ? PP_OK : pp_error_set(err, PP_E_MEMORY, "out of memory");
    const char **texts = column->text;
    if (status == PP_OK) {
        int64_t n = 0;
        for (int64_t row = 0; row < rows; row++) {
            if (texts[row]) {
                sorted[n++] = texts[row];
            }
        }
        qsort(sorted, (size_t)n, sizeof *sorted, compare_text);
        column->type = PP_CATEGORY;
        column->text = NULL;
        column->code = codes;
        for (int64_t i = 0; i < n && status == PP_OK; i++) {
            if (i == 0 || strcmp(sorted[i], sorted[i - 1]) != 0) {
                status = pp_column_level(table, column, sorted[i], err) < 0 ? PP_E_MEMORY
                                                                            : PP_OK;
            }
        }
        for (int64_t row = 0; row < rows; row++) {
            codes[row] = -1;
            if (status == PP_OK) {
                status = pp_column_set_level(table, column, row, texts[row], err);
            }
        }
        pp_free(texts);
        codes = NULL;
    }
    pp_free(sorted);
    pp_free(codes);
    return status;
}

static pp_status to_text(pp_table *table, pp_column *column, pp_error *err) {
    const char **texts = pp_calloc(table->capacity, sizeof *texts);
    PP_NEED(texts, err);
    for (int64_t row = 0; row < table->rows; row++) {
        texts[row] = pp_column_get_text(column, row);
        if (column->type == PP_NUMBER && !isnan(column->number[row])) {
            char number[32];
            pp_format_number(column->number[row], number);
            texts[row] = pp_arena_strdup(&table->arena, number);
            if (!texts[row]) {
                pp_free(texts);
                PP_FAIL(err, PP_E_MEMORY, "out of memory");
            }
        }
    }
    int position = pp__table_position(table, column);
    pp__level_index_free(table->indices[position]);
    table->indices[position] = NULL;
    pp_free(*pp__column_values(column));
    pp_free(column->levels);
    pp_free(column->missing_kind);
    column->number = NULL;
    column->code = NULL;
    column->levels = NULL;
    column->n_levels = 0;
    column->missing_kind = NULL;
    column->type = PP_TEXT;
    column->text = texts;
    return PP_OK;
}

pp_status pp_column_convert(pp_table *table, pp_column *column, pp_column_type type,
                            pp_error *err) {
    if (column->type == type) {
        return PP_OK;
    }
    if (type == PP_NUMBER) {
        PP_FAIL(err, PP_E_ARGUMENT, "column '%s' cannot be made numbers", column->name);
    }
    if (column->type != PP_TEXT) {
        PP_TRY(to_text(table, column, err));
    }
    return type == PP_CATEGORY ? text_to_category(table, column, err) : PP_OK;
}

pp_status pp__column_copy_meta(pp_table *table, pp_column *to, const pp_column *from,
                               pp_error *err) {
    PP_TRY(pp_column_describe(table, to, from->label, from->unit, from->source,
                              from->licence, err));
    to->show = from->show;
    if (from->n_value_labels == 0) {
        return PP_OK;
    }
    int64_t n = from->n_value_labels;
    to->labelled_values = pp_arena_alloc(&table->arena, n, sizeof *to->labelled_values);
    PP_NEED(to->labelled_values, err);
    to->value_labels = pp_arena_alloc(&table->arena, n, sizeof *to->value_labels);
    PP_NEED(to->value_labels, err);
    for (int64_t i = 0; i < n; i++) {
        to->labelled_values[i] = from->labelled_values[i];
        to->value_labels[i] = pp_arena_strdup(&table->arena, from->value_labels[i]);
        PP_NEED(to->value_labels[i], err);
    }
    to->n_value_labels = from->n_value_labels;
    return PP_OK;
}
