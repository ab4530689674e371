/* How much repetition is by chance: vendors dealt anew within region and year. */
#include "market/lockin.h"

#include "base/check.h"
#include "evidence/rows.h"

#include <pushpull/random.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MEASURES = 2,
    COUNTS = MEASURES * PP__HISTORIES,
    TASK = 0x6c6f636b,
    TELL_EVERY = 64
};

typedef struct place_in {
    int region;
    double year;
    int64_t purchase;
} place_in;

typedef struct deal {
    const pp__lockin *l;
    place_in *order; /* purchases by region and year */
    int *vendor;     /* dealt, by purchase */
    double *counts[COUNTS];
    int64_t alone;
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
    d->vendor = pp_arena_alloc(arena, n + 1, sizeof *d->vendor);
    PP_NEED(d->order && d->vendor, err);
    for (int k = 0; k < COUNTS; k++) {
        d->counts[k] = pp_arena_zalloc(arena, draws + 1, sizeof *d->counts[k]);
        PP_NEED(d->counts[k], err);
    }
    for (int64_t i = 0; i < n; i++) {
        const pp__purchase *p = &d->l->purchases[i];
        d->order[i] = (place_in){p->record->region, p->high, i};
    }
    if (n) {
        qsort(d->order, (size_t)n, sizeof *d->order, compare_order);
    }
    for (int64_t first = 0, end; first < n; first = end) {
        end = end_of(d, first);
        d->alone += end - first == 1;
    }
    return PP_OK;
}

/* draw 0 is what happened. */
static void deal_vendors(deal *d, int64_t draw) {
    pp_rng rng;
    for (int64_t i = 0; i < d->l->n; i++) {
        d->vendor[i] = d->l->purchases[i].vendor;
    }
    if (draw == 0) {
        return;
    }
    pp_rng_init(&rng, d->l->options->seed, TASK, (uint64_t)draw);
    for (int64_t first = 0, end; first < d->l->n; first = end) {
        end = end_of(d, first);
        for (int64_t i = end - 1; i > first; i--) {
            int64_t a = d->order[i].purchase,
                    b = d->order[first + pp_rng_below(&rng, i - first + 1)].purchase;
            int kept = d->vendor[a];
            d->vendor[a] = d->vendor[b];
            d->vendor[b] = kept;
        }
    }
}

static void count_repeats(deal *d, int64_t draw) {
    const pp__lockin *l = d->l;
    for (int64_t i = 0; i < l->n_situations; i++) {
        const pp__situation *s = &l->situations[i];
        const pp__purchase *chosen = &l->purchases[s->purchase];
        int own = d->vendor[s->purchase], home = l->m.home[own], found[COUNTS] = {0};
        for (int64_t j = s->first; j < s->first + s->n; j++) {
            for (int h = 0; j != s->purchase && h < PP__HISTORIES; h++) {
                if (pp__came_before(&l->purchases[j], chosen, (pp__history)h)) {
                    found[h] |= d->vendor[j] == own;
                    found[PP__HISTORIES + h] |=
                        home >= 0 && l->m.home[d->vendor[j]] == home;
                }
            }
        }
        for (int k = 0; k < COUNTS; k++) {
            d->counts[k][draw] += found[k];
        }
    }
}

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
    for (int64_t draw = 0; draw <= l->options->draws; draw++) {
        if (draw % TELL_EVERY == 0) {
            PP_TRY(pp_progress(ctx, "repeats",
                               (double)draw / (double)(l->options->draws + 1), err));
        }
        deal_vendors(&d, draw);
        count_repeats(&d, draw);
    }
    PP_TRY(pp__rows_start(out, "lockin_repeats", "Repeats against chance", columns,
                          sizeof columns / sizeof *columns, &table, err));
    for (int k = 0; k < COUNTS && l->n_situations > 0; k++) {
        PP_TRY(put_count(&d, k, table, err));
    }
    return PP_OK;
}
