/* Changing columns by SQL: the parser of assignments, what they do, what is refused. */
#include "support/frames.h"
#include "support/support.h"

#include <pushpull/io.h>

#include <math.h>
#include <string.h>

static pp_table *small(void) {
    return frame("place x z word\n"
                 "a 1 10 red\n"
                 "b . 20 blue\n"
                 "c 3 30 red\n");
}

static void parses(void **state) {
    static const char *const bad[] = {
        "",       "x",      "= 2",     "x = ",    "x == 2",      "x + 1",
        "x = (1", "x = 1)", "x = 1;2", "\"x = 1", "x = 1 -- no", "1x y = 2"};
    pp_arena arena;
    pp_error err = {0};
    pp_assignment a;
    (void)state;
    pp_arena_init(&arena);
    assert_ok(
        pp_assignment_parse("  homicide_rate =homicide_rate * 0.8", &arena, &a, &err));
    assert_string_equal(a.column, "homicide_rate");
    assert_string_equal(a.sql, "homicide_rate * 0.8");
    assert_ok(pp_assignment_parse("\"a name\" = CASE WHEN x = 2 THEN 1 ELSE 0 END",
                                  &arena, &a, &err));
    assert_string_equal(a.column, "a name");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(pp_assignment_parse(bad[i], &arena, &a, &err), PP_E_ARGUMENT);
        assert_true(err.message[0] != '\0');
    }
    pp_arena_clear(&arena);
}

static void updates(void **state) {
    const pp_assignment set[] = {{"x", "z"}, {"z", "coalesce(x, 7) + z"}};
    const pp_assignment word[] = {{"word", "upper(word)"}};
    pp_table *t = small();
    pp_error err = {0};
    int64_t rows;
    (void)state;
    assert_ok(pp_table_update(t, set, 2, "place <> 'c'", NULL, &rows, &err));
    assert_int_equal(rows, 2);
    const double *x = pp_table_find(t, "x")->number, *z = pp_table_find(t, "z")->number;
    assert_true(x[0] == 10 && x[1] == 20 && x[2] == 3);
    assert_true(z[0] == 11 && z[1] == 27 && z[2] == 30); /* from the values before */
    assert_ok(pp_table_update(t, word, 1, NULL, NULL, &rows, &err));
    assert_string_equal(pp_column_get_text(pp_table_find(t, "word"), 1), "BLUE");
    assert_ok(pp_table_update(t, word, 1, "x > 1000", NULL, &rows, &err));
    assert_int_equal(rows, 0);
    pp_table_free(t);
}

static void refuses(void **state) {
    static const struct {
        pp_assignment set[2];
        int n;
        const char *where;
        pp_status status;
    } cases[] = {
        {{{"y", "1"}}, 1, NULL, PP_E_NOT_FOUND},
        {{{"x", "1"}, {"x", "2"}}, 2, NULL, PP_E_ARGUMENT},
        {{{"x", "nothing + 1"}}, 1, NULL, PP_E_ARGUMENT},
        {{{"x", "1"}}, 1, "nothing > 1", PP_E_ARGUMENT},
        {{{"x", "1"}}, 1, "x > 1) OR (true", PP_E_ARGUMENT},
        {{{"x", "'text'"}}, 1, NULL, PP_E_INPUT},
        {{{"x", "1e308 * 1e308"}}, 1, NULL, PP_E_INPUT},
        {{{"word", "(SELECT content FROM read_text('/etc/passwd'))"}},
         1,
         NULL,
         PP_E_ARGUMENT},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pp_table *t = small();
        pp_error err = {0};
        int64_t rows;
        pp_status status = pp_table_update(t, cases[i].set, cases[i].n, cases[i].where,
                                           NULL, &rows, &err);
        if (status != cases[i].status) {
            fail_msg("case %d: %s %s", (int)i, pp_status_name(status), err.message);
        }
        pp_table_free(t);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses), cmocka_unit_test(updates), cmocka_unit_test(refuses)};
    return cmocka_run_group_tests_name("update", tests, NULL, NULL);
}
