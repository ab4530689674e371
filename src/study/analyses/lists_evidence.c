#include "study/analyses/lists_evidence.h"

#include "base/check.h"
#include "evidence/map.h"

#include <string.h>

typedef struct evidence {
    pp__run *run;
    const pp__source_list *lists;
    int64_t n;
    pp__map claim, source, country; /* ids to rows; of countries: of the outcomes */
    int *list_of;                   /* of each source: a set of lists */
    const pp_column *claim_source, *claim_story;
} evidence;

static pp_status index_rows(const pp_table *table, const char *column, pp__map *map,
                            pp_error *err) {
    pp_column *found;
    PP_TRY(pp_table_require(table, column, &found, err));
    for (int64_t row = 0; row < pp_table_rows(table); row++) {
        const char *id = pp_column_get_text(found, row);
        PP_NEED(!id || pp__map_at(map, id, row) ? map : NULL, err);
    }
    return PP_OK;
}

/* ---- which list a source is of ---- */

static int is_named(const pp__source_list *list, const char *word) {
    for (const char *const *name = list->sources; word && *name; name++) {
        if (strcmp(*name, word) == 0) {
            return 1;
        }
    }
    return 0;
}

static int lists_naming(const evidence *e, const char *word) {
    int set = 0;
    for (int64_t i = 0; i < e->n; i++) {
        set |= is_named(&e->lists[i], word) << i;
    }
    return set;
}

/* A word of the codebook, or a publisher of the study. */
static pp_status check_word(const pp_column *kind, const pp_column *publisher,
                            int64_t rows, const char *list, const char *word,
                            pp_error *err) {
    for (int32_t i = 0; i < kind->n_levels; i++) {
        if (strcmp(kind->levels[i], word) == 0) {
            return PP_OK;
        }
    }
    for (int64_t row = 0; row < rows; row++) {
        const char *name = pp_column_get_text(publisher, row);
        if (name && strcmp(name, word) == 0) {
            return PP_OK;
        }
    }
    pp_error_set(err, PP_E_INPUT, "list '%s': no source is of the kind or publisher '%s'",
                 list, word);
    pp_error_hint(err, "kinds are government, company, news, ngo, academic, "
                       "intergovernmental, think_tank; publishers are written as in the "
                       "sources");
    return PP_E_INPUT;
}

static pp_status check_words(const evidence *e, const pp_column *kind,
                             const pp_column *publisher, pp_error *err) {
    for (int64_t i = 0; i < e->n; i++) {
        for (const char *const *word = e->lists[i].sources; *word; word++) {
            PP_TRY(check_word(kind, publisher, pp_table_rows(e->run->sources),
                              e->lists[i].name, *word, err));
        }
    }
    return PP_OK;
}

static pp_status sort_sources(evidence *e, pp_error *err) {
    const pp_table *sources = e->run->sources;
    pp_column *kind, *publisher;
    PP_TRY(pp_table_require(sources, "kind", &kind, err));
    PP_TRY(pp_table_require(sources, "publisher", &publisher, err));
    e->list_of =
        pp_arena_zalloc(&e->run->arena, pp_table_rows(sources), sizeof *e->list_of);
    PP_NEED(e->list_of, err);
    PP_TRY(check_words(e, kind, publisher, err));
    for (int64_t row = 0; row < pp_table_rows(sources); row++) {
        int set = lists_naming(e, pp_column_get_text(publisher, row));
        e->list_of[row] = set ? set : lists_naming(e, pp_column_get_text(kind, row));
    }
    return PP_OK;
}

/* ---- which lists have an adopter ---- */

/* A story's copies count as the source that leads it: "story:AS014" is AS014. */
static int lists_of_claim(const evidence *e, const char *id) {
    int64_t claim = pp__map_get(&e->claim, id, -1);
    const char *story = claim < 0 ? NULL : pp_column_get_text(e->claim_story, claim);
    const char *own = claim < 0 ? NULL : pp_column_get_text(e->claim_source, claim);
    int64_t source = -1;
    if (story) {
        int named = strncmp(story, "story:", 6) == 0;
        source = pp__map_get(&e->source, named ? story + 6 : story, -1);
    }
    if (source < 0 && own) {
        source = pp__map_get(&e->source, own, -1);
    }
    return source < 0 ? 0 : e->list_of[source];
}

/* `ids`: with spaces between them. */
static pp_status lists_of_claims(const evidence *e, const char *ids, int *set,
                                 pp_error *err) {
    for (const char *at = ids; at && *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        const char *id = pp_arena_strndup(&e->run->arena, at, (int64_t)length);
        PP_NEED(id, err);
        *set |= lists_of_claim(e, id);
        at += length;
    }
    return PP_OK;
}

static pp_status collect(const evidence *e, const pp_table *adoptions, int *set,
                         pp_error *err) {
    pp_column *country, *claims;
    PP_TRY(pp_table_require(adoptions, "country", &country, err));
    PP_TRY(pp_table_require(adoptions, "claims", &claims, err));
    for (int64_t row = 0; row < pp_table_rows(adoptions); row++) {
        const char *code = pp_column_get_text(country, row);
        int64_t at = code ? pp__map_get(&e->country, code, -1) : -1;
        if (at >= 0) {
            PP_TRY(lists_of_claims(e, pp_column_get_text(claims, row), &set[at], err));
        }
    }
    return PP_OK;
}

/* ---- the table ---- */

static pp_status put_row(const evidence *e, const pp_table *outcomes, int64_t from,
                         int set, pp_table *to, pp_error *err) {
    static const char *const TEXTS[] = {"country", "name", "region"};
    int64_t row;
    PP_TRY(pp_table_append(to, &row, err));
    for (int k = 0; k < 3; k++) {
        const pp_column *column = pp_table_find(outcomes, TEXTS[k]);
        PP_TRY(pp_column_set_text(to, pp_table_column(to, k), row,
                                  column ? pp_column_get_text(column, from) : NULL, err));
    }
    for (int64_t i = 0; i < e->n; i++) {
        pp_table_column(to, (int)(3 + i))->number[row] = set >> i & 1;
    }
    return PP_OK;
}

static pp_status fill(const evidence *e, const pp_table *outcomes, const int *set,
                      pp_table *to, pp_error *err) {
    static const char *const TEXTS[] = {"country", "name", "region"};
    pp_column *outcome;
    PP_TRY(pp_table_require(outcomes, "outcome", &outcome, err));
    for (int64_t k = 0; k < 3 + e->n; k++) {
        PP_TRY(pp_table_add(to, k < 3 ? PP_TEXT : PP_NUMBER,
                            k < 3 ? TEXTS[k] : e->lists[k - 3].name, NULL, err));
    }
    for (int64_t row = 0; row < pp_table_rows(outcomes); row++) {
        const char *what = pp_column_get_text(outcome, row);
        if (what && strcmp(what, "adopted") == 0) {
            PP_TRY(put_row(e, outcomes, row, set[row], to, err));
        }
    }
    return PP_OK;
}

static pp_status build(evidence *e, const pp_result *adoptions, pp_table *to,
                       pp_error *err) {
    const pp_table *outcomes = pp_result_find(adoptions, "outcomes");
    pp_column *story;
    PP_TRY(index_rows(e->run->claims, "claim_id", &e->claim, err));
    PP_TRY(index_rows(e->run->sources, "source_id", &e->source, err));
    PP_TRY(index_rows(outcomes, "country", &e->country, err));
    PP_TRY(pp_table_require(e->run->claims, "story", &story, err));
    e->claim_story = story;
    PP_TRY(pp_table_require(e->run->claims, "source_id", &story, err));
    e->claim_source = story;
    PP_TRY(sort_sources(e, err));
    int *set = pp_arena_zalloc(&e->run->arena, pp_table_rows(outcomes), sizeof *set);
    PP_NEED(set, err);
    PP_TRY(collect(e, pp_result_find(adoptions, "adoptions"), set, err));
    return fill(e, outcomes, set, to, err);
}

pp_status pp__lists_of_evidence(pp__run *run, int64_t rule, const pp__source_list *lists,
                                int64_t n, pp_table **out, pp_error *err) {
    evidence e = {.run = run, .lists = lists, .n = n};
    pp_table *table;
    PP_TRY(pp_table_new(&table, err));
    pp_status status = build(&e, run->adoptions[rule], table, err);
    pp__map_clear(&e.claim);
    pp__map_clear(&e.source);
    pp__map_clear(&e.country);
    if (status != PP_OK) {
        pp_table_free(table);
        return status;
    }
    *out = table;
    return PP_OK;
}
