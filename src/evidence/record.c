#include "evidence/record.h"
#include "base/check.h"
#include "evidence/digest.h"

#include <math.h>
#include <string.h>

void pp__record_digest(const pp__entity *entity, const char *const *values,
                       char out[PP_DIGEST_HEX]) {
    pp__digest digest;
    pp__digest_begin(&digest);
    pp__digest_text(&digest, entity->name);
    for (int i = entity->n_key; i < entity->n; i++) {
        pp__digest_text(&digest, values[i]);
    }
    pp__digest_end(&digest, out);
}

const char *pp__record_subject(const pp__entity *entity, const char *const *values,
                               pp_arena *arena) {
    const char *out = values[0];
    for (int i = 1; i < entity->n_key && out; i++) {
        out = pp_arena_printf(arena, "%s/%s", out, values[i]);
    }
    return out;
}

void pp__record_columns(const pp__entity *entity, const char *prefix, int n,
                        pp_buf *out) {
    for (int i = 0; i < n; i++) {
        pp_buf_printf(out, "%s%s%s", i ? ", " : "", prefix, entity->fields[i].name);
    }
}

/* "k1 = ?1 AND k2 = ?2" */
static void key_matches(const pp__entity *entity, const char *prefix, pp_buf *out) {
    for (int i = 0; i < entity->n_key; i++) {
        pp_buf_printf(out, "%s%s%s = ?%d", i ? " AND " : "", prefix,
                      entity->fields[i].name, i + 1);
    }
}

static void parameters(int first, int last, pp_buf *out) {
    for (int i = first; i <= last; i++) {
        pp_buf_printf(out, "%s?%d", i > first ? ", " : "", i);
    }
}

static void latest_sql(const pp__entity *e, pp_buf *sql) {
    pp_buf_add(sql, "SELECT version, ");
    pp__record_columns(e, "", e->n, sql);
    pp_buf_printf(sql, " FROM %s WHERE ", e->rows);
    key_matches(e, "", sql);
    pp_buf_add(sql, " ORDER BY version DESC LIMIT 1");
}

static void imported_sql(const pp__entity *e, pp_buf *sql) {
    pp_buf_printf(sql,
                  "SELECT v.version, v.digest, l.action FROM %s AS v JOIN log AS l "
                  "ON l.seq = v.seq WHERE ",
                  e->rows);
    key_matches(e, "v.", sql);
    pp_buf_add(sql, " ORDER BY v.version DESC");
}

static void add_head_sql(const pp__entity *e, pp_buf *sql) {
    pp_buf_printf(sql, "INSERT INTO %s (", e->head);
    pp__record_columns(e, "", e->n_key, sql);
    pp_buf_add(sql, ", version) VALUES (");
    parameters(1, e->n_key + 1, sql);
    pp_buf_add(sql, ") ON CONFLICT (");
    pp__record_columns(e, "", e->n_key, sql);
    pp_buf_add(sql, ") DO UPDATE SET version = excluded.version");
}

static void add_version_sql(const pp__entity *e, pp_buf *sql) {
    pp_buf_printf(sql, "INSERT INTO %s (", e->rows);
    pp__record_columns(e, "", e->n, sql);
    pp_buf_add(sql, ", version, seq, digest) VALUES (");
    parameters(1, e->n + 3, sql);
    pp_buf_add(sql, ")");
}

typedef void write_sql(const pp__entity *entity, pp_buf *sql);

/* The statement in `*slot`, prepared when it is first needed. */
static pp_status prepared(pp_store *store, pp__kind kind, pp__statement **slot,
                          write_sql *write, pp_error *err) {
    if (*slot) {
        return PP_OK;
    }
    pp_buf sql;
    pp_buf_init(&sql);
    write(&pp__entities[kind], &sql);
    pp_status status = pp_buf_check(&sql, err);
    if (status == PP_OK) {
        status = pp__db_prepare(store->db, sql.data, slot, err);
    }
    pp_buf_clear(&sql);
    return status;
}

static pp_status bind_value(const pp__field *field, pp__statement *s, int index,
                            const char *value, pp_error *err) {
    if (!pp__is_number(field)) {
        return pp__bind_text(s, index, value, err);
    }
    double number = NAN;
    if (value && !pp_parse_number(value, &number)) {
        PP_FAIL(err, PP_E_INTERNAL, "'%s' was to be a number", value);
    }
    return pp__bind_number(s, index, number, err);
}

static pp_status bind_values(const pp__entity *entity, pp__statement *s,
                             const char *const *values, int n, pp_error *err) {
    for (int i = 0; i < n; i++) {
        PP_TRY(bind_value(&entity->fields[i], s, i + 1, values[i], err));
    }
    return PP_OK;
}

pp_status pp__record_read(const pp__entity *entity, pp__statement *s, int column,
                          pp_arena *arena, const char **values, pp_error *err) {
    for (int i = 0; i < entity->n; i++) {
        const char *text = pp__text(s, column + i);
        char number[32];
        if (text && pp__is_number(&entity->fields[i])) {
            pp_format_number(pp__number(s, column + i), number);
            text = number;
        }
        values[i] = text ? pp_arena_strdup(arena, text) : NULL;
        if (text) {
            PP_NEED(values[i], err);
        }
    }
    return PP_OK;
}

pp_status pp__record_latest(pp_store *store, pp__kind kind, const char *const *key,
                            pp_arena *arena, pp__record *out, pp_error *err) {
    const pp__entity *entity = &pp__entities[kind];
    pp__statement **s = &store->sql[kind].latest;
    *out = (pp__record){0};
    PP_TRY(prepared(store, kind, s, latest_sql, err));
    PP_TRY(bind_values(entity, *s, key, entity->n_key, err));
    int row;
    PP_TRY(pp__step(*s, &row, err));
    pp_status status = PP_OK;
    if (row) {
        out->version = pp__integer(*s, 0);
        status = pp__record_read(entity, *s, 1, arena, out->values, err);
    }
    pp__reset(*s);
    return status;
}

pp_status pp__record_imported(pp_store *store, pp__kind kind, const char *const *key,
                              int64_t *version, char digest[PP_DIGEST_HEX],
                              int64_t *in_force, pp_error *err) {
    const pp__entity *entity = &pp__entities[kind];
    pp__statement **s = &store->sql[kind].imported;
    PP_TRY(prepared(store, kind, s, imported_sql, err));
    PP_TRY(bind_values(entity, *s, key, entity->n_key, err));
    *version = *in_force = 0;
    digest[0] = '\0';
    int row;
    pp_status status;
    while ((status = pp__step(*s, &row, err)) == PP_OK && row && *version == 0) {
        const char *found = pp__text(*s, 1), *action = pp__text(*s, 2);
        *in_force = *in_force ? *in_force : pp__integer(*s, 0);
        if (found && action && strcmp(action, "import") == 0) {
            *version = pp__integer(*s, 0);
            strncpy(digest, found, PP_DIGEST_HEX - 1);
            digest[PP_DIGEST_HEX - 1] = '\0';
        }
    }
    pp__reset(*s);
    return status;
}

static pp_status add_head(pp_store *store, pp__kind kind, const char *const *values,
                          int64_t version, pp_error *err) {
    const pp__entity *entity = &pp__entities[kind];
    pp__statement **s = &store->sql[kind].add_head;
    PP_TRY(prepared(store, kind, s, add_head_sql, err));
    PP_TRY(bind_values(entity, *s, values, entity->n_key, err));
    PP_TRY(pp__bind_integer(*s, entity->n_key + 1, version, err));
    return pp__run(*s, err);
}

static pp_status add_version(pp_store *store, pp__kind kind, const char *const *values,
                             int64_t version, const char *digest, pp_error *err) {
    const pp__entity *entity = &pp__entities[kind];
    pp__statement **s = &store->sql[kind].add_version;
    PP_TRY(prepared(store, kind, s, add_version_sql, err));
    PP_TRY(bind_values(entity, *s, values, entity->n, err));
    PP_TRY(pp__bind_integer(*s, entity->n + 1, version, err));
    PP_TRY(pp__bind_integer(*s, entity->n + 2, store->seq, err));
    PP_TRY(pp__bind_text(*s, entity->n + 3, digest, err));
    return pp__run(*s, err);
}

static pp_status log_version(pp_store *store, const pp__entity *entity,
                             const char *const *values, int64_t version,
                             const char *digest, const char *action, const char *detail,
                             pp_error *err) {
    pp_arena arena;
    pp_arena_init(&arena);
    const char *subject = pp__record_subject(entity, values, &arena);
    pp_status status = subject ? pp__log_append(store, action, entity->name, subject,
                                                version, digest, detail, err)
                               : pp_error_set(err, PP_E_MEMORY, "out of memory");
    pp_arena_clear(&arena);
    return status;
}

pp_status pp__record_add(pp_store *store, pp__kind kind, const char *const *values,
                         int64_t version, const char *action, const char *detail,
                         pp_error *err) {
    const pp__entity *entity = &pp__entities[kind];
    char digest[PP_DIGEST_HEX];
    pp__record_digest(entity, values, digest);
    PP_TRY(log_version(store, entity, values, version + 1, digest, action, detail, err));
    if (entity->head) {
        PP_TRY(add_head(store, kind, values, version + 1, err));
    }
    return add_version(store, kind, values, version + 1, digest, err);
}

static int same(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

pp_status pp__record_difference(const pp__entity *entity, const char *const *before,
                                const char *const *after, pp_buf *out, pp_error *err) {
    for (int i = entity->n_key; i < entity->n; i++) {
        if (!same(before[i], after[i])) {
            pp_buf_printf(out, "%s%s: %s -> %s", out->length ? "; " : "",
                          entity->fields[i].name, before[i] ? before[i] : "none",
                          after[i] ? after[i] : "none");
        }
    }
    return pp_buf_check(out, err);
}
