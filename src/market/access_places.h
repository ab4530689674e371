/* What is said of each place and party, and the bounds of its parts. */
#ifndef PP_MARKET_ACCESS_PLACES_H
#define PP_MARKET_ACCESS_PLACES_H

#include "market/access_rules.h"

/* A claim of an adoption that has not ended; texts are borrowed from the tables. */
typedef struct pp__said {
    int place;
    const char *home, *vendor; /* NULL: not known */
    const char *claim, *platform, *status, *financing, *note;
    int grade;    /* of its confidence */
    int doubtful; /* of an adoption that may have ended */
    const unsigned char
        *spoken; /* for each relation, then each kind of data: a word is in its note */
} pp__said;

typedef struct pp__access_place {
    const char *id, *name, *kind, *country;
    int64_t first, n; /* of what is said, in order of home, vendor, claim */
    int parties;      /* of known home, that count */
    int is_listed;    /* some party counts */
    pp__bounds part[PP__ACCESS_PARTS];
} pp__access_place;

typedef struct pp__access {
    pp_arena arena;
    const pp_access_inputs *in;
    const pp_access_rules *rules;
    const char *home; /* of the parties that count; NULL: any but the place's own */
    pp__access_place *places; /* countries, cities, regions; then by id */
    int n;
    pp__said *said;
    int64_t n_said;
    int64_t ended, named_later, unknown_home, unknown_standing;
} pp__access;

/* Reads adoptions and claims into places and what is said of them. */
pp_status pp__access_read(pp__access *a, pp_error *err);
/* Sets the parts of one place and adds its rows to `profiles` (made by pp__access_begin; NULL: none). */
pp_status pp__access_begin(pp_result *out, pp_table **profiles, pp_error *err);
pp_status pp__access_profile(pp__access *a, pp__access_place *place, pp_table *profiles,
                             pp_error *err);
/* 1: parties of this home (NULL: not known) count in this place. */
int pp__access_counts(const pp__access *a, const pp__access_place *place,
                      const char *home);
/* The middle of the bounds. */
double pp__access_middle(pp__bounds bounds);

#endif
