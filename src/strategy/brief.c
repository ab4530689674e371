/* Briefs: which places, and their sentences section by section. */
#include "strategy/brief.h"

#include "base/check.h"
#include "evidence/adoption_slug.h"
#include "model/tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_CITIES = 20, DEFAULT_MESSAGES = 4 };

/* ---- rows by place ---- */

static pp_status index_tables(pp__brief *b, pp_error *err) {
    const pp_brief_inputs *in = b->in;
    const struct {
        pp__rows *rows;
        const pp_table *table;
        const char *column;
    } all[] = {{&b->profile_of, in->profiles, "place_id"},
               {&b->source_of, in->sources, "source_id"},
               {&b->claim_of, in->claims, "claim_id"},
               {&b->vendor_of, in->vendors, "vendor"},
               {&b->adoptions_of, b->adoptions, "place_id"},
               {&b->country_adoptions, b->adoptions, "country"},
               {&b->drivers_of, in->drivers, "place_id"},
               {&b->facts_of, in->facts, "place_id"},
               {&b->segment_of, in->segments, "place_id"},
               {&b->rule_of, in->segment_rules, "segment"},
               {&b->messages_of, in->messages, "place_id"},
               {&b->texts_of, in->message_texts, "message"},
               {&b->evidence_of, in->message_evidence, "message"},
               {&b->strength_of, in->message_strength, "message"},
               {&b->checked_of, in->checked, "country"}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        PP_TRY(pp__rows_by(all[i].table, all[i].column, all[i].rows, err));
    }
    return PP_OK;
}

static void clear(pp__brief *b) {
    pp__rows *const all[] = {&b->profile_of, &b->source_of,    &b->claim_of,
                             &b->vendor_of,  &b->adoptions_of, &b->country_adoptions,
                             &b->drivers_of, &b->facts_of,     &b->segment_of,
                             &b->rule_of,    &b->messages_of,  &b->checked_of,
                             &b->texts_of,   &b->evidence_of,  &b->strength_of};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        pp__rows_free(all[i]);
    }
    pp_buf_clear(&b->text);
    pp_buf_clear(&b->cited);
    pp_buf_clear(&b->fresh);
    pp_buf_clear(&b->claims);
    pp_arena_clear(&b->arena);
}

/* ---- one place ---- */

/* "KEN", "KEN-nairobi"; with the id behind it where another has that. */
static pp_status name_file(pp__brief *b, const char **out, pp_error *err) {
    const pp_table *t = pp_result_find(b->out, "briefs");
    const char *slug = pp__slug(&b->arena, pp__brief_text(b, "name"));
    PP_NEED(slug, err);
    *out = b->is_country ? b->country
                         : pp_arena_printf(&b->arena, "%s-%s", b->country, slug);
    PP_NEED(*out, err);
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        const char *other = pp__cell_text(t, "file", i);
        if (other && strcmp(other, *out) == 0) {
            const char *id = pp__slug(&b->arena, b->place);
            PP_NEED(id, err);
            *out = pp_arena_printf(&b->arena, "%s-%s", *out, id);
            PP_NEED(*out, err);
        }
    }
    return PP_OK;
}

static pp_status list_brief(pp__brief *b, pp_error *err) {
    static const char *const copied[] = {"name",    "kind",   "country", "country_name",
                                         "outcome", "driver", "leaning"};
    pp_table *t = pp_result_find(b->out, "briefs");
    int64_t row, segment = pp__rows_first(&b->segment_of, b->place);
    const char *file = NULL;
    PP_TRY(name_file(b, &file, err));
    PP_TRY(pp_table_append(t, &row, err));
    PP_TRY(pp__put_text(t, row, "place_id", b->place, err));
    for (size_t i = 0; i < sizeof copied / sizeof copied[0]; i++) {
        PP_TRY(pp__put_text(t, row, copied[i], pp__brief_text(b, copied[i]), err));
    }
    PP_TRY(pp__put_text(t, row, "file", file, err));
    PP_TRY(pp__put_text(t, row, "segment",
                        pp__cell_text(b->in->segments, "title", segment), err));
    PP_TRY(pp__put_text(t, row, "study", b->in->study, err));
    PP_TRY(pp__put_number(t, row, "items", PP_SHOW_COUNT, b->n_items, err));
    PP_TRY(pp__put_number(t, row, "notes", PP_SHOW_COUNT, b->n_notes, err));
    return pp__put_number(t, row, "words", PP_SHOW_COUNT, b->n_words, err);
}

static pp_status write_sections(pp__brief *b, pp_error *err) {
    int64_t messages[PP__MOST_MESSAGES];
    int n = b->in->messages ? pp__brief_choose(b, messages) : 0;
    PP_TRY(pp__brief_short(b, messages, n, err));
    PP_TRY(pp__brief_situation(b, err));
    PP_TRY(pp__brief_why(b, err));
    PP_TRY(pp__brief_effects(b, err));
    PP_TRY(pp__brief_talk(b, messages, n, err));
    PP_TRY(pp__brief_lever(b, err));
    PP_TRY(pp__brief_unknown(b, err));
    return list_brief(b, err);
}

static pp_status write_brief(pp__brief *b, int64_t row, pp_error *err) {
    b->row = row;
    b->place = pp__brief_text(b, "place_id");
    b->country = pp__brief_text(b, "country");
    const char *kind = pp__brief_text(b, "kind");
    b->is_country = kind && strcmp(kind, "country") == 0;
    b->country = b->country ? b->country : b->place;
    b->noted = NULL;
    b->n_notes = b->n_items = b->n_words = 0;
    pp_status status = write_sections(b, err);
    pp_arena_clear(&b->arena);
    pp_arena_init(&b->arena);
    return status;
}

/* ---- which places ---- */

typedef struct city {
    double stories, claims;
    int64_t row;
} city;

static int compare_cities(const void *a, const void *b) {
    const city *x = a, *y = b;
    if (x->stories != y->stories) {
        return x->stories > y->stories ? -1 : 1;
    }
    if (x->claims != y->claims) {
        return x->claims > y->claims ? -1 : 1;
    }
    return x->row < y->row ? -1 : 1;
}

static int compare_rows(const void *a, const void *b) {
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static double or_nothing(double value) {
    return isnan(value) ? 0 : value;
}

/* Every country, and the cities with most independent stories; in the order of the profiles. */
static pp_status choose(pp__brief *b, int64_t cities, int64_t **rows, int64_t *n,
                        pp_error *err) {
    const pp_table *profiles = b->in->profiles;
    int64_t all = pp_table_rows(profiles), found = 0;
    city *list = pp_malloc(all + 1, sizeof *list);
    *rows = pp_malloc(all + 1, sizeof **rows);
    if (!list || !*rows) {
        pp_free(list);
        return pp_error_set(err, PP_E_MEMORY, "out of memory");
    }
    for (int64_t i = 0; i < all; i++) {
        const char *kind = pp__cell_text(profiles, "kind", i);
        if (kind && strcmp(kind, "country") == 0) {
            (*rows)[(*n)++] = i;
        } else if (kind && strcmp(kind, "city") == 0) {
            list[found++] = (city){or_nothing(pp__cell_number(profiles, "stories", i)),
                                   or_nothing(pp__cell_number(profiles, "claims", i)), i};
        }
    }
    qsort(list, (size_t)found, sizeof *list, compare_cities);
    for (int64_t i = 0; i < found && i < cities; i++) {
        (*rows)[(*n)++] = list[i].row;
    }
    qsort(*rows, (size_t)*n, sizeof **rows, compare_rows);
    pp_free(list);
    return PP_OK;
}

static pp_status find_places(pp__brief *b, const char *const *places, int64_t **rows,
                             int64_t *n, pp_error *err) {
    int64_t count = 0;
    while (places[count]) {
        count++;
    }
    *rows = pp_malloc(count + 1, sizeof **rows);
    PP_NEED(*rows, err);
    for (; *n < count; (*n)++) {
        (*rows)[*n] = pp__rows_first(&b->profile_of, places[*n]);
        if ((*rows)[*n] < 0) {
            PP_FAIL(err, PP_E_NOT_FOUND, "there is no profile of '%s'", places[*n]);
        }
    }
    return PP_OK;
}

static pp_status write_all(pp__brief *b, const pp_brief_options *options, pp_error *err) {
    int64_t *rows = NULL, n = 0;
    pp_status status = options->places
                           ? find_places(b, options->places, &rows, &n, err)
                           : choose(b, options->cities ? options->cities : DEFAULT_CITIES,
                                    &rows, &n, err);
    for (int64_t i = 0; status == PP_OK && i < n; i++) {
        status = pp_progress(b->ctx, "writing briefs", (double)i / (double)n, err);
        if (status == PP_OK) {
            status = write_brief(b, rows[i], err);
        }
    }
    pp_free(rows);
    return status;
}

/* ---- the whole ---- */

static pp_status check(const pp_brief_inputs *in, const pp_brief_options *options,
                       pp_error *err) {
    static const char *const needed[] = {"place_id", "name", "kind", "country"};
    pp_column *column;
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        PP_TRY(pp_table_require(in->profiles, needed[i], &column, err));
    }
    if (options->cities < 0 || options->messages < 0 ||
        options->messages > PP__MOST_MESSAGES) {
        PP_FAIL(err, PP_E_ARGUMENT,
                "a brief has 0 to %d messages, and cities are not fewer "
                "than none",
                PP__MOST_MESSAGES);
    }
    return PP_OK;
}

static pp_status add_tables(pp__brief *b, pp_error *err) {
    pp_table *index;
    PP_TRY(pp_result_new("brief", &b->out, err));
    PP_TRY(pp_result_add(b->out, "briefs", "Briefs", &index, err));
    PP_TRY(pp_result_add(b->out, "brief", "Sentences", &b->items, err));
    return pp_result_add(b->out, "brief_notes", "Notes", &b->notes, err);
}

pp_status pp_briefs(const pp_brief_inputs *inputs, const pp_brief_options *options,
                    const pp_context *ctx, pp_result **out, pp_error *err) {
    const pp_brief_options none = {0};
    *out = NULL;
    options = options ? options : &none;
    PP_TRY(check(inputs, options, err));
    pp__brief b = {
        .in = inputs,
        .ctx = ctx,
        .adoptions =
            inputs->adoption ? pp_result_find(inputs->adoption, "adoptions") : NULL,
        .most_messages = options->messages ? options->messages : DEFAULT_MESSAGES};
    pp_arena_init(&b.arena);
    pp_buf_init(&b.text);
    pp_buf_init(&b.cited);
    pp_buf_init(&b.fresh);
    pp_buf_init(&b.claims);
    pp_status status = add_tables(&b, err);
    if (status == PP_OK) {
        status = index_tables(&b, err);
    }
    if (status == PP_OK) {
        status = write_all(&b, options, err);
    }
    clear(&b);
    if (status == PP_OK) {
        *out = b.out;
    } else {
        pp_result_free(b.out);
    }
    return status;
}
