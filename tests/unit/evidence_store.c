#include "support/support.h"

#include "evidence/record.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *new_path(void) {
    static char paths[8][256];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/study.db", fresh_folder());
    return path;
}

static void sql(const char *path, const char *statements) {
    sqlite3 *db;
    char *words = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, statements, NULL, NULL, &words) != SQLITE_OK) {
        fail_msg("%s: %s", statements, words);
    }
    sqlite3_close(db);
}

static pp_status open_only(const char *path, pp_store_mode mode, pp_error *err) {
    pp_store *store;
    pp_status status = pp_store_open(path, mode, &store, err);
    pp_store_close(store);
    return status;
}

static void opens_and_opens_again(void **state) {
    (void)state;
    pp_error err = {0};
    const char *path = new_path();
    assert_int_equal(open_only(path, PP_STORE_READ, &err), PP_E_NOT_FOUND);
    assert_int_equal(open_only(path, PP_STORE_WRITE, &err), PP_E_NOT_FOUND);
    assert_ok(open_only(path, PP_STORE_CREATE, &err));
    assert_ok(open_only(path, PP_STORE_CREATE, &err));
    assert_ok(open_only(path, PP_STORE_WRITE, &err));
    assert_ok(open_only(path, PP_STORE_READ, &err));
    assert_ok(open_only(":memory:", PP_STORE_CREATE, &err));
}

static void refuses_what_is_no_store(void **state) {
    (void)state;
    pp_error err = {0};
    const char *folder = fresh_folder();
    const char *text =
        write_text(folder, "a.db", "claim_id,place\nA0001,Nairobi\n and more");
    assert_int_equal(open_only(text, PP_STORE_WRITE, &err), PP_E_INPUT);
    assert_string_equal(err.file, text);
    const char *empty = write_text(folder, "b.db", "");
    assert_int_equal(open_only(empty, PP_STORE_READ, &err), PP_E_INPUT);
    assert_ok(open_only(empty, PP_STORE_CREATE, &err));
    const char *foreign = write_text(folder, "c.db", "");
    sql(foreign, "CREATE TABLE t (a)");
    assert_int_equal(open_only(foreign, PP_STORE_CREATE, &err), PP_E_INPUT);
    assert_int_equal(open_only(folder, PP_STORE_CREATE, &err), PP_E_IO);
    assert_int_equal(open_only("postgresql://here/x", PP_STORE_READ, &err),
                     PP_E_UNSUPPORTED);
}

static void refuses_a_newer_schema(void **state) {
    (void)state;
    pp_error err = {0};
    const char *path = new_path();
    assert_ok(open_only(path, PP_STORE_CREATE, &err));
    sql(path, "PRAGMA user_version = 99");
    assert_int_equal(open_only(path, PP_STORE_WRITE, &err), PP_E_UNSUPPORTED);
    assert_non_null(strstr(err.message, "99"));
}

static void finds_a_damaged_file(void **state) {
    (void)state;
    pp_error err = {0};
    const char *path = new_path();
    assert_ok(open_only(path, PP_STORE_CREATE, &err));
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    fseek(file, 4096, SEEK_SET);
    for (int i = 0; i < 4096 * 3; i++) {
        fputc(0xAA, file);
    }
    fclose(file);
    assert_int_equal(open_only(path, PP_STORE_WRITE, &err), PP_E_CORRUPT);
}

static const char *const source[] = {
    "AS001", "https://example.org/a", "A title", NULL, "2016-03", "news", "en"};

static void add_source(pp_store *store, const char *id, pp_error *err) {
    const char *values[PP__MOST_FIELDS] = {0};
    memcpy(values, source, sizeof source);
    values[SOURCE_ID] = id;
    assert_int_equal(pp__store_begin(store, "me", err), PP_OK);
    assert_int_equal(pp__record_add(store, PP__SOURCE, values, 0, "import", NULL, err),
                     PP_OK);
    assert_int_equal(pp__store_commit(store, err), PP_OK);
}

static void records_have_versions(void **state) {
    (void)state;
    pp_error err = {0};
    pp_store *store;
    assert_ok(pp_store_open(":memory:", PP_STORE_CREATE, &store, &err));
    add_source(store, "AS001", &err);
    pp_arena arena;
    pp_arena_init(&arena);
    pp__record record;
    assert_ok(pp__record_latest(store, PP__SOURCE, source, &arena, &record, &err));
    assert_int_equal(record.version, 1);
    assert_string_equal(record.values[SOURCE_TITLE], "A title");
    assert_null(record.values[SOURCE_PUBLISHER]);

    const char *changed[PP__MOST_FIELDS] = {0};
    memcpy(changed, source, sizeof source);
    changed[SOURCE_PUBLISHER] = "A paper";
    assert_ok(pp__store_begin(store, NULL, &err));
    assert_ok(pp__record_add(store, PP__SOURCE, changed, 1, "correct", NULL, &err));
    assert_ok(pp__store_commit(store, &err));
    assert_ok(pp__record_latest(store, PP__SOURCE, source, &arena, &record, &err));
    assert_int_equal(record.version, 2);
    assert_string_equal(record.values[SOURCE_PUBLISHER], "A paper");

    int64_t imported, in_force;
    char digest[PP_DIGEST_HEX], expected[PP_DIGEST_HEX];
    assert_ok(pp__record_imported(store, PP__SOURCE, source, &imported, digest, &in_force,
                                  &err));
    pp__record_digest(&pp__entities[PP__SOURCE], source, expected);
    assert_int_equal(imported, 1);
    assert_int_equal(in_force, 2);
    assert_string_equal(digest, expected);

    pp_buf words;
    pp_buf_init(&words);
    assert_ok(
        pp__record_difference(&pp__entities[PP__SOURCE], source, changed, &words, &err));
    assert_string_equal(words.data, "publisher: none -> A paper");
    pp_buf_clear(&words);
    pp_arena_clear(&arena);
    pp_store_close(store);
}

static void a_second_writer_is_told(void **state) {
    (void)state;
    pp_error err = {0};
    const char *path = new_path();
    pp_store *one, *two;
    assert_ok(pp_store_open(path, PP_STORE_CREATE, &one, &err));
    assert_ok(pp_store_open(path, PP_STORE_WRITE, &two, &err));
    assert_ok(pp__store_begin(one, "one", &err));
    assert_ok(pp__db_exec(two->db, "PRAGMA busy_timeout = 50", &err));
    assert_int_equal(pp__store_begin(two, "two", &err), PP_E_CONFLICT);
    assert_non_null(strstr(err.message, "another process"));
    pp__store_rollback(one);
    assert_ok(pp__store_begin(two, "two", &err));
    pp__store_rollback(two);
    pp_store_close(one);
    pp_store_close(two);
}

static void read_only_places(void **state) {
    (void)state;
    pp_error err = {0};
    const char *path = new_path();
    pp_store *store;
    assert_ok(pp_store_open(path, PP_STORE_CREATE, &store, &err));
    add_source(store, "AS001", &err);
    assert_ok(pp__db_exec(store->db, "PRAGMA query_only = 1", &err));
    assert_int_equal(pp__db_exec(store->db, "INSERT INTO source VALUES ('AS9', 1)", &err),
                     PP_E_IO);
    assert_non_null(strstr(err.message, "read-only"));
    pp_store_close(store);
    if (geteuid() == 0) {
        return; /* permissions do not hold root back */
    }
    char folder[256];
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
    assert_int_equal(chmod(path, 0444), 0);
    assert_int_equal(chmod(folder, 0555), 0);
    assert_int_equal(open_only(path, PP_STORE_WRITE, &err), PP_E_IO);
    pp_status status = open_only(path, PP_STORE_READ, &err);
    chmod(folder, 0755);
    assert_int_equal(status, PP_OK);
}

static void a_full_disk_is_told(void **state) {
    (void)state;
    pp_error err = {0};
    pp_store *store;
    assert_ok(pp_store_open(new_path(), PP_STORE_CREATE, &store, &err));
    assert_ok(pp__db_exec(store->db, "PRAGMA max_page_count = 1", &err));
    assert_ok(pp__store_begin(store, "me", &err));
    const char *values[PP__MOST_FIELDS] = {0};
    memcpy(values, source, sizeof source);
    pp_status status = PP_OK;
    for (int i = 1; i < 5000 && status == PP_OK; i++) {
        char id[16];
        snprintf(id, sizeof id, "AS%04d", i);
        values[SOURCE_ID] = id;
        status = pp__record_add(store, PP__SOURCE, values, 0, "import", NULL, &err);
    }
    assert_int_equal(status, PP_E_IO);
    assert_string_equal(err.message, "the disk is full");
    pp__store_rollback(store);
    int64_t n = -1;
    assert_ok(pp__db_integer(store->db, "SELECT count(*) FROM log", &n, &err));
    assert_int_equal(n, 0);
    pp_store_close(store);
}

static pp_status open_and_add(void *payload, pp_error *err) {
    (void)payload;
    pp_store *store;
    pp_status status = pp_store_open(":memory:", PP_STORE_CREATE, &store, err);
    if (status == PP_OK) {
        status = pp__store_begin(store, "me", err);
    }
    if (status == PP_OK) {
        status = pp__record_add(store, PP__SOURCE, source, 0, "import", NULL, err);
    }
    if (status == PP_OK) {
        status = pp__store_commit(store, err);
    }
    pp_store_close(store);
    return status;
}

static void allocations_fail_well(void **state) {
    (void)state;
    assert_true(fail_every_allocation(open_and_add, NULL) > 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_and_opens_again),
        cmocka_unit_test(refuses_what_is_no_store),
        cmocka_unit_test(refuses_a_newer_schema),
        cmocka_unit_test(finds_a_damaged_file),
        cmocka_unit_test(records_have_versions),
        cmocka_unit_test(a_second_writer_is_told),
        cmocka_unit_test(read_only_places),
        cmocka_unit_test(a_full_disk_is_told),
        cmocka_unit_test(allocations_fail_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
