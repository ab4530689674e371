/* Sensitivity to confounders: absorbed effects, scales, benchmarks, bad input, failing allocations. */
#include "support/frames.h"
#include "support/support.h"

#include <pushpull/confound.h>

#include <math.h>

static const pp_confound_options plain = {.treatment = "x1"};

static pp_result *run(const char *formula, const pp_table *table,
                      const pp_confound_options *options) {
    pp_error err = {0};
    pp_result *result = NULL;
    assert_ok(pp_confound(formula, table, NULL, options, NULL, &result, &err));
    return result;
}

static double number(const pp_result *result, const char *table, const char *column,
                     int64_t row) {
    return pp_table_find(pp_result_find(result, table), column)->number[row];
}

/* Dummies and absorbed effects say the same of everything but the benchmark that is gone. */
static void absorbed_effects(void **state) {
    static const char *const columns[] = {"estimate", "std_error", "rv", "rv_alpha"};
    (void)state;
    pp_table *table = random_frame(300, 4);
    pp_result *a = run("w ~ x1 + x2 + factor(region)", table, &plain);
    pp_result *b = run("w ~ x1 + x2 | region", table, &plain);
    for (int i = 0; i < 4; i++) {
        double x = number(a, "confound", columns[i], 0),
               y = number(b, "confound", columns[i], 0);
        assert_true(fabs(x - y) < 1e-9 * fabs(x));
    }
    double x = number(a, "confound_bounds", "estimate", 0),
           y = number(b, "confound_bounds", "estimate", 0);
    assert_true(fabs(x - y) < 1e-9 * fabs(x));
    x = number(a, "confound_oster", "delta", 0);
    y = number(b, "confound_oster", "delta", 0);
    assert_true(fabs(x - y) < 1e-8 * fabs(x));
    pp_result_free(a);
    pp_result_free(b);
    pp_table_free(table);
}

/* Shares do not know units and origins. */
static void scales_are_nothing(void **state) {
    (void)state;
    pp_table *table = random_frame(200, 5);
    pp_result *a = run("w ~ x1 + x2 + x3", table, &plain);
    for (int64_t i = 0; i < 200; i++) {
        pp_table_find(table, "x1")->number[i] *= -1000;
        pp_table_find(table, "x2")->number[i] =
            5 + pp_table_find(table, "x2")->number[i] / 7;
    }
    pp_result *b = run("w ~ x1 + x2 + x3", table, &plain);
    assert_true(fabs(number(a, "confound", "rv", 0) - number(b, "confound", "rv", 0)) <
                1e-10);
    for (int64_t i = 0; i < 6; i++) {
        double x = number(a, "confound_bounds", "estimate", i),
               y = -1000 * number(b, "confound_bounds", "estimate", i);
        assert_true(fabs(x - y) < 1e-9 * fabs(x));
    }
    pp_result_free(a);
    pp_result_free(b);
    pp_table_free(table);
}

static void chosen_benchmarks(void **state) {
    (void)state;
    pp_table *table = random_frame(200, 6);
    pp_confound_options options = {
        .treatment = "x1", .benchmarks = "factor(region), x3", .strengths = "1"};
    pp_result *result = run("w ~ x1 + x2 + x3 + factor(region)", table, &options);
    assert_int_equal(pp_table_rows(pp_result_find(result, "confound_bounds")), 2);
    pp_result_free(result);
    pp_table_free(table);
}

static void refuse(const char *formula, const pp_table *table, const char *model,
                   pp_confound_options options, pp_status status) {
    pp_error err = {0};
    pp_result *result = NULL;
    assert_int_equal(pp_confound(formula, table, &(pp_model_options){.model = model},
                                 &options, NULL, &result, &err),
                     status);
    assert_null(result);
    assert_true(err.message[0]);
}

static void bad_input(void **state) {
    (void)state;
    pp_table *table = random_frame(100, 7);
    pp_confound_options options = plain;
    refuse("y ~ x1 + x2", table, "logit", options, PP_E_UNSUPPORTED);
    refuse("w ~ x2 + x3", table, NULL, options, PP_E_ARGUMENT);
    refuse("w ~ x1 * x2", table, NULL, options, PP_E_ARGUMENT);
    refuse("w ~ x1 + I(x1^2)", table, NULL, options, PP_E_ARGUMENT);
    refuse("w ~ x1 + poly(x2, 2)", table, NULL, options, PP_E_UNSUPPORTED);
    refuse("w ~ x1 + x4", table, NULL, options, PP_E_NOT_FOUND);
    options.benchmarks = "x9";
    refuse("w ~ x1 + x2", table, NULL, options, PP_E_NOT_FOUND);
    options = plain;
    options.strengths = "1,two";
    refuse("w ~ x1 + x2", table, NULL, options, PP_E_ARGUMENT);
    options = plain;
    options.treatment = NULL;
    refuse("w ~ x1 + x2", table, NULL, options, PP_E_ARGUMENT);
    options = plain;
    options.r_max = 1e-6;
    refuse("w ~ x1 + x2", table, NULL, options, PP_E_ARGUMENT);
    options = plain;
    options.q = -1;
    refuse("w ~ x1 + x2", table, NULL, options, PP_E_ARGUMENT);
    pp_table_free(table);
}

static pp_status work(void *payload, pp_error *err) {
    pp_result *result = NULL;
    pp_model_options model = {.vcov = "hc1"};
    pp_status status = pp_confound("w ~ x1 + x2 + factor(region)", payload, &model,
                                   &plain, NULL, &result, err);
    pp_result_free(result);
    return status;
}

static void failing_allocations(void **state) {
    (void)state;
    pp_table *table = random_frame(40, 8);
    fail_every_allocation(work, table);
    pp_table_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(absorbed_effects),    cmocka_unit_test(scales_are_nothing),
        cmocka_unit_test(chosen_benchmarks),   cmocka_unit_test(bad_input),
        cmocka_unit_test(failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
