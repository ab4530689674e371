/* Lock-in: the tables. */
#include "market/lockin.h"

#include "base/check.h"
#include "evidence/rows.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

enum {
    DEFAULT_WINDOW = 5,
    MOST_WINDOW = 100,
    DEFAULT_LEAST = 50,
    LEAST_EACH = 10,
    DEFAULT_DRAWS = 999,
    MOST_DRAWS = 1000000
};

typedef struct work {
    pp__lockin l;
    const pp_context *ctx;
    pp_result *out;
    pp_table *fits;
} work;

/* ---- situations ---- */

static const char *text_or_null(const pp__names *names, int code) {
    return code < 0 ? NULL : names->text[code];
}

/* The distinct cells of a record's rows, one after the other. */
static void list_cells(const work *w, const pp__record *r, const char *column,
                       pp_buf *out) {
    for (int k = 0; k < r->n; k++) {
        const char *text = pp__market_text(w->l.m.adoptions, column, r->sales[k].row);
        pp_buf_printf(out, "%s%s", out->length ? " " : "", text ? text : "");
    }
}

static pp_status put_situation(work *w, const pp__situation *s, pp_table *table,
                               pp_error *err) {
    const pp__market *m = &w->l.m;
    const pp__purchase *p = &w->l.purchases[s->purchase];
    const pp__record *r = p->record;
    pp_buf adoptions, claims;
    pp_buf_init(&adoptions);
    pp_buf_init(&claims);
    list_cells(w, r, "adoption", &adoptions);
    list_cells(w, r, "claims", &claims);
    const pp__cell cells[] = {
        PP__TEXT_CELL(m->places.text[r->place]),
        PP__TEXT_CELL(pp__market_text(m->adoptions, "place", r->sales->row)),
        PP__TEXT_CELL(text_or_null(&m->countries, r->country)),
        PP__TEXT_CELL(text_or_null(&m->families, r->family)),
        PP__NUMBER_CELL(p->low),
        PP__NUMBER_CELL(p->high),
        PP__TEXT_CELL(m->vendors.text[p->vendor]),
        PP__TEXT_CELL(text_or_null(&m->suppliers, p->supplier)),
        PP__NUMBER_CELL(s->before),
        PP__NUMBER_CELL(s->open),
        PP__NUMBER_CELL(s->vendor_repeated[PP__CERTAINLY]),
        PP__NUMBER_CELL(s->vendor_repeated[PP__POSSIBLY]),
        PP__NUMBER_CELL(s->supplier_repeated[PP__CERTAINLY]),
        PP__NUMBER_CELL(s->alternatives),
        PP__NUMBER_CELL(!s->left_out),
        PP__TEXT_CELL(s->left_out),
        PP__TEXT_CELL(adoptions.data),
        PP__TEXT_CELL(claims.data)};
    pp_status status = pp_buf_check(&adoptions, err);
    status = status == PP_OK ? pp_buf_check(&claims, err) : status;
    status = status == PP_OK ? pp__rows_add_cells(table, cells, err) : status;
    pp_buf_clear(&adoptions);
    pp_buf_clear(&claims);
    return status;
}

static pp_status put_situations(work *w, pp_error *err) {
    static const pp__column_spec columns[] = {
        {"place_id", "Place", PP_TEXT, 0},
        {"place", "Name", PP_TEXT, 0},
        {"country", "Country", PP_TEXT, 0},
        {"family", "Platform", PP_TEXT, 0},
        {"earliest_year", "From", 0, PP_SHOW_YEAR},
        {"latest_year", "By", 0, PP_SHOW_YEAR},
        {"vendor", "Vendor", PP_TEXT, 0},
        {"supplier", "Supplier", PP_TEXT, 0},
        {"before", "Before", 0, PP_SHOW_COUNT},
        {"open", "Order open", 0, PP_SHOW_COUNT},
        {"repeated", "Repeated", 0, PP_SHOW_FLAG},
        {"repeated_possible", "Possibly", 0, PP_SHOW_FLAG},
        {"supplier_repeated", "Same home", 0, PP_SHOW_FLAG},
        {"alternatives", "Alternatives", 0, PP_SHOW_COUNT},
        {"used", "Used", 0, PP_SHOW_FLAG},
        {"left_out", "Why not", PP_TEXT, 0},
        {"adoptions", "Adoptions", PP_TEXT, 0},
        {"claims", "Claims", PP_TEXT, 0}};
    pp_table *table;
    PP_TRY(pp__rows_start(w->out, "lockin_choices",
                          "Purchases after another of the same buyer", columns,
                          sizeof columns / sizeof *columns, &table, err));
    for (int64_t i = 0; i < w->l.n_situations; i++) {
        PP_TRY(put_situation(w, &w->l.situations[i], table, err));
    }
    return PP_OK;
}

/* ---- whether there is enough ---- */

typedef struct tally {
    int64_t buyers, second, used, repeated[PP__HISTORIES], no_figure, unknown_before,
        entrants;
} tally;

static tally count(const work *w) {
    const pp__lockin *l = &w->l;
    tally t = {0};
    for (int64_t i = 0; i < l->n; i++) {
        int is_first = i == 0 || l->purchases[i].buyer != l->purchases[i - 1].buyer;
        t.buyers += is_first;
        t.second += !is_first;
    }
    for (int64_t i = 0; i < l->n_situations; i++) {
        const pp__situation *s = &l->situations[i];
        t.unknown_before += s->unknown_before > 0;
        t.entrants += s->is_entrant;
        t.no_figure += s->left_out != NULL;
        t.used += s->left_out == NULL;
        for (int h = 0; h < PP__HISTORIES && !s->left_out; h++) {
            t.repeated[h] += s->vendor_repeated[h];
        }
    }
    return t;
}

static pp_status put_check(pp_table *table, const char *check, int64_t value,
                           int64_t least, const char *words, pp_error *err) {
    const pp__cell cells[] = {PP__TEXT_CELL(check), PP__NUMBER_CELL(value),
                              PP__NUMBER_CELL(least < 0 ? NAN : (double)least),
                              PP__NUMBER_CELL(least < 0 ? NAN : value >= least),
                              PP__TEXT_CELL(words)};
    return pp__rows_add_cells(table, cells, err);
}

static pp_status put_preflight(work *w, const tally *t, pp_error *err) {
    static const pp__column_spec columns[] = {{"check", "Check", PP_TEXT, 0},
                                              {"value", "Number", 0, PP_SHOW_COUNT},
                                              {"least", "At least", 0, PP_SHOW_COUNT},
                                              {"holds", "Holds", 0, PP_SHOW_FLAG},
                                              {"words", "What it counts", PP_TEXT, 0}};
    const pp__lockin *l = &w->l;
    const struct {
        const char *check;
        int64_t value, least;
        const char *words;
    } rows[] = {
        {"purchases", l->n, -1, "records of named vendors with a latest year"},
        {"buyers", t->buyers, -1, "that bought them"},
        {"later", t->second, -1, "purchases beyond a buyer's first"},
        {"ordered", l->n_situations, -1, "of these certainly after another"},
        {"left_out", t->no_figure, -1, "of these without a figure or an alternative"},
        {"situations", t->used, l->options->least, "choice situations that are used"},
        {"repeats", t->repeated[PP__CERTAINLY], LEAST_EACH,
         "of these of a vendor that certainly sold before"},
        {"others", t->used - t->repeated[PP__POSSIBLY], LEAST_EACH,
         "of these of a vendor that certainly did not"},
        {"repeats_possible", t->repeated[PP__POSSIBLY], -1,
         "of a vendor that may have sold before"}};
    pp_table *table;
    PP_TRY(pp__rows_start(w->out, "lockin_preflight", "Whether there is enough", columns,
                          sizeof columns / sizeof *columns, &table, err));
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        PP_TRY(put_check(table, rows[k].check, rows[k].value, rows[k].least,
                         rows[k].words, err));
    }
    return PP_OK;
}

static int is_enough(const work *w, const tally *t) {
    return t->used >= w->l.options->least && t->repeated[PP__CERTAINLY] >= LEAST_EACH &&
           t->used - t->repeated[PP__POSSIBLY] >= LEAST_EACH;
}

/* ---- estimates ---- */

static pp_status begin_fits(work *w, pp_error *err) {
    static const pp__column_spec columns[] = {
        {"history", "History", PP_TEXT, 0},
        {"term", "Term", PP_TEXT, 0},
        {"label", "Of a vendor", PP_TEXT, 0},
        {"estimate", "Log odds", 0, 0},
        {"std_error", "Std. error", 0, 0},
        {"conf_low", "95% from", 0, 0},
        {"conf_high", "to", 0, 0},
        {"conf_low_90", "90% from", 0, 0},
        {"conf_high_90", "to", 0, 0},
        {"odds_ratio", "Odds ratio", 0, 0},
        {"odds_low", "from", 0, 0},
        {"odds_high", "to", 0, 0},
        {"p_value", "p", 0, PP_SHOW_P_VALUE},
        {"situations", "Situations", 0, PP_SHOW_COUNT},
        {"clusters", "Countries", 0, PP_SHOW_COUNT},
        {"verdict", "Verdict", PP_TEXT, 0}};
    return pp__rows_start(w->out, "lockin", "Choice of the vendor", columns,
                          sizeof columns / sizeof *columns, &w->fits, err);
}

static pp_status warn(work *w, const char *code, int64_t n, const char *words,
                      pp_error *err) {
    return n == 0 ? PP_OK : pp_result_warn(w->out, code, NULL, n, err, "%s", words);
}

static pp_status add_warnings(work *w, const tally *t, pp_error *err) {
    PP_TRY(warn(w, "unknown_vendors", w->l.unknown_vendors,
                "records have no named vendor and are no purchases here", err));
    PP_TRY(
        warn(w, "whole_countries", w->l.whole_countries,
             "records of a whole country are left out, as a place in it has one of the "
             "same vendor and platform: they may be the same purchase",
             err));
    PP_TRY(warn(w, "unknown_before", t->unknown_before,
                "situations have a record before whose vendor is not known: a repeated "
                "vendor may be hidden in it",
                err));
    PP_TRY(warn(w, "entrants", t->entrants,
                "chosen vendors have no record before: they are alternatives here only "
                "because they were chosen",
                err));
    return is_enough(w, t)
               ? PP_OK
               : pp_result_warn(w->out, "few_situations", NULL, t->used, err,
                                "choice situations are too few, or too few with or "
                                "without a repeated vendor: lock-in cannot be told "
                                "(%lld are needed, and %d of each)",
                                (long long)w->l.options->least, LEAST_EACH);
}

static pp_status fill(work *w, pp_error *err) {
    PP_TRY(pp__lockin_read(&w->l, err));
    PP_TRY(pp__lockin_mark(&w->l, err));
    tally t = count(w);
    PP_TRY(pp_result_new("lockin", &w->out, err));
    PP_TRY(begin_fits(w, err));
    for (int h = 0; h < PP__HISTORIES && is_enough(w, &t); h++) {
        PP_TRY(pp__lockin_fit(&w->l, (pp__history)h, w->ctx, w->out, w->fits, err));
    }
    PP_TRY(pp__lockin_repeats(&w->l, w->ctx, w->out, err));
    PP_TRY(put_situations(w, err));
    PP_TRY(put_preflight(w, &t, err));
    return add_warnings(w, &t, err);
}

/* ---- options ---- */

static pp_status refuse(const char *name, const char *hint, pp_error *err) {
    pp_error_set(err, PP_E_ARGUMENT, "this value of %s cannot be", name);
    pp_error_locate(err, NULL, 0, name, NULL);
    pp_error_hint(err, "%s", hint);
    return PP_E_ARGUMENT;
}

static pp_status settle(pp_lockin_options *o, const pp_table *ties, pp_error *err) {
    o->by = o->by ? o->by : "place";
    o->window = o->window ? o->window : DEFAULT_WINDOW;
    o->least = o->least ? o->least : DEFAULT_LEAST;
    o->draws = o->draws ? o->draws : DEFAULT_DRAWS;
    o->smallest_odds = o->smallest_odds != 0 ? o->smallest_odds : 1.5;
    if (strcmp(o->by, "place") != 0 && strcmp(o->by, "country") != 0) {
        return refuse("by", "place or country", err);
    }
    if (o->n_ties < 0 || o->n_ties > PP__MOST_TIES || (o->n_ties && !ties)) {
        return refuse("ties", "at most 8, of the columns of a table", err);
    }
    if (o->window < 1 || o->window > MOST_WINDOW) {
        return refuse("window", "from 1 to 100 years", err);
    }
    if (o->least < 1) {
        return refuse("least", "1 or more", err);
    }
    if (o->draws < 1 || o->draws > MOST_DRAWS) {
        return refuse("draws", "from 1 to 1000000", err);
    }
    return o->smallest_odds > 1 && isfinite(o->smallest_odds)
               ? PP_OK
               : refuse("smallest_odds", "above 1", err);
}

pp_status pp_lockin(const pp_table *adoptions, const pp_table *vendors,
                    const pp_table *countries, const pp_table *ties,
                    const pp_lockin_options *options, const pp_context *ctx,
                    pp_result **out, pp_error *err) {
    pp_lockin_options own = {0};
    work w = {.l = {.m = {.adoptions = adoptions,
                          .vendor_table = vendors,
                          .country_table = countries},
                    .ties = ties,
                    .options = &own},
              .ctx = ctx};
    *out = NULL;
    if (options) {
        own = *options;
    }
    PP_TRY(settle(&own, ties, err));
    w.l.by_country = strcmp(own.by, "country") == 0;
    if (pp_table_rows(adoptions) == 0) {
        pp_error_set(err, PP_E_INPUT, "there are no adoptions to look for repeats in");
        pp_error_hint(err,
                      "look at the rule: which suppliers, platforms and statuses count");
        return PP_E_INPUT;
    }
    pp_arena_init(&w.l.m.arena);
    pp_status status = fill(&w, err);
    pp_arena_clear(&w.l.m.arena);
    if (status != PP_OK) {
        pp_result_free(w.out);
        return status;
    }
    *out = w.out;
    return PP_OK;
}
