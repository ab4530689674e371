#include "evidence/store.h"
#include "base/check.h"
#include "evidence/record.h"

#include <string.h>
#include <time.h>

static pp_status migrate(pp__db *db, int from, pp_error *err) {
    const pp__engine *engine = db->engine;
    for (int i = from; i < engine->n_migrations; i++) {
        for (const char *const *sql = engine->migrations[i]; *sql; sql++) {
            PP_TRY(engine->exec(db, *sql, err));
        }
    }
    return engine->mark(db, engine->n_migrations, err);
}

/* The state is read again inside the transaction: another process may have been quicker.
 */
static pp_status bring_up_to_date(pp__db *db, pp_error *err) {
    const pp__engine *engine = db->engine;
    PP_TRY(engine->begin(db, 1, err));
    pp__identity identity;
    int version = 0;
    pp_status status = engine->identify(db, &identity, &version, err);
    if (status == PP_OK) {
        status = migrate(db, identity == PP__IDENTITY_EMPTY ? 0 : version, err);
    }
    if (status == PP_OK) {
        status = engine->commit(db, err);
    }
    engine->rollback(db);
    return status;
}

static pp_status refuse(const char *path, pp_status status, pp_error *err,
                        const char *message, const char *hint) {
    pp_error_set(err, status, "%s", message);
    pp_error_locate(err, path, 0, NULL, NULL);
    pp_error_hint(err, "%s", hint);
    return status;
}

static pp_status check_identity(pp__db *db, const char *path, pp_store_mode mode,
                                int *outdated, pp_error *err) {
    pp__identity identity;
    int version = 0;
    PP_TRY(db->engine->identify(db, &identity, &version, err));
    if (identity == PP__IDENTITY_FOREIGN) {
        return refuse(path, PP_E_INPUT, err, "is a database, but no Pushpull store",
                      "name the store that 'pushpull import --store' made");
    }
    if (identity == PP__IDENTITY_EMPTY && mode != PP_STORE_CREATE) {
        return refuse(path, PP_E_INPUT, err, "is empty and no store yet",
                      "import claims into it first");
    }
    *outdated = identity == PP__IDENTITY_EMPTY || version < db->engine->n_migrations;
    if (identity == PP__IDENTITY_STORE && version > db->engine->n_migrations) {
        pp_error_set(
            err, PP_E_UNSUPPORTED,
            "was written by a newer Pushpull: its schema is %d, this version knows %d",
            version, db->engine->n_migrations);
        pp_error_locate(err, path, 0, NULL, NULL);
        pp_error_hint(err, "update Pushpull; the store was not touched");
        return PP_E_UNSUPPORTED;
    }
    if (*outdated && mode == PP_STORE_READ) {
        return refuse(
            path, PP_E_UNSUPPORTED, err, "was written by an older Pushpull",
            "open it once for writing, as by an import, to bring it up to date");
    }
    return PP_OK;
}

static pp_status check_integrity(pp__db *db, const char *path, pp_error *err) {
    char problem[PP__PROBLEM];
    PP_TRY(db->engine->check(db, 0, problem, err));
    if (problem[0]) {
        pp_error_set(err, PP_E_CORRUPT, "the store is damaged: %s", problem);
        pp_error_locate(err, path, 0, NULL, NULL);
        pp_error_hint(err, "restore it from a copy");
        return PP_E_CORRUPT;
    }
    return PP_OK;
}

static pp_status prepare_store(pp__db *db, const char *path, pp_store_mode mode,
                               pp_error *err) {
    int outdated = 0;
    PP_TRY(check_identity(db, path, mode, &outdated, err));
    PP_TRY(check_integrity(db, path, err));
    if (mode == PP_STORE_READ) {
        return PP_OK;
    }
    if (outdated) {
        PP_TRY(bring_up_to_date(db, err));
    }
    return db->engine->settle(db, err);
}

static pp_status engine_for(const char *path, const pp__engine **out, pp_error *err) {
    if (strncmp(path, "postgresql:", 11) == 0 || strncmp(path, "postgres:", 9) == 0) {
        return refuse(path, PP_E_UNSUPPORTED, err,
                      "stores on PostgreSQL are not built in", "name a file");
    }
    *out = &pp__engine_sqlite;
    return PP_OK;
}

pp_status pp_store_open(const char *path, pp_store_mode mode, pp_store **out,
                        pp_error *err) {
    *out = NULL;
    const pp__engine *engine;
    PP_TRY(engine_for(path, &engine, err));
    pp_store *store = pp_calloc(1, sizeof *store);
    PP_NEED(store, err);
    store->path = pp_strdup(path);
    pp_status status =
        store->path ? PP_OK : pp_error_set(err, PP_E_MEMORY, "out of memory");
    if (status == PP_OK) {
        status = engine->open(path, mode, &store->db, err);
    }
    if (status == PP_OK) {
        status = prepare_store(store->db, path, mode, err);
    }
    if (status != PP_OK) {
        pp_store_close(store);
        return status;
    }
    *out = store;
    return PP_OK;
}

void pp_store_close(pp_store *store) {
    if (!store) {
        return;
    }
    if (store->db) {
        pp__store_rollback(store);
        pp__finish(store->add_entry);
        for (int kind = 0; kind < PP__KINDS; kind++) {
            pp__record_sql *sql = &store->sql[kind];
            pp__finish(sql->latest);
            pp__finish(sql->imported);
            pp__finish(sql->add_head);
            pp__finish(sql->add_version);
        }
        store->db->engine->close(store->db);
    }
    pp_free(store->path);
    pp_free(store);
}

void pp_store_omit_times(pp_store *store) {
    store->timeless = 1;
}

/* The one place where evidence looks at the clock for the log. */
static void stamp(char out[PP__TIME]) {
    time_t now = time(NULL);
    struct tm utc;
    gmtime_r(&now, &utc);
    strftime(out, PP__TIME, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

static pp_status read_tail(pp_store *store, pp_error *err) {
    pp__statement *s;
    PP_TRY(pp__db_prepare(
        store->db, "SELECT seq, hash FROM log ORDER BY seq DESC LIMIT 1", &s, err));
    int row = 0;
    pp_status status = pp__step(s, &row, err);
    store->seq = 0;
    store->hash[0] = '\0';
    if (status == PP_OK && row) {
        const char *hash = pp__text(s, 1);
        store->seq = pp__integer(s, 0);
        strncpy(store->hash, hash ? hash : "", sizeof store->hash - 1);
    }
    pp__finish(s);
    return status;
}

pp_status pp__store_begin(pp_store *store, const char *author, pp_error *err) {
    store->author = pp_strdup(author && *author ? author : "unknown");
    PP_NEED(store->author, err);
    store->at[0] = '\0';
    if (!store->timeless) {
        stamp(store->at);
    }
    pp_status status = store->db->engine->begin(store->db, 1, err);
    if (status == PP_OK) {
        status = read_tail(store, err);
    }
    if (status != PP_OK) {
        pp__store_rollback(store);
    }
    return status;
}

pp_status pp__store_begin_reading(pp_store *store, pp_error *err) {
    return store->db->engine->begin(store->db, 0, err);
}

pp_status pp__store_commit(pp_store *store, pp_error *err) {
    pp_status status = store->db->engine->commit(store->db, err);
    pp__store_rollback(store);
    return status;
}

void pp__store_rollback(pp_store *store) {
    store->db->engine->rollback(store->db);
    pp_free(store->author);
    store->author = NULL;
}
