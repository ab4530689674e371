#include "support/support.h"

#include <pushpull/result.h>

#include <string.h>

static pp_status build(void *payload, pp_error *err) {
    pp_result **out = payload, *result, *other = NULL;
    pp_table *table;
    pp_column *column;
    pp_status status = pp_result_new("fit", &result, err);
    if (status != PP_OK) {
        return status;
    }
    if ((status = pp_result_add(result, "model", "The model", &table, err)) != PP_OK ||
        (status = pp_table_add(table, PP_NUMBER, "nobs", &column, err)) != PP_OK ||
        (status = pp_result_set_note(result, "model", "a note", err)) != PP_OK ||
        (status = pp_result_warn(result, "separation", "x6", 4, err, "%s separates",
                                 "x6")) != PP_OK ||
        (status = pp_result_note_number(result, "seed", 7, err)) != PP_OK ||
        (status = pp_result_note_number(result, "seed", 8, err)) != PP_OK ||
        (status = pp_result_new("run", &other, err)) != PP_OK ||
        (status = pp_result_merge(other, result, "headline_", err)) != PP_OK || !out) {
        pp_result_free(other);
        pp_result_free(result);
        return status;
    }
    pp_result_free(result);
    *out = other;
    return PP_OK;
}

static void results_merge(void **state) {
    (void)state;
    pp_error err = {0};
    pp_result *result;
    assert_ok(build(&result, &err));
    assert_non_null(pp_result_find(result, "headline_model"));
    assert_string_equal(pp_result_table_note(result, 0), "a note");
    assert_string_equal(pp_result_warning(result, 0)->message, "headline: x6 separates");
    assert_int_equal(pp_result_warning(result, 0)->count, 4);
    pp_table *table;
    assert_int_equal(pp_result_add(result, "headline_model", NULL, &table, &err),
                     PP_E_CONFLICT);
    const char *key, *text;
    double number;
    pp_result_note(result, 0, &key, &text, &number);
    assert_string_equal(key, "software");
    pp_result_free(result);
}

static void no_allocation_failure_leaks(void **state) {
    (void)state;
    assert_true(fail_every_allocation(build, NULL) > 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_merge),
        cmocka_unit_test(no_allocation_failure_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
