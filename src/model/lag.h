/* Values of other periods of the same unit. */
#ifndef PP_MODEL_LAG_H
#define PP_MODEL_LAG_H

#include <pushpull/table.h>

typedef struct pp__periods pp__periods; /* the rows by unit and time */

/* Two rows of one unit and time are PP_E_INPUT, as is a time that is no number. Rows
   without unit or time have no neighbours. O(n log n). */
pp_status pp__periods_new(const pp_column *unit, const pp_column *time, int64_t n,
                          pp_arena *arena, pp__periods **out, pp_error *err);

/* out[row] = x `back` periods before (negative: after), by the clock and not by the
   order of rows; NaN where that period is not there. */
void pp__periods_shift(const pp__periods *periods, const double *x, double back,
                       double *out);

#endif
