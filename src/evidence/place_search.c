/* From names to places. */
#include "evidence/gazetteer.h"
#include "evidence/place_names.h"

#include <string.h>

enum { DOMINANCE = 10, UNKNOWN_POPULATION = 10000, SEARCH_MOST = 50 };

static const pp_place *place_of(const pp_gazetteer *g, const pp__key *key) {
    return &g->places[key->place];
}

/* ---- the best few ---- */

typedef struct best {
    const pp_place **places;
    int scores[SEARCH_MOST];
    int n, limit;
} best;

/* Countries before cities before regions, the more people the better. */
static int rank_of(const pp_place *place) {
    return place->kind == PP_PLACE_COUNTRY ? 0 : place->kind == PP_PLACE_CITY ? 1 : 2;
}

static int is_better(const pp_place *a, int score_a, const pp_place *b, int score_b) {
    if (score_a != score_b) {
        return score_a < score_b;
    }
    if (rank_of(a) != rank_of(b)) {
        return rank_of(a) < rank_of(b);
    }
    if (a->population != b->population) {
        return a->population > b->population;
    }
    return strcmp(a->id, b->id) < 0;
}

static void offer(best *found, const pp_place *place, int score) {
    for (int i = 0; i < found->n; i++) {
        if (found->places[i] == place) {
            if (found->scores[i] <= score) {
                return;
            }
            found->n--;
            memmove(&found->places[i], &found->places[i + 1],
                    (size_t)(found->n - i) * sizeof *found->places);
            memmove(&found->scores[i], &found->scores[i + 1],
                    (size_t)(found->n - i) * sizeof *found->scores);
            break;
        }
    }
    int at = found->n;
    while (at > 0 &&
           is_better(place, score, found->places[at - 1], found->scores[at - 1])) {
        at--;
    }
    if (at == found->limit) {
        return;
    }
    found->n += found->n < found->limit;
    for (int i = found->n - 1; i > at; i--) {
        found->places[i] = found->places[i - 1];
        found->scores[i] = found->scores[i - 1];
    }
    found->places[at] = place;
    found->scores[at] = score;
}

static void offer_alike(const pp_gazetteer *g, pp__keys group, const pp__wanted *wanted,
                        best *found) {
    for (int64_t i = 0; i < group.count; i++) {
        const pp__key *key = &group.first[i];
        int score =
            *key->key == '=' ? PP__UNLIKE : pp__unlikeness(wanted, key->key, key->length);
        if (score < PP__UNLIKE) {
            offer(found, place_of(g, key), score);
        }
    }
}

static void offer_all(const pp_gazetteer *g, pp__keys keys, best *found) {
    for (int64_t i = 0; i < keys.count; i++) {
        offer(found, place_of(g, &keys.first[i]), 0);
    }
}

/* ---- resolving ---- */

static int is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Two or three letters of one case are a code: "=ken"; "Nga" is a word. */
static int as_code(const char *name, char out[5]) {
    while (is_space(*name)) {
        name++;
    }
    int n = 0, lower = 0;
    out[0] = '=';
    for (; n < 4 && ((*name | 32) >= 'a' && (*name | 32) <= 'z'); name++) {
        lower += *name >= 'a';
        if (n < 3) {
            out[1 + n] = (char)(*name | 32);
        }
        n++;
    }
    while (is_space(*name)) {
        name++;
    }
    if (*name || n < 2 || n > 3 || (lower != 0 && lower != n)) {
        return 0;
    }
    out[1 + n] = '\0';
    return 1;
}

static pp__keys country_keys(const pp_gazetteer *g, const char *name, const char *key) {
    char code[5];
    pp__keys keys = {NULL, 0};
    if (as_code(name, code)) {
        keys = pp__keys_equal(g->country_names, code);
    }
    return keys.count > 0 ? keys : pp__keys_equal(g->country_names, key);
}

/* An own name in aliases.tsv, which stands first, hides the same name in GeoNames. */
static pp__keys without_hidden(pp__keys keys) {
    int64_t aliases = 0;
    while (aliases < keys.count && keys.first[aliases].alias) {
        aliases++;
    }
    keys.count = aliases > 0 ? aliases : keys.count;
    return keys;
}

static int64_t people(const pp_place *place) {
    return place->population < 0 ? UNKNOWN_POPULATION : place->population;
}

static const pp_place *dominant(const pp_gazetteer *g, pp__keys keys) {
    const pp_place *largest = NULL;
    for (int64_t i = 0; i < keys.count; i++) {
        const pp_place *place = place_of(g, &keys.first[i]);
        if (!largest || people(place) > people(largest)) {
            largest = place;
        }
    }
    for (int64_t i = 0; i < keys.count; i++) {
        const pp_place *place = place_of(g, &keys.first[i]);
        if (place != largest && people(largest) < DOMINANCE * people(place)) {
            return NULL;
        }
    }
    return largest;
}

static void settle(const pp_gazetteer *g, pp__keys keys, const pp__wanted *wanted,
                   pp_place_match *out) {
    char own[PP__PLACE_KEY];
    const pp__key *first = keys.first;
    if (keys.count == 1) {
        out->place = place_of(g, first);
        pp__place_key(out->place->name, own);
        out->why =
            *first->key == '=' || strcmp(own, wanted->key) == 0 ? "exact" : "alias";
        return;
    }
    if (!first->alias) {
        out->place = dominant(g, keys);
    }
    out->why = out->place ? "exact" : "several places have this name";
}

void pp_gazetteer_resolve(const pp_gazetteer *gazetteer, const char *name,
                          pp_place_kind kind, const char *country, pp_place_match *out) {
    *out = (pp_place_match){.why = "no such name"};
    pp__wanted wanted;
    if (!name || !pp__wanted_init(&wanted, name)) {
        return;
    }
    pp__keys group = gazetteer->country_names, keys;
    if (kind == PP_PLACE_COUNTRY) {
        keys = country_keys(gazetteer, name, wanted.key);
    } else {
        int64_t i = pp__country_index(gazetteer, country);
        if (i < 0) {
            out->why = "its country is not known";
            return;
        }
        group = gazetteer->countries[i].below[kind];
        keys = without_hidden(pp__keys_equal(group, wanted.key));
    }
    if (keys.count > 0) {
        settle(gazetteer, keys, &wanted, out);
    }
    if (!out->place) {
        best found = {.places = out->suggestions, .limit = PP_SUGGESTIONS};
        offer_all(gazetteer, keys, &found);
        if (keys.count == 0) {
            offer_alike(gazetteer, group, &wanted, &found);
        }
        out->n_suggestions = found.n;
    }
}

int pp_gazetteer_search(const pp_gazetteer *gazetteer, const char *name,
                        const pp_place **out, int limit) {
    pp__wanted wanted;
    if (!name || limit <= 0 || !pp__wanted_init(&wanted, name)) {
        return 0;
    }
    best found = {.places = out, .limit = limit < SEARCH_MOST ? limit : SEARCH_MOST};
    offer_all(gazetteer, country_keys(gazetteer, name, wanted.key), &found);
    pp__keys all = {gazetteer->keys, gazetteer->n_keys};
    offer_alike(gazetteer, all, &wanted, &found);
    return found.n;
}
