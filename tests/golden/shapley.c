/* Shares of explained deviance against an exhaustive loop in R; see
   tests/golden/shapley/how.txt. */
#include "golden/golden.h"

#include <pushpull/drivers.h>

#include <stdio.h>
#include <string.h>

static pp_table *data, *reference;

static int open_case(void **state) {
    (void)state;
    data = golden_table("shapley", "a_risk.csv");
    reference = golden_table("shapley", "reference.csv");
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_table_free(data);
    pp_table_free(reference);
    return 0;
}

static const char FORMULA[] = "y ~ x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8";

static void shares(void **state) {
    static const char *const MEASURES[] = {"mcfadden", "nagelkerke"};
    (void)state;
    for (int m = 0; m < 2; m++) {
        pp_error err = {0};
        pp_result *result = NULL;
        pp_drivers_options options = {.measure = MEASURES[m]};
        char model[64];
        snprintf(model, sizeof model, "a_risk_logit_%s", MEASURES[m]);
        assert_ok(pp_drivers(FORMULA, data, &(pp_model_options){.model = "logit"},
                             &options, NULL, &result, &err));
        const pp_table *t = pp_result_find(result, "shares");
        assert_int_equal(pp_table_rows(t), 8);
        for (int64_t i = 0; i < 8; i++) {
            const char *factor = pp_column_get_text(pp_table_find(t, "factor"), i);
            assert_near(factor, pp_table_find(t, "estimate")->number[i],
                        golden_value(reference, model, "shapley", factor), 1e-8);
        }
        if (m == 0) {
            const pp_table *d = pp_result_find(result, "decomposition");
            assert_near("R2", pp_table_find(d, "full")->number[0],
                        golden_value(reference, model, "R2_full", "_"), 1e-10);
        }
        pp_result_free(result);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(shares)};
    return cmocka_run_group_tests_name("golden shapley", tests, open_case, close_case);
}
