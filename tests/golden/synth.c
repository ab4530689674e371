/* Synthetic controls against R's synthdid; see tests/golden/synth/how.txt. */
#include "golden/golden.h"

#include <pushpull/synth.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static pp_table *data, *reference;

static int open_case(void **state) {
    (void)state;
    data = golden_table("synth", "panel.csv");
    reference = golden_table("synth", "reference.csv");
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_table_free(data);
    pp_table_free(reference);
    return 0;
}

static pp_result *estimate(const char *method) {
    pp_error err = {0};
    pp_result *result = NULL;
    pp_synth_options options = {.outcome = "y",
                                .unit = "unit",
                                .time = "period",
                                .treated = "u30",
                                .first = 16,
                                .method = method};
    assert_ok(pp_synth(data, &options, NULL, &result, &err));
    return result;
}

static void effects(void **state) {
    static const char *const models[] = {"synthdid_estimate", "sc_estimate",
                                         "did_estimate"};
    (void)state;
    pp_result *result = estimate(NULL);
    const pp_table *t = pp_result_find(result, "synth");
    for (int64_t m = 0; m < 3; m++) {
        assert_near(models[m], pp_table_find(t, "estimate")->number[m],
                    golden_value(reference, models[m], "estimate", "_"), 1e-6);
    }
    pp_result_free(result);
}

static void compare_weights(const char *method, const char *model, double tolerance) {
    pp_result *result = estimate(method);
    const pp_table *t = pp_result_find(result, "weights");
    int n = 0;
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        const char *kind = pp_column_get_text(pp_table_find(t, "kind"), i);
        const char *name = pp_column_get_text(pp_table_find(t, "name"), i);
        double expected = golden_value(
            reference, model, strcmp(kind, "donor") == 0 ? "omega" : "lambda", name);
        double actual = pp_table_find(t, "weight")->number[i];
        if (!(fabs(actual - expected) < tolerance)) {
            fail_msg("%s %s %s: %.12g, expected %.12g", method, kind, name, actual,
                     expected);
        }
        n++;
    }
    assert_int_equal(n, 29 + 15);
    pp_result_free(result);
}

static void weights(void **state) {
    (void)state;
    compare_weights("sdid", "synthdid_estimate", 1e-5);
    compare_weights("sc", "sc_estimate", 1e-4);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(effects),
                                       cmocka_unit_test(weights)};
    return cmocka_run_group_tests_name("golden synth", tests, open_case, close_case);
}
