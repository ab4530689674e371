/* Panels with holes, cross-sections, weights, treatments of 0 and 1, and what the pre-flight says. */
#include "effects/did/estimate.h"
#include "support/staggered.h"
#include "support/support.h"

#include <math.h>
#include <string.h>

static const char *const forms[] = {"balanced", "unbalanced", "crosssection"};
static const char *const methods[] = {"reg", "ipw", "dr"};

static pp_column *column(const pp_table *table, const char *name) {
    return pp_table_find(table, name);
}

static pp_column *add(pp_table *table, const char *name) {
    pp_error err = {0};
    pp_column *c;
    assert_ok(pp_table_add(table, PP_NUMBER, name, &c, &err));
    return c;
}

static pp_result *estimate(const pp_table *table, const pp_did_options *options) {
    pp_error err = {0};
    pp_result *result = NULL;
    assert_ok(pp_did(table, options, NULL, &result, &err));
    return result;
}

static double number(const pp_result *result, const char *table, const char *name,
                     int64_t row) {
    return column(pp_result_find(result, table), name)->number[row];
}

/* All cells, and what they are together, to a tolerance. */
static void assert_same(const pp_result *a, const pp_result *b, double tolerance) {
    static const char *const tables[] = {"group_time", "dynamic", "overall"};
    static const char *const columns[] = {"estimate", "std_error"};
    for (int t = 0; t < 3; t++) {
        int64_t n = pp_table_rows(pp_result_find(a, tables[t]));
        assert_int_equal(n, pp_table_rows(pp_result_find(b, tables[t])));
        for (int64_t i = 0; i < 2 * n; i++) {
            double x = number(a, tables[t], columns[i % 2], i / 2),
                   y = number(b, tables[t], columns[i % 2], i / 2);
            assert_true((isnan(x) && isnan(y)) || fabs(x - y) <= tolerance);
        }
    }
}

static void estimate_both(const pp_table *x, const pp_did_options *with_x,
                          const pp_table *y, const pp_did_options *with_y,
                          double tolerance) {
    pp_result *a = estimate(x, with_x), *b = estimate(y, with_y);
    assert_true(isfinite(number(a, "overall", "estimate", 0)));
    assert_same(a, b, tolerance);
    pp_result_free(a);
    pp_result_free(b);
}

/* Without covariates four means are two means of changes. */
static void balanced_data_are_a_panel(void **state) {
    (void)state;
    pp_table *table = panel(0);
    pp_did_options balanced = plain, rows = plain;
    balanced.control = rows.control = "notyet";
    rows.panel = "unbalanced";
    estimate_both(table, &balanced, table, &rows, 1e-12);
    pp_table_free(table);
}

static void each_form(const pp_table *x, const pp_table *y, double tolerance,
                      int weights) {
    for (int f = 0; f < 3; f++) {
        for (int m = 0; m < 3; m++) {
            pp_did_options options = plain;
            options.panel = forms[f];
            options.method = methods[m];
            options.covariates = "x";
            options.weights = weights ? "w" : NULL;
            estimate_both(x, &options, y, &options, tolerance);
        }
    }
}

static void order_of_rows_is_nothing(void **state) {
    (void)state;
    pp_table *a = panel_with_holes(0, 0), *b = panel_with_holes(1, 0);
    each_form(a, b, 1e-12, 1);
    pp_table_free(a);
    pp_table_free(b);
}

static void threads_are_nothing(void **state) {
    (void)state;
    pp_table *table = panel_with_holes(0, 0);
    for (int f = 1; f < 3; f++) {
        pp_error err = {0};
        pp_result *results[2];
        pp_did_options options = plain;
        options.panel = forms[f];
        options.covariates = "x";
        options.weights = "w";
        options.draws = 100;
        for (int i = 0; i < 2; i++) {
            pp_context ctx = {.threads = 1 + 3 * i};
            assert_ok(pp_did(table, &options, &ctx, &results[i], &err));
        }
        assert_same(results[0], results[1], 0);
        pp_result_free(results[0]);
        pp_result_free(results[1]);
    }
    pp_table_free(table);
}

static void a_constant_is_nothing(void **state) {
    (void)state;
    pp_table *a = panel_with_holes(0, 0), *b = panel_with_holes(0, 0);
    for (int64_t i = 0; i < UNITS * PERIODS; i++) {
        column(b, "y")->number[i] += 7;
    }
    each_form(a, b, 1e-10, 1);
    pp_table_free(a);
    pp_table_free(b);
}

static void scale_of_weights_is_nothing(void **state) {
    (void)state;
    pp_table *a = panel_with_holes(0, 0), *b = panel_with_holes(0, 0);
    for (int64_t i = 0; i < UNITS * PERIODS; i++) {
        column(b, "w")->number[i] *= 1e6;
    }
    each_form(a, b, 1e-10, 1);
    pp_table_free(a);
    pp_table_free(b);
}

/* A unit of weight 2 is two of weight 1 in one cluster. */
static void weights_are_copies(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *table = panel_with_holes(0, 1), *copies;
    int64_t rows[2 * UNITS * PERIODS], n = 0;
    for (int copy = 0; copy < 2; copy++) {
        for (int64_t i = 0; i < UNITS * PERIODS; i++) {
            if (copy < column(table, "w")->number[i]) {
                rows[n++] = i;
            }
        }
    }
    assert_ok(pp_table_take_rows(table, rows, n, &copies, &err));
    pp_column *copy = add(copies, "copy");
    for (int64_t i = 0; i < n; i++) {
        copy->number[i] =
            column(copies, "id")->number[i] + (i >= UNITS * PERIODS ? UNITS : 0);
    }
    for (int f = 0; f < 3; f++) {
        for (int m = 0; m < 3; m++) {
            pp_did_options weighted = plain, copied = plain;
            weighted.panel = copied.panel = forms[f];
            weighted.method = copied.method = methods[m];
            weighted.covariates = copied.covariates = "x";
            weighted.weights = "w";
            weighted.cluster = copied.cluster = "id";
            copied.unit = "copy";
            estimate_both(table, &weighted, copies, &copied, 1e-10);
        }
    }
    pp_table_free(table);
    pp_table_free(copies);
}

static void never_is_written_in_many_ways(void **state) {
    static const double ways[] = {NAN, INFINITY, 10000, PERIODS + 1};
    (void)state;
    pp_table *table = panel(0), *other = panel(0);
    for (size_t w = 0; w < sizeof ways / sizeof *ways; w++) {
        for (int64_t i = 0; i < UNITS * PERIODS; i++) {
            if (column(table, "g")->number[i] == 0) {
                column(other, "g")->number[i] = ways[w];
            }
        }
        estimate_both(table, &plain, other, &plain, 0);
    }
    pp_table_free(table);
    pp_table_free(other);
}

/* ---- treatment as 0 and 1 ---- */

static pp_table *panel_with_treatment(void) {
    pp_table *table = panel(0);
    pp_column *d = add(table, "d");
    for (int64_t i = 0; i < UNITS * PERIODS; i++) {
        double g = column(table, "g")->number[i];
        d->number[i] = g > 0 && column(table, "t")->number[i] >= g;
    }
    return table;
}

static const pp_did_options by_treatment = {
    .outcome = "y", .unit = "id", .time = "t", .treatment = "d", .balance = -1};

static double check(const pp_result *result, const char *name, const char *verdict) {
    const pp_table *t = pp_result_find(result, "preflight");
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        if (strcmp(pp_column_get_text(column(t, "check"), i), name) == 0) {
            assert_string_equal(pp_column_get_text(column(t, "verdict"), i), verdict);
            return column(t, "count")->number[i];
        }
    }
    fail_msg("no check '%s'", name);
    return NAN;
}

static void treatment_tells_the_cohort(void **state) {
    (void)state;
    pp_table *table = panel_with_treatment();
    estimate_both(table, &plain, table, &by_treatment, 0);
    pp_table_free(table);
}

/* Unit 0 is treated in 3 and 4 only; unit 1 (cohort 5) is first seen when it is treated. */
static void treatment_goes_off(void **state) {
    (void)state;
    pp_table *table = panel_with_treatment();
    pp_did_options options = by_treatment;
    options.panel = "unbalanced";
    column(table, "d")->number[4] = column(table, "d")->number[5] = 0;
    for (int t = 0; t < 4; t++) {
        column(table, "t")->number[PERIODS + t] = NAN;
    }
    pp_result *result = estimate(table, &options);
    const pp_table *off = pp_result_find(result, "reversals");
    assert_int_equal(pp_table_rows(off), 1);
    assert_string_equal(pp_column_get_text(column(off, "unit"), 0), "0");
    assert_true(column(off, "first")->number[0] == 3 &&
                column(off, "off")->number[0] == 5);
    assert_true(check(result, "units whose treatment goes off again", "look") == 1);
    assert_true(check(result, "left out: treated from the first period on", "look") == 1);
    assert_true(check(result, "rows without unit or period", "look") == 4);
    pp_result_free(result);
    pp_table_free(table);
}

/* ---- the pre-flight ---- */

static void preflight_names_what_is_missing(void **state) {
    (void)state;
    pp_table *table = panel(0);
    for (int64_t i = 0; i < UNITS * PERIODS; i++) {
        double *t = &column(table, "t")->number[i];
        *t += *t == PERIODS;
    }
    column(table, "y")->number[0] = NAN;
    column(table, "x")->number[7] = NAN;
    column(table, "t")->number[12] = NAN;
    for (int64_t i = 0; i < UNITS * PERIODS; i++) {
        double *g = &column(table, "g")->number[i];
        *g = *g == 5 && column(table, "id")->number[i] > 10 ? 0 : *g;
    }
    pp_did_options options = plain;
    options.covariates = "x";
    options.control = "notyet";
    pp_result *result = estimate(table, &options);
    assert_true(check(result, "units", "ok") == UNITS);
    assert_true(check(result, "periods that are missing for everybody", "look") == 1);
    assert_true(check(result, "units that are not seen in every period", "look") == 3);
    assert_true(check(result, "left out: no row in some period", "look") == 1);
    assert_true(check(result, "left out: outcome missing in some period", "look") == 1);
    assert_true(check(result, "left out: covariate or weight missing in some period",
                      "look") == 1);
    assert_true(check(result, "units used", "ok") == UNITS - 3);
    assert_true(check(result, "cohort 5", "look") == 3);
    check(result, "cohort 3: treated beyond the controls' range", "ok");
    pp_result_free(result);
    pp_table_free(table);
}

static void nobody_like_the_treated(void **state) {
    (void)state;
    pp_table *table = panel(0);
    for (int64_t i = 0; i < UNITS * PERIODS; i++) {
        column(table, "x")->number[i] += column(table, "g")->number[i] == 3 ? 20 : 0;
    }
    for (int f = 0; f < 3; f++) {
        pp_did_options options = plain;
        options.panel = forms[f];
        options.covariates = "x";
        pp_result *result = estimate(table, &options);
        assert_true(
            check(result, "cohort-periods without overlap of propensities", "look") == 5);
        pp_result_free(result);
    }
    pp_table_free(table);
}

/* Cohort 3 is not seen in period 2, which is its base. */
static void nobody_is_seen(void **state) {
    (void)state;
    pp_table *table = panel(0);
    for (int64_t i = 0; i < UNITS * PERIODS; i++) {
        if (column(table, "g")->number[i] == 3 && column(table, "t")->number[i] == 2) {
            column(table, "y")->number[i] = NAN;
        }
    }
    pp_did_options options = plain;
    options.panel = "unbalanced";
    pp_result *result = estimate(table, &options);
    assert_true(check(result, "cohort-periods in which nobody is seen", "look") == 5);
    assert_true(isfinite(number(result, "overall", "estimate", 0)));
    pp_result_free(result);
    pp_table_free(table);
}

/* In periods to 5, cohort 5 is seen once; those that begin in 6 are controls. Areas hold treated and others:
   as clusters, two hold all treated. */
static void preflight_tells_of_the_span(void **state) {
    (void)state;
    pp_table *table = panel(0);
    for (int64_t i = 0; i < UNITS * PERIODS; i++) {
        double *g = &column(table, "g")->number[i], u = column(table, "id")->number[i];
        *g = *g == 3 ? 2 : *g == 0 && u < 30 ? 6 : *g;
        column(table, "area")->number[i] = *g == 2 || *g == 5 ? *g : 100 + u;
        column(table, "t")->number[i] += column(table, "t")->number[i] == 6 ? NAN : 0;
    }
    pp_did_options options = plain;
    options.cluster = "area";
    pp_result *result = estimate(table, &options);
    assert_true(check(result, "units first treated after the last period", "look") == 10);
    assert_true(check(result, "treated units seen in one period of treatment", "look") ==
                20);
    assert_true(
        check(result, "treated units seen in one period before treatment", "look") == 20);
    assert_true(check(result, "clusters with treated units", "stop") == 2);
    pp_result_free(result);
    for (int64_t i = 0; i < UNITS * PERIODS; i++) {
        column(table, "g")->number[i] = 9;
    }
    pp_error err = {0};
    assert_int_equal(pp_did(table, &options, NULL, &result, &err), PP_E_ESTIMATION);
    assert_non_null(strstr(err.message, "by 5, where the data end, and 60 later"));
    pp_table_free(table);
}

/* ---- what is refused ---- */

static void refuse(const pp_table *table, pp_did_options options, pp_status status) {
    pp_error err = {0};
    pp_result *result = NULL;
    assert_int_equal(pp_did(table, &options, NULL, &result, &err), status);
    assert_null(result);
    assert_true(err.message[0]);
}

static void bad_input(void **state) {
    (void)state;
    pp_table *table = panel_with_treatment();
    pp_column *w = add(table, "w");
    pp_did_options options = plain;
    options.panel = "wobbly";
    refuse(table, options, PP_E_ARGUMENT);
    options = plain;
    options.weights = "w"; /* all missing */
    refuse(table, options, PP_E_INPUT);
    w->number[3] = -1;
    refuse(table, options, PP_E_INPUT);
    w->number[3] = INFINITY;
    refuse(table, options, PP_E_INPUT);
    options = plain;
    options.estimator = "bjs";
    options.panel = "crosssection";
    refuse(table, options, PP_E_ARGUMENT);
    options = by_treatment;
    options.panel = "crosssection";
    refuse(table, options, PP_E_ARGUMENT);
    options.panel = NULL;
    options.cohort = "g";
    refuse(table, options, PP_E_ARGUMENT);
    column(table, "d")->number[0] = 0.5;
    refuse(table, by_treatment, PP_E_INPUT);
    options = plain;
    options.panel = "unbalanced";
    column(table, "t")->number[1] = 1;
    refuse(table, options, PP_E_INPUT);
    for (int64_t i = 0; i < UNITS * PERIODS; i++) {
        column(table, "t")->number[i] -= 4;
    }
    column(table, "t")->number[1] = -2;
    refuse(table, plain, PP_E_INPUT); /* 0 is a period, or never */
    pp_table_free(table);
}

/* ---- the same units with other cohorts ---- */

static void other_cohorts_by_rows(void **state) {
    (void)state;
    for (int f = 0; f < 3; f++) {
        pp_error err = {0};
        pp_arena arena;
        pp__staggered s, other;
        pp__staggered_report report;
        pp__horizons a, b;
        int cohort[UNITS * PERIODS];
        pp_table *table = panel_with_holes(0, 0);
        pp_did_options options = plain;
        options.panel = forms[f];
        options.covariates = "x";
        options.weights = "w";
        options.method = "reg";
        pp_arena_init(&arena);
        assert_ok(pp__staggered_read(table, &options, NULL, &arena, &s, &report, &err));
        for (int64_t i = 0; i < s.n; i++) {
            cohort[i] = i < s.begin[1] ? 2 : i < s.begin[2] ? 0 : 1;
        }
        assert_ok(pp__staggered_assign(&s, cohort, &arena, &other, &err));
        assert_ok(pp__staggered_estimate(&other, &options, NULL, &arena, &a, &err));
        for (int64_t i = 0; i < UNITS * PERIODS; i++) {
            double *g = &column(table, "g")->number[i];
            *g = *g == 3 ? 0 : *g == 5 ? 3 : 5;
        }
        assert_ok(pp__staggered_read(table, &options, NULL, &arena, &s, &report, &err));
        assert_ok(pp__staggered_estimate(&s, &options, NULL, &arena, &b, &err));
        assert_true(fabs(a.simple - b.simple) < 1e-12);
        assert_true(fabs(a.simple_error - b.simple_error) < 1e-12);
        pp_arena_clear(&arena);
        pp_table_free(table);
    }
}

/* ---- memory ---- */

static const char *form_at_work;

static pp_status work(void *payload, pp_error *err) {
    pp_result *result = NULL;
    pp_did_options options = by_treatment;
    if (strcmp(form_at_work, "crosssection") == 0) {
        options = plain;
        options.unit = NULL;
    }
    options.panel = form_at_work;
    options.covariates = "x";
    options.weights = "w";
    options.cluster = "area";
    pp_status status = pp_did(payload, &options, NULL, &result, err);
    pp_result_free(result);
    return status;
}

static void failing_allocations(void **state) {
    (void)state;
    pp_table *table = panel_with_treatment();
    pp_column *w = add(table, "w");
    for (int64_t i = 0; i < UNITS * PERIODS; i++) {
        w->number[i] = 1 + (double)(i % 2);
    }
    column(table, "d")->number[4] = column(table, "d")->number[5] = 0;
    column(table, "y")->number[9] = NAN;
    for (int f = 0; f < 3; f++) {
        form_at_work = forms[f];
        fail_every_allocation(work, table);
    }
    pp_table_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(balanced_data_are_a_panel),
        cmocka_unit_test(order_of_rows_is_nothing),
        cmocka_unit_test(threads_are_nothing),
        cmocka_unit_test(a_constant_is_nothing),
        cmocka_unit_test(scale_of_weights_is_nothing),
        cmocka_unit_test(weights_are_copies),
        cmocka_unit_test(never_is_written_in_many_ways),
        cmocka_unit_test(treatment_tells_the_cohort),
        cmocka_unit_test(treatment_goes_off),
        cmocka_unit_test(preflight_names_what_is_missing),
        cmocka_unit_test(preflight_tells_of_the_span),
        cmocka_unit_test(nobody_like_the_treated),
        cmocka_unit_test(nobody_is_seen),
        cmocka_unit_test(bad_input),
        cmocka_unit_test(other_cohorts_by_rows),
        cmocka_unit_test(failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
