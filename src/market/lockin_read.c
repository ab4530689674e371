/* Purchases in order, and the situations in which a vendor was chosen again or not. */
#include "market/lockin.h"

#include "base/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const pp__history_names[PP__HISTORIES] = {"certain", "possible"};

int pp__came_before(const pp__purchase *a, const pp__purchase *b, pp__history history) {
    return history == PP__CERTAINLY ? a->high < b->low : a->low <= b->high;
}

/* ---- purchases ---- */

static int compare_purchases(const void *left, const void *right) {
    const pp__purchase *a = left, *b = right;
    if (a->buyer != b->buyer) {
        return a->buyer - b->buyer;
    }
    if (a->high != b->high) {
        return a->high < b->high ? -1 : 1;
    }
    return a->record < b->record ? -1 : a->record > b->record;
}

/* From the beginning of the first of its sales; high NaN: nothing bounds it from above. */
static pp__purchase purchase_of(const pp__lockin *l, const pp__record *r) {
    int home = r->vendor < 0 ? r->supplier : l->m.home[r->vendor];
    pp__purchase p = {r,        r->vendor, home, l->by_country ? r->country : r->place,
                      INFINITY, INFINITY};
    for (int k = 0; k < r->n; k++) {
        const pp__sale *s = &r->sales[k];
        p.low = fmin(p.low, isnan(s->earliest) ? -INFINITY : s->earliest);
        p.high = isnan(s->latest) ? p.high : fmin(p.high, s->latest);
    }
    return p;
}

/* Of the whole country, beside one of a place in it from the same vendor in the same family: the same
   purchase told twice, or at least not known to be another. */
static int is_told_of_a_place(const pp__lockin *l, const pp__record *r) {
    const pp__market *m = &l->m;
    if (!l->by_country || r->country < 0 ||
        strcmp(m->places.text[r->place], m->countries.text[r->country]) != 0) {
        return 0;
    }
    for (int64_t i = 0; i < m->n; i++) {
        const pp__record *other = &m->records[i];
        if (other->place != r->place && other->country == r->country &&
            other->vendor == r->vendor && other->family == r->family) {
            return 1;
        }
    }
    return 0;
}

static pp_status find_purchases(pp__lockin *l, pp_error *err) {
    pp__market *m = &l->m;
    l->purchases = pp_arena_alloc(&m->arena, m->n + 1, sizeof *l->purchases);
    l->first_year = pp_arena_alloc(&m->arena, m->vendors.n + 1, sizeof *l->first_year);
    PP_NEED(l->purchases && l->first_year, err);
    for (int v = 0; v < m->vendors.n; v++) {
        l->first_year[v] = INFINITY;
    }
    for (int64_t i = 0; i < m->n; i++) {
        pp__purchase p = purchase_of(l, &m->records[i]);
        if (p.vendor < 0) {
            l->unknown_vendors++;
        } else if (is_told_of_a_place(l, p.record)) {
            l->whole_countries++;
        } else if (isfinite(p.high) && p.buyer >= 0 && m->records[i].country >= 0) {
            l->purchases[l->n++] = p;
            l->first_year[p.vendor] = fmin(l->first_year[p.vendor], p.high);
        }
    }
    qsort(l->purchases, (size_t)l->n, sizeof *l->purchases, compare_purchases);
    return PP_OK;
}

/* ---- situations ---- */

int pp__is_alternative(const pp__lockin *l, const pp__situation *s, int vendor) {
    const pp__purchase *chosen = &l->purchases[s->purchase];
    if (vendor == chosen->vendor) {
        return 1;
    }
    if (l->first_year[vendor] > chosen->high) {
        return 0;
    }
    for (int64_t i = s->first; i < s->first + s->n; i++) {
        const pp__purchase *other = &l->purchases[i];
        if (other->vendor == vendor && other->record->place == chosen->record->place &&
            other->record->family == chosen->record->family &&
            pp__came_before(other, chosen, PP__POSSIBLY)) {
            return 0;
        }
    }
    return 1;
}

static int is_entrant(const pp__lockin *l, const pp__purchase *chosen) {
    for (int64_t i = 0; i < l->n; i++) {
        const pp__purchase *p = &l->purchases[i];
        if (p != chosen && p->vendor == chosen->vendor &&
            pp__came_before(p, chosen, PP__POSSIBLY)) {
            return 0;
        }
    }
    return 1;
}

/* Records of the buyer before whose vendor is not known. */
static int count_unknown(const pp__lockin *l, const pp__purchase *chosen) {
    int n = 0;
    for (int64_t i = 0; i < l->m.n; i++) {
        const pp__record *r = &l->m.records[i];
        int buyer = l->by_country ? r->country : r->place;
        if (r->vendor < 0 && buyer == chosen->buyer) {
            pp__purchase p = purchase_of(l, r);
            n += pp__came_before(&p, chosen, PP__POSSIBLY);
        }
    }
    return n;
}

static void look_back(const pp__lockin *l, pp__situation *s) {
    const pp__purchase *chosen = &l->purchases[s->purchase];
    for (int64_t i = s->first; i < s->first + s->n; i++) {
        const pp__purchase *p = &l->purchases[i];
        if (p == chosen) {
            continue;
        }
        s->before += pp__came_before(p, chosen, PP__CERTAINLY);
        s->open += !pp__came_before(p, chosen, PP__CERTAINLY) &&
                   !pp__came_before(chosen, p, PP__CERTAINLY);
        for (int h = 0; h < PP__HISTORIES; h++) {
            if (pp__came_before(p, chosen, (pp__history)h)) {
                s->vendor_repeated[h] |= p->vendor == chosen->vendor;
                s->supplier_repeated[h] |=
                    chosen->supplier >= 0 && p->supplier == chosen->supplier;
            }
        }
    }
}

static void complete(const pp__lockin *l, pp__situation *s) {
    const pp__purchase *chosen = &l->purchases[s->purchase];
    s->unknown_before = count_unknown(l, chosen);
    s->is_entrant = is_entrant(l, chosen);
    for (int v = 0; v < l->m.vendors.n; v++) {
        s->alternatives += pp__is_alternative(l, s, v);
    }
    s->left_out = s->alternatives < 2 ? "no other vendor was active by then" : NULL;
}

static pp_status find_situations(pp__lockin *l, pp_error *err) {
    l->situations = pp_arena_alloc(&l->m.arena, l->n + 1, sizeof *l->situations);
    PP_NEED(l->situations, err);
    for (int64_t first = 0, end; first < l->n; first = end) {
        end = first;
        while (end < l->n && l->purchases[end].buyer == l->purchases[first].buyer) {
            end++;
        }
        for (int64_t i = first; i < end; i++) {
            pp__situation s = {.purchase = i, .first = first, .n = end - first};
            look_back(l, &s);
            if (s.before > 0) {
                complete(l, &s);
                l->situations[l->n_situations++] = s;
            }
        }
    }
    return PP_OK;
}

pp_status pp__lockin_read(pp__lockin *l, pp_error *err) {
    static const pp_market_options all = {0, 0};
    PP_TRY(pp__market_read(&l->m, NULL, err));
    PP_TRY(pp__market_records(&l->m, &all, err));
    PP_TRY(pp__ties_read(l, err));
    PP_TRY(find_purchases(l, err));
    return find_situations(l, err);
}
