/* The names that stand in the right-hand side of a formula. */
#ifndef PP_UNSEEN_FORMULA_NAMES_H
#define PP_UNSEEN_FORMULA_NAMES_H

#include "model/formula.h"

/* "x + log(w)" gives x, w and NULL; NULL gives none. Names of a formula that is wrong are none:
   who uses it will say so. */
pp_status pp__formula_names(const char *terms, pp_arena *arena, const char *const **out,
                            pp_error *err);

#endif
