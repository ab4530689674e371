/* Completed tables for the caller. */
#include "model/impute/impute.h"
#include "base/check.h"

#include <string.h>

void pp_tables_free(pp_table **tables, int n) {
    for (int i = 0; tables && i < n; i++) {
        pp_table_free(tables[i]);
    }
    pp_free(tables);
}

/* ---- one long table ---- */

static pp_status add_index(pp_table *out, const char *name, int64_t n, int by_table,
                           pp_error *err) {
    pp_column *column;
    PP_TRY(pp_table_add(out, PP_NUMBER, name, &column, err));
    column->show = PP_SHOW_COUNT;
    for (int64_t i = 0; i < pp_table_rows(out); i++) {
        column->number[i] = (double)(by_table ? i / n : i % n) + 1;
    }
    return PP_OK;
}

static pp_status add_stacked(pp_table *const *tables, int m, int index, pp_table *out,
                             pp_error *err) {
    const pp_column *first = pp_table_column(tables[0], index);
    int64_t n = pp_table_rows(tables[0]);
    pp_column *column;
    PP_TRY(pp_table_add(out, first->type, first->name, &column, err));
    column->show = first->show;
    for (int64_t i = 0; i < m * n; i++) {
        const pp_column *from = pp_table_column(tables[i / n], index);
        if (first->type == PP_NUMBER) {
            column->number[i] = from->number[i % n];
            continue;
        }
        const char *text = pp_column_get_text(from, i % n);
        PP_TRY(first->type == PP_TEXT || !text
                   ? pp_column_set_text(out, column, i, text, err)
                   : pp_column_set_level(out, column, i, text, err));
    }
    return PP_OK;
}

static pp_status stack(pp_table *const *tables, int m, pp_table *out, pp_error *err) {
    int64_t n = pp_table_rows(tables[0]);
    PP_TRY(pp_table_resize(out, m * n, err));
    PP_TRY(add_index(out, ".imp", n, 1, err));
    PP_TRY(add_index(out, ".id", n, 0, err));
    for (int c = 0; c < pp_table_columns(tables[0]); c++) {
        PP_TRY(add_stacked(tables, m, c, out, err));
    }
    return PP_OK;
}

pp_status pp_tables_stack(pp_table *const *tables, int m, pp_table **out, pp_error *err) {
    pp_table *table;
    PP_TRY(pp_table_new(&table, err));
    pp_status status = stack(tables, m, table, err);
    if (status != PP_OK) {
        pp_table_free(table);
        return status;
    }
    *out = table;
    return PP_OK;
}

/* ---- names ---- */

/* The names of a list with commas, or all of the table's columns; `names` has room. */
static pp_status list_names(const pp_table *data, const char *list, pp_arena *arena,
                            const char **names, int room, int *n, pp_error *err) {
    *n = 0;
    for (int i = 0; !list && i < pp_table_columns(data) && *n < room; i++) {
        names[(*n)++] = pp_table_column(data, i)->name;
    }
    while (list && *list) {
        size_t length = strcspn(list, ",");
        const char *end = list + length;
        while (length > 0 && *list == ' ') {
            list++;
            length--;
        }
        while (length > 0 && list[length - 1] == ' ') {
            length--;
        }
        if (length > 0 && *n < room) {
            names[*n] = pp_arena_strndup(arena, list, (int64_t)length);
            PP_NEED(names[*n], err);
            (*n)++;
        }
        list = *end ? end + 1 : end;
    }
    return PP_OK;
}

pp_status pp__impute_names(const pp_table *data, const char *list, pp_arena *arena,
                           const char ***names, int *n, int room, pp_error *err) {
    int total = pp_table_columns(data) + (list ? (int)strlen(list) : 0) + room;
    *names = pp_arena_alloc(arena, total, sizeof **names);
    PP_NEED(*names, err);
    return list_names(data, list, arena, *names, total, n, err);
}

/* ---- the whole ---- */

static pp_status make_tables(const pp__imputation *im, const pp_table *data,
                             const pp__completed *copy, pp_table ***out, pp_error *err) {
    int m = im->options.m;
    pp_table **tables = pp_calloc(m, sizeof(pp_table *));
    PP_NEED(tables, err);
    for (int i = 0; i < m; i++) {
        pp_status status = pp__imputation_table(im, data, &copy[i], &tables[i], err);
        if (status != PP_OK) {
            pp_tables_free(tables, m);
            return status;
        }
    }
    *out = tables;
    return PP_OK;
}

static pp_status make_result(const pp__imputation *im, const pp__completed *copy,
                             pp_result **out, pp_error *err) {
    pp_result *result;
    PP_TRY(pp_result_new("impute", &result, err));
    pp_status status = pp__imputation_report(im, copy, result, err);
    if (status == PP_OK) {
        status = pp_result_note_number(result, "seed", (double)im->options.seed, err);
    }
    if (status != PP_OK) {
        pp_result_free(result);
        return status;
    }
    *out = result;
    return PP_OK;
}

pp_status pp_impute(const pp_table *data, const pp_impute_options *options,
                    const pp_context *ctx, pp_table ***completed, pp_result **result,
                    pp_error *err) {
    pp_arena arena;
    pp__imputation *im = pp_malloc(1, sizeof *im);
    pp__completed *copy = NULL;
    const char **names;
    pp_table **tables = NULL;
    int n;
    PP_NEED(im, err);
    pp_arena_init(&arena);
    pp_status status = pp__impute_names(data, options ? options->columns : NULL, &arena,
                                        &names, &n, 0, err);
    if (status == PP_OK) {
        status = pp__imputation_init(data, options, names, n, NULL, 0, im, err);
    }
    if (status != PP_OK) {
        pp_arena_clear(&arena);
        pp_free(im);
        return status;
    }
    copy = pp_calloc(im->options.m, sizeof *copy);
    status = copy ? pp__impute_all(im, ctx, copy, err)
                  : pp_error_set(err, PP_E_MEMORY, "out of memory");
    if (status == PP_OK) {
        status = make_tables(im, data, copy, &tables, err);
    }
    if (status == PP_OK) {
        status = make_result(im, copy, result, err);
    }
    if (status == PP_OK) {
        *completed = tables;
    } else {
        pp_tables_free(tables, im->options.m);
    }
    pp__completed_clear(im, copy, im->options.m);
    pp_free(copy);
    pp__imputation_clear(im);
    pp_arena_clear(&arena);
    pp_free(im);
    return status;
}
