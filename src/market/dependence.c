/* How much each place hangs on one vendor, year by year; the network over the years. */
#include "market/network.h"

#include "base/check.h"
#include "model/tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What one place has in one year, by vendor or by supplier country. */
typedef struct holdings {
    pp__unit_sold *units;
    int64_t n_units;
    pp__holding *all; /* of known actors, the largest first */
    int n;
    double *work; /* of Herfindahl-Hirschman: sizes and their order */
    int *order;
} holdings;

typedef enum one { ONE, SEVERAL, UNCLEAR } one;
static const char *const ones[] = {"one", "several", "unclear"};

typedef struct vendors {
    int named, unnamed; /* for certain: vendors, and records of unnamed ones */
    int low, high;
    one one;
} vendors;

typedef struct counts {
    int places, on_record, one, unclear; /* on_record: with one by what is certain */
} counts;

typedef struct place {
    int64_t from, to; /* its records */
    const char *name;
    double first; /* of hhi by vendor; NaN: none yet */
} place;

typedef struct work {
    pp__network *w;
    pp_arena scratch; /* of one place in one year */
    holdings by[PP__BYS];
    char *seen; /* of suppliers */
    counts *years;
    pp_table *table;
} work;

/* ---- holdings ---- */

static int compare_holdings(const void *left, const void *right) {
    const pp__holding *a = left, *b = right;
    if (a->certain != b->certain) {
        return a->certain < b->certain ? 1 : -1;
    }
    if (a->possible != b->possible) {
        return a->possible < b->possible ? 1 : -1;
    }
    return a->actor - b->actor;
}

static pp_status fill(const pp__market *m, const place *p, pp__by by, int year,
                      pp_arena *scratch, holdings *h, pp_error *err) {
    h->n_units = 0;
    for (int64_t i = p->from; i < p->to; i++) {
        const pp__record *r = &m->records[i];
        pp__state state = pp__market_state(m, i, year);
        if (state != PP__NOT_THERE) {
            h->units[h->n_units++] =
                (pp__unit_sold){by == PP__BY_VENDOR ? r->vendor : r->supplier,
                                r->supplier, r->place, state == PP__CERTAIN, 1};
        }
    }
    h->all = pp_arena_alloc(scratch, pp__actors(m, by) + 1, sizeof *h->all);
    PP_NEED(h->all, err);
    PP_TRY(pp__holdings_of(m, h->units, h->n_units, by, PP__ADOPTIONS, scratch, h->all,
                           &h->n, err));
    if (h->n > 0 && h->all[0].actor < 0) { /* the unknown one */
        h->all++;
        h->n--;
    }
    qsort(h->all, (size_t)h->n, sizeof *h->all, compare_holdings);
    return PP_OK;
}

/* ---- how many vendors there are ---- */

/* 1: a vendor that is there for certain may be the one of this home. */
static int can_take(const pp__market *m, const holdings *h, int home) {
    for (int v = 0; v < h->n && h->all[v].certain > 0; v++) {
        if (m->home[h->all[v].actor] == home) {
            return 1;
        }
    }
    return 0;
}

/* The fewest: records without a vendor are of those named where homes fit; vendors whose home is not
   known can each be of one home more. */
static vendors count_vendors(const work *k, const holdings *h) {
    const pp__market *m = &k->w->m;
    vendors v = {0, 0, 0, h->n, UNCLEAR};
    int open = 0, strange = 0;
    for (int i = 0; i < h->n; i++) {
        int certain = h->all[i].certain > 0;
        v.named += certain;
        open += certain && m->home[h->all[i].actor] < 0;
    }
    memset(k->seen, 0, (size_t)m->suppliers.n + 1);
    for (int64_t i = 0; i < h->n_units; i++) {
        const pp__unit_sold *u = &h->units[i];
        if (u->actor >= 0) {
            continue;
        }
        v.high++;
        v.unnamed += u->low > 0;
        if (u->low > 0 && u->home >= 0 && !k->seen[u->home]) {
            k->seen[u->home] = 1;
            strange += !can_take(m, h, u->home);
        }
    }
    v.low = v.named + (strange > open ? strange - open : 0);
    v.low = v.low == 0 && v.unnamed ? 1 : v.low;
    v.one = v.low == 1 && v.high == 1 ? ONE : v.low > 1 ? SEVERAL : UNCLEAR;
    return v;
}

/* ---- one place in one year ---- */

static pp_status put_band(pp_table *table, int64_t row, const char *const *names,
                          pp_show show, pp__band band, pp_error *err) {
    const pp__named numbers[] = {{names[0], show, band.estimate},
                                 {names[1], show, band.low},
                                 {names[2], show, band.high}};
    return pp__put_numbers(table, row, numbers, 3, err);
}

static pp_status put_largest(const work *k, int64_t row, pp_error *err) {
    static const char *const names[] = {"share", "share_low", "share_high"};
    const holdings *h = &k->by[PP__BY_VENDOR];
    const pp__market *m = &k->w->m;
    int any = h->n > 0 && h->all[0].certain > 0;
    int actor = any ? h->all[0].actor : -1;
    pp__band none = {NAN, NAN, NAN};
    PP_TRY(
        pp__put_text(k->table, row, "largest", pp__names_text(&m->vendors, actor), err));
    PP_TRY(
        pp__put_text(k->table, row, "largest_name", any ? m->label[actor] : NULL, err));
    return put_band(k->table, row, names, PP_SHOW_PERCENT, any ? h->all[0].share : none,
                    err);
}

static pp_status put_who(const work *k, const place *p, int year, const vendors *v,
                         int64_t row, pp_error *err) {
    const pp__market *m = &k->w->m;
    const pp__record *r = &m->records[p->from];
    const holdings *h = &k->by[PP__BY_VENDOR];
    double certain = 0;
    for (int64_t i = 0; i < h->n_units; i++) {
        certain += h->units[i].low;
    }
    PP_TRY(pp__put_text(k->table, row, "place", m->places.text[r->place], err));
    PP_TRY(pp__put_text(k->table, row, "name", p->name, err));
    PP_TRY(pp__put_text(k->table, row, "country",
                        pp__names_text(&m->countries, r->country), err));
    PP_TRY(pp__put_text(k->table, row, "region", pp__names_text(&m->regions, r->region),
                        err));
    const pp__named numbers[] = {
        {"year", PP_SHOW_YEAR, year},
        {"records", PP_SHOW_COUNT, certain},
        {"records_high", PP_SHOW_COUNT, (double)h->n_units},
        {"vendors", PP_SHOW_COUNT, v->named},
        {"vendors_low", PP_SHOW_COUNT, v->low},
        {"vendors_high", PP_SHOW_COUNT, v->high},
    };
    PP_TRY(
        pp__put_numbers(k->table, row, numbers, sizeof numbers / sizeof *numbers, err));
    return pp__put_text(k->table, row, "one_vendor", ones[v->one], err);
}

static pp_status put_place(work *k, place *p, int year, pp_error *err) {
    static const char *const names[PP__BYS][3] = {
        [PP__BY_VENDOR] = {"hhi_vendor", "hhi_vendor_low", "hhi_vendor_high"},
        [PP__BY_SUPPLIER] = {"hhi_supplier", "hhi_supplier_low", "hhi_supplier_high"}};
    static const pp__by order[] = {PP__BY_VENDOR, PP__BY_SUPPLIER};
    const pp__market *m = &k->w->m;
    double hhi = NAN;
    int64_t row;
    PP_TRY(fill(m, p, PP__BY_VENDOR, year, &k->scratch, &k->by[PP__BY_VENDOR], err));
    if (k->by[PP__BY_VENDOR].n_units == 0) {
        return PP_OK;
    }
    PP_TRY(fill(m, p, PP__BY_SUPPLIER, year, &k->scratch, &k->by[PP__BY_SUPPLIER], err));
    vendors v = count_vendors(k, &k->by[PP__BY_VENDOR]);
    PP_TRY(pp_table_append(k->table, &row, err));
    PP_TRY(put_who(k, p, year, &v, row, err));
    for (int b = 0; b < PP__BYS; b++) {
        holdings *h = &k->by[order[b]];
        const pp__sellers s = {h->all, h->n, h->units, h->n_units};
        pp__band band = pp__herfindahl(&s, h->work, h->order);
        hhi = order[b] == PP__BY_VENDOR ? band.estimate : hhi;
        PP_TRY(put_band(k->table, row, names[order[b]], PP_SHOW_DEFAULT, band, err));
    }
    PP_TRY(put_largest(k, row, err));
    p->first = isnan(p->first) ? hhi : p->first;
    PP_TRY(pp__put_number(k->table, row, "change", PP_SHOW_DEFAULT, hhi - p->first, err));
    counts *c = &k->years[year - m->first];
    if (v.low > 0) { /* something is there for certain */
        c->places++;
        c->one += v.one == ONE;
        c->unclear += v.one == UNCLEAR;
        c->on_record += v.named + v.unnamed == 1;
    }
    return PP_OK;
}

/* ---- all of them ---- */

static pp_status open_work(work *k, pp_error *err) {
    pp__market *m = &k->w->m;
    int64_t most = 0;
    for (int64_t i = 0, j; i < m->n; i = j) {
        for (j = i; j < m->n && m->records[j].place == m->records[i].place; j++) {
        }
        most = j - i > most ? j - i : most;
    }
    for (int b = 0; b < PP__BYS; b++) {
        holdings *h = &k->by[b];
        h->units = pp_arena_alloc(&m->arena, most + 1, sizeof *h->units);
        h->order = pp_arena_alloc(&m->arena, most + 1, sizeof *h->order);
        h->work = pp_arena_alloc(&m->arena, most + 1, sizeof *h->work);
        PP_NEED(h->units && h->order && h->work, err);
    }
    k->seen = pp_arena_alloc(&m->arena, m->suppliers.n + 1, 1);
    k->years = pp_arena_zalloc(&m->arena, m->last - m->first + 1, sizeof *k->years);
    PP_NEED(k->seen && k->years, err);
    return PP_OK;
}

/* ---- the network of each year ---- */

/* Links at the end of a year by certain degree of vendors, whose work has n[0] + n[1] numbers. */
typedef struct year_net {
    int vendors, places;
    int64_t edges, edges_high;
    double centralisation;
} year_net;

static year_net net_of(const pp__network *w, int year, int *degree) {
    year_net out = {0};
    int most = 0, *at_place = degree + w->n[0];
    double sum = 0;
    memset(degree, 0, ((size_t)w->n[0] + (size_t)w->n[1]) * sizeof *degree);
    for (int64_t i = 0; i < w->n_links; i++) {
        const pp__link *l = &w->links[i];
        pp__state best = PP__NOT_THERE;
        for (int r = 0; r < l->n; r++) {
            pp__state state = pp__market_state(&w->m, l->records[r], year);
            best = state > best ? state : best;
        }
        out.edges += best == PP__CERTAIN;
        out.edges_high += best != PP__NOT_THERE;
        degree[l->vendor] += best == PP__CERTAIN;
        at_place[l->place] += best == PP__CERTAIN;
    }
    for (int v = 0; v < w->n[0]; v++) {
        out.vendors += degree[v] > 0;
        most = degree[v] > most ? degree[v] : most;
    }
    for (int p = 0; p < w->n[1]; p++) {
        out.places += at_place[p] > 0;
    }
    for (int v = 0; v < w->n[0]; v++) {
        sum += degree[v] > 0 ? most - degree[v] : 0;
    }
    out.centralisation = out.vendors > 1 && out.places > 1
                             ? sum / ((out.vendors - 1.0) * (out.places - 1.0))
                             : NAN;
    return out;
}

static pp_status put_year(const work *k, int year, int *degree, pp_table *table,
                          pp_error *err) {
    const counts *c = &k->years[year - k->w->m.first];
    year_net net = net_of(k->w, year, degree);
    double places = c->places > 0 ? (double)c->places : (double)NAN;
    int64_t row;
    PP_TRY(pp_table_append(table, &row, err));
    const pp__named numbers[] = {
        {"year", PP_SHOW_YEAR, year},
        {"vendors", PP_SHOW_COUNT, net.vendors},
        {"places", PP_SHOW_COUNT, net.places},
        {"edges", PP_SHOW_COUNT, (double)net.edges},
        {"edges_high", PP_SHOW_COUNT, (double)net.edges_high},
        {"density", PP_SHOW_PERCENT,
         net.edges ? (double)net.edges / ((double)net.vendors * net.places) : NAN},
        {"centralisation", PP_SHOW_DEFAULT, net.centralisation},
        {"places_on_record", PP_SHOW_COUNT, c->places},
        {"one_vendor", PP_SHOW_COUNT, c->on_record},
        {"one_vendor_low", PP_SHOW_COUNT, c->one},
        {"one_vendor_high", PP_SHOW_COUNT, c->one + c->unclear},
        {"share", PP_SHOW_PERCENT, c->on_record / places},
        {"share_low", PP_SHOW_PERCENT, c->one / places},
        {"share_high", PP_SHOW_PERCENT, (c->one + c->unclear) / places},
    };
    return pp__put_numbers(table, row, numbers, sizeof numbers / sizeof *numbers, err);
}

static pp_status put_places(work *k, const pp_context *ctx, pp_error *err) {
    const pp__market *m = &k->w->m;
    for (int64_t i = 0, j; i < m->n; i = j) {
        for (j = i; j < m->n && m->records[j].place == m->records[i].place; j++) {
        }
        place p = {i, j, pp__network_place_name(k->w, &m->records[i]), NAN};
        PP_TRY(pp_progress(ctx, "dependence", (double)i / (double)m->n, err));
        for (int year = m->first; year <= m->last; year++) {
            PP_TRY(put_place(k, &p, year, err));
            pp_arena_clear(&k->scratch);
        }
    }
    return PP_OK;
}

static pp_status put_years(work *k, pp_error *err) {
    pp__network *w = k->w;
    pp_table *years;
    int *degree = pp_arena_alloc(&w->m.arena, w->n[0] + w->n[1] + 1, sizeof *degree);
    PP_NEED(degree, err);
    PP_TRY(pp_result_add(w->out, "network_years", "The network over the years", &years,
                         err));
    for (int year = w->m.first; year <= w->m.last; year++) {
        PP_TRY(put_year(k, year, degree, years, err));
    }
    return PP_OK;
}

pp_status pp__network_put_dependence(pp__network *w, const pp_context *ctx,
                                     pp_error *err) {
    work k = {.w = w};
    PP_TRY(open_work(&k, err));
    PP_TRY(pp_result_add(w->out, "network_dependence", "How places depend on vendors",
                         &k.table, err));
    pp_arena_init(&k.scratch);
    pp_status status = put_places(&k, ctx, err);
    pp_arena_clear(&k.scratch);
    return status == PP_OK ? put_years(&k, err) : status;
}
