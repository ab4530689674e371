/* The units of a panel: who is in it, from when to when, and when each adopted. */
#ifndef PP_PANEL_UNITS_H
#define PP_PANEL_UNITS_H

#include <pushpull/panel.h>

typedef struct pp__unit {
    const char *id, *country, *name, *region,
        *subregion; /* region, subregion NULL: unknown */
    const char *outcome;
    double population; /* of a city; NaN: country or unknown */
    int entry, exit;   /* first and last year in the panel */
    double lo, hi; /* of the first adoption as the panel gives it; NaN as in panel.h */
    double first,
        last; /* the same before it was fitted to entry and exit; both NaN: none */
} pp__unit;

typedef struct pp__units {
    pp__unit *rows; /* in order of id */
    int64_t n;
    int64_t candidates; /* units before any was left out */
} pp__units;

/* Strings are borrowed from the adoption result and the gazetteer; `rows` lives in
   `arena`. Adds `left_out` (unit, name, reason, detail) to `report`. */
pp_status pp__units_build(const pp_panel_spec *spec, const pp_result *adoption,
                          const pp_gazetteer *gazetteer, pp_arena *arena, pp__units *out,
                          pp_result *report, pp_error *err);

/* By binary search; NULL when it is not there. */
const pp__unit *pp__units_find(const pp__units *units, const char *id);

#endif
