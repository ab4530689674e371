#include "model/estimators/cox_sets.h"
#include "base/check.h"
#include "base/parallel.h"
#include "model/estimators/radix.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

enum { BLOCK = 1 << 14 };

typedef struct finding {
    pp__risk_sets *s;
    const double *weight;
    pp_arena *arena;
    const pp_context *ctx;
    pp_error *err;
    double *factor;                     /* 1 / scale */
    pp__radix_item *items[2], *room[2]; /* of the two orders */
    int64_t n_items[2];
} finding;

static int counts(const finding *f, int64_t row) {
    return !f->weight || f->weight[row] > 0;
}

/* ---- spells ---- */

static pp_status wrong_spell(const finding *f, int64_t row, const char *message,
                             double value, const char *hint) {
    char text[32];
    pp_format_number(value, text);
    pp_error_set(f->err, PP_E_INPUT, "%s", message);
    pp_error_locate(f->err, NULL, pp__design_row(f->s->d, row) + 1,
                    f->s->d->formula->outcome_label, text);
    pp_error_hint(f->err, "%s", hint);
    return PP_E_INPUT;
}

static pp_status check_spells(const finding *f) {
    const pp__companions *with = &f->s->d->with;
    for (int64_t i = 0; i < f->s->d->n; i++) {
        if (with->event[i] != 0 && with->event[i] != 1) {
            return wrong_spell(f, i, "the event must be 0 or 1", with->event[i],
                               "make a column of 0 (no event at the end) and 1");
        }
        if (with->start && !(with->start[i] < with->stop[i])) {
            return wrong_spell(f, i, "a spell must end after it begins", with->stop[i],
                               "rows are at risk after start and up to stop: leave rows "
                               "without any time out with a condition (where)");
        }
    }
    if (f->s->d->n >= INT32_MAX) {
        PP_FAIL(f->err, PP_E_UNSUPPORTED, "more than %d spells", INT32_MAX);
    }
    return PP_OK;
}

/* ---- slots ---- */

static int64_t list_events(const finding *f, pp__radix_item *items) {
    const pp__companions *with = &f->s->d->with;
    int64_t n = 0;
    for (int64_t i = 0; i < f->s->d->n; i++) {
        f->s->event[i] = with->event[i] > 0 && counts(f, i);
        if (f->s->event[i]) {
            items[n++] = (pp__radix_item){pp__radix_key(with->stop[i]), (int32_t)i};
        }
    }
    return n;
}

/* By stratum, within it by time. */
static void sort_events(const finding *f, pp__radix_item *items, pp__radix_item *room,
                        int64_t n) {
    pp__radix_sort(items, room, n);
    if (f->s->strata > 1) {
        for (int64_t i = 0; i < n; i++) {
            items[i].key = (uint64_t)pp__risk_stratum(f->s->d, items[i].index);
        }
        pp__radix_sort(items, room, n);
    }
}

static pp_status allocate_slots(finding *f, int64_t most) {
    pp__risk_sets *s = f->s;
    s->time = pp_arena_alloc(f->arena, 3 * most, sizeof *s->time);
    PP_NEED(s->time, f->err);
    s->deaths = s->time + most;
    s->death_weight = s->deaths + most;
    s->stratum = pp_arena_alloc(f->arena, most, sizeof *s->stratum);
    PP_NEED(s->stratum, f->err);
    s->stratum_begin =
        pp_arena_zalloc(f->arena, (int64_t)s->strata + 1, sizeof *s->stratum_begin);
    PP_NEED(s->stratum_begin, f->err);
    return PP_OK;
}

static pp_status find_slots(finding *f, const pp__radix_item *items, int64_t n) {
    pp__risk_sets *s = f->s;
    const pp__companions *with = &s->d->with;
    PP_TRY(allocate_slots(f, n));
    for (int64_t e = 0; e < n; e++) {
        int64_t row = items[e].index;
        int32_t stratum = pp__risk_stratum(s->d, row), slot = s->slots - 1;
        if (slot < 0 || s->stratum[slot] != stratum || s->time[slot] != with->stop[row]) {
            slot = s->slots++;
            s->time[slot] = with->stop[row];
            s->stratum[slot] = stratum;
            s->deaths[slot] = s->death_weight[slot] = 0;
            s->stratum_begin[stratum + 1]++;
        }
        double w = f->weight ? f->weight[row] : 1;
        s->deaths[slot] += with->frequency ? w : 1;
        s->death_weight[slot] += w;
    }
    for (int32_t g = 0; g < s->strata; g++) {
        s->stratum_begin[g + 1] += s->stratum_begin[g];
    }
    return PP_OK;
}

/* The first slot of begin..end-1 whose time is above t. */
static int32_t slot_after(const double *time, int32_t begin, int32_t end, double t) {
    while (begin < end) {
        int32_t middle = begin + (end - begin) / 2;
        if (time[middle] <= t) {
            begin = middle + 1;
        } else {
            end = middle;
        }
    }
    return begin;
}

static void find_ranges(void *payload, int64_t block) {
    const finding *f = payload;
    pp__risk_sets *s = f->s;
    const pp__companions *with = &s->d->with;
    int64_t end = (block + 1) * BLOCK < s->d->n ? (block + 1) * BLOCK : s->d->n;
    for (int64_t i = block * BLOCK; i < end; i++) {
        int32_t g = pp__risk_stratum(s->d, i), from = s->stratum_begin[g],
                to = s->stratum_begin[g + 1];
        if (!counts(f, i)) {
            s->first[i] = 1;
            s->end[i] = 0;
            continue;
        }
        s->first[i] = with->start ? slot_after(s->time, from, to, with->start[i]) : from;
        s->end[i] = slot_after(s->time, s->first[i], to, with->stop[i]) - s->event[i];
    }
}

/* ---- orders ---- */

static int level_of(const pp__risk_sets *s, int64_t row, int32_t *stratum_first) {
    int32_t first = s->first[row], last = s->end[row] - 1;
    *stratum_first = s->stratum_begin[pp__risk_stratum(s->d, row)];
    if (first > last) {
        return PP__RISK_NONE;
    }
    if (first == *stratum_first) {
        return PP__RISK_WHOLE;
    }
    return first == last ? PP__RISK_POINT : 32 - __builtin_clz((unsigned)(first ^ last));
}

static void list_places(finding *f) {
    const pp__risk_sets *s = f->s;
    for (int64_t i = 0; i < s->d->n; i++) {
        int32_t from;
        int level = level_of(s, i, &from);
        if (level != PP__RISK_NONE || s->event[i]) {
            uint64_t key = (uint64_t)s->end[i] << 7 | (uint64_t)level << 1 | s->event[i];
            f->items[0][f->n_items[0]++] = (pp__radix_item){key, (int32_t)i};
        }
        if (level > PP__RISK_POINT && level < PP__RISK_WHOLE) {
            uint64_t key = (uint64_t)s->first[i] << 7 | (uint64_t)level << 1;
            f->items[1][f->n_items[1]++] = (pp__radix_item){key, (int32_t)i};
        }
    }
}

static void sort_places(void *payload, int64_t which) {
    const finding *f = payload;
    pp__radix_sort(f->items[which], f->room[which], f->n_items[which]);
}

static int64_t count_pieces(const pp__radix_item *items, int64_t n) {
    int64_t pieces = 0;
    for (int64_t i = 0; i < n; i++) {
        pieces += i % PP__TILE == 0 || items[i].key != items[i - 1].key;
    }
    return pieces;
}

static pp_status allocate_order(finding *f, pp__risk_order *o) {
    int64_t tiles = (o->n + PP__TILE - 1) / PP__TILE, k = f->s->d->k;
    o->row = pp_arena_alloc(f->arena, o->n, sizeof *o->row);
    PP_NEED(o->row, f->err);
    o->z = pp_arena_alloc(f->arena, tiles * PP__TILE * k, sizeof *o->z);
    PP_NEED(o->z, f->err);
    o->begin = pp_arena_alloc(f->arena, o->n_pieces + tiles + 2, sizeof *o->begin);
    PP_NEED(o->begin, f->err);
    o->tile = o->begin + o->n_pieces + 1;
    o->slot = pp_arena_alloc(f->arena, o->n_pieces, sizeof *o->slot);
    PP_NEED(o->slot, f->err);
    o->level = pp_arena_alloc(f->arena, 2 * o->n_pieces, 1);
    PP_NEED(o->level, f->err);
    o->event = o->level + o->n_pieces;
    return PP_OK;
}

static pp_status cut_order(finding *f, int which, pp__risk_order *o) {
    const pp__radix_item *items = f->items[which];
    int64_t piece = 0;
    o->n = f->n_items[which];
    o->n_pieces = count_pieces(items, o->n);
    PP_TRY(allocate_order(f, o));
    for (int64_t i = 0; i < o->n; i++) {
        o->row[i] = items[i].index;
        if (i % PP__TILE == 0) {
            o->tile[i / PP__TILE] = piece;
        }
        if (i % PP__TILE == 0 || items[i].key != items[i - 1].key) {
            o->begin[piece] = i;
            o->slot[piece] = (int32_t)(items[i].key >> 7);
            o->level[piece] = (uint8_t)(items[i].key >> 1 & 63);
            o->event[piece++] = items[i].key & 1;
        }
    }
    o->begin[piece] = o->n;
    o->tile[(o->n + PP__TILE - 1) / PP__TILE] = piece;
    return PP_OK;
}

static pp_status find_entered(finding *f) {
    pp__risk_sets *s = f->s;
    int32_t *place = (int32_t *)(void *)f->items[0];
    s->entered = pp_arena_alloc(f->arena, s->forward.n, sizeof *s->entered);
    PP_NEED(s->entered, f->err);
    for (int64_t i = 0; i < s->backward.n; i++) {
        place[s->backward.row[i]] = (int32_t)i;
    }
    for (int64_t i = 0; i < s->forward.n; i++) {
        s->entered[i] = place[s->forward.row[i]];
    }
    return PP_OK;
}

/* ---- columns ---- */

/* The mean of column j in each stratum; after the last column, that of the offset. */
static void find_centers(void *payload, int64_t j) {
    const finding *f = payload;
    const pp__risk_sets *s = f->s;
    const pp__design *d = s->d;
    const double *x = j < d->k ? d->x[j] : d->with.offset;
    double *center = s->center + j * s->strata, *count = center + (d->k + 1) * s->strata;
    double origin = j < d->k ? d->center[j] : 0;
    if (!x) {
        return;
    }
    for (int64_t i = 0; i < d->n; i++) {
        int32_t g = pp__risk_stratum(d, i);
        center[g] += x[i] - origin;
        count[g]++;
    }
    for (int32_t g = 0; g < s->strata; g++) {
        center[g] = count[g] > 0 ? origin + center[g] / count[g] : 0;
    }
}

static void fill_tile(const finding *f, const pp__risk_order *o, int64_t tile) {
    const pp__design *d = f->s->d;
    const int32_t *row = o->row + tile * PP__TILE;
    int n = o->n - tile * PP__TILE < PP__TILE ? (int)(o->n - tile * PP__TILE) : PP__TILE;
    for (int j = 0; j < d->k; j++) {
        const double *x = d->x[j], *center = f->s->center + (int64_t)j * f->s->strata;
        double *z = o->z + (tile * d->k + j) * PP__TILE, factor = f->factor[j];
        for (int i = 0; i < n; i++) {
            z[i] = (x[row[i]] - center[pp__risk_stratum(d, row[i])]) * factor;
        }
    }
}

enum { TILES = 16 };

static void fill_tiles(void *payload, int64_t block) {
    const finding *f = payload;
    const pp__risk_order *orders[] = {&f->s->backward, &f->s->forward};
    for (int64_t t = block * TILES; t < (block + 1) * TILES; t++) {
        for (int o = 0; o < 2; o++) {
            if (t * PP__TILE < orders[o]->n) {
                fill_tile(f, orders[o], t);
            }
        }
    }
}

static pp_status fill_columns(finding *f) {
    pp__risk_sets *s = f->s;
    int64_t k = s->d->k, size = (k + 1) * s->strata;
    s->center = pp_arena_zalloc(f->arena, 2 * size, sizeof *s->center);
    PP_NEED(s->center, f->err);
    s->offset_center = s->center + k * s->strata;
    f->factor = pp_arena_alloc(f->arena, k, sizeof *f->factor);
    PP_NEED(f->factor, f->err);
    for (int64_t j = 0; j < k; j++) {
        f->factor[j] = 1 / s->d->scale[j];
    }
    pp__parallel(f->ctx, k + 1, find_centers, f);
    int64_t tiles = (s->backward.n + PP__TILE - 1) / PP__TILE;
    pp__parallel(f->ctx, (tiles + TILES - 1) / TILES, fill_tiles, f);
    return PP_OK;
}

/* ---- all of it ---- */

static pp_status make_sets(finding *f, pp__radix_item *items) {
    pp__risk_sets *s = f->s;
    int64_t n = s->d->n, events;
    for (int i = 0; i < 2; i++) {
        f->items[i] = items + 2 * i * n;
        f->room[i] = f->items[i] + n;
    }
    s->first = pp_arena_alloc(f->arena, 2 * n, sizeof *s->first);
    PP_NEED(s->first, f->err);
    s->end = s->first + n;
    s->event = pp_arena_alloc(f->arena, n, sizeof *s->event);
    PP_NEED(s->event, f->err);
    events = list_events(f, f->items[0]);
    sort_events(f, f->items[0], f->room[0], events);
    PP_TRY(find_slots(f, f->items[0], events));
    pp__parallel(f->ctx, (n + BLOCK - 1) / BLOCK, find_ranges, f);
    list_places(f);
    pp__parallel(f->ctx, 2, sort_places, f);
    PP_TRY(cut_order(f, 0, &s->backward));
    PP_TRY(cut_order(f, 1, &s->forward));
    PP_TRY(find_entered(f));
    return fill_columns(f);
}

pp_status pp__risk_sets_find(const pp__design *d, pp_arena *arena, const pp_context *ctx,
                             pp__risk_sets *out, pp_error *err) {
    *out = (pp__risk_sets){.d = d,
                           .strata = d->with.strata.code ? d->with.strata.levels : 1};
    finding f = {
        .s = out, .weight = d->with.weight, .arena = arena, .ctx = ctx, .err = err};
    PP_TRY(check_spells(&f));
    pp__radix_item *items = pp_malloc(4 * d->n, sizeof *items);
    PP_NEED(items, err);
    pp_status status = make_sets(&f, items);
    pp_free(items);
    return status;
}
