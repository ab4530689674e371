/* The columns that a design names. */
#ifndef PP_EFFECTS_COLUMNS_H
#define PP_EFFECTS_COLUMNS_H

#include "model/encode.h"

#include <pushpull/model.h>

/* `what` is for messages: "outcome". A name that is NULL is PP_E_ARGUMENT, a column that is not numbers
   when it must be PP_E_INPUT. */
pp_status pp__effects_column(const pp_table *data, const char *name, const char *what,
                             int numeric, pp_column **out, pp_error *err);
pp_status pp__effects_encode(const pp_table *data, const char *name, const char *what,
                             int numeric, const pp_context *ctx, pp_arena *arena,
                             pp__encoding *out, pp_error *err);
/* The design of covariates ("x1 + factor(region)"; NULL: none, and no fit) over the rows that have an
   outcome and all of them: a fit that the caller frees. */
pp_status pp__effects_covariates(const pp_table *data, const char *outcome,
                                 const char *covariates, const pp_context *ctx,
                                 pp_fit **out, pp_error *err);

#endif
