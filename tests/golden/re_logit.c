/* The logit with a random intercept; see tests/golden/re_logit/how.txt. */
#include "golden/golden.h"

static const char FORMULA[] = "y ~ x1 + x2 + x3 + x6 + (1 | region)";

static pp_table *data, *reference, *exact;

static int open_case(void **state) {
    (void)state;
    data = golden_table("re_logit", "data.csv");
    reference = golden_table("re_logit", "reference.csv");
    exact = golden_table("re_logit", "exact.csv");
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_table_free(data);
    pp_table_free(reference);
    pp_table_free(exact);
    return 0;
}

static pp_result *result_of(int points) {
    pp_error err = {0};
    pp_result *result = NULL;
    pp_fit *fit = golden_fit(
        data, FORMULA,
        &(pp_model_options){.model = "relogit", .quadrature = points, .ssc = "none"});
    assert_ok(pp_fit_result(fit, &result, &err));
    pp_fit_free(fit);
    return result;
}

static double fact(const pp_result *r, const char *table, const char *name) {
    return pp_table_find(pp_result_find(r, table), name)->number[0];
}

static void fine_quadrature(void **state) {
    (void)state;
    pp_result *r = result_of(0);
    assert_int_equal(
        golden_compare(r, "coefficients", "estimate", exact, "exact", "coef", 1e-10), 6);
    assert_int_equal(
        golden_compare(r, "coefficients", "std_error", exact, "exact", "se", 1e-8), 6);
    assert_near("loglik", fact(r, "model", "loglik"),
                golden_value(exact, "exact", "loglik", NULL), 1e-12);
    pp_result_free(r);
}

/* glmer stops about 1e-7 short. */
static void glmer(void **state) {
    static const char model[] = "glmer_agq25(~1e-5)";
    (void)state;
    pp_result *r = result_of(25);
    assert_int_equal(
        golden_compare(r, "coefficients", "estimate", reference, model, "coef", 1e-4) +
            golden_compare(r, "coefficients", "std_error", reference, model, "se", 1e-5),
        10);
    assert_near("sd", fact(r, "random", "sd"),
                golden_value(reference, model, "sd", "region"), 1e-6);
    assert_near("loglik", fact(r, "model", "loglik"),
                golden_value(reference, model, "loglik", NULL), 1e-10);
    const pp_table *modes = pp_result_find(r, "random_effects");
    for (int64_t g = 0; g < pp_table_rows(modes); g++) {
        assert_near(
            "mode", pp_table_find(modes, "mode")->number[g],
            golden_value(exact, "modes", "mode", pp_table_find(modes, "group")->text[g]),
            2e-4);
    }
    pp_result_free(r);
}

static void laplace(void **state) {
    (void)state;
    pp_result *r = result_of(1);
    assert_int_equal(
        golden_compare(r, "coefficients", "estimate", exact, "laplace", "coef", 2e-5), 6);
    assert_near("loglik", fact(r, "model", "loglik"),
                golden_value(exact, "laplace", "loglik", NULL), 1e-9);
    pp_result_free(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(fine_quadrature),
                                       cmocka_unit_test(glmer),
                                       cmocka_unit_test(laplace)};
    return cmocka_run_group_tests_name("golden re_logit", tests, open_case, close_case);
}
