/* The panel as regressions with unit effects take it: all periods side by side, holes marked. */
#include "effects/event/within.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

/* Column of rows by period → units over periods; NaN where there is no row. */
static pp_status spread(const pp__staggered *s, const double *rows, pp_arena *arena,
                        const double **out, pp_error *err) {
    double *to = pp_arena_alloc(arena, s->n * s->periods, sizeof *to);
    PP_NEED(to, err);
    for (int64_t i = 0; i < s->n * s->periods; i++) {
        to[i] = NAN;
    }
    for (int t = 0; t < s->periods; t++) {
        for (int64_t i = s->rows->begin[t]; i < s->rows->begin[t + 1]; i++) {
            to[t * s->n + s->rows->unit[i]] = rows[i];
        }
    }
    *out = to;
    return PP_OK;
}

static pp_status spread_rows(pp__staggered *out, pp_arena *arena, pp_error *err) {
    const pp__staggered_rows *rows = out->rows;
    const double **x = pp_arena_alloc(arena, out->k, sizeof *x);
    PP_NEED(x, err);
    PP_TRY(spread(out, rows->y, arena, &out->y, err));
    for (int j = 0; j < out->k; j++) {
        PP_TRY(spread(out, rows->x[j], arena, &x[j], err));
    }
    if (rows->weight) {
        PP_TRY(spread(out, rows->weight, arena, &out->weight, err));
    }
    out->x = x;
    out->rows = NULL;
    return PP_OK;
}

/* Rows of weight zero count for nothing. */
static pp_status take_away_weightless(pp__staggered *out, pp_arena *arena,
                                      pp_error *err) {
    int64_t cells = out->n * out->periods;
    double *y = pp_arena_alloc(arena, cells, sizeof *y);
    PP_NEED(y, err);
    for (int64_t i = 0; i < cells; i++) {
        y[i] = out->weight[i] > 0 ? out->y[i] : NAN;
    }
    out->y = y;
    return PP_OK;
}

static int varies(const pp__staggered *s, const double *x) {
    for (int64_t u = 0; u < s->n; u++) {
        double value = NAN;
        for (int t = 0; t < s->periods; t++) {
            if (!pp__within_seen(s, t, u)) {
                continue;
            }
            if (!isnan(value) && x[t * s->n + u] != value) {
                return 1;
            }
            value = x[t * s->n + u];
        }
    }
    return 0;
}

static pp_status leave_out_constant(pp__staggered *out, pp_arena *arena, int *constant,
                                    pp_error *err) {
    const double **x = pp_arena_alloc(arena, out->k, sizeof *x);
    int k = 1;
    PP_NEED(x, err);
    x[0] = out->x[0];
    for (int j = 1; j < out->k; j++) {
        if (varies(out, out->x[j])) {
            x[k++] = out->x[j];
        }
    }
    *constant = out->k - k;
    out->x = x;
    out->k = k;
    return PP_OK;
}

pp_status pp__staggered_within(const pp__staggered *s, pp_arena *arena,
                               pp__staggered *out, int *constant, pp_error *err) {
    *out = *s;
    if (s->rows) {
        PP_TRY(spread_rows(out, arena, err));
    }
    if (out->weight) {
        PP_TRY(take_away_weightless(out, arena, err));
    }
    return leave_out_constant(out, arena, constant, err);
}
