/* Whatever is changed behind the store's back is found. */
#include "support/support.h"

#include "evidence/record.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

static const char *const source[] = {
    "AS001", "https://example.org/a", "A title", NULL, "2016-03", "news", "en"};
static const char *const search[] = {"KEN", "A", "3", "12"};

/* A store with three sources, one of them in two versions, and a search. */
static const char *made(void) {
    static char path[256];
    pp_error err = {0};
    pp_store *store;
    snprintf(path, sizeof path, "%s/study.db", fresh_folder());
    assert_ok(pp_store_open(path, PP_STORE_CREATE, &store, &err));
    assert_ok(pp__store_begin(store, "me", &err));
    const char *values[PP__MOST_FIELDS] = {0};
    memcpy(values, source, sizeof source);
    for (int i = 1; i <= 3; i++) {
        char id[16];
        snprintf(id, sizeof id, "AS%03d", i);
        values[SOURCE_ID] = id;
        assert_ok(pp__record_add(store, PP__SOURCE, values, 0, "import", NULL, &err));
    }
    values[SOURCE_ID] = "AS002";
    values[SOURCE_TITLE] = "Another title";
    assert_ok(pp__record_add(store, PP__SOURCE, values, 1, "import", "title", &err));
    assert_ok(pp__record_add(store, PP__SEARCH, search, 0, "import", NULL, &err));
    assert_ok(pp__store_commit(store, &err));
    pp_store_close(store);
    return path;
}

static pp_status verified(const char *path, char *failing, pp_error *err) {
    pp_store *store;
    pp_result *result;
    assert_int_equal(pp_store_open(path, PP_STORE_READ, &store, err), PP_OK);
    pp_status status = pp_evidence_verify(store, NULL, &result, err);
    failing[0] = '\0';
    pp_table *table = pp_result_find(result, "verify");
    for (int64_t row = 0; row < pp_table_rows(table); row++) {
        if (strcmp(pp_column_get_text(pp_table_find(table, "outcome"), row), "ok") != 0) {
            strcat(failing, pp_column_get_text(pp_table_find(table, "check"), row));
            strcat(failing, " ");
        }
    }
    pp_result_free(result);
    pp_store_close(store);
    return status;
}

static void an_untouched_store_verifies(void **state) {
    (void)state;
    pp_error err = {0};
    char failing[200];
    assert_ok(verified(made(), failing, &err));
    assert_string_equal(failing, "");
}

static void tamper(const char *path, const char *statements) {
    sqlite3 *db;
    char *words = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, statements, NULL, NULL, &words) != SQLITE_OK) {
        fail_msg("%s: %s", statements, words);
    }
    sqlite3_close(db);
}

#define UNGUARDED(table)                                                                 \
    "DROP TRIGGER " table "_no_delete; DROP TRIGGER IF EXISTS " table "_no_update;"      \
    "DROP TRIGGER IF EXISTS " table "_forward;"

typedef struct attack {
    const char *statements, *failing;
} attack;

static const attack attacks[] = {
    {UNGUARDED(
         "source_version") "UPDATE source_version SET title = 'Mine' WHERE version = 1",
     "sources "},
    {UNGUARDED("source_version") "UPDATE source_version SET publisher = 'Mine'",
     "sources "},
    {UNGUARDED(
         "source_version") "UPDATE source_version SET digest = 'x' WHERE version = 2",
     "sources "},
    {UNGUARDED("source_version") "DELETE FROM source_version WHERE version = 2",
     "sources "},
    {UNGUARDED("source") "UPDATE source SET version = 1", "sources "},
    {UNGUARDED("search_version") "UPDATE search_version SET claims_found = 0",
     "searches "},
    {UNGUARDED("log") "UPDATE log SET author = 'you' WHERE seq = 2", "log "},
    {UNGUARDED("log") "UPDATE log SET at = '2001-01-01T00:00:00Z' WHERE seq = 1", "log "},
    {UNGUARDED("log") "UPDATE log SET detail = NULL WHERE seq = 4", "log "},
    {UNGUARDED("log") "UPDATE log SET hash = previous WHERE seq = 5", "log "},
    {"PRAGMA foreign_keys = OFF;" UNGUARDED("log") "DELETE FROM log WHERE seq = 5",
     "file searches "},
    {"PRAGMA foreign_keys = OFF;" UNGUARDED("log") "DELETE FROM log WHERE seq = 2",
     "file log sources "},
    {"INSERT INTO log SELECT 6, at, author, action, entity, subject, version, digest, "
     "detail,"
     " hash, hash FROM log WHERE seq = 5",
     "log searches "},
};

static void tampering_is_found(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++) {
        pp_error err = {0};
        char failing[200];
        const char *path = made();
        tamper(path, attacks[i].statements);
        if (verified(path, failing, &err) != PP_E_CORRUPT ||
            strcmp(failing, attacks[i].failing) != 0) {
            fail_msg("%s: '%s' fails, not '%s'", attacks[i].statements, failing,
                     attacks[i].failing);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_untouched_store_verifies),
        cmocka_unit_test(tampering_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
