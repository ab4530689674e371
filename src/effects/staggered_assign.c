/* The same units with other cohorts. */
#include "base/check.h"
#include "effects/staggered.h"

#include <string.h>

/* Cohorts that have units left, and where each stands in `out`; the never treated stand last. */
static pp_status keep_cohorts(const pp__staggered *s, const int *cohort, pp_arena *arena,
                              pp__staggered *out, int *kept, pp_error *err) {
    double *first = pp_arena_alloc(arena, s->cohorts + 1, sizeof *first);
    int64_t *size = pp_arena_zalloc(arena, s->cohorts + 1, sizeof *size),
            *begin = pp_arena_zalloc(arena, s->cohorts + 2, sizeof *begin);
    PP_NEED(first && size ? begin : NULL, err);
    for (int64_t i = 0; i < s->n; i++) {
        if (cohort[i] >= 0) {
            size[cohort[i]]++;
        }
    }
    for (int c = 0; c < s->cohorts; c++) {
        kept[c] = out->cohorts;
        if (size[c] > 0) {
            first[out->cohorts++] = s->first[c];
            begin[out->cohorts] = begin[out->cohorts - 1] + size[c];
        }
    }
    kept[s->cohorts] = out->cohorts;
    begin[out->cohorts + 1] = out->n = begin[out->cohorts] + size[s->cohorts];
    out->first = first;
    out->begin = begin;
    return PP_OK;
}

/* Of `columns` columns of `stride` values those at `from`. */
static pp_status take(int columns, int64_t stride, const int64_t *from, int64_t n,
                      const double *value, pp_arena *arena, const double **out,
                      pp_error *err) {
    double *to = pp_arena_alloc(arena, n * columns, sizeof *to);
    PP_NEED(to, err);
    for (int t = 0; t < columns; t++) {
        for (int64_t i = 0; i < n; i++) {
            to[t * n + i] = value[t * stride + from[i]];
        }
    }
    *out = to;
    return PP_OK;
}

/* Rows of the units that stay, in their new order. */
static pp_status take_rows(const pp__staggered *s, const int64_t *from, pp_arena *arena,
                           pp__staggered *out, pp_error *err) {
    const pp__staggered_rows *in = s->rows;
    int64_t n = in->begin[s->periods], kept = 0;
    pp__staggered_rows *rows = pp_arena_zalloc(arena, 1, sizeof *rows);
    int64_t *begin = pp_arena_zalloc(arena, s->periods + 1, sizeof *begin),
            *unit = pp_arena_alloc(arena, n, sizeof *unit),
            *row = pp_arena_alloc(arena, n, sizeof *row),
            *at = pp_arena_alloc(arena, s->n, sizeof *at);
    PP_NEED(rows && begin && unit && row ? at : NULL, err);
    for (int t = 0; t < s->periods; t++) {
        memset(at, 0xFF, (size_t)s->n * sizeof *at);
        for (int64_t k = in->begin[t]; k < in->begin[t + 1]; k++) {
            at[in->unit[k]] = k;
        }
        for (int64_t i = 0; i < out->n; i++) {
            if (at[from[i]] >= 0) {
                unit[kept] = i;
                row[kept++] = at[from[i]];
            }
        }
        begin[t + 1] = kept;
    }
    rows->begin = begin;
    rows->unit = unit;
    out->rows = rows;
    const double **x = pp_arena_alloc(arena, s->k, sizeof *x);
    PP_NEED(x, err);
    rows->x = x;
    PP_TRY(take(1, n, row, kept, in->y, arena, &rows->y, err));
    if (in->weight) {
        PP_TRY(take(1, n, row, kept, in->weight, arena, &rows->weight, err));
    }
    for (int j = 0; j < s->k; j++) {
        PP_TRY(take(1, n, row, kept, in->x[j], arena, &x[j], err));
    }
    return PP_OK;
}

static pp_status take_values(const pp__staggered *s, const int64_t *from, pp_arena *arena,
                             pp__staggered *out, pp_error *err) {
    const double **x = pp_arena_alloc(arena, s->k, sizeof *x);
    PP_NEED(x, err);
    out->x = x;
    PP_TRY(take(s->periods, s->n, from, out->n, s->y, arena, &out->y, err));
    if (s->weight) {
        PP_TRY(take(s->periods, s->n, from, out->n, s->weight, arena, &out->weight, err));
    }
    for (int j = 0; j < s->k; j++) {
        PP_TRY(take(s->periods, s->n, from, out->n, s->x[j], arena, &x[j], err));
    }
    return PP_OK;
}

static pp_status take_units(const pp__staggered *s, const int64_t *from, pp_arena *arena,
                            pp__staggered *out, pp_error *err) {
    const char **name = pp_arena_alloc(arena, out->n, sizeof *name);
    int32_t *cluster = pp_arena_alloc(arena, out->n, sizeof *cluster);
    PP_NEED(name && cluster ? name : NULL, err);
    for (int64_t i = 0; i < out->n; i++) {
        name[i] = s->name ? s->name[from[i]] : NULL;
        cluster[i] = s->cluster ? s->cluster[from[i]] : 0;
    }
    out->name = s->name ? name : NULL;
    out->cluster = s->cluster ? cluster : NULL;
    out->clusters = s->cluster ? s->clusters : out->n;
    if (s->share) {
        PP_TRY(take(1, s->n, from, out->n, s->share, arena, &out->share, err));
    }
    return s->rows ? take_rows(s, from, arena, out, err)
                   : take_values(s, from, arena, out, err);
}

pp_status pp__staggered_assign(const pp__staggered *s, const int *cohort, pp_arena *arena,
                               pp__staggered *out, pp_error *err) {
    *out = (pp__staggered){.periods = s->periods, .k = s->k, .time = s->time};
    int *kept = pp_arena_alloc(arena, s->cohorts + 1, sizeof *kept);
    int64_t *from = pp_arena_alloc(arena, s->n, sizeof *from),
            *next = pp_arena_alloc(arena, s->cohorts + 1, sizeof *next);
    PP_NEED(kept && from ? next : NULL, err);
    PP_TRY(keep_cohorts(s, cohort, arena, out, kept, err));
    memcpy(next, out->begin, (size_t)(out->cohorts + 1) * sizeof *next);
    for (int64_t i = 0; i < s->n; i++) {
        if (cohort[i] >= 0) {
            from[next[kept[cohort[i]]]++] = i;
        }
    }
    if (out->cohorts == 0) {
        PP_FAIL(err, PP_E_ESTIMATION, "no treated unit is left");
    }
    return take_units(s, from, arena, out, err);
}

pp_status pp__staggered_treated_clusters(const pp__staggered *s, int64_t *out,
                                         pp_error *err) {
    char *seen = pp_calloc(s->clusters, 1);
    PP_NEED(seen, err);
    *out = 0;
    for (int64_t i = 0; i < s->begin[s->cohorts]; i++) {
        int64_t c = s->cluster ? s->cluster[i] : i;
        *out += !seen[c];
        seen[c] = 1;
    }
    pp_free(seen);
    return PP_OK;
}

int pp__staggered_is_lone(const pp__staggered *s) {
    int64_t i = 1, treated = s->begin[s->cohorts];
    while (s->cluster && i < treated && s->cluster[i] == s->cluster[0]) {
        i++;
    }
    return i >= treated;
}
