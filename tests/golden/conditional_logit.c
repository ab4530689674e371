/* The conditional logit against R's survival; see tests/golden/conditional_logit/how.txt. */
#include "golden/golden.h"

static const char FORMULA[] =
    "y ~ x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + strata(country)";

static pp_table *data, *reference, *exact;

static int open_case(void **state) {
    pp_error err = {0};
    pp_column *region;
    (void)state;
    data = golden_table("conditional_logit", "data.csv");
    reference = golden_table("conditional_logit", "reference.csv");
    exact = golden_table("conditional_logit", "exact.csv");
    assert_ok(pp_table_add(data, PP_NUMBER, "region", &region, &err));
    for (int64_t i = 0; i < pp_table_rows(data); i++) {
        int64_t country = (int64_t)pp_table_find(data, "country")->number[i];
        region->number[i] = (double)(country % 12);
    }
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_table_free(data);
    pp_table_free(reference);
    pp_table_free(exact);
    return 0;
}

static pp_result *result_of(const char *vcov) {
    pp_error err = {0};
    pp_result *result = NULL;
    pp_fit *fit =
        golden_fit(data, FORMULA,
                   &(pp_model_options){.model = "clogit", .vcov = vcov, .ssc = "none"});
    assert_ok(pp_fit_result(fit, &result, &err));
    pp_fit_free(fit);
    return result;
}

static void coefficients_and_likelihood(void **state) {
    (void)state;
    pp_result *r = result_of("iid");
    assert_int_equal(golden_compare(r, "coefficients", "estimate", reference,
                                    "clogit_exact", "coef", 1e-8),
                     8);
    assert_int_equal(
        golden_compare(r, "coefficients", "estimate", exact, "exact", "coef", 1e-10), 8);
    assert_int_equal(golden_compare(r, "coefficients", "std_error", reference,
                                    "clogit_exact", "se", 1e-8),
                     8);
    const pp_table *facts = pp_result_find(r, "model");
    assert_near("loglik", pp_table_find(facts, "loglik")->number[0],
                golden_value(reference, "clogit_exact", "loglik", "fit"), 1e-12);
    assert_near("null", pp_table_find(facts, "null_loglik")->number[0],
                golden_value(reference, "clogit_exact", "loglik", "null"), 1e-12);
    pp_result_free(r);
}

static void clustered_errors(void **state) {
    static const char *const cases[][2] = {{"hc0", "cr0_country"},
                                           {"cr0:country", "cr0_country"},
                                           {"cr0:region", "cr0_region"}};
    (void)state;
    for (int i = 0; i < 3; i++) {
        pp_result *r = result_of(cases[i][0]);
        assert_int_equal(golden_compare(r, "coefficients", "std_error", exact,
                                        cases[i][1], "se", 1e-7),
                         8);
        pp_result_free(r);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(coefficients_and_likelihood),
                                       cmocka_unit_test(clustered_errors)};
    return cmocka_run_group_tests_name("golden conditional_logit", tests, open_case,
                                       close_case);
}
