#include "model/take.h"

#include "base/check.h"

#include <string.h>

typedef struct taker {
    const pp__design *from;
    const pp__taking *taking;
    pp__design *d;
    pp_arena *arena;
    pp_error *err;
} taker;

/* ---- values ---- */

/* NULL stays NULL. */
static pp_status take_values(const taker *t, const double *from, const double **out) {
    *out = NULL;
    if (!from) {
        return PP_OK;
    }
    double *value = pp_arena_alloc(t->arena, t->taking->n, sizeof *value);
    PP_NEED(value, t->err);
    for (int64_t i = 0; i < t->taking->n; i++) {
        value[i] = from[t->taking->row[i]];
    }
    *out = value;
    return PP_OK;
}

static pp_status take_codes(const taker *t, const int32_t *from, int32_t **out) {
    *out = NULL;
    if (!from) {
        return PP_OK;
    }
    *out = pp_arena_alloc(t->arena, t->taking->n, sizeof **out);
    PP_NEED(*out, t->err);
    for (int64_t i = 0; i < t->taking->n; i++) {
        (*out)[i] = from[t->taking->row[i]];
    }
    return PP_OK;
}

static pp_status take_rows(const taker *t) {
    int64_t *row = pp_arena_alloc(t->arena, t->taking->n, sizeof *row);
    PP_NEED(row, t->err);
    for (int64_t i = 0; i < t->taking->n; i++) {
        row[i] = pp__design_row(t->from, t->taking->row[i]);
    }
    t->d->row_of = row;
    return PP_OK;
}

static pp_status take_variables(const taker *t) {
    pp__design *d = t->d;
    d->variables = pp_arena_alloc(t->arena, d->n_variables, sizeof *d->variables);
    PP_NEED(d->variables, t->err);
    for (int v = 0; v < d->n_variables; v++) {
        d->variables[v] = t->from->variables[v];
        PP_TRY(take_values(t, t->from->variables[v].value, &d->variables[v].value));
        PP_TRY(take_codes(t, t->from->variables[v].factor.code,
                          &d->variables[v].factor.code));
    }
    return PP_OK;
}

/* A column that is a variable shares its values. */
static pp_status take_columns(const taker *t) {
    pp__design *d = t->d;
    int columns = d->k + d->n_instruments;
    d->x = pp_arena_zalloc(t->arena, columns, sizeof *d->x);
    PP_NEED(d->x, t->err);
    d->column = pp_arena_alloc(t->arena, columns, sizeof *d->column);
    PP_NEED(d->column, t->err);
    memcpy(d->column, t->from->column, (size_t)columns * sizeof *d->column);
    for (int j = 0; j < columns; j++) {
        for (int v = 0; v < d->n_variables && !d->x[j]; v++) {
            if (t->from->variables[v].value == t->from->x[j]) {
                d->x[j] = d->variables[v].value;
            }
        }
        if (!d->x[j]) {
            PP_TRY(take_values(t, t->from->x[j], &d->x[j]));
        }
    }
    return PP_OK;
}

/* ---- groups ---- */

/* Codes 0..levels-1, those that occur, in their order. */
static pp_status renumber(const taker *t, int32_t *code, int32_t *levels) {
    pp_arena_mark mark = pp_arena_get_mark(t->arena);
    int32_t *number = pp_arena_zalloc(t->arena, *levels, sizeof *number), next = 0;
    PP_NEED(number, t->err);
    for (int64_t i = 0; i < t->taking->n; i++) {
        number[code[i]] = 1;
    }
    for (int32_t g = 0; g < *levels; g++) {
        number[g] = number[g] ? next++ : -1;
    }
    for (int64_t i = 0; i < t->taking->n; i++) {
        code[i] = number[code[i]];
    }
    *levels = next;
    pp_arena_release(t->arena, mark);
    return PP_OK;
}

static pp_status take_group(const taker *t, const pp__grouping *from, const int32_t *copy,
                            pp__grouping *out) {
    *out = *from;
    if (!from->code) {
        return PP_OK;
    }
    int32_t copies = 1;
    PP_TRY(take_codes(t, from->code, &out->code));
    for (int64_t i = 0; copy && i < t->taking->n; i++) {
        copies = copy[i] >= copies ? copy[i] + 1 : copies;
    }
    if (from->levels > INT32_MAX / copies) {
        PP_FAIL(t->err, PP_E_ESTIMATION, "%s has too many groups", from->label);
    }
    for (int64_t i = 0; copy && i < t->taking->n; i++) {
        out->code[i] += copy[i] * from->levels;
    }
    out->levels = from->levels * copies;
    return renumber(t, out->code, &out->levels);
}

static pp_status take_category(const taker *t) {
    pp__encoding *category = &t->d->with.category;
    int32_t levels = category->n_levels;
    if (!category->code) {
        return PP_OK;
    }
    PP_TRY(take_codes(t, t->from->with.category.code, &category->code));
    PP_TRY(renumber(t, category->code, &levels));
    if (levels < category->n_levels) {
        PP_FAIL(t->err, PP_E_ESTIMATION,
                "a category of the outcome is in none of the rows");
    }
    return PP_OK;
}

static pp_status take_companions(const taker *t) {
    const pp__companions *from = &t->from->with;
    pp__companions *with = &t->d->with;
    PP_TRY(take_values(t, from->y, &with->y));
    PP_TRY(take_values(t, from->start, &with->start));
    PP_TRY(take_values(t, from->stop, &with->stop));
    PP_TRY(take_values(t, from->event, &with->event));
    PP_TRY(take_values(t, from->weight, &with->weight));
    PP_TRY(take_values(t, from->offset, &with->offset));
    PP_TRY(take_category(t));
    for (int e = 0; e < from->n_effects; e++) {
        PP_TRY(take_group(t, &from->effect[e], NULL, &with->effect[e]));
    }
    PP_TRY(take_group(t, &from->strata, t->taking->copy, &with->strata));
    return take_group(t, &from->random, t->taking->copy, &with->random);
}

pp_status pp__design_take(const pp__design *from, const pp__taking *taking,
                          pp_arena *arena, pp__notes *notes, const pp_context *ctx,
                          pp__design **out, pp_error *err) {
    pp__design *d = pp_arena_alloc(arena, 1, sizeof *d);
    PP_NEED(d, err);
    *d = *from;
    d->n = taking->n;
    const taker t = {from, taking, d, arena, err};
    PP_TRY(take_rows(&t));
    PP_TRY(take_variables(&t));
    PP_TRY(take_columns(&t));
    PP_TRY(take_companions(&t));
    PP_TRY(pp__design_settle(d, arena, notes, ctx, err));
    *out = d;
    return PP_OK;
}
