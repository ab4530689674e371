/* Codes of text and of any numbers: distinct values are met through a hash table, numbered
   as they come, and sorted in the end. */
#include "model/encode.h"

#include "base/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct level {
    const char *text; /* NULL: a number */
    double value;
    int32_t number; /* as it came */
} level;

typedef struct table {
    uint64_t mask;
    int32_t *slot; /* of mask + 1: a level, or -1 */
    level *levels; /* room for half as many */
    int64_t n;
} table;

static uint64_t mix(uint64_t h) {
    h = (h ^ (h >> 32)) * 0x9e3779b97f4a7c15u;
    return h ^ (h >> 29);
}

static uint64_t hash_of(const level *l) {
    uint64_t h = 14695981039346656037u;
    if (!l->text) {
        memcpy(&h, &l->value, sizeof h);
        return mix(h);
    }
    for (const char *c = l->text; *c; c++) {
        h = (h ^ (uint8_t)*c) * 1099511628211u;
    }
    return mix(h);
}

static int is_same(const level *a, const level *b) {
    return a->text ? strcmp(a->text, b->text) == 0 : a->value == b->value;
}

/* Where the level is, or would be. */
static int32_t *find(const table *t, const level *l) {
    uint64_t at = hash_of(l) & t->mask;
    while (t->slot[at] >= 0 && !is_same(&t->levels[t->slot[at]], l)) {
        at = (at + 1) & t->mask;
    }
    return &t->slot[at];
}

static pp_status make_room(table *t, const pp_column *column, pp_error *err) {
    int64_t slots = t->slot ? 2 * ((int64_t)t->mask + 1) : 1024;
    if (slots / 2 > INT32_MAX) {
        PP_FAIL(err, PP_E_INPUT, "column '%s' has more than %d levels", column->name,
                INT32_MAX / 2);
    }
    level *levels = pp_realloc(t->levels, slots / 2, sizeof *levels);
    PP_NEED(levels, err);
    t->levels = levels;
    int32_t *slot = pp_realloc(t->slot, slots, sizeof *slot);
    PP_NEED(slot, err);
    t->slot = slot;
    t->mask = (uint64_t)slots - 1;
    memset(slot, -1, (size_t)slots * sizeof *slot);
    for (int32_t i = 0; i < t->n; i++) {
        *find(t, &t->levels[i]) = i;
    }
    return PP_OK;
}

static pp_status number_rows(table *t, const pp_column *column, const int64_t *rows,
                             int64_t n, int32_t *code, pp_error *err) {
    PP_TRY(make_room(t, column, err));
    for (int64_t i = 0; i < n; i++) {
        int64_t row = rows ? rows[i] : i;
        level l = {NULL, 0, (int32_t)t->n};
        if (column->type == PP_NUMBER) {
            l.value = column->number[row] + 0.0; /* -0 is 0 */
        } else {
            l.text = column->text[row];
        }
        if (column->type == PP_NUMBER ? isnan(l.value) : !l.text) {
            code[i] = -1;
            continue;
        }
        int32_t *slot = find(t, &l);
        if (*slot < 0) {
            *slot = l.number;
            t->levels[t->n++] = l;
            code[i] = l.number;
            if (2 * t->n > (int64_t)t->mask) {
                PP_TRY(make_room(t, column, err));
            }
        } else {
            code[i] = *slot;
        }
    }
    return PP_OK;
}

static int compare(const void *a, const void *b) {
    const level *x = a, *y = b;
    return x->text ? strcmp(x->text, y->text)
                   : (x->value > y->value) - (x->value < y->value);
}

static pp_status keep_level(const level *l, int32_t at, pp_arena *arena,
                            pp__encoding *out, pp_error *err) {
    if (!l->text) {
        out->level_value[at] = l->value;
        return PP_OK;
    }
    out->level[at] = pp_arena_strdup(arena, l->text);
    PP_NEED(out->level[at], err);
    return PP_OK;
}

/* Sorts the levels and turns the numbers as they came into codes. */
static pp_status sort_levels(table *t, int is_text, int64_t n, pp_arena *arena,
                             pp__encoding *out, pp_error *err) {
    out->n_levels = (int32_t)t->n;
    if (is_text) {
        out->level = pp_arena_alloc(arena, t->n, sizeof *out->level);
        PP_NEED(out->level, err);
    } else {
        out->level_value = pp_arena_alloc(arena, t->n, sizeof *out->level_value);
        PP_NEED(out->level_value, err);
    }
    qsort(t->levels, (size_t)t->n, sizeof *t->levels, compare);
    int32_t *code_of = t->slot;
    for (int32_t i = 0; i < t->n; i++) {
        code_of[t->levels[i].number] = i;
        PP_TRY(keep_level(&t->levels[i], i, arena, out, err));
    }
    for (int64_t i = 0; i < n; i++) {
        out->code[i] = out->code[i] < 0 ? -1 : code_of[out->code[i]];
    }
    return PP_OK;
}

pp_status pp__encode_by_hash(const pp_column *column, const int64_t *rows, int64_t n,
                             pp_arena *arena, pp__encoding *out, pp_error *err) {
    table t = {0};
    pp_status status = number_rows(&t, column, rows, n, out->code, err);
    if (status == PP_OK) {
        status = sort_levels(&t, column->type != PP_NUMBER, n, arena, out, err);
    }
    pp_free(t.levels);
    pp_free(t.slot);
    return status;
}
