/* One place out of the profiles. */
#include "base/check.h"
#include "strategy/profile_parts.h"

#include <stdio.h>
#include <string.h>

enum { CANDIDATES = 20 };

static const char *id_at(const pp_table *profiles, int64_t row) {
    return pp__text_at(profiles, "place_id", row);
}

static int64_t row_of(const pp_table *profiles, const char *id) {
    for (int64_t i = 0; i < pp_table_rows(profiles); i++) {
        const char *own = id_at(profiles, i);
        if (own && strcmp(own, id) == 0) {
            return i;
        }
    }
    return -1;
}

static pp_status need_profiles(const pp_result *profiles, const pp_table **out,
                               pp_error *err) {
    *out = pp_result_find(profiles, "profiles");
    if (!*out) {
        PP_FAIL(err, PP_E_NOT_FOUND, "there is no table 'profiles'");
    }
    return PP_OK;
}

/* ---- by name ---- */

/* Rows of cities and regions with that name: the first, and how many there are; `ids` lists some. */
static int64_t count_named(const pp_table *profiles, const char *name, int64_t *first,
                           pp_buf *ids) {
    int64_t n = 0;
    for (int64_t i = pp_table_rows(profiles) - 1; i >= 0; i--) {
        const char *own = pp__text_at(profiles, "name", i);
        if (own && pp_text_equal_fold(own, name)) {
            *first = i;
            n++;
            pp_buf_printf(ids, "%s%s", ids->length ? ", " : "", id_at(profiles, i));
        }
    }
    return n;
}

/* By another name that the gazetteer has; -1: none of these places has a profile. */
static int64_t search(const pp_table *profiles, const pp_gazetteer *gazetteer,
                      const char *name) {
    const pp_place *place[CANDIDATES];
    int n = pp_gazetteer_search(gazetteer, name, place, CANDIDATES);
    for (int i = 0; i < n; i++) {
        pp_place_match match;
        pp_gazetteer_resolve(gazetteer, name, place[i]->kind, place[i]->country, &match);
        int64_t row = match.place ? row_of(profiles, match.place->id) : -1;
        if (row >= 0) {
            return row;
        }
    }
    return -1;
}

static pp_status refuse(const pp_table *profiles, const pp_gazetteer *gazetteer,
                        const char *name, pp_error *err) {
    const pp_place *place[CANDIDATES];
    int n = pp_gazetteer_search(gazetteer, name, place, CANDIDATES);
    pp_error_set(err, PP_E_NOT_FOUND, "no place with a profile is called '%s'", name);
    for (int i = 0; i < n; i++) {
        int64_t row = row_of(profiles, place[i]->id);
        row = row < 0 ? row_of(profiles, place[i]->country) : row;
        if (row >= 0) {
            pp_error_hint(err, "did you mean '%s' (%s)?",
                          pp__text_at(profiles, "name", row), id_at(profiles, row));
            return PP_E_NOT_FOUND;
        }
    }
    pp_error_hint(err, "countries, and cities or regions of which there are claims, by "
                       "name, code or id");
    return PP_E_NOT_FOUND;
}

pp_status pp_profile_find(const pp_result *profiles, const pp_gazetteer *gazetteer,
                          const char *name, const char **place_id, pp_error *err) {
    const pp_table *t;
    pp_place_match match;
    int64_t row;
    *place_id = NULL;
    PP_TRY(need_profiles(profiles, &t, err));
    pp_gazetteer_resolve(gazetteer, name, PP_PLACE_COUNTRY, NULL, &match);
    row = row_of(t, name);
    row = row < 0 && match.place ? row_of(t, match.place->id) : row;
    if (row < 0) {
        pp_buf ids;
        pp_buf_init(&ids);
        int64_t n = count_named(t, name, &row, &ids);
        if (n > 1) {
            pp_error_set(err, PP_E_ARGUMENT, "%lld places are called '%s'", (long long)n,
                         name);
            pp_error_hint(err, "give an id: %s", ids.data ? ids.data : "");
        }
        pp_buf_clear(&ids);
        if (n > 1) {
            return PP_E_ARGUMENT;
        }
        row = row < 0 ? search(t, gazetteer, name) : row;
    }
    if (row < 0) {
        return refuse(t, gazetteer, name, err);
    }
    *place_id = id_at(t, row);
    return PP_OK;
}

/* ---- its rows ---- */

static pp_status take_rows(const pp_result *from, int index, const char *id,
                           pp_result *to, pp_error *err) {
    const pp_table *table = pp_result_table(from, index);
    const char *name = pp_result_table_name(from, index);
    const char *note = pp_result_table_note(from, index);
    int64_t n = 0, *rows = pp_malloc(pp_table_rows(table) + 1, sizeof *rows);
    pp_table *part = NULL;
    PP_NEED(rows, err);
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        const char *own = pp__text_at(table, "place_id", i);
        if (own && strcmp(own, id) == 0) {
            rows[n++] = i;
        }
    }
    pp_status status = pp_table_take_rows(table, rows, n, &part, err);
    pp_free(rows);
    PP_TRY(status);
    status = pp_result_take(to, name, pp_result_table_title(from, index), part, err);
    if (status != PP_OK) {
        pp_table_free(part);
        return status;
    }
    return note ? pp_result_set_note(to, name, note, err) : PP_OK;
}

static pp_status take_tables(const pp_result *from, const char *id, const char *country,
                             pp_result *to, pp_error *err) {
    static const char *const own[] = {"profiles",        "profile_facts",
                                      "profile_claims",  "profile_purposes",
                                      "profile_problem", NULL};
    static const char *const of_country[] = {"profile_drivers", "profile_neighbours",
                                             NULL};
    for (int t = 0; t < pp_result_tables(from); t++) {
        const char *name = pp_result_table_name(from, t);
        for (const char *const *n = own; *n; n++) {
            PP_TRY(strcmp(*n, name) == 0 ? take_rows(from, t, id, to, err) : PP_OK);
        }
        for (const char *const *n = of_country; *n; n++) {
            PP_TRY(strcmp(*n, name) == 0 ? take_rows(from, t, country, to, err) : PP_OK);
        }
    }
    return PP_OK;
}

pp_status pp_profile_of(const pp_result *profiles, const char *place_id, pp_result **out,
                        pp_error *err) {
    const pp_table *t;
    *out = NULL;
    PP_TRY(need_profiles(profiles, &t, err));
    int64_t row = row_of(t, place_id);
    if (row < 0) {
        PP_FAIL(err, PP_E_NOT_FOUND, "'%s' has no profile", place_id);
    }
    const char *country = pp__text_at(t, "country", row);
    PP_TRY(pp_result_new("profile", out, err));
    pp_status status =
        take_tables(profiles, id_at(t, row), country ? country : "", *out, err);
    if (status != PP_OK) {
        pp_result_free(*out);
        *out = NULL;
    }
    return status;
}
