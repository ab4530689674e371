/* run and demo: a study to its outputs. */
#include "study.h"

#include <stdio.h>
#include <string.h>

enum { NOTES = 8 };

static void print_notes(const cli_call *call, const pp_result *result) {
    int n = cli_flag(call, "quiet") ? 0 : pp_result_warnings(result);
    for (int i = 0; i < n && i < NOTES; i++) {
        const pp_warning *w = pp_result_warning(result, i);
        if (w->count >= 0) {
            cli_say("note: %s (%lld)", w->message, (long long)w->count);
        } else {
            cli_say("note: %s", w->message);
        }
    }
    if (n > NOTES) {
        cli_say("note: %d more notes are in the report", n - NOTES);
    }
}

/* People get the findings; programs get everything. */
static pp_status print_findings(cli_call *call, const pp_result *result, const char *out,
                                pp_error *err) {
    if (cli_flag(call, "json") || cli_flag(call, "format") || cli_flag(call, "table")) {
        return cli_print(call, result, err);
    }
    const pp_table *findings = pp_result_find(result, "findings");
    pp_buf text;
    pp_buf_init(&text);
    pp_status status = pp_findings_render(findings, 100, &text, err);
    if (status == PP_OK) {
        status = cli_put(text.data, err);
    }
    pp_buf_clear(&text);
    print_notes(call, result);
    cli_say("report: %s/report.html", out);
    return status;
}

pp_status cli_run_study(cli_call *call, const char *path, const char *out,
                        pp_error *err) {
    char data[1024], node[1100];
    pp_study *study = NULL;
    pp_result *result = NULL;
    CLI_TRY(cli_data_folder(call, data, sizeof data, err));
    CLI_TRY(pp_study_read(path, &study, err));
    pp_run_options options = {
        .out = out,
        .data_folder = data,
        .node = cli_flag(call, "no-twins") ? NULL : cli_find_node(node, sizeof node),
    };
    pp_status status = pp_study_run(study, &options, &call->ctx, &result, err);
    if (status == PP_OK) {
        status = print_findings(call, result, out, err);
    }
    pp_result_free(result);
    pp_study_free(study);
    return status;
}

pp_status cmd_run(cli_call *call, pp_error *err) {
    return cli_run_study(call, call->operands[0], cli_value(call, "out", "out"), err);
}

pp_status cmd_demo(cli_call *call, pp_error *err) {
    char data[1024], study[1100];
    CLI_TRY(cli_data_folder(call, data, sizeof data, err));
    snprintf(study, sizeof study, "%s/study/study.yml", data);
    return cli_run_study(call, study, cli_value(call, "out", "demo-out"), err);
}
