/* The numbers under a table of fits: long tables for programs. */
#ifndef PP_REPORT_FITS_ROWS_H
#define PP_REPORT_FITS_ROWS_H

#include <pushpull/model.h>

/* Appends the rows of `from` under those of `into`, whose column `key` then says `value`;
   columns that `into` lacks are added. */
pp_status pp__rows_append(pp_table *into, const pp_table *from, const char *key,
                          const char *value, pp_error *err);

/* Adds tables `estimates` and `fits` and the warnings. */
pp_status pp__fits_rows(const pp_fit *const *fits, const char *const *names, int n,
                        pp_result *result, pp_error *err);

#endif
