/* What the parts of profiles share. */
#ifndef PP_STRATEGY_PROFILE_PARTS_H
#define PP_STRATEGY_PROFILE_PARTS_H

#include "evidence/map.h"
#include "strategy/rows.h"

#include <pushpull/profile.h>
#include <pushpull/text.h>

/* In the order of the columns of `profiles`. */
typedef enum pp__fact {
    PP__FACT_OUTCOME,
    PP__FACT_ENDED,
    PP__FACT_EARLIEST,
    PP__FACT_LATEST,
    PP__FACT_YEARS_SINCE,
    PP__FACT_ADOPTIONS,
    PP__FACT_CLAIMS,
    PP__FACT_STORIES,
    PP__FACT_CONFIDENCE,
    PP__FACT_CONFLICT,
    PP__FACT_VENDORS,
    PP__FACT_PLATFORMS,
    PP__FACT_LARGEST_VENDOR,
    PP__FACT_FACE_RECOGNITION,
    PP__FACT_BUYER_LEVEL,
    PP__FACT_BUYERS,
    PP__FACT_PURPOSES,
    PP__FACT_PURPOSE_CRIME,
    PP__FACT_FINANCE,
    PP__FACT_FINANCE_SUPPLIER,
    PP__FACT_AMOUNT,
    PP__FACT_HOMICIDE,
    PP__FACT_HOMICIDE_YEAR,
    PP__FACT_HOMICIDE_RANK,
    PP__FACT_HAZARD,
    PP__FACT_HAZARD_YEAR,
    PP__FACT_NO_HAZARD,
    PP__FACT_PUSH,
    PP__FACT_PULL,
    PP__FACT_DRIVER,
    PP__FACT_PUSH_ABOVE,
    PP__FACT_LEANING,
    PP__FACT_DEMOCRACY,
    PP__FACT_EXPOSURE,
    PP__FACT_DEPENDENCE,
    PP__FACT_PROTECTION,
    PP__FACT_COMMITMENTS,
    PP__FACT_CODE_OF_CONDUCT,
    PP__FACT_NEIGHBOURS,
    PP__FACT_NEIGHBOURS_ADOPTED,
    PP__FACT_EFFECT_RIGHTS,
    PP__FACT_EFFECT_CRIME,
    PP__FACTS
} pp__fact;

typedef struct pp__fact_columns {
    pp_column *column[PP__FACTS], *low[PP__FACTS],
        *high[PP__FACTS]; /* NULL: no interval */
} pp__fact_columns;
pp_status pp__add_fact_columns(pp_table *table, pp__fact_columns *out, pp_error *err);

/* One fact of one place; texts NULL and numbers NaN: not there. */
typedef struct pp__known {
    const char *text;
    double number, low, high, year;
    const char *of, *grade, *claims, *source, *note;
} pp__known;
pp__known pp__known_blank(const char *of);

/* Rows of claims or adoptions. */
typedef struct pp__rows_of {
    const int64_t *row;
    int64_t n;
} pp__rows_of;

typedef struct pp__profile_place {
    const char *id, *name, *kind, *country, *country_name, *region, *subregion;
    int64_t own;         /* the index of its country */
    int64_t outcome_row; /* of a country, in `outcomes`; -1: a city or region */
    const char *outcome;
    pp__rows_of adoptions; /* that its outcome rests on, in order of their ids */
    pp__rows_of claims;    /* all of them, in order of their ids */
    pp__rows_of counted;   /* those that the outcome rests on */
} pp__profile_place;

/* What is known of crime and democracy of a country. */
typedef struct pp__figures {
    double homicide, homicide_year, homicide_rank, democracy, democracy_year;
} pp__figures;

/* Where a country stands in the registry of standards. */
typedef struct pp__profile_standing {
    const char *protection, *protection_source, *list, *code, *code_source;
    int unverified; /* the row that the protection rests on */
    int commitments;
} pp__profile_standing;

typedef struct pp__profiles {
    const pp_profile_inputs *in;
    pp_profile_options options; /* defaults in place */
    const pp_context *ctx;
    pp_arena arena, scratch; /* scratch: of one place */
    pp_result *result;
    pp_error *err;

    const pp_table *outcomes;
    const pp_table *adoptions[2]; /* under the rule; of unknown supplier, or NULL */
    pp__profile_place *places;    /* countries first */
    int64_t n_places, n_countries;
    pp__map place_of, claim_of, source_of; /* index by id */
    int64_t pending;

    pp__figures *figures;            /* of countries */
    struct pp__driving *driving;     /* of countries; NULL: there is no fit */
    pp__known *read[2];              /* of places: exposure, dependence */
    pp__profile_standing *standings; /* of countries; NULL: there is no registry */
    int64_t day;                     /* on which they stand */

    pp_table *profiles, *facts;
    pp__fact_columns at;
} pp__profiles;

/* ---- profile_places.c ---- */

pp_status pp__profile_places(pp__profiles *p);
/* The adoptions that the place's outcome rests on. */
const pp_table *pp__profile_adoptions(const pp__profiles *p,
                                      const pp__profile_place *place);
/* Of a claim. */
const char *pp__claim_text(const pp__profiles *p, const char *column, int64_t row);

/* ---- profile_facts.c ---- */

pp_status pp__profile_tables(pp__profiles *p);
pp_status pp__profile_put(pp__profiles *p, int64_t place, pp__fact fact,
                          const pp__known *known);
const char *pp__fact_name(pp__fact fact);

/* ---- profile_tally.c: how often words stand in claims ---- */

typedef struct pp__word {
    const char *text;
    int64_t n, stories;
    const char *claims; /* their ids, space separated */
} pp__word;

typedef struct pp__tally {
    pp__word *words; /* the most frequent first, then in order */
    int64_t n;
    int64_t claims;    /* that have any */
    const char *all;   /* their ids */
    const char *grade; /* the highest confidence among them; NULL: none */
} pp__tally;

/* Of a column over claims; "unknown" and "unspecified" are none. */
pp_status pp__tally_make(pp__profiles *p, const pp__rows_of *claims, const char *column,
                         pp__tally *out);
const pp__word *pp__tally_find(const pp__tally *tally, const char *text);
/* "crime, traffic"; NULL and no error when there are none. */
pp_status pp__tally_list(pp__profiles *p, const pp__tally *tally, const char *between,
                         const char **out);
/* Ids of claims, their highest confidence, how many stories they tell. */
pp_status pp__claims_list(pp__profiles *p, const pp__rows_of *claims, const char **out);
const char *pp__claims_grade(const pp__profiles *p, const pp__rows_of *claims);
pp_status pp__claims_stories(pp__profiles *p, const pp__rows_of *claims, int64_t *out);

/* ---- the parts: facts of one place ---- */

pp_status pp__profile_record(pp__profiles *p, int64_t place); /* profile_record.c */
pp_status pp__profile_buying(pp__profiles *p, int64_t place); /* profile_buying.c */
pp_status pp__profile_figures(pp__profiles *p);               /* profile_crime.c */
pp_status pp__profile_crime(pp__profiles *p, int64_t place);
pp_status pp__profile_problem(pp__profiles *p);
pp_status pp__profile_drive(pp__profiles *p); /* profile_driving.c, profile_drivers.c */
pp_status pp__profile_driven(pp__profiles *p, int64_t place);
pp_status pp__profile_driver_rows(pp__profiles *p);
pp_status pp__profile_around(pp__profiles *p); /* profile_around.c */
pp_status pp__profile_surroundings(pp__profiles *p, int64_t place);
pp_status pp__profile_neighbours(pp__profiles *p);
pp_status pp__profile_claims(pp__profiles *p); /* profile_claims.c */

#endif
