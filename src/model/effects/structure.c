/* The structure of the effects of a sample: which is the largest, and the rows in its
   order. */
#include "base/check.h"
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

static int is_in_order(const pp__effects *e) {
    const int32_t *code = e->code[0];
    int64_t i = 1;
    while (i < e->n && code[i - 1] <= code[i]) {
        i++;
    }
    return i >= e->n;
}

static void count_starts(pp__effects *e) {
    int64_t levels = pp__effects_largest(e);
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
    e->start = pp_arena_zalloc(arena, pp__effects_largest(e) + 1, sizeof *e->start);
    PP_NEED(e->start, err);
    count_starts(e);
    if (is_in_order(e)) {
        memcpy(e->ordered, e->code + 1, (size_t)e->n_rest * sizeof *e->ordered);
    } else {
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

int64_t pp__effects_offset(const pp__effects *e, int effect) {
    return e->offset[e->place[effect]];
}
