#include "model/inference/groups.h"

#include "base/check.h"
#include "model/encode.h"

static pp_status each_for_itself(const pp_fit *fit, int32_t *row, pp__clusters *out,
                                 pp_error *err) {
    const int64_t *begin = fit->scores.begin;
    if (fit->scores.n > INT32_MAX) {
        PP_FAIL(err, PP_E_UNSUPPORTED, "too many rows to resample one by one");
    }
    out->n = (int32_t)fit->scores.n;
    for (int64_t u = 0; u < fit->scores.n; u++) {
        for (int64_t i = begin ? begin[u] : u; i < (begin ? begin[u + 1] : u + 1); i++) {
            row[i] = (int32_t)u;
        }
    }
    return PP_OK;
}

static pp_status by_column(const pp_fit *fit, const char *name, int32_t *row,
                           pp_arena *arena, pp__clusters *out, pp_error *err) {
    const pp__design *d = fit->design;
    pp_column *column;
    pp__encoding values;
    PP_TRY(pp_table_require(fit->data, name, &column, err));
    pp_arena_mark mark = pp_arena_get_mark(arena);
    PP_TRY(pp__encode(column, d->row, d->n, arena, &values, err));
    for (int64_t i = 0; i < d->n; i++) {
        row[i] = values.code[i];
        if (row[i] < 0) {
            pp_error_set(err, PP_E_INPUT, "the cluster is missing in a row in use");
            pp_error_locate(err, NULL, d->row[i] + 1, name, NULL);
            pp_error_hint(err, "leave such rows out: --where '%s IS NOT NULL'", name);
            return PP_E_INPUT;
        }
    }
    out->n = values.n_levels;
    pp_arena_release(arena, mark);
    return PP_OK;
}

/* The cluster of each observation, where these are units. */
static pp_status gather_units(const pp_fit *fit, const int32_t *row, const char *name,
                              pp_arena *arena, pp__clusters *out, pp_error *err) {
    const int64_t *begin = fit->scores.begin;
    out->of = row;
    if (!begin) {
        return PP_OK;
    }
    int32_t *of = pp_arena_alloc(arena, fit->scores.n, sizeof *of);
    PP_NEED(of, err);
    for (int64_t u = 0; u < fit->scores.n; u++) {
        of[u] = row[begin[u]];
        for (int64_t i = begin[u]; i < begin[u + 1]; i++) {
            if (row[i] != of[u]) {
                pp_error_set(err, PP_E_INPUT, "the cluster varies within a unit");
                pp_error_locate(err, NULL, fit->design->row[i] + 1, name, NULL);
                return PP_E_INPUT;
            }
        }
    }
    out->of = of;
    return PP_OK;
}

pp_status pp__clusters_find(const pp_fit *fit, const char *name, pp_arena *arena,
                            pp__clusters *out, pp_error *err) {
    int32_t *row = pp_arena_alloc(arena, fit->design->n, sizeof *row);
    PP_NEED(row, err);
    *out = (pp__clusters){.name = name, .of_row = row};
    PP_TRY(name ? by_column(fit, name, row, arena, out, err)
                : each_for_itself(fit, row, out, err));
    PP_TRY(gather_units(fit, row, name, arena, out, err));
    if (out->n < 2) {
        PP_FAIL(err, PP_E_ESTIMATION, "'%s' has one value only: there are no clusters",
                name ? name : "the rows");
    }
    return PP_OK;
}
