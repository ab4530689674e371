/* The facts that conditions may name, before any place is known. */
#ifndef PP_STRATEGY_FACTS_H
#define PP_STRATEGY_FACTS_H

#include <pushpull/table.h>

/* One row of missing values: the columns of `profiles` (profile.h), and `segment`. */
pp_status pp__facts_blank(pp_table **out, pp_error *err);
/* The same of the table of claims in force. */
pp_status pp__claims_blank(pp_table **out, pp_error *err);

#endif
