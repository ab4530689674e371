/* The columns that a design names. */
#ifndef PP_EFFECTS_COLUMNS_H
#define PP_EFFECTS_COLUMNS_H

#include "model/encode.h"

/* `what` is for messages: "outcome". A name that is NULL is PP_E_ARGUMENT, a column that is not numbers
   when it must be PP_E_INPUT. */
pp_status pp__effects_column(const pp_table *data, const char *name, const char *what,
                             int numeric, pp_column **out, pp_error *err);
pp_status pp__effects_encode(const pp_table *data, const char *name, const char *what,
                             int numeric, const pp_context *ctx, pp_arena *arena,
                             pp__encoding *out, pp_error *err);

#endif
