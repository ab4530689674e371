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

#define QUINTIC "y ~ x + I(x^2) + I(x^3) + I(x^4) + I(x^5)"

/* The digits that are reached: 9 but for Filip (7) and Wampler5 (8; the errors of its
   coefficients, which are one, are 23 million). */
static const struct {
    const char *name, *file, *formula;
    int coefficients;
    double relative;
} SETS[] = {{"norris", "norris.csv", "y ~ x", 2, 1e-12},
            {"pontius", "pontius.csv", "y ~ x + I(x^2)", 3, 1e-11},
            {"noint1", "noint1.csv", "y ~ x - 1", 1, 1e-13},
            {"noint2", "noint2.csv", "y ~ x - 1", 1, 1e-13},
            {"longley", "longley.csv", "y ~ x1 + x2 + x3 + x4 + x5 + x6", 7, 1e-11},
            {"filip", "filip.csv",
             QUINTIC " + I(x^6) + I(x^7) + I(x^8) + I(x^9) + I(x^10)", 11, 1e-7},
            {"wampler3", "wampler3.csv", QUINTIC, 6, 1e-9},
            {"wampler4", "wampler4.csv", QUINTIC, 6, 1e-9},
            {"wampler5", "wampler5.csv", QUINTIC, 6, 1e-8}};

static void certified_values(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof SETS / sizeof *SETS; i++) {
        assert_certified(SETS[i].name, SETS[i].file, SETS[i].formula,
                         SETS[i].coefficients, SETS[i].relative);
    }
}

/* Filip's fit in orthogonal polynomials, which are not collinear. */
static void orthogonal_polynomials(void **state) {
    (void)state;
    pp_table *data = golden_table("nist", "filip.csv");
    pp_table *reference = golden_table("nist", "reference.csv");
    pp_error err = {0};
    pp_result *r = NULL;
    pp_fit *fit =
        golden_fit(data, "y ~ poly(x, 10)", &(pp_model_options){.model = "ols"});
    assert_ok(pp_fit_result(fit, &r, &err));
    assert_near("sigma", pp_table_find(pp_result_find(r, "model"), "sigma")->number[0],
                golden_value(reference, "filip", "sigma", NULL), 1e-12);
    pp_result_free(r);
    pp_fit_free(fit);
    pp_table_free(data);
    pp_table_free(reference);
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
    pp_fit *fit = golden_fit(table, QUINTIC, &(pp_model_options){.model = "ols"});
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

static pp_status fit_filip(void *data, pp_error *err) {
    pp_fit *fit = NULL;
    pp_status status = pp_model_fit(
        SETS[5].formula, data, &(pp_model_options){.model = "ols", .max_iterations = 5},
        NULL, &fit, err);
    pp_fit_free(fit);
    return status;
}

static void memory_may_fail_anywhere(void **state) {
    (void)state;
    pp_table *data = golden_table("nist", "filip.csv");
    assert_true(fail_every_allocation(fit_filip, data) > 10);
    pp_table_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certified_values), cmocka_unit_test(orthogonal_polynomials),
        cmocka_unit_test(wampler), cmocka_unit_test(memory_may_fail_anywhere)};
    return cmocka_run_group_tests_name("golden nist", tests, NULL, NULL);
}
