#include "model/after/newdata.h"

#include "base/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct reader {
    const pp_fit *fit;
    const pp_table *data;
    int64_t n;
    pp_arena *arena;
    pp__frame *out;
    const char **missing;
    pp_error *err;
} reader;

static pp_status lose(reader *r, int64_t row, const char *format, const char *name) {
    if (!r->missing[row]) {
        r->missing[row] = pp_arena_printf(r->arena, format, name);
        PP_NEED(r->missing[row], r->err);
    }
    return PP_OK;
}

static pp_status lose_absent(reader *r, const pp_column *column) {
    for (int64_t i = 0; i < r->n; i++) {
        if (pp_column_is_missing(column, i)) {
            PP_TRY(lose(r, i, "%s is missing", column->name));
        }
    }
    return PP_OK;
}

/* ---- variables ---- */

static int64_t level_of(const pp__encoding *factor, const pp_column *column,
                        int64_t row) {
    int32_t low = 0, high = factor->n_levels;
    const char *text = pp_column_get_text(column, row);
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        int order;
        if (factor->level) {
            order = strcmp(factor->level[middle], text ? text : "");
        } else {
            double value = factor->level_value[middle];
            order = (value > column->number[row]) - (value < column->number[row]);
        }
        if (order == 0) {
            return middle;
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return -1;
}

static pp_status wrong_type(reader *r, const char *name, const char *wanted) {
    pp_error_set(r->err, PP_E_INPUT, "'%s' must be %s, as in the data of the model", name,
                 wanted);
    pp_error_locate(r->err, NULL, 0, name, NULL);
    return PP_E_INPUT;
}

/* The codes of a column's values among known levels; unknown ones are -1. */
static pp_status read_codes(reader *r, const pp__encoding *factor,
                            const pp_column *column, int32_t **out) {
    if ((factor->level == NULL) != (column->type == PP_NUMBER)) {
        return wrong_type(r, column->name, factor->level ? "text" : "a number");
    }
    *out = pp_arena_alloc(r->arena, r->n, sizeof **out);
    PP_NEED(*out, r->err);
    for (int64_t i = 0; i < r->n; i++) {
        (*out)[i] =
            pp_column_is_missing(column, i) ? -1 : (int32_t)level_of(factor, column, i);
    }
    return PP_OK;
}

static pp_status read_factor(reader *r, pp__variable *variable, const pp_column *column) {
    int32_t *code;
    PP_TRY(read_codes(r, &variable->factor, column, &code));
    for (int64_t i = 0; i < r->n; i++) {
        if (code[i] < 0) {
            code[i] = 0;
            PP_TRY(lose(r, i, "%s has a level that the model has not", column->name));
        }
    }
    variable->factor.code = code;
    return PP_OK;
}

/* Of variables that nothing depends on, zeros do. */
static pp_status read_variable(reader *r, int v, int needed) {
    pp__variable *variable = &r->out->design.variables[v];
    pp_column *column = NULL;
    if (needed) {
        PP_TRY(pp_table_require(r->data, variable->name, &column, r->err));
        PP_TRY(lose_absent(r, column));
    }
    if (variable->value) {
        double *value = pp_arena_zalloc(r->arena, r->n, sizeof *value);
        PP_NEED(value, r->err);
        if (needed && column->type != PP_NUMBER) {
            return wrong_type(r, variable->name, "a number");
        }
        if (needed) {
            memcpy(value, column->number, (size_t)r->n * sizeof *value);
        }
        variable->value = value;
    }
    if (variable->factor.code && needed) {
        return read_factor(r, variable, column);
    }
    if (variable->factor.code) {
        variable->factor.code =
            pp_arena_zalloc(r->arena, r->n, sizeof *variable->factor.code);
        PP_NEED(variable->factor.code, r->err);
    }
    return PP_OK;
}

static void mark(const pp__node *node, uint8_t *needed) {
    if (node->kind == PP__NAME) {
        needed[node->variable] = 1;
    }
    for (const pp__node *child = node->first; child; child = child->next) {
        mark(child, needed);
    }
}

static pp_status read_variables(reader *r) {
    const pp__design *from = r->fit->design;
    pp__design *d = &r->out->design;
    uint8_t needed[PP__MAX_VARIABLES] = {0};
    for (int v = 0; v < d->n_variables; v++) {
        int32_t reference;
        needed[v] = (uint8_t)pp__variable_use(r->fit, v, &reference);
    }
    for (int o = 0; o < d->formula->n_offsets; o++) {
        mark(d->formula->offset[o], needed);
    }
    d->variables = pp_arena_alloc(r->arena, d->n_variables, sizeof *d->variables);
    PP_NEED(d->variables, r->err);
    memcpy(d->variables, from->variables, (size_t)d->n_variables * sizeof *d->variables);
    for (int v = 0; v < d->n_variables; v++) {
        PP_TRY(read_variable(r, v, needed[v]));
    }
    return PP_OK;
}

/* ---- what is outside ---- */

typedef struct key {
    int64_t code, row;
    double value;
} key;

static int compare_keys(const void *a, const void *b) {
    int64_t x = ((const key *)a)->code, y = ((const key *)b)->code;
    return (x > y) - (x < y);
}

/* Adds the codes of one column of the effects, in the rows used and in the new ones. */
static pp_status add_code(reader *r, const char *name, int64_t *radix, key *used,
                          int64_t *code) {
    pp_column *column;
    pp__encoding levels;
    int32_t *own;
    PP_TRY(pp__group_rows(r->fit, name, r->arena, &levels, r->err));
    PP_TRY(pp_table_require(r->data, name, &column, r->err));
    PP_TRY(lose_absent(r, column));
    PP_TRY(read_codes(r, &levels, column, &own));
    if (*radix > INT64_MAX / 4 / levels.n_levels) {
        PP_FAIL(r->err, PP_E_UNSUPPORTED,
                "there are too many combinations of the fixed effects");
    }
    for (int64_t i = 0; i < r->fit->design->n; i++) {
        used[i].code += *radix * levels.code[i];
    }
    for (int64_t i = 0; i < r->n; i++) {
        code[i] = own[i] < 0 || code[i] < 0 ? -1 : code[i] + *radix * own[i];
    }
    *radix *= levels.n_levels;
    return PP_OK;
}

static pp_status find_effects(reader *r, double *outside) {
    const pp_fit *fit = r->fit;
    const pp__companions *with = &fit->design->with;
    int64_t radix = 1, *source = pp_arena_alloc(r->arena, r->n, sizeof *source);
    PP_NEED(source, r->err);
    key *used = pp_arena_zalloc(r->arena, fit->design->n, sizeof *used);
    PP_NEED(used, r->err);
    int64_t *code = pp_arena_zalloc(r->arena, r->n, sizeof *code);
    PP_NEED(code, r->err);
    for (int e = 0; e < fit->formula->n_effects; e++) {
        const pp__group *effect = &fit->formula->effect[e];
        for (int c = 0; c < effect->n; c++) {
            PP_TRY(add_code(r, effect->name[c]->text, &radix, used, code));
        }
    }
    for (int64_t i = 0; i < fit->design->n; i++) {
        used[i].row = i;
        used[i].value =
            (fit->outside ? fit->outside[i] : 0) - (with->offset ? with->offset[i] : 0);
    }
    qsort(used, (size_t)fit->design->n, sizeof *used, compare_keys);
    for (int64_t i = 0; i < r->n; i++) {
        const key wanted = {.code = code[i]};
        const key *found =
            bsearch(&wanted, used, (size_t)fit->design->n, sizeof *used, compare_keys);
        outside[i] += found ? found->value : 0;
        source[i] = found ? found->row : -1;
        if (!found) {
            PP_TRY(lose(r, i,
                        "its fixed effects (%s, …) do not occur together in the "
                        "rows of the model",
                        fit->formula->effect[0].label));
        }
    }
    r->out->source = source;
    return PP_OK;
}

static pp_status find_outside(reader *r) {
    const pp__formula *f = r->fit->formula;
    const pp__change as_is = {.kind = PP__AS_IS};
    if (f->n_offsets == 0 && f->n_effects == 0) {
        r->out->outside = NULL;
        return PP_OK;
    }
    double *outside = pp_arena_zalloc(r->arena, r->n, sizeof *outside);
    PP_NEED(outside, r->err);
    double *scratch = pp_arena_alloc(
        r->arena, (2 * (int64_t)r->out->design.buffers + 1) * PP__TILE, sizeof *scratch);
    PP_NEED(scratch, r->err);
    for (int o = 0; o < f->n_offsets; o++) {
        for (int64_t i = 0; i < r->n; i++) {
            pp__evaluate(f->offset[o], r->out->design.variables, &as_is, i, 1, scratch,
                         NULL, scratch + PP__TILE);
            outside[i] += scratch[0];
        }
    }
    r->out->outside = outside;
    return f->n_effects > 0 ? find_effects(r, outside) : PP_OK;
}

/* Rows where log(x) and the like are not finite. */
static pp_status lose_undefined(reader *r) {
    const pp__change as_is = {.kind = PP__AS_IS};
    const pp__design *d = &r->out->design;
    int64_t k = d->k;
    double *x = pp_arena_alloc(r->arena, k * PP__TILE + pp__design_scratch(d), sizeof *x);
    PP_NEED(x, r->err);
    for (int64_t begin = 0; begin < r->n; begin += PP__TILE) {
        int n = r->n - begin < PP__TILE ? (int)(r->n - begin) : PP__TILE;
        pp__design_change(d, &as_is, begin, n, x, NULL, x + k * PP__TILE);
        for (int64_t j = 0; j < pp__regressors(r->fit); j++) {
            for (int i = 0; i < n; i++) {
                if (!isfinite(x[i + j * PP__TILE])) {
                    PP_TRY(lose(r, begin + i, "%s is not defined", d->column[j].name));
                }
            }
        }
    }
    for (int64_t i = 0; r->out->outside && i < r->n; i++) {
        if (!isfinite(r->out->outside[i])) {
            PP_TRY(lose(r, i, "the %s is not defined", "offset"));
        }
    }
    return PP_OK;
}

pp_status pp__frame_new(const pp_fit *fit, const pp_table *data, pp_arena *arena,
                        pp__frame *out, const char ***missing, pp_error *err) {
    reader r = {.fit = fit, .data = data, .n = pp_table_rows(data), .arena = arena};
    r.out = out;
    r.err = err;
    r.missing = *missing = pp_arena_zalloc(arena, r.n, sizeof *r.missing);
    PP_NEED(r.missing, err);
    *out = (pp__frame){.design = *fit->design};
    out->design.n = r.n;
    PP_TRY(read_variables(&r));
    PP_TRY(find_outside(&r));
    return lose_undefined(&r);
}
