/* Two-stage least squares against AER's ivreg; see tests/golden/iv/how.txt. */
#include "golden/golden.h"

#include <math.h>
#include <string.h>

static pp_table *data, *reference;

static int open_case(void **state) {
    (void)state;
    data = golden_table("iv", "data.csv");
    reference = golden_table("iv", "reference.csv");
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_table_free(data);
    pp_table_free(reference);
    return 0;
}

typedef struct model {
    const char *name, *formula, *weights, *kind;
    int coefficients, endogenous, more;
} model;

static const model MODELS[] = {
    {"just", "y ~ x1 | d1 ~ z1", NULL, NULL, 3, 1, 0},
    {"over", "y ~ x1 | d1 ~ z1 + z2", NULL, NULL, 3, 1, 1},
    {"two", "y ~ x1 | d1 + d2 ~ z1 + z2 + z3", NULL, NULL, 4, 2, 1},
    {"weighted", "y ~ x1 | d1 ~ z1 + z2", "w", "sampling", 3, 1, 1},
    {"rows repeated", "y ~ x1 | d1 ~ z1 + z2", "f", "frequency", 3, 1, 1},
    {"effects", "y ~ x1 | g + t | d1 ~ z1 + z2", NULL, NULL, 2, 1, 1},
    {"effects weighted", "y ~ 1 | g | d1 + d2 ~ z1 + z2 + z3", "w", NULL, 2, 2, 1}};

static pp_result *result_of(const model *m, const char *vcov) {
    const pp_model_options options = {.model = "iv",
                                      .vcov = vcov,
                                      .ssc = "sandwich",
                                      .weights = m->weights,
                                      .weight_kind = m->kind};
    pp_error err = {0};
    pp_result *r = NULL;
    pp_fit *fit = golden_fit(data, m->formula, &options);
    assert_ok(pp_fit_result(fit, &r, &err));
    pp_fit_free(fit);
    return r;
}

static double value_at(const pp_result *r, const char *test, const char *variable,
                       const char *covariance, const char *column) {
    const pp_table *t = pp_result_find(r, "first_stage");
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        const char *of = pp_table_find(t, "variable")->text[i];
        if (strcmp(pp_table_find(t, "test")->text[i], test) == 0 &&
            strcmp(pp_table_find(t, "covariance")->text[i], covariance) == 0 &&
            (!variable || (of && strcmp(of, variable) == 0))) {
            return pp_table_find(t, column)->number[i];
        }
    }
    return NAN;
}

static void compare_tests(const pp_result *r, const model *m, const char *covariance,
                          const char *F, const char *Wu) {
    static const char *const ENDOGENOUS[] = {"d1", "d2"};
    for (int e = 0; e < m->endogenous; e++) {
        assert_near("F",
                    value_at(r, "first stage F", ENDOGENOUS[e], covariance, "statistic"),
                    golden_value(reference, m->name, F, ENDOGENOUS[e]), 1e-8);
    }
    assert_near("Wu-Hausman", value_at(r, "Wu-Hausman", NULL, covariance, "statistic"),
                golden_value(reference, m->name, Wu, "Wu-Hausman"), 1e-8);
}

static void ivreg_agrees(void **state) {
    static const char *const VCOV[] = {"iid", "hc1", "cr1:g"};
    static const char *const ERRORS[] = {"se", "seHC1", "seCL"};
    (void)state;
    for (size_t i = 0; i < sizeof MODELS / sizeof *MODELS; i++) {
        const model *m = &MODELS[i];
        for (int v = 0; v < 3; v++) {
            pp_result *r = result_of(m, VCOV[v]);
            assert_int_equal(golden_compare(r, "coefficients", "estimate", reference,
                                            m->name, "coef", 1e-8),
                             m->coefficients);
            assert_int_equal(golden_compare(r, "coefficients", "std_error", reference,
                                            m->name, ERRORS[v], 1e-8),
                             m->coefficients);
            assert_near("sigma",
                        pp_table_find(pp_result_find(r, "model"), "sigma")->number[0],
                        golden_value(reference, m->name, "sigma", "sigma"), 1e-8);
            compare_tests(r, m, "iid", "F", "Wu");
            if (v == 1) {
                compare_tests(r, m, "hc1", "FHC1", "WuHC1");
            }
            if (m->more) {
                assert_near("Sargan", value_at(r, "Sargan", NULL, "iid", "statistic"),
                            golden_value(reference, m->name, "Sargan", "Sargan"), 1e-8);
            }
            assert_near("df2", value_at(r, "Wu-Hausman", NULL, "iid", "df2"),
                        golden_value(reference, m->name, "Wudf2", "Wu-Hausman"), 1e-12);
            pp_result_free(r);
        }
    }
}

static void assert_refusal(const char *formula, pp_status status, const char *message) {
    pp_error err = {0};
    pp_fit *fit = NULL;
    const pp_model_options options = {.model = "iv"};
    assert_int_equal(pp_model_fit(formula, data, &options, NULL, &fit, &err), status);
    if (!strstr(err.message, message)) {
        fail_msg("'%s' says: %s", formula, err.message);
    }
}

static void what_is_not_identified_is_refused(void **state) {
    (void)state;
    assert_refusal("y ~ x1", PP_E_ARGUMENT, "needs instruments");
    assert_refusal("y ~ x1 | d1 + d2 ~ z1", PP_E_ESTIMATION, "not identified");
    assert_refusal("y ~ x1 | d1 ~ I(2 * x1)", PP_E_ESTIMATION, "not identified");
    assert_refusal("y ~ x1 | d1 + d2 ~ z1 + I(z1 + x1)", PP_E_ESTIMATION,
                   "not identified");
    assert_refusal("y ~ x1 | g | d1 ~ I(g^2)", PP_E_ESTIMATION, "not identified");
    assert_refusal("y ~ x1 | g | I(g^2) ~ z1", PP_E_ESTIMATION, "no endogenous");
}

/* A variable that is its own instrument is least squares. */
static void own_instruments_are_least_squares(void **state) {
    (void)state;
    pp_fit *iv = golden_fit(data, "y ~ x1 | d1 ~ I(d1 + 0)",
                            &(pp_model_options){.model = "iv", .vcov = "hc1"});
    pp_fit *ols = golden_fit(data, "y ~ x1 + d1",
                             &(pp_model_options){.model = "ols", .vcov = "hc1"});
    for (int j = 0; j < 3; j++) {
        assert_near("estimate", pp_fit_estimates(iv)[j], pp_fit_estimates(ols)[j], 1e-10);
        assert_near("variance", pp_fit_covariance(iv)[4 * j],
                    pp_fit_covariance(ols)[4 * j], 1e-10);
    }
    pp_fit_free(iv);
    pp_fit_free(ols);
}

static pp_status fit_once(void *payload, pp_error *err) {
    const pp_model_options options = {.model = "iv", .vcov = "cluster:g"};
    pp_fit *fit = NULL;
    pp_status status = pp_model_fit(payload, data, &options, NULL, &fit, err);
    pp_fit_free(fit);
    return status;
}

static void memory_may_fail_anywhere(void **state) {
    (void)state;
    assert_true(fail_every_allocation(fit_once, "y ~ x1 | d1 ~ z1 + z2") > 10);
    assert_true(fail_every_allocation(fit_once, "y ~ x1 | g | d1 ~ z1 + z2") > 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ivreg_agrees),
        cmocka_unit_test(what_is_not_identified_is_refused),
        cmocka_unit_test(own_instruments_are_least_squares),
        cmocka_unit_test(memory_may_fail_anywhere)};
    return cmocka_run_group_tests(tests, open_case, close_case);
}
