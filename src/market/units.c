/* The units that a measure counts: records, places, or stated contract values. */
#include "market/units.h"

#include "base/check.h"

#include <math.h>
#include <stdlib.h>

const char *pp__measure_name(pp__measure measure) {
    static const char *const names[] = {"adoptions", "places", "value"};
    return names[measure];
}

const char *pp__by_name(pp__by by) {
    return by == PP__BY_VENDOR ? "vendor" : "supplier";
}

int pp__actors(const pp__market *m, pp__by by) {
    return by == PP__BY_VENDOR ? m->vendors.n : m->suppliers.n;
}

static int is_in(const pp__part *part, const pp__record *r) {
    int in_country = !part->countries || (r->country >= 0 && part->countries[r->country]);
    return in_country && (part->region < 0 || part->region == r->region) &&
           (part->family < 0 || part->family == r->family);
}

static pp__unit_sold unit_of(const pp__record *r, pp__by by, pp__state state) {
    return (pp__unit_sold){by == PP__BY_VENDOR ? r->vendor : r->supplier, r->supplier,
                           r->place, state == PP__CERTAIN, 1};
}

/* ---- stated values ---- */

/* An amount stated of a vendor in a country. */
typedef struct stated {
    int country, vendor, supplier;
    double amount;
    pp__state state;
} stated;

static int compare_stated(const void *left, const void *right) {
    const stated *a = left, *b = right;
    const int order[] = {a->country - b->country, a->vendor - b->vendor,
                         a->vendor < 0 ? a->supplier - b->supplier : 0};
    for (size_t k = 0; k < sizeof order / sizeof *order; k++) {
        if (order[k]) {
            return order[k];
        }
    }
    return a->amount < b->amount ? -1 : a->amount > b->amount;
}

static int is_same_buyer(const stated *a, const stated *b) {
    return a->country == b->country && a->vendor == b->vendor &&
           (a->vendor >= 0 || a->supplier == b->supplier);
}

/* The sorted amounts of each vendor in each country: their largest for certain, and the sum of those
   that differ. */
static int64_t sum_stated(const stated *s, int64_t n, pp__by by, pp__unit_sold *out) {
    int64_t m = 0;
    for (int64_t i = 0; i < n; i++) {
        int opens = i == 0 || !is_same_buyer(&s[i - 1], &s[i]);
        if (opens) {
            out[m++] = (pp__unit_sold){by == PP__BY_VENDOR ? s[i].vendor : s[i].supplier,
                                       s[i].supplier, s[i].country, 0, 0};
        }
        pp__unit_sold *u = &out[m - 1];
        if (s[i].state == PP__CERTAIN) {
            u->low = s[i].amount;
        }
        if (opens || s[i].amount > s[i - 1].amount) {
            u->high += s[i].amount;
        }
    }
    return m;
}

static int64_t count_stated(const pp__market *m) {
    int64_t n = 0;
    for (int64_t i = 0; i < m->n_sales; i++) {
        n += m->sales[i].n_amounts;
    }
    return n;
}

static pp_status value_units(const pp__market *m, const pp__part *part, pp__by by,
                             int year, pp_arena *arena, pp__unit_sold **out, int64_t *n,
                             pp_error *err) {
    int64_t most = count_stated(m), found = 0;
    stated *s = pp_arena_alloc(arena, most + 1, sizeof *s);
    *out = pp_arena_alloc(arena, most + 1, sizeof **out);
    PP_NEED(s && *out, err);
    for (int64_t i = 0; i < m->n; i++) {
        const pp__record *r = &m->records[i];
        pp__state state = pp__market_state(m, i, year);
        for (int k = 0; is_in(part, r) && state != PP__NOT_THERE && k < r->n; k++) {
            for (int j = 0; j < r->sales[k].n_amounts; j++) {
                s[found++] = (stated){r->country, r->vendor, r->supplier,
                                      r->sales[k].amounts[j], state};
            }
        }
    }
    qsort(s, (size_t)found, sizeof *s, compare_stated);
    *n = sum_stated(s, found, by, *out);
    return PP_OK;
}

pp_status pp__units_of(const pp__market *m, const pp__part *part, pp__by by,
                       pp__measure measure, int year, pp_arena *arena,
                       pp__unit_sold **out, int64_t *n, pp_error *err) {
    if (measure == PP__VALUE) {
        return value_units(m, part, by, year, arena, out, n, err);
    }
    *out = pp_arena_alloc(arena, m->n + 1, sizeof **out);
    PP_NEED(*out, err);
    *n = 0;
    for (int64_t i = 0; i < m->n; i++) {
        pp__state state = pp__market_state(m, i, year);
        if (is_in(part, &m->records[i]) && state != PP__NOT_THERE) {
            (*out)[(*n)++] = unit_of(&m->records[i], by, state);
        }
    }
    return PP_OK;
}
