/* What the commands share that give an analysis: of a study, or of a file of data. */
#ifndef PP_CLI_ANALYSIS_H
#define PP_CLI_ANALYSIS_H

#include "cli.h"

/* Options of every such command. */
#define CLI_ANALYSIS                                                                     \
    {"with", "KEY=VALUE",                                                                \
     "of a study: in place of what study.yml holds for this analysis; as often as "      \
     "needed",                                                                           \
     NULL},                                                                              \
    {                                                                                    \
        "out", "DIR", "also write all tables and figures into this new folder", NULL     \
    }

/* 1 when --data asks for the data form. */
int cli_has_data(const cli_call *call);

/* The study form: runs the analyses of the command on the study that is the last operand. A key of
   --with without a dot is of the analysis that bears the command's name. Then as
   cli_finish_analysis. */
pp_status cli_analyse_study(cli_call *call, pp_error *err);

/* The same with more settings ("scenario.set=['x = 0']") than those of --with. */
pp_status cli_analyse_study_with(cli_call *call, const char *const *settings, int64_t n,
                                 pp_error *err);

/* Prints the result, writes --out when it was given, and frees the result. On a terminal and as text,
   long tables show their first rows and say how many there are. */
pp_status cli_finish_analysis(cli_call *call, pp_status status, pp_result *result,
                              pp_error *err);

#endif
