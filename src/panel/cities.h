/* When each city first adopted, from the adoptions of its area. */
#ifndef PP_PANEL_CITIES_H
#define PP_PANEL_CITIES_H

#include <pushpull/result.h>

typedef struct pp__city_first {
    const char *place;
    double earliest, latest; /* years; earliest NaN: an upper bound only */
} pp__city_first;

typedef struct pp__city_firsts {
    pp__city_first *rows; /* in order of place */
    int64_t n;
} pp__city_firsts;

/* `open` as in pp__interval_first. The rows live in `arena` and borrow from `adoption`.
 */
pp_status pp__city_firsts_read(const pp_result *adoption, int open, pp_arena *arena,
                               pp__city_firsts *out, pp_error *err);

/* NULL: the city has no adoption of its own. */
const pp__city_first *pp__city_firsts_find(const pp__city_firsts *firsts,
                                           const char *place);

#endif
