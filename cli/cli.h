/* The command line: one table of commands and options, from which parsing, help, man
 * pages and shell completion all come. */
#ifndef PP_CLI_H
#define PP_CLI_H

#include <pushpull/pushpull.h>

#define CLI_TRY(call)                                                                    \
    do {                                                                                 \
        pp_status cli_status_ = (call);                                                  \
        if (cli_status_ != PP_OK) {                                                      \
            return cli_status_;                                                          \
        }                                                                                \
    } while (0)

typedef struct cli_option {
    const char *name;     /* long form without dashes; NULL ends a list */
    const char *argument; /* "FILE", "N"; NULL: a flag */
    const char *help;     /* one sentence, without a full stop */
    const char *choices;  /* "a|b|c" or cli_models, for completion and checking; NULL:
                             anything */
} cli_option;

extern const char cli_models[]; /* stands for the names in the registry */

typedef struct cli_call cli_call;

typedef struct cli_command {
    const char *name;
    const char *operands; /* "FORMULA", "STUDY", "[COMMAND]" */
    int least, most;      /* how many operands; most < 0: any number */
    const char *summary;  /* one line */
    const char *about;    /* paragraphs, for help and man page */
    const cli_option *options;
    const char *examples; /* "command\n    what it does\n" */
    pp_status (*run)(cli_call *call, pp_error *err);
} cli_command;

enum { CLI_MAX_VALUES = 64 };

struct cli_call {
    const cli_command *command;
    const char *program; /* argv[0] */
    int n_operands, n_values;
    const char *operands[CLI_MAX_VALUES];
    struct {
        const cli_option *option;
        const char *value;
    } values[CLI_MAX_VALUES];
    pp_context ctx;
};

/* commands.c: the table, ended by a NULL name; and the options that every command has. */
extern const cli_command cli_commands[];
extern const cli_option cli_common[];
extern const cli_option cli_did_options[];
extern const cli_option cli_honest_options[];
extern const cli_option cli_effects_options[];
extern const cli_option cli_synth_options[];
extern const cli_option cli_twfe_options[];
extern const cli_option cli_event_study_options[];
extern const cli_option cli_mde_options[], cli_checks_options[];
const cli_command *cli_find(const char *name);

/* call.c: parsing, and what was given. The last of several values wins. */
pp_status cli_parse(int argc, char **argv, cli_call *call, pp_error *err);
const char *cli_value(const cli_call *call, const char *name, const char *otherwise);
int cli_flag(const cli_call *call, const char *name);
pp_status cli_integer(const cli_call *call, const char *name, int64_t otherwise,
                      int64_t *out, pp_error *err);
pp_status cli_number(const cli_call *call, const char *name, double otherwise,
                     double *out, pp_error *err);
/* The same, refused with the range when what was given is not in low..high (high INT64_MAX: no end), or not
   above `above` and below `below` (INFINITY: no end). `otherwise` may lie outside. */
pp_status cli_integer_in(const cli_call *call, const char *name, int64_t otherwise,
                         int64_t low, int64_t high, int64_t *out, pp_error *err);
pp_status cli_int_in(const cli_call *call, const char *name, int otherwise, int low,
                     int high, int *out, pp_error *err);
pp_status cli_number_in(const cli_call *call, const char *name, double otherwise,
                        double above, double below, double *out, pp_error *err);

/* The option's choices, with `separator` between them. */
void cli_choices(const cli_option *option, const char *separator, pp_buf *out);

/* help.c, man.c, completion.c: renderings of the table. */
void cli_help_overview(pp_buf *out);
void cli_help_command(const cli_command *command, pp_buf *out);
pp_status cli_man_write(const char *folder, pp_error *err);

/* The page about an estimator, by its place in the registry; the place of a name, or -1; all
   pages into a folder. */
void cli_model_page(int index, pp_buf *out);
int cli_model_find(const char *name);
pp_status cli_models_write(const char *folder, pp_error *err);
pp_status cli_completion(const char *shell, pp_buf *out, pp_error *err);

/* output.c: results to stdout as the common options ask, messages to stderr, progress,
 * cancelling. */
pp_status cli_context(cli_call *call, pp_error *err);
/* Columns of the terminal; 0: there is none. */
int cli_width(void);
pp_status cli_print(const cli_call *call, const pp_result *result, pp_error *err);
pp_status cli_put(const char *text, pp_error *err);
void cli_say(const char *format, ...) PP_PRINTF(1, 2);
void cli_print_error(const cli_call *call, const pp_error *err);
/* Prints and frees `result` even when `status` is a failure; gives the first failure. */
pp_status cli_finish(const cli_call *call, pp_status status, pp_result *result,
                     pp_error *err);

/* folders.c: where the installed data are; "" when they cannot be found. */
pp_status cli_data_folder(const cli_call *call, char *out, int64_t size, pp_error *err);
/* The path of Node, or NULL. */
const char *cli_find_node(char *out, int64_t size);

/* One function a command, each in its file. */
pp_status cmd_demo(cli_call *call, pp_error *err);
pp_status cmd_init(cli_call *call, pp_error *err);
pp_status cmd_import(cli_call *call, pp_error *err);
pp_status cmd_show(cli_call *call, pp_error *err);
pp_status cmd_decide(cli_call *call, pp_error *err);
pp_status cmd_merge(cli_call *call, pp_error *err);
pp_status cmd_agreement(cli_call *call, pp_error *err);
pp_status cmd_check(cli_call *call, pp_error *err);
pp_status cmd_run(cli_call *call, pp_error *err);
pp_status cmd_fit(cli_call *call, pp_error *err);
pp_status cmd_synth(cli_call *call, pp_error *err);
pp_status cmd_did(cli_call *call, pp_error *err);
pp_status cmd_honest(cli_call *call, pp_error *err);
pp_status cmd_twfe(cli_call *call, pp_error *err);
pp_status cmd_event_study(cli_call *call, pp_error *err);
pp_status cmd_mde(cli_call *call, pp_error *err);
extern const cli_option cli_brief_options[];
pp_status cmd_brief(cli_call *call, pp_error *err);
pp_status cmd_checks(cli_call *call, pp_error *err);
extern const cli_option cli_confound_options[];
pp_status cmd_confound(cli_call *call, pp_error *err);
extern const cli_option cli_match_options[];
pp_status cmd_match(cli_call *call, pp_error *err);
pp_status cmd_drivers(cli_call *call, pp_error *err);
pp_status cmd_effects(cli_call *call, pp_error *err);
extern const cli_option cli_curve_options[];
pp_status cmd_curve(cli_call *call, pp_error *err);
extern const cli_option cli_misclass_options[];
pp_status cmd_misclass(cli_call *call, pp_error *err);
extern const cli_option cli_forecast_options[];
pp_status cmd_forecast(cli_call *call, pp_error *err);
extern const cli_option cli_dates_options[], cli_peers_options[];
pp_status cmd_peers(cli_call *call, pp_error *err);
pp_status cmd_dates(cli_call *call, pp_error *err);
extern const cli_option cli_plan_options[];
pp_status cmd_plan(cli_call *call, pp_error *err);
extern const cli_option cli_segments_options[];
pp_status cmd_segments(cli_call *call, pp_error *err);
extern const cli_option cli_market_options[];
extern const cli_option cli_profile_options[];
pp_status cmd_profile(cli_call *call, pp_error *err);
extern const cli_option cli_lockin_options[];
pp_status cmd_lockin(cli_call *call, pp_error *err);
extern const cli_option cli_access_options[];
pp_status cmd_access(cli_call *call, pp_error *err);
pp_status cmd_market(cli_call *call, pp_error *err);
extern const cli_option cli_claims_checked_options[];
pp_status cmd_claims_checked(cli_call *call, pp_error *err);
extern const cli_option cli_messages_options[];
pp_status cmd_messages(cli_call *call, pp_error *err);
extern const cli_option cli_network_options[];
pp_status cmd_network(cli_call *call, pp_error *err);
extern const cli_option cli_lists_options[];
pp_status cmd_lists(cli_call *call, pp_error *err);
extern const cli_option cli_scenario_options[];
pp_status cmd_scenario(cli_call *call, pp_error *err);
extern const cli_option cli_tipping_options[];
pp_status cmd_tipping(cli_call *call, pp_error *err);
extern const cli_option cli_next_options[];
pp_status cmd_next(cli_call *call, pp_error *err);
pp_status cmd_impute(cli_call *call, pp_error *err);
pp_status cmd_compare(cli_call *call, pp_error *err);
pp_status cmd_verify(cli_call *call, pp_error *err);
extern const cli_option cli_occupancy_options[];
pp_status cmd_occupancy(cli_call *call, pp_error *err);
pp_status cmd_export(cli_call *call, pp_error *err);
extern const cli_option cli_standards_options[];
pp_status cmd_standards(cli_call *call, pp_error *err);
pp_status cmd_version(cli_call *call, pp_error *err);
pp_status cmd_help(cli_call *call, pp_error *err);

#endif
