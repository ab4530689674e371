/* What a table says of the units of a panel that was read from it. */
#ifndef PP_EFFECTS_UNITS_H
#define PP_EFFECTS_UNITS_H

#include "effects/staggered.h"

/* A column's code for each unit of the panel, 0..n_codes-1; PP_E_INPUT where it is missing or changes
   within a unit. `what`: "stratum". */
pp_status pp__units_codes(const pp__staggered *s, const pp_table *data, const char *unit,
                          const char *column, const char *what, const pp_context *ctx,
                          pp_arena *arena, const int32_t **out, int32_t *n_codes,
                          pp_error *err);

/* The mean of a number column over the rows of each unit; NaN: none. */
pp_status pp__units_means(const pp__staggered *s, const pp_table *data, const char *unit,
                          const char *column, const char *what, const pp_context *ctx,
                          pp_arena *arena, double **out, pp_error *err);

#endif
