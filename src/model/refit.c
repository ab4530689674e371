#include "model/refit.h"

#include "base/check.h"
#include "model/estimator.h"
#include "model/linalg.h"
#include "model/take.h"

#include <math.h>
#include <string.h>

typedef struct refitting {
    const pp_fit *from;
    pp_fit *fit;
    int64_t n;
    int64_t *row; /* of the original design, copy after copy */
    int32_t *copy;
} refitting;

/* 1 when all rows of each group count the same. */
static int counts_by_group(const pp__grouping *group, const int32_t *count, int64_t n,
                           int32_t *of_group) {
    memset(of_group, -1, (size_t)group->levels * sizeof *of_group);
    for (int64_t i = 0; i < n; i++) {
        int32_t *seen = &of_group[group->code[i]];
        if (*seen >= 0 && *seen != count[i]) {
            return 0;
        }
        *seen = count[i];
    }
    return 1;
}

/* Whether copies of a row stand in groups of their own. */
static pp_status find_copies(const refitting *r, const int32_t *count, int *apart,
                             pp_error *err) {
    const pp__companions *with = &r->from->design->with;
    const pp__grouping *groups[] = {&with->strata, &with->random};
    *apart = 0;
    for (int i = 0; i < 2; i++) {
        if (groups[i]->code) {
            int32_t *seen = pp_malloc(groups[i]->levels, sizeof *seen);
            PP_NEED(seen, err);
            *apart |= counts_by_group(groups[i], count, r->from->design->n, seen);
            pp_free(seen);
        }
    }
    return PP_OK;
}

/* All rows once, then those that count twice, …: units stay together. */
static pp_status list_rows(refitting *r, const int32_t *count, pp_error *err) {
    const pp__design *d = r->from->design;
    int32_t most = 0;
    int apart;
    r->n = 0;
    for (int64_t i = 0; i < d->n; i++) {
        r->n += count[i];
        most = count[i] > most ? count[i] : most;
    }
    if (r->n == 0) {
        PP_FAIL(err, PP_E_ESTIMATION, "no row is left");
    }
    PP_TRY(find_copies(r, count, &apart, err));
    r->row = pp_arena_alloc(&r->fit->arena, r->n, sizeof *r->row);
    PP_NEED(r->row, err);
    r->copy = apart ? pp_arena_alloc(&r->fit->arena, r->n, sizeof *r->copy) : NULL;
    if (apart) {
        PP_NEED(r->copy, err);
    }
    int64_t at = 0;
    for (int32_t copy = 0; copy < most; copy++) {
        for (int64_t i = 0; i < d->n; i++) {
            if (count[i] > copy) {
                r->row[at] = i;
                if (apart) {
                    r->copy[at] = copy;
                }
                at++;
            }
        }
    }
    return PP_OK;
}

static pp_status drop_separated(refitting *r, pp_error *err) {
    int64_t left = 0;
    for (int64_t i = 0; i < r->n; i++) {
        if (!r->fit->separated[i]) {
            r->row[left] = r->row[i];
            if (r->copy) {
                r->copy[left] = r->copy[i];
            }
            left++;
        }
    }
    r->n = left;
    if (left == 0) {
        PP_FAIL(err, PP_E_ESTIMATION, "the outcome is predicted perfectly");
    }
    return PP_OK;
}

/* ---- columns that are gone ---- */

/* Flags the columns of which `values` is a combination, and the intercept. */
static pp_status mark_parts(const refitting *r, const double *values, double *L,
                            pp_error *err) {
    const pp__design *d = r->fit->design;
    int64_t k = d->k, size = k * PP__TILE;
    double *z = pp_calloc(size + k, sizeof *z), *part = z + size, squares = 0;
    PP_NEED(z, err);
    for (int64_t begin = 0; begin < d->n; begin += PP__TILE) {
        int n = d->n - begin < PP__TILE ? (int)(d->n - begin) : PP__TILE;
        pp__design_z(d, begin, n, z);
        for (int64_t j = 0; j < k; j++) {
            part[j] += pp__dot(n, z + j * PP__TILE, values + begin);
        }
        squares += pp__dot(n, values + begin, values + begin);
    }
    pp__forward((int)k, L, part);
    pp__backward((int)k, L, part);
    for (int64_t j = 0; j < k; j++) {
        r->fit->altered[j] |= fabs(part[j]) > 1e-6 * sqrt(squares / (double)d->n) ||
                              (j == 0 && d->intercept);
    }
    pp_free(z);
    return PP_OK;
}

static pp_status factor_columns(const pp__design *d, double *L, pp_error *err) {
    int64_t size = (int64_t)d->k * PP__TILE;
    double *z = pp_malloc(size, sizeof *z);
    PP_NEED(z, err);
    for (int64_t begin = 0; begin < d->n; begin += PP__TILE) {
        int n = d->n - begin < PP__TILE ? (int)(d->n - begin) : PP__TILE;
        pp__design_z(d, begin, n, z);
        pp__add_products(d->k, n, PP__TILE, z, z, L);
    }
    pp_free(z);
    return pp__cholesky(d->k, L, 0) == d->k
               ? PP_OK
               : pp_error_set(err, PP_E_ESTIMATION, "the columns are collinear");
}

/* The rows' values of column j of the original design; 0 when they are all zero. */
static int gather_column(const refitting *r, int j, double *values) {
    int any = 0;
    for (int64_t i = 0; i < r->n; i++) {
        values[i] = r->from->design->x[j][r->row[i]];
        any |= values[i] != 0;
    }
    return any;
}

/* A column that is gone changes what those mean that it is a combination of, unless it is
   zero. Columns stand in the same order as before. */
static pp_status mark_altered(refitting *r, pp_error *err) {
    const pp__design *from = r->from->design, *d = r->fit->design;
    int64_t k = d->k;
    int next = 0;
    if (k == from->k) {
        return PP_OK;
    }
    double *values = pp_arena_alloc(&r->fit->arena, r->n, sizeof *values), *L = NULL;
    PP_NEED(values, err);
    for (int j = 0; j < from->k; j++) {
        if (next < k && strcmp(from->column[j].name, d->column[next].name) == 0) {
            next++;
        } else if (gather_column(r, j, values)) {
            if (!L) {
                L = pp_arena_zalloc(&r->fit->arena, k * k, sizeof *L);
                PP_NEED(L, err);
                r->fit->altered = pp_arena_zalloc(&r->fit->arena, k, 1);
                PP_NEED(r->fit->altered, err);
                PP_TRY(factor_columns(d, L, err));
            }
            PP_TRY(mark_parts(r, values, L, err));
        }
    }
    return PP_OK;
}

static pp_status estimate(refitting *r, const pp_context *ctx, pp_error *err) {
    pp_fit *fit = r->fit;
    for (;;) {
        const pp__taking taking = {r->n, r->row, r->copy};
        PP_TRY(pp__design_take(r->from->design, &taking, &fit->arena, &fit->notes, ctx,
                               &fit->design, err));
        PP_TRY(pp__fit_reset(fit, err));
        if (fit->k == 0) {
            PP_FAIL(err, PP_E_ESTIMATION, "there is nothing to estimate");
        }
        PP_TRY(fit->estimator->estimate(fit, ctx, err));
        if (!fit->separated) {
            PP_TRY(mark_altered(r, err));
            return pp__fit_restore(fit, err);
        }
        PP_TRY(drop_separated(r, err));
    }
}

pp_fit *pp__fit_like(const pp_fit *from) {
    pp_fit *fit = pp_calloc(1, sizeof *fit);
    if (fit) {
        pp_arena_init(&fit->arena);
        pp__notes_init(&fit->notes);
        fit->estimator = from->estimator;
        fit->link = from->link;
        fit->vcov = from->vcov;
        fit->options = from->options;
        fit->formula = from->formula;
        fit->data = from->data;
        fit->workspace = from->workspace;
    }
    return fit;
}

static pp_status finish(pp_fit *fit, pp_status status, pp_fit **out) {
    if (status != PP_OK) {
        pp_fit_free(fit);
        return status;
    }
    *out = fit;
    return PP_OK;
}

pp_status pp__fit_reweigh(const pp_fit *from, const int32_t *count, const pp_context *ctx,
                          pp_fit **out, pp_error *err) {
    pp_fit *fit = pp__fit_like(from);
    PP_NEED(fit, err);
    refitting r = {.from = from, .fit = fit};
    pp_status status = list_rows(&r, count, err);
    if (status == PP_OK) {
        status = estimate(&r, ctx, err);
    }
    return finish(fit, status, out);
}

/* ---- fewer columns ---- */

static pp_status copy_columns(pp__design *d, pp_arena *arena, pp_error *err) {
    const pp__design from = *d;
    int64_t k = d->k + d->n_instruments;
    d->x = pp_arena_alloc(arena, k, sizeof *d->x);
    PP_NEED(d->x, err);
    d->column = pp_arena_alloc(arena, k, sizeof *d->column);
    PP_NEED(d->column, err);
    d->center = pp_arena_alloc(arena, 2 * k, sizeof *d->center);
    PP_NEED(d->center, err);
    d->scale = d->center + k;
    for (int64_t j = 0; j < k; j++) {
        d->x[j] = from.x[j];
        d->column[j] = from.column[j];
        d->center[j] = from.center[j];
        d->scale[j] = from.scale[j];
    }
    return PP_OK;
}

/* Without an intercept, columns are as they stand. */
static void uncentre(pp__design *d) {
    for (int j = 0; j < d->k; j++) {
        d->scale[j] = sqrt(d->scale[j] * d->scale[j] + d->center[j] * d->center[j]);
        d->center[j] = 0;
    }
    d->intercept = d->centred = 0;
}

static pp_status add_offset(pp__design *d, const double *offset, pp_arena *arena,
                            pp_error *err) {
    double *sum = pp_arena_alloc(arena, d->n, sizeof *sum);
    PP_NEED(sum, err);
    for (int64_t i = 0; i < d->n; i++) {
        sum[i] = offset[i] + (d->with.offset ? d->with.offset[i] : 0);
    }
    d->with.offset = sum;
    return PP_OK;
}

static pp_status constrain(const pp_fit *from, const uint8_t *keep, const double *offset,
                           pp_fit *fit, const pp_context *ctx, pp_error *err) {
    pp__design *d = pp_arena_alloc(&fit->arena, 1, sizeof *d);
    PP_NEED(d, err);
    *d = *from->design;
    fit->design = d;
    PP_TRY(copy_columns(d, &fit->arena, err));
    pp__design_select(d, keep);
    if (d->intercept && !keep[0]) {
        uncentre(d);
    }
    if (offset) {
        PP_TRY(add_offset(d, offset, &fit->arena, err));
    }
    PP_TRY(pp__fit_reset(fit, err));
    if (fit->k == 0 && !d->centred) {
        PP_FAIL(err, PP_E_ESTIMATION, "nothing is left to estimate");
    }
    PP_TRY(fit->estimator->estimate(fit, ctx, err));
    if (fit->separated) {
        PP_FAIL(err, PP_E_ESTIMATION, "the outcome is predicted perfectly");
    }
    return pp__fit_restore(fit, err);
}

pp_status pp__fit_constrain(const pp_fit *from, const uint8_t *keep, const double *offset,
                            const pp_context *ctx, pp_fit **out, pp_error *err) {
    pp_fit *fit = pp__fit_like(from);
    PP_NEED(fit, err);
    if (offset && !(from->estimator->takes & PP__TAKES_OFFSET)) {
        pp_fit_free(fit);
        PP_FAIL(err, PP_E_UNSUPPORTED, "model '%s' does not take offsets",
                from->estimator->info.name);
    }
    return finish(fit, constrain(from, keep, offset, fit, ctx, err), out);
}

/* ---- estimates in their places ---- */

static int is_same(const pp_fit *fit, int j, const pp_fit *refit, int i) {
    return strcmp(fit->name[j], refit->name[i]) == 0 &&
           (!fit->equation || strcmp(fit->equation[j], refit->equation[i]) == 0);
}

int pp__refit_estimates(const pp_fit *fit, const pp_fit *refit, double *out) {
    int next = 0;
    for (int j = 0; j < fit->k; j++) {
        int found = next < refit->k && is_same(fit, j, refit, next);
        int altered =
            found && refit->altered && next < refit->design->k && refit->altered[next];
        out[j] = found && !altered ? refit->estimates[next] : NAN;
        next += found;
    }
    return next == refit->k && !(refit->altered && refit->equation);
}
