/* Who sells: the tables. */
#include <pushpull/market.h>

#include "base/check.h"
#include "market/shares.h"
#include "model/tables.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const pp__part EVERYTHING = {"all", "all", -1, -1, NULL};

typedef struct work {
    pp__market m;
    const pp_market_options *options;
    pp_arena scratch; /* of one cell */
    pp_table *shares, *years, *concentration;
    pp_result *out;
} work;

static const char *code_of(const work *w, pp__by by, int actor) {
    const pp__names *names = by == PP__BY_VENDOR ? &w->m.vendors : &w->m.suppliers;
    return actor < 0 ? "unknown" : names->text[actor];
}

static const char *name_of(const work *w, pp__by by, int actor) {
    if (actor < 0) {
        return "not known";
    }
    if (by == PP__BY_VENDOR) {
        return w->m.label[actor];
    }
    return pp__market_country(&w->m, w->m.suppliers.text[actor]);
}

/* ---- one cell: a part of the market, a year, a measure ---- */

typedef struct cell {
    const pp__part *part;
    pp__by by;
    pp__measure measure;
    int year;
    pp__holding *holdings; /* the largest first; the unknown actor last */
    int n, has_unknown;
    pp__unit_sold *units;
    int64_t n_units;
} cell;

static int compare_holdings(const void *left, const void *right) {
    const pp__holding *a = left, *b = right;
    if ((a->actor < 0) != (b->actor < 0)) {
        return a->actor < 0 ? 1 : -1;
    }
    if (a->certain != b->certain) {
        return a->certain < b->certain ? 1 : -1;
    }
    if (a->possible != b->possible) {
        return a->possible < b->possible ? 1 : -1;
    }
    return a->actor - b->actor;
}

static pp_status fill(work *w, cell *c, pp_error *err) {
    int actors = pp__actors(&w->m, c->by);
    PP_TRY(pp__units_of(&w->m, c->part, c->by, c->measure, c->year, &w->scratch,
                        &c->units, &c->n_units, err));
    c->holdings = pp_arena_alloc(&w->scratch, actors + 1, sizeof *c->holdings);
    PP_NEED(c->holdings, err);
    PP_TRY(pp__holdings_of(&w->m, c->units, c->n_units, c->by, c->measure, &w->scratch,
                           c->holdings, &c->n, err));
    c->has_unknown = c->n > 0 && c->holdings[0].actor < 0;
    qsort(c->holdings, (size_t)c->n, sizeof *c->holdings, compare_holdings);
    return PP_OK;
}

/* A code as words: "facial_recognition". */
static const char *in_words(pp_arena *arena, const char *code) {
    char *words = pp_arena_strdup(arena, code);
    for (char *at = words; at && *at; at++) {
        *at = *at == '_' ? ' ' : *at;
    }
    return words;
}

static pp_status put_cell(work *w, pp_table *table, int64_t row, const cell *c,
                          pp_error *err) {
    int is_country = strcmp(c->part->scope, "country") == 0;
    const char *label = is_country ? pp__market_country(&w->m, c->part->value)
                                   : in_words(&w->scratch, c->part->value);
    PP_NEED(label, err);
    PP_TRY(pp__put_text(table, row, "scope", c->part->scope, err));
    PP_TRY(pp__put_text(table, row, "value", c->part->value, err));
    PP_TRY(pp__put_text(table, row, "label", label, err));
    PP_TRY(pp__put_text(table, row, "by", pp__by_name(c->by), err));
    PP_TRY(pp__put_text(table, row, "measure", pp__measure_name(c->measure), err));
    return pp__put_number(table, row, "year", PP_SHOW_YEAR, c->year, err);
}

static pp_status put_shares(work *w, pp_table *table, const cell *c, pp_error *err) {
    for (int i = 0; i < c->n; i++) {
        const pp__holding *h = &c->holdings[i];
        int64_t row;
        PP_TRY(pp_table_append(table, &row, err));
        PP_TRY(put_cell(w, table, row, c, err));
        PP_TRY(pp__put_text(table, row, "actor", code_of(w, c->by, h->actor), err));
        PP_TRY(pp__put_text(table, row, "name", name_of(w, c->by, h->actor), err));
        const pp__named numbers[] = {
            {"count", PP_SHOW_COUNT, h->certain},
            {"count_high", PP_SHOW_COUNT, h->possible},
            {"share", PP_SHOW_PERCENT, h->share.estimate},
            {"share_low", PP_SHOW_PERCENT, h->share.low},
            {"share_high", PP_SHOW_PERCENT, h->share.high},
        };
        PP_TRY(
            pp__put_numbers(table, row, numbers, sizeof numbers / sizeof *numbers, err));
    }
    return PP_OK;
}

static pp_status put_concentration(work *w, const cell *c, pp_error *err) {
    pp_table *table = w->concentration;
    pp__sellers sellers = {c->holdings, c->n - c->has_unknown, c->units, c->n_units};
    double *sizes = pp_arena_alloc(&w->scratch, c->n + 1, sizeof *sizes);
    int *order = pp_arena_alloc(&w->scratch, c->n + 1, sizeof *order);
    int64_t row;
    PP_NEED(sizes && order, err);
    int actors = 0;
    for (int v = 0; v < sellers.n; v++) {
        actors += c->holdings[v].certain > 0;
    }
    pp__band hhi = pp__herfindahl(&sellers, sizes, order);
    pp__band cr4 = pp__four_largest(&sellers, sizes);
    PP_TRY(pp_table_append(table, &row, err));
    PP_TRY(put_cell(w, table, row, c, err));
    const pp__named numbers[] = {
        {"actors", PP_SHOW_COUNT, actors},
        {"unknown", PP_SHOW_COUNT, c->has_unknown ? c->holdings[c->n - 1].certain : 0},
        {"hhi", PP_SHOW_DEFAULT, hhi.estimate},
        {"hhi_low", PP_SHOW_DEFAULT, hhi.low},
        {"hhi_high", PP_SHOW_DEFAULT, hhi.high},
        {"cr4", PP_SHOW_PERCENT, cr4.estimate},
        {"cr4_low", PP_SHOW_PERCENT, cr4.low},
        {"cr4_high", PP_SHOW_PERCENT, cr4.high},
        {"effective", PP_SHOW_DEFAULT, 1 / hhi.estimate},
        {"effective_low", PP_SHOW_DEFAULT, 1 / hhi.high},
        {"effective_high", PP_SHOW_DEFAULT, 1 / hhi.low},
    };
    return pp__put_numbers(table, row, numbers, sizeof numbers / sizeof *numbers, err);
}

static pp_status tell_cell(work *w, cell *c, pp_error *err) {
    PP_TRY(fill(w, c, err));
    if (c->n == 0) {
        return PP_OK;
    }
    if (c->year == w->m.last) {
        PP_TRY(put_shares(w, w->shares, c, err));
    }
    if (c->part == &EVERYTHING) {
        PP_TRY(put_shares(w, w->years, c, err));
    }
    return c->measure == PP__PLACES ? PP_OK : put_concentration(w, c, err);
}

static pp_status tell_part(work *w, const pp__part *part, int year, pp_error *err) {
    for (int by = 0; by < PP__BYS; by++) {
        for (int measure = 0; measure < PP__MEASURES; measure++) {
            cell c = {.part = part,
                      .by = (pp__by)by,
                      .measure = (pp__measure)measure,
                      .year = year};
            PP_TRY(tell_cell(w, &c, err));
            pp_arena_clear(&w->scratch);
        }
    }
    return PP_OK;
}

static const char *subregion_of(const pp__market *m, int country) {
    int64_t row = pp__market_row(m->country_table, "id", m->countries.text[country]);
    return row < 0 ? NULL : pp__market_text(m->country_table, "subregion", row);
}

static pp_status tell_subregions(work *w, const pp_context *ctx, pp_error *err) {
    pp__market *m = &w->m;
    int n = m->countries.n;
    const char **of = pp_arena_alloc(&m->arena, n + 1, sizeof *of);
    unsigned char *in = pp_arena_alloc(&m->arena, n + 1, 1);
    pp__names names;
    PP_NEED(of && in, err);
    for (int c = 0; c < n; c++) {
        of[c] = subregion_of(m, c);
    }
    PP_TRY(pp__names_make(of, n, &m->arena, &names, err));
    for (int i = 0; i < names.n; i++) {
        const pp__part part = {"subregion", names.text[i], -1, -1, in};
        for (int c = 0; c < n; c++) {
            in[c] = of[c] && strcmp(of[c], names.text[i]) == 0;
        }
        PP_TRY(pp_progress(ctx, "market", 1, err));
        PP_TRY(tell_part(w, &part, m->last, err));
    }
    return PP_OK;
}

/* Those that the options name, as one; then one by one. */
static pp_status tell_countries(work *w, const pp_context *ctx, pp_error *err) {
    pp__market *m = &w->m;
    unsigned char *in = pp_arena_zalloc(&m->arena, m->countries.n + 1, 1);
    PP_NEED(in, err);
    for (int k = 0; w->options->countries && w->options->countries[k]; k++) {
        int c = pp__names_find(&m->countries, w->options->countries[k]);
        in[c < 0 ? m->countries.n : c] = 1;
    }
    if (w->options->countries) {
        const pp__part chosen = {"countries", "chosen", -1, -1, in};
        PP_TRY(tell_part(w, &chosen, m->last, err));
    }
    memset(in, 0, (size_t)m->countries.n);
    for (int c = 0; c < m->countries.n; c++) {
        const pp__part part = {"country", m->countries.text[c], -1, -1, in};
        in[c] = 1;
        PP_TRY(pp_progress(ctx, "market", 1, err));
        PP_TRY(tell_part(w, &part, m->last, err));
        in[c] = 0;
    }
    return PP_OK;
}

static pp_status tell_parts(work *w, const pp_context *ctx, pp_error *err) {
    const pp__market *m = &w->m;
    for (int year = m->first; year <= m->last; year++) {
        double done = (double)(year - m->first) / (m->last - m->first + 1);
        PP_TRY(pp_progress(ctx, "market", done, err));
        PP_TRY(tell_part(w, &EVERYTHING, year, err));
    }
    for (int i = 0; i < m->regions.n; i++) {
        const pp__part part = {"region", m->regions.text[i], i, -1, NULL};
        PP_TRY(tell_part(w, &part, m->last, err));
    }
    for (int i = 0; i < m->families.n; i++) {
        const pp__part part = {"family", m->families.text[i], -1, i, NULL};
        PP_TRY(tell_part(w, &part, m->last, err));
    }
    PP_TRY(tell_subregions(w, ctx, err));
    return tell_countries(w, ctx, err);
}

/* ---- what the shares rest on ---- */

static pp_status list_ids(work *w, const pp__record *r, pp_table *table, int64_t row,
                          const char *from, const char *to, pp_error *err) {
    pp_buf list;
    pp_buf_init(&list);
    pp__market_list(&w->m, r, from, &list);
    pp_status status = pp_buf_check(&list, err);
    if (status == PP_OK) {
        status = pp__put_text(table, row, to, list.data, err);
    }
    pp_buf_clear(&list);
    return status;
}

static pp_status put_record(work *w, int64_t i, pp_table *table, pp_error *err) {
    const pp__market *m = &w->m;
    const pp__record *r = &m->records[i];
    const char *place =
        pp_column_get_text(pp_table_find(m->adoptions, "place"), r->sales->row);
    int64_t row;
    PP_TRY(pp_table_append(table, &row, err));
    const struct {
        const char *name, *text;
    } texts[] = {
        {"place_id", m->places.text[r->place]},
        {"place", place},
        {"country", pp__names_text(&m->countries, r->country)},
        {"region", pp__names_text(&m->regions, r->region)},
        {"family", pp__names_text(&m->families, r->family)},
        {"vendor", pp__names_text(&m->vendors, r->vendor)},
        {"supplier", pp__names_text(&m->suppliers, r->supplier)},
    };
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
        PP_TRY(pp__put_text(table, row, texts[k].name, texts[k].text, err));
    }
    PP_TRY(list_ids(w, r, table, row, "adoption", "adoptions", err));
    PP_TRY(list_ids(w, r, table, row, "claims", "claims", err));
    const pp__named numbers[] = {
        {"certain", PP_SHOW_YEAR, pp__market_since(m, i, PP__CERTAIN)},
        {"possible", PP_SHOW_YEAR, pp__market_since(m, i, PP__POSSIBLE)},
        {"same", PP_SHOW_FLAG, r->same},
        {"certain_until", PP_SHOW_YEAR, pp__market_until(m, i, PP__CERTAIN)},
        {"possible_until", PP_SHOW_YEAR, pp__market_until(m, i, PP__POSSIBLE)},
    };
    return pp__put_numbers(table, row, numbers, sizeof numbers / sizeof *numbers, err);
}

static pp_status put_affiliates(work *w, pp_table *table, pp_error *err) {
    const pp__market *m = &w->m;
    PP_TRY(pp_table_add(table, PP_TEXT, "vendor", NULL, err));
    PP_TRY(pp_table_add(table, PP_TEXT, "parent", NULL, err));
    PP_TRY(pp_table_add(table, PP_NUMBER, "adoptions", NULL, err));
    pp_table_find(table, "adoptions")->show = PP_SHOW_COUNT;
    for (int64_t i = 0; i < m->n_sales; i++) {
        const pp_column *vendor = pp_table_find(m->adoptions, "vendor");
        const char *own = pp_column_get_text(vendor, m->sales[i].row);
        const char *parent = pp__names_text(&m->vendors, m->sales[i].vendor);
        int64_t row = 0;
        if (!parent || strcmp(own, parent) == 0) {
            continue;
        }
        while (row < pp_table_rows(table) &&
               strcmp(own, pp_column_get_text(pp_table_find(table, "vendor"), row)) !=
                   0) {
            row++;
        }
        if (row == pp_table_rows(table)) {
            PP_TRY(pp_table_append(table, &row, err));
            PP_TRY(pp__put_text(table, row, "vendor", own, err));
            PP_TRY(pp__put_text(table, row, "parent", parent, err));
            pp_table_find(table, "adoptions")->number[row] = 0;
        }
        pp_table_find(table, "adoptions")->number[row]++;
    }
    return PP_OK;
}

static pp_status warn(work *w, const char *code, int64_t count, const char *words,
                      pp_error *err) {
    return count ? pp_result_warn(w->out, code, NULL, count, err, "%s", words) : PP_OK;
}

static pp_status add_warnings(work *w, pp_error *err) {
    int64_t vendors = 0, suppliers = 0, same = 0, values = 0, later = 0;
    for (int64_t i = 0; i < w->m.n; i++) {
        const pp__record *r = &w->m.records[i];
        vendors += r->vendor < 0;
        suppliers += r->supplier < 0;
        same += r->same;
        for (int k = 0; k < r->n; k++) {
            values += r->sales[k].n_amounts;
            later += r->sales[k].named_later;
        }
    }
    PP_TRY(warn(w, "unknown_vendors", vendors,
                "records have no named vendor: the bands count them as any vendor's of "
                "the home that is known",
                err));
    PP_TRY(warn(w, "unknown_suppliers", suppliers,
                "records have no known supplier country: the bands count them as any "
                "country's",
                err));
    PP_TRY(warn(w, "may_be_same", same,
                "records without a named vendor may be those of a named one at the same "
                "place: they count as possible only",
                err));
    PP_TRY(warn(w, "named_later", later,
                "adoptions have an end on record, and later claims still name them: from "
                "then on they count as possible only",
                err));
    return values ? PP_OK
                  : pp_result_warn(w->out, "no_values", NULL, 0, err,
                                   "no claim states a contract value: there are no "
                                   "shares by value");
}

static pp_status tell(work *w, const pp_table *claims, const pp_context *ctx,
                      pp_error *err) {
    pp_table *records, *affiliates;
    if (pp_table_rows(w->m.adoptions) == 0) {
        return pp__market_empty("take shares of", err);
    }
    PP_TRY(pp__market_read(&w->m, claims, err));
    PP_TRY(pp__market_records(&w->m, w->options, err));
    PP_TRY(pp_result_new("market", &w->out, err));
    PP_TRY(pp_result_add(w->out, "market_shares", "Shares at the end of the last year",
                         &w->shares, err));
    PP_TRY(
        pp_result_add(w->out, "market_years", "Shares over the years", &w->years, err));
    PP_TRY(pp_result_add(w->out, "market_concentration", "Concentration",
                         &w->concentration, err));
    PP_TRY(tell_parts(w, ctx, err));
    PP_TRY(
        pp_result_add(w->out, "market_records", "What the shares count", &records, err));
    for (int64_t i = 0; i < w->m.n; i++) {
        PP_TRY(put_record(w, i, records, err));
    }
    PP_TRY(pp_result_add(w->out, "market_affiliates", "Vendors counted as their parent",
                         &affiliates, err));
    PP_TRY(put_affiliates(w, affiliates, err));
    return add_warnings(w, err);
}

pp_status pp_market(const pp_table *adoptions, const pp_table *claims,
                    const pp_table *vendors, const pp_table *countries,
                    const pp_market_options *options, const pp_context *ctx,
                    pp_result **out, pp_error *err) {
    static const pp_market_options none = {0, 0, NULL};
    work w = {.m = {.adoptions = adoptions,
                    .vendor_table = vendors,
                    .country_table = countries},
              .options = options ? options : &none};
    *out = NULL;
    pp_arena_init(&w.m.arena);
    pp_arena_init(&w.scratch);
    pp_status status = tell(&w, claims, ctx, err);
    pp_arena_clear(&w.m.arena);
    pp_arena_clear(&w.scratch);
    if (status != PP_OK) {
        pp_result_free(w.out);
        return status;
    }
    *out = w.out;
    return PP_OK;
}
