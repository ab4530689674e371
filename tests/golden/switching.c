/* Effects of treatments that change against the paper written out in R; see tests/golden/switching/how.txt. */
#include "golden/golden.h"

#include <pushpull/switching.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static pp_table *data, *reference;
static int compared;

static int open_case(void **state) {
    (void)state;
    data = golden_table("switching", "data.csv");
    reference = golden_table("switching", "reference.csv");
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_table_free(data);
    pp_table_free(reference);
    return 0;
}

static void compare(const char *model, const char *quantity, const char *term,
                    double actual, double tolerance) {
    double value = golden_value(reference, model, quantity, term);
    if (!(fabs(actual - value) <= tolerance * fmax(1, fabs(value)))) {
        fail_msg("%s %s %s: %.15g, expected %.15g", model, quantity, term, actual, value);
    }
    compared++;
}

static int64_t rows_of(const char *model) {
    int64_t n = 0;
    for (int64_t i = 0; i < pp_table_rows(reference); i++) {
        n += strcmp(pp_column_get_text(pp_table_find(reference, "model"), i), model) == 0;
    }
    return n;
}

static void compare_horizons(const pp_result *result, const char *model) {
    static const struct {
        const char *name;
        double tolerance;
    } columns[] = {{"estimate", 1e-10}, {"std_error", 1e-9}, {"nobs_treated", 0},
                   {"dose", 1e-10},     {"per_dose", 1e-10}, {"per_dose_error", 1e-9}};
    const pp_table *t = pp_result_find(result, "switching_dynamic");
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        double exposed = pp_table_find(t, "exposed")->number[i];
        char term[16];
        snprintf(term, sizeof term, "%.0f", exposed);
        for (size_t c = 0; exposed != 0 && c < sizeof columns / sizeof *columns; c++) {
            compare(model, columns[c].name, term,
                    pp_table_find(t, columns[c].name)->number[i], columns[c].tolerance);
        }
    }
}

static void compare_all(const char *model, pp_switching_options options) {
    pp_error err = {0};
    pp_result *result;
    options.outcome = "y";
    options.unit = "id";
    options.time = "t";
    options.treatment = "d";
    compared = 0;
    assert_ok(pp_switching(data, &options, NULL, &result, &err));
    compare_horizons(result, model);
    const pp_table *overall = pp_result_find(result, "switching_overall"),
                   *test = pp_result_find(result, "switching_pretest");
    compare(model, "per_unit", "_", pp_table_find(overall, "estimate")->number[0], 1e-10);
    compare(model, "per_unit_error", "_", pp_table_find(overall, "std_error")->number[0],
            1e-9);
    compare(model, "wald", "placebos", pp_table_find(test, "statistic")->number[0], 1e-9);
    compare(model, "wald", "effects", pp_table_find(test, "statistic")->number[1], 1e-9);
    assert_int_equal(compared, rows_of(model));
    pp_result_free(result);
}

static void without_covariates(void **state) {
    (void)state;
    compare_all("plain", (pp_switching_options){0});
    compare_all("in", (pp_switching_options){.switchers = "in"});
    compare_all("out", (pp_switching_options){.switchers = "out"});
    compare_all("clustered", (pp_switching_options){.cluster = "cl"});
    compare_all("same",
                (pp_switching_options){.effects = 3, .placebos = 2, .same_switchers = 1});
}

static void with_covariates(void **state) {
    (void)state;
    compare_all("covariates", (pp_switching_options){.covariates = "x + x2"});
    compare_all("covariates_clustered", (pp_switching_options){.covariates = "x + x2",
                                                               .cluster = "cl",
                                                               .effects = 4,
                                                               .placebos = 2});
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_covariates),
        cmocka_unit_test(with_covariates),
    };
    return cmocka_run_group_tests_name("golden switching", tests, open_case, close_case);
}
