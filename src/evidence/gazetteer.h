/* The gazetteer in memory: the file's text with its fields cut apart, and tables of
 * pointers into it.
 *
 * Names are keys in groups: one group of all countries' names and codes, and for every
 * country one of its regions and one of its cities. Within a group keys are sorted by
 * their bytes.
 */
#ifndef PP_EVIDENCE_GAZETTEER_H
#define PP_EVIDENCE_GAZETTEER_H

#include <pushpull/places.h>
#include <pushpull/text.h>

typedef struct pp__key {
    const char *key; /* "=ken" is a code */
    uint32_t place;  /* index of pp_gazetteer.places */
    uint16_t length;
    uint16_t alias; /* 1: another name than the place's own */
} pp__key;

typedef struct pp__keys {
    const pp__key *first;
    int64_t count;
} pp__keys;

typedef struct pp__country {
    pp__keys below[3]; /* by pp_place_kind; none for PP_PLACE_COUNTRY */
    const char **neighbours;
    int n_neighbours;
} pp__country;

struct pp_gazetteer {
    pp_buf text;
    pp_arena arena;
    pp_place *places; /* countries first, in order of id */
    int64_t n_places, n_countries, n_keys;
    const pp_place **country_list;
    pp__country *countries;
    pp__key *keys;
    pp__keys country_names;
    uint32_t *slots; /* hash of ids: index of place + 1, 0 empty */
    uint32_t slot_mask;
};

/* A gazetteer out of the file's text, which it takes. */
pp_status pp__gazetteer_parse(pp_buf *text, pp_gazetteer **out, pp_error *err);

/* The keys of a group that are equal to `key`. */
pp__keys pp__keys_equal(pp__keys group, const char *key);
/* Index of a country by its id; -1 when there is none. */
int64_t pp__country_index(const pp_gazetteer *gazetteer, const char *id);

#endif
