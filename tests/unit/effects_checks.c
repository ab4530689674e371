/* What would undo an estimate: each check against pp_did on the data that it stands for; order of rows,
   threads, bad input, failing allocations. */
#include "support/staggered.h"

#include <pushpull/checks.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static const pp_checks_options few = {.draws = 39, .seed = 3};

static pp_result *check(const pp_table *table, pp_did_options design,
                        pp_checks_options options, int threads) {
    pp_error err = {0};
    pp_result *result = NULL;
    pp_context ctx = {.threads = threads};
    assert_ok(pp_checks(table, &design, &options, &ctx, &result, &err));
    return result;
}

static pp_result *estimate(const pp_table *table, pp_did_options design) {
    pp_error err = {0};
    pp_result *result = NULL;
    assert_ok(pp_did(table, &design, NULL, &result, &err));
    return result;
}

static double cell(const pp_result *result, const char *table, const char *column,
                   int64_t row) {
    return pp_table_find(pp_result_find(result, table), column)->number[row];
}

static const char *text(const pp_result *result, const char *table, const char *column,
                        int64_t row) {
    return pp_column_get_text(pp_table_find(pp_result_find(result, table), column), row);
}

static int64_t rows(const pp_result *result, const char *table) {
    return pp_table_rows(pp_result_find(result, table));
}

/* The rows for which `column` is not `value`. */
static pp_table *without(const pp_table *table, const char *column, double value) {
    pp_error err = {0};
    pp_table *rest;
    int64_t kept[UNITS * PERIODS], n = 0;
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        if (pp_table_find(table, column)->number[i] != value) {
            kept[n++] = i;
        }
    }
    assert_ok(pp_table_take_rows(table, kept, n, &rest, &err));
    return rest;
}

/* Columns are those of `plain`. */
static const pp_did_options designs[] = {
    {.estimator = "cs"},
    {.covariates = "x + factor(area)", .method = "reg", .control = "notyet"},
    {.weights = "w", .cluster = "area"},
    {.estimator = "sunab", .cluster = "area"},
    {.estimator = "bjs"},
    {.estimator = "stacked", .covariates = "z", .least = -2, .most = 1},
    {.panel = "unbalanced", .weights = "w", .control = "notyet"},
    {.panel = "unbalanced", .covariates = "x", .weights = "w"},
    {.estimator = "sunab", .covariates = "z", .cluster = "area"},
    {.panel = "unbalanced", .estimator = "sunab", .weights = "w"},
    {.panel = "unbalanced", .estimator = "bjs", .weights = "w", .cluster = "area"},
    {.panel = "unbalanced",
     .estimator = "stacked",
     .least = -2,
     .most = 1,
     .control = "notyet"},
};
enum { DESIGNS = sizeof designs / sizeof *designs };

static pp_did_options design_at(int d) {
    pp_did_options design = designs[d];
    design.outcome = plain.outcome;
    design.unit = plain.unit;
    design.time = plain.time;
    design.cohort = plain.cohort;
    design.balance = plain.balance;
    return design;
}

/* With holes, if the design allows them; the column w is of units, if it does not; z varies within units. */
static pp_table *panel_for(int d, int order) {
    pp_error err = {0};
    int holes = designs[d].panel != NULL;
    pp_table *table = holes ? panel_with_holes(order, 0) : panel(order);
    pp_column *w = pp_table_find(table, "w"), *z;
    assert_ok(w ? PP_OK : pp_table_add(table, PP_NUMBER, "w", &w, &err));
    assert_ok(pp_table_add(table, PP_NUMBER, "z", &z, &err));
    for (int64_t i = 0; i < UNITS * PERIODS; i++) {
        double unit = pp_table_find(table, "id")->number[i],
               time = pp_table_find(table, "t")->number[i];
        w->number[i] = holes ? w->number[i] : 1 + fmod(unit, 2);
        z->number[i] = sin(7 * unit + 3 * time);
    }
    return table;
}

static int same(double a, double b, double tolerance) {
    return (isnan(a) && isnan(b)) || fabs(a - b) <= tolerance * (1 + fabs(b));
}

static void assert_left_out(const pp_table *table, pp_did_options design,
                            const pp_result *result, int64_t row) {
    const char *kind = text(result, "leave_out_effect", "kind", row);
    double value = -1;
    sscanf(text(result, "leave_out_effect", "left_out", row), "%lf", &value);
    pp_table *rest = without(table, strcmp(kind, "cohort") == 0 ? "g" : "id", value);
    pp_result *again = estimate(rest, design);
    assert_true(isfinite(cell(again, "overall", "std_error", 0)));
    assert_true(same(cell(result, "leave_out_effect", "estimate", row),
                     cell(again, "overall", "estimate", 0), 1e-12));
    assert_true(same(cell(result, "leave_out_effect", "std_error", row),
                     cell(again, "overall", "std_error", 0), 1e-10));
    pp_result_free(again);
    pp_table_free(rest);
}

/* Leaving out is pp_did on the data without. */
static void leaving_out(void **state) {
    (void)state;
    pp_checks_options options = few;
    options.units = UNITS;
    options.draws = -1;
    for (int d = 0; d < DESIGNS; d++) {
        pp_table *table = panel_for(d, 0);
        pp_result *result = check(table, design_at(d), options, 2);
        assert_int_equal(rows(result, "leave_out_effect"), 1 + 2 + UNITS);
        for (int64_t i = 0; i < 1 + 2 + UNITS; i++) {
            assert_left_out(table, design_at(d), result, i);
        }
        pp_result_free(result);
        pp_table_free(table);
    }
}

/* Dates two periods earlier, in cohort 5: the universal base, with the effect anticipated. Cohort 3 has
   no period before. */
static void placebo_dates(void **state) {
    (void)state;
    pp_table *table = panel(0), *later = without(table, "g", 3);
    pp_checks_options options = few;
    pp_did_options design = plain;
    options.earlier = 2;
    pp_result *result = check(table, design, options, 1);
    design.anticipation = 2;
    design.base = "universal";
    pp_result *same = estimate(later, design);
    assert_int_equal(rows(result, "placebo_dates"), 3);
    int found = 0;
    for (int64_t i = 0; i < rows(same, "dynamic"); i++) {
        double h = cell(same, "dynamic", "horizon", i);
        if (h == -2 || h == -1) {
            int64_t at = h == -2 ? 0 : 1;
            assert_true(cell(result, "placebo_dates", "horizon", at) == h + 2);
            assert_true(fabs(cell(same, "dynamic", "estimate", i) -
                             cell(result, "placebo_dates", "estimate", at)) < 1e-12);
            assert_true(fabs(cell(same, "dynamic", "std_error", i) -
                             cell(result, "placebo_dates", "std_error", at)) < 1e-12);
            found++;
        }
    }
    assert_int_equal(found, 2);
    assert_true(fabs(cell(result, "placebo_dates", "estimate", 2) -
                     (cell(result, "placebo_dates", "estimate", 0) +
                      cell(result, "placebo_dates", "estimate", 1)) /
                         2) < 1e-12);
    pp_result_free(result);
    pp_result_free(same);
    pp_table_free(table);
    pp_table_free(later);
}

/* What happens from the true dates on does not touch them. */
static void placebo_dates_see_no_effect(void **state) {
    (void)state;
    for (int d = 0; d < DESIGNS; d++) {
        pp_table *table = panel_for(d, 0), *other = panel_for(d, 0);
        pp_checks_options options = few;
        options.draws = options.units = -1;
        options.earlier = 2;
        for (int64_t i = 0; i < pp_table_rows(other); i++) {
            double g = pp_table_find(other, "g")->number[i];
            if (g > 0 && pp_table_find(other, "t")->number[i] >= g) {
                pp_table_find(other, "y")->number[i] *= 1e3 * (double)i;
            }
        }
        pp_result *a = check(table, design_at(d), options, 1),
                  *b = check(other, design_at(d), options, 1);
        assert_int_equal(rows(a, "placebo_dates"), 3);
        for (int64_t i = 0; i < rows(a, "placebo_dates"); i++) {
            assert_true(cell(a, "placebo_dates", "estimate", i) ==
                        cell(b, "placebo_dates", "estimate", i));
        }
        pp_result_free(a);
        pp_result_free(b);
        pp_table_free(table);
        pp_table_free(other);
    }
}

static void placebo_outcomes(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *table = panel(0);
    pp_column *z;
    pp_rng rng;
    static const char *const names[] = {"z", "x", NULL};
    assert_ok(pp_table_add(table, PP_NUMBER, "z", &z, &err));
    pp_rng_init(&rng, 4, 0, 0);
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        z->number[i] = pp_rng_normal(&rng);
    }
    pp_checks_options options = few;
    options.placebo_outcomes = names;
    pp_did_options design = plain;
    pp_result *result = check(table, design, options, 1);
    design.outcome = "z";
    pp_result *same = estimate(table, design);
    assert_true(cell(result, "placebo_outcomes", "estimate", 0) ==
                cell(same, "overall", "estimate", 0));
    assert_true(cell(result, "placebo_outcomes", "p_holm", 0) ==
                cell(same, "overall", "p_value", 0));
    assert_true(isnan(cell(result, "placebo_outcomes", "estimate", 1)));
    assert_string_equal(pp_result_warning(result, 0)->code, "placebo_failed");
    pp_result_free(result);
    pp_result_free(same);
    pp_table_free(table);
}

/* An effect of two standard deviations is beyond all draws; the p value counts the dates as they are. */
static void randomisation(void **state) {
    (void)state;
    pp_table *table = panel(0);
    pp_result *result = check(table, plain, few, 1);
    double n = 0, t = fabs(cell(result, "randomisation_draws", "statistic", 0));
    assert_int_equal(rows(result, "randomisation_draws"), 40);
    for (int64_t i = 0; i < 40; i++) {
        n += fabs(cell(result, "randomisation_draws", "statistic", i)) >= t;
    }
    assert_true(cell(result, "randomisation", "p_randomisation", 0) == n / 40);
    assert_true(n == 1);
    pp_result_free(result);
    pp_table_free(table);
}

static void assert_same_result(const pp_result *a, const pp_result *b, double tolerance) {
    for (int t = 0; t < pp_result_tables(a); t++) {
        const pp_table *x = pp_result_table(a, t), *y = pp_result_table(b, t);
        assert_int_equal(pp_table_rows(x), pp_table_rows(y));
        for (int c = 0; c < pp_table_columns(x); c++) {
            const pp_column *p = pp_table_column(x, c), *q = pp_table_column(y, c);
            for (int64_t i = 0; p->type == PP_NUMBER && i < pp_table_rows(x); i++) {
                assert_true(same(p->number[i], q->number[i], tolerance));
            }
        }
    }
}

static void order_and_threads_are_nothing(void **state) {
    (void)state;
    for (int d = 0; d < DESIGNS; d++) {
        pp_table *table = panel_for(d, 0), *turned = panel_for(d, 1);
        pp_result *a = check(table, design_at(d), few, 1),
                  *b = check(table, design_at(d), few, 4),
                  *c = check(turned, design_at(d), few, 4);
        assert_same_result(a, b, 0);
        assert_same_result(a, c, designs[d].covariates ? 1e-9 : 0);
        pp_result_free(a);
        pp_result_free(b);
        pp_result_free(c);
        pp_table_free(table);
        pp_table_free(turned);
    }
}

static void says_it_in_words(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *table = panel(0);
    pp_result *result = check(table, plain, few, 1);
    pp_buf words;
    pp_buf_init(&words);
    pp_checks_sentence(result, &words);
    assert_ok(pp_buf_check(&words, &err));
    assert_non_null(
        strstr(words.data, "Of 39 assignments of the dates at random, 0 gave"));
    assert_non_null(strstr(words.data, "Without the cohort"));
    assert_null(strstr(words.data, "no effect"));
    pp_buf_clear(&words);
    pp_result_free(result);
    pp_table_free(table);
}

static void refuse(const pp_table *table, pp_did_options design,
                   pp_checks_options options, pp_status status) {
    pp_error err = {0};
    pp_result *result = NULL;
    assert_int_equal(pp_checks(table, &design, &options, NULL, &result, &err), status);
    assert_null(result);
    assert_true(err.message[0]);
}

static void bad_input(void **state) {
    static const char *const nothing[] = {"nothing", NULL};
    (void)state;
    pp_table *table = panel(0);
    pp_checks_options options = few;
    options.draws = 1 << 30;
    refuse(table, plain, options, PP_E_ARGUMENT);
    options = few;
    options.strata = "y";
    refuse(table, plain, options, PP_E_INPUT);
    options = few;
    options.size = "nothing";
    refuse(table, plain, options, PP_E_NOT_FOUND);
    options = few;
    options.placebo_outcomes = nothing;
    refuse(table, plain, options, PP_E_NOT_FOUND);
    pp_did_options design = plain;
    design.base = "magic";
    refuse(table, design, few, PP_E_ARGUMENT);
    design = plain;
    design.panel = "crosssection";
    refuse(table, design, few, PP_E_ARGUMENT);
    options = few;
    options.earlier = 4;
    pp_result *result = check(table, plain, options, 1);
    assert_string_equal(pp_result_warning(result, 0)->code, "no_placebo_dates");
    pp_result_free(result);
    pp_table_free(table);
}

static pp_status work(void *payload, pp_error *err) {
    static const char *const names[] = {"y", NULL};
    pp_result *result = NULL;
    pp_checks_options options = {
        .draws = 5, .strata = "area", .placebo_outcomes = names, .units = 2, .size = "x"};
    pp_did_options design = plain;
    design.cluster = "area";
    design.panel = "unbalanced";
    design.weights = "w";
    pp_status status = pp_checks(payload, &design, &options, NULL, &result, err);
    pp_result_free(result);
    return status;
}

static void failing_allocations(void **state) {
    (void)state;
    pp_table *table = panel_with_holes(0, 0);
    fail_every_allocation(work, table);
    pp_table_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaving_out),
        cmocka_unit_test(placebo_dates),
        cmocka_unit_test(placebo_dates_see_no_effect),
        cmocka_unit_test(placebo_outcomes),
        cmocka_unit_test(randomisation),
        cmocka_unit_test(order_and_threads_are_nothing),
        cmocka_unit_test(says_it_in_words),
        cmocka_unit_test(bad_input),
        cmocka_unit_test(failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
