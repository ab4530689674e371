#include "analysis.h"

#include <pushpull/text.h>

const cli_option cli_access_options[] = {CLI_ANALYSIS, {0}};

/* As YAML within quotes. */
static void quote(const char *text, pp_buf *out) {
    pp_buf_add(out, "analyses.access.place='");
    for (; *text; text++) {
        pp_buf_printf(out, *text == '\'' ? "''" : "%c", *text);
    }
    pp_buf_add(out, "'");
}

pp_status cmd_access(cli_call *call, pp_error *err) {
    pp_buf place;
    if (call->n_operands == 1) {
        return cli_analyse_study(call, err);
    }
    pp_buf_init(&place);
    quote(call->operands[1], &place);
    call->n_operands = 1;
    pp_status status = pp_buf_check(&place, err);
    if (status == PP_OK) {
        const char *const setting[] = {place.data};
        status = cli_analyse_study_with(call, NULL, setting, 1, err);
    }
    pp_buf_clear(&place);
    return status;
}
