#include "evidence/map.h"

#include <string.h>

void pp__map_clear(pp__map *map) {
    pp_free(map->slots);
    *map = (pp__map){0};
}

/* FNV-1a, 64 bits. */
static uint64_t hash_text(const char *text) {
    uint64_t h = 14695981039346656037u;
    for (; *text; text++) {
        h = (h ^ (unsigned char)*text) * 1099511628211u;
    }
    return h ^ (h >> 32);
}

static pp__map_slot *slot_of(const pp__map *map, const char *key) {
    uint64_t mask = (uint64_t)map->capacity - 1;
    uint64_t i = hash_text(key) & mask;
    while (map->slots[i].key && strcmp(map->slots[i].key, key) != 0) {
        i = (i + 1) & mask;
    }
    return &map->slots[i];
}

int64_t pp__map_get(const pp__map *map, const char *key, int64_t otherwise) {
    if (map->capacity == 0) {
        return otherwise;
    }
    const pp__map_slot *slot = slot_of(map, key);
    return slot->key ? slot->value : otherwise;
}

static int grow(pp__map *map) {
    pp__map larger = {.capacity = map->capacity ? map->capacity * 2 : 64,
                      .used = map->used};
    larger.slots = pp_calloc(larger.capacity, sizeof *larger.slots);
    if (!larger.slots) {
        return 0;
    }
    for (int64_t i = 0; i < map->capacity; i++) {
        if (map->slots[i].key) {
            *slot_of(&larger, map->slots[i].key) = map->slots[i];
        }
    }
    pp_free(map->slots);
    *map = larger;
    return 1;
}

int64_t *pp__map_at(pp__map *map, const char *key, int64_t fresh) {
    if (map->used * 4 >= map->capacity * 3 && !grow(map)) {
        return NULL;
    }
    pp__map_slot *slot = slot_of(map, key);
    if (!slot->key) {
        *slot = (pp__map_slot){key, fresh};
        map->used++;
    }
    return &slot->value;
}
