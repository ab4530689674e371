/* What every engine must do; a second engine is one more line in `engines`. */
#include "support/support.h"

#include "evidence/database.h"

#include <math.h>
#include <stdio.h>

static const pp__engine *const engines[] = {&pp__engine_sqlite};
enum { N_ENGINES = sizeof engines / sizeof *engines };

static const char *location(const pp__engine *engine) {
    static char path[256];
    snprintf(path, sizeof path, "%s/%s.db", fresh_folder(), engine->name);
    return path;
}

static void migrate(pp__db *db, pp_error *err) {
    for (int i = 0; i < db->engine->n_migrations; i++) {
        for (const char *const *sql = db->engine->migrations[i]; *sql; sql++) {
            assert_int_equal(db->engine->exec(db, *sql, err), PP_OK);
        }
    }
    assert_int_equal(db->engine->mark(db, db->engine->n_migrations, err), PP_OK);
}

static pp__db *made(const pp__engine *engine, const char *where) {
    pp_error err = {0};
    pp__db *db;
    pp__identity identity;
    int version;
    assert_ok(engine->open(where, PP_STORE_CREATE, &db, &err));
    assert_ok(engine->identify(db, &identity, &version, &err));
    assert_int_equal(identity, PP__IDENTITY_EMPTY);
    assert_ok(engine->begin(db, 1, &err));
    migrate(db, &err);
    assert_ok(engine->commit(db, &err));
    assert_ok(engine->settle(db, &err));
    return db;
}

static void schema_and_identity(void **state) {
    (void)state;
    pp_error err = {0};
    for (int i = 0; i < N_ENGINES; i++) {
        const char *where = location(engines[i]);
        engines[i]->close(made(engines[i], where));
        pp__db *db;
        pp__identity identity;
        int version;
        char problem[PP__PROBLEM];
        assert_ok(engines[i]->open(where, PP_STORE_READ, &db, &err));
        assert_ok(engines[i]->identify(db, &identity, &version, &err));
        assert_int_equal(identity, PP__IDENTITY_STORE);
        assert_int_equal(version, engines[i]->n_migrations);
        assert_ok(engines[i]->check(db, 0, problem, &err));
        assert_string_equal(problem, "");
        assert_ok(engines[i]->check(db, 1, problem, &err));
        assert_string_equal(problem, "");
        assert_int_not_equal(pp__db_exec(db, "DELETE FROM log", &err), PP_OK);
        engines[i]->close(db);
    }
}

static void values_come_back(void **state) {
    (void)state;
    pp_error err = {0};
    for (int i = 0; i < N_ENGINES; i++) {
        pp__db *db = made(engines[i], location(engines[i]));
        pp__statement *s;
        int row;
        assert_ok(pp__db_exec(db, "CREATE TABLE t (a TEXT, b REAL, c INTEGER)", &err));
        assert_ok(pp__db_prepare(db, "INSERT INTO t VALUES (?1, ?2, ?3)", &s, &err));
        assert_ok(pp__bind_text(s, 1, "Ndélé", &err));
        assert_ok(pp__bind_number(s, 2, 0.1, &err));
        assert_ok(pp__bind_integer(s, 3, INT64_MAX, &err));
        assert_ok(pp__run(s, &err));
        assert_ok(pp__bind_text(s, 1, NULL, &err));
        assert_ok(pp__bind_number(s, 2, NAN, &err));
        assert_ok(pp__run(s, &err));
        pp__finish(s);
        assert_ok(
            pp__db_prepare(db, "SELECT a, b, c FROM t ORDER BY a IS NULL", &s, &err));
        assert_ok(pp__step(s, &row, &err));
        assert_true(row);
        assert_string_equal(pp__text(s, 0), "Ndélé");
        assert_true(pp__number(s, 1) == 0.1);
        assert_true(pp__integer(s, 2) == INT64_MAX);
        assert_ok(pp__step(s, &row, &err));
        assert_true(row);
        assert_null(pp__text(s, 0));
        assert_true(isnan(pp__number(s, 1)));
        assert_int_equal(pp__integer(s, 2), 0);
        assert_ok(pp__step(s, &row, &err));
        assert_false(row);
        pp__finish(s);
        engines[i]->close(db);
    }
}

static void transactions(void **state) {
    (void)state;
    pp_error err = {0};
    for (int i = 0; i < N_ENGINES; i++) {
        pp__db *db = made(engines[i], location(engines[i]));
        int64_t n = 0;
        assert_ok(pp__db_exec(db, "CREATE TABLE t (a INTEGER)", &err));
        engines[i]->rollback(db);
        assert_ok(engines[i]->begin(db, 1, &err));
        assert_ok(pp__db_exec(db, "INSERT INTO t VALUES (1)", &err));
        engines[i]->rollback(db);
        assert_ok(pp__db_integer(db, "SELECT count(*) FROM t", &n, &err));
        assert_int_equal(n, 0);
        assert_ok(engines[i]->begin(db, 1, &err));
        assert_ok(pp__db_exec(db, "INSERT INTO t VALUES (7)", &err));
        assert_ok(engines[i]->commit(db, &err));
        assert_ok(pp__db_integer(db, "SELECT a FROM t", &n, &err));
        assert_int_equal(n, 7);
        engines[i]->close(db);
    }
}

static const char entry[] = "INSERT INTO log VALUES (1, 'now', 'me', 'import', 'source', "
                            "'AS1', 1, 'd', NULL, 'p', 'h')";

/* Each of these must be refused once one source is recorded. */
static const char *const forbidden[] = {
    "UPDATE log SET author = 'you'",
    "DELETE FROM log",
    "UPDATE source_version SET title = 'other'",
    "DELETE FROM source_version",
    "DELETE FROM source",
    "UPDATE source SET version = 3",
    "INSERT INTO source_version VALUES ('AS2', 1, 1, 'd', 'u', NULL, NULL, NULL, 'news', "
    "NULL)",
    "INSERT INTO source_version VALUES ('AS1', 2, 9, 'd', 'u', NULL, NULL, NULL, 'news', "
    "NULL)",
    "INSERT INTO source_version VALUES ('AS1', 1, 1, 'd', 'u', NULL, NULL, NULL, 'news', "
    "NULL)",
};

static void what_was_recorded_stays(void **state) {
    (void)state;
    pp_error err = {0};
    for (int i = 0; i < N_ENGINES; i++) {
        pp__db *db = made(engines[i], location(engines[i]));
        assert_ok(pp__db_exec(db, entry, &err));
        assert_ok(pp__db_exec(db, "INSERT INTO source VALUES ('AS1', 1)", &err));
        assert_ok(pp__db_exec(db,
                              "INSERT INTO source_version VALUES ('AS1', 1, 1, 'd', 'u', "
                              "'a title', NULL, NULL, 'news', NULL)",
                              &err));
        for (size_t j = 0; j < sizeof forbidden / sizeof *forbidden; j++) {
            if (pp__db_exec(db, forbidden[j], &err) != PP_E_CONFLICT) {
                fail_msg("not refused: %s", forbidden[j]);
            }
        }
        engines[i]->close(db);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schema_and_identity),
        cmocka_unit_test(values_come_back),
        cmocka_unit_test(transactions),
        cmocka_unit_test(what_was_recorded_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
