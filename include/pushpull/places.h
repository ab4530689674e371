/* Places: countries and cities, their names in many languages, codes and neighbours.
 *
 * The gazetteer is read from the data folder (built from iso-codes, world-countries, GeoNames and
 * our own alias file). It is immutable and shared by const pointer. A name that cannot be resolved
 * is never guessed: the answer is `pending` with suggestions.
 */
#ifndef PUSHPULL_PLACES_H
#define PUSHPULL_PLACES_H

#include <pushpull/table.h>

typedef struct pp_gazetteer pp_gazetteer;

typedef enum pp_place_kind { PP_PLACE_COUNTRY, PP_PLACE_REGION, PP_PLACE_CITY } pp_place_kind;

/* Borrowed from the gazetteer. Codes are "" where there is none. */
typedef struct pp_place {
    const char *id;       /* "KEN", "gn:184745" (GeoNames), "pp:xinjiang-CHN" (our own file) */
    const char *name;     /* in English */
    pp_place_kind kind;
    const char *country;  /* ISO 3166-1 alpha-3, or XKX; of a former state its own code (SCG) */
    const char *iso2, *m49, *cow, *gw, *world_bank; /* countries only; numbers as text */
    const char *region, *subregion; /* of the country: "Africa", "Eastern Africa" */
    int from_year, to_year; /* of existence in our period; 0: open */
    const char *status;     /* "state", "dependency", "disputed", "former" */
    double latitude, longitude; /* degrees, WGS 84; NaN unknown */
    int64_t population;     /* of cities; -1 unknown */
} pp_place;

/* Opens DIR/places.db.tsv and friends; `data_folder` is the installed share folder. */
PP_API pp_status pp_gazetteer_open(const char *data_folder, pp_gazetteer **out, pp_error *err);
PP_API void pp_gazetteer_free(pp_gazetteer *gazetteer);

enum { PP_SUGGESTIONS = 5 };
typedef struct pp_place_match {
    const pp_place *place;                    /* NULL: pending */
    int n_suggestions;
    const pp_place *suggestions[PP_SUGGESTIONS];
    const char *why; /* static: "exact", "alias", "no such name", "several places have this name" */
} pp_place_match;

/* Resolves a name or code. `country` (alpha-3) narrows cities and regions and may be NULL only for
   countries. Names compare after NFKD, case folding and removal of marks and punctuation. Of several
   cities of one name in a country the one is taken that has at least ten times the people of every
   other; otherwise it is pending. */
PP_API void pp_gazetteer_resolve(const pp_gazetteer *gazetteer, const char *name,
                                 pp_place_kind kind, const char *country, pp_place_match *out);
/* Any kind, any country, for `pushpull show`: up to `limit` places, best first; returns the count.*/
PP_API int pp_gazetteer_search(const pp_gazetteer *gazetteer, const char *name,
                               const pp_place **out, int limit);
PP_API const pp_place *pp_gazetteer_find(const pp_gazetteer *gazetteer, const char *id);
/* All countries in order of code; all cities of at least `population`, in order of id. */
PP_API int64_t pp_gazetteer_countries(const pp_gazetteer *gazetteer, const pp_place *const **out);
PP_API pp_status pp_gazetteer_cities(const pp_gazetteer *gazetteer, int64_t population,
                                     const pp_place ***out, int64_t *n, pp_error *err);
/* Alpha-3 codes of land neighbours. */
PP_API int pp_gazetteer_neighbours(const pp_gazetteer *gazetteer, const char *country,
                                   const char *const **out);
/* Countries with columns id,name,iso2,m49,cow,gw,world_bank,region,subregion,status,from_year,
   to_year,latitude,longitude. */
PP_API pp_status pp_gazetteer_table(const pp_gazetteer *gazetteer, pp_table **out, pp_error *err);

#endif
