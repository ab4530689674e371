/* The correction of the bias of absorbed effects; see tests/golden/bias_effects/how.txt. */
#include "golden/golden.h"

#include <stdio.h>

static pp_table *data, *reference;

static int open_case(void **state) {
    (void)state;
    data = golden_table("bias_effects", "data.csv");
    reference = golden_table("bias_effects", "reference.csv");
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_table_free(data);
    pp_table_free(reference);
    return 0;
}

static void assert_case(const char *model, const char *effects, int bandwidth) {
    char formula[100], name[100], bias[30];
    pp_error err = {0};
    pp_result *r = NULL;
    snprintf(formula, sizeof formula, "y ~ x1 + x2 | %s", effects);
    snprintf(name, sizeof name, "%s_%s_%d", model, effects, bandwidth);
    snprintf(bias, sizeof bias, bandwidth ? "analytic:%d" : "analytic", bandwidth);
    pp_fit *fit = golden_fit(
        data, formula,
        &(pp_model_options){.model = model, .ssc = "none", .bias = bias, .time = "time"});
    assert_ok(pp_fit_result(fit, &r, &err));
    assert_int_equal(
        golden_compare(r, "coefficients", "estimate", reference, name, "coef", 1e-9), 2);
    assert_int_equal(
        golden_compare(r, "coefficients", "std_error", reference, name, "se", 1e-9), 2);
    assert_ok(pp_fit_margins(fit, "unit", r, &err));
    assert_int_equal(
        golden_compare(r, "margins", "estimate", reference, name, "ape", 1e-9), 2);
    assert_int_equal(
        golden_compare(r, "margins", "std_error", reference, name, "ape_se", 1e-9), 2);
    pp_result_free(r);
    pp_fit_free(fit);
}

static void corrected(void **state) {
    static const char *const models[] = {"logit", "probit"};
    (void)state;
    for (int m = 0; m < 2; m++) {
        for (int bandwidth = 0; bandwidth <= 2; bandwidth += 2) {
            assert_case(models[m], "unit", bandwidth);
            assert_case(models[m], "unit+time", bandwidth);
        }
    }
}

static void without_it_nothing_changes(void **state) {
    (void)state;
    pp_error err = {0};
    pp_result *r = NULL;
    pp_fit *fit = golden_fit(data, "y ~ x1 + x2 | unit + time",
                             &(pp_model_options){.model = "probit", .bias = "none"});
    assert_ok(pp_fit_result(fit, &r, &err));
    assert_int_equal(golden_compare(r, "coefficients", "estimate", reference,
                                    "probit_unit+time_0", "raw", 1e-9),
                     2);
    pp_result_free(r);
    pp_fit_free(fit);
}

static void refusals_say_why(void **state) {
    static const struct {
        const char *model, *formula, *bias, *time;
        pp_status status;
    } cases[] = {{"logit", "y ~ x1", "analytic", NULL, PP_E_UNSUPPORTED},
                 {"cloglog", "y ~ x1 | unit", "analytic", NULL, PP_E_UNSUPPORTED},
                 {"poisson", "y ~ x1 | unit", "analytic", NULL, PP_E_UNSUPPORTED},
                 {"logit", "y ~ x1 | unit", "analytic:1", NULL, PP_E_ARGUMENT},
                 {"logit", "y ~ x1 | unit", "analytic:-1", "time", PP_E_ARGUMENT},
                 {"logit", "y ~ x1 | unit", "jackknife", "time", PP_E_ARGUMENT}};
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        pp_error err = {0};
        pp_fit *fit = NULL;
        const pp_model_options o = {
            .model = cases[c].model, .bias = cases[c].bias, .time = cases[c].time};
        assert_int_equal(pp_model_fit(cases[c].formula, data, &o, NULL, &fit, &err),
                         cases[c].status);
        assert_true(err.hint[0] != 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(corrected),
                                       cmocka_unit_test(without_it_nothing_changes),
                                       cmocka_unit_test(refusals_say_why)};
    return cmocka_run_group_tests_name("golden bias_effects", tests, open_case,
                                       close_case);
}
