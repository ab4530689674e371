/* Data access: the tables. */
#include "market/access_rank.h"

#include "base/check.h"
#include "evidence/rows.h"
#include "market/records.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

enum { DEFAULT_TOP = 20, DEFAULT_DRAWS = 4000, MOST_DRAWS = 1000000, MOST_TOP = 200 };
enum { PARTS_FIRST = 5, PART_COLUMNS = 3 * PP__ACCESS_PARTS };

typedef struct work {
    pp__access a;
    pp_access_options options;
    const pp_context *ctx;
    pp_result *out;
    pp_table *composite, *stability, *leaders;
    const pp__access_place *only; /* whose rows are told; NULL: all */
} work;

static int is_told(const work *w, const pp__access_place *place) {
    return !w->only || w->only == place;
}

/* By id, else by name; countries come first. */
static pp_status find_only(work *w, pp_error *err) {
    const char *asked = w->options.place;
    const pp__access_place *places = w->a.places;
    for (int p = 0; asked && !w->only && p < w->a.n; p++) {
        w->only = strcmp(places[p].id, asked) == 0 ? &places[p] : NULL;
    }
    for (int p = 0; asked && !w->only && p < w->a.n; p++) {
        w->only = pp_text_equal_fold(places[p].name, asked) ? &places[p] : NULL;
    }
    if (!asked || w->only) {
        return PP_OK;
    }
    const char **names = pp_arena_alloc(&w->a.arena, w->a.n + 1, sizeof *names);
    PP_NEED(names, err);
    for (int p = 0; p < w->a.n; p++) {
        names[p] = places[p].name;
    }
    const char *near = pp_text_nearest(asked, names, w->a.n);
    pp_error_set(err, PP_E_NOT_FOUND, "no adoption in '%s' is on record", asked);
    pp_error_locate(err, NULL, 0, "place", asked);
    pp_error_hint(err, near ? "did you mean '%s'?" : "name a country or city with claims",
                  near);
    return PP_E_NOT_FOUND;
}

/* ---- the parts, in two tables ---- */

/* Three columns for each part. */
#define PART_SPECS                                                                       \
    {"who", "Who", 0, 0}, {"who_low", "at least", 0, 0}, {"who_high", "at most", 0, 0},  \
        {"home_law", "Law of the home", 0, 0}, {"home_law_low", "at least", 0, 0},       \
        {"home_law_high", "at most", 0, 0}, {"own_law", "Own law", 0, 0},                \
        {"own_law_low", "at least", 0, 0}, {"own_law_high", "at most", 0, 0},            \
        {"data", "Data", 0, 0}, {"data_low", "at least", 0, 0}, {                        \
        "data_high", "at most", 0, 0                                                     \
    }

static void fill_parts(const pp__access_place *place, pp__cell *cells) {
    for (int k = 0; k < PP__ACCESS_PARTS; k++) {
        cells[3 * k] = PP__NUMBER_CELL(pp__access_middle(place->part[k]));
        cells[3 * k + 1] = PP__NUMBER_CELL(place->part[k].low);
        cells[3 * k + 2] = PP__NUMBER_CELL(place->part[k].high);
    }
}

/* Each claim of the parties that count, once. */
static void list_claims(const work *w, const pp__access_place *place, pp_buf *out) {
    for (int64_t i = 0; i < place->n; i++) {
        const pp__said *s = &w->a.said[place->first + i];
        if (pp__access_counts(&w->a, place, s->home)) {
            pp_buf_printf(out, "%s%s", out->length ? " " : "", s->claim);
        }
    }
}

static pp_status put_parts(work *w, const pp__access_place *place, pp_table *table,
                           pp_error *err) {
    pp__cell cells[PARTS_FIRST + PART_COLUMNS + 1] = {
        PP__TEXT_CELL(place->id), PP__TEXT_CELL(place->name), PP__TEXT_CELL(place->kind),
        PP__TEXT_CELL(place->country), PP__NUMBER_CELL(place->parties)};
    pp_buf claims;
    pp_buf_init(&claims);
    fill_parts(place, cells + PARTS_FIRST);
    list_claims(w, place, &claims);
    cells[PARTS_FIRST + PART_COLUMNS] = PP__TEXT_CELL(claims.data);
    pp_status status = pp_buf_check(&claims, err);
    if (status == PP_OK) {
        status = pp__rows_add_cells(table, cells, err);
    }
    pp_buf_clear(&claims);
    return status;
}

static pp_status put_places(work *w, pp_error *err) {
    static const pp__column_spec columns[] = {{"place_id", "Place", PP_TEXT, 0},
                                              {"name", "Name", PP_TEXT, 0},
                                              {"kind", "Kind", PP_TEXT, 0},
                                              {"country", "Country", PP_TEXT, 0},
                                              {"parties", "Parties", 0, PP_SHOW_COUNT},
                                              PART_SPECS,
                                              {"claims", "Claims", PP_TEXT, 0}};
    pp_table *parts, *profiles;
    PP_TRY(pp__access_begin(w->out, &profiles, err));
    PP_TRY(pp__rows_start(w->out, "access_parts", "Exposure of each place, part by part",
                          columns, sizeof columns / sizeof *columns, &parts, err));
    for (int p = 0; p < w->a.n; p++) {
        pp__access_place *place = &w->a.places[p];
        PP_TRY(pp_progress(w->ctx, "places", (double)p / w->a.n, err));
        int told = is_told(w, place);
        PP_TRY(pp__access_profile(&w->a, place, told ? profiles : NULL, err));
        if (place->is_listed && told) {
            PP_TRY(put_parts(w, place, parts, err));
        }
    }
    return pp_result_set_note(
        w->out, "access_parts",
        "The value is the middle between what is known at least and what is open at "
        "most: no estimate. What no claim speaks of is not known, and never 'no'.",
        err);
}

/* ---- composites, pairs, leaders ---- */

static pp_status put_composite(work *w, const pp__ranked *r, pp_error *err) {
    const pp__access_place *p = r->place;
    pp__cell cells[10 + PART_COLUMNS] = {PP__TEXT_CELL(p->id),
                                         PP__TEXT_CELL(p->name),
                                         PP__TEXT_CELL(p->kind),
                                         PP__TEXT_CELL(p->country),
                                         PP__NUMBER_CELL(r->middle),
                                         PP__NUMBER_CELL(r->composite.low),
                                         PP__NUMBER_CELL(r->composite.high),
                                         PP__NUMBER_CELL(r->rank),
                                         PP__NUMBER_CELL(r->rank_low),
                                         PP__NUMBER_CELL(r->rank_high)};
    fill_parts(p, cells + 10);
    return pp__rows_add_cells(w->composite, cells, err);
}

static pp_status put_leader(work *w, const pp__ranked *r, pp_error *err) {
    const double shares[] = {r->first, r->ten, r->ten_low, r->ten_high};
    double variance = 0;
    for (int k = 0; k < 4; k++) {
        variance = fmax(variance, shares[k] * (1 - shares[k]));
    }
    const pp__cell cells[] = {PP__TEXT_CELL(r->place->id),
                              PP__TEXT_CELL(r->place->name),
                              PP__TEXT_CELL(r->place->kind),
                              PP__NUMBER_CELL(r->rank),
                              PP__NUMBER_CELL(r->first),
                              PP__NUMBER_CELL(r->ten),
                              PP__NUMBER_CELL(r->ten_low),
                              PP__NUMBER_CELL(r->ten_high),
                              PP__NUMBER_CELL(sqrt(variance / (double)w->options.draws))};
    return pp__rows_add_cells(w->leaders, cells, err);
}

static pp_status put_pair(work *w, const pp__access_place *a, const pp__access_place *b,
                          pp_error *err) {
    pp__stability s = pp__access_compare(a, b);
    const pp__cell cells[] = {PP__TEXT_CELL(a->kind),     PP__TEXT_CELL(a->id),
                              PP__TEXT_CELL(a->name),     PP__TEXT_CELL(b->id),
                              PP__TEXT_CELL(b->name),     PP__NUMBER_CELL(s.above),
                              PP__NUMBER_CELL(s.below),   PP__NUMBER_CELL(s.certain),
                              PP__NUMBER_CELL(s.possible)};
    return pp__rows_add_cells(w->stability, cells, err);
}

static pp_status put_kind(work *w, pp__ranked *ranked, int64_t n, pp_error *err) {
    int64_t top = n < w->options.top ? n : w->options.top;
    PP_TRY(pp__access_rank(w->a.rules, ranked, n, err));
    PP_TRY(pp__access_lead(ranked, n, &w->options, w->ctx, err));
    for (int64_t i = 0; i < n; i++) {
        if (is_told(w, ranked[i].place)) {
            PP_TRY(put_composite(w, &ranked[i], err));
            PP_TRY(put_leader(w, &ranked[i], err));
        }
    }
    for (int64_t i = 0; i < top; i++) {
        for (int64_t j = i + 1; j < top; j++) {
            if (is_told(w, ranked[i].place) || is_told(w, ranked[j].place)) {
                PP_TRY(put_pair(w, ranked[i].place, ranked[j].place, err));
            }
        }
    }
    return PP_OK;
}

static pp_status begin_ranks(work *w, pp_error *err) {
    static const pp__column_spec composite[] = {
        {"place_id", "Place", PP_TEXT, 0},
        {"name", "Name", PP_TEXT, 0},
        {"kind", "Kind", PP_TEXT, 0},
        {"country", "Country", PP_TEXT, 0},
        {"composite", "Composite", 0, 0},
        {"low", "At least", 0, 0},
        {"high", "At most", 0, 0},
        {"rank", "Rank", 0, PP_SHOW_COUNT},
        {"rank_low", "Best rank", 0, PP_SHOW_COUNT},
        {"rank_high", "Worst rank", 0, PP_SHOW_COUNT},
        PART_SPECS};
    static const pp__column_spec stability[] = {
        {"kind", "Kind", PP_TEXT, 0},
        {"a", "A", PP_TEXT, 0},
        {"name_a", "Name of A", PP_TEXT, 0},
        {"b", "B", PP_TEXT, 0},
        {"name_b", "Name of B", PP_TEXT, 0},
        {"share_above", "A above B", 0, PP_SHOW_PERCENT},
        {"share_below", "A below B", 0, PP_SHOW_PERCENT},
        {"share_certain", "for certain", 0, PP_SHOW_PERCENT},
        {"share_possible", "possibly", 0, PP_SHOW_PERCENT}};
    static const pp__column_spec leaders[] = {
        {"place_id", "Place", PP_TEXT, 0},
        {"name", "Name", PP_TEXT, 0},
        {"kind", "Kind", PP_TEXT, 0},
        {"rank", "Rank", 0, PP_SHOW_COUNT},
        {"share_first", "First", 0, PP_SHOW_PERCENT},
        {"share_ten", "Among ten", 0, PP_SHOW_PERCENT},
        {"ten_low", "for certain", 0, PP_SHOW_PERCENT},
        {"ten_high", "possibly", 0, PP_SHOW_PERCENT},
        {"std_error", "Error of simulation", 0, PP_SHOW_PERCENT}};
    PP_TRY(pp__rows_start(w->out, "access_composite",
                          "One number by the weights of the rules, beside its parts",
                          composite, sizeof composite / sizeof *composite, &w->composite,
                          err));
    PP_TRY(pp__rows_start(w->out, "access_stability",
                          "Of all weightings, in how many A stands above B", stability,
                          sizeof stability / sizeof *stability, &w->stability, err));
    return pp__rows_start(w->out, "access_leaders",
                          "Of all weightings, in how many a place ranks first", leaders,
                          sizeof leaders / sizeof *leaders, &w->leaders, err);
}

/* Kind by kind, as the places stand. */
static pp_status put_ranks(work *w, pp_error *err) {
    pp__ranked *ranked = pp_arena_zalloc(&w->a.arena, w->a.n + 1, sizeof *ranked);
    int64_t n = 0, begin = 0;
    PP_NEED(ranked, err);
    PP_TRY(begin_ranks(w, err));
    for (int p = 0; p < w->a.n; p++) {
        if (w->a.places[p].is_listed) {
            ranked[n++].place = &w->a.places[p];
        }
    }
    for (int64_t i = 1; i <= n; i++) {
        if (i == n || strcmp(ranked[i].place->kind, ranked[begin].place->kind) != 0) {
            PP_TRY(put_kind(w, ranked + begin, i - begin, err));
            begin = i;
        }
    }
    return PP_OK;
}

/* ---- the judgements ---- */

static pp_status put_rule(pp_table *table, const char *section, const char *name,
                          const char *part, pp__bounds bounds, const char *because,
                          int64_t line, pp_error *err) {
    const pp__cell cells[] = {PP__TEXT_CELL(section),       PP__TEXT_CELL(name),
                              PP__TEXT_CELL(part),          PP__NUMBER_CELL(bounds.low),
                              PP__NUMBER_CELL(bounds.high), PP__TEXT_CELL(because),
                              PP__NUMBER_CELL(line)};
    return pp__rows_add_cells(table, cells, err);
}

static pp__bounds exactly(double value) {
    return (pp__bounds){value, value};
}

static pp_status put_data_rules(const pp_access_rules *rules, pp_table *table,
                                pp_error *err) {
    for (int k = 0; k < rules->n_kinds; k++) {
        const pp__data_kind *kind = &rules->kinds[k];
        PP_TRY(put_rule(table, "data", kind->name, "weight", exactly(kind->weight), NULL,
                        kind->line, err));
        for (int p = 0; p < kind->n_platforms; p++) {
            PP_TRY(put_rule(table, "data", kind->name, kind->platforms[p].word,
                            kind->platforms[p].bounds, NULL, kind->platforms[p].line,
                            err));
        }
    }
    return PP_OK;
}

static pp_status put_rules(work *w, pp_error *err) {
    static const pp__column_spec columns[] = {
        {"section", "Section", PP_TEXT, 0}, {"name", "Name", PP_TEXT, 0},
        {"part", "Part", PP_TEXT, 0},       {"low", "At least", 0, 0},
        {"high", "At most", 0, 0},          {"because", "Because", PP_TEXT, 0},
        {"line", "Line", 0, PP_SHOW_YEAR}};
    const pp_access_rules *r = w->a.rules;
    pp_table *t;
    PP_TRY(pp__rows_start(w->out, "access_rules", "The judgements", columns,
                          sizeof columns / sizeof *columns, &t, err));
    for (int k = 0; k < PP__ACCESS_PARTS; k++) {
        PP_TRY(put_rule(t, "weights", pp__access_part_names[k], NULL,
                        exactly(r->weights[k]), NULL, r->weights_line, err));
    }
    for (int k = 0; k < r->n_relations; k++) {
        const pp__relation *x = &r->relations[k];
        PP_TRY(put_rule(t, "relations", x->name, x->is_financier ? "financier" : "vendor",
                        x->reach, x->because, x->line, err));
    }
    for (int k = 0; k < r->n_obligations; k++) {
        const pp__obligation *x = &r->obligations[k];
        PP_TRY(put_rule(t, "home_law", x->home, x->instrument, x->obliges, x->because,
                        x->line, err));
    }
    for (int k = 0; k < r->n_standings; k++) {
        PP_TRY(put_rule(t, "own_law", r->standings[k].word, NULL, r->standings[k].bounds,
                        NULL, r->standings[k].line, err));
    }
    for (int k = 0; k < r->n_enforcements; k++) {
        PP_TRY(put_rule(t, "enforcement", r->enforcements[k].word, NULL,
                        r->enforcements[k].bounds, NULL, r->enforcements[k].line, err));
    }
    return put_data_rules(r, t, err);
}

/* ---- the whole ---- */

static pp_status check_laws(const work *w, pp_error *err) {
    const pp_access_rules *rules = w->a.rules;
    for (int k = 0; w->a.in->laws && k < rules->n_obligations; k++) {
        const pp__obligation *o = &rules->obligations[k];
        if (pp__market_row(w->a.in->laws, "instrument", o->instrument) < 0) {
            pp_error_set(err, PP_E_INPUT,
                         "the registry of standards has no instrument '%s' that binds %s",
                         o->instrument, o->home);
            pp_error_locate(err, rules->file, o->line, "instrument", o->instrument);
            pp_error_hint(err, "see: pushpull standards binds %s", o->home);
            return PP_E_INPUT;
        }
    }
    return PP_OK;
}

static pp_status warn(work *w, const char *code, int64_t count, const char *words,
                      pp_error *err) {
    return count == 0 ? PP_OK
                      : pp_result_warn(w->out, code, NULL, count, err, "%s", words);
}

static pp_status add_warnings(work *w, pp_error *err) {
    const pp__access *a = &w->a;
    int64_t left_out = 0, spoken = 0;
    for (int p = 0; p < a->n; p++) {
        left_out += !a->places[p].is_listed;
    }
    for (int64_t i = 0; i < a->n_said; i++) {
        int of_country = strcmp(a->places[a->said[i].place].kind, "country") == 0;
        for (int k = 0; of_country && k < a->rules->n_relations; k++) {
            spoken += a->said[i].spoken[k];
        }
    }
    PP_TRY(warn(w, "ended", a->ended, "adoptions have ended and do not count", err));
    PP_TRY(warn(w, "named_later", a->named_later,
                "adoptions have an end on record, and later claims still name them: they "
                "open upper bounds alone",
                err));
    PP_TRY(warn(w, "no_party", left_out,
                "places have no party on record that counts and are left out: nothing is "
                "known of them, which is not that they are safe",
                err));
    PP_TRY(warn(w, "unknown_home", a->unknown_home,
                "places have only vendors of homes not known: their lower bounds of who, "
                "home_law and data are 0, and their upper ones open",
                err));
    PP_TRY(warn(w, "no_protection", w->a.in->protection ? 0 : 1,
                "no table of protection was given: every place's own law is not known",
                err));
    PP_TRY(warn(
        w, "unknown_standing", a->unknown_standing,
        "standings of data protection are not in the rules and count as not known", err));
    return warn(w, "words", spoken,
                "relations were read from words in notes: look at the notes in "
                "access_profiles, for a word does not always mean it",
                err);
}

static pp_status fill(work *w, pp_error *err) {
    PP_TRY(pp__access_read(&w->a, err));
    PP_TRY(find_only(w, err));
    PP_TRY(check_laws(w, err));
    PP_TRY(pp_result_new("access", &w->out, err));
    PP_TRY(put_places(w, err));
    PP_TRY(put_ranks(w, err));
    if (pp_table_rows(w->composite) == 0) {
        pp_error_set(err, PP_E_INPUT, "%s has no party %s%s on record",
                     w->only ? w->only->name : "every place",
                     w->options.home ? "of " : "from elsewhere",
                     w->options.home ? w->options.home : "");
        pp_error_hint(err, "look at the supplier, and at which adoptions count");
        return PP_E_INPUT;
    }
    PP_TRY(put_rules(w, err));
    return add_warnings(w, err);
}

static pp_status check_options(const pp_access_options *o, pp_error *err) {
    const struct {
        const char *name;
        int64_t value, low, high;
    } each[] = {{"draws", o->draws, 1, MOST_DRAWS}, {"top", o->top, 1, MOST_TOP}};
    for (int k = 0; k < 2; k++) {
        if (each[k].value < each[k].low || each[k].value > each[k].high) {
            pp_error_set(err, PP_E_ARGUMENT, "%s is %lld", each[k].name,
                         (long long)each[k].value);
            pp_error_locate(err, NULL, 0, each[k].name, NULL);
            pp_error_hint(err, "from %lld to %lld", (long long)each[k].low,
                          (long long)each[k].high);
            return PP_E_ARGUMENT;
        }
    }
    return PP_OK;
}

pp_status pp_access(const pp_access_inputs *inputs, const pp_access_rules *rules,
                    const pp_access_options *options, const pp_context *ctx,
                    pp_result **out, pp_error *err) {
    work w = {.a = {.in = inputs, .rules = rules}, .ctx = ctx};
    *out = NULL;
    if (options) {
        w.options = *options;
    }
    w.options.top = w.options.top ? w.options.top : DEFAULT_TOP;
    w.options.draws = w.options.draws ? w.options.draws : DEFAULT_DRAWS;
    w.a.home = w.options.home;
    PP_TRY(check_options(&w.options, err));
    pp_arena_init(&w.a.arena);
    pp_status status = fill(&w, err);
    pp_arena_clear(&w.a.arena);
    if (status != PP_OK) {
        pp_result_free(w.out);
        return status;
    }
    *out = w.out;
    return PP_OK;
}
