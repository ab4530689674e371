/* The reduced equations as a sparse matrix with a sparse factor: where levels of the
   effects beside the largest meet few others in its groups, and the fill is small. Each
   column of S is gathered by one visit of the groups that its level's rows are in. */
#include "base/check.h"
#include "base/parallel.h"
#include "model/effects/inside.h"
#include "model/effects/ldl.h"

#include <string.h>

enum { CHUNKS = 16 };

typedef struct sparse {
    int64_t size;
    int64_t *member_begin; /* of each level of the rest: its rows, as places */
    int32_t *member;
    const int32_t *group;  /* of each place */
    int32_t *begin, *rows; /* S below the diagonal, by columns */
    double *lower, *diagonal;
    pp__ldl *factor;
    double *space; /* of chunks: size + 1 each */
    pp_arena *arena;
} sparse;

/* ---- which rows a level has ---- */

typedef struct listing {
    const sparse *s;
    const pp__effects *e;
} listing;

/* Of effect r of the rest, whose rows stand after those of the effects before. */
static void list_effect(void *payload, int64_t r) {
    const listing *l = payload;
    const sparse *s = l->s;
    const pp__effects *e = l->e;
    const int32_t *code = e->ordered[r];
    int64_t levels = e->offset[r + 2] - e->offset[r + 1], first = r * e->n;
    int64_t *begin = s->member_begin + (e->offset[r + 1] - e->offset[1]);
    for (int64_t i = 0; i < e->n; i++) {
        begin[code[i]]++;
    }
    for (int64_t level = 0; level < levels; level++) {
        int64_t rows = begin[level];
        begin[level] = first;
        first += rows;
    }
    for (int64_t i = 0; i < e->n; i++) {
        s->member[begin[code[i]]++] = (int32_t)i;
    }
    memmove(begin + 1, begin, (size_t)(levels - 1) * sizeof *begin);
    begin[0] = r * e->n;
}

static pp_status list_members(sparse *s, const pp__effects *e, const pp_context *ctx,
                              pp_error *err) {
    listing l = {s, e};
    s->member_begin = pp_arena_zalloc(s->arena, s->size + 1, sizeof *s->member_begin);
    PP_NEED(s->member_begin, err);
    s->member = pp_arena_alloc(s->arena, e->n * e->n_rest, sizeof *s->member);
    PP_NEED(s->member, err);
    pp__parallel(ctx, e->n_rest, list_effect, &l);
    s->member_begin[s->size] = e->n * e->n_rest;
    return PP_OK;
}

static pp_status list_groups(sparse *s, const pp__effects *e, pp_error *err) {
    s->group = e->code[0];
    if (!e->order) {
        return PP_OK;
    }
    int32_t *group = pp_arena_alloc(s->arena, e->n, sizeof *group);
    PP_NEED(group, err);
    for (int64_t g = 0; g < pp__effects_largest(e); g++) {
        for (int64_t i = e->start[g]; i < e->start[g + 1]; i++) {
            group[i] = (int32_t)g;
        }
    }
    s->group = group;
    return PP_OK;
}

/* The first level whose rows begin at or after the share of all. */
static int64_t level_at(const sparse *s, int64_t chunk) {
    int64_t low = 0, high = s->size, row = s->member_begin[s->size] * chunk / CHUNKS;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (s->member_begin[middle] < row) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return chunk == CHUNKS ? s->size : low;
}

static int effect_of(const pp__effects *e, int64_t level) {
    int r = 0;
    while (level >= e->offset[r + 2] - e->offset[1]) {
        r++;
    }
    return r;
}

/* ---- the pattern ---- */

typedef struct finding {
    const sparse *s;
    const pp__effects *e;
    int64_t most;   /* elements of a chunk; more is too much */
    int32_t *count; /* of each level */
    struct list {
        int32_t *rows;
        int64_t n, space;
        pp_status status;
    } list[CHUNKS];
} finding;

static void append(struct list *list, int32_t row, int64_t most) {
    if (list->n == list->space) {
        int64_t space = 2 * list->space + 1024;
        int32_t *rows = pp_realloc(list->rows, space, sizeof *rows);
        if (!rows || list->n > most) {
            list->rows = rows ? rows : list->rows;
            list->status = rows ? PP_E_UNSUPPORTED : PP_E_MEMORY;
            return;
        }
        list->rows = rows;
        list->space = space;
    }
    list->rows[list->n++] = row;
}

static void find_column(finding *f, int64_t level, int32_t *mark, struct list *list) {
    const sparse *s = f->s;
    int effect = effect_of(f->e, level);
    int64_t before = list->n, all = before + s->size - level - 1;
    int64_t last = s->member_begin[level + 1];
    for (int64_t p = s->member_begin[level]; p < last && list->n < all; p++) {
        int32_t g = s->group[s->member[p]];
        for (int64_t i = f->e->start[g]; i < f->e->start[g + 1]; i++) {
            for (int r = effect; r < f->e->n_rest; r++) {
                int64_t other = pp__rest_level(f->e, r, i);
                if (other > level && mark[other] != (int32_t)level) {
                    mark[other] = (int32_t)level;
                    append(list, (int32_t)other, f->most);
                }
            }
        }
        if (list->status != PP_OK) {
            return;
        }
    }
    f->count[level] = (int32_t)(list->n - before);
}

static void find_chunk(void *payload, int64_t chunk) {
    finding *f = payload;
    struct list *list = &f->list[chunk];
    int32_t *mark = (void *)(f->s->space + chunk * (f->s->size + 1));
    memset(mark, 255, (size_t)f->s->size * sizeof *mark);
    int64_t last = level_at(f->s, chunk + 1);
    for (int64_t l = level_at(f->s, chunk); l < last && list->status == PP_OK; l++) {
        find_column(f, l, mark, list);
    }
}

static pp_status keep_pattern(sparse *s, const finding *f, pp_error *err) {
    int64_t n = 0;
    for (int c = 0; c < CHUNKS; c++) {
        n += f->list[c].n;
    }
    s->begin = pp_arena_zalloc(s->arena, s->size + 1, sizeof *s->begin);
    PP_NEED(s->begin, err);
    s->rows = pp_arena_alloc(s->arena, n, sizeof *s->rows);
    PP_NEED(s->rows, err);
    s->lower = pp_arena_alloc(s->arena, n + s->size, sizeof *s->lower);
    PP_NEED(s->lower, err);
    s->diagonal = s->lower + n;
    n = 0;
    for (int c = 0; c < CHUNKS; c++) {
        for (int64_t i = 0; i < f->list[c].n; i++) {
            s->rows[n++] = f->list[c].rows[i];
        }
    }
    for (int64_t l = 0; l < s->size; l++) {
        s->begin[l + 1] = s->begin[l] + f->count[l];
    }
    return PP_OK;
}

/* *fits: 0 where there are too many elements. */
static pp_status find_pattern(sparse *s, const pp__effects *e, const pp_context *ctx,
                              int *fits, pp_error *err) {
    finding f = {.s = s, .e = e, .most = (e->n + 1000000) / CHUNKS};
    pp_status status = PP_OK;
    *fits = 1;
    f.count = pp_calloc(s->size, sizeof *f.count);
    PP_NEED(f.count, err);
    pp__parallel(ctx, CHUNKS, find_chunk, &f);
    for (int c = 0; c < CHUNKS; c++) {
        *fits &= f.list[c].status == PP_OK;
        status = f.list[c].status == PP_E_MEMORY ? PP_E_MEMORY : status;
    }
    if (status == PP_E_MEMORY) {
        pp_error_set(err, status, "out of memory");
    } else if (*fits) {
        status = keep_pattern(s, &f, err);
    }
    for (int c = 0; c < CHUNKS; c++) {
        pp_free(f.list[c].rows);
    }
    pp_free(f.count);
    return status;
}

/* ---- the numbers ---- */

typedef struct filling {
    sparse *s;
    const pp__absorber *a;
} filling;

/* The shares of group g in the column: what of the level's own effect comes before the
   level belongs to another column, and goes to waste. */
static void add_shares(const filling *f, int32_t g, int effect, int64_t level,
                       double share, double *sum) {
    const pp__effects *e = f->a->effects;
    const double *weight = f->a->ordered;
    int64_t waste = f->s->size;
    for (int64_t i = e->start[g]; i < e->start[g + 1]; i++) {
        double w = weight ? share * weight[i] : share;
        int64_t own = pp__rest_level(e, effect, i);
        sum[own >= level ? own : waste] -= w;
        for (int r = effect + 1; r < e->n_rest; r++) {
            sum[pp__rest_level(e, r, i)] -= w;
        }
    }
}

static void fill_column(const filling *f, int64_t level, double *sum) {
    const sparse *s = f->s;
    const pp__effects *e = f->a->effects;
    const double *weight = f->a->ordered;
    int effect = effect_of(e, level);
    for (int64_t p = s->member_begin[level]; p < s->member_begin[level + 1]; p++) {
        int32_t at = s->member[p], g = s->group[at];
        double own = weight ? weight[at] : 1;
        for (int r = effect; r < e->n_rest; r++) {
            sum[pp__rest_level(e, r, at)] += own;
        }
        add_shares(f, g, effect, level, own * f->a->inverse[g], sum);
    }
    s->diagonal[level] = sum[level];
    sum[level] = 0;
    for (int32_t p = s->begin[level]; p < s->begin[level + 1]; p++) {
        s->lower[p] = sum[s->rows[p]];
        sum[s->rows[p]] = 0;
    }
}

static void fill_chunk(void *payload, int64_t chunk) {
    const filling *f = payload;
    double *sum = f->s->space + chunk * (f->s->size + 1);
    int64_t last = level_at(f->s, chunk + 1);
    memset(sum, 0, (size_t)(f->s->size + 1) * sizeof *sum);
    for (int64_t l = level_at(f->s, chunk); l < last; l++) {
        fill_column(f, l, sum);
    }
}

/* ---- the way ---- */

static double visits(const pp__effects *e) {
    double sum = 0;
    for (int64_t g = 0; g < pp__effects_largest(e); g++) {
        double met = (double)(e->start[g + 1] - e->start[g]) * e->n_rest;
        sum += met * met;
    }
    return sum;
}

static pp_status make(const pp__absorber *a, double work, const pp_context *ctx,
                      void **out, pp_error *err) {
    const pp__effects *e = a->effects;
    int fits;
    *out = NULL;
    if (visits(e) > work) {
        return PP_OK;
    }
    sparse *s = pp_arena_zalloc(a->arena, 1, sizeof *s);
    PP_NEED(s, err);
    s->size = pp__effects_rest(e);
    s->arena = a->arena;
    PP_TRY(list_members(s, e, ctx, err));
    PP_TRY(list_groups(s, e, err));
    s->space = pp_arena_alloc(a->arena, (s->size + 1) * CHUNKS, sizeof *s->space);
    PP_NEED(s->space, err);
    PP_TRY(find_pattern(s, e, ctx, &fits, err));
    if (!fits) {
        return PP_OK;
    }
    PP_TRY(pp__ldl_make((int32_t)s->size, s->begin, s->rows, work, a->arena, &s->factor,
                        err));
    *out = s->factor ? s : NULL;
    return PP_OK;
}

static pp_status weigh(void *way, const pp__absorber *a, const pp_context *ctx,
                       pp_error *err) {
    sparse *s = way;
    filling f = {s, a};
    (void)err;
    pp__parallel(ctx, CHUNKS, fill_chunk, &f);
    pp__ldl_factor(s->factor, s->lower, s->diagonal,
                   a->level_weight + pp__effects_largest(a->effects));
    return PP_OK;
}

static void times(const void *way, int m, const double *x, double *out) {
    const sparse *s = way;
    memset(out, 0, (size_t)(s->size * m) * sizeof *out);
    for (int64_t l = 0; l < s->size; l++) {
        const double *own = x + l * m;
        double *to = out + l * m;
        for (int j = 0; j < m; j++) {
            to[j] += s->diagonal[l] * own[j];
        }
        for (int32_t p = s->begin[l]; p < s->begin[l + 1]; p++) {
            int64_t row = (int64_t)s->rows[p] * m;
            for (int j = 0; j < m; j++) {
                to[j] += s->lower[p] * x[row + j];
                out[row + j] += s->lower[p] * own[j];
            }
        }
    }
}

static pp_status invert(void *way, int m, const double *x, double *out, pp_error *err) {
    sparse *s = way;
    pp_arena_mark mark = pp_arena_get_mark(s->arena);
    double *space = pp_arena_alloc(s->arena, s->size * m, sizeof *space);
    PP_NEED(space, err);
    pp__ldl_solve(s->factor, m, x, out, space);
    pp_arena_release(s->arena, mark);
    return PP_OK;
}

static double rank(const void *way) {
    return ((const sparse *)way)->factor->rank;
}

const pp__way pp__way_sparse = {make, weigh, times, invert, rank};
