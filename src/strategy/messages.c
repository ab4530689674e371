/* Which message fits where, and in which order. */
#include "strategy/messages.h"

#include "base/check.h"
#include "evidence/map.h"
#include "strategy/messages_tables.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- places ---- */

/* The name nearest to what was given; NULL: none is near. */
static const char *near_name(const pp_column *name, int64_t rows, const char *place) {
    const char *near = NULL, **names = pp_malloc(rows + 1, sizeof *names);
    int n = 0;
    for (int64_t row = 0; names && row < rows && n < INT_MAX; row++) {
        const char *words = pp_column_get_text(name, row);
        if (words) {
            names[n++] = words;
        }
    }
    if (names) {
        near = pp_text_nearest(place, names, n);
    }
    pp_free(names);
    return near;
}

static pp_status find_places(const pp_table *profiles, const char *place, int64_t *rows,
                             int64_t *n, pp_error *err) {
    pp_column *id, *name;
    int64_t by_name = -1;
    PP_TRY(pp_table_require(profiles, "place_id", &id, err));
    PP_TRY(pp_table_require(profiles, "name", &name, err));
    *n = 0;
    for (int64_t row = 0; row < pp_table_rows(profiles); row++) {
        const char *code = pp_column_get_text(id, row);
        const char *words = pp_column_get_text(name, row);
        if (!place || (code && pp_text_equal_fold(code, place))) {
            rows[(*n)++] = row;
        } else if (by_name < 0 && words && pp_text_equal_fold(words, place)) {
            by_name = row;
        }
    }
    if (*n == 0 && by_name >= 0) {
        rows[(*n)++] = by_name;
    }
    if (*n > 0 || !place) {
        return PP_OK;
    }
    const char *near = near_name(name, pp_table_rows(profiles), place);
    pp_error_set(err, PP_E_NOT_FOUND, "there is no profile of this place");
    pp_error_locate(err, NULL, 0, "place", place);
    pp_error_hint(err,
                  near ? "did you mean '%s'?"
                       : "give a country's code (KEN) or name, or the name of a city of "
                         "which there are claims%.0s",
                  near ? near : "");
    return PP_E_NOT_FOUND;
}

static pp_status add_segments(pp_table *facts, const pp_table *segments, pp_error *err) {
    const pp_column *place = segments ? pp_table_find(segments, "place_id") : NULL;
    const pp_column *of = segments ? pp_table_find(segments, "segment") : NULL;
    pp_column *column;
    pp__map rows = {0};
    pp_status status = PP_OK;
    if (pp_table_find(facts, "segment")) {
        return PP_OK;
    }
    PP_TRY(pp_table_add(facts, PP_TEXT, "segment", &column, err));
    for (int64_t row = 0; place && of && row < pp_table_rows(segments); row++) {
        const char *id = pp_column_get_text(place, row);
        if (id && !pp__map_at(&rows, id, row)) {
            status = pp_error_set(err, PP_E_MEMORY, "out of memory");
            break;
        }
    }
    for (int64_t row = 0; status == PP_OK && row < pp_table_rows(facts); row++) {
        const char *id = pp_column_get_text(pp_table_find(facts, "place_id"), row);
        int64_t at = id ? pp__map_get(&rows, id, -1) : -1;
        status = at < 0 ? PP_OK
                        : pp_column_set_text(facts, column, row,
                                             pp_column_get_text(of, at), err);
    }
    pp__map_clear(&rows);
    return status;
}

static pp_status make_facts(pp__choice *c, const char *place, pp_error *err) {
    const pp_table *profiles = c->in->profiles;
    int64_t n, *rows = pp_malloc(pp_table_rows(profiles) + 1, sizeof *rows);
    PP_NEED(rows, err);
    pp_status status = find_places(profiles, place, rows, &n, err);
    if (status == PP_OK) {
        status = pp_table_take_rows(profiles, rows, n, &c->facts, err);
    }
    pp_free(rows);
    return status == PP_OK ? add_segments(c->facts, c->in->segments, err) : status;
}

/* ---- conditions ---- */

static pp_status test_conditions(pp__choice *c, pp_error *err) {
    const pp_message_library *lib = c->lib;
    int64_t n = 0;
    c->first_condition =
        pp_arena_alloc(&c->arena, lib->n_messages + 1, sizeof *c->first_condition);
    PP_NEED(c->first_condition, err);
    for (int64_t i = 0; i < lib->n_messages; i++) {
        c->first_condition[i] = n;
        n += lib->messages[i].n_when;
    }
    pp__condition *all = pp_arena_alloc(&c->arena, n + 1, sizeof *all);
    PP_NEED(all, err);
    for (int64_t i = 0; i < lib->n_messages; i++) {
        for (int64_t k = 0; k < lib->messages[i].n_when; k++) {
            all[c->first_condition[i] + k] = lib->messages[i].when[k];
        }
    }
    return pp__conditions_test(c->facts, all, n, c->ctx, &c->holds, err);
}

/* Why not; nothing is added where all conditions hold. */
static void add_failing(const pp__choice *c, int64_t message, int64_t row, pp_buf *why) {
    const pp__message *m = &c->lib->messages[message];
    int64_t rows = pp_table_rows(c->facts);
    for (int64_t k = 0; k < m->n_when; k++) {
        const char *sql = m->when[k].sql;
        double holds = c->holds[(c->first_condition[message] + k) * rows + row];
        if (holds == 1) {
            continue;
        }
        pp_buf_add(why, why->length ? "; " : "");
        pp_buf_printf(why, isnan(holds) ? "not known: " : "does not hold: %s (", sql);
        pp__tell_facts(sql, c->facts, row, isnan(holds), why);
        pp_buf_add(why, isnan(holds) ? "" : ")");
    }
}

/* The text to be said; where a fact is not known, that without it. */
static void add_claim(const pp__choice *c, int64_t message, int64_t row, pp_buf *text,
                      pp_buf *why) {
    const pp__message *m = &c->lib->messages[message];
    char missing[64];
    if (pp__say(m->claim, c->said, row, text, missing)) {
        return;
    }
    text->length = 0;
    if (!m->claim_without || !pp__say(m->claim_without, c->said, row, text, missing)) {
        pp_buf_printf(why, "%snot known: %s", why->length ? "; " : "", missing);
    }
}

static const char WEAK[] = " The evidence for this is weak.";
static const char TURNED[] = " A finding of this study speaks against it.";
static const char CANNOT_TELL[] = " The data of this study cannot tell whether it is so.";

static void add_cautions(const pp__weight *w, pp_buf *text) {
    pp_buf_add(text, w->strength == 1 ? WEAK : "");
    pp_buf_add(text, w->turned ? TURNED : w->open ? CANNOT_TELL : "");
}

/* ---- order ---- */

static int level_of(const pp__choice *c, int64_t row) {
    const pp_column *column = pp_table_find(c->facts, "buyer_level");
    const char *word =
        column && column->type != PP_NUMBER ? pp_column_get_text(column, row) : NULL;
    for (int level = 0; word && level < PP__LEVELS; level++) {
        if (strcmp(word, pp__level_names[level]) == 0) {
            return level;
        }
    }
    return PP__LEVELS - 1;
}

static int score(const pp__choice *c, int64_t message) {
    return c->lib->messages[message].priority * c->weights[message].strength;
}

/* The messages by priority times strength, then as they stand in the library. */
static pp_status rank_messages(pp__choice *c, pp_error *err) {
    int64_t n = c->lib->n_messages;
    c->ranked = pp_arena_alloc(&c->arena, n + 1, sizeof *c->ranked);
    PP_NEED(c->ranked, err);
    for (int64_t i = 0; i < n; i++) {
        int64_t at = i;
        for (; at > 0 && score(c, c->ranked[at - 1]) < score(c, i); at--) {
            c->ranked[at] = c->ranked[at - 1];
        }
        c->ranked[at] = i;
    }
    return PP_OK;
}

/* ---- one place ---- */

static int is_asked_for(const pp__choice *c, int64_t message) {
    return c->audience < 0 || c->lib->messages[message].audiences & (1 << c->audience);
}

/* Texts of the messages that fit; NULL: it does not. */
static pp_status find_fitting(pp__choice *c, int64_t row, const char **texts,
                              pp_error *err) {
    pp_buf text, why;
    pp_status status = PP_OK;
    pp_buf_init(&text);
    pp_buf_init(&why);
    for (int64_t i = 0; i < c->lib->n_messages && status == PP_OK; i++) {
        text.length = why.length = 0;
        texts[i] = NULL;
        add_failing(c, i, row, &why);
        if (why.length == 0) {
            add_claim(c, i, row, &text, &why);
        }
        if (why.length == 0 && c->weights[i].strength == 0) {
            pp_buf_add(&why, "what is known does not carry it: the evidence against it "
                             "outweighs that for it");
        }
        if (why.length == 0) {
            add_cautions(&c->weights[i], &text);
        }
        status =
            pp_buf_check(&text, err) == PP_OK ? pp_buf_check(&why, err) : PP_E_MEMORY;
        if (status == PP_OK && why.length > 0) {
            status = is_asked_for(c, i) ? pp__put_unfit(c, row, i, why.data, err) : PP_OK;
        } else if (status == PP_OK) {
            texts[i] = pp_arena_strdup(&c->arena, text.data);
            status = texts[i] ? PP_OK : pp_error_set(err, PP_E_MEMORY, "out of memory");
            c->places[i]++;
        }
    }
    pp_buf_clear(&text);
    pp_buf_clear(&why);
    return status;
}

static pp_status choose_for_place(pp__choice *c, int64_t row, const char **texts,
                                  pp_error *err) {
    const int *order = c->lib->order[level_of(c, row)];
    int64_t place = 0;
    char *taken = pp_arena_zalloc(&c->arena, c->lib->n_messages + 1, 1);
    PP_NEED(taken, err);
    PP_TRY(find_fitting(c, row, texts, err));
    for (int a = 0; a < PP__AUDIENCES; a++) {
        int64_t said = 0;
        if (c->audience >= 0 && order[a] != c->audience) {
            continue;
        }
        for (int64_t k = 0; k < c->lib->n_messages; k++) {
            int64_t i = c->ranked[k];
            int meant = c->lib->messages[i].audiences & (1 << order[a]);
            if (!texts[i] || !meant || (c->most > 0 && (said == c->most || taken[i]))) {
                continue;
            }
            said++;
            taken[i] = 1;
            PP_TRY(pp__put_message(c, row, i, order[a], ++place, texts[i], err));
        }
    }
    return PP_OK;
}

static pp_status choose(pp__choice *c, const char *place, pp_error *err) {
    PP_TRY(make_facts(c, place, err));
    PP_TRY(pp__name_vendors(c, err));
    PP_TRY(test_conditions(c, err));
    PP_TRY(pp__weigh(c->lib, c->in, c->ctx, &c->arena, &c->weights, err));
    PP_TRY(rank_messages(c, err));
    PP_TRY(pp__begin_messages(c, err));
    const char **texts = pp_arena_alloc(&c->arena, c->lib->n_messages + 1, sizeof *texts);
    PP_NEED(texts, err);
    for (int64_t row = 0; row < pp_table_rows(c->facts); row++) {
        pp_arena_mark mark = pp_arena_get_mark(&c->arena);
        PP_TRY(pp_progress(c->ctx, "messages",
                           (double)row / (double)pp_table_rows(c->facts), err));
        PP_TRY(choose_for_place(c, row, texts, err));
        pp_arena_release(&c->arena, mark);
    }
    return pp__end_messages(c, err);
}

static pp_status find_audience(const char *audience, int *out, pp_error *err) {
    *out = -1;
    for (int a = 0; audience && a < PP__AUDIENCES; a++) {
        if (strcmp(audience, pp__audience_names[a]) == 0) {
            *out = a;
        }
    }
    if (!audience || *out >= 0) {
        return PP_OK;
    }
    const char *near = pp_text_nearest(audience, pp__audience_names, PP__AUDIENCES);
    pp_error_set(err, PP_E_ARGUMENT, "there is no such audience");
    pp_error_locate(err, NULL, 0, "audience", audience);
    pp_error_hint(err,
                  near ? "did you mean '%s'?"
                       : "head_of_state, interior_ministry, mayor, police_chief, "
                         "regulator, legislature or civil_society%.0s",
                  near ? near : "");
    return PP_E_ARGUMENT;
}

pp_status pp_messages(const pp_message_library *library, const pp_messages_inputs *inputs,
                      const pp_messages_options *options, const pp_context *ctx,
                      pp_result **out, pp_error *err) {
    pp__choice c = {
        .lib = library, .in = inputs, .ctx = ctx, .most = options->most, .audience = -1};
    *out = NULL;
    if (options->most < 0) {
        PP_FAIL(err, PP_E_ARGUMENT, "the most messages of an audience are 0 or more");
    }
    PP_TRY(find_audience(options->audience, &c.audience, err));
    pp_arena_init(&c.arena);
    pp_status status = pp_result_new("messages", &c.result, err);
    if (status == PP_OK) {
        status = choose(&c, options->place, err);
    }
    pp_arena_clear(&c.arena);
    pp_table_free(c.facts);
    pp_table_free(c.said);
    pp__rows_free(&c.claims_at);
    pp__rows_free(&c.claims_in);
    pp_free(c.holds);
    if (status != PP_OK) {
        pp_result_free(c.result);
        return status;
    }
    *out = c.result;
    return PP_OK;
}
