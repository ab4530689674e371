/* What is wrong with files of the user, collected so that one reading tells all of it. */
#ifndef PP_STRATEGY_MISTAKES_H
#define PP_STRATEGY_MISTAKES_H

#include <pushpull/table.h>

/* An empty table: file, line, field, value, problem, suggestion. */
pp_status pp__mistakes_new(pp_table **out, pp_error *err);
/* Adds one. All but `format` may be NULL. */
pp_status pp__mistake(pp_table *mistakes, const char *file, int64_t line,
                      const char *field, const char *value, const char *suggestion,
                      pp_error *err, const char *format, ...) PP_PRINTF(8, 9);
/* An error that was returned becomes one when a file is at fault (PP_E_INPUT); others come back. */
pp_status pp__mistake_of(pp_table *mistakes, pp_status status, const pp_error *why,
                         pp_error *err);
/* PP_OK without any; else the first as an error, the others counted: `command` lists them (NULL: nothing does). */
pp_status pp__mistakes_first(const pp_table *mistakes, const char *command,
                             pp_error *err);

#endif
