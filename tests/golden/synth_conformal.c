/* The augmented synthetic control and conformal inference against R, written out: see
   tests/golden/synth_conformal/how.txt. */
#include "golden/golden.h"

#include <pushpull/synth.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static pp_table *data, *reference;

static int open_case(void **state) {
    (void)state;
    data = golden_table("synth_conformal", "panel.csv");
    reference = golden_table("synth_conformal", "reference.csv");
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_table_free(data);
    pp_table_free(reference);
    return 0;
}

static pp_result *estimate(const char *treated, const char *method, const char *lambda) {
    pp_error err = {0};
    pp_result *result = NULL;
    pp_synth_options options = {.outcome = "y",
                                .unit = "unit",
                                .time = "period",
                                .treated = treated,
                                .first = 16,
                                .donors = "u1,u2,u3,u4,u5,u6,u7,u8,u9,u10",
                                .method = method,
                                .lambda = lambda,
                                .level = 0.9};
    assert_ok(pp_synth(data, &options, NULL, &result, &err));
    return result;
}

/* The row whose text is that. */
static int64_t row_of(const pp_table *table, const char *column, const char *text) {
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        if (strcmp(pp_column_get_text(pp_table_find(table, column), i), text) == 0) {
            return i;
        }
    }
    fail_msg("no %s %s", column, text);
    return -1;
}

static double number(const pp_result *result, const char *table, const char *column,
                     int64_t row) {
    return pp_table_find(pp_result_find(result, table), column)->number[row];
}

static void check_augmented(const char *treated, const char *lambda) {
    char model[32];
    pp_result *result = estimate(treated, "asc", lambda);
    const pp_table *weights = pp_result_find(result, "weights");
    int64_t row =
        row_of(pp_result_find(result, "synth_preflight"), "check", "ridge penalty");
    snprintf(model, sizeof model, "%s_%s", treated, lambda);
    assert_near(model, number(result, "synth_preflight", "value", row),
                golden_value(reference, model, "lambda", "_"), 1e-8);
    row = row_of(pp_result_find(result, "synth"), "method", "asc");
    assert_near(model, number(result, "synth", "estimate", row),
                golden_value(reference, model, "estimate", "_"), 1e-8);
    for (int64_t i = 0; i < 10; i++) {
        const char *name = pp_column_get_text(pp_table_find(weights, "name"), i);
        double expected = golden_value(reference, model, "weight", name);
        double actual = pp_table_find(weights, "weight")->number[i];
        if (!(fabs(actual - expected) < 1e-8)) {
            fail_msg("%s %s: %.12g, expected %.12g", model, name, actual, expected);
        }
    }
    pp_result_free(result);
}

static void augmented(void **state) {
    static const char *const treated[] = {"u26", "u27", "u28", "u30"};
    static const char *const lambdas[] = {"1se", "min", "5"};
    (void)state;
    for (int u = 0; u < 4; u++) {
        for (int l = 0; l < 3; l++) {
            check_augmented(treated[u], lambdas[l]);
        }
    }
}

static const char *const METHODS[] = {"sdid", "sc", "did", "asc"};

static void all_periods(void **state) {
    static const char *const exchange[] = {"moving_block", "iid"};
    static const char *const term[] = {"moving_block", "iid_all"};
    static const char *const column[] = {"p_value", "p_above", "p_below"};
    (void)state;
    for (int m = 0; m < 4; m++) {
        pp_result *result = estimate("u30", METHODS[m], NULL);
        for (int e = 0; e < 2; e++) {
            int64_t row = row_of(pp_result_find(result, "synth_conformal"), "exchange",
                                 exchange[e]);
            for (int c = 0; c < 3; c++) {
                assert_near(METHODS[m], number(result, "synth_conformal", column[c], row),
                            golden_value(reference, METHODS[m], column[c], term[e]),
                            1e-12);
            }
        }
        pp_result_free(result);
    }
}

static void each_period(void **state) {
    (void)state;
    for (int m = 0; m < 4; m++) {
        pp_result *result = estimate("u30", METHODS[m], NULL);
        for (int t = 16; t < 19; t++) {
            char term[8];
            snprintf(term, sizeof term, "%d", t);
            assert_near("p value", number(result, "gaps", "p_value", t - 1),
                        golden_value(reference, METHODS[m], "period_p", term), 1e-12);
            assert_near("low", number(result, "gaps", "conf_low", t - 1),
                        golden_value(reference, METHODS[m], "period_low", term), 1e-6);
            assert_near("high", number(result, "gaps", "conf_high", t - 1),
                        golden_value(reference, METHODS[m], "period_high", term), 1e-6);
        }
        pp_result_free(result);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(augmented),
                                       cmocka_unit_test(all_periods),
                                       cmocka_unit_test(each_period)};
    return cmocka_run_group_tests_name("golden synth_conformal", tests, open_case,
                                       close_case);
}
