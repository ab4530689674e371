#include "strategy/registry_edit.h"

#include "base/check.h"
#include "evidence/lines.h"
#include "evidence/rows.h"
#include "strategy/registry_problems.h"

#include <pushpull/file.h>
#include <pushpull/io.h>
#include <pushpull/text.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { LOGGED = 9 };
static const pp__column_spec logged[LOGGED] = {
    {"day", "Day", PP_TEXT, 0},       {"by", "By", PP_TEXT, 0},
    {"reason", "Reason", PP_TEXT, 0}, {"table", "File", PP_TEXT, 0},
    {"id", "Row", PP_TEXT, 0},        {"action", "Action", PP_TEXT, 0},
    {"column", "Column", PP_TEXT, 0}, {"old", "Old", PP_TEXT, 0},
    {"new", "New", PP_TEXT, 0}};

/* ---- opening ---- */

static pp_status need(const char *value, const char *column, const char *what,
                      pp_error *err) {
    if (value && *value) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_ARGUMENT, "a change of the registry needs %s", what);
    pp_error_locate(err, NULL, 0, column, NULL);
    pp_error_hint(err, "it is kept in changes.csv beside the change");
    return PP_E_ARGUMENT;
}

static pp_status find_register(const char *name, pp__register *out, pp_error *err) {
    const char *names[PP__REGISTERS];
    for (int i = 0; i < PP__REGISTERS; i++) {
        names[i] = pp__register_specs[i].name;
        if (strcmp(names[i], name) == 0) {
            *out = (pp__register)i;
            return PP_OK;
        }
    }
    const char *near = pp_text_nearest(name, names, PP__REGISTERS);
    pp_error_set(err, PP_E_ARGUMENT, "the registry has no table '%s'", name);
    if (near) {
        pp_error_hint(err, "did you mean '%s'?", near);
    } else {
        pp_error_hint(err, "there are body, instrument, provision, commitment, "
                           "contribution, link and member");
    }
    return PP_E_ARGUMENT;
}

static pp_status lock(pp__edit *e, pp_error *err) {
    const char *folder = e->request->folder;
    e->lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (e->lock < 0) {
        pp_error_set(err, PP_E_NOT_FOUND, "there is no such folder");
        pp_error_locate(err, folder, 0, NULL, NULL);
        pp_error_hint(err, "copy the registry that comes with pushpull, or export it");
        return PP_E_NOT_FOUND;
    }
    if (flock(e->lock, LOCK_EX | LOCK_NB) != 0) {
        pp_error_set(err, PP_E_CONFLICT, "somebody else is changing this registry");
        pp_error_locate(err, folder, 0, NULL, NULL);
        pp_error_hint(err, "try again when they are done");
        return PP_E_CONFLICT;
    }
    return PP_OK;
}

static pp_status read_log(pp__edit *e, pp_error *err) {
    static const pp_read_options as_text = {.all_text = 1};
    char path[2048];
    pp_column *column;
    snprintf(path, sizeof path, "%s/changes.csv", e->request->folder);
    if (!pp_file_exists(path)) {
        PP_TRY(pp_table_new(&e->log, err));
        return pp__rows_begin(e->log, logged, LOGGED, err);
    }
    PP_TRY(pp_table_read(path, &as_text, e->ctx, &e->log, err));
    for (int i = 0; i < LOGGED; i++) {
        PP_TRY(pp_table_require(e->log, logged[i].name, &column, err));
    }
    return PP_OK;
}

static pp_status index_rows(pp__edit *e, pp_error *err) {
    const pp_table *table = e->tables[e->of];
    pp_column *id;
    PP_TRY(pp_table_require(table, "id", &id, err));
    e->n_before = pp_table_rows(table);
    for (int64_t i = 0; i < e->n_before; i++) {
        const char *text = pp_column_get_text(id, i);
        if (text) {
            PP_NEED(pp__map_at(&e->ids, text, i), err);
        }
    }
    return PP_OK;
}

pp_status pp__edit_open(pp__edit *e, const pp_standards_edit *request,
                        const pp_context *ctx, pp_error *err) {
    pp_error why = {0};
    pp__date day;
    *e = (pp__edit){.request = request, .ctx = ctx, .lock = -1};
    PP_TRY(need(request->by, "by", "somebody who makes it", err));
    PP_TRY(need(request->reason, "reason", "a reason", err));
    PP_TRY(need(request->day, "day", "a day", err));
    if (pp__date_parse(request->day, &day, &why) != PP_OK) {
        PP_FAIL(err, PP_E_ARGUMENT, "the day of the change: %s", why.message);
    }
    PP_TRY(find_register(request->table, &e->of, err));
    PP_TRY(lock(e, err));
    PP_TRY(pp__registry_recover(request->folder, err));
    PP_TRY(pp__registry_tables(request->folder, ctx, e->tables, err));
    PP_TRY(read_log(e, err));
    PP_TRY(index_rows(e, err));
    PP_TRY(pp_result_new("standards", &e->out, err));
    return pp__rows_start(e->out, "standards_changes", "Changes of the registry", logged,
                          LOGGED, &e->changes, err);
}

void pp__edit_close(pp__edit *e) {
    for (int i = 0; i < PP__REGISTERS; i++) {
        pp_table_free(e->tables[i]);
    }
    pp_table_free(e->log);
    pp__map_clear(&e->ids);
    pp_result_free(e->out);
    if (e->lock >= 0) {
        close(e->lock);
    }
}

/* ---- changing ---- */

pp_status pp__edit_row(const pp__edit *e, const char *id, int64_t *row, pp_error *err) {
    *row = pp__map_get(&e->ids, id, -1);
    if (*row >= 0) {
        return PP_OK;
    }
    const pp_column *column = pp_table_find(e->tables[e->of], "id");
    const char **names = pp_malloc(e->n_before + 1, sizeof *names);
    int64_t n = 0;
    PP_NEED(names, err);
    for (int64_t i = 0; i < e->n_before; i++) {
        const char *text = pp_column_get_text(column, i);
        if (text) {
            names[n++] = text;
        }
    }
    const char *near = pp_text_nearest(id, names, n);
    pp_error_set(err, PP_E_NOT_FOUND, "no %s has the id '%s'", e->request->table, id);
    if (near) {
        pp_error_hint(err, "did you mean '%s'?", near);
    } else {
        pp_error_hint(err, "ids are in %s.csv", e->request->table);
    }
    pp_free(names);
    return PP_E_NOT_FOUND;
}

static pp_status add_logged(const pp__edit *e, pp_table *table, const char *action,
                            const char *id, const char *column, const char *old,
                            const char *fresh, pp_error *err) {
    const pp_standards_edit *r = e->request;
    const char *const values[LOGGED] = {r->day, r->by,  r->reason, r->table, id,
                                        action, column, old,       fresh};
    int64_t row;
    PP_TRY(pp_table_append(table, &row, err));
    for (int i = 0; i < LOGGED; i++) {
        PP_TRY(pp_column_set_text(table, pp_table_find(table, logged[i].name), row,
                                  values[i], err));
    }
    return PP_OK;
}

pp_status pp__edit_log(pp__edit *e, const char *action, const char *id,
                       const char *column, const char *old, const char *fresh,
                       pp_error *err) {
    PP_TRY(add_logged(e, e->changes, action, id, column, old, fresh, err));
    return add_logged(e, e->log, action, id, column, old, fresh, err);
}

pp_status pp__edit_set(pp__edit *e, const char *action, const char *id, int64_t row,
                       const char *column, const char *value, pp_error *err) {
    pp_table *table = e->tables[e->of];
    pp_column *cell;
    PP_TRY(pp_table_require(table, column, &cell, err));
    const char *old = pp_column_get_text(cell, row);
    const char *fresh = value && *value ? value : NULL;
    if (old == fresh || (old && fresh && strcmp(old, fresh) == 0)) {
        return PP_OK;
    }
    PP_TRY(pp__edit_log(e, action, id, column, old, fresh, err));
    return pp_column_set_text(table, cell, row, fresh, err);
}

/* ---- checking and writing ---- */

/* Where the first mistake stands: among new rows, in the file that they come from. */
static void locate(const pp__edit *e, const pp_table *problems, const char *file,
                   const int64_t *rows, pp_error *err) {
    const char *name = pp_column_get_text(pp_table_find(problems, "file"), 0);
    int64_t row = (int64_t)pp_table_find(problems, "line")->number[0] - 2;
    int own = strncmp(name, e->request->table, strlen(e->request->table)) == 0;
    char path[2048];
    snprintf(path, sizeof path, "%s/%s", e->request->folder, name);
    int64_t line = row + 2;
    if (own && file && row >= e->n_before) {
        int64_t at = rows[row - e->n_before], *lines = pp_malloc(at + 1, sizeof *lines);
        line = at + 2;
        if (lines && pp__record_lines(file, at + 1, lines, NULL) == PP_OK) {
            line = lines[at];
        }
        pp_free(lines);
        snprintf(path, sizeof path, "%s", file);
    }
    pp_error_locate(err, path, line,
                    pp_column_get_text(pp_table_find(problems, "column"), 0),
                    pp_column_get_text(pp_table_find(problems, "value"), 0));
    if (pp_table_rows(problems) > 1) {
        const char *what = pp_column_get_text(pp_table_find(problems, "suggestion"), 0);
        pp_error_hint(
            err, "%s%snothing is written, for %lld more mistakes would be there",
            what ? what : "", what ? "; " : "", (long long)(pp_table_rows(problems) - 1));
    }
}

pp_status pp__edit_check(pp__edit *e, const char *file, const int64_t *rows,
                         pp_error *err) {
    pp_table *copies[PP__REGISTERS] = {0}, *problems = NULL;
    pp_standards *s = NULL;
    pp_status status = PP_OK;
    for (int i = 0; status == PP_OK && i < PP__REGISTERS; i++) {
        status = pp_table_copy(e->tables[i], &copies[i], err);
    }
    if (status != PP_OK) {
        for (int i = 0; i < PP__REGISTERS; i++) {
            pp_table_free(copies[i]);
        }
        return status;
    }
    PP_TRY(pp__standards_take(copies, NULL, e->request->gazetteer, &s, &problems, err));
    status = pp__registry_first_problem(problems, err);
    if (status != PP_OK) {
        locate(e, problems, file, rows, err);
    }
    pp_table_free(problems);
    pp_standards_free(s);
    return status;
}

pp_status pp__edit_write(pp__edit *e, pp_error *err) {
    if (pp_table_rows(e->changes) == 0 || e->request->dry_run) {
        return PP_OK;
    }
    return pp__registry_commit(e->request->folder, e->request->table, e->tables[e->of],
                               e->log, e->ctx, err);
}

pp_status pp__edit_do(const pp_standards_edit *request, pp__edit_work *work,
                      void *payload, const pp_context *ctx, pp_result **out,
                      pp_error *err) {
    pp__edit e;
    *out = NULL;
    pp_status status = pp__edit_open(&e, request, ctx, err);
    if (status == PP_OK) {
        status = work(&e, payload, err);
    }
    if (status == PP_OK) {
        status = pp__edit_write(&e, err);
    }
    if (status == PP_OK) {
        *out = e.out;
        e.out = NULL;
    }
    pp__edit_close(&e);
    return status;
}
