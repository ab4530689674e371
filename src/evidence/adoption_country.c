#include "evidence/adoption_country.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

const char *pp__outcome_name(pp__outcome outcome) {
    static const char *const names[PP__OUTCOMES] = {"adopted", "no_adoption_found",
                                                    "supplier_unknown", "not_searched"};
    return names[outcome];
}

static int by_country(const void *a, const void *b) {
    return strcmp(((const pp__country *)a)->id, ((const pp__country *)b)->id);
}

/* Of one country the row of the table comes before those that claims give. */
static int by_country_and_listing(const void *a, const void *b) {
    int order = by_country(a, b);
    return order ? order
                 : ((const pp__country *)b)->listed - ((const pp__country *)a)->listed;
}

pp__country *pp__country_find(const pp__countries *countries, const char *id) {
    pp__country key = {.id = id};
    return countries->n ? bsearch(&key, countries->rows, (size_t)countries->n,
                                  sizeof *countries->rows, by_country)
                        : NULL;
}

static int is_former(const pp_table *table, int64_t row) {
    const pp_column *status = pp_table_find(table, "status");
    const pp_column *to_year = pp_table_find(table, "to_year");
    const char *word = status ? pp_column_get_text(status, row) : NULL;
    return (word && strcmp(word, "former") == 0) ||
           (to_year && to_year->type == PP_NUMBER && to_year->number[row] > 0);
}

/* One row for each of the table and of the claims, sorted; then one a country. */
static pp_status list_countries(const pp__rule *rule, const pp__claims *claims,
                                const pp_table *table, pp_arena *arena,
                                pp__countries *out, pp_error *err) {
    pp_column *id, *name, *region;
    PP_TRY(pp_table_require(table, "id", &id, err));
    PP_TRY(pp_table_require(table, "name", &name, err));
    PP_TRY(pp_table_require(table, "region", &region, err));
    int64_t listed = pp_table_rows(table), n = 0;
    pp__country *rows = pp_arena_zalloc(arena, listed + claims->n, sizeof *rows);
    PP_NEED(rows, err);
    for (int64_t i = 0; i < listed; i++) {
        const char *code = pp_column_get_text(id, i);
        if (code && !pp__rule_excludes(rule, code)) {
            rows[n++] = (pp__country){.id = code,
                                      .name = pp_column_get_text(name, i),
                                      .region = pp_column_get_text(region, i),
                                      .former = is_former(table, i),
                                      .listed = 1};
        }
    }
    for (int64_t i = 0; i < claims->n; i++) {
        if (!pp__rule_excludes(rule, claims->rows[i].country)) {
            rows[n++] = (pp__country){.id = claims->rows[i].country, .any_claims = 1};
        }
    }
    if (n > 1) {
        qsort(rows, (size_t)n, sizeof *rows, by_country_and_listing);
    }
    *out = (pp__countries){rows, 0};
    for (int64_t begin = 0, end; begin < n; begin = end) {
        pp__country country = rows[begin];
        for (end = begin + 1; end < n && by_country(&rows[begin], &rows[end]) == 0;
             end++) {
            country.any_claims += rows[end].any_claims;
        }
        if (!country.former || country.any_claims > 0) {
            rows[out->n++] = country;
        }
    }
    return PP_OK;
}

/* 0 only when the cell says that no query was made. */
static int was_queried(const pp_column *queries, int64_t row) {
    if (!queries || pp_column_is_missing(queries, row)) {
        return 1;
    }
    return queries->type == PP_NUMBER
               ? queries->number[row] > 0
               : strcmp(pp_column_get_text(queries, row), "0") != 0;
}

static pp_status mark_searched(pp__countries *countries, const pp_table *searches,
                               pp_error *err) {
    if (!searches) {
        return PP_OK;
    }
    pp_column *country;
    PP_TRY(pp_table_require(searches, "country", &country, err));
    const pp_column *queries = pp_table_find(searches, "targeted_queries_at_least");
    for (int64_t i = 0; i < pp_table_rows(searches); i++) {
        const char *code = pp_column_get_text(country, i);
        pp__country *found = code ? pp__country_find(countries, code) : NULL;
        if (found && was_queried(queries, i)) {
            found->searched = 1;
        }
    }
    return PP_OK;
}

/* A claim of a platform in a country: under the rule, or but for its unknown supplier. */
typedef struct tally {
    pp__country *country;
    int unknown;
    const char *story;
    pp__interval when; /* it began, by this claim alone */
} tally;

static int by_tally(const void *a, const void *b) {
    const tally *x = a, *y = b;
    int order = x->country < y->country ? -1 : x->country > y->country;
    order = order ? order : x->unknown - y->unknown;
    return order ? order : strcmp(x->story, y->story);
}

/* Counts claims and stories; a country with some under the rule keeps those, as they sort
 * first. The first of those of unknown supplier began within `start`; its adoptions date
 * the other countries. `room` holds n intervals. */
static void count_tallies(const pp__rule *rule, const tally *tallies, int64_t n,
                          pp__interval *room) {
    for (int64_t begin = 0, end; begin < n; begin = end) {
        int64_t stories = 1;
        room[0] = tallies[begin].when;
        for (end = begin + 1; end < n && tallies[end].country == tallies[begin].country &&
                              tallies[end].unknown == tallies[begin].unknown;
             end++) {
            stories += strcmp(tallies[end - 1].story, tallies[end].story) != 0;
            room[end - begin] = tallies[end].when;
        }
        pp__country *country = tallies[begin].country;
        if (country->n_claims == 0) {
            country->n_claims = end - begin;
            country->n_stories = stories;
            country->outcome =
                tallies[begin].unknown ? PP__SUPPLIER_UNKNOWN : PP__ADOPTED;
            country->start = pp__interval_first(room, end - begin, rule->open).when;
        }
    }
}

static pp__interval beginning_by(const pp__claim *claim, int64_t record_day) {
    pp__interval when = pp__claim_reading(claim).when;
    when.hi = when.hi == PP__OPEN_HIGH ? record_day : when.hi;
    return when;
}

/* A claim of a beginning under the rule, or of the end of an adoption that is known by its
 * end alone. */
static int counts(const pp__rule *rule, const pp__claim *c, const pp__country *country) {
    return rule->status[c->status] ||
           (country->n_adoptions > 0 && country->adoptions[0].ended_only &&
            (c->status == PP__ENDED || c->status == PP__SUSPENDED) &&
            c->confidence >= PP__MEDIUM && pp__rule_match(rule, c) == PP__MATCHES);
}

static pp_status find_outcomes(const pp__rule *rule, const pp__claims *claims,
                               int64_t record_day, pp_arena *arena,
                               pp__countries *countries, pp_error *err) {
    tally *tallies = pp_arena_alloc(arena, claims->n, sizeof *tallies);
    pp__interval *room = pp_arena_alloc(arena, claims->n, sizeof *room);
    PP_NEED(tallies, err);
    PP_NEED(room, err);
    int64_t n = 0;
    for (int64_t i = 0; i < countries->n; i++) {
        pp__country *c = &countries->rows[i];
        c->outcome =
            c->searched || c->any_claims ? PP__NO_ADOPTION_FOUND : PP__NOT_SEARCHED;
    }
    for (int64_t i = 0; i < claims->n; i++) {
        const pp__claim *c = &claims->rows[i];
        pp__country *country = pp__country_find(countries, c->country);
        pp__match match = country && counts(rule, c, country) ? pp__rule_match(rule, c)
                                                              : PP__MATCHES_NOT;
        if (match != PP__MATCHES_NOT) {
            tallies[n++] = (tally){country, match == PP__MATCHES_BUT_SUPPLIER, c->story,
                                   beginning_by(c, record_day)};
        }
    }
    if (n > 1) {
        qsort(tallies, (size_t)n, sizeof *tallies, by_tally);
    }
    count_tallies(rule, tallies, n, room);
    return PP_OK;
}

static void find_first(const pp__rule *rule, pp__country *c, pp__interval *starts) {
    for (int64_t i = 0; i < c->n_adoptions; i++) {
        starts[i] = c->adoptions[i].start;
    }
    pp__first first = pp__interval_first(starts, c->n_adoptions, rule->open);
    c->start = first.when;
    c->first = &c->adoptions[first.which];
    c->by_option = first.by_option;
}

/* Adoptions are in order of id, which begins with the country. */
static void take_adoptions(const pp__adoptions *adoptions, pp__countries *countries) {
    for (int64_t begin = 0, end; begin < adoptions->n; begin = end) {
        const char *id = adoptions->rows[begin].first_claim->country;
        for (end = begin + 1; end < adoptions->n; end++) {
            if (strcmp(adoptions->rows[end].first_claim->country, id) != 0) {
                break;
            }
        }
        pp__country *country = pp__country_find(countries, id);
        country->adoptions = &adoptions->rows[begin];
        country->n_adoptions = end - begin;
    }
}

static pp_status find_firsts(const pp__rule *rule, const pp__adoptions *adoptions,
                             pp_arena *arena, pp__countries *countries, pp_error *err) {
    pp__interval *starts = pp_arena_alloc(arena, adoptions->n, sizeof *starts);
    PP_NEED(starts, err);
    for (int64_t i = 0; i < countries->n; i++) {
        if (countries->rows[i].n_adoptions > 0) {
            find_first(rule, &countries->rows[i], starts);
        }
    }
    return PP_OK;
}

static pp_status take_conflicts(const pp__adoptions *adoptions, pp_arena *arena,
                                pp__countries *countries, pp_error *err) {
    for (int64_t i = 0; i < adoptions->conflicts.n; i++) {
        const pp__conflict *conflict = &adoptions->conflicts.rows[i];
        pp__country *c = pp__country_find(countries, conflict->country);
        PP_TRY(pp__kinds_add(&c->conflict, conflict->kind, arena, err));
    }
    return PP_OK;
}

pp_status pp__countries_build(const pp__rule *rule, const pp__claims *claims,
                              const pp__adoptions *adoptions, const pp_table *searches,
                              const pp_table *table, pp_arena *arena, pp__countries *out,
                              pp_error *err) {
    PP_TRY(list_countries(rule, claims, table, arena, out, err));
    PP_TRY(mark_searched(out, searches, err));
    take_adoptions(adoptions, out);
    PP_TRY(find_outcomes(rule, claims, adoptions->record_day, arena, out, err));
    PP_TRY(find_firsts(rule, adoptions, arena, out, err));
    return take_conflicts(adoptions, arena, out, err);
}
