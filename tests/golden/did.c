/* Group-time effects and their means against R's did; see tests/golden/did/how.txt. */
#include "golden/golden.h"

#include <pushpull/did.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static pp_table *data, *reference, *exact;

static int open_case(void **state) {
    (void)state;
    data = golden_table("did", "data.csv");
    reference = golden_table("did", "reference.csv");
    exact = golden_table("did", "exact.csv");
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_table_free(data);
    pp_table_free(reference);
    pp_table_free(exact);
    return 0;
}

static const struct design {
    const char *name, *covariates, *control, *method, *base;
} designs[] = {
    {"f_x_nevertreated_dr_varying_ant0", "x", "never", "dr", "varying"},
    {"f_x_nevertreated_ipw_varying_ant0", "x", "never", "ipw", "varying"},
    {"f_x_nevertreated_reg_varying_ant0", "x", "never", "reg", "varying"},
    {"f_x_notyettreated_dr_varying_ant0", "x", "notyet", "dr", "varying"},
    {"f_x_notyettreated_ipw_varying_ant0", "x", "notyet", "ipw", "varying"},
    {"f_x_notyettreated_reg_varying_ant0", "x", "notyet", "reg", "varying"},
    {"f_nocov_nevertreated_reg_universal_ant0", NULL, "never", "reg", "universal"},
    {"f_nocov_notyettreated_reg_universal_ant0", NULL, "notyet", "reg", "universal"},
};

static pp_result *estimate(const struct design *d, int64_t balance) {
    pp_error err = {0};
    pp_result *result = NULL;
    pp_did_options options = {.outcome = "y",
                              .unit = "id",
                              .time = "period",
                              .cohort = "g",
                              .covariates = d->covariates,
                              .control = d->control,
                              .method = d->method,
                              .base = d->base,
                              .balance = balance};
    assert_ok(pp_did(data, &options, NULL, &result, &err));
    return result;
}

/* 1: the reference has a number there. */
static int expected(const pp_table *from, const char *model, const char *quantity,
                    const char *term, double *value) {
    for (int64_t i = 0; i < pp_table_rows(from); i++) {
        if (strcmp(pp_column_get_text(pp_table_find(from, "model"), i), model) == 0 &&
            strcmp(pp_column_get_text(pp_table_find(from, "quantity"), i), quantity) ==
                0 &&
            strcmp(pp_column_get_text(pp_table_find(from, "term"), i), term) == 0) {
            *value = pp_table_find(from, "value")->number[i];
            return isfinite(*value);
        }
    }
    return 0;
}

/* Effects near zero are compared on the scale of the outcome. */
static int compare(const char *model, const char *quantity, const char *term,
                   double actual, double tolerance) {
    double value;
    if (!expected(reference, model, quantity, term, &value)) {
        return 0;
    }
    if (!(fabs(actual - value) <= tolerance * fmax(1, fabs(value)))) {
        fail_msg("%s %s %s: %.15g, expected %.15g", model, quantity, term, actual, value);
    }
    return 1;
}

/* R's glm stops where propensities are right to some 1e-9; exact.csv has them run to the end. */
static double tolerance_of(const struct design *d) {
    return strcmp(d->method, "reg") == 0 ? 1e-10 : 2e-9;
}

static double cell(const pp_table *table, const char *column, int64_t row) {
    return pp_table_find(table, column)->number[row];
}

static void group_time(void **state) {
    (void)state;
    for (size_t k = 0; k < sizeof designs / sizeof *designs; k++) {
        pp_result *result = estimate(&designs[k], -1);
        const pp_table *t = pp_result_find(result, "group_time");
        int effects = 0, errors = 0,
            universal = strcmp(designs[k].base, "universal") == 0;
        for (int64_t i = 0; i < pp_table_rows(t); i++) {
            char term[64];
            snprintf(term, sizeof term, "g%.0f_t%.0f", cell(t, "cohort", i),
                     cell(t, "time", i));
            effects += compare(designs[k].name, "att", term, cell(t, "estimate", i),
                               tolerance_of(&designs[k]));
            errors += compare(designs[k].name, "se", term, cell(t, "std_error", i), 1e-6);
        }
        assert_int_equal(effects, universal ? 96 : 88);
        assert_int_equal(errors, 88);
        pp_result_free(result);
    }
}

static int compare_means(const pp_result *result, const char *table, const char *place,
                         const char *model, double tolerance) {
    const pp_table *t = pp_result_find(result, table);
    int n = 0;
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        char term[32];
        snprintf(term, sizeof term, "%.0f", cell(t, place, i));
        n += compare(model, "att_egt", term, cell(t, "estimate", i), tolerance);
        n += compare(model, "se_egt", term, cell(t, "std_error", i), 1e-6);
    }
    return n;
}

static void means(void **state) {
    static const struct {
        const char *name, *place;
        int n;
    } kinds[] = {
        {"dynamic", "horizon", 36}, {"group", "cohort", 16}, {"calendar", "time", 18}};
    (void)state;
    for (size_t k = 0; k < sizeof designs / sizeof *designs; k++) {
        pp_result *result = estimate(&designs[k], -1);
        const pp_table *overall = pp_result_find(result, "overall");
        char model[128];
        for (size_t a = 0; a < 3; a++) {
            snprintf(model, sizeof model, "%s_%s", designs[k].name, kinds[a].name);
            assert_true(compare_means(result, kinds[a].name, kinds[a].place, model,
                                      tolerance_of(&designs[k])) >= kinds[a].n);
        }
        for (int64_t i = 0; i < 4; i++) {
            snprintf(model, sizeof model, "%s_%s", designs[k].name,
                     pp_column_get_text(pp_table_find(overall, "aggregation"), i));
            assert_int_equal(compare(model, "overall_att", "_",
                                     cell(overall, "estimate", i),
                                     tolerance_of(&designs[k])),
                             1);
            assert_int_equal(
                compare(model, "overall_se", "_", cell(overall, "std_error", i), 1e-6),
                1);
        }
        pp_result_free(result);
    }
}

static void balanced_horizons(void **state) {
    (void)state;
    for (size_t k = 0; k < sizeof designs / sizeof *designs; k++) {
        pp_result *result = estimate(&designs[k], 1);
        char model[128];
        snprintf(model, sizeof model, "%s_dynamic_bal1", designs[k].name);
        assert_true(compare_means(result, "dynamic", "horizon", model,
                                  tolerance_of(&designs[k])) >= 22);
        pp_result_free(result);
    }
}

static void pretest(void **state) {
    (void)state;
    for (size_t k = 0; k < sizeof designs / sizeof *designs; k++) {
        pp_result *result = estimate(&designs[k], -1);
        const pp_table *t = pp_result_find(result, "pretest");
        assert_int_equal(
            compare(designs[k].name, "pretest_W", "_", cell(t, "statistic", 0), 1e-6), 1);
        pp_result_free(result);
    }
}

static void exactly(void **state) {
    int n = 0;
    (void)state;
    for (size_t k = 0; k < sizeof designs / sizeof *designs; k++) {
        pp_result *result = estimate(&designs[k], -1);
        const pp_table *t = pp_result_find(result, "group_time");
        for (int64_t i = 0; i < pp_table_rows(t); i++) {
            char term[64];
            double value;
            snprintf(term, sizeof term, "g%.0f_t%.0f", cell(t, "cohort", i),
                     cell(t, "time", i));
            if (expected(exact, designs[k].name, "att", term, &value)) {
                assert_true(fabs(cell(t, "estimate", i) - value) < 1e-12);
                n++;
            }
        }
        pp_result_free(result);
    }
    assert_int_equal(n, 18);
}

static pp_result *estimate_by(const char *estimator, const char *cluster) {
    pp_error err = {0};
    pp_result *result = NULL;
    pp_did_options options = {.outcome = "y",
                              .unit = "id",
                              .time = "period",
                              .cohort = "g",
                              .estimator = estimator,
                              .cluster = cluster,
                              .balance = -1};
    assert_ok(pp_did(data, &options, NULL, &result, &err));
    return result;
}

/* Terms of the reference are `prefix` and the place. */
static int compare_to(const pp_table *from, const pp_result *result, const char *table,
                      const char *place, const char *model, const char *prefix) {
    const pp_table *t = pp_result_find(result, table);
    int n = 0;
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        static const char *const pairs[][2] = {{"coef", "estimate"}, {"se", "std_error"}};
        for (int k = 0; k < 2; k++) {
            char term[64];
            double value, actual = cell(t, pairs[k][1], i);
            snprintf(term, sizeof term, "%s%.0f", prefix, cell(t, place, i));
            if (expected(from, model, pairs[k][0], term, &value)) {
                if (!(fabs(actual - value) < 1e-9)) {
                    fail_msg("%s %s: %.15g, expected %.15g", model, term, actual, value);
                }
                n++;
            }
        }
    }
    return n;
}

static void interaction_weighted(void **state) {
    (void)state;
    pp_table *from = golden_table("did", "sunab.csv");
    pp_result *result = estimate_by("sunab", NULL),
              *clustered = estimate_by("sunab", "cl");
    assert_int_equal(
        compare_to(from, result, "dynamic", "horizon", "f_period", "period::"), 36);
    assert_int_equal(compare_to(from, result, "group", "cohort", "f_cohort", "cohort::"),
                     16);
    assert_int_equal(compare_to(from, clustered, "dynamic", "horizon",
                                "f_x_clustercl_period", "period::"),
                     36);
    const pp_table *overall = pp_result_find(result, "overall");
    assert_near("ATT", cell(overall, "estimate", 0),
                golden_value(from, "f_att", "coef", "ATT"), 1e-9);
    assert_near("ATT", cell(overall, "std_error", 0),
                golden_value(from, "f_att", "se", "ATT"), 1e-9);
    pp_result_free(result);
    pp_result_free(clustered);
    pp_table_free(from);
}

static void imputation(void **state) {
    (void)state;
    pp_table *from = golden_table("did", "bjs.csv");
    pp_result *result = estimate_by("bjs", NULL);
    assert_int_equal(compare_to(from, result, "dynamic", "horizon", "f_horizon", "h"),
                     18);
    pp_result_free(result);
    pp_table_free(from);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(group_time),        cmocka_unit_test(means),
        cmocka_unit_test(balanced_horizons), cmocka_unit_test(pretest),
        cmocka_unit_test(exactly),           cmocka_unit_test(interaction_weighted),
        cmocka_unit_test(imputation),
    };
    return cmocka_run_group_tests_name("golden did", tests, open_case, close_case);
}
