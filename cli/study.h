/* What the commands on studies share. */
#ifndef PP_CLI_STUDY_H
#define PP_CLI_STUDY_H

#include "cli.h"

#include <pushpull/run.h>

/* Runs a study into `out`, prints the findings (or what --json, --format and --table ask
   for) and says where the report is. */
pp_status cli_run_study(cli_call *call, const char *study, const char *out,
                        pp_error *err);

#endif
