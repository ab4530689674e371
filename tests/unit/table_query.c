#include "support/support.h"

#include <pushpull/io.h>

#include <math.h>
#include <string.h>

static pp_table *small_table(int64_t rows) {
    pp_error err = {0};
    pp_table *table;
    pp_column *x, *region, *name;
    static const char *const regions[] = {"north", "south", "ünïcode 'quoted'"};
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_add(table, PP_NUMBER, "x", &x, &err));
    assert_ok(pp_table_add(table, PP_CATEGORY, "region", &region, &err));
    assert_ok(pp_table_add(table, PP_TEXT, "Full name", &name, &err));
    assert_ok(pp_table_resize(table, rows, &err));
    for (int64_t i = 0; i < rows; i++) {
        x->number[i] = i % 7 == 3 ? NAN : (double)i;
        assert_ok(pp_column_set_level(table, region, i, regions[i % 3], &err));
        assert_ok(pp_column_set_text(table, name, i,
                                     i % 5 ? "a longer text than twelve" : NULL, &err));
    }
    return table;
}

static pp_status query(const char *sql, const pp_table *table, pp_table **out,
                       pp_error *err) {
    const char *names[] = {"t"};
    return pp_table_query(sql, names, &table, 1, 0, NULL, out, err);
}

static void tables_go_in_and_out(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *table = small_table(5000), *out;
    assert_ok(query("SELECT * FROM t;\n", table, &out, &err));
    assert_int_equal(pp_table_rows(out), 5000);
    const pp_column *x = pp_table_find(out, "x"), *name = pp_table_find(out, "Full name");
    const pp_column *region = pp_table_find(out, "region");
    assert_int_equal(region->type, PP_TEXT);
    for (int64_t i = 0; i < 5000; i++) {
        assert_true(i % 7 == 3 ? isnan(x->number[i]) : x->number[i] == (double)i);
        assert_string_equal(region->text[i],
                            pp_column_get_text(pp_table_column(table, 1), i));
        assert_true(i % 5 ? strcmp(name->text[i], "a longer text than twelve") == 0
                          : name->text[i] == NULL);
    }
    pp_table_free(out);
    pp_table_free(table);
}

static void types_become_ours(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *out;
    assert_ok(pp_table_query(
        "SELECT 1::TINYINT AS i, 2.50::DECIMAL(9,2) AS d, true AS b, "
        "DATE '2019-03-01' AS day, TIMESTAMP '2019-03-01 10:00:00' AS moment, "
        "[1, 2] AS list, 170141183460469231731687303715884105727::HUGEINT AS h",
        NULL, NULL, 0, 0, NULL, &out, &err));
    assert_true(pp_table_find(out, "i")->number[0] == 1);
    assert_true(pp_table_find(out, "d")->number[0] == 2.5);
    assert_int_equal(pp_table_find(out, "b")->show, PP_SHOW_FLAG);
    assert_true(pp_table_find(out, "b")->number[0] == 1);
    assert_string_equal(pp_table_find(out, "day")->text[0], "2019-03-01");
    assert_string_equal(pp_table_find(out, "moment")->text[0], "2019-03-01T10:00:00");
    assert_string_equal(pp_table_find(out, "list")->text[0], "[1, 2]");
    assert_true(pp_table_find(out, "h")->number[0] > 1.7e38);
    pp_table_free(out);
}

static void columns_are_pushed_down_and_counted(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *table = small_table(3000), *out;
    assert_ok(query("SELECT count(*) AS n FROM t", table, &out, &err));
    assert_true(pp_table_find(out, "n")->number[0] == 3000);
    pp_table_free(out);
    assert_ok(query("SELECT region, sum(x) AS s FROM t GROUP BY region ORDER BY region",
                    table, &out, &err));
    assert_int_equal(pp_table_rows(out), 3);
    assert_string_equal(pp_table_find(out, "region")->text[2], "ünïcode 'quoted'");
    pp_table_free(out);
    pp_table_free(table);
}

static void wrong_queries_say_so(void **state) {
    (void)state;
    static const struct {
        const char *sql;
        pp_status status;
        const char *words;
    } cases[] = {
        {"SELECT nonsense FROM t", PP_E_ARGUMENT, "nonsense"},
        {"SELEC x FROM t", PP_E_ARGUMENT, "syntax error"},
        {"", PP_E_ARGUMENT, "empty"},
        {"SELECT 1; SELECT 2", PP_E_ARGUMENT, "2 statements"},
        {"CREATE TABLE u AS SELECT 1", PP_E_ARGUMENT, "no query"},
        {"SELECT * FROM '/etc/passwd'", PP_E_ARGUMENT, "/etc/passwd"},
        {"SELECT * FROM read_csv('/etc/passwd')", PP_E_ARGUMENT, "/etc/passwd"},
        {"COPY t TO '/tmp/stolen.csv'", PP_E_ARGUMENT, "/tmp/stolen.csv"},
        {"ATTACH '/tmp/x.db'", PP_E_ARGUMENT, "no query"},
        {"INSTALL httpfs", PP_E_ARGUMENT, "no query"},
        {"SET enable_external_access = true", PP_E_ARGUMENT, "no query"},
        {"SELECT CAST('x' AS INTEGER)", PP_E_INPUT, "'x'"},
        {"SELECT 1 AS a, 2 AS a", PP_E_CONFLICT, "'a'"},
    };
    pp_table *table = small_table(10);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        pp_error err = {0};
        pp_table *out = NULL;
        pp_status status = query(cases[i].sql, table, &out, &err);
        if (status != cases[i].status || !strstr(err.message, cases[i].words)) {
            fail_msg("%s: [%s] %s", cases[i].sql, pp_status_name(status), err.message);
        }
        assert_null(out);
    }
    pp_table_free(table);
}

static int stop_at_once(void *payload, const char *stage, double fraction) {
    (void)payload, (void)stage, (void)fraction;
    return 1;
}

static void a_query_can_be_cancelled(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *out = NULL;
    pp_context ctx = {.progress = stop_at_once};
    assert_int_equal(pp_table_query("SELECT * FROM range(1000000)", NULL, NULL, 0, 0,
                                    &ctx, &out, &err),
                     PP_E_CANCELLED);
    assert_null(out);
}

static pp_status small_query(void *payload, pp_error *err) {
    pp_table *out;
    pp_status status = query("SELECT region, x + 1 AS y FROM t", payload, &out, err);
    if (status == PP_OK) {
        pp_table_free(out);
    }
    return status;
}

static void failing_allocations(void **state) {
    (void)state;
    pp_table *table = small_table(50);
    assert_true(fail_every_allocation(small_query, table) > 5);
    pp_table_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_go_in_and_out),
        cmocka_unit_test(types_become_ours),
        cmocka_unit_test(columns_are_pushed_down_and_counted),
        cmocka_unit_test(wrong_queries_say_so),
        cmocka_unit_test(a_query_can_be_cancelled),
        cmocka_unit_test(failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
