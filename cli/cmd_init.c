#include "cli.h"

#include <stdio.h>
#include <unistd.h>

static const char *const template_files[] = {
    "study.yml",      "claims.csv", "sources.csv", "searches.csv",
    "indicators.csv", "SOURCES.md", "README.md"};
enum { TEMPLATE_FILES = sizeof template_files / sizeof *template_files };

static pp_status copy_file(const char *from, const char *to, pp_error *err) {
    pp_buf text;
    pp_buf_init(&text);
    pp_status status = pp_file_read(from, 0, &text, err);
    if (status == PP_OK) {
        status = pp_file_write(to, text.data, text.length, err);
    }
    pp_buf_clear(&text);
    return status;
}

/* A study that could not be begun leaves nothing behind. */
static void remove_begun(const char *name) {
    for (size_t i = 0; i < TEMPLATE_FILES; i++) {
        char path[1200];
        snprintf(path, sizeof path, "%s/%s", name, template_files[i]);
        unlink(path);
    }
    rmdir(name);
}

static pp_status list_files(const char *name, pp_result *result, pp_error *err) {
    pp_table *table;
    pp_column *file;
    CLI_TRY(pp_result_add(result, "files", "A study to fill in", &table, err));
    CLI_TRY(pp_table_add(table, PP_TEXT, "file", &file, err));
    for (size_t i = 0; i < TEMPLATE_FILES; i++) {
        char path[1200];
        int64_t row;
        snprintf(path, sizeof path, "%s/%s", name, template_files[i]);
        CLI_TRY(pp_table_append(table, &row, err));
        CLI_TRY(pp_column_set_text(table, file, row, path, err));
    }
    return PP_OK;
}

static pp_status print_files(cli_call *call, const char *name, pp_error *err) {
    pp_result *result;
    CLI_TRY(pp_result_new("init", &result, err));
    pp_status status = list_files(name, result, err);
    return cli_finish(call, status, result, err);
}

pp_status cmd_init(cli_call *call, pp_error *err) {
    const char *name = call->operands[0];
    char data[1024], from[1200], to[1200];
    CLI_TRY(cli_data_folder(call, data, sizeof data, err));
    if (pp_file_exists(name)) {
        pp_error_set(err, PP_E_CONFLICT, "is there already");
        pp_error_locate(err, name, 0, NULL, NULL);
        pp_error_hint(err, "choose another name: nothing is overwritten");
        return PP_E_CONFLICT;
    }
    pp_status status = PP_OK;
    for (size_t i = 0; i < TEMPLATE_FILES && status == PP_OK; i++) {
        snprintf(from, sizeof from, "%s/template/%s", data, template_files[i]);
        snprintf(to, sizeof to, "%s/%s", name, template_files[i]);
        status = copy_file(from, to, err);
    }
    if (status != PP_OK) {
        remove_begun(name);
        return status;
    }
    cli_say(
        "next: pushpull check %s/study.yml, then pushpull run %s/study.yml --out %s/out",
        name, name, name);
    return print_files(call, name, err);
}
