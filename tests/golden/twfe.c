/* A two-way coefficient taken apart, against R; see tests/golden/twfe/how.txt. */
#include "golden/golden.h"

#include <pushpull/twfe.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static pp_table *data, *doses, *reference;

static int open_case(void **state) {
    (void)state;
    data = golden_table("twfe", "data.csv");
    doses = golden_table("twfe", "doses.csv");
    reference = golden_table("twfe", "reference.csv");
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_table_free(data);
    pp_table_free(doses);
    pp_table_free(reference);
    return 0;
}

static pp_result *diagnose(const pp_table *table, pp_twfe_options options) {
    pp_error err = {0};
    pp_result *result = NULL;
    options.outcome = "y";
    options.unit = "id";
    options.time = "t";
    assert_ok(pp_twfe(table, &options, NULL, &result, &err));
    return result;
}

static double cell(const pp_table *table, const char *column, int64_t row) {
    return pp_table_find(table, column)->number[row];
}

static void compare(const char *model, const char *quantity, const char *term,
                    double actual, double tolerance) {
    double value = golden_value(reference, model, quantity, term);
    if (!(fabs(actual - value) <= tolerance * fmax(1, fabs(value)))) {
        fail_msg("%s %s %s: %.15g, expected %.15g", model, quantity, term, actual, value);
    }
}

static void compare_summary(const pp_result *result, const char *model) {
    static const char *const names[] = {"estimate", "std_error",    "treated",
                                        "negative", "negative_sum", "spread_zero"};
    const pp_table *t = pp_result_find(result, "twfe");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        compare(model, names[i], "_", cell(t, names[i], 0), 1e-10);
    }
    compare(model, "spread_sign", "_", cell(t, "spread_sign", 0), 1e-6);
}

static void coefficients_and_weights(void **state) {
    (void)state;
    pp_result *result = diagnose(data, (pp_twfe_options){.treatment = "d"}),
              *of_doses = diagnose(doses, (pp_twfe_options){.treatment = "d"}),
              *clustered =
                  diagnose(data, (pp_twfe_options){.cohort = "g", .cluster = "cl"});
    compare_summary(result, "data");
    compare_summary(of_doses, "doses");
    compare("data", "std_error_clustered", "_",
            cell(pp_result_find(clustered, "twfe"), "std_error", 0), 1e-10);
    pp_result_free(result);
    pp_result_free(of_doses);
    pp_result_free(clustered);
}

/* Always treated units stand in the cohort of the first period. */
static void weights_of_effects(void **state) {
    (void)state;
    pp_result *result = diagnose(data, (pp_twfe_options){.treatment = "d"}),
              *of_doses = diagnose(doses, (pp_twfe_options){.treatment = "d"});
    const pp_table *t = pp_result_find(result, "twfe_weights"),
                   *units = pp_result_find(of_doses, "twfe_weights");
    double sum = 0;
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        char cohort[16], time[16];
        snprintf(cohort, sizeof cohort, "%.0f", cell(t, "cohort", i));
        snprintf(time, sizeof time, "%.0f", cell(t, "time", i));
        compare("weights", cohort, time, cell(t, "weight", i), 1e-10);
        sum += cell(t, "weight", i);
    }
    assert_true(fabs(sum - 1) < 1e-12);
    assert_int_equal(pp_table_rows(t), 8 + 6 + 5 + 2);
    assert_int_equal(pp_table_rows(units), 103);
    for (int64_t i = 0; i < pp_table_rows(units); i++) {
        char time[16];
        snprintf(time, sizeof time, "%.0f", cell(units, "time", i));
        compare("dose_weights", pp_column_get_text(pp_table_find(units, "unit"), i), time,
                cell(units, "weight", i), 1e-10);
    }
    pp_result_free(result);
    pp_result_free(of_doses);
}

static void decomposition(void **state) {
    (void)state;
    pp_result *result = diagnose(data, (pp_twfe_options){.treatment = "d"});
    const pp_table *t = pp_result_find(result, "bacon");
    double total = 0, weights = 0;
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        char term[64], quantity[64];
        const char *type = pp_column_get_text(pp_table_find(t, "type"), i);
        snprintf(term, sizeof term, "%.0f %s", cell(t, "cohort", i),
                 pp_column_get_text(pp_table_find(t, "control"), i));
        snprintf(quantity, sizeof quantity, "%s weight", type);
        compare("bacon", quantity, term, cell(t, "weight", i), 1e-10);
        snprintf(quantity, sizeof quantity, "%s estimate", type);
        compare("bacon", quantity, term, cell(t, "estimate", i), 1e-10);
        weights += cell(t, "weight", i);
        total += cell(t, "weight", i) * cell(t, "estimate", i);
    }
    assert_int_equal(pp_table_rows(t), 12);
    assert_true(fabs(weights - 1) < 1e-12);
    assert_true(fabs(total - cell(pp_result_find(result, "twfe"), "estimate", 0)) <
                1e-10);
    pp_result_free(result);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coefficients_and_weights),
        cmocka_unit_test(weights_of_effects),
        cmocka_unit_test(decomposition),
    };
    return cmocka_run_group_tests_name("golden twfe", tests, open_case, close_case);
}
