/* Rolling forecasts, their scores and a ranking against R's glm and pROC; see
   tests/golden/forecast/how.txt. */
#include "golden/golden.h"

#include <pushpull/forecast.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static pp_table *data, *reference;

static int open_case(void **state) {
    (void)state;
    data = golden_table("forecast", "data.csv");
    reference = golden_table("forecast", "reference.csv");
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_table_free(data);
    pp_table_free(reference);
    return 0;
}

static const char *const LINKS[] = {"logit", "cloglog"};

static pp_result *forecast(const char *model, const char *cluster) {
    pp_error err = {0};
    pp_result *out = NULL;
    const pp_model_options m = {.model = model, .unit = "unit", .time = "year"};
    const pp_forecast_options o = {.first_origin = 2008,
                                   .last_origin = NAN,
                                   .horizon = 3,
                                   .draws = 100,
                                   .cluster = cluster};
    assert_ok(pp_forecast("event ~ x1 + x2 + duration + region", data, &m, &o, NULL, &out,
                          &err));
    return out;
}

static double cell(const pp_table *t, const char *column, int64_t row) {
    return pp_table_find(t, column)->number[row];
}

static void scores(void **state) {
    static const char *const COLUMNS[] = {
        "auc",        "auc_low",           "auc_high",
        "brier",      "log_score",         "calibration_intercept",
        "auc_within", "calibration_slope", "auc_within_low"};
    (void)state;
    for (int l = 0; l < 2; l++) {
        pp_result *r = forecast(LINKS[l], "unit");
        const pp_table *t = pp_result_find(r, "forecast_scores");
        assert_int_equal(pp_table_rows(t), 9);
        for (int64_t i = 0; i < 9; i++) {
            const char *model = pp_column_get_text(pp_table_find(t, "model"), i);
            char name[32];
            snprintf(name, sizeof name, "%s_%.0f", LINKS[l], cell(t, "horizon", i));
            assert_near(name, cell(t, "n", i), golden_value(reference, name, "n", "_"),
                        0);
            assert_near(name, cell(t, "events", i),
                        golden_value(reference, name, "events", "_"), 0);
            for (size_t c = 0; c < sizeof COLUMNS / sizeof *COLUMNS; c++) {
                if (strcmp(model, "base_rate") == 0 &&
                    strcmp(COLUMNS[c], "calibration_slope") == 0) {
                    continue; /* it has none */
                }
                assert_near(COLUMNS[c], cell(t, COLUMNS[c], i),
                            golden_value(reference, name, COLUMNS[c], model), 1e-9);
            }
        }
        pp_result_free(r);
    }
}

static void differences(void **state) {
    static const char *const CLUSTERS[] = {"unit", "time", "none"};
    (void)state;
    for (int c = 0; c < 6; c++) {
        int compared = 0;
        pp_result *r = forecast(LINKS[c / 3], CLUSTERS[c % 3]);
        const pp_table *t = pp_result_find(r, "forecast_differences");
        for (int64_t i = 0; i < pp_table_rows(t); i++) {
            const char *against = pp_column_get_text(pp_table_find(t, "against"), i);
            const char *measure = pp_column_get_text(pp_table_find(t, "measure"), i);
            char name[32], quantity[64];
            if (strcmp(pp_column_get_text(pp_table_find(t, "model"), i), "model") != 0) {
                continue;
            }
            snprintf(name, sizeof name, "%s_%.0f", LINKS[c / 3], cell(t, "horizon", i));
            snprintf(quantity, sizeof quantity, "difference_%s", measure);
            assert_near(quantity, cell(t, "estimate", i),
                        golden_value(reference, name, quantity, against), 1e-9);
            snprintf(quantity, sizeof quantity, "error_%s_%s", CLUSTERS[c % 3], measure);
            assert_near(quantity, cell(t, "std_error", i),
                        golden_value(reference, name, quantity, against), 1e-9);
            compared++;
        }
        assert_int_equal(compared, 18);
        pp_result_free(r);
    }
}

static void ranking(void **state) {
    (void)state;
    for (int l = 0; l < 2; l++) {
        pp_result *r = forecast(LINKS[l], "unit");
        const pp_table *t = pp_result_find(r, "forecast");
        char name[32];
        snprintf(name, sizeof name, "%s_rank", LINKS[l]);
        assert_true(pp_table_rows(t) > 30);
        for (int64_t i = 0; i < pp_table_rows(t); i++) {
            const char *unit = pp_column_get_text(pp_table_find(t, "unit"), i);
            assert_near(unit, cell(t, "probability", i),
                        golden_value(reference, name, "probability", unit), 1e-9);
            assert_near(unit, cell(t, "cumulative", i),
                        golden_value(reference, name, "cumulative", unit), 1e-9);
        }
        pp_result_free(r);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(scores),
                                       cmocka_unit_test(differences),
                                       cmocka_unit_test(ranking)};
    return cmocka_run_group_tests_name("golden forecast", tests, open_case, close_case);
}
