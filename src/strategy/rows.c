#include "strategy/rows.h"

#include "base/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct keyed {
    const char *key;
    int64_t row;
} keyed;

static int compare(const void *a, const void *b) {
    const keyed *x = a, *y = b;
    int order = strcmp(x->key, y->key);
    return order ? order : (x->row > y->row) - (x->row < y->row);
}

pp_status pp__rows_by(const pp_table *table, const char *column, pp__rows *out,
                      pp_error *err) {
    *out = (pp__rows){.table = table};
    out->column = table ? pp_table_find(table, column) : NULL;
    if (!out->column || out->column->type == PP_NUMBER) {
        out->table = NULL;
        return PP_OK;
    }
    int64_t rows = pp_table_rows(table);
    keyed *all = pp_malloc(rows + 1, sizeof *all);
    out->order = pp_malloc(rows + 1, sizeof *out->order);
    if (!all || !out->order) {
        pp_free(all);
        pp__rows_free(out);
        return pp_error_set(err, PP_E_MEMORY, "out of memory");
    }
    for (int64_t i = 0; i < rows; i++) {
        const char *key = pp_column_get_text(out->column, i);
        if (key) {
            all[out->n++] = (keyed){key, i};
        }
    }
    qsort(all, (size_t)out->n, sizeof *all, compare);
    for (int64_t i = 0; i < out->n; i++) {
        out->order[i] = all[i].row;
    }
    pp_free(all);
    return PP_OK;
}

void pp__rows_free(pp__rows *rows) {
    pp_free(rows->order);
    *rows = (pp__rows){0};
}

/* The first place in the order whose key is not before `key`; or, with `after`, is behind it. */
static int64_t bound(const pp__rows *rows, const char *key, int after) {
    int64_t low = 0, high = rows->n;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        int order = strcmp(pp_column_get_text(rows->column, rows->order[middle]), key);
        if (order < 0 || (after && order == 0)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

int64_t pp__rows_find(const pp__rows *rows, const char *key, const int64_t **out) {
    *out = NULL;
    if (!rows->table || !key) {
        return 0;
    }
    int64_t first = bound(rows, key, 0);
    *out = rows->order + first;
    return bound(rows, key, 1) - first;
}

int64_t pp__rows_first(const pp__rows *rows, const char *key) {
    const int64_t *found;
    return pp__rows_find(rows, key, &found) > 0 ? found[0] : -1;
}

const char *pp__text_at(const pp_table *table, const char *column, int64_t row) {
    const pp_column *c = pp_table_find(table, column);
    return c && c->type != PP_NUMBER ? pp_column_get_text(c, row) : NULL;
}

double pp__number_at(const pp_table *table, const char *column, int64_t row) {
    const pp_column *c = pp_table_find(table, column);
    return c && c->type == PP_NUMBER ? c->number[row] : NAN;
}
