#include "strategy/gower.h"

#include "base/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double range_of(const double *number, int64_t rows) {
    double low = INFINITY, high = -INFINITY;
    for (int64_t i = 0; i < rows; i++) {
        if (!isnan(number[i])) {
            low = fmin(low, number[i]);
            high = fmax(high, number[i]);
        }
    }
    return high > low ? high - low : 0;
}

typedef struct word {
    const char *text;
    int64_t row;
} word;

static int by_text(const void *a, const void *b) {
    return strcmp(((const word *)a)->text, ((const word *)b)->text);
}

static pp_status encode(const pp_column *column, int64_t rows, pp_arena *arena,
                        const int32_t **out, pp_error *err) {
    int64_t n = 0;
    int32_t *code = pp_arena_alloc(arena, rows, sizeof *code), next = 0;
    word *words = pp_arena_alloc(arena, rows, sizeof *words);
    PP_NEED(code && words ? code : NULL, err);
    for (int64_t i = 0; i < rows; i++) {
        const char *text = pp_column_get_text(column, i);
        code[i] = -1;
        if (text) {
            words[n++] = (word){text, i};
        }
    }
    qsort(words, (size_t)n, sizeof *words, by_text);
    for (int64_t i = 0; i < n; i++) {
        next += i > 0 && strcmp(words[i].text, words[i - 1].text) != 0;
        code[words[i].row] = next;
    }
    *out = code;
    return PP_OK;
}

pp_status pp__gower_open(const pp_table *table, const char *const *names, pp_arena *arena,
                         pp__gower *out, pp_error *err) {
    int n = 0;
    while (names[n]) {
        n++;
    }
    *out = (pp__gower){pp_arena_zalloc(arena, n, sizeof *out->columns), n};
    PP_NEED(out->columns, err);
    for (int k = 0; k < n; k++) {
        pp_column *column;
        PP_TRY(pp_table_require(table, names[k], &column, err));
        if (column->type == PP_NUMBER) {
            out->columns[k].number = column->number;
            out->columns[k].range = range_of(column->number, pp_table_rows(table));
        } else {
            PP_TRY(
                encode(column, pp_table_rows(table), arena, &out->columns[k].code, err));
        }
    }
    return PP_OK;
}

double pp__gower_between(const pp__gower *g, int64_t a, int64_t b) {
    double sum = 0;
    int known = 0;
    for (int k = 0; k < g->n; k++) {
        const pp__gower_column *c = &g->columns[k];
        if (!c->number) {
            int both = c->code[a] >= 0 && c->code[b] >= 0;
            known += both;
            sum += both && c->code[a] != c->code[b];
        } else if (!isnan(c->number[a]) && !isnan(c->number[b])) {
            known++;
            sum += c->range > 0 ? fabs(c->number[a] - c->number[b]) / c->range : 0;
        }
    }
    return known ? sum / known : NAN;
}
