/* How much repetition is by chance: vendors dealt anew within region and year. */
#include "market/lockin.h"

#include "base/check.h"
#include "base/parallel.h"
#include "evidence/rows.h"

#include <pushpull/random.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MEASURES = 2,
    COUNTS = MEASURES * PP__HISTORIES,
    TASK = 0x6c6f636b,
    BLOCK = 64,
    TRIES = 20
};

typedef struct place_in {
    int region;
    double year;
    int64_t purchase, first, end; /* of those of its region and year */
} place_in;

/* Of what a buyer has from one vendor or one home: the least latest year, the two least earliest ones. */
typedef struct past {
    double high, low, second;
} past;

typedef struct deal {
    const pp__lockin *l;
    place_in *order; /* purchases by region and year */
    int64_t *at;     /* of a purchase in it */
    double *counts[COUNTS];
    pp_status *status; /* of each draw */
    int64_t alone, first;
} deal;

static int compare_strata(const place_in *a, const place_in *b) {
    if (a->region != b->region) {
        return a->region - b->region;
    }
    return (a->year > b->year) - (a->year < b->year);
}

static int compare_order(const void *left, const void *right) {
    const place_in *a = left, *b = right;
    int order = compare_strata(a, b);
    return order ? order : (a->purchase > b->purchase) - (a->purchase < b->purchase);
}

static int64_t end_of(const deal *d, int64_t first) {
    int64_t end = first;
    while (end < d->l->n && compare_strata(&d->order[first], &d->order[end]) == 0) {
        end++;
    }
    return end;
}

static pp_status open_deal(deal *d, pp_error *err) {
    pp_arena *arena = (pp_arena *)&d->l->m.arena;
    int64_t n = d->l->n, draws = d->l->options->draws;
    d->order = pp_arena_alloc(arena, n + 1, sizeof *d->order);
    d->at = pp_arena_alloc(arena, n + 1, sizeof *d->at);
    d->status = pp_arena_zalloc(arena, draws + 1, sizeof *d->status);
    PP_NEED(d->order && d->at && d->status, err);
    for (int k = 0; k < COUNTS; k++) {
        d->counts[k] = pp_arena_zalloc(arena, draws + 1, sizeof *d->counts[k]);
        PP_NEED(d->counts[k], err);
    }
    for (int64_t i = 0; i < n; i++) {
        const pp__purchase *p = &d->l->purchases[i];
        d->order[i] = (place_in){p->record->region, p->high, i, 0, 0};
    }
    if (n) {
        qsort(d->order, (size_t)n, sizeof *d->order, compare_order);
    }
    for (int64_t first = 0, end; first < n; first = end) {
        end = end_of(d, first);
        d->alone += end - first == 1;
        for (int64_t i = first; i < end; i++) {
            d->order[i].first = first;
            d->order[i].end = end;
            d->at[d->order[i].purchase] = i;
        }
    }
    return PP_OK;
}

/* ---- one draw ---- */

static void swap(int *vendor, int64_t a, int64_t b) {
    int kept = vendor[a];
    vendor[a] = vendor[b];
    vendor[b] = kept;
}

/* 1: another purchase of its place and platform is of the same vendor, which no record can be: it would be
   an extension. */
static int clashes(const deal *d, const int *vendor, int64_t purchase) {
    const pp__lockin *l = d->l;
    int64_t first = l->mates_of[purchase];
    for (int64_t i = first; i < l->n && l->mates[i].twin == l->mates[first].twin; i++) {
        int64_t other = l->mates[i].purchase;
        if (other != purchase && vendor[other] == vendor[purchase]) {
            return 1;
        }
    }
    return 0;
}

/* Vendors that clash change places with one of their region and year, as far as some can. */
static void part(const deal *d, int *vendor, pp_rng *rng) {
    for (int64_t i = 0; i < d->l->n; i++) {
        const place_in *own = &d->order[d->at[i]];
        for (int k = 0; k < TRIES && clashes(d, vendor, i); k++) {
            int64_t other =
                d->order[own->first + pp_rng_below(rng, own->end - own->first)].purchase;
            swap(vendor, i, other);
            if (clashes(d, vendor, i) || clashes(d, vendor, other)) {
                swap(vendor, i, other);
            }
        }
    }
}

/* Draw 0 is what happened. */
static void deal_vendors(const deal *d, int64_t draw, int *vendor) {
    pp_rng rng;
    for (int64_t i = 0; i < d->l->n; i++) {
        vendor[i] = d->l->purchases[i].vendor;
    }
    if (draw == 0) {
        return;
    }
    pp_rng_init(&rng, d->l->options->seed, TASK, (uint64_t)draw);
    for (int64_t first = 0; first < d->l->n; first = d->order[first].end) {
        for (int64_t i = d->order[first].end - 1; i > first; i--) {
            swap(vendor, d->order[i].purchase,
                 d->order[first + pp_rng_below(&rng, i - first + 1)].purchase);
        }
    }
    part(d, vendor, &rng);
}

static void add_past(past *of, const pp__purchase *p) {
    of->high = fmin(of->high, p->high);
    if (p->low < of->low) {
        of->second = of->low;
        of->low = p->low;
    } else {
        of->second = fmin(of->second, p->low);
    }
}

/* Whether another than itself, which is among them, came before. */
static int is_repeat(const past *of, const pp__purchase *p, pp__history history) {
    double others = p->low <= of->low ? of->second : of->low;
    return history == PP__CERTAINLY ? of->high < p->low : others <= p->high;
}

/* The situations of one buyer, from the one at `from`; returns the first of the next. */
static int64_t count_buyer(const deal *d, int64_t draw, int64_t from, const int *vendor,
                           past *by_vendor, past *by_home) {
    const pp__lockin *l = d->l;
    const past none = {INFINITY, INFINITY, INFINITY};
    const pp__situation *s = &l->situations[from];
    int64_t first = s->first, end = s->first + s->n, at = from;
    for (int64_t j = first; j < end; j++) {
        int home = l->m.home[vendor[j]];
        add_past(&by_vendor[vendor[j]], &l->purchases[j]);
        add_past(&by_home[home + 1], &l->purchases[j]);
    }
    for (; at < l->n_situations && l->situations[at].first == first; at++) {
        int64_t j = l->situations[at].purchase;
        int home = l->m.home[vendor[j]];
        for (int h = 0; h < PP__HISTORIES; h++) {
            const pp__purchase *p = &l->purchases[j];
            d->counts[h][draw] += is_repeat(&by_vendor[vendor[j]], p, (pp__history)h);
            d->counts[PP__HISTORIES + h][draw] +=
                home >= 0 && is_repeat(&by_home[home + 1], p, (pp__history)h);
        }
    }
    for (int64_t j = first; j < end; j++) {
        by_vendor[vendor[j]] = by_home[l->m.home[vendor[j]] + 1] = none;
    }
    return at;
}

static pp_status one_draw(const deal *d, int64_t draw, pp_arena *arena, pp_error *err) {
    const pp__lockin *l = d->l;
    int n = l->m.vendors.n + l->m.suppliers.n + 1;
    int *vendor = pp_arena_alloc(arena, l->n + 1, sizeof *vendor);
    past *by = pp_arena_alloc(arena, n + 1, sizeof *by);
    PP_NEED(vendor && by, err);
    for (int i = 0; i < n; i++) {
        by[i] = (past){INFINITY, INFINITY, INFINITY};
    }
    deal_vendors(d, draw, vendor);
    for (int64_t at = 0; at < l->n_situations;) {
        at = count_buyer(d, draw, at, vendor, by, by + l->m.vendors.n);
    }
    return PP_OK;
}

static void draw_chunk(void *payload, int64_t chunk) {
    deal *d = payload;
    pp_arena arena;
    pp_arena_init(&arena);
    d->status[d->first + chunk] = one_draw(d, d->first + chunk, &arena, NULL);
    pp_arena_clear(&arena);
}

static pp_status draw_all(deal *d, const pp_context *ctx, pp_error *err) {
    int64_t n = d->l->options->draws + 1;
    for (d->first = 0; d->first < n; d->first += BLOCK) {
        PP_TRY(pp_progress(ctx, "repeats", (double)d->first / (double)n, err));
        pp__parallel(ctx, n - d->first < BLOCK ? n - d->first : BLOCK, draw_chunk, d);
    }
    for (int64_t i = 0; i < n; i++) {
        if (d->status[i] != PP_OK) {
            return pp_error_set(err, d->status[i], "out of memory");
        }
    }
    return PP_OK;
}

/* ---- the table ---- */

static int compare_numbers(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static pp_status put_count(const deal *d, int k, pp_table *table, pp_error *err) {
    int64_t draws = d->l->options->draws, as_many = 0;
    double observed = d->counts[k][0], sum = 0, *dealt = d->counts[k] + 1;
    for (int64_t i = 0; i < draws; i++) {
        sum += dealt[i];
        as_many += dealt[i] >= observed;
    }
    qsort(dealt, (size_t)draws, sizeof *dealt, compare_numbers);
    int64_t tail = (int64_t)floor(0.025 * (double)(draws - 1));
    const pp__cell cells[] = {
        PP__TEXT_CELL(k < PP__HISTORIES ? "vendor" : "supplier"),
        PP__TEXT_CELL(pp__history_names[k % PP__HISTORIES]),
        PP__NUMBER_CELL(d->l->n_situations),
        PP__NUMBER_CELL(observed),
        PP__NUMBER_CELL(sum / (double)draws),
        PP__NUMBER_CELL(dealt[tail]),
        PP__NUMBER_CELL(dealt[draws - 1 - tail]),
        PP__NUMBER_CELL((double)(1 + as_many) / (double)(1 + draws)),
        PP__NUMBER_CELL(d->alone),
        PP__NUMBER_CELL(draws)};
    return pp__rows_add_cells(table, cells, err);
}

pp_status pp__lockin_repeats(pp__lockin *l, const pp_context *ctx, pp_result *out,
                             pp_error *err) {
    static const pp__column_spec columns[] = {
        {"measure", "Of", PP_TEXT, 0},
        {"history", "History", PP_TEXT, 0},
        {"situations", "Situations", 0, PP_SHOW_COUNT},
        {"observed", "Repeats", 0, PP_SHOW_COUNT},
        {"expected", "By chance", 0, 0},
        {"low", "from", 0, PP_SHOW_COUNT},
        {"high", "to", 0, PP_SHOW_COUNT},
        {"p_value", "p", 0, PP_SHOW_P_VALUE},
        {"alone", "Alone in region and year", 0, PP_SHOW_COUNT},
        {"draws", "Draws", 0, PP_SHOW_COUNT}};
    deal d = {.l = l};
    pp_table *table;
    PP_TRY(open_deal(&d, err));
    PP_TRY(draw_all(&d, ctx, err));
    PP_TRY(pp__rows_start(out, "lockin_repeats", "Repeats against chance", columns,
                          sizeof columns / sizeof *columns, &table, err));
    for (int k = 0; k < COUNTS && l->n_situations > 0; k++) {
        PP_TRY(put_count(&d, k, table, err));
    }
    return PP_OK;
}
