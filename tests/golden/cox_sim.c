/* Cox against R's survival; see tests/golden/cox_sim/how.txt. */
#include "golden/golden.h"

#include <stdio.h>

static const char FORMULA[] =
    "Surv(start, stop, event) ~ x1 + x2 + x3 + x4 + x5 + strata(strat)";
static const char *const TIES[] = {"efron", "breslow"};

static pp_table *data, *reference;

static int open_case(void **state) {
    (void)state;
    data = golden_table("cox_sim", "data.csv");
    reference = golden_table("cox_sim", "reference.csv");
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_table_free(data);
    pp_table_free(reference);
    return 0;
}

static pp_result *result_of(const char *ties, const char *vcov) {
    pp_error err = {0};
    pp_result *result = NULL;
    pp_fit *fit = golden_fit(
        data, FORMULA,
        &(pp_model_options){.model = "cox", .ties = ties, .vcov = vcov, .ssc = "none"});
    assert_ok(pp_fit_result(fit, &result, &err));
    pp_fit_free(fit);
    return result;
}

static void coefficients_and_likelihood(void **state) {
    (void)state;
    for (int i = 0; i < 2; i++) {
        char model[32];
        snprintf(model, sizeof model, "simcp_%s", TIES[i]);
        pp_result *r = result_of(TIES[i], "iid");
        assert_int_equal(golden_compare(r, "coefficients", "estimate", reference, model,
                                        "coef", 1e-10),
                         5);
        assert_int_equal(
            golden_compare(r, "coefficients", "std_error", reference, model, "se", 1e-10),
            5);
        const pp_table *facts = pp_result_find(r, "model");
        assert_near("loglik", pp_table_find(facts, "loglik")->number[0],
                    golden_value(reference, model, "loglik", "fit"), 1e-12);
        assert_near("null", pp_table_find(facts, "null_loglik")->number[0],
                    golden_value(reference, model, "loglik", "null"), 1e-12);
        pp_result_free(r);
    }
}

static void clustered_errors(void **state) {
    (void)state;
    for (int i = 0; i < 2; i++) {
        char model[32];
        snprintf(model, sizeof model, "simcp_%s_cl_id", TIES[i]);
        pp_result *r = result_of(TIES[i], "cr0:id");
        assert_int_equal(
            golden_compare(r, "coefficients", "std_error", reference, model, "se", 1e-10),
            5);
        pp_result_free(r);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(coefficients_and_likelihood),
                                       cmocka_unit_test(clustered_errors)};
    return cmocka_run_group_tests_name("golden cox_sim", tests, open_case, close_case);
}
