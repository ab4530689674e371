/* What situations ask of all purchases, sorted once so that it need not be counted for each. */
#include "market/lockin.h"

#include "base/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- purchases by vendor ---- */

static int compare_numbers(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void keep_lows(double *two, double low) {
    if (low < two[0]) {
        two[1] = two[0];
        two[0] = low;
    } else {
        two[1] = fmin(two[1], low);
    }
}

static pp_status by_vendor(pp__lockin *l, pp_error *err) {
    pp_arena *arena = &l->m.arena;
    int vendors = l->m.vendors.n;
    int64_t *start = pp_arena_zalloc(arena, vendors + 2, sizeof *start);
    l->highs = pp_arena_alloc(arena, l->n + 1, sizeof *l->highs);
    l->lows = pp_arena_alloc(arena, 2 * (int64_t)vendors + 1, sizeof *l->lows);
    PP_NEED(start && l->highs && l->lows, err);
    for (int v = 0; v < 2 * vendors; v++) {
        l->lows[v] = INFINITY;
    }
    for (int64_t i = 0; i < l->n; i++) {
        start[l->purchases[i].vendor + 2]++;
        keep_lows(&l->lows[2 * l->purchases[i].vendor], l->purchases[i].low);
    }
    for (int v = 0; v < vendors; v++) {
        start[v + 2] += start[v + 1];
    }
    for (int64_t i = 0; i < l->n; i++) {
        l->highs[start[l->purchases[i].vendor + 1]++] = l->purchases[i].high;
    }
    for (int v = 0; v < vendors; v++) {
        qsort(l->highs + start[v], (size_t)(start[v + 1] - start[v]), sizeof *l->highs,
              compare_numbers);
    }
    l->highs_of = start;
    return PP_OK;
}

int64_t pp__sold_before(const pp__lockin *l, int vendor, double year) {
    int64_t low = l->highs_of[vendor], high = l->highs_of[vendor + 1];
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (l->highs[middle] < year) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low - l->highs_of[vendor];
}

int pp__is_entrant(const pp__lockin *l, const pp__purchase *chosen) {
    const double *two = &l->lows[2 * chosen->vendor];
    double others = chosen->low <= two[0] ? two[1] : two[0];
    return !(others <= chosen->high);
}

/* ---- records whose vendor is not known, by buyer ---- */

static int compare_buyers(const void *left, const void *right) {
    const pp__purchase *a = left, *b = right;
    return a->buyer - b->buyer;
}

static pp_status list_unknown(pp__lockin *l, pp_error *err) {
    l->unknown = pp_arena_alloc(&l->m.arena, l->m.n + 1, sizeof *l->unknown);
    PP_NEED(l->unknown, err);
    for (int64_t i = 0; i < l->m.n; i++) {
        pp__purchase p = pp__purchase_of(l, &l->m.records[i]);
        if (p.vendor < 0 && p.buyer >= 0) {
            l->unknown[l->n_unknown++] = p;
        }
    }
    qsort(l->unknown, (size_t)l->n_unknown, sizeof *l->unknown, compare_buyers);
    return PP_OK;
}

int pp__unknown_before(const pp__lockin *l, const pp__purchase *chosen) {
    int64_t low = 0, high = l->n_unknown;
    int n = 0;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (l->unknown[middle].buyer < chosen->buyer) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < l->n_unknown && l->unknown[low].buyer == chosen->buyer; low++) {
        n += pp__came_before(&l->unknown[low], chosen, PP__POSSIBLY);
    }
    return n;
}

/* ---- purchases by place and platform ---- */

static int compare_twins(const void *left, const void *right) {
    const pp__mate *a = left, *b = right;
    return a->twin != b->twin ? (a->twin > b->twin) - (a->twin < b->twin)
                              : (a->purchase > b->purchase) - (a->purchase < b->purchase);
}

static pp_status list_mates(pp__lockin *l, pp_error *err) {
    l->mates = pp_arena_alloc(&l->m.arena, l->n + 1, sizeof *l->mates);
    l->mates_of = pp_arena_alloc(&l->m.arena, l->n + 1, sizeof *l->mates_of);
    PP_NEED(l->mates && l->mates_of, err);
    for (int64_t i = 0; i < l->n; i++) {
        l->mates[i] = (pp__mate){l->purchases[i].record->twin, i};
    }
    qsort(l->mates, (size_t)l->n, sizeof *l->mates, compare_twins);
    for (int64_t i = 0, first = 0; i < l->n; i++) {
        first = l->mates[first].twin == l->mates[i].twin ? first : i;
        l->mates_of[l->mates[i].purchase] = first;
    }
    return PP_OK;
}

pp_status pp__lockin_index(pp__lockin *l, pp_error *err) {
    PP_TRY(by_vendor(l, err));
    PP_TRY(list_unknown(l, err));
    return list_mates(l, err);
}

/* ---- claims of whole countries ---- */

static int is_whole(const pp__lockin *l, const pp__record *r) {
    const pp__market *m = &l->m;
    return r->country >= 0 &&
           strcmp(m->places.text[r->place], m->countries.text[r->country]) == 0;
}

static int compare_told(const void *left, const void *right) {
    const pp__record *a = *(const pp__record *const *)left,
                     *b = *(const pp__record *const *)right;
    const int order[] = {a->country - b->country, a->vendor - b->vendor,
                         a->family - b->family};
    return order[0] ? order[0] : order[1] ? order[1] : order[2];
}

pp_status pp__lockin_told(pp__lockin *l, pp_error *err) {
    l->told = pp_arena_alloc(&l->m.arena, l->m.n + 1, sizeof *l->told);
    PP_NEED(l->told, err);
    for (int64_t i = 0; i < l->m.n; i++) {
        if (!is_whole(l, &l->m.records[i])) {
            l->told[l->n_told++] = &l->m.records[i];
        }
    }
    qsort(l->told, (size_t)l->n_told, sizeof *l->told, compare_told);
    return PP_OK;
}

int pp__is_told_of_a_place(const pp__lockin *l, const pp__record *r) {
    return l->by_country && is_whole(l, r) && l->n_told > 0 &&
           bsearch(&r, l->told, (size_t)l->n_told, sizeof *l->told, compare_told) != NULL;
}
