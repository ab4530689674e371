/* Reads places.db.tsv; tools/make-gazetteer.mjs says what is in it. */
#include "base/check.h"
#include "evidence/gazetteer.h"
#include "evidence/place_names.h"

#include <pushpull/file.h>

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

enum { FILE_LIMIT = 1 << 28 };

/* Walks over the text and cuts it into fields; sets `wrong` and gives "" once it is not
 * as it must be. */
typedef struct reader {
    char *at, *end;
    int wrong;
} reader;

static char *field(reader *r, char stop) {
    char *start = r->at, *p = start;
    while (p < r->end && *p != '\t' && *p != '\n') {
        p++;
    }
    if (r->wrong || p == r->end || *p != stop) {
        r->wrong = 1;
        return r->end;
    }
    *p = '\0';
    r->at = p + 1;
    return start;
}

static char *cell(reader *r) {
    return field(r, '\t');
}

static int64_t number(reader *r, const char *text, int64_t empty) {
    int negative = *text == '-';
    const char *digit = text + negative;
    int64_t value = 0;
    for (; *digit >= '0' && *digit <= '9' && value < INT64_C(1) << 40; digit++) {
        value = 10 * value + (*digit - '0');
    }
    if (*digit || (negative && digit == text + 1)) {
        r->wrong = 1;
    }
    return digit == text ? empty : negative ? -value : value;
}

static int64_t count(reader *r, char stop, int64_t most) {
    int64_t n = number(r, field(r, stop), -1);
    if (n < 0 || n > most) {
        r->wrong = 1;
    }
    return r->wrong ? 0 : n;
}

static double degrees(reader *r, const char *text) {
    return *text ? (double)number(r, text, 0) / 1e5 : NAN;
}

/* ---- ids ---- */

static uint32_t hash(const char *text) {
    uint32_t h = 2166136261u;
    for (; *text; text++) {
        h = (h ^ (unsigned char)*text) * 16777619u;
    }
    return h ^ h >> 15;
}

static uint32_t *slot_of(const pp_gazetteer *g, const char *id) {
    uint32_t i = hash(id) & g->slot_mask;
    while (g->slots[i] && strcmp(g->places[g->slots[i] - 1].id, id) != 0) {
        i = (i + 1) & g->slot_mask;
    }
    return &g->slots[i];
}

const pp_place *pp_gazetteer_find(const pp_gazetteer *gazetteer, const char *id) {
    uint32_t slot = id ? *slot_of(gazetteer, id) : 0;
    return slot ? &gazetteer->places[slot - 1] : NULL;
}

static void remember(pp_gazetteer *g, reader *r, int64_t place) {
    uint32_t *slot = slot_of(g, g->places[place].id);
    if (*slot) {
        r->wrong = 1;
        return;
    }
    *slot = (uint32_t)place + 1;
}

/* ---- what the lines say ---- */

static pp_status make_room(pp_gazetteer *g, pp_error *err) {
    uint32_t slots = 1024;
    while (slots < 2 * g->n_places) {
        slots *= 2;
    }
    g->slot_mask = slots - 1;
    g->slots = pp_calloc(slots, sizeof *g->slots);
    g->places = pp_malloc(g->n_places, sizeof *g->places);
    g->keys = pp_malloc(g->n_keys, sizeof *g->keys);
    g->countries = pp_calloc(g->n_countries, sizeof *g->countries);
    g->country_list = pp_malloc(g->n_countries, sizeof *g->country_list);
    PP_NEED(g->slots && g->places && g->keys && g->countries && g->country_list, err);
    return PP_OK;
}

static pp_status read_neighbours(pp_gazetteer *g, pp__country *country, char *text,
                                 pp_error *err) {
    if (!*text) {
        return PP_OK;
    }
    int n = 1;
    for (const char *p = text; *p; p++) {
        n += *p == ' ';
    }
    country->neighbours = pp_arena_alloc(&g->arena, n, sizeof *country->neighbours);
    PP_NEED(country->neighbours, err);
    for (char *next; text; text = next) {
        next = strchr(text, ' ');
        if (next) {
            *next++ = '\0';
        }
        country->neighbours[country->n_neighbours++] = text;
    }
    return PP_OK;
}

static pp_status read_country(pp_gazetteer *g, reader *r, int64_t i, pp_error *err) {
    pp_place *p = &g->places[i];
    *p = (pp_place){.kind = PP_PLACE_COUNTRY, .population = -1};
    p->id = p->country = cell(r);
    p->name = cell(r);
    p->iso2 = cell(r);
    p->m49 = cell(r);
    p->cow = cell(r);
    p->gw = cell(r);
    p->world_bank = cell(r);
    p->region = cell(r);
    p->subregion = cell(r);
    p->status = cell(r);
    p->from_year = (int)number(r, cell(r), 0);
    p->to_year = (int)number(r, cell(r), 0);
    p->latitude = degrees(r, cell(r));
    p->longitude = degrees(r, cell(r));
    g->country_list[i] = p;
    remember(g, r, i);
    return read_neighbours(g, &g->countries[i], field(r, '\n'), err);
}

static pp_place below(const pp_place *country, pp_place_kind kind) {
    return (pp_place){.kind = kind,
                      .country = country->id,
                      .iso2 = "",
                      .m49 = "",
                      .cow = "",
                      .gw = "",
                      .world_bank = "",
                      .region = country->region,
                      .subregion = country->subregion,
                      .status = ""};
}

/* One row of a group: another key of a place, or a place of its own made after `model`.
 */
static void read_key(pp_gazetteer *g, reader *r, pp__key *key, const pp_place *model,
                     int64_t *places) {
    key->key = cell(r);
    size_t length = strlen(key->key);
    key->length = (uint16_t)length;
    key->alias = *r->at == '=';
    if (key->alias) {
        r->at++;
        key->place = (uint32_t)count(r, '\n', (model ? g->n_places : g->n_countries) - 1);
    }
    if (length >= PP__PLACE_KEY || (!key->alias && (!model || *places == g->n_places))) {
        r->wrong = 1;
    }
    if (key->alias || r->wrong) {
        return;
    }
    pp_place *place = &g->places[*places];
    *place = *model;
    place->id = cell(r);
    place->name = cell(r);
    place->latitude = degrees(r, cell(r));
    place->longitude = degrees(r, cell(r));
    place->population = number(r, field(r, '\n'), -1);
    key->place = (uint32_t)*places;
    remember(g, r, (*places)++);
}

static void read_group(pp_gazetteer *g, reader *r, int64_t *keys, int64_t *places) {
    r->wrong |= strcmp(cell(r), "@") != 0;
    int64_t country = pp__country_index(g, cell(r));
    const char *kind_name = cell(r);
    pp_place_kind kind = strcmp(kind_name, "city") == 0     ? PP_PLACE_CITY
                         : strcmp(kind_name, "region") == 0 ? PP_PLACE_REGION
                                                            : PP_PLACE_COUNTRY;
    pp__keys group = {g->keys + *keys, count(r, '\n', g->n_keys - *keys)};
    if (kind != PP_PLACE_COUNTRY && country < 0) {
        r->wrong = 1;
        return;
    }
    pp_place model;
    if (kind == PP_PLACE_COUNTRY) {
        g->country_names = group;
    } else {
        model = below(&g->places[country], kind);
        g->countries[country].below[kind] = group;
    }
    for (int64_t i = 0; i < group.count && !r->wrong; i++) {
        read_key(g, r, &g->keys[*keys + i], kind == PP_PLACE_COUNTRY ? NULL : &model,
                 places);
    }
    *keys += group.count;
}

static pp_status damaged(pp_error *err, const char *how) {
    pp_error_set(err, PP_E_CORRUPT, "the gazetteer is damaged: %s", how);
    pp_error_hint(err, "delete the file and build again, or install Pushpull again");
    return PP_E_CORRUPT;
}

static pp_status read_body(pp_gazetteer *g, reader *r, int64_t groups, pp_error *err) {
    PP_TRY(make_room(g, err));
    for (int64_t i = 0; i < g->n_countries && !r->wrong; i++) {
        PP_TRY(read_country(g, r, i, err));
    }
    int64_t keys = 0, places = g->n_countries;
    for (int64_t i = 0; i < groups && !r->wrong; i++) {
        read_group(g, r, &keys, &places);
    }
    if (r->wrong || r->at != r->end || keys != g->n_keys || places != g->n_places) {
        return damaged(err, "its lines are not as its head says");
    }
    return PP_OK;
}

static pp_status read_text(pp_gazetteer *g, pp_error *err) {
    reader r = {g->text.data, g->text.data + g->text.length, 0};
    if (g->text.length == 0 || strcmp(cell(&r), "pushpull-places 1") != 0) {
        return damaged(err, "it is none of version 1");
    }
    const char *sum = cell(&r);
    int64_t length = count(&r, '\t', FILE_LIMIT);
    g->n_countries = count(&r, '\t', length);
    g->n_places = count(&r, '\t', length);
    g->n_keys = count(&r, '\t', length);
    int64_t groups = count(&r, '\n', length);
    if (r.wrong || length != r.end - r.at || g->n_places < g->n_countries) {
        return damaged(err, "it is not of the length that its head says");
    }
    char found[9];
    snprintf(found, sizeof found, "%08lx",
             (unsigned long)crc32(0, (const Bytef *)r.at, (uInt)length));
    if (strcmp(sum, found) != 0) {
        return damaged(err, "its checksum differs");
    }
    return read_body(g, &r, groups, err);
}

pp_status pp__gazetteer_parse(pp_buf *text, pp_gazetteer **out, pp_error *err) {
    pp_gazetteer *g = pp_calloc(1, sizeof *g);
    PP_NEED(g, err);
    pp_arena_init(&g->arena);
    g->text = *text;
    pp_buf_init(text);
    pp_status status = read_text(g, err);
    if (status != PP_OK) {
        pp_gazetteer_free(g);
        return status;
    }
    *out = g;
    return PP_OK;
}

static pp_status read_file(const char *path, pp_gazetteer **out, pp_error *err) {
    pp_buf text;
    pp_buf_init(&text);
    pp_status status = pp_file_read(path, FILE_LIMIT, &text, err);
    if (status == PP_OK) {
        status = pp__gazetteer_parse(&text, out, err);
        if (status != PP_OK) {
            pp_error_locate(err, path, 0, NULL, NULL);
        }
    }
    pp_buf_clear(&text);
    return status;
}

pp_status pp_gazetteer_open(const char *data_folder, pp_gazetteer **out, pp_error *err) {
    *out = NULL;
    pp_buf path;
    pp_buf_init(&path);
    pp_buf_printf(&path, "%s/places/places.db.tsv", data_folder);
    pp_status status = pp_buf_check(&path, err);
    if (status == PP_OK) {
        status = read_file(path.data, out, err);
    }
    pp_buf_clear(&path);
    return status;
}

void pp_gazetteer_free(pp_gazetteer *gazetteer) {
    if (!gazetteer) {
        return;
    }
    pp_buf_clear(&gazetteer->text);
    pp_arena_clear(&gazetteer->arena);
    pp_free(gazetteer->places);
    pp_free(gazetteer->keys);
    pp_free(gazetteer->countries);
    pp_free(gazetteer->country_list);
    pp_free(gazetteer->slots);
    pp_free(gazetteer);
}
