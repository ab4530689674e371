/* Segments: the whole, and the tables of the rules. */
#include "strategy/segments.h"

#include "base/check.h"
#include "model/tables.h"
#include "strategy/fact_draws.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { EXAMPLES = 3, MOST_DRAWS = 100000 };

typedef struct work {
    const pp_table *profiles;
    const pp_segment_rules *rules;
    pp_segments_options options;
    const pp_context *ctx;
    pp_arena arena;
    pp__segments_found found;
    pp_result *out;
} work;

static double share(const work *w, const int64_t *counts, int64_t place, int s) {
    return (double)counts[place * w->found.n + s] / (double)w->found.draws;
}

/* ---- what is given ---- */

static int by_text(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static pp_status check_places(work *w, pp_error *err) {
    int64_t n = pp_table_rows(w->profiles);
    pp_column *ids;
    const char **sorted = pp_arena_alloc(&w->arena, n, sizeof *sorted);
    PP_NEED(sorted, err);
    PP_TRY(pp_table_require(w->profiles, "place_id", &ids, err));
    if (n == 0) {
        PP_FAIL(err, PP_E_INPUT, "there are no places to put into segments");
    }
    for (int64_t i = 0; i < n; i++) {
        sorted[i] = pp__text_at(w->profiles, "place_id", i);
        if (!sorted[i]) {
            pp_error_set(err, PP_E_INPUT, "a place has no place_id");
            pp_error_locate(err, NULL, i + 1, "place_id", NULL);
            return PP_E_INPUT;
        }
    }
    qsort(sorted, (size_t)n, sizeof *sorted, by_text);
    for (int64_t i = 1; i < n; i++) {
        if (strcmp(sorted[i], sorted[i - 1]) == 0) {
            pp_error_set(err, PP_E_INPUT, "a place stands in two rows");
            pp_error_locate(err, NULL, 0, "place_id", sorted[i]);
            return PP_E_INPUT;
        }
    }
    return PP_OK;
}

static pp_status check_options(work *w, pp_error *err) {
    pp_segments_options *o = &w->options;
    o->draws = o->draws ? o->draws : 200;
    o->bootstrap = o->bootstrap ? o->bootstrap : 50;
    if (o->draws < 1 || o->draws > MOST_DRAWS || o->bootstrap < 1 ||
        o->bootstrap > MOST_DRAWS) {
        PP_FAIL(err, PP_E_ARGUMENT, "draws and bootstrap are from 1 to %d", MOST_DRAWS);
    }
    return PP_OK;
}

/* ---- a place ---- */

/* Facts that the conditions left open name and that are missing. */
static pp_status list_missing(const work *w, int64_t place, pp_buf *out, pp_error *err) {
    uint64_t open = w->found.placing[place].open;
    for (int i = 0; i < pp_table_columns(w->profiles); i++) {
        const pp_column *column = pp_table_column(w->profiles, i);
        int named = 0;
        for (int s = 0; s < w->found.n; s++) {
            named |=
                (open >> s & 1) && pp__facts_name(&w->rules->sql[s], 1, column->name);
        }
        if (named && pp_column_is_missing(column, place)) {
            pp_buf_printf(out, "%s%s", out->length ? ", " : "", column->name);
        }
    }
    return pp_buf_check(out, err);
}

/* The next most likely segment but its own after `last`; -1: none. */
static int next_likely(const work *w, int64_t place, int last) {
    int best = -1;
    double before = last < 0 ? INFINITY : share(w, w->found.hits, place, last);
    for (int s = 0; s < w->found.n; s++) {
        double p = share(w, w->found.hits, place, s);
        int after = p < before || (p == before && s > last);
        if (s != w->found.placing[place].segment && after &&
            share(w, w->found.might, place, s) > 0 &&
            (best < 0 || p > share(w, w->found.hits, place, best))) {
            best = s;
        }
    }
    return best;
}

static pp_status list_others(const work *w, int64_t place, pp_buf *out, pp_error *err) {
    for (int s = next_likely(w, place, -1); s >= 0; s = next_likely(w, place, s)) {
        double p = share(w, w->found.hits, place, s);
        pp_buf_printf(out, "%s%s", out->length ? "; " : "", w->rules->rules[s].name);
        if (p > 0) {
            pp_buf_printf(out, " %.2f", p);
        } else {
            pp_buf_add(out, " (if facts are found)");
        }
    }
    return pp_buf_check(out, err);
}

typedef pp_status lister(const work *w, int64_t place, pp_buf *out, pp_error *err);

static pp_status put_list(const work *w, int64_t place, lister *list, pp_table *table,
                          const char *column, pp_error *err) {
    pp_buf text;
    pp_buf_init(&text);
    pp_status status = list(w, place, &text, err);
    if (status == PP_OK) {
        status = pp__put_text(table, place, column, text.data, err);
    }
    pp_buf_clear(&text);
    return status;
}

static pp_status put_place(const work *w, int64_t place, pp_table *table, pp_error *err) {
    static const char *const shown[] = {"place_id", "name", "kind"};
    int s = w->found.placing[place].segment;
    int64_t row;
    PP_TRY(pp_table_append(table, &row, err));
    for (int k = 0; k < 3; k++) {
        PP_TRY(pp__put_text(table, row, shown[k],
                            pp__text_at(w->profiles, shown[k], place), err));
    }
    PP_TRY(pp__put_text(table, row, "segment", w->rules->rules[s].name, err));
    PP_TRY(pp__put_text(table, row, "title", w->rules->rules[s].title, err));
    const pp__named cells[] = {
        {"probability", PP_SHOW_PERCENT, share(w, w->found.hits, place, s)},
        {"low", PP_SHOW_PERCENT, share(w, w->found.sure, place, s)},
        {"high", PP_SHOW_PERCENT, share(w, w->found.might, place, s)},
    };
    PP_TRY(pp__put_numbers(table, row, cells, 3, err));
    PP_TRY(put_list(w, place, list_others, table, "alternatives", err));
    return put_list(w, place, list_missing, table, "open", err);
}

static pp_status put_probabilities(const work *w, int64_t place, pp_table *table,
                                   pp_error *err) {
    for (int s = 0; s < w->found.n; s++) {
        int64_t row;
        const pp__named cells[] = {
            {"probability", PP_SHOW_PERCENT, share(w, w->found.hits, place, s)},
            {"low", PP_SHOW_PERCENT, share(w, w->found.sure, place, s)},
            {"high", PP_SHOW_PERCENT, share(w, w->found.might, place, s)},
        };
        if (cells[2].value == 0) {
            continue;
        }
        PP_TRY(pp_table_append(table, &row, err));
        PP_TRY(pp__put_text(table, row, "place_id",
                            pp__text_at(w->profiles, "place_id", place), err));
        PP_TRY(pp__put_text(table, row, "name", pp__text_at(w->profiles, "name", place),
                            err));
        PP_TRY(pp__put_text(table, row, "segment", w->rules->rules[s].name, err));
        PP_TRY(pp__put_numbers(table, row, cells, 3, err));
    }
    return PP_OK;
}

/* ---- a rule ---- */

static int by_count(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* By how many places it is left open. */
static int64_t count_open(const work *w, int s) {
    int64_t n = 0;
    for (int64_t i = 0; i < w->found.places; i++) {
        n += (w->found.placing[i].open >> s & 1) != 0;
    }
    return n;
}

/* The first places of the table that are surest of it; gives how many places it has. */
static int64_t list_examples(const work *w, int s, pp_buf *out) {
    int64_t n = 0;
    int shown = 0;
    for (int64_t i = 0; i < w->found.places; i++) {
        const char *name = pp__text_at(w->profiles, "name", i);
        int sure = share(w, w->found.sure, i, s) >= 0.9;
        if (w->found.placing[i].segment != s) {
            continue;
        }
        n++;
        if (name && sure && shown < EXAMPLES) {
            pp_buf_printf(out, "%s%s", shown++ ? ", " : "", name);
        }
    }
    return n;
}

static pp_status put_rule(const work *w, int s, pp_table *table, pp_error *err) {
    const pp__segment_rule *rule = &w->rules->rules[s];
    int64_t *counts = w->found.counts + s * w->found.draws, draws = w->found.draws, row;
    pp_buf examples;
    pp_buf_init(&examples);
    int64_t places = list_examples(w, s, &examples);
    qsort(counts, (size_t)draws, sizeof *counts, by_count);
    int64_t all = 0;
    for (int64_t d = 0; d < draws; d++) {
        all += counts[d];
    }
    const pp__named cells[] = {
        {"places", PP_SHOW_COUNT, (double)places},
        {"expected", PP_SHOW_DEFAULT, (double)all / (double)draws},
        {"places_low", PP_SHOW_COUNT, (double)counts[(draws - 1) * 25 / 1000]},
        {"places_high", PP_SHOW_COUNT,
         (double)counts[draws - 1 - (draws - 1) * 25 / 1000]},
        {"open", PP_SHOW_COUNT, (double)count_open(w, s)},
    };
    pp_status status = pp_buf_check(&examples, err);
    if (status == PP_OK) {
        status = pp_table_append(table, &row, err);
    }
    const struct {
        const char *column, *text;
    } texts[] = {{"segment", rule->name},
                 {"title", rule->title},
                 {"condition", rule->when.sql},
                 {"because", rule->because}};
    if (status == PP_OK) {
        status = pp__put_number(table, row, "rule", PP_SHOW_COUNT, s + 1, err);
    }
    for (int k = 0; k < 4 && status == PP_OK; k++) {
        status = pp__put_text(table, row, texts[k].column, texts[k].text, err);
    }
    if (status == PP_OK) {
        status = pp__put_numbers(table, row, cells, 5, err);
    }
    if (status == PP_OK) {
        status = pp__put_text(table, row, "examples", examples.data, err);
    }
    pp_buf_clear(&examples);
    return status;
}

/* ---- the whole ---- */

static pp_status warn_open(const work *w, pp_error *err) {
    int64_t n = 0;
    for (int64_t i = 0; i < w->found.places; i++) {
        n += w->found.placing[i].open != 0;
    }
    return n ? pp_result_warn(w->out, "open_segments", NULL, n, err,
                              "places may belong to another segment by facts that are "
                              "missing: column open names them")
             : PP_OK;
}

static pp_status tell(work *w, pp_error *err) {
    pp_table *segments, *rules, *probabilities, *moves;
    PP_TRY(pp_result_new("segments", &w->out, err));
    PP_TRY(pp_result_add(w->out, "segments", "Each place's segment", &segments, err));
    PP_TRY(pp_result_add(w->out, "segment_rules",
                         "The rules, and how many places each takes", &rules, err));
    PP_TRY(pp_result_add(w->out, "segment_probabilities", "How probable each segment is",
                         &probabilities, err));
    PP_TRY(pp_result_add(w->out, "segment_moves", "Which facts would move a place",
                         &moves, err));
    for (int64_t i = 0; i < w->found.places; i++) {
        PP_TRY(put_place(w, i, segments, err));
        PP_TRY(put_probabilities(w, i, probabilities, err));
    }
    for (int s = 0; s < w->found.n; s++) {
        PP_TRY(put_rule(w, s, rules, err));
    }
    PP_TRY(warn_open(w, err));
    PP_TRY(pp__segments_move(w->profiles, w->rules, &w->found, w->ctx, moves, err));
    return w->rules->facts[0]
               ? pp__segments_cluster(w->profiles, w->rules, &w->found,
                                      w->options.bootstrap, w->options.seed, w->ctx,
                                      w->out, segments, err)
               : PP_OK;
}

static pp_status work_through(work *w, pp_error *err) {
    PP_TRY(check_options(w, err));
    PP_TRY(check_places(w, err));
    PP_TRY(pp__segments_find(w->profiles, w->rules, w->options.draws, w->options.seed,
                             w->ctx, &w->arena, &w->found, err));
    return tell(w, err);
}

pp_status pp_segments(const pp_table *profiles, const pp_segment_rules *rules,
                      const pp_segments_options *options, const pp_context *ctx,
                      pp_result **out, pp_error *err) {
    work w = {.profiles = profiles, .rules = rules, .ctx = ctx};
    *out = NULL;
    w.options = options ? *options : (pp_segments_options){0};
    pp_arena_init(&w.arena);
    pp_status status = work_through(&w, err);
    pp_arena_clear(&w.arena);
    if (status != PP_OK) {
        pp_result_free(w.out);
        return status;
    }
    *out = w.out;
    return PP_OK;
}
