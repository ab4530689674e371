#include "support/support.h"

#include <pushpull/table.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static pp_status build(pp_table *table, pp_error *err) {
    pp_status status;
    pp_column *number, *category, *text;
    if ((status = pp_table_add(table, PP_NUMBER, "x", &number, err)) != PP_OK ||
        (status = pp_table_add(table, PP_CATEGORY, "region", &category, err)) != PP_OK ||
        (status = pp_table_add(table, PP_TEXT, "note", &text, err)) != PP_OK ||
        (status = pp_column_describe(table, number, "An x", "m", "us", "CC0-1.0", err)) !=
            PP_OK) {
        return status;
    }
    for (int i = 0; i < 100; i++) {
        int64_t row;
        char level[16];
        snprintf(level, sizeof level, "r%d", i % 37);
        if ((status = pp_table_append(table, &row, err)) != PP_OK ||
            (status = pp_column_set_level(table, category, row, level, err)) != PP_OK ||
            (status = pp_column_set_text(table, text, row, i % 2 ? "odd" : NULL, err)) !=
                PP_OK) {
            return status;
        }
        number->number[row] = i;
    }
    return PP_OK;
}

static void cells_hold(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *table;
    assert_ok(pp_table_new(&table, &err));
    assert_ok(build(table, &err));
    assert_int_equal(pp_table_rows(table), 100);
    pp_column *region = pp_table_find(table, "region");
    assert_int_equal(region->n_levels, 37);
    assert_string_equal(pp_column_get_text(region, 36), "r36");
    assert_string_equal(pp_column_get_text(region, 37), "r0");
    assert_true(pp_column_is_missing(pp_table_find(table, "note"), 0));
    assert_ok(pp_table_resize(table, 102, &err));
    assert_true(isnan(pp_table_find(table, "x")->number[101]));
    assert_int_equal(pp_table_find(table, "region")->code[101], -1);

    assert_int_equal(pp_table_add(table, PP_TEXT, "x", NULL, &err), PP_E_CONFLICT);
    pp_column *none;
    assert_int_equal(pp_table_require(table, "regoin", &none, &err), PP_E_NOT_FOUND);
    assert_string_equal(err.hint, "did you mean 'region'?");
    assert_ok(pp_table_drop(table, "x", &err));
    assert_null(pp_table_find(table, "x"));
    assert_ok(pp_table_rename(table, "note", "remark", &err));
    pp_table_free(table);
}

static void conversion_sorts_levels(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *table;
    pp_column *c;
    const char *texts[] = {"pear", "apple", NULL, "pear", "fig"};
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_add(table, PP_TEXT, "fruit", &c, &err));
    assert_ok(pp_table_resize(table, 5, &err));
    for (int i = 0; i < 5; i++) {
        assert_ok(pp_column_set_text(table, c, i, texts[i], &err));
    }
    assert_ok(pp_column_convert(table, c, PP_CATEGORY, &err));
    const int32_t codes[] = {2, 0, -1, 2, 1};
    assert_memory_equal(c->code, codes, sizeof codes);
    assert_ok(pp_column_convert(table, c, PP_TEXT, &err));
    assert_string_equal(c->text[0], "pear");
    assert_null(c->text[2]);
    assert_int_equal(pp_column_convert(table, c, PP_NUMBER, &err), PP_E_ARGUMENT);
    pp_table_free(table);
}

static pp_status build_and_take(void *payload, pp_error *err) {
    (void)payload;
    pp_table *table, *taken = NULL;
    const int64_t rows[] = {5, 5, 99};
    pp_status status = pp_table_new(&table, err);
    if (status != PP_OK) {
        return status;
    }
    status = build(table, err);
    if (status == PP_OK) {
        status = pp_table_take_rows(table, rows, 3, &taken, err);
    }
    if (status == PP_OK) {
        assert_string_equal(pp_column_get_text(pp_table_find(taken, "region"), 2), "r25");
        assert_string_equal(pp_table_find(taken, "x")->unit, "m");
        assert_true(pp_table_find(taken, "x")->number[0] == 5);
        status = pp_column_convert(taken, pp_table_find(taken, "region"), PP_TEXT, err);
    }
    if (status == PP_OK) {
        status =
            pp_column_convert(taken, pp_table_find(taken, "region"), PP_CATEGORY, err);
    }
    pp_table_free(taken);
    pp_table_free(table);
    return status;
}

static void no_allocation_failure_leaks(void **state) {
    (void)state;
    assert_true(fail_every_allocation(build_and_take, NULL) > 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_hold),
        cmocka_unit_test(conversion_sorts_levels),
        cmocka_unit_test(no_allocation_failure_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
