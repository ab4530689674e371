/* Which places have a profile, and what is on record of each. */
#include "base/check.h"
#include "strategy/profile_parts.h"

#include <stdlib.h>
#include <string.h>

const char *pp__claim_text(const pp__profiles *p, const char *column, int64_t row) {
    return pp__text_at(p->in->claims, column, row);
}

const pp_table *pp__profile_adoptions(const pp__profiles *p,
                                      const pp__profile_place *place) {
    return p->adoptions[strcmp(place->outcome, "supplier_unknown") == 0];
}

/* ---- rows in order of their ids, whatever the order they stand in ---- */

typedef struct keyed {
    const char *id;
    int64_t row;
} keyed;

static int compare_keyed(const void *a, const void *b) {
    const keyed *x = a, *y = b;
    int order = strcmp(x->id, y->id);
    return order ? order : (x->row > y->row) - (x->row < y->row);
}

static pp_status order_rows(pp__profiles *p, const pp_table *table, const char *column,
                            keyed **out, pp_error *err) {
    int64_t n = table ? pp_table_rows(table) : 0;
    *out = pp_arena_alloc(&p->arena, n + 1, sizeof **out);
    PP_NEED(*out, err);
    for (int64_t i = 0; i < n; i++) {
        const char *id = pp__text_at(table, column, i);
        (*out)[i] = (keyed){id ? id : "", i};
    }
    qsort(*out, (size_t)n, sizeof **out, compare_keyed);
    return PP_OK;
}

/* ---- the places ---- */

static int compare_places(const void *a, const void *b) {
    const pp__profile_place *x = a, *y = b;
    int city = (x->outcome_row < 0) - (y->outcome_row < 0);
    return city ? city : strcmp(x->id, y->id);
}

static pp_status add_countries(pp__profiles *p) {
    const pp_table *t = p->outcomes;
    pp__map rows = {0};
    const pp_table *all = p->in->countries;
    pp_status status = PP_OK;
    for (int64_t i = 0; i < pp_table_rows(all) && status == PP_OK; i++) {
        const char *id = pp__text_at(all, "id", i);
        status = !id || pp__map_at(&rows, id, i)
                     ? PP_OK
                     : pp_error_set(p->err, PP_E_MEMORY, "out of memory");
    }
    for (int64_t i = 0; i < pp_table_rows(t) && status == PP_OK; i++) {
        const char *id = pp__text_at(t, "country", i);
        int64_t row = pp__map_get(&rows, id, -1);
        const char *name = pp__text_at(t, "name", i);
        p->places[p->n_places++] = (pp__profile_place){
            .id = id,
            .name = name ? name : id,
            .kind = "country",
            .country = id,
            .country_name = name ? name : id,
            .region = pp__text_at(t, "region", i),
            .subregion = row < 0 ? NULL : pp__text_at(all, "subregion", row),
            .outcome_row = i,
            .outcome = pp__text_at(t, "outcome", i)};
    }
    p->n_countries = p->n_places;
    pp__map_clear(&rows);
    return status;
}

static pp_status map_places(pp__profiles *p, int64_t from) {
    for (int64_t i = from; i < p->n_places; i++) {
        int64_t *slot = pp__map_at(&p->place_of, p->places[i].id, i);
        PP_NEED(slot, p->err);
        *slot = i;
    }
    return PP_OK;
}

static void add_city(pp__profiles *p, const char *id, int64_t row, int64_t own) {
    const pp__profile_place *country = &p->places[own];
    const pp_place *known = pp_gazetteer_find(p->in->gazetteer, id);
    const char *name = known ? known->name : pp__claim_text(p, "place", row);
    const char *kind = pp__claim_text(p, "place_kind", row);
    p->places[p->n_places++] = (pp__profile_place){.id = id,
                                                   .name = name ? name : id,
                                                   .kind = kind ? kind : "city",
                                                   .country = country->id,
                                                   .country_name = country->name,
                                                   .region = country->region,
                                                   .subregion = country->subregion,
                                                   .own = own,
                                                   .outcome_row = -1};
}

/* Cities and regions of the countries there are, by their claims in order. */
static pp_status add_cities(pp__profiles *p, const keyed *claims) {
    for (int64_t i = 0; i < pp_table_rows(p->in->claims); i++) {
        int64_t row = claims[i].row;
        const char *id = pp__claim_text(p, "place_id", row);
        const char *country = pp__claim_text(p, "country", row);
        int64_t own = country ? pp__map_get(&p->place_of, country, -1) : -1;
        p->pending += id == NULL && own >= 0;
        if (own >= 0 && id && pp__map_get(&p->place_of, id, -1) < 0) {
            int64_t *slot = pp__map_at(&p->place_of, id, p->n_places);
            PP_NEED(slot, p->err);
            add_city(p, id, row, own);
        }
    }
    qsort(p->places + p->n_countries, (size_t)(p->n_places - p->n_countries),
          sizeof *p->places, compare_places);
    return map_places(p, p->n_countries);
}

/* ---- what stands under each ---- */

/* The places that a row is of: its country, and its city. */
static int places_of(const pp__profiles *p, const pp_table *table, int64_t row,
                     int64_t out[2]) {
    const char *country = pp__text_at(table, "country", row);
    const char *id = pp__text_at(table, "place_id", row);
    int64_t own = country ? pp__map_get(&p->place_of, country, -1) : -1;
    int64_t city = id ? pp__map_get(&p->place_of, id, -1) : -1;
    int n = 0;
    if (own >= 0) {
        out[n++] = own;
    }
    if (city >= p->n_countries) {
        out[n++] = city;
    }
    return n;
}

typedef int wanted_row(const pp__profile_place *place);

static int is_any(const pp__profile_place *place) {
    (void)place;
    return 1;
}

static int is_by_rule(const pp__profile_place *place) {
    return place->outcome && strcmp(place->outcome, "adopted") == 0;
}

static int is_unknown(const pp__profile_place *place) {
    return place->outcome && strcmp(place->outcome, "supplier_unknown") == 0;
}

/* Lists the rows of a table under its places, each in the order of `order`. `field`: where in a place. */
static pp_status list_rows(pp__profiles *p, const pp_table *table, const keyed *order,
                           wanted_row *wanted, size_t field) {
    int64_t n = table ? pp_table_rows(table) : 0, of[2], total = 0;
    int64_t *begin = pp_arena_zalloc(&p->arena, p->n_places + 1, sizeof *begin);
    PP_NEED(begin, p->err);
    for (int64_t i = 0; i < n; i++) {
        for (int k = places_of(p, table, i, of) - 1; k >= 0; k--) {
            begin[of[k]] += wanted(&p->places[of[k]]);
        }
    }
    for (int64_t i = 0; i < p->n_places; i++) {
        int64_t count = begin[i];
        begin[i] = total;
        total += count;
    }
    int64_t *rows = pp_arena_alloc(&p->arena, total + 1, sizeof *rows);
    PP_NEED(rows, p->err);
    for (int64_t i = 0; i < p->n_places; i++) {
        pp__rows_of *list = (pp__rows_of *)((char *)&p->places[i] + field);
        if (wanted(&p->places[i])) {
            *list = (pp__rows_of){rows + begin[i], 0};
        }
    }
    for (int64_t i = 0; i < n; i++) {
        for (int k = places_of(p, table, order[i].row, of) - 1; k >= 0; k--) {
            pp__profile_place *place = &p->places[of[k]];
            pp__rows_of *list = (pp__rows_of *)((char *)place + field);
            if (wanted(place)) {
                rows[begin[of[k]] + list->n++] = order[i].row;
            }
        }
    }
    return PP_OK;
}

/* Of a city the outcome follows from its own adoptions; having claims, it was searched. */
static pp_status settle_cities(pp__profiles *p) {
    uint8_t *has[2];
    for (int k = 0; k < 2; k++) {
        const pp_table *t = p->adoptions[k];
        has[k] = pp_arena_zalloc(&p->arena, p->n_places + 1, 1);
        PP_NEED(has[k], p->err);
        for (int64_t i = 0; t && i < pp_table_rows(t); i++) {
            const char *id = pp__text_at(t, "place_id", i);
            int64_t place = id ? pp__map_get(&p->place_of, id, -1) : -1;
            if (place >= 0) {
                has[k][place] = 1;
            }
        }
    }
    for (int64_t i = p->n_countries; i < p->n_places; i++) {
        p->places[i].outcome = has[0][i]   ? "adopted"
                               : has[1][i] ? "supplier_unknown"
                                           : "no_adoption_found";
    }
    return PP_OK;
}

/* ---- the claims that an outcome rests on ---- */

static int compare_rows(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Adds the ranks (among claims in order of their ids) that a list of ids names. */
static pp_status add_ids(pp__profiles *p, const char *ids, int64_t **ranks, int64_t *n,
                         int64_t *room) {
    char id[128];
    while (ids && *ids) {
        size_t length = strcspn(ids, " ");
        if (length > 0 && length < sizeof id) {
            memcpy(id, ids, length);
            id[length] = '\0';
            int64_t rank = pp__map_get(&p->claim_of, id, -1);
            if (rank >= 0 && *n == *room) {
                int64_t *more = pp_realloc(*ranks, 2 * *room + 64, sizeof **ranks);
                PP_NEED(more, p->err);
                *ranks = more;
                *room = 2 * *room + 64;
            }
            if (rank >= 0) {
                (*ranks)[(*n)++] = rank;
            }
        }
        ids += length + (ids[length] == ' ');
    }
    return PP_OK;
}

static pp_status keep_counted(pp__profiles *p, const keyed *claims, int64_t *ranks,
                              int64_t n, pp__rows_of *out) {
    int64_t *rows = pp_arena_alloc(&p->arena, n + 1, sizeof *rows), kept = 0;
    PP_NEED(rows, p->err);
    if (n > 0) {
        qsort(ranks, (size_t)n, sizeof *ranks, compare_rows);
    }
    for (int64_t i = 0; i < n; i++) {
        if (i == 0 || ranks[i] != ranks[i - 1]) {
            rows[kept++] = claims[ranks[i]].row;
        }
    }
    *out = (pp__rows_of){rows, kept};
    return PP_OK;
}

static pp_status count_claims(pp__profiles *p, const keyed *claims) {
    int64_t *ranks = NULL, room = 0;
    pp_status status = PP_OK;
    for (int64_t i = 0; i < p->n_places && status == PP_OK; i++) {
        pp__profile_place *place = &p->places[i];
        const pp_table *t = pp__profile_adoptions(p, place);
        int64_t n = 0;
        for (int64_t a = 0; a < place->adoptions.n && status == PP_OK; a++) {
            status = add_ids(p, pp__text_at(t, "claims", place->adoptions.row[a]), &ranks,
                             &n, &room);
        }
        if (status == PP_OK) {
            status = keep_counted(p, claims, ranks, n, &place->counted);
        }
    }
    pp_free(ranks);
    return status;
}

static pp_status map_ids(pp__profiles *p, const keyed *claims) {
    for (int64_t i = 0; i < pp_table_rows(p->in->claims); i++) {
        PP_NEED(pp__map_at(&p->claim_of, claims[i].id, i), p->err);
    }
    for (int64_t i = 0; p->in->sources && i < pp_table_rows(p->in->sources); i++) {
        const char *id = pp__text_at(p->in->sources, "source_id", i);
        if (id) {
            PP_NEED(pp__map_at(&p->source_of, id, i), p->err);
        }
    }
    return PP_OK;
}

pp_status pp__profile_places(pp__profiles *p) {
    static const size_t adoptions = offsetof(pp__profile_place, adoptions);
    keyed *claims, *order[2];
    int64_t most = pp_table_rows(p->outcomes) + pp_table_rows(p->in->claims);
    p->places = pp_arena_alloc(&p->arena, most + 1, sizeof *p->places);
    PP_NEED(p->places, p->err);
    PP_TRY(order_rows(p, p->in->claims, "claim_id", &claims, p->err));
    PP_TRY(order_rows(p, p->adoptions[0], "adoption", &order[0], p->err));
    PP_TRY(order_rows(p, p->adoptions[1], "adoption", &order[1], p->err));
    PP_TRY(add_countries(p));
    qsort(p->places, (size_t)p->n_places, sizeof *p->places, compare_places);
    for (int64_t i = 0; i < p->n_countries; i++) {
        p->places[i].own = i;
    }
    PP_TRY(map_places(p, 0));
    PP_TRY(add_cities(p, claims));
    PP_TRY(settle_cities(p));
    PP_TRY(map_ids(p, claims));
    PP_TRY(
        list_rows(p, p->in->claims, claims, is_any, offsetof(pp__profile_place, claims)));
    PP_TRY(list_rows(p, p->adoptions[0], order[0], is_by_rule, adoptions));
    PP_TRY(list_rows(p, p->adoptions[1], order[1], is_unknown, adoptions));
    return count_claims(p, claims);
}
