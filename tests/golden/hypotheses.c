/* Wald, likelihood-ratio and score tests against R; see tests/golden/wildboot/tests.R. */
#include "golden/golden.h"

#include <pushpull/inference.h>

#include <string.h>

static pp_table *data, *exact;

static int open_case(void **state) {
    (void)state;
    data = golden_table("wildboot", "data.csv");
    exact = golden_table("wildboot", "exact.csv");
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_table_free(data);
    pp_table_free(exact);
    return 0;
}

static const char *text(const char *column, int64_t row) {
    return pp_table_find(exact, column)->text[row];
}

static void as_in_r(void **state) {
    static const struct {
        const char *name;
        pp_model_options options;
    } MODELS[] = {{"logit", {.model = "logit", .ssc = "none"}},
                  {"logit_hc", {.model = "logit", .vcov = "hc0"}},
                  {"logit_cluster", {.model = "logit", .vcov = "cr0:country"}},
                  {"ols", {.model = "ols"}}};
    (void)state;
    pp_error err = {0};
    int compared = 0;
    for (int m = 0; m < 4; m++) {
        pp_fit *fit = golden_fit(data, "y ~ x1 + x2 + x3 + x4 + factor(region)",
                                 &MODELS[m].options);
        for (int64_t i = 0; i < pp_table_rows(exact); i++) {
            pp_result *r = NULL;
            if (strcmp(text("model", i), MODELS[m].name) != 0) {
                continue;
            }
            assert_ok(pp_result_new("fit", &r, &err));
            assert_ok(
                pp_fit_test(fit, text("term", i), text("quantity", i), NULL, r, &err));
            const pp_table *tests = pp_result_find(r, "tests");
            assert_near(text("term", i), pp_table_find(tests, "statistic")->number[0],
                        pp_table_find(exact, "value")->number[i], 1e-8);
            compared++;
            pp_result_free(r);
        }
        pp_fit_free(fit);
    }
    assert_int_equal(compared, pp_table_rows(exact));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_in_r)};
    return cmocka_run_group_tests_name("golden hypotheses", tests, open_case, close_case);
}
