/* What would undo an estimate: each check fills tables of one result. */
#ifndef PP_EFFECTS_CHECKS_H
#define PP_EFFECTS_CHECKS_H

#include "effects/checks/checked.h"

#include <pushpull/checks.h>

typedef struct pp__checks {
    const pp_table *data;
    pp_checks_options o;
    const pp_context *ctx;
    pp_arena arena;
    pp_error *err;
    pp__checked c;
    pp_result *result;
} pp__checks;

pp_status pp__check_randomisation(pp__checks *w);
pp_status pp__check_placebo_outcomes(pp__checks *w);
pp_status pp__check_placebo_dates(pp__checks *w);
pp_status pp__check_leave_out(pp__checks *w);

/* Missing where all treated units are one cluster; statistics of draws rest on it all the same. */
double pp__shown_error(const pp__checks *w, double std_error);
/* estimate, std_error, conf_low, conf_high at the design's level. */
pp_status pp__put_effect(pp__checks *w, pp_table *table, int64_t row, double estimate,
                         double std_error);
/* p_value, two-sided, of normal estimates. */
pp_status pp__put_p_value(pp__checks *w, pp_table *table, int64_t row, double estimate,
                          double std_error);

#endif
