/* From a file to checked rows. */
#include "base/check.h"
#include "evidence/import.h"
#include "evidence/lines.h"

#include <pushpull/io.h>

#include <string.h>

static void list_columns(const pp_table *table, pp_buf *out) {
    for (int i = 0; i < pp_table_columns(table); i++) {
        pp_buf_printf(out, "%s%s", i ? ", " : "", pp_table_column(table, i)->name);
    }
}

static void suggest_columns(const pp_table *table, const pp__entity *entity,
                            pp_buf *out) {
    int n = pp_table_columns(table);
    const char **names = pp_malloc(n, sizeof *names);
    if (!names) {
        out->failed = 1;
        return;
    }
    int spare = 0;
    for (int i = 0; i < n; i++) {
        const char *name = pp_table_column(table, i)->name;
        if (pp__field_position(entity, name) < 0) {
            names[spare++] = name;
        }
    }
    for (int i = 0; i < entity->n; i++) {
        const char *name = entity->fields[i].name;
        const char *near =
            pp_table_find(table, name) ? NULL : pp_text_nearest(name, names, spare);
        if (near) {
            pp_buf_printf(out, "did you mean '%s' for '%s'? ", near, name);
        }
    }
    pp_free(names);
}

/* One error that names all the columns that are missing. */
static pp_status require_columns(const pp__import_rows *rows, pp_error *err) {
    const pp__entity *entity = &pp__entities[rows->kind];
    pp_buf missing, hint;
    pp_buf_init(&missing);
    pp_buf_init(&hint);
    int n = 0;
    for (int i = 0; i < entity->n; i++) {
        if (!pp_table_find(rows->table, entity->fields[i].name)) {
            pp_buf_printf(&missing, "%s%s", n++ ? ", " : "", entity->fields[i].name);
        }
    }
    pp_status status = pp_buf_check(&missing, err);
    if (status == PP_OK && n > 0) {
        suggest_columns(rows->table, entity, &hint);
        pp_buf_add(&hint, "the columns are: ");
        list_columns(rows->table, &hint);
        status = pp_buf_check(&hint, err);
    }
    if (status == PP_OK && n > 0) {
        status = pp_error_set(err, PP_E_INPUT, "this file of %s lacks the column%s %s",
                              entity->plural, n > 1 ? "s" : "", missing.data);
        pp_error_locate(err, rows->path, 1, NULL, NULL);
        pp_error_hint(err, "%s", hint.data);
    }
    pp_buf_clear(&missing);
    pp_buf_clear(&hint);
    return status;
}

static pp_status warn_of_others(pp__import *im, const pp__import_rows *rows,
                                pp_error *err) {
    pp_buf names;
    pp_buf_init(&names);
    int n = 0;
    for (int i = 0; i < pp_table_columns(rows->table); i++) {
        const char *name = pp_table_column(rows->table, i)->name;
        if (pp__field_position(&pp__entities[rows->kind], name) < 0) {
            pp_buf_printf(&names, "%s%s", n++ ? ", " : "", name);
        }
    }
    pp_status status = pp_buf_check(&names, err);
    if (status == PP_OK && n > 0) {
        status = pp_result_warn(im->result, "extra_columns", rows->path, n, err,
                                "columns that %s do not have were left out: %s",
                                pp__entities[rows->kind].plural, names.data);
    }
    pp_buf_clear(&names);
    return status;
}

static pp_status reserve(pp__import_rows *rows, int64_t capacity, pp_error *err) {
    if (capacity > rows->capacity) {
        pp__import_row *grown = pp_realloc(rows->rows, capacity, sizeof *grown);
        PP_NEED(grown, err);
        rows->rows = grown;
        rows->capacity = capacity;
    }
    return PP_OK;
}

pp_status pp__import_add_row(pp__import *im, pp__kind kind, pp__import_row **row,
                             pp_error *err) {
    pp__import_rows *rows = &im->of[kind];
    if (rows->n == rows->capacity) {
        PP_TRY(reserve(rows, rows->n < 32 ? 64 : rows->n * 2, err));
    }
    *row = &rows->rows[rows->n];
    **row = (pp__import_row){.outcome = PP__NEW, .action = "import"};
    (*row)->values =
        pp_arena_zalloc(&im->arena, pp__entities[kind].n, sizeof(const char *));
    PP_NEED((*row)->values, err);
    rows->n++;
    return PP_OK;
}

pp_status pp__import_line(pp__import *im, pp__import_rows *rows, int64_t row,
                          int64_t *out, pp_error *err) {
    if (!rows->lines) {
        int64_t *lines = pp_arena_alloc(&im->arena, rows->from_file, sizeof *lines);
        PP_NEED(lines, err);
        PP_TRY(pp__record_lines(rows->path, rows->from_file, lines, err));
        rows->lines = lines;
    }
    *out = rows->lines[row];
    return PP_OK;
}

static int is_blank(pp_column *const *columns, int n, int64_t row) {
    for (int f = 0; f < n; f++) {
        const char *text = pp_column_get_text(columns[f], row);
        if (text && text[strspn(text, " \t\r\n")]) {
            return 0;
        }
    }
    return 1;
}

/* A value that is refused is left missing, so that others are not checked against it. */
static pp_status check_row(pp__import *im, pp__import_rows *rows, int64_t i,
                           pp_column *const *columns, pp_error *err) {
    const pp__entity *entity = &pp__entities[rows->kind];
    pp__import_row *row = &rows->rows[i];
    int key_is_told = 1;
    for (int f = 0; f < entity->n; f++) {
        pp__problem problem;
        PP_TRY(pp__field_check(im->gazetteer, &entity->fields[f],
                               pp_column_get_text(columns[f], i), &im->arena,
                               &row->values[f], &problem, err));
        if (problem.reason[0]) {
            PP_TRY(pp__import_refuse(im, rows, i, f, &problem, err));
            row->values[f] = NULL;
        }
        key_is_told = key_is_told && (f >= entity->n_key || row->values[f]);
    }
    if (key_is_told) {
        row->key = pp__record_subject(entity, row->values, &im->arena);
        PP_NEED(row->key, err);
    }
    return PP_OK;
}

pp_status pp__import_take(pp__import *im, pp__kind kind, pp_table *table, pp_error *err) {
    const pp__entity *entity = &pp__entities[kind];
    pp__import_rows *rows = &im->of[kind];
    rows->table = table;
    PP_TRY(require_columns(rows, err));
    PP_TRY(warn_of_others(im, rows, err));
    pp_column *columns[PP__MOST_FIELDS];
    for (int f = 0; f < entity->n; f++) {
        columns[f] = pp_table_find(rows->table, entity->fields[f].name);
    }
    rows->from_file = pp_table_rows(rows->table);
    PP_TRY(reserve(rows, rows->from_file, err));
    for (int64_t i = 0; i < rows->from_file; i++) {
        pp__import_row *row;
        if (i % 8192 == 0) {
            PP_TRY(pp_progress(im->ctx, entity->plural, -1, err));
        }
        PP_TRY(pp__import_add_row(im, kind, &row, err));
        if (is_blank(columns, entity->n, i)) {
            row->outcome = PP__BLANK;
        } else {
            PP_TRY(check_row(im, rows, i, columns, err));
        }
    }
    return PP_OK;
}

pp_status pp__import_read(pp__import *im, pp__kind kind, const char *path,
                          pp_error *err) {
    static const pp_read_options as_text = {.all_text = 1};
    pp_table *table;
    PP_TRY(pp_table_read(path, &as_text, im->ctx, &table, err));
    im->of[kind].path = path;
    PP_TRY(pp__import_take(im, kind, table, err));
    return pp_result_note_input(im->result, path, err);
}
