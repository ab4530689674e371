#include "evidence/gazetteer.h"
#include "base/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

pp__keys pp__keys_equal(pp__keys group, const char *key) {
    if (group.count == 0) {
        return group;
    }
    int64_t low = 0, high = group.count;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (strcmp(group.first[middle].key, key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    pp__keys equal = {group.first + low, 0};
    while (low + equal.count < group.count &&
           strcmp(equal.first[equal.count].key, key) == 0) {
        equal.count++;
    }
    return equal;
}

int64_t pp__country_index(const pp_gazetteer *gazetteer, const char *id) {
    const pp_place *place = pp_gazetteer_find(gazetteer, id);
    return place && place->kind == PP_PLACE_COUNTRY ? place - gazetteer->places : -1;
}

int64_t pp_gazetteer_countries(const pp_gazetteer *gazetteer,
                               const pp_place *const **out) {
    *out = gazetteer->country_list;
    return gazetteer->n_countries;
}

static int by_id(const void *a, const void *b) {
    return strcmp((*(const pp_place *const *)a)->id, (*(const pp_place *const *)b)->id);
}

pp_status pp_gazetteer_cities(const pp_gazetteer *gazetteer, int64_t population,
                              const pp_place ***out, int64_t *n, pp_error *err) {
    const pp_place **cities = pp_malloc(gazetteer->n_places, sizeof *cities);
    PP_NEED(cities, err);
    int64_t count = 0;
    for (int64_t i = gazetteer->n_countries; i < gazetteer->n_places; i++) {
        const pp_place *place = &gazetteer->places[i];
        if (place->kind == PP_PLACE_CITY && place->population >= population) {
            cities[count++] = place;
        }
    }
    qsort(cities, (size_t)count, sizeof *cities, by_id);
    *out = cities;
    *n = count;
    return PP_OK;
}

int pp_gazetteer_neighbours(const pp_gazetteer *gazetteer, const char *country,
                            const char *const **out) {
    int64_t i = pp__country_index(gazetteer, country);
    *out = i < 0 ? NULL : gazetteer->countries[i].neighbours;
    return i < 0 ? 0 : gazetteer->countries[i].n_neighbours;
}

/* ---- as a table ---- */

enum { TEXTS = 10 };

static const char *country_text(const pp_place *place, int column) {
    const char *cells[TEXTS] = {
        place->id, place->name,       place->iso2,   place->m49,       place->cow,
        place->gw, place->world_bank, place->region, place->subregion, place->status};
    return *cells[column] ? cells[column] : NULL;
}

static pp_status add_texts(const pp_gazetteer *g, pp_table *table, pp_error *err) {
    static const char *const columns[TEXTS][3] = {
        {"id", "Country code", "ISO 3166-1; our own for former states"},
        {"name", "Country", "world-countries"},
        {"iso2", "Alpha-2 code", "ISO 3166-1"},
        {"m49", "M49 code", "United Nations Statistics Division"},
        {"cow", "Correlates of War number", "Correlates of War"},
        {"gw", "Gleditsch and Ward number", "Gleditsch and Ward"},
        {"world_bank", "World Bank code", "World Bank"},
        {"region", "Region", "world-countries"},
        {"subregion", "Subregion", "world-countries"},
        {"status", "Status", "Pushpull"}};
    for (int c = 0; c < TEXTS; c++) {
        pp_column *column;
        PP_TRY(pp_table_add(table, PP_TEXT, columns[c][0], &column, err));
        PP_TRY(pp_column_describe(table, column, columns[c][1], NULL, columns[c][2], NULL,
                                  err));
        for (int64_t i = 0; i < g->n_countries; i++) {
            PP_TRY(pp_column_set_text(table, column, i, country_text(&g->places[i], c),
                                      err));
        }
    }
    return PP_OK;
}

/* A year of 0 is open, and has no number. */
static double year_or_nan(int year) {
    return year == 0 ? (double)NAN : (double)year;
}

static double country_number(const pp_place *place, int column) {
    const double cells[] = {year_or_nan(place->from_year), year_or_nan(place->to_year),
                            place->latitude, place->longitude};
    return cells[column];
}

static pp_status add_numbers(const pp_gazetteer *g, pp_table *table, pp_error *err) {
    static const char *const columns[][4] = {
        {"from_year", "First year", NULL, "Pushpull"},
        {"to_year", "Last year", NULL, "Pushpull"},
        {"latitude", "Latitude of the centre", "degrees", "world-countries"},
        {"longitude", "Longitude of the centre", "degrees", "world-countries"}};
    for (int c = 0; c < 4; c++) {
        pp_column *column;
        PP_TRY(pp_table_add(table, PP_NUMBER, columns[c][0], &column, err));
        PP_TRY(pp_column_describe(table, column, columns[c][1], columns[c][2],
                                  columns[c][3], NULL, err));
        column->show = c < 2 ? PP_SHOW_YEAR : PP_SHOW_DEFAULT;
        for (int64_t i = 0; i < g->n_countries; i++) {
            column->number[i] = country_number(&g->places[i], c);
        }
    }
    return PP_OK;
}

pp_status pp_gazetteer_table(const pp_gazetteer *gazetteer, pp_table **out,
                             pp_error *err) {
    pp_table *table;
    PP_TRY(pp_table_new(&table, err));
    pp_status status = pp_table_resize(table, gazetteer->n_countries, err);
    if (status == PP_OK) {
        status = add_texts(gazetteer, table, err);
    }
    if (status == PP_OK) {
        status = add_numbers(gazetteer, table, err);
    }
    if (status != PP_OK) {
        pp_table_free(table);
        return status;
    }
    *out = table;
    return PP_OK;
}
