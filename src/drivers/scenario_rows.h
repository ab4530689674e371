/* The rows of a scenario: by unit and period, as they are and changed. */
#ifndef PP_DRIVERS_SCENARIO_ROWS_H
#define PP_DRIVERS_SCENARIO_ROWS_H

#include "model/after/newdata.h"

#include <pushpull/scenario.h>

enum { PP__AS_OBSERVED, PP__CHANGED, PP__ARMS };

typedef struct pp__scenario_rows {
    int64_t n;                 /* rows that both arms predict */
    int k;                     /* columns with a coefficient */
    int64_t *row;              /* of the tables, in order of unit and period */
    double *x[PP__ARMS];       /* n × k, rows after each other */
    double *outside[PP__ARMS]; /* n; NULL: nothing */
    int32_t *period;           /* n: in 0..periods-1 */
    uint8_t *changed;          /* n */
    int64_t units, *begin;     /* units + 1 first rows */
    int32_t *number; /* of each unit: its place among all, with rows or without */
    int32_t *region; /* of each unit; NULL: none */
    pp__encoding unit_names, period_names, region_names;
    int64_t rows_left_out, units_left_out, units_end_early;
    pp__frame frame[PP__ARMS]; /* all rows of the tables */
} pp__scenario_rows;

/* Everything lives in `arena`. */
pp_status pp__scenario_read(const pp_fit *fit, const pp_table *baseline,
                            const pp_table *changed, const pp_scenario_options *options,
                            pp_arena *arena, pp__scenario_rows *out, pp_error *err);

#endif
