/* The structure of the effects of a sample: which is the largest, and the rows in its
   order. */
#include "base/check.h"
#include "base/parallel.h"
#include "model/effects/inside.h"

#include <string.h>

static void settle_places(pp__effects *e, const pp__grouping *effect, int n_effects) {
    int sorted[PP__MAX_GROUPS];
    for (int i = 0; i < n_effects; i++) {
        int at = i;
        for (; at > 0 && effect[sorted[at - 1]].levels < effect[i].levels; at--) {
            sorted[at] = sorted[at - 1];
        }
        sorted[at] = i;
    }
    for (int p = 0; p < n_effects; p++) {
        e->place[sorted[p]] = p;
        e->code[p] = effect[sorted[p]].code;
        e->offset[p + 1] = e->offset[p] + effect[sorted[p]].levels;
    }
}

enum { CHUNKS = 64 };

typedef struct starting {
    pp__effects *e;
    uint8_t out_of_order[CHUNKS];
} starting;

static void chunk_range(const pp__effects *e, int64_t chunk, int64_t *begin,
                        int64_t *end) {
    *begin = e->n * chunk / CHUNKS;
    *end = e->n * (chunk + 1) / CHUNKS;
}

static void check_order(void *payload, int64_t chunk) {
    starting *s = payload;
    const int32_t *code = s->e->code[0];
    int64_t i, end;
    chunk_range(s->e, chunk, &i, &end);
    for (i = i > 0 ? i : 1; i < end && code[i - 1] <= code[i]; i++) {
    }
    s->out_of_order[chunk] = i < end;
}

/* A level begins where the code changes. */
static void find_starts(void *payload, int64_t chunk) {
    starting *s = payload;
    const int32_t *code = s->e->code[0];
    int64_t begin, end;
    chunk_range(s->e, chunk, &begin, &end);
    for (int64_t i = begin; i < end; i++) {
        for (int32_t l = i > 0 ? code[i - 1] + 1 : 0; l <= code[i]; l++) {
            s->e->start[l] = i;
        }
    }
}

/* 0 where rows do not stand in order. */
static int starts_in_order(pp__effects *e, const pp_context *ctx) {
    starting s = {.e = e};
    int64_t levels = pp__effects_largest(e);
    pp__parallel(ctx, CHUNKS, check_order, &s);
    for (int c = 0; c < CHUNKS; c++) {
        if (s.out_of_order[c]) {
            return 0;
        }
    }
    pp__parallel(ctx, CHUNKS, find_starts, &s);
    for (int64_t l = e->n > 0 ? e->code[0][e->n - 1] + 1 : 0; l <= levels; l++) {
        e->start[l] = e->n;
    }
    return 1;
}

static void count_starts(pp__effects *e) {
    int64_t levels = pp__effects_largest(e);
    memset(e->start, 0, (size_t)(levels + 1) * sizeof *e->start);
    for (int64_t i = 0; i < e->n; i++) {
        e->start[e->code[0][i] + 1]++;
    }
    for (int64_t g = 0; g < levels; g++) {
        e->start[g + 1] += e->start[g];
    }
}

static pp_status put_in_order(pp__effects *e, pp_arena *arena, pp_error *err) {
    int32_t *order = pp_arena_alloc(arena, e->n, sizeof *order);
    PP_NEED(order, err);
    for (int64_t i = 0; i < e->n; i++) {
        order[e->start[e->code[0][i]]++] = (int32_t)i;
    }
    int64_t levels = pp__effects_largest(e);
    memmove(e->start + 1, e->start, (size_t)levels * sizeof *e->start);
    e->start[0] = 0;
    e->order = order;
    for (int r = 0; r < e->n_rest; r++) {
        int32_t *code = pp_arena_alloc(arena, e->n, sizeof *code);
        PP_NEED(code, err);
        for (int64_t i = 0; i < e->n; i++) {
            code[i] = e->code[r + 1][order[i]];
        }
        e->ordered[r] = code;
    }
    return PP_OK;
}

pp_status pp__effects_make(const pp__grouping *effect, int n_effects, int64_t n,
                           pp_arena *arena, const pp_context *ctx, pp__effects **out,
                           pp_error *err) {
    pp__effects *e = pp_arena_zalloc(arena, 1, sizeof *e);
    PP_NEED(e, err);
    if (n > INT32_MAX) {
        PP_FAIL(err, PP_E_UNSUPPORTED, "fixed effects of more than %d rows", INT32_MAX);
    }
    e->n = n;
    e->n_rest = n_effects - 1;
    settle_places(e, effect, n_effects);
    PP_TRY(pp_progress(ctx, "fixed effects", -1, err));
    e->start = pp_arena_alloc(arena, pp__effects_largest(e) + 1, sizeof *e->start);
    PP_NEED(e->start, err);
    if (starts_in_order(e, ctx)) {
        memcpy(e->ordered, e->code + 1, (size_t)e->n_rest * sizeof *e->ordered);
    } else {
        count_starts(e);
        PP_TRY(put_in_order(e, arena, err));
    }
    if (e->n_rest > 0) {
        PP_TRY(pp__effects_components(e, NULL, arena, &e->components, err));
    }
    *out = e;
    return PP_OK;
}

int64_t pp__effects_levels(const pp__effects *e) {
    return e->offset[e->n_rest + 1];
}

int64_t pp__effects_offset(const pp__effects *effects, int e) {
    return effects->offset[effects->place[e]];
}
