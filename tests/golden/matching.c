/* Matching on history against loops in R; see tests/golden/matching/how.txt. */
#include "golden/golden.h"

#include <pushpull/matching.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static pp_table *data, *reference;

static int open_case(void **state) {
    (void)state;
    data = golden_table("matching", "panel.csv");
    reference = golden_table("matching", "reference.csv");
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_table_free(data);
    pp_table_free(reference);
    return 0;
}

static pp_matching_options options_of(const char *model) {
    pp_matching_options o = {.outcome = "y",
                             .unit = "unit",
                             .time = "time",
                             .treatment = "treated",
                             .covariates = "x1 + x2",
                             .refinement = model,
                             .lags = 3,
                             .leads = 2,
                             .size = 4};
    if (strcmp(model, "whole") == 0) {
        o.refinement = NULL;
        o.window = "whole";
        o.lagged_outcome = "no";
    } else if (strcmp(model, "art") == 0) {
        o.refinement = NULL;
        o.quantity = "art";
    }
    return o;
}

static double number(const pp_result *result, const char *table, const char *column,
                     int64_t row) {
    return pp_table_find(pp_result_find(result, table), column)->number[row];
}

/* The model's values of a quantity by horizon, and of their mean. */
static void compare_effects(const char *model, const pp_result *result,
                            const char *column, const char *quantity) {
    for (int64_t row = 0; row < 6; row++) {
        char term[16];
        snprintf(term, sizeof term, "%d", (int)row - 3);
        if (row != 2) {
            assert_near(model, number(result, "matched_effects", column, row),
                        golden_value(reference, model, quantity, term), 1e-10);
        }
    }
    if (strcmp(column, "contaminated") != 0) {
        assert_near(model, number(result, "matched_overall", column, 0),
                    golden_value(reference, model, quantity, "overall"), 1e-10);
    }
}

static void compare_balance(const char *model, const pp_result *result) {
    static const char *const columns[] = {"before_matching", "before_refinement",
                                          "after_refinement"};
    const pp_table *t = pp_result_find(result, "matched_balance");
    assert_int_equal(pp_table_rows(t), 9);
    for (int64_t i = 0; i < 27; i++) {
        char term[32];
        snprintf(term, sizeof term, "%s.%.0f",
                 pp_column_get_text(pp_table_find(t, "term"), i / 3),
                 pp_table_find(t, "lag")->number[i / 3]);
        assert_near(term, pp_table_find(t, columns[i % 3])->number[i / 3],
                    golden_value(reference, model, columns[i % 3], term), 1e-10);
    }
}

static void compare(const char *model) {
    pp_error err = {0};
    pp_result *result = NULL;
    pp_matching_options options = options_of(model);
    assert_ok(pp_matching(data, &options, NULL, &result, &err));
    assert_near(model, number(result, "matched_overall", "nobs_treated", 0),
                golden_value(reference, model, "sets", "_"), 0);
    compare_effects(model, result, "estimate", "estimate");
    compare_effects(model, result, "std_error", "centred");
    compare_effects(model, result, "contaminated", "contaminated");
    compare_balance(model, result);
    pp_result_free(result);
    static const char *const errors[] = {"conditional", "unconditional"};
    for (int i = 0; i < 2; i++) {
        options.errors = errors[i];
        assert_ok(pp_matching(data, &options, NULL, &result, &err));
        compare_effects(model, result, "std_error", errors[i]);
        pp_result_free(result);
    }
}

static void refinements(void **state) {
    (void)state;
    compare("none");
    compare("mahalanobis");
    compare("ps-match");
    compare("ps-weight");
}

static void windows_and_ends(void **state) {
    (void)state;
    compare("whole");
    compare("art");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(refinements),
                                       cmocka_unit_test(windows_and_ends)};
    return cmocka_run_group_tests_name("golden matching", tests, open_case, close_case);
}
