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
    int model = cli_model_find(call->operands[0]);
    if (!command && model >= 0) {
        cli_model_page(model, text);
        return PP_OK;
    }
    if (!command) {
        pp_error_set(err, PP_E_ARGUMENT, "there is no command or model '%s'",
                     call->operands[0]);
        pp_error_hint(err, "see: pushpull help");
        return PP_E_ARGUMENT;
    }
    cli_help_command(command, text);
    return PP_OK;
}

static pp_status add_texts(pp_table *table, const char *const *columns, int n,
                           pp_error *err) {
    for (int i = 0; i < n; i++) {
        CLI_TRY(pp_table_add(table, PP_TEXT, columns[i], NULL, err));
    }
    return PP_OK;
}

static pp_status add_row(pp_table *table, const char *const *cells, int n,
                         pp_error *err) {
    int64_t row;
    CLI_TRY(pp_table_append(table, &row, err));
    for (int i = 0; i < n; i++) {
        CLI_TRY(pp_column_set_text(table, pp_table_column(table, i), row, cells[i], err));
    }
    return PP_OK;
}

static pp_status list_options(const char *command, const cli_option *options,
                              pp_table *table, pp_error *err) {
    pp_status status = PP_OK;
    for (; options && options->name && status == PP_OK; options++) {
        pp_buf choices;
        pp_buf_init(&choices);
        cli_choices(options, "|", &choices);
        status = pp_buf_check(&choices, err);
        const char *const cells[] = {command, options->name, options->argument,
                                     options->help,
                                     options->choices ? choices.data : NULL};
        status = status == PP_OK ? add_row(table, cells, 5, err) : status;
        pp_buf_clear(&choices);
    }
    return status;
}

/* The table of commands and options for programs; `only` one command, NULL: all. */
static pp_status list_commands(pp_result *result, const char *only, pp_error *err) {
    static const char *const command_columns[] = {"command", "operands", "summary"};
    static const char *const option_columns[] = {"command", "option", "argument", "help",
                                                 "choices"};
    pp_table *commands, *options;
    CLI_TRY(pp_result_add(result, "commands", "Commands", &commands, err));
    CLI_TRY(pp_result_add(result, "options", "Options", &options, err));
    CLI_TRY(add_texts(commands, command_columns, 3, err));
    CLI_TRY(add_texts(options, option_columns, 5, err));
    for (const cli_command *c = cli_commands; c->name; c++) {
        if (!only || strcmp(only, c->name) == 0) {
            const char *const cells[] = {c->name, c->operands, c->summary};
            CLI_TRY(add_row(commands, cells, 3, err));
            CLI_TRY(list_options(c->name, c->options, options, err));
        }
    }
    return list_options(NULL, cli_common, options, err);
}

static pp_status help_table(cli_call *call, pp_error *err) {
    pp_result *result;
    CLI_TRY(pp_result_new("help", &result, err));
    pp_status status =
        list_commands(result, call->n_operands ? call->operands[0] : NULL, err);
    return cli_finish(call, status, result, err);
}

pp_status cmd_help(cli_call *call, pp_error *err) {
    if (cli_flag(call, "json") || cli_flag(call, "format")) {
        return help_table(call, err);
    }
    if (cli_flag(call, "man")) {
        return cli_man_write(cli_value(call, "man", "."), err);
    }
    if (cli_flag(call, "models")) {
        return cli_models_write(cli_value(call, "models", "."), err);
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
    static const char *const columns[] = {"part", "version"};
    const char *const rows[][2] = {{"pushpull", pp_version()}, {"schema", PP_SCHEMA}};
    pp_table *table;
    CLI_TRY(pp_result_add(result, "version", "Version", &table, err));
    CLI_TRY(add_texts(table, columns, 2, err));
    CLI_TRY(add_row(table, rows[0], 2, err));
    return add_row(table, rows[1], 2, err);
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
