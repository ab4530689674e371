#include "analysis.h"

const cli_option cli_segments_options[] = {CLI_ANALYSIS, {0}};

/* As a setting in YAML, in quotes: "Cote d'Ivoire". */
static pp_status quote(const char *place, pp_buf *out, pp_error *err) {
    pp_buf_add(out, "analyses.segments.place='");
    for (; *place; place++) {
        pp_buf_add(out, *place == '\'' ? "'" : "");
        pp_buf_add_char(out, *place);
    }
    pp_buf_add(out, "'");
    return pp_buf_check(out, err);
}

pp_status cmd_segments(cli_call *call, pp_error *err) {
    pp_buf setting;
    if (call->n_operands < 2) {
        return cli_analyse_study(call, err);
    }
    pp_buf_init(&setting);
    pp_status status = quote(call->operands[1], &setting, err);
    call->n_operands = 1;
    if (status == PP_OK) {
        const char *const settings[] = {setting.data};
        status = cli_analyse_study_with(call, NULL, settings, 1, err);
    }
    pp_buf_clear(&setting);
    return status;
}
