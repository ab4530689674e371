/* The interval-censored hazard against maximum likelihood in R; see
   tests/golden/interval_hazard/how.txt. */
#include "golden/golden.h"

static pp_table *data, *reference;

static int open_case(void **state) {
    (void)state;
    data = golden_table("interval_hazard", "data.csv");
    reference = golden_table("interval_hazard", "reference.csv");
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_table_free(data);
    pp_table_free(reference);
    return 0;
}

static void both_links(void **state) {
    static const char *const LINKS[] = {"logit", "cloglog"};
    (void)state;
    for (int i = 0; i < 2; i++) {
        pp_error err = {0};
        pp_result *r = NULL;
        pp_fit *fit = golden_fit(data, "Surv(lo, hi, type = interval) ~ x1 + x2 + x3",
                                 &(pp_model_options){.model = "hazard",
                                                     .link = LINKS[i],
                                                     .ssc = "none",
                                                     .unit = "unit",
                                                     .time = "year"});
        assert_ok(pp_fit_result(fit, &r, &err));
        assert_int_equal(golden_compare(r, "coefficients", "estimate", reference,
                                        LINKS[i], "coef", 1e-8),
                         4);
        assert_int_equal(golden_compare(r, "coefficients", "std_error", reference,
                                        LINKS[i], "se_observed", 1e-6),
                         4);
        assert_near("loglik", pp_fit_loglik(fit),
                    golden_value(reference, LINKS[i], "loglik", NULL), 1e-10);
        pp_result_free(r);
        pp_fit_free(fit);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(both_links)};
    return cmocka_run_group_tests_name("golden interval_hazard", tests, open_case,
                                       close_case);
}
