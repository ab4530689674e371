/* Results of the same kind in one: their tables one below the other, behind a column that names each. */
#include "base/check.h"
#include "study/analyses/analysis.h"

#include <string.h>

static int same(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* A unit that is not that of all is none. */
static pp_status copy_cell(pp_table *to, int64_t at, const pp_column *from, int64_t row,
                           pp_error *err) {
    pp_column *column = pp_table_find(to, from->name);
    if (!column) {
        PP_TRY(pp_table_add(to, from->type, from->name, &column, err));
        PP_TRY(pp_column_describe(to, column, from->label, from->unit, from->source,
                                  from->licence, err));
        column->show = from->show;
    }
    if (!same(column->unit, from->unit)) {
        column->unit = NULL;
    }
    if (from->type == PP_NUMBER) {
        column->number[at] = from->number[row];
        return PP_OK;
    }
    return pp_column_set_text(to, column, at, pp_column_get_text(from, row), err);
}

static pp_status append(const pp_table *from, const char *heading, const char *title,
                        pp_table *to, pp_error *err) {
    pp_column *column = pp_table_find(to, heading);
    if (!column) {
        PP_TRY(pp_table_add(to, PP_TEXT, heading, &column, err));
    }
    for (int64_t i = 0; i < pp_table_rows(from); i++) {
        int64_t row;
        PP_TRY(pp_table_append(to, &row, err));
        PP_TRY(pp_column_set_text(to, column, row, title, err));
        for (int j = 0; j < pp_table_columns(from); j++) {
            PP_TRY(copy_cell(to, row, pp_table_column(from, j), i, err));
        }
    }
    return PP_OK;
}

pp_status pp__stack_result(pp_result *to, const pp_result *from, const char *heading,
                           const char *title, pp_error *err) {
    for (int t = 0; t < pp_result_tables(from); t++) {
        const char *name = pp_result_table_name(from, t);
        const char *note = pp_result_table_note(from, t);
        pp_table *table = pp_result_find(to, name);
        if (!table) {
            PP_TRY(pp_result_add(to, name, pp_result_table_title(from, t), &table, err));
            PP_TRY(note ? pp_result_set_note(to, name, note, err) : PP_OK);
        }
        PP_TRY(append(pp_result_table(from, t), heading, title, table, err));
    }
    for (int i = 0; i < pp_result_warnings(from); i++) {
        const pp_warning *w = pp_result_warning(from, i);
        PP_TRY(pp_result_warn(to, w->code, w->subject, w->count, err, "%s: %s", title,
                              w->message));
    }
    return PP_OK;
}
