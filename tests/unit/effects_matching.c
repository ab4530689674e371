/* Matching on history: a panel whose answer is known, bad input, order of rows, names, threads, scales,
   the bootstrap, failing allocations. */
#include "support/support.h"

#include <pushpull/matching.h>
#include <pushpull/random.h>

#include <math.h>
#include <string.h>

enum { UNITS = 50, PERIODS = 9, ROWS = UNITS * PERIODS };

static const pp_matching_options plain = {.outcome = "y",
                                          .unit = "id",
                                          .time = "t",
                                          .treatment = "d",
                                          .covariates = "x",
                                          .lags = 2,
                                          .leads = 2,
                                          .seed = 3};

/* A third is treated from 5 on, a third from 6 on; the effect is 2. */
static pp_table *panel(int turned, double unit, double scale) {
    static const char *const names[] = {"id", "t", "g", "d", "y", "x"};
    pp_error err = {0};
    pp_table *table;
    pp_column *c;
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, ROWS, &err));
    for (int j = 0; j < 6; j++) {
        assert_ok(pp_table_add(table, PP_NUMBER, names[j], &c, &err));
    }
    for (int row = 0; row < ROWS; row++) {
        int u = row / PERIODS, t = row % PERIODS + 1, at = turned ? ROWS - 1 - row : row;
        double g = u % 3 == 0 ? 5 : u % 3 == 1 ? 6 : 0, d = g > 0 && t >= g;
        pp_rng rng;
        pp_rng_init(&rng, 7, 0, (uint64_t)row);
        double x = pp_rng_normal(&rng), noise = pp_rng_normal(&rng);
        const double values[] = {turned ? 999 - u : u,          unit * t, unit * g, d,
                                 u + t + x + 2 * d + noise / 4, scale * x};
        for (int j = 0; j < 6; j++) {
            pp_table_column(table, j)->number[at] = values[j];
        }
    }
    return table;
}

static pp_result *estimate(const pp_table *table, pp_matching_options options,
                           int threads) {
    pp_error err = {0};
    pp_result *result = NULL;
    pp_context ctx = {.threads = threads};
    assert_ok(pp_matching(table, &options, &ctx, &result, &err));
    return result;
}

static double overall(const pp_result *result, const char *column) {
    return pp_table_find(pp_result_find(result, "matched_overall"), column)->number[0];
}

static void finds_the_effect(void **state) {
    static const char *const refinements[] = {"none", "mahalanobis", "ps-match",
                                              "ps-weight"};
    (void)state;
    pp_table *table = panel(0, 1, 1);
    for (int i = 0; i < 4; i++) {
        pp_matching_options options = plain;
        options.refinement = refinements[i];
        options.window = "whole";
        options.lagged_outcome = "no";
        pp_result *result = estimate(table, options, 1);
        double error = overall(result, "std_error");
        if (!(fabs(overall(result, "estimate") - 2) < 4 * error && error < 0.5)) {
            fail_msg("%s: %g (%g)", refinements[i], overall(result, "estimate"), error);
        }
        pp_result_free(result);
    }
    pp_table_free(table);
}

static void same(const pp_result *a, const pp_result *b, double tolerance) {
    static const char *const columns[] = {"estimate", "std_error", "conf_low",
                                          "conf_high"};
    for (int j = 0; j < 4; j++) {
        double x = overall(a, columns[j]), y = overall(b, columns[j]);
        assert_true(fabs(x - y) <= tolerance * fabs(x));
    }
}

/* Rows in another order with other names; a period counted in tens; a covariate in other units. */
static void what_changes_nothing(void **state) {
    static const char *const errors[] = {"centred", "unconditional", "conditional"};
    (void)state;
    pp_table *a = panel(0, 1, 1), *b = panel(1, 10, 1000);
    for (int i = 0; i < 3; i++) {
        pp_matching_options options = plain;
        options.errors = errors[i];
        pp_result *x = estimate(a, options, 1), *y = estimate(b, options, 1);
        same(x, y, 1e-10);
        pp_result_free(x);
        pp_result_free(y);
    }
    pp_table_free(a);
    pp_table_free(b);
}

/* What all units do together, and what a unit always has, is in no estimate and in no centred error. */
static void common_movement(void **state) {
    (void)state;
    pp_table *table = panel(0, 1, 1);
    pp_result *x = estimate(table, plain, 1);
    for (int i = 0; i < ROWS; i++) {
        pp_table_find(table, "y")->number[i] +=
            100 * sin(pp_table_find(table, "t")->number[i]);
    }
    pp_result *y = estimate(table, plain, 1);
    same(x, y, 1e-9);
    pp_result_free(x);
    pp_result_free(y);
    pp_table_free(table);
}

static void cohorts_are_treatments(void **state) {
    (void)state;
    pp_table *table = panel(0, 1, 1);
    pp_matching_options options = plain;
    pp_result *x = estimate(table, options, 1);
    options.treatment = NULL;
    options.cohort = "g";
    pp_result *y = estimate(table, options, 1);
    same(x, y, 0);
    pp_result_free(x);
    pp_result_free(y);
    pp_table_free(table);
}

/* The bootstrap: about the analytic errors, the same bits at any number of threads. */
static void bootstrap(void **state) {
    (void)state;
    pp_table *table = panel(0, 1, 1);
    pp_matching_options options = plain;
    options.errors = "unconditional";
    pp_result *analytic = estimate(table, options, 1);
    options.errors = "bootstrap";
    pp_result *one = estimate(table, options, 1), *two = estimate(table, options, 2),
              *four = estimate(table, options, 4);
    same(one, two, 0);
    same(one, four, 0);
    assert_true(fabs(overall(one, "std_error") / overall(analytic, "std_error") - 1) <
                0.15);
    pp_result_free(analytic);
    pp_result_free(one);
    pp_result_free(two);
    pp_result_free(four);
    pp_table_free(table);
}

static void refuse(const pp_table *table, pp_matching_options options, pp_status status) {
    pp_error err = {0};
    pp_result *result = NULL;
    assert_int_equal(pp_matching(table, &options, NULL, &result, &err), status);
    assert_null(result);
    assert_true(err.message[0]);
}

static void bad_options(void **state) {
    (void)state;
    pp_table *table = panel(0, 1, 1);
    pp_matching_options options = plain;
    options.outcome = "z";
    refuse(table, options, PP_E_NOT_FOUND);
    options = plain;
    options.cohort = "g";
    refuse(table, options, PP_E_ARGUMENT);
    options = plain;
    options.treatment = NULL;
    refuse(table, options, PP_E_ARGUMENT);
    options = plain;
    options.refinement = "magic";
    refuse(table, options, PP_E_ARGUMENT);
    options = plain;
    options.covariates = NULL;
    options.lagged_outcome = "no";
    refuse(table, options, PP_E_ARGUMENT);
    options = plain;
    options.lags = 8;
    refuse(table, options, PP_E_ESTIMATION);
    options = plain;
    options.treatment = "y";
    refuse(table, options, PP_E_INPUT);
    pp_table_free(table);
}

static void bad_data(void **state) {
    (void)state;
    pp_table *table = panel(0, 1, 1);
    double *t = pp_table_find(table, "t")->number, *d = pp_table_find(table, "d")->number;
    t[1] = 1;
    refuse(table, plain, PP_E_INPUT);
    t[1] = 2;
    for (int i = 0; i < ROWS; i++) {
        t[i] += t[i] > 8 ? 3 : 0;
    }
    refuse(table, plain, PP_E_INPUT);
    for (int i = 0; i < ROWS; i++) {
        t[i] -= t[i] > 8 ? 3 : 0;
        d[i] = t[i] >= 5;
    }
    refuse(table, plain, PP_E_ESTIMATION);
    for (int i = 0; i < ROWS; i++) {
        d[i] = 1;
    }
    refuse(table, plain, PP_E_ESTIMATION);
    pp_table_free(table);
}

/* A treated unit without its covariate has no set, and is named. */
static void names_what_has_no_set(void **state) {
    (void)state;
    pp_table *table = panel(0, 1, 1);
    pp_table_find(table, "x")->number[3] = NAN;
    pp_result *result = estimate(table, plain, 1);
    const pp_table *sets = pp_result_find(result, "matched_sets");
    assert_string_equal(pp_column_get_text(pp_table_find(sets, "unit"), 0), "0");
    assert_string_equal(pp_column_get_text(pp_table_find(sets, "status"), 0),
                        "treatment, outcome or covariates missing around it");
    assert_true(overall(result, "nobs_treated") == (double)pp_table_rows(sets) - 1);
    pp_result_free(result);
    pp_table_free(table);
}

/* Treatment that the covariate tells without fail has no propensity. */
static void perfect_propensities(void **state) {
    (void)state;
    pp_table *table = panel(0, 1, 1);
    pp_matching_options options = plain;
    options.refinement = "ps-weight";
    options.window = "whole";
    for (int i = 0; i < ROWS; i++) {
        pp_table_find(table, "x")->number[i] +=
            pp_table_find(table, "g")->number[i] > 0 ? 50 : 0;
    }
    refuse(table, options, PP_E_ESTIMATION);
    pp_table_free(table);
}

static pp_status work(void *payload, pp_error *err) {
    pp_matching_options options = plain;
    pp_result *result = NULL;
    options.errors = "bootstrap";
    options.draws = 5;
    pp_status status = pp_matching(payload, &options, NULL, &result, err);
    pp_result_free(result);
    return status;
}

static pp_status work_propensity(void *payload, pp_error *err) {
    pp_matching_options options = plain;
    pp_result *result = NULL;
    options.refinement = "ps-match";
    pp_status status = pp_matching(payload, &options, NULL, &result, err);
    pp_result_free(result);
    return status;
}

static void failing_allocations(void **state) {
    (void)state;
    pp_table *table = panel(0, 1, 1);
    fail_every_allocation(work, table);
    fail_every_allocation(work_propensity, table);
    pp_table_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_effect),
        cmocka_unit_test(what_changes_nothing),
        cmocka_unit_test(common_movement),
        cmocka_unit_test(cohorts_are_treatments),
        cmocka_unit_test(bootstrap),
        cmocka_unit_test(bad_options),
        cmocka_unit_test(bad_data),
        cmocka_unit_test(names_what_has_no_set),
        cmocka_unit_test(perfect_propensities),
        cmocka_unit_test(failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
