#include "unseen/column_list.h"

#include "base/check.h"

#include <pushpull/text.h>

#include <stdlib.h>
#include <string.h>

/* ---- "v*" ---- */

typedef struct numbered {
    int64_t number;
    const pp_column *column;
} numbered;

static int by_number(const void *a, const void *b) {
    int64_t x = ((const numbered *)a)->number, y = ((const numbered *)b)->number;
    return (x > y) - (x < y);
}

static pp_status fail_list(const char *option, const char *value, pp_status code,
                           const char *message, pp_error *err) {
    pp_error_set(err, code, "%s", message);
    pp_error_locate(err, NULL, 0, option, value);
    return code;
}

static pp_status read_numbered(const pp_table *data, const char *word, size_t length,
                               const char *option, pp_arena *arena, pp__column_list *out,
                               pp_error *err) {
    int columns = pp_table_columns(data), n = 0;
    numbered *found = pp_arena_alloc(arena, columns, sizeof *found);
    PP_NEED(found, err);
    for (int c = 0; c < columns; c++) {
        const pp_column *column = pp_table_column(data, c);
        if (strncmp(column->name, word, length) == 0 && column->name[length] >= '0' &&
            column->name[length] <= '9' &&
            pp_parse_integer(column->name + length, &found[n].number)) {
            found[n++].column = column;
        }
    }
    if (n == 0) {
        return fail_list(option, word, PP_E_NOT_FOUND,
                         "no column is this word and a number", err);
    }
    qsort(found, (size_t)n, sizeof *found, by_number);
    for (int i = 0; i < n; i++) {
        out->column[out->n++] = found[i].column;
    }
    return PP_OK;
}

/* ---- names with commas ---- */

static pp_status add_name(const pp_table *data, const char *name, size_t length,
                          const char *option, pp_arena *arena, pp__column_list *out,
                          pp_error *err) {
    char *text = pp_arena_strndup(arena, name, (int64_t)length);
    pp_column *column;
    PP_NEED(text, err);
    PP_TRY(pp_table_require(data, text, &column, err));
    for (int i = 0; i < out->n; i++) {
        if (out->column[i] == column) {
            return fail_list(option, text, PP_E_ARGUMENT, "a column is named twice", err);
        }
    }
    out->column[out->n++] = column;
    return PP_OK;
}

pp_status pp__column_list_read(const pp_table *data, const char *text, const char *option,
                               pp_arena *arena, pp__column_list *out, pp_error *err) {
    size_t length = strlen(text);
    *out = (pp__column_list){0};
    out->column = pp_arena_alloc(arena, pp_table_columns(data), sizeof *out->column);
    PP_NEED(out->column, err);
    if (length > 1 && text[length - 1] == '*' && !strchr(text, ',')) {
        return read_numbered(data, text, length - 1, option, arena, out, err);
    }
    for (const char *at = text; *at;) {
        at += strspn(at, ", ");
        size_t n = strcspn(at, ","), name = n;
        while (name > 0 && at[name - 1] == ' ') {
            name--;
        }
        if (name > 0) {
            PP_TRY(add_name(data, at, name, option, arena, out, err));
        }
        at += n;
    }
    return out->n > 0
               ? PP_OK
               : fail_list(option, text, PP_E_ARGUMENT, "this names no columns", err);
}
