/* A two-way coefficient taken apart: what it says, bad input, order of rows, scale, failing allocations. */
#include "support/staggered.h"

#include <pushpull/twfe.h>

#include <math.h>
#include <string.h>

static const pp_twfe_options basic = {
    .outcome = "y", .unit = "id", .time = "t", .cohort = "g"};

static pp_result *diagnose(const pp_table *table, pp_twfe_options options, int threads) {
    pp_error err = {0};
    pp_result *result = NULL;
    pp_context ctx = {.threads = threads};
    assert_ok(pp_twfe(table, &options, &ctx, &result, &err));
    return result;
}

static double number(const pp_result *result, const char *column) {
    return pp_table_find(pp_result_find(result, "twfe"), column)->number[0];
}

static void order_and_threads_are_nothing(void **state) {
    (void)state;
    pp_table *tables[] = {panel(0), panel(1)};
    pp_result *a = diagnose(tables[0], basic, 1), *b = diagnose(tables[1], basic, 4);
    assert_true(number(a, "estimate") == number(b, "estimate"));
    assert_true(number(a, "std_error") == number(b, "std_error"));
    assert_true(number(a, "forbidden") == number(b, "forbidden"));
    pp_result_free(a);
    pp_result_free(b);
    pp_table_free(tables[0]);
    pp_table_free(tables[1]);
}

/* Shares do not hang on the outcome's scale; the coefficient and the spreads do. */
static void scale(void **state) {
    (void)state;
    pp_table *table = panel(0);
    pp_result *a = diagnose(table, basic, 1);
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        pp_table_find(table, "y")->number[i] *= 1000;
    }
    pp_result *b = diagnose(table, basic, 1);
    assert_true(number(a, "forbidden") == number(b, "forbidden"));
    assert_true(fabs(number(b, "estimate") / number(a, "estimate") - 1000) < 1e-9);
    pp_result_free(a);
    pp_result_free(b);
    pp_table_free(table);
}

static int warned(const pp_result *result, const char *code, const char *words) {
    for (int i = 0; i < pp_result_warnings(result); i++) {
        const pp_warning *w = pp_result_warning(result, i);
        if (strcmp(w->code, code) == 0 && strstr(w->message, words)) {
            return 1;
        }
    }
    return 0;
}

/* The weights of effects stay, the decomposition needs more. */
static void says_why_there_is_no_decomposition(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *table = panel(0);
    pp_column *d;
    assert_ok(pp_table_add(table, PP_NUMBER, "d", &d, &err));
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        d->number[i] = pp_table_find(table, "t")->number[i] == 3 &&
                       pp_table_find(table, "g")->number[i] == 3;
    }
    pp_twfe_options options = {
        .outcome = "y", .unit = "id", .time = "t", .treatment = "d"};
    pp_result *result = diagnose(table, options, 1);
    assert_true(warned(result, "no_decomposition", "ends"));
    assert_null(pp_result_find(result, "bacon"));
    assert_non_null(pp_result_find(result, "twfe_weights"));
    pp_result_free(result);
    d->number[2] = 2;
    result = diagnose(table, options, 1);
    assert_true(warned(result, "no_decomposition", "other values"));
    pp_result_free(result);
    pp_table_find(table, "y")->number[0] = NAN;
    result = diagnose(table, basic, 1);
    assert_true(warned(result, "unbalanced", "every period"));
    assert_true(number(result, "decomposed") != number(result, "estimate"));
    pp_result_free(result);
    pp_table_free(table);
}

static void refuse(const pp_table *table, pp_twfe_options options, pp_status status) {
    pp_error err = {0};
    pp_result *result = NULL;
    assert_int_equal(pp_twfe(table, &options, NULL, &result, &err), status);
    assert_null(result);
    assert_true(err.message[0]);
}

static void bad_input(void **state) {
    (void)state;
    pp_table *table = panel(0);
    pp_twfe_options options = basic;
    options.outcome = "nothing";
    refuse(table, options, PP_E_NOT_FOUND);
    options = basic;
    options.cohort = NULL;
    refuse(table, options, PP_E_ARGUMENT);
    options = basic;
    options.level = 2;
    refuse(table, options, PP_E_ARGUMENT);
    options = basic;
    options.cluster = "t";
    refuse(table, options, PP_E_INPUT);
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        pp_table_find(table, "g")->number[i] = 4; /* all at once */
    }
    refuse(table, basic, PP_E_ESTIMATION);
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        pp_table_find(table, "y")->number[i] = NAN;
    }
    refuse(table, basic, PP_E_ESTIMATION);
    pp_table_free(table);
}

static pp_status work(void *payload, pp_error *err) {
    pp_result *result = NULL;
    pp_twfe_options options = basic;
    options.cluster = "area";
    pp_status status = pp_twfe(payload, &options, NULL, &result, err);
    pp_result_free(result);
    return status;
}

static void failing_allocations(void **state) {
    (void)state;
    pp_table *table = panel(0);
    fail_every_allocation(work, table);
    pp_table_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_and_threads_are_nothing),
        cmocka_unit_test(scale),
        cmocka_unit_test(says_why_there_is_no_decomposition),
        cmocka_unit_test(bad_input),
        cmocka_unit_test(failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
