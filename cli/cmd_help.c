#include "cli.h"

#include <string.h>

static pp_status help_text(const cli_call *call, pp_buf *text, pp_error *err) {
    if (cli_flag(call, "completion")) {
        return cli_completion(cli_value(call, "completion", "bash"), text, err);
    }
    if (call->n_operands == 0) {
        cli_help_overview(text);
        return PP_OK;
    }
    const cli_command *command = cli_find(call->operands[0]);
    if (!command) {
        pp_error_set(err, PP_E_ARGUMENT, "there is no command '%s'", call->operands[0]);
        pp_error_hint(err, "see: pushpull help");
        return PP_E_ARGUMENT;
    }
    cli_help_command(command, text);
    return PP_OK;
}

pp_status cmd_help(cli_call *call, pp_error *err) {
    if (cli_flag(call, "man")) {
        return cli_man_write(cli_value(call, "man", "."), err);
    }
    pp_buf text;
    pp_buf_init(&text);
    pp_status status = help_text(call, &text, err);
    if (status == PP_OK) {
        status = pp_buf_check(&text, err);
    }
    if (status == PP_OK) {
        status = cli_put(text.data, err);
    }
    pp_buf_clear(&text);
    return status;
}

static pp_status version_table(pp_result *result, pp_error *err) {
    const char *const rows[][2] = {{"pushpull", pp_version()}, {"schema", PP_SCHEMA}};
    pp_table *table;
    pp_column *part, *version;
    CLI_TRY(pp_result_add(result, "version", "Version", &table, err));
    CLI_TRY(pp_table_add(table, PP_TEXT, "part", &part, err));
    CLI_TRY(pp_table_add(table, PP_TEXT, "version", &version, err));
    for (int i = 0; i < 2; i++) {
        int64_t row;
        CLI_TRY(pp_table_append(table, &row, err));
        CLI_TRY(pp_column_set_text(table, part, row, rows[i][0], err));
        CLI_TRY(pp_column_set_text(table, version, row, rows[i][1], err));
    }
    return PP_OK;
}

pp_status cmd_version(cli_call *call, pp_error *err) {
    pp_result *result;
    pp_status status = pp_result_new("version", &result, err);
    if (status != PP_OK) {
        return status;
    }
    status = version_table(result, err);
    return cli_finish(call, status, result, err);
}
