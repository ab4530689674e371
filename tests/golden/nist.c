/* OLS against NIST's certified values; see tests/golden/nist/how.txt. */
#include "golden/golden.h"

#include <math.h>

static void assert_certified(const char *name, const char *file, const char *formula,
                             int coefficients, double relative) {
    pp_error err = {0};
    pp_result *r = NULL;
    pp_table *data = golden_table("nist", file);
    pp_table *reference = golden_table("nist", "reference.csv");
    pp_fit *fit = golden_fit(data, formula, &(pp_model_options){.model = "ols"});
    assert_ok(pp_fit_result(fit, &r, &err));
    assert_int_equal(
        golden_compare(r, "coefficients", "estimate", reference, name, "coef", relative),
        coefficients);
    assert_int_equal(
        golden_compare(r, "coefficients", "std_error", reference, name, "se", relative),
        coefficients);
    const pp_table *facts = pp_result_find(r, "model");
    assert_near("sigma", pp_table_find(facts, "sigma")->number[0],
                golden_value(reference, name, "sigma", NULL), relative);
    assert_near("r2", pp_table_find(facts, "r2")->number[0],
                golden_value(reference, name, "r2", NULL), relative);
    assert_true(pp_table_find(facts, "converged")->number[0] == 1);
    pp_result_free(r);
    pp_fit_free(fit);
    pp_table_free(data);
    pp_table_free(reference);
}

static void longley(void **state) {
    (void)state;
    assert_certified("longley", "longley.csv", "y ~ x1 + x2 + x3 + x4 + x5 + x6", 7,
                     1e-11);
}

static void norris(void **state) {
    (void)state;
    assert_certified("norris", "norris.csv", "y ~ x", 2, 1e-12);
}

/* y = 1 + s x + (s x)² + … + (s x)⁵ at 0..20, without error. */
static void assert_polynomial(double s, double relative) {
    pp_error err = {0};
    pp_table *table = NULL;
    pp_column *x, *y;
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, 21, &err));
    assert_ok(pp_table_add(table, PP_NUMBER, "x", &x, &err));
    assert_ok(pp_table_add(table, PP_NUMBER, "y", &y, &err));
    for (int i = 0; i <= 20; i++) {
        x->number[i] = i;
        y->number[i] = 0;
        for (int p = 5; p >= 0; p--) {
            y->number[i] = y->number[i] * s * i + 1;
        }
    }
    pp_fit *fit = golden_fit(table, "y ~ x + I(x^2) + I(x^3) + I(x^4) + I(x^5)",
                             &(pp_model_options){.model = "ols"});
    assert_int_equal(pp_fit_terms(fit), 6);
    for (int p = 0; p < 6; p++) {
        assert_near(pp_fit_term(fit, p), pp_fit_estimates(fit)[p], pow(s, p), relative);
    }
    pp_fit_free(fit);
    pp_table_free(table);
}

static void wampler(void **state) {
    (void)state;
    assert_polynomial(1, 1e-9);
    assert_polynomial(0.1, 1e-9);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(longley), cmocka_unit_test(norris), cmocka_unit_test(wampler)};
    return cmocka_run_group_tests_name("golden nist", tests, NULL, NULL);
}
