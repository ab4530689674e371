/* Logit, probit and cloglog against R's glm, sandwich and fixest; see
   tests/golden/eventhistory_binary/how.txt. */
#include "golden/golden.h"

#include <stdio.h>
#include <string.h>

static const char FORMULA[] = "y ~ x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + year0";
static const char *const LINKS[] = {"logit", "probit", "cloglog"};

static pp_table *data, *reference;

static int open_case(void **state) {
    (void)state;
    data = golden_table("eventhistory_binary", "data.csv");
    reference = golden_table("eventhistory_binary", "reference.csv");
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_table_free(data);
    pp_table_free(reference);
    return 0;
}

static pp_result *result_of(const char *model, const char *vcov, const char *ssc,
                            const char *margins) {
    pp_error err = {0};
    pp_result *result = NULL;
    pp_fit *fit = golden_fit(
        data, FORMULA, &(pp_model_options){.model = model, .vcov = vcov, .ssc = ssc});
    assert_ok(pp_fit_result(fit, &result, &err));
    if (margins) {
        assert_ok(pp_fit_margins(fit, margins, result, &err));
    }
    pp_fit_free(fit);
    return result;
}

/* glm's cloglog stops 1.7e-8 short (x7), whatever its epsilon; exact.csv goes on to the
 * end. */
static double reached(const char *link) {
    return strcmp(link, "cloglog") == 0 ? 2.5e-8 : 1e-8;
}

static void coefficients_and_likelihood(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++) {
        char model[64];
        snprintf(model, sizeof model, "%s_iid_expectedinfo", LINKS[i]);
        pp_result *r = result_of(LINKS[i], "iid", "none", NULL);
        double relative = reached(LINKS[i]);
        assert_int_equal(golden_compare(r, "coefficients", "estimate", reference, model,
                                        "coef", relative),
                         10);
        assert_int_equal(golden_compare(r, "coefficients", "std_error", reference, model,
                                        "se", relative),
                         10);
        const pp_table *facts = pp_result_find(r, "model");
        assert_near("loglik", pp_table_find(facts, "loglik")->number[0],
                    golden_value(reference, LINKS[i], "loglik", NULL), 1e-10);
        assert_near("deviance", pp_table_find(facts, "deviance")->number[0],
                    golden_value(reference, LINKS[i], "deviance", NULL), 1e-10);
        assert_near("null deviance", -2 * pp_table_find(facts, "null_loglik")->number[0],
                    golden_value(reference, LINKS[i], "null_deviance", NULL), 1e-10);
        pp_result_free(r);
    }
}

static void exact_coefficients(void **state) {
    (void)state;
    pp_table *exact = golden_table("eventhistory_binary", "exact.csv");
    for (int i = 0; i < 3; i++) {
        pp_result *r = result_of(LINKS[i], "iid", "none", NULL);
        assert_int_equal(
            golden_compare(r, "coefficients", "estimate", exact, LINKS[i], "coef", 1e-10),
            10);
        assert_int_equal(
            golden_compare(r, "coefficients", "std_error", exact, LINKS[i], "se", 1e-10),
            10);
        pp_result_free(r);
    }
    pp_table_free(exact);
}

static void leverage_errors(void **state) {
    static const char *const models[] = {"logit", "ols"}, *const types[] = {"hc2", "hc3"};
    (void)state;
    pp_table *exact = golden_table("eventhistory_binary", "exact.csv");
    for (int i = 0; i < 4; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s_%s", models[i / 2], types[i % 2]);
        pp_result *r = result_of(models[i / 2], types[i % 2], "sandwich", NULL);
        assert_int_equal(
            golden_compare(r, "coefficients", "std_error", exact, name, "se", 1e-8), 10);
        pp_result_free(r);
    }
    pp_table_free(exact);
}

static void sandwich_errors(void **state) {
    static const struct {
        const char *vcov, *ssc, *suffix;
    } cases[] = {{"hc0", "sandwich", "HC0"},
                 {"hc1", "sandwich", "HC1"},
                 {"cr0:country", "none", "cl_country_CR0_noadj"},
                 {"cr0:country", "fixest", "cl_country_CR0_noadj"},
                 {"cr0:country", "sandwich", "cl_country_HC0"},
                 {"cr1:country", "sandwich", "cl_country_HC1"},
                 {"cr0:country+year", "sandwich", "cl_country_year_HC0"},
                 {"cluster:country+year", "sandwich", "cl_country_year_HC1"}};
    (void)state;
    for (int i = 0; i < 3; i++) {
        for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
            char model[64];
            snprintf(model, sizeof model, "%s_%s", LINKS[i], cases[c].suffix);
            pp_result *r = result_of(LINKS[i], cases[c].vcov, cases[c].ssc, NULL);
            assert_int_equal(golden_compare(r, "coefficients", "std_error", reference,
                                            model, "se", i == 2 ? 1e-6 : 1e-8),
                             10);
            pp_result_free(r);
        }
    }
}

static void fixest_errors(void **state) {
    static const struct {
        const char *vcov, *model;
    } cases[] = {{"iid", "fixest_logit_\"iid\""},
                 {"hc1", "fixest_logit_\"hetero\""},
                 {"cluster:country", "fixest_logit_~country"},
                 {"cluster:country+year", "fixest_logit_~country + year"}};
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        pp_result *r = result_of("logit", cases[c].vcov, NULL, NULL);
        assert_int_equal(golden_compare(r, "coefficients", "std_error", reference,
                                        cases[c].model, "se", 1e-6),
                         10);
        pp_result_free(r);
    }
}

/* fixest's probit stops 2.3e-8 short; R's glm with dummies agrees to 3e-10. */
static void assert_absorbed(const char *model, const char *effects, const char *vcov,
                            const char *suffix) {
    char formula[200], name[100];
    pp_error err = {0};
    pp_result *r = NULL;
    snprintf(formula, sizeof formula, "y ~ x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 | %s",
             effects);
    snprintf(name, sizeof name, "fixest_%s_FE_%s_%s", model, effects, suffix);
    pp_fit *fit =
        golden_fit(data, formula, &(pp_model_options){.model = model, .vcov = vcov});
    assert_ok(pp_fit_result(fit, &r, &err));
    assert_int_equal(golden_compare(r, "coefficients", "estimate", reference, name,
                                    "coef", strcmp(model, "probit") == 0 ? 2e-7 : 1e-8),
                     8);
    assert_int_equal(
        golden_compare(r, "coefficients", "std_error", reference, name, "se", 1e-6), 8);
    pp_result_free(r);
    pp_fit_free(fit);
}

/* Absorbed effects: year, region, both. */
static void effects_absorbed(void **state) {
    static const struct {
        const char *vcov, *suffix;
    } cases[] = {{"iid", "\"iid\""},
                 {"hc1", "\"hetero\""},
                 {"cluster:country", "~country"},
                 {"cluster:country+year", "~country + year"}};
    static const char *const effects[] = {"year", "region", "year+region"};
    (void)state;
    for (int e = 0; e < 3; e++) {
        for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
            assert_absorbed("logit", effects[e], cases[c].vcov, cases[c].suffix);
        }
    }
    assert_absorbed("probit", "region", "cluster:country", "~country");
}

static void margins(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++) {
        char model[64];
        const char *link = LINKS[i];
        pp_result *r = result_of(link, "iid", "none", "unit");
        snprintf(model, sizeof model, "%s_AME(x6 discrete)", link);
        assert_int_equal(golden_compare(r, "margins", "estimate", reference, model,
                                        "coef", reached(link)),
                         9);
        snprintf(model, sizeof model, "%s_AME_iid", link);
        assert_int_equal(
            golden_compare(r, "margins", "std_error", reference, model, "se", 1e-6), 9);
        pp_result_free(r);
        r = result_of(link, "cr1:country", "sandwich", "unit");
        snprintf(model, sizeof model, "%s_AME_cl_country_HC1", link);
        assert_int_equal(
            golden_compare(r, "margins", "std_error", reference, model, "se", 1e-6), 9);
        pp_result_free(r);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(coefficients_and_likelihood),
                                       cmocka_unit_test(exact_coefficients),
                                       cmocka_unit_test(leverage_errors),
                                       cmocka_unit_test(sandwich_errors),
                                       cmocka_unit_test(fixest_errors),
                                       cmocka_unit_test(effects_absorbed),
                                       cmocka_unit_test(margins)};
    return cmocka_run_group_tests_name("golden eventhistory_binary", tests, open_case,
                                       close_case);
}
