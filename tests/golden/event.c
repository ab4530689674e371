/* Event studies by regression against the same written out with dummies; see tests/golden/event/how.txt. */
#include "golden/golden.h"

#include <pushpull/eventstudy.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static pp_table *data, *reference;

static int open_case(void **state) {
    (void)state;
    data = golden_table("event", "data.csv");
    reference = golden_table("event", "reference.csv");
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_table_free(data);
    pp_table_free(reference);
    return 0;
}

/* The rows where `column` is zero (0) or not (1). */
static pp_table *keep_rows(const char *column, int nonzero) {
    const double *value = pp_table_find(data, column)->number;
    pp_error err = {0};
    pp_table *out;
    int64_t rows[480], n = 0;
    for (int64_t i = 0; i < pp_table_rows(data); i++) {
        if ((value[i] != 0) == nonzero) {
            rows[n++] = i;
        }
    }
    assert_ok(pp_table_take_rows(data, rows, n, &out, &err));
    return out;
}

static double cell(const pp_table *table, const char *column, int64_t row) {
    return pp_table_find(table, column)->number[row];
}

/* 1: the reference has it, and it is the same. */
static int compare(const char *model, const char *quantity, const char *term,
                   double actual) {
    for (int64_t i = 0; i < pp_table_rows(reference); i++) {
        if (strcmp(pp_column_get_text(pp_table_find(reference, "model"), i), model) ||
            strcmp(pp_column_get_text(pp_table_find(reference, "quantity"), i),
                   quantity) ||
            strcmp(pp_column_get_text(pp_table_find(reference, "term"), i), term)) {
            continue;
        }
        double value = cell(reference, "value", i);
        if (!(fabs(actual - value) <= 1e-10 * fmax(1, fabs(value)))) {
            fail_msg("%s %s %s: %.15g, expected %.15g", model, quantity, term, actual,
                     value);
        }
        return 1;
    }
    return 0;
}

static int compare_all(const char *model, const pp_result *result) {
    const pp_table *dynamic = pp_result_find(result, "dynamic"),
                   *cells = pp_result_find(result, "group_time"),
                   *overall = pp_result_find(result, "overall"),
                   *pretest = pp_result_find(result, "pretest");
    char term[64];
    int n = 0;
    for (int64_t i = 0; i < pp_table_rows(dynamic); i++) {
        snprintf(term, sizeof term, "%.0f", cell(dynamic, "horizon", i));
        n += compare(model, "coef", term, cell(dynamic, "estimate", i));
        n += compare(model, "se", term, cell(dynamic, "std_error", i));
    }
    for (int64_t i = 0; i < pp_table_rows(cells); i++) {
        snprintf(term, sizeof term, "g%.0f_t%.0f", cell(cells, "cohort", i),
                 cell(cells, "time", i));
        n += compare(model, "cell", term, cell(cells, "estimate", i));
        n += compare(model, "cell_se", term, cell(cells, "std_error", i));
    }
    n += compare(model, "simple", "_", cell(overall, "estimate", 0));
    n += compare(model, "simple_se", "_", cell(overall, "std_error", 0));
    n += compare(model, "dynamic", "_", cell(overall, "estimate", 1));
    n += compare(model, "dynamic_se", "_", cell(overall, "std_error", 1));
    n += compare(model, "wald", "_", cell(pretest, "statistic", 0));
    n += compare(model, "wald_p", "_", cell(pretest, "p_value", 0));
    return n;
}

static void check(const pp_table *table, const char *model, pp_did_options options,
                  int expected) {
    pp_error err = {0};
    pp_result *result = NULL;
    options.outcome = "y";
    options.unit = "id";
    options.time = "t";
    options.cohort = "g";
    options.balance = -1;
    if (strncmp(model, "bjs", 3) == 0) {
        options.estimator = "bjs";
        options.leads = 3;
    }
    if (strncmp(model, "stacked", 7) == 0) {
        options.estimator = "stacked";
        options.least = -2;
        options.most = 1;
    }
    assert_ok(pp_did(table, &options, NULL, &result, &err));
    assert_int_equal(compare_all(model, result), expected);
    pp_result_free(result);
}

static void interaction_weighted(void **state) {
    (void)state;
    pp_table *treated = keep_rows("g", 1), *seen = keep_rows("gap", 0);
    const pp_did_options plain = {.estimator = "sunab"};
    pp_did_options options = plain;
    check(treated, "sunab_treated", options, 34);
    options.covariates = "x";
    check(data, "sunab_x", options, 64);
    options.covariates = "x + z"; /* z does not vary within units */
    check(data, "sunab_x", options, 64);
    options.cluster = "area";
    check(data, "sunab_x_area", options, 64);
    options = (pp_did_options){.estimator = "sunab", .panel = "unbalanced"};
    check(seen, "sunab_gaps", options, 64);
    options.covariates = "x";
    check(seen, "sunab_gaps_x", options, 64);
    pp_table_free(seen);
    pp_table_free(treated);
}

static void imputation(void **state) {
    (void)state;
    pp_table *seen = keep_rows("gap", 0);
    pp_did_options unbalanced = {.panel = "unbalanced"};
    check(seen, "bjs_gaps", unbalanced, 20);
    unbalanced.covariates = "x";
    check(seen, "bjs_gaps_x", unbalanced, 20);
    unbalanced.leave_out = 1;
    check(seen, "bjs_leaveout_gaps_x", unbalanced, 20);
    pp_table_free(seen);
    check(data, "bjs", (pp_did_options){.leave_out = 0}, 20);
    check(data, "bjs_area", (pp_did_options){.cluster = "area"}, 20);
    check(data, "bjs_x", (pp_did_options){.covariates = "x"}, 20);
    check(data, "bjs_leaveout", (pp_did_options){.leave_out = 1}, 20);
    check(data, "bjs_leaveout_area", (pp_did_options){.leave_out = 1, .cluster = "area"},
          20);
}

static void stacks(void **state) {
    (void)state;
    pp_table *seen = keep_rows("gap", 0);
    for (int k = 0; k < 4; k++) {
        pp_did_options options = {.control = k & 2 ? "notyet" : "never",
                                  .stack = k & 1 ? "unweighted" : "weighted"};
        char model[64], with[80];
        snprintf(model, sizeof model, "stacked_%s_%s", options.control, options.stack);
        check(data, model, options, 9);
        options.covariates = "x";
        snprintf(with, sizeof with, "%s_x", model);
        check(data, with, options, 9);
        options.covariates = NULL;
        options.panel = "unbalanced";
        snprintf(with, sizeof with, "%s_gaps", model);
        check(seen, with, options, 9);
    }
    pp_table_free(seen);
    check(data, "stacked_area", (pp_did_options){.control = "notyet", .cluster = "area"},
          9);
}

static void two_way(void **state) {
    (void)state;
    pp_table *seen = keep_rows("gap", 0);
    for (int k = 0; k < 2; k++) {
        pp_did_options design = {.outcome = "y",
                                 .unit = "id",
                                 .time = "t",
                                 .cohort = "g",
                                 .panel = k ? "unbalanced" : NULL,
                                 .covariates = k ? "x" : NULL,
                                 .least = -9,
                                 .most = 9};
        pp_error err = {0};
        pp_result *result = NULL;
        int n = 0;
        assert_ok(pp_event_study(k ? seen : data, &design,
                                 &(pp_event_study_options){.estimators = "twfe"}, NULL,
                                 &result, &err));
        const pp_table *t = pp_result_find(result, "event_study");
        for (int64_t i = 0; i < pp_table_rows(t); i++) {
            char term[32];
            snprintf(term, sizeof term, "%.0f", cell(t, "horizon", i));
            n +=
                compare(k ? "twfe_gaps_x" : "twfe", "coef", term, cell(t, "estimate", i));
            n += compare(k ? "twfe_gaps_x" : "twfe", "se", term, cell(t, "std_error", i));
        }
        assert_int_equal(n, 20);
        pp_result_free(result);
    }
    pp_table_free(seen);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(interaction_weighted),
        cmocka_unit_test(imputation),
        cmocka_unit_test(stacks),
        cmocka_unit_test(two_way),
    };
    return cmocka_run_group_tests_name("golden event", tests, open_case, close_case);
}
