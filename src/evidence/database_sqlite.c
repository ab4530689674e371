/* The embedded engine: one SQLite file in WAL mode. */
#include "base/check.h"
#include "evidence/database.h"
#include "evidence/schema_sqlite.h"

#include <pushpull/file.h>

#include <math.h>
#include <sqlite3.h>
#include <string.h>

enum { APPLICATION_ID = 0x50555348 /* "PUSH" */, BUSY_MILLISECONDS = 10000 };

typedef struct sqlite_db {
    pp__db base;
    sqlite3 *handle;
    char *path;
} sqlite_db;

typedef struct sqlite_statement {
    pp__statement base;
    sqlite3_stmt *handle;
} sqlite_statement;

static sqlite3 *handle_of(pp__db *db) {
    return ((sqlite_db *)db)->handle;
}

static sqlite3_stmt *statement_of(pp__statement *s) {
    return ((sqlite_statement *)s)->handle;
}

typedef struct meaning {
    int code;
    pp_status status;
    const char *message, *hint;
} meaning;

static const meaning meanings[] = {
    {SQLITE_BUSY, PP_E_CONFLICT, "another process is writing to this store",
     "wait until it is done and run this again; nothing was changed"},
    {SQLITE_LOCKED, PP_E_CONFLICT, "another process is writing to this store",
     "wait until it is done and run this again; nothing was changed"},
    {SQLITE_FULL, PP_E_IO, "the disk is full",
     "free some space and run this again; nothing was changed"},
    {SQLITE_READONLY, PP_E_IO, "the store is read-only",
     "look at the permissions of the file and of its folder with ls -l"},
    {SQLITE_NOTADB, PP_E_INPUT, "is not a Pushpull store",
     "name the store that 'pushpull import --store' made"},
    {SQLITE_CORRUPT, PP_E_CORRUPT, "the store is damaged",
     "restore it from a copy; the log tells what it held"},
    {SQLITE_CANTOPEN, PP_E_IO, "cannot open the store",
     "look at the permissions of the file and of its folder with ls -l"},
    {SQLITE_PERM, PP_E_IO, "no permission to open the store",
     "look at the permissions of the file and of its folder with ls -l"},
    {SQLITE_IOERR, PP_E_IO, "reading or writing the store failed",
     "check the disk and its free space; nothing was changed"},
    {SQLITE_NOMEM, PP_E_MEMORY, "out of memory", NULL},
    {SQLITE_CONSTRAINT, PP_E_CONFLICT, "the store refuses this change", NULL},
};

static pp_status fail(sqlite_db *db, int code, pp_error *err) {
    pp_status status = PP_E_INTERNAL;
    const char *words = db->handle ? sqlite3_errmsg(db->handle) : sqlite3_errstr(code);
    const meaning *found = NULL;
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings && !found; i++) {
        found = meanings[i].code == (code & 0xff) ? &meanings[i] : NULL;
    }
    if (found && found->code != SQLITE_CONSTRAINT && found->code != SQLITE_IOERR) {
        status = pp_error_set(err, found->status, "%s", found->message);
    } else if (found) {
        status = pp_error_set(err, found->status, "%s: %s", found->message, words);
    } else {
        pp_error_set(err, status, "the store's database says: %s", words);
    }
    pp_error_locate(err, db->path, 0, NULL, NULL);
    if (found && found->hint) {
        pp_error_hint(err, "%s", found->hint);
    }
    return status;
}

static pp_status sqlite_exec(pp__db *base, const char *sql, pp_error *err) {
    sqlite_db *db = (sqlite_db *)base;
    int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? PP_OK : fail(db, code, err);
}

/* One row, one integer; -1 when there is none. */
static int read_integer(sqlite_db *db, const char *sql, int64_t *out) {
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(db->handle, sql, -1, &s, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_step(s);
        *out = code == SQLITE_ROW ? sqlite3_column_int64(s, 0) : -1;
    }
    sqlite3_finalize(s);
    return code == SQLITE_ROW ? SQLITE_OK : code;
}

static void sqlite_close(pp__db *base) {
    sqlite_db *db = (sqlite_db *)base;
    sqlite3_close(db->handle);
    pp_free(db->path);
    pp_free(db);
}

static int open_handle(sqlite_db *db, const char *name, int flags) {
    int code = sqlite3_open_v2(name, &db->handle, flags, NULL);
    if (code == SQLITE_OK) {
        sqlite3_extended_result_codes(db->handle, 0);
        sqlite3_busy_timeout(db->handle, BUSY_MILLISECONDS);
        sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
        sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
    }
    return code;
}

/* "file:PATH?immutable=1" with what an address may not hold as %XX. */
static pp_status immutable_address(const char *path, pp_buf *out, pp_error *err) {
    pp_buf_add(out, "file:");
    for (const char *c = path; *c; c++) {
        if (strchr("%?#", *c)) {
            pp_buf_printf(out, "%%%02X", (unsigned char)*c);
        } else {
            pp_buf_add_char(out, *c);
        }
    }
    pp_buf_add(out, "?immutable=1");
    return pp_buf_check(out, err);
}

/* A WAL database in a folder that may not be written cannot make its shared memory file.
   When no writer has left a log beside it, the file alone is all of it. */
static pp_status open_immutable(sqlite_db *db, pp_error *err) {
    pp_buf name;
    pp_buf_init(&name);
    pp_buf_printf(&name, "%s-wal", db->path);
    pp_status status = pp_buf_check(&name, err);
    if (status == PP_OK && pp_file_exists(name.data)) {
        status = fail(db, SQLITE_READONLY, err);
    }
    if (status == PP_OK) {
        sqlite3_close(db->handle);
        db->handle = NULL;
        name.length = 0;
        status = immutable_address(db->path, &name, err);
    }
    if (status == PP_OK) {
        int code = open_handle(db, name.data, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
        status = code == SQLITE_OK ? PP_OK : fail(db, code, err);
    }
    pp_buf_clear(&name);
    return status;
}

static pp_status connect_file(sqlite_db *db, pp_store_mode mode, pp_error *err) {
    int flags = mode == PP_STORE_READ    ? SQLITE_OPEN_READONLY
                : mode == PP_STORE_WRITE ? SQLITE_OPEN_READWRITE
                                         : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    int code = open_handle(db, db->path, flags);
    int64_t version;
    if (code == SQLITE_OK) {
        code = read_integer(db, "SELECT count(*) FROM sqlite_schema", &version);
    }
    if (mode == PP_STORE_READ && (code == SQLITE_CANTOPEN || code == SQLITE_READONLY)) {
        return open_immutable(db, err);
    }
    if (code == SQLITE_OK && mode != PP_STORE_READ &&
        sqlite3_db_readonly(db->handle, "main") == 1) {
        code = SQLITE_READONLY;
    }
    return code == SQLITE_OK ? PP_OK : fail(db, code, err);
}

static pp_status sqlite_open(const char *location, pp_store_mode mode, pp__db **out,
                             pp_error *err) {
    if (strcmp(location, ":memory:") != 0 &&
        (mode != PP_STORE_CREATE || pp_file_exists(location))) {
        PP_TRY(pp_file_check_readable(location, err));
    }
    sqlite_db *db = pp_calloc(1, sizeof *db);
    PP_NEED(db, err);
    db->base.engine = &pp__engine_sqlite;
    db->path = pp_strdup(location);
    pp_status status = db->path ? connect_file(db, mode, err)
                                : pp_error_set(err, PP_E_MEMORY, "out of memory");
    if (status != PP_OK) {
        sqlite_close(&db->base);
        return status;
    }
    *out = &db->base;
    return PP_OK;
}

static pp_status sqlite_identify(pp__db *base, pp__identity *out, int *version,
                                 pp_error *err) {
    sqlite_db *db = (sqlite_db *)base;
    int64_t id = 0, user_version = 0, objects = 0;
    int code = read_integer(db, "PRAGMA application_id", &id);
    if (code == SQLITE_OK) {
        code = read_integer(db, "PRAGMA user_version", &user_version);
    }
    if (code == SQLITE_OK) {
        code = read_integer(db, "SELECT count(*) FROM sqlite_schema", &objects);
    }
    if (code != SQLITE_OK) {
        return fail(db, code, err);
    }
    *version = (int)user_version;
    *out = id == APPLICATION_ID      ? PP__IDENTITY_STORE
           : id == 0 && objects == 0 ? PP__IDENTITY_EMPTY
                                     : PP__IDENTITY_FOREIGN;
    return PP_OK;
}

static pp_status sqlite_mark(pp__db *base, int version, pp_error *err) {
    char sql[96];
    sqlite3_snprintf(sizeof sql, sql, "PRAGMA application_id=%d; PRAGMA user_version=%d",
                     APPLICATION_ID, version);
    return sqlite_exec(base, sql, err);
}

/* The journal's mode can only change while nobody else has the file open; then it is WAL
 * already. */
static pp_status sqlite_settle(pp__db *base, pp_error *err) {
    sqlite_db *db = (sqlite_db *)base;
    int code = sqlite3_exec(db->handle, "PRAGMA journal_mode=WAL", NULL, NULL, NULL);
    if (code != SQLITE_OK && code != SQLITE_BUSY) {
        return fail(db, code, err);
    }
    return sqlite_exec(base, "PRAGMA synchronous=FULL; PRAGMA cache_size=-65536", err);
}

static pp_status first_problem(sqlite_db *db, const char *sql, char problem[PP__PROBLEM],
                               pp_error *err) {
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(db->handle, sql, -1, &s, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_step(s);
        const char *words =
            code == SQLITE_ROW ? (const char *)sqlite3_column_text(s, 0) : NULL;
        if (words && strcmp(words, "ok") != 0) {
            sqlite3_snprintf(PP__PROBLEM, problem, "%s", words);
        }
    }
    sqlite3_finalize(s);
    if ((code & 0xff) == SQLITE_CORRUPT) {
        sqlite3_snprintf(PP__PROBLEM, problem, "%s", sqlite3_errstr(code));
        return PP_OK;
    }
    return code == SQLITE_ROW || code == SQLITE_DONE ? PP_OK : fail(db, code, err);
}

static pp_status sqlite_check(pp__db *base, int thorough, char problem[PP__PROBLEM],
                              pp_error *err) {
    sqlite_db *db = (sqlite_db *)base;
    problem[0] = '\0';
    PP_TRY(first_problem(db,
                         thorough ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)",
                         problem, err));
    if (thorough && !problem[0]) {
        return first_problem(
            db,
            "SELECT 'a row of ' || \"table\" || ' points to a row of ' || "
            "parent || ' that is not there' FROM pragma_foreign_key_check",
            problem, err);
    }
    return PP_OK;
}

static pp_status sqlite_begin(pp__db *base, int writing, pp_error *err) {
    return sqlite_exec(base, writing ? "BEGIN IMMEDIATE" : "BEGIN", err);
}

static pp_status sqlite_commit(pp__db *base, pp_error *err) {
    return sqlite_exec(base, "COMMIT", err);
}

static void sqlite_rollback(pp__db *base) {
    if (!sqlite3_get_autocommit(handle_of(base))) {
        sqlite3_exec(handle_of(base), "ROLLBACK", NULL, NULL, NULL);
    }
}

static void sqlite_finish(pp__statement *s) {
    sqlite3_finalize(statement_of(s));
    pp_free(s);
}

static pp_status sqlite_prepare(pp__db *base, const char *sql, pp__statement **out,
                                pp_error *err) {
    sqlite_db *db = (sqlite_db *)base;
    sqlite_statement *s = pp_calloc(1, sizeof *s);
    PP_NEED(s, err);
    s->base.db = base;
    int code = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                  &s->handle, NULL);
    if (code != SQLITE_OK) {
        pp_free(s);
        return fail(db, code, err);
    }
    *out = &s->base;
    return PP_OK;
}

static pp_status bound(pp__statement *s, int code, pp_error *err) {
    return code == SQLITE_OK ? PP_OK : fail((sqlite_db *)s->db, code, err);
}

static pp_status sqlite_bind_text(pp__statement *s, int index, const char *text,
                                  pp_error *err) {
    sqlite3_stmt *handle = statement_of(s);
    return bound(s,
                 text ? sqlite3_bind_text(handle, index, text, -1, SQLITE_STATIC)
                      : sqlite3_bind_null(handle, index),
                 err);
}

static pp_status sqlite_bind_number(pp__statement *s, int index, double number,
                                    pp_error *err) {
    sqlite3_stmt *handle = statement_of(s);
    return bound(s,
                 isnan(number) ? sqlite3_bind_null(handle, index)
                               : sqlite3_bind_double(handle, index, number),
                 err);
}

static pp_status sqlite_bind_integer(pp__statement *s, int index, int64_t integer,
                                     pp_error *err) {
    return bound(s, sqlite3_bind_int64(statement_of(s), index, integer), err);
}

static void sqlite_reset(pp__statement *s) {
    sqlite3_reset(statement_of(s));
    sqlite3_clear_bindings(statement_of(s));
}

static pp_status sqlite_step(pp__statement *s, int *row, pp_error *err) {
    int code = sqlite3_step(statement_of(s));
    *row = code == SQLITE_ROW;
    if (code == SQLITE_ROW) {
        return PP_OK;
    }
    pp_status status = code == SQLITE_DONE ? PP_OK : fail((sqlite_db *)s->db, code, err);
    sqlite_reset(s);
    return status;
}

static const char *sqlite_text(pp__statement *s, int column) {
    return (const char *)sqlite3_column_text(statement_of(s), column);
}

static double sqlite_number(pp__statement *s, int column) {
    sqlite3_stmt *handle = statement_of(s);
    return sqlite3_column_type(handle, column) == SQLITE_NULL
               ? NAN
               : sqlite3_column_double(handle, column);
}

static int64_t sqlite_integer(pp__statement *s, int column) {
    return sqlite3_column_int64(statement_of(s), column);
}

const pp__engine pp__engine_sqlite = {
    .name = "sqlite",
    .migrations = pp__sqlite_migrations,
    .n_migrations = PP__SQLITE_MIGRATIONS,
    .open = sqlite_open,
    .close = sqlite_close,
    .identify = sqlite_identify,
    .mark = sqlite_mark,
    .settle = sqlite_settle,
    .check = sqlite_check,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .exec = sqlite_exec,
    .prepare = sqlite_prepare,
    .finish = sqlite_finish,
    .bind_text = sqlite_bind_text,
    .bind_number = sqlite_bind_number,
    .bind_integer = sqlite_bind_integer,
    .step = sqlite_step,
    .reset = sqlite_reset,
    .text = sqlite_text,
    .number = sqlite_number,
    .integer = sqlite_integer,
};
