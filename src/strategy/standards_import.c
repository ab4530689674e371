/* Rows of a file into a registry: all of them, or none. */
#include "strategy/registry_edit.h"

#include "base/check.h"
#include "evidence/lines.h"
#include "evidence/rows.h"

#include <pushpull/io.h>
#include <pushpull/text.h>

#include <string.h>

typedef struct import {
    const char *path;
    pp_table *file;
    int64_t *fresh; /* rows of the file that are added */
    int64_t n_fresh, n_same, n_conflicts;
} import;

static int64_t line_of(const import *m, int64_t row) {
    int64_t *lines = pp_malloc(row + 1, sizeof *lines), line = row + 2;
    if (lines && pp__record_lines(m->path, row + 1, lines, NULL) == PP_OK) {
        line = lines[row];
    }
    pp_free(lines);
    return line;
}

/* All columns of the codebook, and none that the registry has not. */
static pp_status check_columns(const pp__edit *e, const import *m, pp_error *err) {
    const pp__register_spec *spec = &pp__register_specs[e->of];
    pp_column *column;
    pp_status status = PP_OK;
    for (int i = 0; status == PP_OK && i < spec->n; i++) {
        status = pp_table_require(m->file, spec->fields[i].name, &column, err);
    }
    for (int i = 0; status == PP_OK && i < pp_table_columns(m->file); i++) {
        const char *name = pp_table_column(m->file, i)->name;
        status = pp_table_require(e->tables[e->of], name, &column, err);
    }
    if (status == PP_E_NOT_FOUND) {
        pp_error_locate(err, m->path, 1, NULL, NULL);
        return PP_E_INPUT;
    }
    return status;
}

static int is_same(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* The first column in which a row of the file is not as that of the registry; NULL: none. */
static const pp_column *find_difference(const pp__edit *e, const import *m, int64_t row,
                                        int64_t known) {
    for (int i = 0; i < pp_table_columns(m->file); i++) {
        const pp_column *theirs = pp_table_column(m->file, i);
        const pp_column *ours = pp_table_find(e->tables[e->of], theirs->name);
        if (!is_same(pp_column_get_text(theirs, row), pp_column_get_text(ours, known))) {
            return theirs;
        }
    }
    return NULL;
}

static void tell_conflict(const pp__edit *e, const import *m, int64_t row, int64_t known,
                          const pp_column *column, pp_error *err) {
    const char *ours =
        pp_column_get_text(pp_table_find(e->tables[e->of], column->name), known);
    pp_error_set(err, PP_E_CONFLICT, "the registry has '%s' in this row",
                 ours ? ours : "nothing");
    pp_error_locate(err, m->path, line_of(m, row), column->name,
                    pp_column_get_text(column, row));
    pp_error_hint(err, "give the row another id, or change the registry by set");
}

static pp_status take_row(pp__edit *e, import *m, int64_t row, pp_error *err) {
    const char *id = pp_column_get_text(pp_table_find(m->file, "id"), row);
    int64_t known = id ? pp__map_get(&e->ids, id, -1) : -1;
    if (known >= 0) {
        const pp_column *column = find_difference(e, m, row, known);
        if (column && m->n_conflicts++ == 0) {
            tell_conflict(e, m, row, known, column, err);
        }
        m->n_same += !column;
        return PP_OK;
    }
    pp_table *table = e->tables[e->of];
    int64_t at;
    PP_TRY(pp_table_append(table, &at, err));
    for (int i = 0; i < pp_table_columns(m->file); i++) {
        const pp_column *column = pp_table_column(m->file, i);
        PP_TRY(pp_column_set_text(table, pp_table_find(table, column->name), at,
                                  pp_column_get_text(column, row), err));
    }
    m->fresh[m->n_fresh++] = row;
    return pp__edit_log(e, "import", id, NULL, NULL, NULL, err);
}

static pp_status put_counts(pp__edit *e, const import *m, pp_error *err) {
    static const pp__column_spec columns[] = {{"outcome", "Rows", PP_TEXT, 0},
                                              {"rows", "How many", 0, PP_SHOW_COUNT}};
    const pp__cell added[] = {PP__TEXT_CELL("added"), PP__NUMBER_CELL(m->n_fresh)};
    const pp__cell same[] = {PP__TEXT_CELL("there already"), PP__NUMBER_CELL(m->n_same)};
    pp_table *table;
    PP_TRY(pp__rows_start(e->out, "standards_import", "Rows of the file", columns, 2,
                          &table, err));
    PP_TRY(pp__rows_add_cells(table, added, err));
    return pp__rows_add_cells(table, same, err);
}

static pp_status take_rows(pp__edit *e, import *m, pp_error *err) {
    int64_t n = pp_table_rows(m->file);
    PP_TRY(check_columns(e, m, err));
    m->fresh = pp_malloc(n + 1, sizeof *m->fresh);
    PP_NEED(m->fresh, err);
    for (int64_t row = 0; row < n; row++) {
        PP_TRY(take_row(e, m, row, err));
    }
    if (m->n_conflicts > 1 && err) {
        pp_error_hint(err,
                      "%lld more rows differ; give them other ids, or change the "
                      "registry by set",
                      (long long)(m->n_conflicts - 1));
    }
    if (m->n_conflicts > 0) {
        return PP_E_CONFLICT;
    }
    PP_TRY(pp__edit_check(e, m->path, m->fresh, err));
    return put_counts(e, m, err);
}

static pp_status work(pp__edit *e, void *payload, pp_error *err) {
    static const pp_read_options as_text = {.all_text = 1};
    import *m = payload;
    PP_TRY(pp_table_read(m->path, &as_text, e->ctx, &m->file, err));
    return take_rows(e, m, err);
}

pp_status pp_standards_import(const pp_standards_edit *edit, const char *file,
                              const pp_context *ctx, pp_result **out, pp_error *err) {
import m = {.path = file };
    pp_status status = pp__edit_do(edit, work, &m, ctx, out, err);
    pp_table_free(m.file);
    pp_free(m.fresh);
    return status;
}
