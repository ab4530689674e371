/* Covariances of clusters, time and space against sandwich, clubSandwich, plm and plain R;
   see tests/golden/covariances/how.txt. */
#include "golden/golden.h"

#include <stdio.h>

static pp_table *data, *reference;

static int open_case(void **state) {
    (void)state;
    data = golden_table("covariances", "data.csv");
    reference = golden_table("covariances", "reference.csv");
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_table_free(data);
    pp_table_free(reference);
    return 0;
}

typedef struct expected {
    const char *formula, *model, *vcov, *ssc, *reference;
} expected;

static const char OLS[] = "y ~ x1 + x2 + x3", LOGIT[] = "b ~ x1 + x2 + x3";

static void compare(const expected *e, const char *quantity, const char *column,
                    int terms, double relative) {
    pp_error err = {0};
    pp_result *result = NULL;
    const pp_model_options o = {.model = e->model, .vcov = e->vcov, .ssc = e->ssc};
    pp_fit *fit = golden_fit(data, e->formula, &o);
    assert_ok(pp_fit_result(fit, &result, &err));
    assert_int_equal(golden_compare(result, "coefficients", column, reference,
                                    e->reference, quantity, relative),
                     terms);
    pp_result_free(result);
    pp_fit_free(fit);
}

static void several_ways(void **state) {
    static const expected cases[] = {
        {OLS, "ols", "cr0:country+year+sector", "sandwich", "ols_ways3_HC0"},
        {OLS, "ols", "cluster:country+year+sector", "sandwich", "ols_ways3_HC1"},
        {LOGIT, "logit", "cr0:country+year+sector", "sandwich", "logit_ways3_HC0"},
        {LOGIT, "logit", "cluster:sector+year+country", "sandwich", "logit_ways3_HC1"},
        {OLS, "ols", "cr0:country+year+sector+region", "sandwich", "ols_ways4_HC0"},
        {OLS, "ols", "cr1:country+year+sector+region", "sandwich", "ols_ways4_HC1"}};
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        compare(&cases[c], "se", "std_error", 4, 1e-8);
    }
}

static void over_time(void **state) {
    static const expected cases[] = {{OLS, "ols", "dk:year:1", "none", "ols_SCC_1"},
                                     {OLS, "ols", "dk:year:3", "none", "ols_SCC_3"},
                                     {OLS, "ols", "dk:year", "sandwich", "ols_PL"},
                                     {LOGIT, "logit", "dk:year", "sandwich", "logit_PL"}};
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        compare(&cases[c], "se", "std_error", 4, 1e-8);
    }
}

static void over_space(void **state) {
    static const char *const cutoffs[] = {"0.001", "700", "2500", "30000"};
    static const char *const kernels[] = {"uniform", "bartlett"};
    (void)state;
    for (int c = 0; c < 7; c++) {
        for (int m = 0; m < 2; m++) {
            char vcov[64], name[64];
            const char *km = cutoffs[c % 4], *kernel = kernels[c < 4];
            snprintf(vcov, sizeof vcov, "conley:lat+lon:%s:%s", km, kernel);
            snprintf(name, sizeof name, "%s_conley_%s_%s", m ? "logit" : "ols", km,
                     kernel);
            const expected e = {m ? LOGIT : OLS, m ? "logit" : "ols", vcov, "none", name};
            compare(&e, "se", "std_error", 4, 1e-8);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(several_ways),
                                       cmocka_unit_test(over_time),
                                       cmocka_unit_test(over_space)};
    return cmocka_run_group_tests_name("golden covariances", tests, open_case,
                                       close_case);
}
