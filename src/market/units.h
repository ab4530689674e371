/* What is counted, for one measure in one part of the market at the end of one year. */
#ifndef PP_MARKET_UNITS_H
#define PP_MARKET_UNITS_H

#include "market/records.h"

typedef enum pp__measure {
    PP__ADOPTIONS,
    PP__PLACES,
    PP__VALUE,
    PP__MEASURES
} pp__measure;
typedef enum pp__by { PP__BY_SUPPLIER, PP__BY_VENDOR, PP__BYS } pp__by;
const char *pp__measure_name(pp__measure measure);
const char *pp__by_name(pp__by by);

/* A part of the market: everything, one region or family, or some countries. */
typedef struct pp__part {
    const char *scope, *value;
    int region, family;             /* codes; -1: any */
    const unsigned char *countries; /* by code, 1: of the part; NULL: any */
} pp__part;

/* Between low and high of an actor (-1: not known; then `home` is what is known of where it is from,
   -1 nothing). Units of one place stand together. */
typedef struct pp__unit_sold {
    int actor, home, place;
    double low, high;
} pp__unit_sold;

/* The units with high above 0; their array lives in `arena`. */
pp_status pp__units_of(const pp__market *m, const pp__part *part, pp__by by,
                       pp__measure measure, int year, pp_arena *arena,
                       pp__unit_sold **out, int64_t *n, pp_error *err);

int pp__actors(const pp__market *m, pp__by by);

#endif
