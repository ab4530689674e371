/* Negative binomial against MASS and fixest; see tests/golden/negbin/how.txt. */
#include "golden/golden.h"

#include <math.h>

static pp_table *data, *reference;

static int open_case(void **state) {
    (void)state;
    data = golden_table("negbin", "data.csv");
    reference = golden_table("negbin", "reference.csv");
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_table_free(data);
    pp_table_free(reference);
    return 0;
}

static pp_fit *fit_of(const char *formula) {
    return golden_fit(data, formula,
                      &(pp_model_options){.model = "negbin", .ssc = "none"});
}

static void as_glm_nb(void **state) {
    (void)state;
    pp_error err = {0};
    pp_result *r = NULL;
    pp_fit *fit = fit_of("yc ~ x1 + x2");
    assert_ok(pp_fit_result(fit, &r, &err));
    assert_int_equal(golden_compare(r, "coefficients", "estimate", reference,
                                    "MASS_glm.nb", "coef", 1e-8),
                     3);
    assert_int_equal(golden_compare(r, "coefficients", "std_error", reference,
                                    "MASS_glm.nb", "se", 1e-6),
                     3);
    assert_string_equal(pp_fit_term(fit, 3), "log(theta)");
    assert_near("theta", exp(pp_fit_estimates(fit)[3]),
                golden_value(reference, "MASS_glm.nb", "theta", NULL), 1e-8);
    assert_near("loglik", pp_fit_loglik(fit),
                golden_value(reference, "MASS_glm.nb", "loglik", NULL), 1e-10);
    pp_result_free(r);
    pp_fit_free(fit);
}

static void as_fenegbin(void **state) {
    (void)state;
    pp_error err = {0};
    pp_result *r = NULL;
    pp_fit *fit = fit_of("yc ~ x1 + x2 | year");
    assert_ok(pp_fit_result(fit, &r, &err));
    assert_int_equal(golden_compare(r, "coefficients", "estimate", reference,
                                    "fenegbin_year(~1e-5)", "coef", 1e-8),
                     2);
    pp_result_free(r);
    pp_fit_free(fit);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_glm_nb),
                                       cmocka_unit_test(as_fenegbin)};
    return cmocka_run_group_tests_name("golden negbin", tests, open_case, close_case);
}
