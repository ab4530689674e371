/* Sensitivity to confounders against formulas in R; see tests/golden/confound/how.txt. */
#include "golden/golden.h"

#include <pushpull/confound.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static pp_table *data, *reference;
static pp_result *result;

static int open_case(void **state) {
    pp_error err = {0};
    (void)state;
    data = golden_table("confound", "data.csv");
    reference = golden_table("confound", "reference.csv");
    pp_confound_options options = {.treatment = "d"};
    pp_model_options model = {.vcov = "hc1"};
    assert_ok(pp_confound("y ~ d + x1 + x2 + x3 + factor(g)", data, &model, &options,
                          NULL, &result, &err));
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_result_free(result);
    pp_table_free(data);
    pp_table_free(reference);
    return 0;
}

static double number(const char *table, const char *column, int64_t row) {
    return pp_table_find(pp_result_find(result, table), column)->number[row];
}

static double expected(const char *quantity, const char *term) {
    return golden_value(reference, "confound", quantity, term);
}

static void strength(void **state) {
    static const char *const columns[] = {"estimate",     "std_error",  "df",      "rv",
                                          "robust_error", "partial_r2", "rv_alpha"};
    pp_error err = {0};
    pp_confound_strength half;
    (void)state;
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        assert_near(columns[i], number("confound", columns[i], 0),
                    expected(columns[i], "_"), 1e-10);
    }
    assert_near("extreme", number("confound_extreme", "r2_treatment", 0),
                expected("extreme", "1"), 1e-10);
    assert_near("extreme", number("confound_extreme", "r2_treatment", 2),
                expected("extreme", "0.5"), 1e-10);
    assert_ok(pp_confound_strength_of(number("confound", "estimate", 0),
                                      number("confound", "std_error", 0), 390, 0.5, 0.05,
                                      &half, &err));
    assert_near("half", half.rv, expected("rv_half", "_"), 1e-10);
}

/* Errors of bounds are the robust one's, by the same factor as the classical one's. */
static void bounds(void **state) {
    const pp_table *t = pp_result_find(result, "confound_bounds");
    double scale =
        number("confound", "std_error", 0) / number("confound", "robust_error", 0);
    (void)state;
    assert_int_equal(pp_table_rows(t), 12);
    for (int64_t i = 0; i < 12; i++) {
        char term[64];
        snprintf(term, sizeof term, "%s.%.0f",
                 pp_column_get_text(pp_table_find(t, "benchmark"), i),
                 number("confound_bounds", "strength", i));
        assert_near(term, number("confound_bounds", "r2_treatment", i),
                    expected("r2_treatment", term), 1e-10);
        assert_near(term, number("confound_bounds", "r2_outcome", i),
                    expected("r2_outcome", term), 1e-10);
        assert_near(term, number("confound_bounds", "estimate", i),
                    expected("bound_estimate", term), 1e-10);
        assert_near(term, scale * number("confound_bounds", "std_error", i),
                    expected("bound_error", term), 1e-10);
    }
}

static void selection(void **state) {
    static const char *const terms[] = {"1.3", "1"};
    static const char *const columns[] = {"delta", "beta_star", "other_root"};
    (void)state;
    for (int64_t i = 0; i < 6; i++) {
        assert_near(columns[i % 3], number("confound_oster", columns[i % 3], i / 3),
                    expected(columns[i % 3], terms[i / 3]), 1e-9);
    }
}

/* Cinelli & Hazlett (2020), table 1: t is 4.18 there. */
static void darfur(void **state) {
    pp_error err = {0};
    pp_confound_strength s;
    (void)state;
    assert_ok(pp_confound_strength_of(4.18, 1, 783, 1, 0.05, &s, &err));
    assert_true(fabs(s.partial_r2 - 0.022) < 0.0005);
    assert_true(fabs(s.rv - 0.139) < 0.0005);
    assert_true(fabs(s.rv_alpha - 0.076) < 0.0005);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strength), cmocka_unit_test(bounds), cmocka_unit_test(selection),
        cmocka_unit_test(darfur)};
    return cmocka_run_group_tests_name("golden confound", tests, open_case, close_case);
}
