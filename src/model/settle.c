/* Standardises the columns of a design and leaves out what identifies nothing, from one
 * pass over the rows.
 *
 * The pass sums cross-products about the mean of a few rows. As these rows are of the
 * sample, the mean of all is never far from theirs in the columns' own spread, so that the
 * correction to the true mean loses nothing that matters.
 */
#include "base/check.h"
#include "model/design.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

enum { LOOKED_AT = 1024 /* rows */ };

/* A column whose spread is rounding error of its values is constant. */
static const double CONSTANT = 1e-13;

typedef struct moments {
    const pp__design *d;
    double *origin; /* k */
    double *sums;   /* (k + 1) × (k + 1): of the columns and a column of ones */
} moments;

static int has_center(const pp__design *d, int64_t j) {
    return d->centred && j >= d->intercept;
}

static void find_origins(moments *m) {
    const pp__design *d = m->d;
    int64_t stride = d->n / LOOKED_AT + 1;
    for (int j = 0; j < d->k; j++) {
        double sum = 0, rows = 0;
        for (int64_t i = 0; has_center(d, j) && i < d->n; i += stride) {
            sum += d->x[j][i];
            rows++;
        }
        m->origin[j] = rows > 0 ? sum / rows : 0;
    }
}

static void add_moments(void *payload, int64_t begin, int n, double *sums,
                        double *scratch) {
    const moments *m = payload;
    int k = m->d->k;
    for (int j = 0; j < k; j++) {
        pp__standardise(n, m->d->x[j] + begin, m->origin[j], 1,
                        scratch + (int64_t)j * PP__TILE);
    }
    double *ones = scratch + (int64_t)k * PP__TILE;
    for (int i = 0; i < n; i++) {
        ones[i] = 1;
    }
    pp__add_products(k + 1, n, PP__TILE, scratch, scratch, sums);
}

static pp_status sum_moments(moments *m, pp_arena *arena, const pp_context *ctx,
                             pp_error *err) {
    pp__pass pass;
    int64_t k = m->d->k, width = (k + 1) * (k + 1);
    m->origin = pp_arena_alloc(arena, k, sizeof *m->origin);
    PP_NEED(m->origin, err);
    m->sums = pp_arena_alloc(arena, width, sizeof *m->sums);
    PP_NEED(m->sums, err);
    find_origins(m);
    PP_TRY(pp__pass_init(&pass, m->d->n, width, (k + 1) * PP__TILE, arena, err));
    pp__pass_run(&pass, add_moments, m, ctx, m->sums);
    return PP_OK;
}

/* Centers and scales (0: constant; not finite: beyond computing), and to G the
   cross-products of what they make of the columns, in its lower triangle. */
static void standardise(pp__design *d, const moments *m, double *G) {
    int64_t k = d->k, ld = k + 1;
    double n = (double)d->n;
    for (int64_t j = 0; j < k; j++) {
        double sum = m->sums[k + j * ld], origin = m->origin[j];
        double shift = has_center(d, j) ? sum / n : 0;
        double raw = m->sums[j + j * ld] + 2 * origin * sum + n * origin * origin;
        double squares = m->sums[j + j * ld] - sum * shift;
        d->center[j] = origin + shift;
        d->scale[j] = !isfinite(raw)                        ? NAN
                      : squares > CONSTANT * CONSTANT * raw ? sqrt(squares / n)
                                                            : 0;
    }
    for (int64_t j = 0; j < k; j++) {
        double shift = d->center[j] - m->origin[j];
        for (int64_t i = j; i < k; i++) {
            double product = m->sums[i + j * ld] - m->sums[k + i * ld] * shift;
            double other = d->center[i] - m->origin[i];
            product -= other * (m->sums[k + j * ld] - n * shift);
            G[i + j * k] = product / (d->scale[i] * d->scale[j]);
        }
    }
}

/* Of a symmetric matrix of order k, as its lower triangle, the rows and columns kept. */
static void select_products(int64_t k, const uint8_t *keep, double *G) {
    int64_t kept = 0, column = 0;
    for (int64_t j = 0; j < k; j++) {
        kept += keep[j];
    }
    for (int64_t j = 0; j < k; j++) {
        int64_t row = column;
        for (int64_t i = j; keep[j] && i < k; i++) {
            if (keep[i]) {
                G[row++ + column * kept] = G[i + j * k];
            }
        }
        column += keep[j];
    }
}

/* Leaves out columns that are constant beside an intercept, or zero throughout. */
static pp_status remove_constants(pp__design *d, double *G, pp_arena *arena,
                                  pp__notes *notes, pp_error *err) {
    uint8_t *keep = pp_arena_alloc(arena, d->k, 1);
    PP_NEED(keep, err);
    for (int j = 0; j < d->k; j++) {
        const char *name = d->column[j].name;
        if (isnan(d->scale[j])) {
            pp_error_set(err, PP_E_INPUT, "the values are too large to be squared");
            pp_error_locate(err, NULL, 0, name, NULL);
            pp_error_hint(err, "divide the column by its usual size");
            return PP_E_INPUT;
        }
        keep[j] = d->scale[j] > 0;
        if (!keep[j]) {
            PP_TRY(pp__notes_drop(notes, "constant", "terms", name, 1, err));
            PP_TRY(pp__notes_warn(notes, "constant", name, 1, err,
                                  "%s has the same value in all rows and is left out",
                                  name));
        }
    }
    select_products(d->k, keep, G);
    pp__design_select(d, keep);
    pp__mirror(d->k, G);
    return PP_OK;
}

pp_status pp__design_settle(pp__design *d, pp_arena *arena, pp__notes *notes,
                            const pp_context *ctx, pp_error *err) {
    d->k += d->n_instruments;
    d->n_instruments = 0;
    int64_t k = d->k;
    moments m = {.d = d};
    d->center = pp_arena_alloc(arena, 2 * k, sizeof *d->center);
    PP_NEED(d->center, err);
    d->scale = d->center + k;
    pp_arena_mark mark = pp_arena_get_mark(arena);
    double *G = pp_arena_alloc(arena, k * k, sizeof *G);
    PP_NEED(G, err);
    PP_TRY(sum_moments(&m, arena, ctx, err));
    standardise(d, &m, G);
    PP_TRY(remove_constants(d, G, arena, notes, err));
    PP_TRY(pp__collinear_remove(d, G, arena, notes, err));
    pp_arena_release(arena, mark);
    while (d->k > 0 && pp__design_role(d, d->k - 1) == PP__INSTRUMENT) {
        d->k--;
        d->n_instruments++;
    }
    return PP_OK;
}
