/* Setting, adding and removing rows of a registry. */
#include "strategy/registry_edit.h"

#include "base/check.h"

#include <stdio.h>
#include <string.h>

typedef struct asked {
    const char *id;
    const char *const *values; /* "COLUMN=VALUE" */
} asked;

/* The column and the value of "COLUMN=VALUE". */
static pp_status split(const char *text, char column[64], const char **value,
                       pp_error *err) {
    size_t n = strcspn(text, "=");
    if (!text[n] || n == 0 || n >= 64) {
        pp_error_set(err, PP_E_ARGUMENT, "a value is set as COLUMN=VALUE");
        pp_error_locate(err, NULL, 0, NULL, text);
        pp_error_hint(err, "status=seen, say; nothing after the = empties the cell");
        return PP_E_ARGUMENT;
    }
    memcpy(column, text, n);
    column[n] = '\0';
    *value = text + n + 1;
    return PP_OK;
}

static pp_status set_values(pp__edit *e, const char *action, const char *id, int64_t row,
                            const char *const *values, pp_error *err) {
    char column[64];
    const char *value;
    for (; *values; values++) {
        PP_TRY(split(*values, column, &value, err));
        PP_TRY(pp__edit_set(e, action, id, row, column, value, err));
    }
    return PP_OK;
}

static pp_status set(pp__edit *e, void *payload, pp_error *err) {
    const asked *a = payload;
    int64_t row;
    PP_TRY(pp__edit_row(e, a->id, &row, err));
    PP_TRY(set_values(e, "set", a->id, row, a->values, err));
    return pp__edit_check(e, NULL, NULL, err);
}

static pp_status find_id(const char *const *values, const char **id, pp_error *err) {
    for (; *values; values++) {
        if (strncmp(*values, "id=", 3) == 0 && (*values)[3]) {
            *id = *values + 3;
            return PP_OK;
        }
    }
    PP_FAIL(err, PP_E_ARGUMENT, "a row needs an id: id=NAME among its values");
}

static pp_status add(pp__edit *e, void *payload, pp_error *err) {
    const asked *a = payload;
    const char *id = NULL;
    int64_t row;
    PP_TRY(find_id(a->values, &id, err));
    if (pp__map_get(&e->ids, id, -1) >= 0) {
        pp_error_set(err, PP_E_CONFLICT, "a %s has the id '%s' already",
                     e->request->table, id);
        pp_error_hint(err, "give another id, or change that row by set");
        return PP_E_CONFLICT;
    }
    PP_TRY(pp_table_append(e->tables[e->of], &row, err));
    PP_TRY(set_values(e, "add", id, row, a->values, err));
    return pp__edit_check(e, NULL, NULL, err);
}

static pp_status take_out(pp__edit *e, int64_t row, pp_error *err) {
    pp_table *rest, *all = e->tables[e->of];
    int64_t *rows = pp_malloc(e->n_before, sizeof *rows), n = 0;
    PP_NEED(rows, err);
    for (int64_t i = 0; i < e->n_before; i++) {
        if (i != row) {
            rows[n++] = i;
        }
    }
    pp_status status = pp_table_take_rows(all, rows, n, &rest, err);
    pp_free(rows);
    PP_TRY(status);
    pp_table_free(all);
    pp__map_clear(&e->ids); /* its keys were in that table */
    e->tables[e->of] = rest;
    return PP_OK;
}

static pp_status take_away(pp__edit *e, void *payload, pp_error *err) {
    const asked *a = payload;
    const pp_table *table = e->tables[e->of];
    int64_t row;
    PP_TRY(pp__edit_row(e, a->id, &row, err));
    for (int i = 0; i < pp_table_columns(table); i++) {
        const pp_column *column = pp_table_column(table, i);
        const char *old = pp_column_get_text(column, row);
        if (old) {
            PP_TRY(pp__edit_log(e, "remove", a->id, column->name, old, NULL, err));
        }
    }
    PP_TRY(take_out(e, row, err));
    return pp__edit_check(e, NULL, NULL, err);
}

pp_status pp_standards_set(const pp_standards_edit *edit, const char *id,
                           const char *const *values, const pp_context *ctx,
                           pp_result **out, pp_error *err) {
    asked a = {id, values};
    return pp__edit_do(edit, set, &a, ctx, out, err);
}

pp_status pp_standards_add(const pp_standards_edit *edit, const char *const *values,
                           const pp_context *ctx, pp_result **out, pp_error *err) {
    asked a = {NULL, values};
    return pp__edit_do(edit, add, &a, ctx, out, err);
}

pp_status pp_standards_remove(const pp_standards_edit *edit, const char *id,
                              const pp_context *ctx, pp_result **out, pp_error *err) {
    asked a = {id, NULL};
    return pp__edit_do(edit, take_away, &a, ctx, out, err);
}
