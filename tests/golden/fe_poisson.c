/* Poisson with effects that are poorly connected, against fixest; see
   tests/golden/fe_difficult/how.txt. */
#include "golden/golden.h"

#include <stdio.h>
#include <string.h>

static void assert_case(const pp_table *data, const pp_table *reference,
                        const char *effects, const char *vcov, const char *suffix) {
    char formula[100], name[100];
    pp_error err = {0};
    pp_result *r = NULL;
    snprintf(formula, sizeof formula, "yc ~ x1 + x2 | %s", effects);
    pp_fit *fit =
        golden_fit(data, formula, &(pp_model_options){.model = "poisson", .vcov = vcov});
    assert_ok(pp_fit_result(fit, &r, &err));
    snprintf(name, sizeof name, "fepois_%s__%s", effects, suffix);
    assert_int_equal(
        golden_compare(r, "coefficients", "std_error", reference, name, "se", 1e-6), 2);
    snprintf(name, sizeof name, "fepois_%s", effects);
    assert_int_equal(
        golden_compare(r, "coefficients", "estimate", reference, name, "coef", 1e-9), 2);
    assert_near("loglik", pp_fit_loglik(fit),
                golden_value(reference, name, "loglik", NULL), 1e-10);
    assert_int_equal(pp_fit_nobs(fit), 15955);
    pp_result_free(r);
    pp_fit_free(fit);
}

static void poisson(void **state) {
    static const char *const effects[] = {"indiv", "indiv+year", "indiv+firm",
                                          "indiv+firm+year"};
    static const struct {
        const char *vcov, *suffix;
    } cases[] = {{"iid", "\"iid\""},
                 {"hc1", "\"hetero\""},
                 {"cluster:indiv", "~indiv"},
                 {"cluster:indiv+year", "~indiv + year"}};
    (void)state;
    pp_table *data = golden_table("fe_difficult", "data.csv");
    pp_table *reference = golden_table("fe_difficult", "reference.csv");
    for (int e = 0; e < 4; e++) {
        for (int c = 0; c < 4; c++) {
            assert_case(data, reference, effects[e], cases[c].vcov, cases[c].suffix);
        }
    }
    pp_table_free(data);
    pp_table_free(reference);
}

/* Outcomes in cents of a currency are as good as in thousands of millions of it. */
static void any_unit_of_the_outcome(void **state) {
    static const char *const effects[] = {"", " | year", " | indiv + firm"};
    (void)state;
    pp_table *data = golden_table("fe_difficult", "data.csv");
    for (int e = 0; e < 3; e++) {
        char formula[100];
        double estimate = 0;
        for (double unit = 1; unit < 1e16; unit *= 1e5) {
            snprintf(formula, sizeof formula, "I(yc * %g) ~ x1 + x2%s", unit, effects[e]);
            pp_fit *fit =
                golden_fit(data, formula, &(pp_model_options){.model = "poisson"});
            const double *b = pp_fit_estimates(fit);
            estimate = unit == 1 ? b[e == 0] : estimate;
            pp_error err = {0};
            pp_result *r = NULL;
            assert_ok(pp_fit_result(fit, &r, &err));
            for (int i = 0; i < pp_result_warnings(r); i++) {
                assert_string_equal(pp_result_warning(r, i)->code, "no_variation");
            }
            pp_result_free(r);
            assert_near("estimate", b[e == 0], estimate, 1e-10);
            pp_fit_free(fit);
        }
    }
    pp_table_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(poisson),
                                       cmocka_unit_test(any_unit_of_the_outcome)};
    return cmocka_run_group_tests_name("golden fe_poisson", tests, NULL, NULL);
}
