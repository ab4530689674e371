/* Rows that are alone in their group of a fixed effect. They fit themselves, so that they
 * say nothing of the other coefficients; taking one away can leave another alone in one of
 * its groups, and so on. Correia (2015), Singletons, Cluster-Robust Standard Errors and
 * Fixed Effects.
 *
 * Each group keeps the number of its rows and the exclusive or of their indices: when one
 * row is left, that is its index. So all of them are found in one pass and a list.
 */
#include "base/check.h"
#include "base/parallel.h"
#include "model/design.h"

typedef struct group_rows {
    int64_t count, mixed;
} group_rows;

typedef struct search {
    const pp__design *d;
    group_rows *groups[PP__MAX_GROUPS];
    uint8_t *alone;
    int64_t *list; /* of rows taken away, whose other groups are to be looked at */
    int64_t n_list, capacity;
    int64_t found[PP__MAX_GROUPS];
} search;

/* A row that counts for several is not alone. */
static int64_t counts_for(const pp__design *d, int64_t i) {
    return d->with.frequency && d->with.weight[i] > 1 ? 2 : 1;
}

static pp_status fill_groups(search *s, int e, pp_arena *arena, pp_error *err) {
    const pp__grouping *effect = &s->d->with.effect[e];
    group_rows *groups = pp_arena_zalloc(arena, effect->levels, sizeof *groups);
    PP_NEED(groups, err);
    for (int64_t i = 0; i < s->d->n; i++) {
        group_rows *group = &groups[effect->code[i]];
        group->count += counts_for(s->d, i);
        group->mixed ^= i;
    }
    s->groups[e] = groups;
    return PP_OK;
}

/* The last row of a group, when it is that. */
static pp_status take_away(search *s, int e, int32_t level, pp_error *err) {
    const group_rows *group = &s->groups[e][level];
    if (group->count != 1) {
        return PP_OK;
    }
    if (s->n_list == s->capacity) {
        int64_t capacity = s->capacity ? 2 * s->capacity : 64;
        int64_t *grown = pp_realloc(s->list, capacity, sizeof *grown);
        PP_NEED(grown, err);
        s->list = grown;
        s->capacity = capacity;
    }
    int64_t row = group->mixed;
    s->list[s->n_list++] = row;
    s->alone[row] = 1;
    s->found[e]++;
    for (int other = 0; other < s->d->with.n_effects; other++) {
        group_rows *left = &s->groups[other][s->d->with.effect[other].code[row]];
        left->count--;
        left->mixed ^= row;
    }
    return PP_OK;
}

static pp_status find_all(search *s, pp_error *err) {
    const pp__companions *with = &s->d->with;
    for (int e = 0; e < with->n_effects; e++) {
        for (int32_t l = 0; l < with->effect[e].levels; l++) {
            PP_TRY(take_away(s, e, l, err));
        }
    }
    for (int64_t at = 0; at < s->n_list; at++) {
        for (int e = 0; e < with->n_effects; e++) {
            PP_TRY(take_away(s, e, with->effect[e].code[s->list[at]], err));
        }
    }
    return PP_OK;
}

/* ---- whether there are any at all ---- */

typedef struct quick {
    const pp__design *d;
    uint8_t *rows[PP__MAX_GROUPS]; /* of each group: 0, 1, 2 or more */
    int any[PP__MAX_GROUPS];
} quick;

static void count_rows(void *payload, int64_t e) {
    quick *q = payload;
    const pp__grouping *effect = &q->d->with.effect[e];
    uint8_t *rows = q->rows[e];
    for (int64_t i = 0; i < q->d->n; i++) {
        uint8_t *count = &rows[effect->code[i]];
        int64_t more = *count + counts_for(q->d, i);
        *count = more > 2 ? 2 : (uint8_t)more;
    }
    for (int32_t l = 0; l < effect->levels; l++) {
        q->any[e] |= rows[l] == 1;
    }
}

static pp_status are_there_any(const pp__design *d, pp_arena *arena,
                               const pp_context *ctx, int *any, pp_error *err) {
    quick q = {.d = d};
    pp_arena_mark mark = pp_arena_get_mark(arena);
    for (int e = 0; e < d->with.n_effects; e++) {
        q.rows[e] = pp_arena_zalloc(arena, d->with.effect[e].levels, 1);
        PP_NEED(q.rows[e], err);
    }
    pp__parallel(ctx, d->with.n_effects, count_rows, &q);
    *any = 0;
    for (int e = 0; e < d->with.n_effects; e++) {
        *any |= q.any[e];
    }
    pp_arena_release(arena, mark);
    return PP_OK;
}

pp_status pp__singletons_find(const pp__design *d, pp_arena *arena, pp__notes *notes,
                              const pp_context *ctx, uint8_t **alone, pp_error *err) {
    int any = 0;
    *alone = NULL;
    PP_TRY(are_there_any(d, arena, ctx, &any, err));
    if (!any) {
        return PP_OK;
    }
    search s = {.d = d};
    s.alone = pp_arena_zalloc(arena, d->n, 1);
    PP_NEED(s.alone, err);
    pp_arena_mark mark = pp_arena_get_mark(arena);
    for (int e = 0; e < d->with.n_effects; e++) {
        PP_TRY(fill_groups(&s, e, arena, err));
    }
    pp_status status = find_all(&s, err);
    pp_free(s.list);
    PP_TRY(status);
    pp_arena_release(arena, mark);
    *alone = s.alone;
    for (int e = 0; e < d->with.n_effects; e++) {
        PP_TRY(pp__notes_drop(notes, "singleton", "rows", d->with.effect[e].label,
                              s.found[e], err));
    }
    return PP_OK;
}
