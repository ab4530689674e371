/* Group-time effects: bad input, order of rows, threads, clusters, failing allocations. */
#include "support/staggered.h"
#include "support/support.h"

#include <pushpull/did.h>

#include <math.h>
#include <string.h>

static pp_result *estimate(const pp_table *table, pp_did_options options, int threads) {
    pp_error err = {0};
    pp_result *result = NULL;
    pp_context ctx = {.threads = threads};
    assert_ok(pp_did(table, &options, &ctx, &result, &err));
    return result;
}

static double overall(const pp_result *result, const char *column) {
    return pp_table_find(pp_result_find(result, "overall"), column)->number[0];
}

static void finds_the_effect(void **state) {
    (void)state;
    pp_table *table = panel(0);
    pp_did_options options = plain;
    options.covariates = "x";
    pp_result *result = estimate(table, options, 1);
    assert_true(fabs(overall(result, "estimate") - 2) < 4 * overall(result, "std_error"));
    assert_true(overall(result, "std_error") < 0.5);
    pp_result_free(result);
    pp_table_free(table);
}

/* The diagonal has the squared errors; the mean over horizons from 0 on has the error that the whole
   implies. */
static void covariance_of_horizons(void **state) {
    (void)state;
    pp_table *table = panel(0);
    pp_did_options options = plain;
    for (int k = 0; k < 3; k++) {
        options.estimator = (const char *const[]){"cs", "sunab", "bjs"}[k];
        pp_result *result = estimate(table, options, 1);
        const pp_table *V = pp_result_find(result, "dynamic_covariance"),
                       *dynamic = pp_result_find(result, "dynamic");
        const double *horizon = pp_table_find(V, "horizon")->number,
                     *other = pp_table_find(V, "other")->number;
        double sum = 0, n = 0, error;
        int64_t at = 0;
        for (int64_t i = 0; i < pp_table_rows(V); i++) {
            double value = pp_table_find(V, "covariance")->number[i];
            sum += other[i] >= 0 ? (horizon[i] > other[i] ? 2 : 1) * value : 0;
            if (horizon[i] == other[i]) {
                assert_true(pp_table_find(dynamic, "horizon")->number[at] == horizon[i]);
                error = pp_table_find(dynamic, "std_error")->number[at++];
                assert_true(isnan(error) ? value == 0
                                         : fabs(value - error * error) < 1e-14);
                n += horizon[i] >= 0;
            }
        }
        error = pp_table_find(pp_result_find(result, "overall"), "std_error")->number[1];
        assert_true(fabs(sqrt(sum) / n - error) < 1e-12);
        pp_result_free(result);
    }
    pp_table_free(table);
}

static void order_and_threads_are_nothing(void **state) {
    (void)state;
    pp_table *tables[] = {panel(0), panel(1)};
    pp_did_options options = plain;
    options.covariates = "x";
    options.draws = 200;
    options.cluster = "area";
    pp_result *a = estimate(tables[0], options, 1), *b = estimate(tables[1], options, 3);
    assert_true(overall(a, "estimate") == overall(b, "estimate"));
    assert_true(overall(a, "std_error") == overall(b, "std_error"));
    pp_result_free(a);
    pp_result_free(b);
    pp_table_free(tables[0]);
    pp_table_free(tables[1]);
}

/* Each unit twice, both in one cluster, says what each unit once says. */
static void clusters_of_copies(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *table = panel(0), *twice;
    int64_t rows[2 * UNITS * PERIODS];
    pp_column *copy;
    for (int64_t i = 0; i < 2 * UNITS * PERIODS; i++) {
        rows[i] = i % (UNITS * PERIODS);
    }
    assert_ok(pp_table_take_rows(table, rows, 2 * UNITS * PERIODS, &twice, &err));
    assert_ok(pp_table_add(twice, PP_NUMBER, "copy", &copy, &err));
    for (int64_t i = 0; i < 2 * UNITS * PERIODS; i++) {
        copy->number[i] =
            pp_table_find(twice, "id")->number[i] + (i >= UNITS * PERIODS ? UNITS : 0);
    }
    pp_did_options options = plain;
    pp_result *once = estimate(table, options, 1);
    options.unit = "copy";
    options.cluster = "id";
    pp_result *both = estimate(twice, options, 1);
    assert_true(fabs(overall(once, "estimate") - overall(both, "estimate")) < 1e-12);
    assert_true(fabs(overall(once, "std_error") / overall(both, "std_error") - 1) <
                1e-10);
    pp_result_free(once);
    pp_result_free(both);
    pp_table_free(table);
    pp_table_free(twice);
}

static void refuse(const pp_table *table, pp_did_options options, pp_status status) {
    pp_error err = {0};
    pp_result *result = NULL;
    assert_int_equal(pp_did(table, &options, NULL, &result, &err), status);
    assert_null(result);
    assert_true(err.message[0]);
}

static void bad_input(void **state) {
    (void)state;
    pp_table *table = panel(0);
    pp_did_options options = plain;
    options.outcome = "z";
    refuse(table, options, PP_E_NOT_FOUND);
    options.outcome = NULL;
    refuse(table, options, PP_E_ARGUMENT);
    options = plain;
    options.method = "magic";
    refuse(table, options, PP_E_ARGUMENT);
    options = plain;
    options.estimator = "sunab";
    options.method = "dr";
    refuse(table, options, PP_E_ARGUMENT);
    options = plain;
    options.balance = 99;
    refuse(table, options, PP_E_ESTIMATION);
    options = plain;
    options.anticipation = 50;
    refuse(table, options, PP_E_ESTIMATION);
    pp_table_find(table, "g")->number[1] = 4;
    refuse(table, plain, PP_E_INPUT);
    pp_table_find(table, "g")->number[1] = 3;
    pp_table_find(table, "t")->number[1] = 1;
    refuse(table, plain, PP_E_INPUT);
    pp_table_find(table, "t")->number[1] = 2;
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        pp_table_find(table, "g")->number[i] = 0;
    }
    refuse(table, plain, PP_E_ESTIMATION);
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        pp_table_find(table, "y")->number[i] = NAN;
    }
    refuse(table, plain, PP_E_ESTIMATION);
    pp_table_free(table);
}

static void names_what_it_leaves_out(void **state) {
    (void)state;
    pp_table *table = panel(0);
    pp_table_find(table, "y")->number[3] = NAN;
    pp_result *result = estimate(table, plain, 1);
    const pp_table *left = pp_result_find(result, "left_out");
    assert_int_equal(pp_table_rows(left), 1);
    assert_string_equal(pp_column_get_text(pp_table_find(left, "unit"), 0), "0");
    pp_result_free(result);
    pp_table_free(table);
}

static pp_status work(void *payload, pp_error *err) {
    pp_result *result = NULL;
    pp_did_options options = plain;
    options.covariates = "x";
    options.draws = 50;
    options.cluster = "area";
    pp_status status = pp_did(payload, &options, NULL, &result, err);
    pp_result_free(result);
    return status;
}

static pp_status work_imputation(void *payload, pp_error *err) {
    pp_result *result = NULL;
    pp_did_options options = plain;
    options.estimator = "bjs";
    pp_status status = pp_did(payload, &options, NULL, &result, err);
    pp_result_free(result);
    return status;
}

static void failing_allocations(void **state) {
    (void)state;
    pp_table *table = panel(0);
    fail_every_allocation(work, table);
    fail_every_allocation(work_imputation, table);
    pp_table_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_effect),
        cmocka_unit_test(covariance_of_horizons),
        cmocka_unit_test(order_and_threads_are_nothing),
        cmocka_unit_test(clusters_of_copies),
        cmocka_unit_test(bad_input),
        cmocka_unit_test(names_what_it_leaves_out),
        cmocka_unit_test(failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
