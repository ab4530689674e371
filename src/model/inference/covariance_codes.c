#include "model/inference/covariance_codes.h"

#include "base/check.h"

#include <string.h>

/* Of a unit the code of its rows, which must agree. */
static pp_status gather_units(const pp_fit *fit, const char *name, int32_t *code,
                              pp_error *err) {
    const int64_t *begin = fit->scores.begin;
    for (int64_t u = 0; begin && u < fit->scores.n; u++) {
        int32_t first = code[begin[u]];
        for (int64_t i = begin[u]; i < begin[u + 1]; i++) {
            if (code[i] != first) {
                pp_error_set(err, PP_E_INPUT, "the cluster varies within a unit");
                pp_error_locate(err, NULL, pp__design_row(fit->design, i) + 1, name,
                                NULL);
                return PP_E_INPUT;
            }
        }
        code[u] = first; /* u <= begin[u] */
    }
    return PP_OK;
}

static const pp__grouping *effect_named(const pp_fit *fit, const char *name) {
    const pp__companions *with = &fit->design->with;
    for (int e = 0; e < with->n_effects && !fit->scores.begin; e++) {
        if (strcmp(with->effect[e].label, name) == 0) {
            return &with->effect[e];
        }
    }
    return NULL;
}

pp_status pp__group_codes(const pp_fit *fit, const pp_table *data, const char *name,
                          const pp_context *ctx, pp_arena *arena, pp__clustering *out,
                          pp_error *err) {
    const pp__design *d = fit->design;
    const pp__grouping *effect = effect_named(fit, name);
    pp_column *column;
    *out = (pp__clustering){.name = name};
    if (effect) {
        out->code = effect->code;
        out->levels = effect->levels;
    } else {
        pp__encoding encoding;
        PP_TRY(pp_table_require(data, name, &column, err));
        PP_TRY(pp__encode(column, d->row_of, d->n, ctx, arena, &encoding, err));
        PP_TRY(gather_units(fit, name, encoding.code, err));
        out->code = encoding.code;
        out->levels = encoding.n_levels;
    }
    return PP_OK;
}

pp_status pp__cluster_codes(const pp_fit *fit, const pp_table *data, const char *name,
                            const pp_context *ctx, pp_arena *arena, pp__clustering *out,
                            pp_error *err) {
    PP_TRY(pp__group_codes(fit, data, name, ctx, arena, out, err));
    if (out->levels < 2) {
        PP_FAIL(err, PP_E_ESTIMATION, "'%s' has one value only: there are no clusters",
                name);
    }
    return PP_OK;
}

pp_status pp__cluster_cross(const pp__clustering *a, const pp__clustering *b, int64_t n,
                            pp_arena *arena, pp__clustering *out, pp_error *err) {
    int64_t levels;
    int32_t *code = pp_arena_alloc(arena, n, sizeof *code);
    PP_NEED(code, err);
    PP_TRY(
        pp__encode_pairs(a->code, a->levels, b->code, b->levels, n, code, &levels, err));
    *out = (pp__clustering){.code = code, .levels = (int32_t)levels};
    return PP_OK;
}

pp_status pp__rows_by_group(const int32_t *code, int64_t groups, int64_t n,
                            pp_arena *arena, int64_t **first, int64_t **order,
                            pp_error *err) {
    int64_t *at = pp_arena_zalloc(arena, groups + 2, sizeof *at);
    PP_NEED(at, err);
    *order = pp_arena_alloc(arena, n, sizeof **order);
    PP_NEED(*order, err);
    for (int64_t i = 0; i < n; i++) {
        at[code[i] + 2]++;
    }
    for (int64_t g = 0; g < groups; g++) {
        at[g + 2] += at[g + 1];
    }
    for (int64_t i = 0; i < n; i++) {
        (*order)[at[code[i] + 1]++] = i;
    }
    *first = at;
    return PP_OK;
}
