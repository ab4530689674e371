/* Uncertain dates: exact ones, rules by hand, orders of rows, threads, bad input. */
#include "support/frames.h"
#include "support/support.h"

#include <pushpull/dates.h>
#include <pushpull/random.h>

#include <math.h>
#include <string.h>

enum { UNITS = 40, YEARS = 8, ROWS = UNITS * YEARS };
static const char FORMULA[] = "Surv(lo, hi, type = interval) ~ x + region";
static const char *const REGIONS[] = {"Africa", "Asia", "Europe"};

/* Dates [T - width, T], some as upper bounds only; x varies. */
static pp_table *panel(int width, int bounds) {
    pp_error err = {0};
    pp_table *t = NULL;
    pp_column *column[6];
    static const char *const NAMES[] = {"unit", "year", "x", "lo", "hi", "region"};
    pp_rng rng;
    pp_rng_init(&rng, 8, 1, 0);
    assert_ok(pp_table_new(&t, &err));
    assert_ok(pp_table_resize(t, ROWS, &err));
    for (int c = 0; c < 6; c++) {
        assert_ok(
            pp_table_add(t, c == 5 ? PP_TEXT : PP_NUMBER, NAMES[c], &column[c], &err));
    }
    for (int64_t u = 0; u < UNITS; u++) {
        double date = NAN;
        for (int64_t i = u * YEARS; i < (u + 1) * YEARS; i++) {
            column[0]->number[i] = (double)u;
            column[1]->number[i] = (double)(i % YEARS);
            column[2]->number[i] = pp_rng_normal(&rng);
            assert_ok(pp_column_set_text(t, column[5], i, REGIONS[u % 3], &err));
            double p = 1 / (1 + exp(1.8 - column[2]->number[i]));
            date = isnan(date) && pp_rng_uniform(&rng) < p ? (double)(i % YEARS) : date;
        }
        for (int64_t i = u * YEARS; i < (u + 1) * YEARS; i++) {
            column[4]->number[i] = date;
            column[3]->number[i] = bounds && u % 5 == 0 ? NAN : fmax(0, date - width);
            column[3]->number[i] = isnan(date) ? NAN : column[3]->number[i];
        }
    }
    return t;
}

static pp_result *told(const pp_table *table, const pp_dates_options *options,
                       int threads) {
    pp_error err = {0};
    pp_result *r = NULL;
    pp_model_options model = {.unit = "unit", .time = "year", .vcov = "hc1"};
    pp_context ctx = {.threads = threads};
    assert_ok(pp_dates(FORMULA, table, &model, options, &ctx, &r, &err));
    return r;
}

static double cell(const pp_result *r, const char *table, const char *column,
                   int64_t row) {
    return pp_table_find(pp_result_find(r, table), column)->number[row];
}

/* Where all dates are known there is nothing to hang on. */
static void exact_dates(void **state) {
    pp_table *table = panel(0, 0);
    pp_result *r = told(table, NULL, 1);
    (void)state;
    const pp_table *dates = pp_result_find(r, "dates");
    assert_int_equal(pp_table_rows(dates), 15); /* x, Asia, Europe × 5 */
    for (int64_t i = 0; i < 15; i++) {
        double base = cell(r, "dates", "estimate", i - i % 5);
        assert_true(fabs(cell(r, "dates", "estimate", i) - base) < 1e-12);
        assert_true(fabs(cell(r, "dates", "spread", i)) < 1e-9);
    }
    assert_true(cell(r, "dates", "fmi", 4) < 1e-9);
    pp_result_free(r);
    pp_table_free(table);
}

/* The rules give what the hazard gives on the dates that they stand for. */
static void rules_by_hand(void **state) {
    pp_table *table = panel(2, 0), *copy = panel(2, 0);
    pp_result *r = told(table, NULL, 2);
    double *lo = pp_table_find(copy, "lo")->number;
    double *hi = pp_table_find(copy, "hi")->number;
    (void)state;
    for (int64_t i = 0; i < ROWS; i++) {
        lo[i] = hi[i] = floor((lo[i] + hi[i]) / 2);
    }
    pp_fit *fit =
        fitted(FORMULA, copy,
               &(pp_model_options){
                   .model = "hazard", .unit = "unit", .time = "year", .vcov = "hc1"});
    for (int j = 0; j < 4; j++) {
        double se = sqrt(pp_fit_covariance(fit)[5 * j]);
        assert_true(cell(r, "dates_coefficients", "estimate", 5 * j + 3) ==
                    pp_fit_estimates(fit)[j]);
        assert_true(fabs(cell(r, "dates_coefficients", "std_error", 5 * j + 3) / se - 1) <
                    1e-14);
    }
    pp_fit_free(fit);
    pp_result_free(r);
    pp_table_free(copy);
    pp_table_free(table);
}

/* Of upper bounds the earliest date is not known; drawn dates are. */
static void upper_bounds(void **state) {
    pp_table *table = panel(2, 1);
    pp_result *r = told(table, &(pp_dates_options){.imputations = 60, .terms = "x"}, 1);
    (void)state;
    assert_int_equal(pp_table_rows(pp_result_find(r, "dates")), 5);
    assert_true(cell(r, "dates", "units", 1) < cell(r, "dates", "units", 0));
    assert_true(cell(r, "dates", "events", 4) == cell(r, "dates", "events", 0));
    assert_true(fabs(cell(r, "dates", "spread", 4)) < 0.2);
    assert_true(cell(r, "dates", "fmi", 4) > 0.01);
    const char *note = NULL;
    for (int i = 0; i < pp_result_tables(r); i++) {
        if (strcmp(pp_result_table_name(r, i), "dates_spread") == 0) {
            note = pp_result_table_note(r, i);
        }
    }
    assert_non_null(note);
    assert_non_null(strstr(note, "leave out"));
    pp_result_free(r);
    pp_table_free(table);
}

static void any_threads_and_order(void **state) {
    pp_error err = {0};
    pp_table *table = panel(3, 1), *turned = NULL;
    int64_t rows[ROWS];
    (void)state;
    for (int64_t i = 0; i < ROWS; i++) {
        rows[i] = ROWS - 1 - i;
    }
    assert_ok(pp_table_take_rows(table, rows, ROWS, &turned, &err));
    pp_dates_options options = {.imputations = 5, .seed = 3};
    pp_result *a = told(table, &options, 1), *b = told(turned, &options, 4);
    for (int64_t i = 0; i < pp_table_rows(pp_result_find(a, "dates")); i++) {
        assert_true(cell(a, "dates", "estimate", i) == cell(b, "dates", "estimate", i));
        assert_true(cell(a, "dates", "std_error", i) == cell(b, "dates", "std_error", i));
    }
    pp_result_free(a);
    pp_result_free(b);
    pp_table_free(turned);
    pp_table_free(table);
}

static void assert_refused(const char *formula, const pp_model_options *model,
                           const pp_dates_options *options, pp_status wanted,
                           const char *words) {
    pp_error err = {0};
    pp_result *r = NULL;
    pp_table *table = panel(1, 0);
    assert_int_equal(pp_dates(formula, table, model, options, NULL, &r, &err), wanted);
    assert_non_null(strstr(err.message, words));
    pp_table_free(table);
}

static void bad_input(void **state) {
    const pp_model_options model = {.unit = "unit", .time = "year"};
    (void)state;
    assert_refused(FORMULA, &model, &(pp_dates_options){.imputations = 1}, PP_E_ARGUMENT,
                   "imputations");
    assert_refused(FORMULA, &model, &(pp_dates_options){.terms = "y"}, PP_E_NOT_FOUND,
                   "no variable 'y'");
    assert_refused("Surv(lo + 1, hi + 1, type = interval) ~ x", &model, NULL,
                   PP_E_ARGUMENT, "columns of numbers");
    assert_refused("x ~ region", &model, NULL, PP_E_ARGUMENT, "dates");
    assert_refused(FORMULA, &(pp_model_options){.model = "logit"}, NULL, PP_E_ARGUMENT,
                   "hazard");
}

static pp_status work(void *payload, pp_error *err) {
    pp_result *r = NULL;
    pp_model_options model = {.unit = "unit", .time = "year"};
    pp_dates_options options = {.imputations = 2};
    pp_status status = pp_dates(FORMULA, payload, &model, &options, NULL, &r, err);
    if (status == PP_OK) {
        pp_result_free(r);
    }
    return status;
}

static void failing_memory(void **state) {
    pp_table *table = panel(2, 1);
    (void)state;
    assert_true(fail_every_allocation(work, table) > 100);
    pp_table_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_dates),  cmocka_unit_test(rules_by_hand),
        cmocka_unit_test(upper_bounds), cmocka_unit_test(any_threads_and_order),
        cmocka_unit_test(bad_input),    cmocka_unit_test(failing_memory)};
    return cmocka_run_group_tests_name("uncertain dates", tests, NULL, NULL);
}
