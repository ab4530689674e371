/* Is the store what its log says? The chain of the log, then every row of every table of
 * versions against the digest that the log holds of it, so that a row changed behind the
 * store's back is found.
 */
#include "base/check.h"
#include "evidence/record.h"
#include "evidence/rows.h"

#include <stdio.h>
#include <string.h>

typedef struct verification {
    pp_store *store;
    pp_table *table;
    int failed;
} verification;

static pp_status report(verification *v, const char *check, const char *problem,
                        const char *detail, pp_error *err) {
    int failed = problem[0] != '\0';
    v->failed += failed;
    const char *values[] = {check, failed ? "failed" : "ok", failed ? problem : detail};
    return pp__rows_add(v->table, values, err);
}

static pp_status verify_file(verification *v, pp_error *err) {
    char problem[PP__PROBLEM];
    PP_TRY(v->store->db->engine->check(v->store->db, 1, problem, err));
    return report(v, "file", problem, "pages, indices and references hold", err);
}

static pp_status verify_log(verification *v, pp_error *err) {
    char problem[PP__PROBLEM], head[PP_DIGEST_HEX], detail[160];
    int64_t entries;
    PP_TRY(pp__log_check(v->store, &entries, head, problem, err));
    snprintf(detail, sizeof detail, "%lld entries, the last is %s", (long long)entries,
             head);
    return report(v, "log", problem, detail, err);
}

static int equal(const char *a, const char *b) {
    return a && b && strcmp(a, b) == 0;
}

/* Columns 0..5 of the statement: version, digest of the row; entity, subject, version,
   digest of the entry. */
static void check_row(const pp__entity *entity, pp__statement *s, const char *subject,
                      const char *const *values, char problem[PP__PROBLEM]) {
    char digest[PP_DIGEST_HEX];
    pp__record_digest(entity, values, digest);
    long long version = pp__integer(s, 0);
    if (!pp__text(s, 2)) {
        snprintf(problem, PP__PROBLEM, "%s %s version %lld is not in the log",
                 entity->name, subject, version);
    } else if (!equal(pp__text(s, 2), entity->name) || !equal(pp__text(s, 3), subject) ||
               pp__integer(s, 4) != version) {
        snprintf(problem, PP__PROBLEM,
                 "%s %s version %lld: its entry in the log is about %s", entity->name,
                 subject, version, pp__text(s, 3));
    } else if (!equal(pp__text(s, 5), digest) || !equal(pp__text(s, 1), digest)) {
        snprintf(problem, PP__PROBLEM,
                 "%s %s version %lld was changed after it was logged", entity->name,
                 subject, version);
    }
}

static pp_status walk_rows(const pp__entity *entity, pp__statement *s, int64_t *n,
                           char problem[PP__PROBLEM], pp_error *err) {
    pp_arena arena;
    pp_arena_init(&arena);
    pp_arena_mark start = pp_arena_get_mark(&arena);
    const char *values[PP__MOST_FIELDS] = {0};
    int row = 0;
    pp_status status;
    while ((status = pp__step(s, &row, err)) == PP_OK && row && !problem[0]) {
        PP_TRY_GOTO(status, done, pp__record_read(entity, s, 6, &arena, values, err));
        const char *subject = pp__record_subject(entity, values, &arena);
        if (!subject) {
            status = pp_error_set(err, PP_E_MEMORY, "out of memory");
            goto done;
        }
        check_row(entity, s, subject, values, problem);
        pp_arena_release(&arena, start);
        ++*n;
    }
done:
    pp_arena_clear(&arena);
    return status;
}

static pp_status verify_rows(verification *v, const pp__entity *entity, int64_t *n,
                             char problem[PP__PROBLEM], pp_error *err) {
    pp_buf sql;
    pp_buf_init(&sql);
    pp_buf_add(&sql,
               "SELECT r.version, r.digest, l.entity, l.subject, l.version, l.digest, ");
    pp__record_columns(entity, "r.", entity->n, &sql);
    pp_buf_printf(&sql,
                  " FROM %s AS r LEFT JOIN log AS l ON l.seq = r.seq ORDER BY r.seq",
                  entity->rows);
    pp__statement *s = NULL;
    pp_status status = pp_buf_check(&sql, err);
    if (status == PP_OK) {
        status = pp__db_prepare(v->store->db, sql.data, &s, err);
    }
    if (status == PP_OK) {
        status = walk_rows(entity, s, n, problem, err);
    }
    pp__finish(s);
    pp_buf_clear(&sql);
    return status;
}

static pp_status count(verification *v, pp_buf *sql, int64_t *out, pp_error *err) {
    pp_status status = pp_buf_check(sql, err);
    if (status == PP_OK) {
        status = pp__db_integer(v->store->db, sql->data, out, err);
    }
    pp_buf_clear(sql);
    return status;
}

/* An entry about a record whose row is gone. */
static pp_status verify_entries(verification *v, const pp__entity *entity, int64_t n,
                                char problem[PP__PROBLEM], pp_error *err) {
    pp_buf sql;
    pp_buf_init(&sql);
    pp_buf_printf(&sql, "SELECT count(*) FROM log WHERE entity = '%s'", entity->name);
    int64_t entries = 0;
    PP_TRY(count(v, &sql, &entries, err));
    if (entries != n && !problem[0]) {
        snprintf(problem, PP__PROBLEM, "the log tells of %lld versions, there are %lld",
                 (long long)entries, (long long)n);
    }
    return PP_OK;
}

/* A record whose version in force is not its last. */
static pp_status verify_heads(verification *v, const pp__entity *entity,
                              char problem[PP__PROBLEM], pp_error *err) {
    if (!entity->head) {
        return PP_OK;
    }
    pp_buf sql;
    pp_buf_init(&sql);
    pp_buf_printf(&sql,
                  "SELECT count(*) FROM %s AS h WHERE h.version <> coalesce((SELECT "
                  "max(r.version) FROM %s AS r WHERE ",
                  entity->head, entity->rows);
    for (int i = 0; i < entity->n_key; i++) {
        pp_buf_printf(&sql, "%sr.%s = h.%s", i ? " AND " : "", entity->fields[i].name,
                      entity->fields[i].name);
    }
    pp_buf_add(&sql, "), 0)");
    int64_t wrong = 0;
    PP_TRY(count(v, &sql, &wrong, err));
    if (wrong && !problem[0]) {
        snprintf(problem, PP__PROBLEM, "%lld records do not show their last version",
                 (long long)wrong);
    }
    return PP_OK;
}

static pp_status verify_entity(verification *v, const pp__entity *entity, pp_error *err) {
    char problem[PP__PROBLEM] = "", detail[64];
    int64_t n = 0;
    PP_TRY(verify_rows(v, entity, &n, problem, err));
    PP_TRY(verify_entries(v, entity, n, problem, err));
    PP_TRY(verify_heads(v, entity, problem, err));
    snprintf(detail, sizeof detail, "%lld versions as logged", (long long)n);
    return report(v, entity->plural, problem, detail, err);
}

static pp_status verify_all(verification *v, const pp_context *ctx, pp_error *err) {
    PP_TRY(verify_file(v, err));
    PP_TRY(verify_log(v, err));
    for (int kind = 0; kind < PP__KINDS; kind++) {
        PP_TRY(pp_progress(ctx, "verify", (kind + 1.0) / (PP__KINDS + 1), err));
        PP_TRY(verify_entity(v, &pp__entities[kind], err));
    }
    return PP_OK;
}

pp_status pp_evidence_verify(pp_store *store, const pp_context *ctx, pp_result **out,
                             pp_error *err) {
    static const pp__column_spec columns[] = {{"check", "Check", PP_TEXT, 0},
                                              {"outcome", "Outcome", PP_TEXT, 0},
                                              {"detail", "Detail", PP_TEXT, 0}};
    verification v = {.store = store};
    pp_result *result = NULL;
    *out = NULL;
    PP_TRY(pp_result_new("verify", &result, err));
    pp_status status =
        pp_result_add(result, "verify", "The store and its log", &v.table, err);
    if (status == PP_OK) {
        status = pp__rows_begin(v.table, columns, 3, err);
    }
    if (status == PP_OK) {
        status = pp__store_begin_reading(store, err);
    }
    if (status == PP_OK) {
        status = verify_all(&v, ctx, err);
        pp__store_rollback(store);
    }
    if (status != PP_OK) {
        pp_result_free(result);
        return status;
    }
    *out = result;
    if (v.failed) {
        pp_error_set(err, PP_E_CORRUPT, "the store does not verify");
        pp_error_locate(err, store->path, 0, NULL, NULL);
        pp_error_hint(err,
                      "somebody changed it by other means than Pushpull: compare it with "
                      "a copy");
        return PP_E_CORRUPT;
    }
    return PP_OK;
}
