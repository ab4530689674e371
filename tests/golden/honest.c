/* Bounds on departures from parallel trends against HonestDiD; see tests/golden/honest/how.txt. */
#include "golden/golden.h"

#include <pushpull/honest.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static pp_table *estimates, *covariance, *reference;

static int open_case(void **state) {
    (void)state;
    estimates = golden_table("honest", "estimates.csv");
    covariance = golden_table("honest", "covariance.csv");
    reference = golden_table("honest", "reference.csv");
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_table_free(estimates);
    pp_table_free(covariance);
    pp_table_free(reference);
    return 0;
}

static pp_result *bounds(const pp_honest_options *options) {
    pp_error err = {0};
    pp_result *result = NULL;
    assert_ok(pp_honest(estimates, covariance, options, NULL, &result, &err));
    return result;
}

static double cell(const pp_result *result, const char *column, int64_t row) {
    return pp_table_find(pp_result_find(result, "honest"), column)->number[row];
}

static void compare_cell(const pp_table *from, const char *model, const char *quantity,
                         double m, double actual, double tolerance) {
    char term[32];
    snprintf(term, sizeof term, "%s%g", strncmp(model, "sim_RM", 6) == 0 ? "Mbar" : "M",
             m);
    double expected = golden_value(from, model, quantity, term);
    if (!(fabs(actual - expected) < tolerance)) {
        fail_msg("%s %s %s: %.9g, expected %.9g", model, term, quantity, actual,
                 expected);
    }
}

static void compare(const char *model, pp_honest_options options, const double *m, int n,
                    double tolerance) {
    options.m = m;
    options.n_m = n;
    pp_result *result = bounds(&options);
    for (int i = 0; i < n; i++) {
        compare_cell(reference, model, "lb", m[i], cell(result, "conf_low", i + 1),
                     tolerance);
        compare_cell(reference, model, "ub", m[i], cell(result, "conf_high", i + 1),
                     tolerance);
    }
    pp_result_free(result);
}

static const double SMOOTH[] = {0, 0.02, 0.04, 0.06}, RELATIVE[] = {0, 0.5, 1, 1.5, 2};

/* The reference simulates quantiles of the folded normal. */
static void fixed_length(void **state) {
    (void)state;
    compare("sim_SD_FLCI", (pp_honest_options){.restriction = "sd"}, SMOOTH, 4, 1e-4);
}

/* The reference's grid has steps of 0.0014 and 0.002, and its critical values are simulated; at M = 0 of
   "sd" it is not asserted. */
static void tests_of_moments(void **state) {
    (void)state;
    compare("sim_SD_C-LF",
            (pp_honest_options){.restriction = "sd", .method = "hybrid_lf"}, SMOOTH + 1,
            3, 1.5e-3);
    compare("sim_SD_Conditional",
            (pp_honest_options){.restriction = "sd", .method = "conditional"}, SMOOTH + 1,
            3, 1.5e-3);
    compare("sim_RM_C-LF", (pp_honest_options){.restriction = "rm"}, RELATIVE, 5, 2e-3);
    compare("sim_RM_Conditional",
            (pp_honest_options){.restriction = "rm", .method = "conditional"}, RELATIVE,
            5, 2e-3);
}

static void original(void **state) {
    (void)state;
    pp_result *result = bounds(&(pp_honest_options){0});
    assert_near("low", cell(result, "conf_low", 0),
                golden_value(reference, "sim_original", "lb", "_"), 1e-12);
    assert_near("high", cell(result, "conf_high", 0),
                golden_value(reference, "sim_original", "ub", "_"), 1e-12);
    pp_result_free(result);
}

/* ---- exactly: every vertex of the dual by brute force, in R ---- */

static const struct exact_case {
    const char *name;
    pp_honest_options options;
    double m[2];
} exact_cases[] = {
    {"sd", {.restriction = "sd"}, {0.02, 0.06}},
    {"sd_mean", {.restriction = "sd", .at = "mean"}, {0.02, 0.06}},
    {"sd_positive", {.restriction = "sd", .bias = "positive"}, {0.02, 0.06}},
    {"sd_decreasing", {.restriction = "sd", .monotone = "decreasing"}, {0.02, 0.06}},
    {"rm", {.restriction = "rm"}, {0.5, 1.5}},
    {"rm_mean", {.restriction = "rm", .at = "mean"}, {0.5, 1.5}},
    {"rm_negative", {.restriction = "rm", .bias = "negative"}, {0.5, 1.5}},
    {"rm_increasing", {.restriction = "rm", .monotone = "increasing"}, {0.5, 1.5}},
    {"sdrm", {.restriction = "sdrm"}, {0.5, 1.5}},
    {"sdrm_positive_mean",
     {.restriction = "sdrm", .bias = "positive", .at = "mean"},
     {0.5, 1.5}},
};

static int has(const pp_table *from, const char *model, const char *quantity) {
    for (int64_t i = 0; i < pp_table_rows(from); i++) {
        if (strcmp(pp_column_get_text(pp_table_find(from, "model"), i), model) == 0 &&
            strcmp(pp_column_get_text(pp_table_find(from, "quantity"), i), quantity) ==
                0) {
            return 1;
        }
    }
    return 0;
}

static void exactly(void **state) {
    pp_table *exact = golden_table("honest", "exact.csv");
    (void)state;
    for (size_t k = 0; k < sizeof exact_cases / sizeof *exact_cases; k++) {
        const struct exact_case *c = &exact_cases[k];
        pp_honest_options options = c->options;
        options.method = "conditional";
        options.m = c->m;
        options.n_m = 2;
        pp_result *result = bounds(&options);
        for (int i = 0; i < 2; i++) {
            compare_cell(exact, c->name, "lb", c->m[i], cell(result, "conf_low", i + 1),
                         1e-6);
            compare_cell(exact, c->name, "ub", c->m[i], cell(result, "conf_high", i + 1),
                         1e-6);
            if (isnan(cell(result, "identified_low", i + 1)) ||
                !has(exact, c->name, "id_lb")) {
                continue;
            }
            compare_cell(exact, c->name, "id_lb", c->m[i],
                         cell(result, "identified_low", i + 1), 1e-9);
            compare_cell(exact, c->name, "id_ub", c->m[i],
                         cell(result, "identified_high", i + 1), 1e-9);
        }
        pp_result_free(result);
    }
    pp_table_free(exact);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixed_length),
        cmocka_unit_test(tests_of_moments),
        cmocka_unit_test(original),
        cmocka_unit_test(exactly),
    };
    return cmocka_run_group_tests(tests, open_case, close_case);
}
