/* Treatments that change: the identity with group-time effects, switching off, doses, bad input, order of
   rows, threads, scale, failing allocations. */
#include "support/staggered.h"

#include <pushpull/switching.h>

#include <math.h>
#include <string.h>

static const pp_switching_options basic = {
    .outcome = "y", .unit = "id", .time = "t", .treatment = "d"};

/* The staggered panel, with `d` as its treatment: `dose` from the first period of treatment on. */
static pp_table *treated_panel(int order, double dose) {
    pp_error err = {0};
    pp_table *table = panel(order);
    pp_column *d;
    assert_ok(pp_table_add(table, PP_NUMBER, "d", &d, &err));
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        double g = pp_table_find(table, "g")->number[i];
        d->number[i] = g > 0 && pp_table_find(table, "t")->number[i] >= g ? dose : 0;
    }
    return table;
}

static pp_result *estimate(const pp_table *table, pp_switching_options options,
                           int threads) {
    pp_error err = {0};
    pp_result *result = NULL;
    pp_context ctx = {.threads = threads};
    assert_ok(pp_switching(table, &options, &ctx, &result, &err));
    return result;
}

static double number(const pp_result *result, const char *table, const char *column,
                     int64_t row) {
    return pp_table_find(pp_result_find(result, table), column)->number[row];
}

static double at_horizon(const pp_result *result, const char *table, double horizon) {
    const pp_table *t = pp_result_find(result, table);
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        if (pp_table_find(t, "horizon")->number[i] == horizon) {
            return pp_table_find(t, "estimate")->number[i];
        }
    }
    fail_msg("no horizon %g", horizon);
    return 0;
}

static double check(const pp_result *result, const char *what) {
    const pp_table *t = pp_result_find(result, "switching_preflight");
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        if (strcmp(pp_column_get_text(pp_table_find(t, "check"), i), what) == 0) {
            return pp_table_find(t, "count")->number[i];
        }
    }
    fail_msg("no check %s", what);
    return 0;
}

/* Where treatment begins and stays: Callaway and Sant'Anna's effects against the not yet treated. */
static void is_callaway_santanna_when_staggered(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *table = treated_panel(0, 1);
    pp_did_options did = plain;
    pp_result *cs, *own = estimate(table, basic, 1);
    did.control = "notyet";
    assert_ok(pp_did(table, &did, NULL, &cs, &err));
    for (int horizon = 0; horizon < 4; horizon++) {
        assert_true(fabs(at_horizon(own, "switching_dynamic", horizon) -
                         at_horizon(cs, "dynamic", horizon)) < 1e-12);
    }
    pp_result_free(cs);
    pp_result_free(own);
    pp_table_free(table);
}

/* All that rises becomes all that falls: the same comparisons with the sign reversed. */
static void ending_is_the_mirror_of_beginning(void **state) {
    (void)state;
    pp_table *table = treated_panel(0, 1);
    pp_result *begun = estimate(table, basic, 1);
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        pp_table_find(table, "d")->number[i] = 1 - pp_table_find(table, "d")->number[i];
    }
    pp_result *ended = estimate(table, basic, 1);
    assert_string_equal(
        pp_column_get_text(
            pp_table_find(pp_result_find(ended, "switching_overall"), "switchers"), 0),
        "out");
    assert_true(fabs(number(begun, "switching_overall", "estimate", 0) +
                     number(ended, "switching_overall", "estimate", 0)) < 1e-12);
    assert_true(check(ended, "first change: down") == 40);
    pp_result_free(begun);
    pp_result_free(ended);
    pp_table_free(table);
}

static void a_dose_divides(void **state) {
    (void)state;
    pp_table *one = treated_panel(0, 1), *four = treated_panel(0, 4);
    pp_result *a = estimate(one, basic, 1), *b = estimate(four, basic, 1);
    int64_t last = pp_table_rows(pp_result_find(a, "switching_dynamic")) - 1;
    assert_true(number(a, "switching_dynamic", "estimate", last) ==
                number(b, "switching_dynamic", "estimate", last));
    assert_true(fabs(number(a, "switching_dynamic", "per_dose", last) -
                     4 * number(b, "switching_dynamic", "per_dose", last)) < 1e-12);
    assert_true(fabs(number(a, "switching_overall", "estimate", 0) -
                     4 * number(b, "switching_overall", "estimate", 0)) < 1e-12);
    pp_result_free(a);
    pp_result_free(b);
    pp_table_free(one);
    pp_table_free(four);
}

static void order_and_threads_are_nothing(void **state) {
    (void)state;
    pp_table *tables[] = {treated_panel(0, 1), treated_panel(1, 1)};
    pp_switching_options options = basic;
    options.covariates = "x:t";
    options.draws = 200;
    options.cluster = "area";
    pp_result *a = estimate(tables[0], options, 1), *b = estimate(tables[1], options, 4);
    const pp_table *t = pp_result_find(a, "switching_dynamic");
    static const char *const columns[] = {"estimate", "std_error", "band_low"};
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        for (int c = 0; c < 3; c++) {
            double left = number(a, "switching_dynamic", columns[c], i),
                   right = number(b, "switching_dynamic", columns[c], i);
            assert_true(left == right || (isnan(left) && isnan(right)));
        }
    }
    pp_result_free(a);
    pp_result_free(b);
    pp_table_free(tables[0]);
    pp_table_free(tables[1]);
}

/* Trends that hang on x: what the covariate explains is taken out. */
static void covariates_take_out_trends(void **state) {
    (void)state;
    pp_table *table = treated_panel(0, 1);
    pp_switching_options options = basic;
    pp_result *plainly = estimate(table, basic, 1);
    options.covariates = "x:t";
    pp_result *given = estimate(table, options, 1);
    double error = number(given, "switching_overall", "std_error", 0);
    assert_true(fabs(number(given, "switching_overall", "estimate", 0) - 2) < 4 * error);
    assert_true(error < 0.7 * number(plainly, "switching_overall", "std_error", 0));
    pp_result_free(plainly);
    pp_result_free(given);
    pp_table_free(table);
}

/* A covariate that stays as it is explains no change. */
static void constant_covariates_have_no_part(void **state) {
    (void)state;
    pp_table *table = treated_panel(0, 1);
    pp_switching_options options = basic;
    pp_result *plainly = estimate(table, basic, 1);
    options.covariates = "x";
    pp_result *given = estimate(table, options, 1);
    assert_true(number(given, "switching_overall", "estimate", 0) ==
                number(plainly, "switching_overall", "estimate", 0));
    assert_int_equal(pp_result_warnings(given), pp_result_warnings(plainly) + 1);
    pp_result_free(plainly);
    pp_result_free(given);
    pp_table_free(table);
}

static void refuse(const pp_table *table, pp_switching_options options,
                   pp_status status) {
    pp_error err = {0};
    pp_result *result = NULL;
    assert_int_equal(pp_switching(table, &options, NULL, &result, &err), status);
    assert_null(result);
    assert_true(err.message[0]);
}

static void bad_input(void **state) {
    (void)state;
    pp_table *table = treated_panel(0, 1);
    pp_switching_options options = basic;
    double *d = pp_table_find(table, "d")->number;
    options.treatment = "nothing";
    refuse(table, options, PP_E_NOT_FOUND);
    options.treatment = NULL;
    refuse(table, options, PP_E_ARGUMENT);
    options = basic;
    options.switchers = "sideways";
    refuse(table, options, PP_E_ARGUMENT);
    options = basic;
    options.same_switchers = 1;
    refuse(table, options, PP_E_ARGUMENT);
    options = basic;
    options.switchers = "out";
    refuse(table, options, PP_E_ESTIMATION);
    options = basic;
    options.cluster = "t";
    refuse(table, options, PP_E_INPUT);
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        d[i] +=
            pp_table_find(table, "id")->number[i]; /* nobody shares a first treatment */
    }
    refuse(table, basic, PP_E_ESTIMATION);
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        d[i] = 1;
    }
    refuse(table, basic, PP_E_ESTIMATION);
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        d[i] = NAN;
    }
    refuse(table, basic, PP_E_ESTIMATION);
    pp_table_find(table, "t")->number[1] = 1;
    refuse(table, basic, PP_E_INPUT);
    pp_table_free(table);
}

static void names_what_it_leaves_out(void **state) {
    (void)state;
    pp_table *table = treated_panel(0, 1);
    pp_table_find(table, "d")->number[2] = NAN; /* unit 0 changes in period 3 */
    pp_result *result = estimate(table, basic, 1);
    const pp_table *left = pp_result_find(result, "switching_left_out");
    assert_int_equal(pp_table_rows(left), 1);
    assert_string_equal(pp_column_get_text(pp_table_find(left, "unit"), 0), "0");
    assert_true(check(result, "left out: the first change falls into a gap") == 1);
    pp_result_free(result);
    pp_table_free(table);
}

static pp_status work(void *payload, pp_error *err) {
    pp_result *result = NULL;
    pp_switching_options options = basic;
    options.covariates = "x:t";
    options.draws = 20;
    options.cluster = "area";
    pp_status status = pp_switching(payload, &options, NULL, &result, err);
    pp_result_free(result);
    return status;
}

static void failing_allocations(void **state) {
    (void)state;
    pp_table *table = treated_panel(0, 1);
    fail_every_allocation(work, table);
    pp_table_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_callaway_santanna_when_staggered),
        cmocka_unit_test(ending_is_the_mirror_of_beginning),
        cmocka_unit_test(a_dose_divides),
        cmocka_unit_test(order_and_threads_are_nothing),
        cmocka_unit_test(covariates_take_out_trends),
        cmocka_unit_test(constant_covariates_have_no_part),
        cmocka_unit_test(bad_input),
        cmocka_unit_test(names_what_it_leaves_out),
        cmocka_unit_test(failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
