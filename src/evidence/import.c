#include "evidence/import.h"
#include "base/check.h"
#include "evidence/rows.h"

#include <stdio.h>
#include <string.h>

static pp_status change_row(pp__import *im, pp__kind kind, const pp__import_row *row,
                            pp_error *err) {
    pp__record before;
    pp_buf detail;
    pp_buf_init(&detail);
    pp_arena_mark mark = pp_arena_get_mark(&im->arena);
    pp_status status =
        pp__record_latest(im->store, kind, row->values, &im->arena, &before, err);
    if (status == PP_OK) {
        status = pp__record_difference(&pp__entities[kind], before.values, row->values,
                                       &detail, err);
    }
    if (status == PP_OK) {
        status = pp__record_add(im->store, kind, row->values, row->version, row->action,
                                detail.data, err);
    }
    pp_arena_release(&im->arena, mark);
    pp_buf_clear(&detail);
    return status;
}

static pp_status apply_rows(pp__import *im, const pp__import_rows *rows, int64_t *changes,
                            pp_error *err) {
    for (int64_t i = 0; i < rows->n; i++) {
        const pp__import_row *row = &rows->rows[i];
        if (i % 8192 == 0) {
            PP_TRY(pp_progress(im->ctx, "import", (double)i / (double)rows->n, err));
        }
        if (row->outcome == PP__NEW) {
            PP_TRY(pp__record_add(im->store, rows->kind, row->values, 0, row->action,
                                  NULL, err));
        } else if (row->outcome == PP__CHANGED) {
            PP_TRY(change_row(im, rows->kind, row, err));
        }
        *changes += row->outcome == PP__NEW || row->outcome == PP__CHANGED;
    }
    return PP_OK;
}

/* Which file the changes came from, by its name and its digest. */
static pp_status log_file(pp__import *im, const pp__import_rows *rows, pp_error *err) {
    char digest[PP_DIGEST_HEX];
    PP_TRY(pp_digest_file(rows->path, digest, err));
    const char *slash = strrchr(rows->path, '/');
    return pp__log_append(im->store, "import", "file", slash ? slash + 1 : rows->path, 0,
                          digest, pp__entities[rows->kind].plural, err);
}

pp_status pp__import_apply(pp__import *im, int64_t *changes, pp_error *err) {
    for (int kind = 0; kind < PP__KINDS; kind++) {
        PP_TRY(apply_rows(im, &im->of[kind], changes, err));
    }
    for (int kind = 0; kind<PP__KINDS && * changes> 0; kind++) {
        if (im->of[kind].path) {
            PP_TRY(log_file(im, &im->of[kind], err));
        }
    }
    return PP_OK;
}

static pp_status begin_report(pp__import *im, pp_table **refused, pp_error *err) {
    static const pp__column_spec columns[] = {
        {"file", "File", PP_TEXT, 0},     {"line", "Line", 0, PP_SHOW_YEAR},
        {"field", "Field", PP_TEXT, 0},   {"value", "Value", PP_TEXT, 0},
        {"reason", "Reason", PP_TEXT, 0}, {"suggestion", "Suggestion", PP_TEXT, 0}};
    PP_TRY(pp_result_new("import", &im->result, err));
    return pp__rows_start(im->result, "refused", "Rows that were refused", columns, 6,
                          refused, err);
}

static pp_status read_files(pp__import *im, const pp_import_options *options,
                            pp_error *err) {
    const char *const paths[PP__KINDS] = {[PP__SOURCE] = options->sources,
                                          [PP__VENDOR] = options->vendors,
                                          [PP__SEARCH] = options->searches,
                                          [PP__CLAIM] = options->claims};
    for (int kind = 0; kind < PP__KINDS; kind++) {
        im->of[kind].kind = (pp__kind)kind;
        if (paths[kind]) {
            PP_TRY(pp__import_read(im, (pp__kind)kind, paths[kind], err));
        }
    }
    return PP_OK;
}

/* All in one transaction, which is kept only when nothing is refused. */
static pp_status transact(pp__import *im, pp_error *err) {
    int64_t changes = 0;
    PP_TRY(pp__import_check(im, err));
    PP_TRY(pp__import_derive(im, err));
    PP_TRY(pp__import_retry(im, err));
    if (im->n_refused == 0) {
        PP_TRY(pp__import_apply(im, &changes, err));
    }
    PP_TRY(pp__import_report(im, err));
    if (changes > 0 && im->n_refused == 0 && !im->dry_run) {
        PP_TRY(pp__store_commit(im->store, err));
    }
    return PP_OK;
}

static pp_status run(pp__import *im, const pp_import_options *options, pp_error *first,
                     pp_error *err) {
    pp_table *refused;
    PP_TRY(begin_report(im, &refused, err));
    PP_TRY(read_files(im, options, err));
    PP_TRY(pp__store_begin(im->store, options->author, err));
    pp_status status = transact(im, err);
    pp__store_rollback(im->store);
    return status == PP_OK ? pp__import_list_refusals(im, refused, first, err) : status;
}

static pp_status refusal(const pp__import *im, const pp_error *first, pp_error *err) {
    pp_error_set(
        err, PP_E_INPUT, "%lld row%s refused and nothing was imported; the first: %s",
        (long long)im->n_refused, im->n_refused == 1 ? " was" : "s were", first->message);
    pp_error_locate(err, first->file, first->line, first->column, first->value);
    pp_error_hint(err, "%s", first->hint);
    return PP_E_INPUT;
}

void pp__import_clear(pp__import *im) {
    for (int kind = 0; kind < PP__KINDS; kind++) {
        pp_table_free(im->of[kind].table);
        pp_free(im->of[kind].rows);
        pp__map_clear(&im->of[kind].keys);
    }
    pp_free(im->refusals);
    pp_result_free(im->result);
    pp_arena_clear(&im->arena);
}

pp_status pp_evidence_import(pp_store *store, const pp_gazetteer *gazetteer,
                             const pp_import_options *options, const pp_context *ctx,
                             pp_result **out, pp_error *err) {
    pp__import im = {
        .store = store, .gazetteer = gazetteer, .ctx = ctx, .dry_run = options->dry_run};
    pp_error first = {0};
    *out = NULL;
    pp_status status = run(&im, options, &first, err);
    if (status == PP_OK) {
        *out = im.result;
        im.result = NULL;
        status = im.n_refused > 0 ? refusal(&im, &first, err) : PP_OK;
    }
    pp__import_clear(&im);
    return status;
}
