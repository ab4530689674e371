/* Hazards with flexible duration against R's glm; see tests/golden/durations/make.R. */
#include "golden/golden.h"

#include "support/frames.h"

#include <stdio.h>
#include <string.h>

static const char *const DURATIONS[][2] = {
    {"dummies", "factor(t)"}, {"cubic", "poly(t, 3)"}, {"spline", "ns(t, 3)"}};
static const char *const LINKS[] = {"logit", "cloglog"};

static void assert_fit(const char *outcome, const pp_model_options *options,
                       const char *link, int duration) {
    pp_table *data = golden_table("durations", "data.csv"),
             *reference = golden_table("durations", "reference.csv");
    char formula[120], model[40];
    pp_error err = {0};
    pp_result *r = NULL;
    snprintf(formula, sizeof formula, "%s ~ x1 + x2 + %s", outcome,
             DURATIONS[duration][1]);
    snprintf(model, sizeof model, "%s_%s", link, DURATIONS[duration][0]);
    pp_fit *fit = golden_fit(data, formula, options);
    assert_ok(pp_fit_result(fit, &r, &err));
    assert_int_equal(
        golden_compare(r, "coefficients", "estimate", reference, model, "coef", 1e-7), 3);
    if (strcmp(link, "logit") == 0) {
        assert_int_equal(
            golden_compare(r, "coefficients", "std_error", reference, model, "se", 1e-7),
            3);
    }
    assert_near("loglik", pp_fit_loglik(fit),
                golden_value(reference, model, "loglik", NULL), 1e-10);
    pp_result_free(r);
    pp_fit_free(fit);
    pp_table_free(data);
    pp_table_free(reference);
}

static void hazards(void **state) {
    (void)state;
    for (int l = 0; l < 2; l++) {
        for (int d = 0; d < 3; d++) {
            assert_fit("Surv(event, event, type = interval)",
                       &(pp_model_options){.model = "hazard",
                                           .link = LINKS[l],
                                           .unit = "country",
                                           .time = "year",
                                           .ssc = "none"},
                       LINKS[l], d);
        }
    }
}

static void binary_models(void **state) {
    (void)state;
    for (int l = 0; l < 2; l++) {
        for (int d = 0; d < 3; d++) {
            assert_fit("y", &(pp_model_options){.model = LINKS[l], .ssc = "none"},
                       LINKS[l], d);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(hazards),
                                       cmocka_unit_test(binary_models)};
    return cmocka_run_group_tests_name("golden durations", tests, NULL, NULL);
}
