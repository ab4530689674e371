#include "analysis.h"

#include <stdio.h>

const cli_option cli_plan_options[] = {
    {"budget", "MONEY", "in the unit of the plan file; default: that of the file", NULL},
    CLI_ANALYSIS,
    {0},
};

pp_status cmd_plan(cli_call *call, pp_error *err) {
    static const char *const taken[] = {"budget", NULL};
    const char *given = cli_value(call, "budget", NULL);
    char setting[200];
    const char *const settings[] = {setting};
    double budget;
    if (!given) {
        return cli_analyse_study(call, err);
    }
    CLI_TRY(cli_number_in(call, "budget", 0, 0, 1e15, &budget, err));
    snprintf(setting, sizeof setting, "analyses.plan.budget=%.60s", given);
    return cli_analyse_study_with(call, taken, settings, 1, err);
}
