/* Purchases in order, and the situations in which a vendor was chosen again or not. */
#include "market/lockin.h"

#include "base/check.h"

#include <math.h>
#include <stdlib.h>

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
pp__purchase pp__purchase_of(const pp__lockin *l, const pp__record *r) {
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

static pp_status find_purchases(pp__lockin *l, pp_error *err) {
    pp__market *m = &l->m;
    l->purchases = pp_arena_alloc(&m->arena, m->n + 1, sizeof *l->purchases);
    l->first_year = pp_arena_alloc(&m->arena, m->vendors.n + 1, sizeof *l->first_year);
    PP_NEED(l->purchases && l->first_year, err);
    for (int v = 0; v < m->vendors.n; v++) {
        l->first_year[v] = INFINITY;
    }
    for (int64_t i = 0; i < m->n; i++) {
        pp__purchase p = pp__purchase_of(l, &m->records[i]);
        if (p.vendor < 0) {
            l->unknown_vendors++;
        } else if (pp__is_told_of_a_place(l, p.record)) {
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

/* Those that had begun, without those that have a record of that family in that place. */
int pp__alternatives(const pp__lockin *l, const pp__situation *s, char *is) {
    const pp__purchase *chosen = &l->purchases[s->purchase];
    int n = 0;
    for (int v = 0; v < l->m.vendors.n; v++) {
        is[v] = l->first_year[v] <= chosen->high;
    }
    for (int64_t i = s->first; i < s->first + s->n; i++) {
        const pp__purchase *other = &l->purchases[i];
        if (other->record->twin == chosen->record->twin &&
            pp__came_before(other, chosen, PP__POSSIBLY)) {
            is[other->vendor] = 0;
        }
    }
    is[chosen->vendor] = 1;
    for (int v = 0; v < l->m.vendors.n; v++) {
        n += is[v];
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

static void complete(const pp__lockin *l, pp__situation *s, char *is) {
    const pp__purchase *chosen = &l->purchases[s->purchase];
    s->unknown_before = pp__unknown_before(l, chosen);
    s->is_entrant = pp__is_entrant(l, chosen);
    s->alternatives = pp__alternatives(l, s, is);
    s->left_out = s->alternatives < 2 ? "no other vendor was active by then" : NULL;
}

static pp_status find_situations(pp__lockin *l, pp_error *err) {
    l->situations = pp_arena_alloc(&l->m.arena, l->n + 1, sizeof *l->situations);
    char *is = pp_arena_alloc(&l->m.arena, l->m.vendors.n + 1, 1);
    PP_NEED(l->situations && is, err);
    for (int64_t first = 0, end; first < l->n; first = end) {
        end = first;
        while (end < l->n && l->purchases[end].buyer == l->purchases[first].buyer) {
            end++;
        }
        for (int64_t i = first; i < end; i++) {
            pp__situation s = {.purchase = i, .first = first, .n = end - first};
            look_back(l, &s);
            if (s.before > 0) {
                complete(l, &s, is);
                l->situations[l->n_situations++] = s;
            }
        }
    }
    return PP_OK;
}

pp_status pp__lockin_read(pp__lockin *l, pp_error *err) {
    static const pp_market_options all = {.first = 0};
    PP_TRY(pp__market_read(&l->m, NULL, err));
    PP_TRY(pp__market_records(&l->m, &all, err));
    PP_TRY(pp__ties_read(l, err));
    PP_TRY(pp__lockin_told(l, err));
    PP_TRY(find_purchases(l, err));
    PP_TRY(pp__lockin_index(l, err));
    return find_situations(l, err);
}
