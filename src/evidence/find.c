#include "evidence/find.h"

#include <string.h>

static const char *text(const pp_table *table, const char *column, int64_t row) {
    const char *out = pp_column_get_text(pp_table_find(table, column), row);
    return out ? out : "";
}

static int is_pending_place(const pp__found *found, const pp_table *claims, int64_t i) {
    const char *country = text(claims, "country", i),
               *kind = text(claims, "place_kind", i);
    size_t n = strlen(country), m = strlen(kind);
    return !*text(claims, "place_id", i) && strncmp(found->id, country, n) == 0 &&
           strncmp(found->id + n + 1, kind, m) == 0 &&
           strcmp(found->id + n + m + 2, text(claims, "place", i)) == 0;
}

int pp__found_has(const pp__found *found, const pp_table *claims, int64_t i) {
    static const struct {
        const char *kind, *column;
    } by[] = {{"claim", "claim_id"},
              {"source", "source_id"},
              {"story", "story"},
              {"vendor", "vendor"},
              {"country", "country"}};
    for (size_t k = 0; k < sizeof by / sizeof *by; k++) {
        if (strcmp(found->kind, by[k].kind) == 0) {
            return strcmp(text(claims, by[k].column, i), found->id) == 0;
        }
    }
    return found->place ? strcmp(text(claims, "place_id", i), found->id) == 0
                        : is_pending_place(found, claims, i);
}

static void add(pp__found *found, int *n, const pp_table *claims, pp__found one) {
    for (int i = 0; i < *n; i++) {
        if (strcmp(found[i].id, one.id) == 0) {
            return;
        }
    }
    if (*n < PP__MOST_FOUND) {
        for (int64_t i = 0; i < pp_table_rows(claims); i++) {
            one.claims += pp__found_has(&one, claims, i);
        }
        found[(*n)++] = one;
    }
}

const char *pp__place_kind_name(pp_place_kind kind) {
    return kind == PP_PLACE_COUNTRY  ? "country"
           : kind == PP_PLACE_REGION ? "region"
                                     : "city";
}

/* The gazetteer's search also gives names that are only alike. */
static int has_this_name(const pp_gazetteer *gazetteer, const pp_place *place,
                         const char *what) {
    if (strcmp(place->id, what) == 0) {
        return 1;
    }
    pp_place_match match = {0};
    pp_gazetteer_resolve(gazetteer, what, place->kind, place->country, &match);
    int found = match.place == place;
    int several = match.why && strcmp(match.why, "several places have this name") == 0;
    for (int i = 0; i < match.n_suggestions && several; i++) {
        found |= match.suggestions[i] == place;
    }
    return found;
}

static void find_places(const pp_gazetteer *gazetteer, const pp_table *claims,
                        const char *what, pp__found *found, int *n) {
    enum { LOOK_AT = 64 };
    const pp_place *places[LOOK_AT];
    const pp_place *by_id = pp_gazetteer_find(gazetteer, what);
    int count = by_id ? 1 : pp_gazetteer_search(gazetteer, what, places, LOOK_AT);
    for (int i = 0; i < count; i++) {
        const pp_place *place = by_id ? by_id : places[i];
        if (has_this_name(gazetteer, place, what)) {
            add(found, n, claims,
                (pp__found){pp__place_kind_name(place->kind), place->id, place->name,
                            place->country, place, 0});
        }
    }
}

/* Places as they were recorded: the pending ones, and spellings that were merged into
 * others. */
static void find_recorded(const pp__inforce *in, const pp_gazetteer *gazetteer,
                          const pp_table *claims, const char *what, pp__found *found,
                          int *n) {
    for (int64_t i = 0; i < in->n_places; i++) {
        const pp__placed *recorded = &in->places[i];
        if (!pp_text_equal_fold(recorded->name, what) &&
            strcmp(recorded->key, what) != 0) {
            continue;
        }
        pp__placed place = pp__inforce_place(in, recorded);
        const pp_place *known =
            gazetteer && place.id ? pp_gazetteer_find(gazetteer, place.id) : NULL;
        add(found, n, claims,
            (pp__found){place.kind, known ? known->id : place.key,
                        known ? known->name : place.name, place.country, known, 0});
    }
}

static int is_alias(const char *aliases, const char *what) {
    size_t n = strlen(what);
    for (const char *a = aliases; a && *a; a += strcspn(a, ";")) {
        a += strspn(a, "; ");
        size_t m = strcspn(a, ";");
        if (m == n && strncmp(a, what, n) == 0) {
            return 1;
        }
    }
    return 0;
}

static void find_vendors(const pp__inforce *in, const pp_table *claims, const char *what,
                         pp__found *found, int *n) {
    for (int64_t i = 0; i < in->n_vendors; i++) {
        const char *const *v = in->vendors[i].values;
        if (pp_text_equal_fold(v[VENDOR_SLUG], what) ||
            (v[VENDOR_NAME] && pp_text_equal_fold(v[VENDOR_NAME], what)) ||
            is_alias(v[VENDOR_ALIASES], what)) {
            const pp__vendor *vendor = pp__inforce_vendor(in, v[VENDOR_SLUG]);
            add(found, n, claims,
                (pp__found){"vendor", vendor->values[VENDOR_SLUG],
                            vendor->values[VENDOR_NAME], vendor->values[VENDOR_HOME],
                            NULL, 0});
        }
    }
}

/* Of several countries of one name none is left out: which one is meant is not told by
 * claims. */
static int keep_those_with_claims(pp__found *found, int n) {
    int kept = 0, countries = 0;
    for (int i = 0; i < n; i++) {
        countries += strcmp(found[i].kind, "country") == 0;
    }
    for (int i = 0; i < n; i++) {
        int one_of_several = countries > 1 && strcmp(found[i].kind, "country") == 0;
        if (found[i].claims > 0 || one_of_several) {
            found[kept++] = found[i];
        }
    }
    return kept > 0 ? kept : n;
}

int pp__find(const pp__inforce *in, const pp_gazetteer *gazetteer, const pp_table *claims,
             const char *what, pp__found found[PP__MOST_FOUND]) {
    int n = 0;
    int64_t source = pp__map_get(&in->stories.index, what, -1);
    if (source >= 0) {
        found[0] = (pp__found){
            "source", in->stories.sources[source].values[SOURCE_ID], NULL, NULL, NULL, 0};
        return 1;
    }
    if (pp__story_leader(&in->stories, what) >= 0) {
        found[0] = (pp__found){.kind = "story", .id = what};
        return 1;
    }
    find_vendors(in, claims, what, found, &n);
    if (gazetteer) {
        find_places(gazetteer, claims, what, found, &n);
    }
    find_recorded(in, gazetteer, claims, what, found, &n);
    return keep_those_with_claims(found, n);
}
