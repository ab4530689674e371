/* Whether the data carry a model whose fit is to be shared out. */
#ifndef PP_DRIVERS_CARRIES_H
#define PP_DRIVERS_CARRIES_H

#include "model/fit.h"

enum { PP__FEW_EVENTS = 10 }; /* a parameter: below it is warned of */

/* Events (of a binary outcome the rarer of the two), and parameters beside the constant; 0 where
   events mean nothing. */
int pp__events_count(const pp_fit *fit, double *events, double *parameters);

/* PP_E_ESTIMATION, with the numbers, where there are more parameters than events. */
pp_status pp__carries_events(const pp_fit *fit, pp_error *err);
/* The same, and where the outcome is predicted perfectly: by which variable, in which cell. */
pp_status pp__carries_check(const pp_fit *fit, pp_error *err);
/* The warning `few_events`, where there are fewer than PP__FEW_EVENTS a parameter; `what` then
   holds: "what factors explain is partly chance". */
pp_status pp__carries_warn(const pp_fit *fit, const char *what, pp_result *result,
                           pp_error *err);

/* Why the term has no column: it does not vary, or others determine it. PP_E_ESTIMATION. */
pp_status pp__carries_refuse(const pp_fit *fit, int term, const char *name,
                             pp_error *err);

#endif
