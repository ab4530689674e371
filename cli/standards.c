#include "standards.h"

#include <stdio.h>
#include <time.h>

/* The program knows the day; the library is told. */
static const char *today(char text[11]) {
    time_t now = time(NULL);
    struct tm parts;
    gmtime_r(&now, &parts);
    strftime(text, 11, "%Y-%m-%d", &parts);
    return text;
}

static pp_standards_edit edit_of(const cli_call *call, const pp_gazetteer *gazetteer,
                                 const char *folder, const char *table, char day[11]) {
    return (pp_standards_edit){.folder = folder,
                               .gazetteer = gazetteer,
                               .table = table,
                               .by = cli_value(call, "by", NULL),
                               .reason = cli_value(call, "reason", NULL),
                               .day = today(day),
                               .dry_run = cli_flag(call, "dry-run")};
}

/* The operands from the first on: "COLUMN=VALUE". */
static void values_of(const cli_call *call, int first,
                      const char *values[CLI_MAX_VALUES + 1]) {
    int n = 0;
    for (int i = first; i < call->n_operands; i++) {
        values[n++] = call->operands[i];
    }
    values[n] = NULL;
}

pp_status cli_standards_set(const cli_call *call, const pp_gazetteer *gazetteer,
                            pp_result **out, pp_error *err) {
    char day[11];
    const char *values[CLI_MAX_VALUES + 1];
    const pp_standards_edit edit =
        edit_of(call, gazetteer, call->operands[1], call->operands[2], day);
    values_of(call, 4, values);
    return pp_standards_set(&edit, call->operands[3], values, &call->ctx, out, err);
}

pp_status cli_standards_add(const cli_call *call, const pp_gazetteer *gazetteer,
                            pp_result **out, pp_error *err) {
    char day[11];
    const char *values[CLI_MAX_VALUES + 1];
    const pp_standards_edit edit =
        edit_of(call, gazetteer, call->operands[1], call->operands[2], day);
    values_of(call, 3, values);
    return pp_standards_add(&edit, values, &call->ctx, out, err);
}

pp_status cli_standards_remove(const cli_call *call, const pp_gazetteer *gazetteer,
                               pp_result **out, pp_error *err) {
    char day[11];
    const pp_standards_edit edit =
        edit_of(call, gazetteer, call->operands[1], call->operands[2], day);
    return pp_standards_remove(&edit, call->operands[3], &call->ctx, out, err);
}

pp_status cli_standards_import(const cli_call *call, const pp_gazetteer *gazetteer,
                               pp_result **out, pp_error *err) {
    char day[11], reason[1200];
    pp_standards_edit edit =
        edit_of(call, gazetteer, call->operands[1], call->operands[2], day);
    if (!edit.reason) {
        snprintf(reason, sizeof reason, "import of %s", call->operands[3]);
        edit.reason = reason;
    }
    return pp_standards_import(&edit, call->operands[3], &call->ctx, out, err);
}
