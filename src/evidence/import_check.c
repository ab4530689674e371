/* What a row by itself cannot tell: is it there twice, does it point to something, is it
 * new? */
#include "base/check.h"
#include "evidence/import.h"

#include <string.h>

static int key_field(const pp__entity *entity) {
    return entity->n_key - 1;
}

static pp_status check_key(pp__import *im, pp__import_rows *rows, int64_t i,
                           pp_error *err) {
    const char *key = rows->rows[i].key;
    if (!key) {
        return PP_OK;
    }
    int64_t *first = pp__map_at(&rows->keys, key, i);
    PP_NEED(first, err);
    if (*first == i) {
        return PP_OK;
    }
    int64_t line;
    pp__problem problem = {0};
    PP_TRY(pp__import_line(im, rows, *first, &line, err));
    pp__complain(&problem, "is in line %lld already", (long long)line);
    return pp__import_refuse(im, rows, i, key_field(&pp__entities[rows->kind]), &problem,
                             err);
}

static pp_status is_known(pp__import *im, pp__kind kind, const char *key, int *known,
                          pp_error *err) {
    *known = pp__map_get(&im->of[kind].keys, key, -1) >= 0;
    if (*known) {
        return PP_OK;
    }
    pp__record record;
    pp_arena_mark mark = pp_arena_get_mark(&im->arena);
    PP_TRY(pp__record_latest(im->store, kind, &key, &im->arena, &record, err));
    pp_arena_release(&im->arena, mark);
    *known = record.version > 0;
    return PP_OK;
}

/* The field must name a record of `kind` that is in a file of this import or in the
 * store. */
static pp_status check_reference(pp__import *im, pp__import_rows *rows, int64_t i,
                                 int field, pp__kind kind, pp_error *err) {
    const char *key = rows->rows[i].values[field];
    int known;
    if (!key) {
        return PP_OK;
    }
    PP_TRY(is_known(im, kind, key, &known, err));
    if (known) {
        return PP_OK;
    }
    pp__problem problem = {0};
    pp__complain(&problem, "is not among the %s of this import or of the store",
                 pp__entities[kind].plural);
    pp__suggest(&problem, "add it to the file of %s", pp__entities[kind].plural);
    return pp__import_refuse(im, rows, i, field, &problem, err);
}

static pp_status check_claim(pp__import *im, pp__import_rows *rows, int64_t i,
                             pp_error *err) {
    for (int field = 0; field < pp__entities[PP__CLAIM].n; field++) {
        pp__problem problem;
        pp__claim_check(rows->rows[i].values, field, &problem);
        if (problem.reason[0]) {
            PP_TRY(pp__import_refuse(im, rows, i, field, &problem, err));
        }
    }
    return check_reference(im, rows, i, CLAIM_SOURCE, PP__SOURCE, err);
}

/* Beside what was last imported, not beside a correction that a person made since. */
static pp_status compare_with_store(pp__import *im, pp__import_rows *rows, int64_t i,
                                    const char *digest, pp_error *err) {
    pp__import_row *row = &rows->rows[i];
    int64_t imported;
    char last[PP_DIGEST_HEX];
    PP_TRY(pp__record_imported(im->store, rows->kind, row->values, &imported, last,
                               &row->version, err));
    row->outcome = row->version == 0                           ? PP__NEW
                   : imported > 0 && strcmp(last, digest) == 0 ? PP__UNCHANGED
                                                               : PP__CHANGED;
    if (row->outcome == PP__CHANGED && imported > 0 && imported < row->version) {
        return pp_result_warn(
            im->result, "correction_superseded", row->key, -1, err,
            "%s %s was corrected by a person since it was imported; the "
            "changed row stands in for the correction",
            pp__entities[rows->kind].name, row->key);
    }
    return PP_OK;
}

static const char same_content[] =
    "SELECT v.claim_id FROM claim_version AS v JOIN claim AS h ON h.claim_id = "
    "v.claim_id "
    "AND h.version = v.version WHERE v.digest = ?1 AND v.claim_id <> ?2 AND NOT EXISTS "
    "(SELECT 1 FROM retracted AS r WHERE r.kind = 'claim' AND r.subject = v.claim_id)";

/* A claim of the same content under another id, in the file or in the store. */
static pp_status check_content(pp__import *im, pp__import_rows *rows, int64_t i,
                               const char *digest, pp__map *contents, pp__statement *s,
                               pp_error *err) {
    pp__problem problem = {0};
    int64_t *first = pp__map_at(contents, digest, i);
    PP_NEED(first, err);
    if (*first != i) {
        int64_t line;
        PP_TRY(pp__import_line(im, rows, *first, &line, err));
        pp__complain(&problem, "says in every field what %s in line %lld says",
                     rows->rows[*first].key, (long long)line);
    } else if (rows->rows[i].outcome != PP__UNCHANGED) {
        int found;
        PP_TRY(pp__bind_text(s, 1, digest, err));
        PP_TRY(pp__bind_text(s, 2, rows->rows[i].key, err));
        PP_TRY(pp__step(s, &found, err));
        if (found && pp__map_get(&rows->keys, pp__text(s, 0), -1) < 0) {
            pp__complain(&problem, "says in every field what %s in the store says",
                         pp__text(s, 0));
        }
        pp__reset(s);
    }
    if (!problem.reason[0]) {
        return PP_OK;
    }
    pp__suggest(&problem, "leave one out, or say in the note how they differ");
    return pp__import_refuse(im, rows, i, CLAIM_ID, &problem, err);
}

static pp_status compare_rows(pp__import *im, pp__import_rows *rows, pp__map *contents,
                              pp__statement *same, pp_error *err) {
    for (int64_t i = 0; i < rows->from_file; i++) {
        if (rows->rows[i].outcome != PP__NEW) {
            continue;
        }
        char *digest = pp_arena_alloc(&im->arena, PP_DIGEST_HEX, 1);
        PP_NEED(digest, err);
        pp__record_digest(&pp__entities[rows->kind], rows->rows[i].values, digest);
        PP_TRY(compare_with_store(im, rows, i, digest, err));
        if (same) {
            PP_TRY(check_content(im, rows, i, digest, contents, same, err));
        }
    }
    return PP_OK;
}

static pp_status compare_claims(pp__import *im, pp_error *err) {
    pp__map contents = {0};
    pp__statement *same;
    PP_TRY(pp__db_prepare(im->store->db, same_content, &same, err));
    pp_status status = compare_rows(im, &im->of[PP__CLAIM], &contents, same, err);
    pp__finish(same);
    pp__map_clear(&contents);
    return status;
}

pp_status pp__import_check(pp__import *im, pp_error *err) {
    for (int kind = 0; kind < PP__KINDS; kind++) {
        for (int64_t i = 0; i < im->of[kind].from_file; i++) {
            PP_TRY(check_key(im, &im->of[kind], i, err));
        }
    }
    for (int64_t i = 0; i < im->of[PP__VENDOR].from_file; i++) {
        PP_TRY(
            check_reference(im, &im->of[PP__VENDOR], i, VENDOR_PARENT, PP__VENDOR, err));
    }
    for (int64_t i = 0; i < im->of[PP__CLAIM].from_file; i++) {
        PP_TRY(check_claim(im, &im->of[PP__CLAIM], i, err));
    }
    for (int kind = 0; kind < PP__CLAIM; kind++) {
        PP_TRY(compare_rows(im, &im->of[kind], NULL, NULL, err));
    }
    return compare_claims(im, err);
}
