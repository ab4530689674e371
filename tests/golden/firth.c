/* Bias-reduced regressions against logistf and brglm2; see tests/golden/firth/how.txt. */
#include "golden/golden.h"

#include <math.h>
#include <stdio.h>

static const char FORMULA[] = "rare ~ x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8";

static pp_table *data, *reference;

static int open_case(void **state) {
    (void)state;
    data = golden_table("firth", "data.csv");
    reference = golden_table("firth", "reference.csv");
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_table_free(data);
    pp_table_free(reference);
    return 0;
}

static pp_result *result_of(const pp_model_options *options) {
    pp_error err = {0};
    pp_result *result = NULL;
    pp_model_options o = *options;
    o.model = "firth";
    o.ssc = "none";
    pp_fit *fit = golden_fit(data, FORMULA, &o);
    assert_ok(pp_fit_result(fit, &result, &err));
    pp_fit_free(fit);
    return result;
}

static void expect(const pp_result *r, const char *column, const char *model,
                   const char *quantity, double relative) {
    assert_int_equal(
        golden_compare(r, "coefficients", column, reference, model, quantity, relative),
        9);
}

static void logistf_fit(void **state) {
    static const char model[] = "a_risk_rare_logistf";
    (void)state;
    pp_result *r = result_of(&(pp_model_options){.information = "augmented"});
    expect(r, "estimate", model, "coef", 1e-8);
    expect(r, "std_error", model, "se", 1e-8);
    expect(r, "conf_low", model, "pl_lower", 1e-8);
    expect(r, "conf_high", model, "pl_upper", 1e-8);
    const pp_table *penalised = pp_result_find(r, "penalised");
    assert_near("full", pp_table_find(penalised, "penalised_loglik")->number[0],
                golden_value(reference, model, "penloglik", "full"), 1e-10);
    assert_near("null", pp_table_find(penalised, "null_penalised_loglik")->number[0],
                golden_value(reference, model, "penloglik", "null"), 1e-10);
    pp_result_free(r);
}

static void logistf_tests(void **state) {
    (void)state;
    pp_result *r = result_of(&(pp_model_options){0});
    const pp_table *t = pp_result_find(r, "coefficients");
    for (int j = 1; j < 9; j++) {
        assert_near("p", pp_table_find(t, "p_value")->number[j],
                    golden_value(reference, "a_risk_rare_logistf", "pl_pvalue",
                                 pp_table_find(t, "term")->text[j]),
                    1e-8);
    }
    pp_result_free(r);
}

static void brglm2_fits(void **state) {
    static const struct {
        const char *bias, *link, *model;
        double digits;
    } cases[] = {{"mean", "logit", "AS_mean", 1e-8},
                 {"jeffreys", "logit", "MPL_Jeffreys", 1e-8},
                 {"median", "logit", "AS_median", 1e-8},
                 {"mean", "logit", "AS_mixed", 1e-8},
                 {"mean", "probit", "AS_mean_probit", 1e-8},
                 {"mean", "cloglog", "AS_mean_cloglog", 1e-8}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char model[64];
        snprintf(model, sizeof model, "a_risk_rare_brglm2_%s", cases[i].model);
        pp_result *r =
            result_of(&(pp_model_options){.bias = cases[i].bias, .link = cases[i].link});
        expect(r, "estimate", model, "coef", cases[i].digits);
        expect(r, "std_error", model, "se", cases[i].digits);
        pp_result_free(r);
    }
}

static void flic(void **state) {
    (void)state;
    pp_result *r = result_of(&(pp_model_options){.bias = "flic"});
    expect(r, "estimate", "a_risk_rare_flic", "coef", 1e-8);
    pp_result_free(r);
}

static void flac(void **state) {
    (void)state;
    pp_table *exact = golden_table("firth", "exact.csv");
    pp_result *r = result_of(&(pp_model_options){.bias = "flac"});
    assert_int_equal(
        golden_compare(r, "coefficients", "estimate", exact, "flac", "coef", 1e-8), 9);
    assert_int_equal(
        golden_compare(r, "coefficients", "std_error", exact, "flac", "se", 1e-8), 9);
    pp_result_free(r);
    pp_table_free(exact);
}

static void expect_exact(const pp_model_options *options, const char *formula,
                         const char *model, const char *quantity) {
    pp_error err = {0};
    pp_result *r = NULL;
    pp_table *exact = golden_table("firth", "exact.csv");
    pp_fit *fit = golden_fit(data, formula, options);
    assert_ok(pp_fit_result(fit, &r, &err));
    assert_int_equal(
        golden_compare(r, "coefficients", "estimate", exact, model, "coef", 1e-8) +
            golden_compare(r, "coefficients", "std_error", exact, model, quantity, 1e-8),
        18);
    pp_result_free(r);
    pp_fit_free(fit);
    pp_table_free(exact);
}

static void robust_errors(void **state) {
    static const char *const vcov[] = {"iid", "hc0", "cr0:country"}, *const se[] = {
                                                                         "se", "se_hc0",
                                                                         "se_cr0"};
    (void)state;
    pp_error err = {0};
    pp_column *w;
    assert_ok(pp_table_add(data, PP_NUMBER, "w", &w, &err));
    for (int64_t i = 0; i < pp_table_rows(data); i++) {
        w->number[i] = 1 + fmod(pp_table_find(data, "region")->number[i], 3);
    }
    for (int i = 0; i < 3; i++) {
        pp_model_options o = {.model = "firth", .ssc = "none", .vcov = vcov[i]};
        expect_exact(&o, FORMULA, "robust", se[i]);
        o.weights = "w";
        expect_exact(&o,
                     "rare ~ x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + offset(0.3 * z1)",
                     "weighted", se[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logistf_fit), cmocka_unit_test(logistf_tests),
        cmocka_unit_test(brglm2_fits), cmocka_unit_test(flic),
        cmocka_unit_test(flac),        cmocka_unit_test(robust_errors)};
    return cmocka_run_group_tests_name("golden firth", tests, open_case, close_case);
}
