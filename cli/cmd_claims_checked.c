/* claims-checked: statements beside what is measured. */
#include "analysis.h"

#include <pushpull/claims_checked.h>
#include <pushpull/findings.h>

const cli_option cli_claims_checked_options[] = {CLI_ANALYSIS, {0}};

enum { WIDTH = 100 };

static pp_status tell(const pp_result *result, int width, pp_buf *out, pp_error *err) {
    const pp_table *findings = pp_result_find(result, "findings");
    if (findings) {
        CLI_TRY(pp_findings_render(findings, width > 0 ? width : WIDTH, out, err));
    }
    return pp_claims_checked_tell(result, width, out, err);
}

pp_status cmd_claims_checked(cli_call *call, pp_error *err) {
    pp_result *result = NULL;
    CLI_TRY(cli_study_result(call, NULL, NULL, 0, &result, err));
    pp_status status = cli_print_told(call, result, tell, err);
    if (status == PP_OK) {
        status = cli_write_analysis(call, result, err);
    }
    pp_result_free(result);
    return status;
}
