#include "panel/reserved.h"

#include <string.h>

static const struct {
    const char *name;
    int text, offered;
} reserved[] = {
    {"unit", 1, 0},         {"country", 1, 1},
    {"name", 1, 0},         {"region", 1, 1},
    {"subregion", 1, 1},    {"year", 0, 1},
    {"duration", 0, 1},     {"lo", 0, 0},
    {"hi", 0, 0},           {"event_earliest", 0, 0},
    {"event_latest", 0, 0}, {"event_midpoint", 0, 0},
    {"outcome", 1, 0},      {"city_population", 0, 1},
};

enum { RESERVED = sizeof reserved / sizeof reserved[0] };

static int find(const char *name) {
    for (int i = 0; i < RESERVED; i++) {
        if (strcmp(reserved[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

int pp__panel_reserves(const char *name) {
    return find(name) >= 0;
}

int pp__panel_offers(const char *name) {
    int i = find(name);
    return i >= 0 && reserved[i].offered;
}

const char *pp__panel_reserved(int i) {
    return i < RESERVED ? reserved[i].name : NULL;
}

int pp__panel_is_text(int i) {
    return reserved[i].text;
}
