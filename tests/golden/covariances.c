/* Covariances of clusters, time and space against sandwich, clubSandwich, plm and plain R;
   see tests/golden/covariances/how.txt. */
#include "golden/golden.h"

#include <stdio.h>
#include <string.h>

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

static int terms_of(const expected *e) {
    return strcmp(e->model, "iv") == 0 ? 3 : strchr(e->formula, '|') ? 2 : 4;
}

static void compare_weighted(const expected *e, const char *weights, const char *kind,
                             const char *quantity, const char *column) {
    pp_error err = {0};
    pp_result *result = NULL;
    const pp_model_options o = {.model = e->model,
                                .vcov = e->vcov,
                                .ssc = e->ssc,
                                .weights = weights,
                                .weight_kind = kind};
    pp_fit *fit = golden_fit(data, e->formula, &o);
    assert_ok(pp_fit_result(fit, &result, &err));
    assert_int_equal(golden_compare(result, "coefficients", column, reference,
                                    e->reference, quantity, 1e-8),
                     terms_of(e));
    pp_result_free(result);
    pp_fit_free(fit);
}

static void compare(const expected *e, const char *quantity, const char *column) {
    compare_weighted(e, NULL, NULL, quantity, column);
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
        compare(&cases[c], "se", "std_error");
    }
}

static void over_time(void **state) {
    static const expected cases[] = {{OLS, "ols", "dk:year:1", "none", "ols_SCC_1"},
                                     {OLS, "ols", "dk:year:3", "none", "ols_SCC_3"},
                                     {OLS, "ols", "dk:year", "sandwich", "ols_PL"},
                                     {LOGIT, "logit", "dk:year", "sandwich", "logit_PL"}};
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        compare(&cases[c], "se", "std_error");
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
            compare(&e, "se", "std_error");
        }
    }
}

static void corrected(void **state) {
    static const expected cases[] = {
        {OLS, "ols", "cr2:country", NULL, "ols_country_CR2"},
        {OLS, "ols", "cr3:country", NULL, "ols_country_CR3"},
        {OLS, "ols", "cr2:region", NULL, "ols_region_CR2"},
        {OLS, "ols", "cr3:region", NULL, "ols_region_CR3"},
        {LOGIT, "logit", "cr2:country", NULL, "logit_country_CR2"},
        {LOGIT, "logit", "cr3:country", NULL, "logit_country_CR3"},
        {LOGIT, "probit", "cr2:country", NULL, "probit_country_CR2"},
        {LOGIT, "probit", "cr3:country", NULL, "probit_country_CR3"}};
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        compare(&cases[c], "se", "std_error");
        compare(&cases[c], "df", "df");
    }
}

/* Sampling weights as lm takes them; frequency weights as rows that are repeated. */
static void weighted(void **state) {
    (void)state;
    for (int type = 0; type < 4; type++) {
        char vcov[16], wls[16], frequency[16];
        snprintf(vcov, sizeof vcov, "hc%d", type);
        snprintf(wls, sizeof wls, "wls_HC%d", type);
        snprintf(frequency, sizeof frequency, "frequency_HC%d", type);
        const expected sampled = {OLS, "ols", vcov, "sandwich", wls};
        const expected repeated = {OLS, "ols", vcov, "sandwich", frequency};
        compare_weighted(&sampled, "w", NULL, "se", "std_error");
        compare_weighted(&repeated, "f", "frequency", "se", "std_error");
    }
    for (int type = 0; type < 2; type++) {
        char vcov[16], name[32];
        snprintf(vcov, sizeof vcov, "cr%d:country", type);
        snprintf(name, sizeof name, "wls_country_HC%d", type);
        const expected e = {OLS, "ols", vcov, "sandwich", name};
        compare_weighted(&e, "w", NULL, "se", "std_error");
    }
    for (int type = 2; type < 4; type++) {
        char vcov[16], wls[32], frequency[32];
        snprintf(vcov, sizeof vcov, "cr%d:country", type);
        snprintf(wls, sizeof wls, "wls_country_CR%d", type);
        snprintf(frequency, sizeof frequency, "frequency_country_CR%d", type);
        const expected sampled = {OLS, "ols", vcov, NULL, wls};
        const expected repeated = {OLS, "ols", vcov, NULL, frequency};
        compare_weighted(&sampled, "w", NULL, "se", "std_error");
        compare_weighted(&sampled, "w", NULL, "df", "df");
        compare_weighted(&repeated, "f", "frequency", "se", "std_error");
        compare_weighted(&repeated, "f", "frequency", "df", "df");
    }
}

/* Absorbed effects as dummies. */
static void within(void **state) {
    static const char ONE[] = "y ~ x1 + x2 | country",
                      TWO[] = "y ~ x1 + x2 | country + year";
    static const expected cases[] = {
        {ONE, "ols", "cr2:country", NULL, "within_country_CR2"},
        {ONE, "ols", "cr3:country", NULL, "within_country_CR3"},
        {ONE, "ols", "cr2:region", NULL, "within_region_CR2"},
        {ONE, "ols", "cr3:region", NULL, "within_region_CR3"},
        {"y ~ x1 + x2 + factor(year) | country", "ols", "cr2:country", NULL,
         "twoway_country_CR2"}};
    static const expected others[] = {
        {ONE, "ols", "cr3:region", NULL, "within_region_jackknife"},
        {ONE, "ols", "dk:year:3", "none", "within_SCC_3"},
        {ONE, "ols", "hc0", "sandwich", "within_HC0"},
        {ONE, "ols", "hc1", "sandwich", "within_HC1"},
        {ONE, "ols", "hc2", "sandwich", "within_HC2"},
        {ONE, "ols", "hc3", "sandwich", "within_HC3"},
        {TWO, "ols", "hc0", "sandwich", "twoway_HC0"},
        {TWO, "ols", "hc1", "sandwich", "twoway_HC1"},
        {TWO, "ols", "hc2", "sandwich", "twoway_HC2"},
        {TWO, "ols", "hc3", "sandwich", "twoway_HC3"}};
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        compare(&cases[c], "se", "std_error");
        compare(&cases[c], "df", "df");
    }
    for (size_t c = 0; c < sizeof others / sizeof *others; c++) {
        compare(&others[c], "se", "std_error");
    }
    for (int type = 0; type < 4; type++) {
        char vcov[16], name[16];
        snprintf(vcov, sizeof vcov, "hc%d", type);
        snprintf(name, sizeof name, "withinw_HC%d", type);
        const expected e = {ONE, "ols", vcov, "sandwich", name};
        compare_weighted(&e, "w", NULL, "se", "std_error");
    }
}

static void two_stages(void **state) {
    static const char IV[] = "y ~ x2 | x1 ~ x3 + lat";
    (void)state;
    compare(&(expected){IV, "iv", "cr2:country", NULL, "iv_country_CR2"}, "se",
            "std_error");
    compare(&(expected){IV, "iv", "cr3:country", NULL, "iv_country_CR3"}, "se",
            "std_error");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(several_ways), cmocka_unit_test(over_time),
        cmocka_unit_test(corrected),    cmocka_unit_test(weighted),
        cmocka_unit_test(within),       cmocka_unit_test(two_stages),
        cmocka_unit_test(over_space)};
    return cmocka_run_group_tests_name("golden covariances", tests, open_case,
                                       close_case);
}
