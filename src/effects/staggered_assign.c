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

static pp_status take(const pp__staggered *s, const int64_t *from, int64_t n,
                      const double *value, pp_arena *arena, const double **out,
                      pp_error *err) {
    double *to = pp_arena_alloc(arena, n * s->periods, sizeof *to);
    PP_NEED(to, err);
    for (int t = 0; t < s->periods; t++) {
        for (int64_t i = 0; i < n; i++) {
            to[t * n + i] = value[t * s->n + from[i]];
        }
    }
    *out = to;
    return PP_OK;
}

static pp_status take_units(const pp__staggered *s, const int64_t *from, pp_arena *arena,
                            pp__staggered *out, pp_error *err) {
    const double **x = pp_arena_alloc(arena, s->k, sizeof *x);
    const char **name = pp_arena_alloc(arena, out->n, sizeof *name);
    int32_t *cluster = pp_arena_alloc(arena, out->n, sizeof *cluster);
    PP_NEED(x && name ? cluster : NULL, err);
    PP_TRY(take(s, from, out->n, s->y, arena, &out->y, err));
    for (int j = 0; j < s->k; j++) {
        PP_TRY(take(s, from, out->n, s->x[j], arena, &x[j], err));
    }
    for (int64_t i = 0; i < out->n; i++) {
        name[i] = s->name[from[i]];
        cluster[i] = s->cluster ? s->cluster[from[i]] : 0;
    }
    out->x = x;
    out->name = name;
    out->cluster = s->cluster ? cluster : NULL;
    out->clusters = s->cluster ? s->clusters : out->n;
    return PP_OK;
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
