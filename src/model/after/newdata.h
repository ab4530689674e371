/* Rows of another table as the model sees them, and how rows are told apart. */
#ifndef PP_MODEL_NEWDATA_H
#define PP_MODEL_NEWDATA_H

#include "model/after/frame.h"

/* A frame of all rows of `data`: columns are found by name, categories by the levels of
   the rows used, fixed effects where their combination occurs in the rows used. `missing`
   has for each row why it cannot be predicted, or NULL. */
pp_status pp__frame_new(const pp_fit *fit, const pp_table *data, pp_arena *arena,
                        pp__frame *out, const char ***missing, pp_error *err);

/* Column `row`: where each row stands in the data (from 1, before `where`), and copies of
   the columns of the list `ids` ("country,year"; NULL: none). `data` NULL: the rows used.
   The table has its rows already. */
pp_status pp__put_rows(const pp_fit *fit, const pp_table *data, const char *ids,
                       pp_table *table, pp_error *err);

/* The place of row i of the design in the caller's data, from 1. */
int64_t pp__row_number(const pp_fit *fit, int64_t i);

#endif
