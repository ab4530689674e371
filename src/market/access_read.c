/* Adoptions and claims as places and what is said of them. */
#include "market/access_places.h"

#include "base/check.h"
#include "evidence/adoption_words.h"
#include "evidence/map.h"
#include "market/records.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- words in notes ---- */

static int is_letter(char c) {
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

static int begins_with(const char *text, const char *word) {
    while (*word && tolower((unsigned char)*text) == tolower((unsigned char)*word)) {
        text++;
        word++;
    }
    return *word == '\0';
}

/* Some word of the note begins with one of `words`. */
static int speaks_of(const char *note, const char *const *words) {
    for (; words && *words; words++) {
        for (const char *at = note; *at; at++) {
            if ((at == note || !is_letter(at[-1])) && begins_with(at, *words)) {
                return 1;
            }
        }
    }
    return 0;
}

static pp_status find_words(pp__access *a, const char *note, const unsigned char **out,
                            pp_error *err) {
    const pp_access_rules *rules = a->rules;
    int n = rules->n_relations + rules->n_kinds;
    unsigned char *spoken = pp_arena_zalloc(&a->arena, n, 1);
    PP_NEED(spoken, err);
    for (int k = 0; note && k < n; k++) {
        int kind = k - rules->n_relations;
        spoken[k] = (unsigned char)speaks_of(note, kind < 0 ? rules->relations[k].words
                                                            : rules->kinds[kind].words);
    }
    *out = spoken;
    return PP_OK;
}

/* ---- places ---- */

static int kind_order(const char *kind) {
    static const char *const kinds[] = {"country", "city", "region"};
    int k = 0;
    while (k < 3 && strcmp(kind, kinds[k]) != 0) {
        k++;
    }
    return k;
}

static int compare_places(const void *left, const void *right) {
    const pp__access_place *a = left, *b = right;
    int order = kind_order(a->kind) - kind_order(b->kind);
    return order ? order : strcmp(a->id, b->id);
}

typedef struct finder {
    pp__access *a;
    pp__map claims, places; /* rows of claims by id; places by key */
    int64_t room;           /* of a->said */
} finder;

static const char *name_of(const pp__access *a, const char *country) {
    int64_t row = pp__market_row(a->in->countries, "id", country);
    const char *name = row < 0 ? NULL : pp__market_text(a->in->countries, "name", row);
    return name ? name : country;
}

static pp_status find_place(finder *f, const char *id, const char *name, const char *kind,
                            const char *country, int *out, pp_error *err) {
    pp__access *a = f->a;
    const char *key = pp_arena_printf(&a->arena, "%s %s", kind, id);
    PP_NEED(key, err);
    int64_t *at = pp__map_at(&f->places, key, a->n);
    PP_NEED(at, err);
    *out = (int)*at;
    if (*out == a->n) {
        a->places[a->n++] =
            (pp__access_place){.id = id, .name = name, .kind = kind, .country = country};
    }
    return PP_OK;
}

/* ---- what is said ---- */

static pp_status make_said(finder *f, const char *id, int64_t adoption, pp__said *out,
                           pp_error *err) {
    pp__access *a = f->a;
    const pp_table *claims = a->in->claims;
    int64_t row = pp__map_get(&f->claims, id, -1);
    if (row < 0) {
        pp_error_set(err, PP_E_INPUT, "an adoption rests on a claim that is not there");
        pp_error_locate(err, NULL, adoption + 1, "claims", id);
        pp_error_hint(err, "give the claims from which the adoptions were derived");
        return PP_E_INPUT;
    }
    const char *confidence = pp__market_text(claims, "confidence", row);
    int grade = confidence ? pp__word_find(&pp__confidence_words, confidence) : -1;
    out->claim = pp__market_text(claims, "claim_id", row);
    out->platform = pp__market_text(claims, "platform", row);
    out->status = pp__market_text(claims, "status", row);
    out->financing = pp__market_text(claims, "financing", row);
    out->note = pp__market_text(claims, "note", row);
    out->grade = grade < 0 ? 0 : grade;
    return find_words(a, out->note, &out->spoken, err);
}

static pp_status keep(finder *f, const pp__said *said, pp_error *err) {
    pp__access *a = f->a;
    if (a->n_said == f->room) {
        int64_t room = f->room ? 2 * f->room : 1024;
        pp__said *more = pp_arena_alloc(&a->arena, room, sizeof *more);
        PP_NEED(more, err);
        if (a->n_said) {
            memcpy(more, a->said, (size_t)a->n_said * sizeof *more);
        }
        a->said = more;
        f->room = room;
    }
    a->said[a->n_said++] = *said;
    return PP_OK;
}

/* Of the country, and of the city or region when it is one. */
static pp_status read_adoption(finder *f, int64_t row, pp_error *err) {
    pp__access *a = f->a;
    const pp_table *t = a->in->adoptions;
    const char *country = pp__market_text(t, "country", row);
    const char *kind = pp__market_text(t, "place_kind", row);
    const char *name = pp__market_text(t, "place", row);
    const char *list = pp__market_text(t, "claims", row);
    int is_country = !kind || strcmp(kind, "country") == 0;
    int places[2];
    pp__said said = {.doubtful = pp__market_named_later(t, row)};
    if (!country || !list) {
        return PP_OK;
    }
    PP_TRY(pp__market_seller(t, a->in->vendors, row, &said.vendor, &said.home, err));
    PP_TRY(
        find_place(f, country, name_of(a, country), "country", country, &places[0], err));
    if (!is_country) {
        const char *id = pp__market_text(t, "place_id", row);
        id = id ? id : pp_arena_printf(&a->arena, "%s/%s", country, name ? name : "");
        PP_NEED(id, err);
        PP_TRY(find_place(f, id, name ? name : id, kind, country, &places[1], err));
    }
    char *copy = pp_arena_strdup(&a->arena, list), *rest = NULL;
    PP_NEED(copy, err);
    for (char *id = strtok_r(copy, " ", &rest); id; id = strtok_r(NULL, " ", &rest)) {
        PP_TRY(make_said(f, id, row, &said, err));
        for (int k = 0; k < 2 - is_country; k++) {
            said.place = places[k];
            PP_TRY(keep(f, &said, err));
        }
    }
    return PP_OK;
}

/* What is not known stands last. */
static int compare_texts(const char *a, const char *b) {
    if (!a || !b) {
        return (a == NULL) - (b == NULL);
    }
    return strcmp(a, b);
}

static int compare_said(const void *left, const void *right) {
    const pp__said *a = left, *b = right;
    int order = a->place - b->place;
    order = order ? order : compare_texts(a->home, b->home);
    order = order ? order : compare_texts(a->vendor, b->vendor);
    return order ? order : strcmp(a->claim, b->claim);
}

/* Places in order, and each with what is said of it; a claim that several adoptions of one party rest on
   is there once. */
static pp_status sort(pp__access *a, pp_error *err) {
    int *position = pp_arena_alloc(&a->arena, a->n + 1, sizeof *position);
    PP_NEED(position, err);
    for (int p = 0; p < a->n; p++) {
        a->places[p].first = p; /* where it was */
    }
    qsort(a->places, (size_t)a->n, sizeof *a->places, compare_places);
    for (int p = 0; p < a->n; p++) {
        position[a->places[p].first] = p;
    }
    for (int64_t i = 0; i < a->n_said; i++) {
        a->said[i].place = position[a->said[i].place];
    }
    if (a->n_said) {
        qsort(a->said, (size_t)a->n_said, sizeof *a->said, compare_said);
    }
    int64_t n = 0;
    for (int64_t i = 0; i < a->n_said; i++) {
        if (n > 0 && compare_said(&a->said[n - 1], &a->said[i]) == 0) {
            a->said[n - 1].doubtful &= a->said[i].doubtful;
            continue;
        }
        pp__access_place *place = &a->places[a->said[i].place];
        place->first = place->n++ ? place->first : n;
        a->said[n++] = a->said[i];
    }
    a->n_said = n;
    return PP_OK;
}

static pp_status read_all(finder *f, pp_error *err) {
    pp__access *a = f->a;
    const pp_table *adoptions = a->in->adoptions, *claims = a->in->claims;
    int64_t rows = pp_table_rows(adoptions);
    a->places = pp_arena_alloc(&a->arena, 2 * rows + 1, sizeof *a->places);
    PP_NEED(a->places, err);
    for (int64_t i = 0; i < pp_table_rows(claims); i++) {
        const char *id = pp__market_text(claims, "claim_id", i);
        int64_t *at = id ? pp__map_at(&f->claims, id, i) : NULL;
        PP_NEED(!id || at, err);
    }
    for (int64_t i = 0; i < rows; i++) {
        int later = pp__market_named_later(adoptions, i);
        if (pp__market_flag(adoptions, "ended", i) && !later) {
            a->ended++;
            continue;
        }
        a->named_later += later;
        PP_TRY(read_adoption(f, i, err));
    }
    return sort(a, err);
}

static pp_status require(const pp_table *table, const char *const *columns,
                         pp_error *err) {
    pp_column *column;
    for (; table && *columns; columns++) {
        PP_TRY(pp_table_require(table, *columns, &column, err));
    }
    return PP_OK;
}

static pp_status check_columns(const pp_access_inputs *in, pp_error *err) {
    static const char *const adoptions[] = {
        "adoption", "place_id", "place", "place_kind", "country",
        "vendor",   "supplier", "ended", "claims",     NULL};
    static const char *const claims[] = {"claim_id",   "platform", "status", "financing",
                                         "confidence", "note",     NULL};
    static const char *const vendors[] = {"vendor", "parent", NULL};
    static const char *const countries[] = {"id", "name", NULL};
    static const char *const protection[] = {"country", "standing", NULL};
    static const char *const laws[] = {"country", "instrument", "standing", NULL};
    PP_TRY(require(in->adoptions, adoptions, err));
    PP_TRY(require(in->claims, claims, err));
    PP_TRY(require(in->vendors, vendors, err));
    PP_TRY(require(in->countries, countries, err));
    PP_TRY(require(in->protection, protection, err));
    return require(in->laws, laws, err);
}

pp_status pp__access_read(pp__access *a, pp_error *err) {
    finder f = {.a = a};
    PP_TRY(check_columns(a->in, err));
    pp_status status = read_all(&f, err);
    pp__map_clear(&f.claims);
    pp__map_clear(&f.places);
    return status;
}
