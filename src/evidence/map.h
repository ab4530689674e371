/* A map from text to a whole number. Keys are not copied: they must outlive the map. */
#ifndef PP_EVIDENCE_MAP_H
#define PP_EVIDENCE_MAP_H

#include <pushpull/memory.h>

typedef struct pp__map_slot {
    const char *key; /* NULL: free */
    int64_t value;
} pp__map_slot;

typedef struct pp__map {
    pp__map_slot *slots;
    int64_t capacity, used; /* capacity: 0 or a power of two */
} pp__map;

void pp__map_clear(pp__map *map);
/* The value under `key`, or `otherwise`. */
int64_t pp__map_get(const pp__map *map, const char *key, int64_t otherwise);
/* The slot's value, made with `fresh` when the key is new; NULL when memory is out. It
   moves with the next pp__map_at. */
int64_t *pp__map_at(pp__map *map, const char *key, int64_t fresh);

#endif
