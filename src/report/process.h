/* Other programs, run in silence with a time limit. */
#ifndef PP_REPORT_PROCESS_H
#define PP_REPORT_PROCESS_H

#include <pushpull/context.h>

/* The first of `usual` (ended by NULL) that can be run, or `wanted` (NULL: not stated)
   when it can; NULL: none. */
const char *pp__program_find(const char *wanted, const char *const *usual);

/* Runs args[0] with `args` (ended by NULL), no input, output or environment, for a minute
   at most. `*code` is its exit status; -1: it was stopped or ended by a signal; -2: it
   could not be started. Only a cancel is an error. */
pp_status pp__program_run(char *const *args, const char *stage, const pp_context *ctx,
                          int *code, pp_error *err);

#endif
