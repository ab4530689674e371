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

/* Before the work of such a command begins (others pass): --with goes with a study, --data with none,
   and the folder of --out must be new and can be made. */
pp_status cli_check_analysis(const cli_call *call, pp_error *err);

/* The study form: runs the analyses of the command on the study that is the last operand. A key of
   --with that does not begin with an analysis is of the one that bears the command's name. Other
   options than --with, --out and the common ones are refused: the study file holds what they would
   say. Then as cli_finish_analysis. */
pp_status cli_analyse_study(cli_call *call, pp_error *err);

/* The same with more settings ("analyses.scenario.draws=20") than those of --with, made of the options
   that `taken` names (NULL-terminated): they are not refused. */
pp_status cli_analyse_study_with(cli_call *call, const char *const *taken,
                                 const char *const *settings, int64_t n, pp_error *err);

/* Prints the result as `tell` has it in words, or its tables where --json, --format or --table asks for them. */
typedef pp_status cli_tell(const pp_result *result, int width, pp_buf *out,
                           pp_error *err);
pp_status cli_print_told(const cli_call *call, const pp_result *result, cli_tell *tell,
                         pp_error *err);

/* Only the result, which the caller frees; and only what --out asks for. */
pp_status cli_study_result(cli_call *call, const char *const *taken,
                           const char *const *settings, int64_t n, pp_result **result,
                           pp_error *err);
pp_status cli_write_analysis(cli_call *call, const pp_result *result, pp_error *err);

/* Prints the result, writes --out when it was given, and frees the result. On a terminal and as text,
   long tables show their first rows and say how many there are. */
pp_status cli_finish_analysis(cli_call *call, pp_status status, pp_result *result,
                              pp_error *err);

#endif
