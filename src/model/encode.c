#include "model/encode.h"

#include "base/check.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct job {
    const pp_column *column;
    const int64_t *rows;
    int64_t n;
    pp_arena *arena;
    pp__encoding *out;
    pp_error *err;
} job;

static int64_t row_at(const job *j, int64_t i) {
    return j->rows ? j->rows[i] : i;
}

static int compare_numbers(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int compare_texts(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The place of `key` among n sorted distinct elements, where it is known to be. */
static int32_t place(const void *key, const void *sorted, int64_t n, size_t size,
                     int (*compare)(const void *, const void *)) {
    const char *found = bsearch(key, sorted, (size_t)n, size, compare);
    return (int32_t)((found - (const char *)sorted) / (int64_t)size);
}

static pp_status check_levels(job *j, int64_t n) {
    if (n > INT32_MAX) {
        PP_FAIL(j->err, PP_E_INPUT, "column '%s' has more than %d levels",
                j->column->name, INT32_MAX);
    }
    j->out->n_levels = (int32_t)n;
    return PP_OK;
}

/* ---- numbers ---- */

static int small_integers(const job *j, double *lowest, int64_t *span) {
    double low = INFINITY, high = -INFINITY;
    for (int64_t i = 0; i < j->n; i++) {
        double x = j->column->number[row_at(j, i)];
        if (!isnan(x)) {
            if (x != floor(x)) {
                return 0;
            }
            low = x < low ? x : low;
            high = x > high ? x : high;
        }
    }
    if (!(high - low <= 4.0 * (double)j->n + 1000)) {
        return 0;
    }
    *lowest = low;
    *span = high < low ? 0 : (int64_t)(high - low) + 1;
    return 1;
}

static pp_status encode_integers(job *j, double lowest, int64_t span) {
    int32_t *code_of = pp_calloc(span, sizeof *code_of);
    PP_NEED(code_of, j->err);
    for (int64_t i = 0; i < j->n; i++) {
        double x = j->column->number[row_at(j, i)];
        if (!isnan(x)) {
            code_of[(int64_t)(x - lowest)] = 1;
        }
    }
    int64_t levels = 0;
    for (int64_t v = 0; v < span; v++) {
        levels += code_of[v];
    }
    j->out->level_value = pp_arena_alloc(j->arena, levels, sizeof(double));
    pp_status status = j->out->level_value ? check_levels(j, levels) : PP_E_MEMORY;
    int32_t next = 0;
    for (int64_t v = 0; v < span && status == PP_OK; v++) {
        if (code_of[v]) {
            j->out->level_value[next] = lowest + (double)v;
            code_of[v] = next++;
        }
    }
    for (int64_t i = 0; i < j->n; i++) {
        double x = j->column->number[row_at(j, i)];
        j->out->code[i] = isnan(x) ? -1 : code_of[(int64_t)(x - lowest)];
    }
    pp_free(code_of);
    PP_NEED(j->out->level_value, j->err);
    return status;
}

static pp_status encode_numbers(job *j) {
    double lowest;
    int64_t span, filled = 0, levels = 0;
    if (small_integers(j, &lowest, &span)) {
        return encode_integers(j, lowest, span);
    }
    double *sorted = pp_arena_alloc(j->arena, j->n, sizeof *sorted);
    PP_NEED(sorted, j->err);
    for (int64_t i = 0; i < j->n; i++) {
        double x = j->column->number[row_at(j, i)];
        if (!isnan(x)) {
            sorted[filled++] = x;
        }
    }
    qsort(sorted, (size_t)filled, sizeof *sorted, compare_numbers);
    for (int64_t i = 0; i < filled; i++) {
        if (levels == 0 || sorted[i] != sorted[levels - 1]) {
            sorted[levels++] = sorted[i];
        }
    }
    PP_TRY(check_levels(j, levels));
    j->out->level_value = sorted;
    for (int64_t i = 0; i < j->n; i++) {
        const double *x = &j->column->number[row_at(j, i)];
        j->out->code[i] =
            isnan(*x) ? -1 : place(x, sorted, levels, sizeof *sorted, compare_numbers);
    }
    return PP_OK;
}

/* ---- words ---- */

static pp_status keep_levels(job *j, const char **sorted, int64_t levels) {
    PP_TRY(check_levels(j, levels));
    j->out->level = pp_arena_alloc(j->arena, levels, sizeof *sorted);
    PP_NEED(j->out->level, j->err);
    for (int64_t l = 0; l < levels; l++) {
        j->out->level[l] = pp_arena_strdup(j->arena, sorted[l]);
        PP_NEED(j->out->level[l], j->err);
    }
    return PP_OK;
}

static int64_t sort_distinct(const char **words, int64_t n) {
    int64_t distinct = 0;
    qsort(words, (size_t)n, sizeof *words, compare_texts);
    for (int64_t i = 0; i < n; i++) {
        if (distinct == 0 || strcmp(words[i], words[distinct - 1]) != 0) {
            words[distinct++] = words[i];
        }
    }
    return distinct;
}

static pp_status encode_texts(job *j, const char **words) {
    int64_t filled = 0;
    for (int64_t i = 0; i < j->n; i++) {
        const char *word = j->column->text[row_at(j, i)];
        if (word) {
            words[filled++] = word;
        }
    }
    int64_t levels = sort_distinct(words, filled);
    PP_TRY(keep_levels(j, words, levels));
    for (int64_t i = 0; i < j->n; i++) {
        const char *word = j->column->text[row_at(j, i)];
        j->out->code[i] =
            word ? place(&word, words, levels, sizeof *words, compare_texts) : -1;
    }
    return PP_OK;
}

static pp_status encode_categories(job *j, const char **words, int32_t *code_of) {
    const pp_column *c = j->column;
    for (int64_t i = 0; i < j->n; i++) {
        int32_t code = c->code[row_at(j, i)];
        if (code >= 0) {
            code_of[code] = 1;
        }
    }
    int64_t filled = 0;
    for (int32_t l = 0; l < c->n_levels; l++) {
        if (code_of[l]) {
            words[filled++] = c->levels[l];
        }
    }
    int64_t levels = sort_distinct(words, filled);
    PP_TRY(keep_levels(j, words, levels));
    for (int32_t l = 0; l < c->n_levels; l++) {
        if (code_of[l]) {
            code_of[l] =
                place(&c->levels[l], words, levels, sizeof *words, compare_texts);
        }
    }
    for (int64_t i = 0; i < j->n; i++) {
        int32_t code = c->code[row_at(j, i)];
        j->out->code[i] = code < 0 ? -1 : code_of[code];
    }
    return PP_OK;
}

static pp_status encode_words(job *j) {
    int is_text = j->column->type == PP_TEXT;
    int64_t n = is_text ? j->n : j->column->n_levels;
    const char **words = pp_malloc(n, sizeof *words);
    int32_t *code_of = pp_calloc(is_text ? 0 : n, sizeof *code_of);
    pp_status status = PP_E_MEMORY;
    if (!words || !code_of) {
        pp_error_set(j->err, status, "out of memory");
    } else {
        status = is_text ? encode_texts(j, words) : encode_categories(j, words, code_of);
    }
    pp_free(words);
    pp_free(code_of);
    return status;
}

pp_status pp__encode(const pp_column *column, const int64_t *rows, int64_t n,
                     pp_arena *arena, pp__encoding *out, pp_error *err) {
    *out = (pp__encoding){0};
    job j = {column, rows, n, arena, out, err};
    out->code = pp_arena_alloc(arena, n, sizeof *out->code);
    PP_NEED(out->code, err);
    return column->type == PP_NUMBER ? encode_numbers(&j) : encode_words(&j);
}

const char *pp__level_name(const pp__encoding *encoding, int32_t level, char space[32]) {
    if (encoding->level) {
        return encoding->level[level];
    }
    pp_format_number(encoding->level_value[level], space);
    return space;
}
