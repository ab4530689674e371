/* Draws under the null hypothesis: units exchange the whole histories of their focal
 * variables.
 */
#ifndef PP_DRIVERS_CURVE_SHUFFLE_H
#define PP_DRIVERS_CURVE_SHUFFLE_H

#include "drivers/curve_fit.h"

/* The rows of one table by unit and time. */
typedef struct pp__history {
    int64_t n;
    int32_t *unit;  /* of each row, numbered over all tables; −1: missing */
    double *time;   /* of each row; without a column its place among the unit's rows */
    int64_t *first; /* of each unit in `order`; one more at the end */
    int64_t *order; /* rows by unit, then time */
} pp__history;

typedef struct pp__shuffle {
    const pp__curve_kit *kit;
    int32_t units;
    pp__history *history; /* of each table */
    pp__curve_plan all;   /* the plan with one sample, all rows */
    pp_curve_options options;
    pp__curve_frames whole; /* its frames: where donors' values are */
} pp__shuffle;

/* Errors: PP_E_ARGUMENT when the unit is not known, PP_E_NOT_FOUND, PP_E_INPUT. */
pp_status pp__shuffle_make(const pp__curve_kit *kit, const pp_context *ctx,
                           pp_arena *arena, pp__shuffle *out, pp_error *err);
void pp__shuffle_free(pp__shuffle *shuffle);

/* The draw's focal columns, in `arena`; pp__shuffle_clear frees its tables. */
pp_status pp__shuffle_draw(const pp__shuffle *shuffle, int64_t draw, pp_arena *arena,
                           pp__curve_drawn *out, pp_error *err);
void pp__shuffle_clear(const pp__shuffle *shuffle, pp__curve_drawn *drawn);

#endif
