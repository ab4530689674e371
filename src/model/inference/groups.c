#include "model/inference/groups.h"

#include "base/check.h"
#include "model/inference/covariance_codes.h"

/* A unit for each observation. */
static pp_status number_observations(const pp_fit *fit, pp_arena *arena,
                                     pp__clusters *out, pp_error *err) {
    if (fit->scores.n > INT32_MAX) {
        PP_FAIL(err, PP_E_UNSUPPORTED, "too many rows to resample one by one");
    }
    int32_t *of = pp_arena_alloc(arena, fit->scores.n, sizeof *of);
    PP_NEED(of, err);
    for (int64_t u = 0; u < fit->scores.n; u++) {
        of[u] = (int32_t)u;
    }
    out->n = (int32_t)fit->scores.n;
    out->of = of;
    return PP_OK;
}

static pp_status refuse_missing(const pp_fit *fit, const char *name, pp_error *err) {
    const pp__design *d = fit->design;
    pp_column *column;
    PP_TRY(pp_table_require(fit->data, name, &column, err));
    for (int64_t i = 0; i < d->n; i++) {
        if (pp_column_is_missing(column, pp__design_row(d, i))) {
            pp_error_set(err, PP_E_INPUT, "the cluster is missing in a row in use");
            pp_error_locate(err, NULL, pp__design_row(d, i) + 1, name, NULL);
            pp_error_hint(err, "leave such rows out: --where '%s IS NOT NULL'", name);
            return PP_E_INPUT;
        }
    }
    return PP_OK;
}

static pp_status by_column(const pp_fit *fit, const char *name, const pp_context *ctx,
                           pp_arena *arena, pp__clusters *out, pp_error *err) {
    pp__clustering clustering;
    PP_TRY(refuse_missing(fit, name, err));
    PP_TRY(pp__cluster_codes(fit, fit->data, name, ctx, arena, &clustering, err));
    out->n = clustering.levels;
    out->of = clustering.code;
    return PP_OK;
}

static pp_status spread_over_rows(const pp_fit *fit, pp_arena *arena, pp__clusters *out,
                                  pp_error *err) {
    const int64_t *begin = fit->scores.begin;
    out->of_row = out->of;
    if (!begin) {
        return PP_OK;
    }
    int32_t *of_row = pp_arena_alloc(arena, fit->design->n, sizeof *of_row);
    PP_NEED(of_row, err);
    for (int64_t u = 0; u < fit->scores.n; u++) {
        for (int64_t i = begin[u]; i < begin[u + 1]; i++) {
            of_row[i] = out->of[u];
        }
    }
    out->of_row = of_row;
    return PP_OK;
}

pp_status pp__clusters_find(const pp_fit *fit, const char *name, const pp_context *ctx,
                            pp_arena *arena, pp__clusters *out, pp_error *err) {
    *out = (pp__clusters){.name = name};
    PP_TRY(name ? by_column(fit, name, ctx, arena, out, err)
                : number_observations(fit, arena, out, err));
    return spread_over_rows(fit, arena, out, err);
}
