/* Who was visited when, and what was found: from one row a unit, or one row a visit. */
#ifndef PP_UNSEEN_OCCUPANCY_VISITS_H
#define PP_UNSEEN_OCCUPANCY_VISITS_H

#include <pushpull/occupancy.h>

/* Visits that were made stand by unit and season. */
typedef struct pp__visits {
    int64_t units, n;
    int seasons;
    pp_table *unit_table;   /* one row a unit */
    pp_table *visit_table;  /* one row a visit */
    pp_table *season_table; /* one row a unit and season but the last; NULL: one season */
    const char **unit_name, **season_name;
    int64_t *unit;    /* n: of each visit */
    int32_t *season;  /* n: 0..seasons-1 */
    int32_t *place;   /* n: which of its unit's visits it is, made or not */
    double *found;    /* n: 0, 1; 2: for certain */
    uint8_t *certain; /* n: no false positives */
    int by_visit;     /* 1: data had one row a visit */
} pp__visits;

/* `seasons` is 0 where the form has none; `most` is the largest value of a visit. Fails as
   pp_occupancy says; pp__visits_clear is safe either way. */
pp_status pp__visits_read(const pp_table *data, const pp_occupancy_options *options,
                          int most, const pp_context *ctx, pp_arena *arena,
                          pp__visits *out, pp_error *err);
void pp__visits_clear(pp__visits *visits);

/* A variable that the states of a unit hang on must be the same in all of its visits. */
pp_status pp__visits_constant(const pp__visits *visits, const char *column,
                              pp_error *err);

/* Leaves the visits of which `keep` (n flags) says so; the table stays as it is. */
void pp__visits_keep(pp__visits *visits, const uint8_t *keep);

#endif
