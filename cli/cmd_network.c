#include "analysis.h"

const cli_option cli_network_options[] = {CLI_ANALYSIS, {0}};

pp_status cmd_network(cli_call *call, pp_error *err) {
    return cli_analyse_study(call, err);
}
