/* Expected adoptions under a change against base R; see tests/golden/scenario/how.txt. */
#include "golden/golden.h"

#include <pushpull/io.h>
#include <pushpull/scenario.h>
#include <pushpull/text.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static pp_table *data, *changed, *reference;
static pp_fit *fit;
static pp_result *result;

static int open_case(void **state) {
    const pp_assignment set[] = {{"x1", "x1 * 0.8"}, {"x7", "x7 + 0.5"}};
    const pp_scenario_options options = {
        .unit = "country", .time = "year", .region = "region", .draws = 8000, .seed = 5};
    pp_error err = {0};
    int64_t rows;
    (void)state;
    data = golden_table("shapley", "a_risk.csv");
    reference = golden_table("scenario", "reference.csv");
    assert_ok(pp_table_copy(data, &changed, &err));
    assert_ok(pp_table_update(changed, set, 2, "region <= 4", NULL, &rows, &err));
    fit = golden_fit(data, "y ~ x1 + x2 + x6 + log(x7 + 10)",
                     &(pp_model_options){.model = "logit", .ssc = "none"});
    assert_ok(pp_scenario(fit, data, changed, &options, &(pp_context){.threads = 2},
                          &result, &err));
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_result_free(result);
    pp_fit_free(fit);
    pp_table_free(data);
    pp_table_free(changed);
    pp_table_free(reference);
    return 0;
}

static const char *key_of(const pp_column *column, int64_t row, char space[32]) {
    if (column->type != PP_NUMBER) {
        return pp_column_get_text(column, row);
    }
    pp_format_number(column->number[row], space);
    return space;
}

static void compare(const char *table, const char *key, const char *column,
                    const char *quantity) {
    const pp_table *t = pp_result_find(result, table);
    assert_true(pp_table_rows(t) > 3);
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        char space[32];
        const char *term = key_of(pp_table_find(t, key), i, space);
        assert_near(term, pp_table_find(t, column)->number[i],
                    golden_value(reference, "logit", quantity, term), 1e-9);
    }
}

static void expectations(void **state) {
    (void)state;
    compare("scenario", "quantity", "baseline", "baseline");
    compare("scenario", "quantity", "scenario", "scenario");
    compare("scenario_years", "time", "baseline", "years_baseline");
    compare("scenario_years", "time", "scenario", "years_scenario");
}

static void units(void **state) {
    const pp_table *t = pp_result_find(result, "scenario_units");
    int compared = 0;
    (void)state;
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        const char *unit = pp_column_get_text(pp_table_find(t, "unit"), i);
        double number, difference = pp_table_find(t, "difference")->number[i];
        double width = pp_table_find(t, "conf_high")->number[i] - difference;
        if (pp_parse_number(unit, &number) && number <= 20) {
            assert_near(unit, difference,
                        golden_value(reference, "logit", "unit_difference", unit), 1e-8);
            assert_near(unit, width / 1.959963984540054,
                        golden_value(reference, "logit", "unit_error", unit), 1e-7);
            compared++;
        }
    }
    assert_true(compared > 3);
}

static void parameters(void **state) {
    const pp_table *t = pp_result_find(result, "scenario");
    double low = golden_value(reference, "logit", "conf_low", "all");
    double high = golden_value(reference, "logit", "conf_high", "all");
    (void)state;
    assert_true(fabs(pp_table_find(t, "conf_low")->number[0] - low) <
                0.05 * (high - low));
    assert_true(fabs(pp_table_find(t, "conf_high")->number[0] - high) <
                0.05 * (high - low));
    assert_true(pp_table_find(t, "conf_low_both")->number[0] < low + 1);
    assert_true(pp_table_find(t, "conf_high_both")->number[0] > high - 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expectations),
        cmocka_unit_test(units),
        cmocka_unit_test(parameters),
    };
    return cmocka_run_group_tests_name("golden scenario", tests, open_case, close_case);
}
