#include "panel/reserved.h"

#include <string.h>

static const struct {
    const char *name;
    int offered;
} reserved[] = {
    {"unit", 0},      {"country", 1},        {"name", 0},         {"region", 1},
    {"subregion", 1}, {"year", 1},           {"duration", 1},     {"lo", 0},
    {"hi", 0},        {"event_earliest", 0}, {"event_latest", 0}, {"event_midpoint", 0},
    {"outcome", 0},
};

static int find(const char *name) {
    for (int i = 0; i < (int)(sizeof reserved / sizeof reserved[0]); i++) {
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
