#include "analysis.h"

const cli_option cli_claims_checked_options[] = {CLI_ANALYSIS, {0}};

pp_status cmd_claims_checked(cli_call *call, pp_error *err) {
    return cli_analyse_study(call, err);
}
