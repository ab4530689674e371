/* Places: countries and cities, their names in many languages, codes and neighbours.
 *
 * The gazetteer is one file in the data folder, built from iso-codes, world-countries, GeoNames and
 * the tables of data/places, whose README has sources and licences. It is immutable and shared by
 * const pointer between threads; what it gives is borrowed from it. A name that cannot be resolved is
 * never guessed: the answer is pending, with suggestions.
 */
#ifndef PUSHPULL_PLACES_H
#define PUSHPULL_PLACES_H

#include <pushpull/table.h>

typedef struct pp_gazetteer pp_gazetteer;

typedef enum pp_place_kind {
    PP_PLACE_COUNTRY,
    PP_PLACE_REGION,
    PP_PLACE_CITY
} pp_place_kind;

/* Codes are "" where there is none. */
typedef struct pp_place {
    const char
        *id; /* "KEN", "gn:184745" (GeoNames), "iso:CN-XJ" (ISO 3166-2), "pp:savar-BGD"
                             (our own) */
    const char
        *name; /* in English; of most cities and regions as GeoNames and ISO have it */
    pp_place_kind kind;
    const char
        *country; /* ISO 3166-1 alpha-3, or XKX; of a former state its own code (SCG) */
    const char *iso2, *m49, *cow, *gw, *world_bank; /* countries only; numbers as text */
    const char *region, *subregion; /* of the country: "Africa", "Eastern Africa" */
    int from_year,
        to_year; /* of a country: its first year, and the year it ended; 0: open */
    const char
        *status; /* of a country: "state", "dependency", "disputed", "former"; else "" */
    double latitude, longitude; /* of the centre, degrees, WGS 84; NaN unknown */
    int64_t population;         /* of cities; -1 unknown */
} pp_place;

/* Reads DATA_FOLDER/places/places.db.tsv (8 MB, some 30 ms); `data_folder` is the installed share
   folder. PP_E_NOT_FOUND without the file, PP_E_CORRUPT when it does not verify. */
PP_API pp_status pp_gazetteer_open(const char *data_folder, pp_gazetteer **out,
                                   pp_error *err);
PP_API void pp_gazetteer_free(pp_gazetteer *gazetteer);

enum { PP_SUGGESTIONS = 5 };
typedef struct pp_place_match {
    const pp_place *place;                       /* NULL: pending */
    int n_suggestions;                           /* 0 when resolved */
    const pp_place *suggestions[PP_SUGGESTIONS]; /* best first */
    const char *
        why; /* static: "exact", "alias"; pending: "no such name", "several places have this
                        name", "its country is not known" */
} pp_place_match;

/* Resolves a name, or a country's alpha-2 or alpha-3 code in letters of one case. `country` (alpha-3)
   narrows cities and regions and may be NULL only for countries. Names compare without case, accents,
   punctuation and white space, "&" being "and" and "St" being "Saint". Countries are known in some 150
   languages. Of several cities of one name in a country the one is taken that has at least ten times
   the people of every other, an unknown population counting as 10,000; otherwise it is pending.
   Names that are NULL, empty or no UTF-8 are pending too. Below a millisecond. */
PP_API void pp_gazetteer_resolve(const pp_gazetteer *gazetteer, const char *name,
                                 pp_place_kind kind, const char *country,
                                 pp_place_match *out);
/* Any kind, any country, for `pushpull show`: up to `limit` places (at most 50), best first: the same
   name before similar ones, countries before cities before regions, large before small. Gives their
   number. Some milliseconds. */
PP_API int pp_gazetteer_search(const pp_gazetteer *gazetteer, const char *name,
                               const pp_place **out, int limit);
/* By exact id; NULL when there is none. Constant time. */
PP_API const pp_place *pp_gazetteer_find(const pp_gazetteer *gazetteer, const char *id);
/* All countries, former states included, in order of code. Gives their number. */
PP_API int64_t pp_gazetteer_countries(const pp_gazetteer *gazetteer,
                                      const pp_place *const **out);
/* All cities of at least `population`, in order of id; the caller frees the array with pp_free. */
PP_API pp_status pp_gazetteer_cities(const pp_gazetteer *gazetteer, int64_t population,
                                     const pp_place ***out, int64_t *n, pp_error *err);
/* Alpha-3 codes of land neighbours, in order. Gives their number. */
PP_API int pp_gazetteer_neighbours(const pp_gazetteer *gazetteer, const char *country,
                                   const char *const **out);
/* Countries in order of code, with columns id,name,iso2,m49,cow,gw,world_bank,region,subregion,status
   (text), from_year,to_year,latitude,longitude. */
PP_API pp_status pp_gazetteer_table(const pp_gazetteer *gazetteer, pp_table **out,
                                    pp_error *err);

#endif
