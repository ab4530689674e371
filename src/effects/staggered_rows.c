/* The values of panels with holes, and of repeated cross-sections: by rows. */
#include "effects/staggered_reader.h"

#include "base/check.h"

#include <string.h>

/* Table rows of kept units by period, in each in the order of units. */
typedef struct order {
    int64_t n;
    int64_t *row;   /* n */
    int64_t *begin; /* periods + 1 */
} order;

static int64_t place_of(const pp__staggered_reader *r, int64_t row) {
    return r->state[row] == PP__ROW_COMPLETE ? r->place[r->unit.code[row]] : -1;
}

/* Counting sorts: by unit, then, keeping that order, by period. */
static pp_status sort_rows(const pp__staggered_reader *r, const pp__staggered *s,
                           order *o) {
    int64_t rows = pp_table_rows(r->data);
    int64_t *of_unit = pp_arena_zalloc(r->arena, s->n + 1, sizeof *of_unit);
    int64_t *next = pp_arena_alloc(r->arena, s->periods, sizeof *next);
    o->begin = pp_arena_zalloc(r->arena, s->periods + 1, sizeof *o->begin);
    PP_NEED(of_unit && next ? o->begin : NULL, r->err);
    for (int64_t i = 0; i < rows; i++) {
        if (place_of(r, i) >= 0) {
            of_unit[place_of(r, i) + 1]++;
            o->begin[r->time.code[i] + 1]++;
            o->n++;
        }
    }
    int64_t *by_unit = pp_arena_alloc(r->arena, 2 * o->n, sizeof *by_unit);
    PP_NEED(by_unit, r->err);
    o->row = by_unit + o->n;
    for (int64_t u = 0; u < s->n; u++) {
        of_unit[u + 1] += of_unit[u];
    }
    for (int t = 0; t < s->periods; t++) {
        next[t] = o->begin[t];
        o->begin[t + 1] += o->begin[t];
    }
    for (int64_t i = 0; i < rows; i++) {
        if (place_of(r, i) >= 0) {
            by_unit[of_unit[place_of(r, i)]++] = i;
        }
    }
    for (int64_t k = 0; k < o->n; k++) {
        o->row[next[r->time.code[by_unit[k]]]++] = by_unit[k];
    }
    return PP_OK;
}

static pp_status list_units(const pp__staggered_reader *r, const pp__staggered *s,
                            const order *o, pp__staggered_rows *out) {
    int64_t *unit = pp_arena_alloc(r->arena, o->n, sizeof *unit);
    PP_NEED(unit, r->err);
    for (int t = 0; t < s->periods; t++) {
        for (int64_t k = o->begin[t]; k < o->begin[t + 1]; k++) {
            unit[k] = place_of(r, o->row[k]);
            if (k > o->begin[t] && unit[k] == unit[k - 1]) {
                return pp__reader_refuse_twice(r, o->row[k], o->row[k - 1]);
            }
        }
    }
    out->unit = unit;
    out->begin = o->begin;
    return PP_OK;
}

/* `from` NULL: ones; `index` NULL: by table row. */
static pp_status take(const pp__staggered_reader *r, const order *o, const double *from,
                      const int64_t *index, const double **out) {
    double *to = pp_arena_alloc(r->arena, o->n, sizeof *to);
    PP_NEED(to, r->err);
    for (int64_t k = 0; k < o->n; k++) {
        to[k] = from ? from[index ? index[o->row[k]] : o->row[k]] : 1;
    }
    *out = to;
    return PP_OK;
}

static pp_status take_covariates(const pp__staggered_reader *r, const order *o,
                                 pp__staggered *s, pp__staggered_rows *out) {
    const pp__design *d = r->fit ? r->fit->design : NULL;
    const double **x = pp_arena_alloc(r->arena, d ? d->k + 1 : 1, sizeof *x);
    PP_NEED(x, r->err);
    out->x = x;
    PP_TRY(take(r, o, NULL, NULL, &x[s->k++]));
    for (int j = d ? d->intercept : 0; d && j < d->k; j++) {
        PP_TRY(take(r, o, d->x[j], r->fit_row, &x[s->k++]));
    }
    return PP_OK;
}

/* A unit counts with the mean of its rows' weights. */
static pp_status share_units(const pp__staggered_reader *r, const pp__staggered_rows *in,
                             int64_t rows, pp__staggered *s) {
    double *share = pp_arena_zalloc(r->arena, s->n, sizeof *share);
    int32_t *n = pp_arena_zalloc(r->arena, s->n, sizeof *n);
    PP_NEED(share && n ? share : NULL, r->err);
    for (int64_t k = 0; k < rows; k++) {
        share[in->unit[k]] += in->weight[k];
        n[in->unit[k]]++;
    }
    for (int64_t u = 0; u < s->n; u++) {
        share[u] /= n[u];
    }
    s->share = share;
    return PP_OK;
}

pp_status pp__reader_rows(pp__staggered_reader *r, pp__staggered *s) {
    order o = {0};
    pp__staggered_rows *out = pp_arena_zalloc(r->arena, 1, sizeof *out);
    PP_NEED(out, r->err);
    PP_TRY(sort_rows(r, s, &o));
    PP_TRY(list_units(r, s, &o, out));
    PP_TRY(take(r, &o, r->y, NULL, &out->y));
    PP_TRY(take_covariates(r, &o, s, out));
    if (r->weight) {
        PP_TRY(take(r, &o, r->weight, NULL, &out->weight));
        PP_TRY(share_units(r, out, o.n, s));
    }
    s->rows = out;
    return PP_OK;
}
