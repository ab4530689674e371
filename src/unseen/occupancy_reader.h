/* What the two ways to read visits share. */
#ifndef PP_UNSEEN_OCCUPANCY_READER_H
#define PP_UNSEEN_OCCUPANCY_READER_H

#include "unseen/occupancy_visits.h"

typedef struct pp__visits_reader {
    const pp_table *data;
    const pp_occupancy_options *o;
    int most;
    const pp_context *ctx;
    pp_arena *arena;
    pp__visits *v;
    pp_error *err;
} pp__visits_reader;

/* occupancy_visits.c. PP_E_ARGUMENT about an option. */
pp_status pp__visits_fail(const pp__visits_reader *r, const char *option,
                          const char *value, const char *message, const char *hint);
/* That every cell is 0, 1 (2) or empty. */
pp_status pp__visits_check(const pp__visits_reader *r, const pp_column *column);
/* Arrays for at most so many visits. */
pp_status pp__visits_allocate(pp__visits_reader *r, int64_t most);
/* Names of units from these rows of the data (NULL: all). */
pp_status pp__visits_name_units(pp__visits_reader *r, const int64_t *row);
/* 1, 2, … */
pp_status pp__visits_name_seasons(pp__visits_reader *r);

/* occupancy_wide.c */
pp_status pp__visits_read_wide(pp__visits_reader *r);

#endif
