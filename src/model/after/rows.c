/* How rows are told apart in tables of rows. */
#include "base/check.h"
#include "model/after/newdata.h"

#include <string.h>

int64_t pp__row_number(const pp_fit *fit, int64_t i) {
    int64_t row = pp__design_row(fit->design, i);
    return (fit->origin ? fit->origin[row] : row) + 1;
}

static pp_status copy_column(const pp_fit *fit, const pp_table *data, const char *name,
                             pp_table *table, pp_error *err) {
    pp_column *from, *to;
    PP_TRY(pp_table_require(data ? data : fit->data, name, &from, err));
    PP_TRY(pp_table_add(table, from->type == PP_NUMBER ? PP_NUMBER : PP_TEXT, name, &to,
                        err));
    to->show = from->type == PP_NUMBER && from->show == PP_SHOW_DEFAULT ? PP_SHOW_YEAR
                                                                        : from->show;
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        int64_t row = data ? i : pp__design_row(fit->design, i);
        if (from->type == PP_NUMBER) {
            to->number[i] = from->number[row];
        } else {
            PP_TRY(pp_column_set_text(table, to, i, pp_column_get_text(from, row), err));
        }
    }
    return PP_OK;
}

pp_status pp__put_rows(const pp_fit *fit, const pp_table *data, const char *ids,
                       pp_table *table, pp_error *err) {
    pp_column *row;
    PP_TRY(pp_table_add(table, PP_NUMBER, "row", &row, err));
    row->show = PP_SHOW_YEAR;
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        row->number[i] = (double)(data ? i + 1 : pp__row_number(fit, i));
    }
    while (ids && *ids) {
        char name[PP_ERROR_NAME * 4];
        size_t length = strcspn(ids, ","), blanks = strspn(ids, " ");
        const char *next = ids + length + (ids[length] == ',');
        blanks = blanks < length ? blanks : length;
        ids += blanks;
        length -= blanks;
        while (length > 0 && ids[length - 1] == ' ') {
            length--;
        }
        if (length == 0 || length >= sizeof name) {
            PP_FAIL(err, PP_E_ARGUMENT,
                    "a list of columns has an empty or too long part");
        }
        memcpy(name, ids, length);
        name[length] = '\0';
        PP_TRY(copy_column(fit, data, name, table, err));
        ids = next;
    }
    return PP_OK;
}
