/* Uncertain dates: certain ones change nothing, uncertain ones widen, doubts take units out. */
#include "support/staggered.h"
#include "support/support.h"

#include <pushpull/uncertain.h>

#include <math.h>
#include <string.h>

/* The panel with dates low..high about its cohorts, `wide` periods on either side. */
static pp_table *date(pp_table *table, int wide) {
    pp_error err = {0};
    pp_column *low, *high;
    assert_ok(pp_table_add(table, PP_NUMBER, "low", &low, &err));
    assert_ok(pp_table_add(table, PP_NUMBER, "high", &high, &err));
    const double *cohort = pp_table_find(table, "g")->number;
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        int treated = cohort[i] > 0 && isfinite(cohort[i]);
        low->number[i] = treated ? cohort[i] - wide : NAN;
        high->number[i] = treated ? cohort[i] + wide : NAN;
    }
    return table;
}

static pp_table *with_dates(int wide, int reversed) {
    return date(panel(reversed), wide);
}

static const pp_uncertain_options dates = {"low", "high", NULL, 12};

static double overall(const pp_result *r, const char *rule, const char *column) {
    const pp_table *t = pp_result_find(r, "uncertain_overall");
    for (int64_t row = 0; row < pp_table_rows(t); row++) {
        if (strcmp(pp_column_get_text(pp_table_find(t, "aggregation"), row), "simple") ==
                0 &&
            strcmp(pp_column_get_text(pp_table_find(t, "dates"), row), rule) == 0) {
            return pp_table_find(t, column)->number[row];
        }
    }
    return NAN;
}

static pp_result *estimate_by(const pp_table *table, const pp_did_options *design,
                              const pp_uncertain_options *options, int threads) {
    pp_error err = {0};
    pp_context ctx = {.threads = threads};
    pp_result *out = NULL;
    assert_ok(pp_did_uncertain(table, design, options, &ctx, &out, &err));
    return out;
}

static pp_result *estimate(const pp_table *table, const pp_uncertain_options *options,
                           int threads) {
    return estimate_by(table, &plain, options, threads);
}

/* Columns are those of `plain`; the panel has holes. */
static const pp_did_options designs[] = {
    {.panel = "unbalanced", .weights = "w", .cluster = "area"},
    {.panel = "unbalanced", .covariates = "x", .control = "notyet"},
    {.panel = "unbalanced", .estimator = "sunab", .cluster = "area"},
    {.panel = "unbalanced", .estimator = "bjs", .weights = "w"},
    {.panel = "unbalanced", .estimator = "stacked", .least = -1, .most = 1},
    {.panel = "crosssection", .weights = "w", .cluster = "id"},
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

static void assert_certain(const pp_table *table, const pp_did_options *design) {
    pp_error err = {0};
    pp_result *uncertain = estimate_by(table, design, &dates, 1), *did = NULL;
    assert_ok(pp_did(table, design, NULL, &did, &err));
    const pp_table *t = pp_result_find(did, "overall");
    static const char *const rules[] = {"earliest", "midpoint", "latest", "drawn"};
    for (int r = 0; r < 4; r++) {
        assert_true(fabs(overall(uncertain, rules[r], "estimate") -
                         pp_table_find(t, "estimate")->number[0]) < 1e-12);
        assert_true(fabs(overall(uncertain, rules[r], "std_error") -
                         pp_table_find(t, "std_error")->number[0]) < 1e-12);
    }
    assert_true(overall(uncertain, "drawn", "missing_information") < 1e-9);
    pp_result_free(did);
    pp_result_free(uncertain);
}

static void certain_dates_change_nothing(void **state) {
    (void)state;
    pp_table *table = with_dates(0, 0), *holes = date(panel_with_holes(0, 0), 0);
    assert_certain(table, &plain);
    for (int d = 0; d < DESIGNS; d++) {
        pp_did_options design = design_at(d);
        assert_certain(holes, &design);
    }
    pp_table_free(table);
    pp_table_free(holes);
}

static void wide_dates_blur(void **state) {
    (void)state;
    pp_table *sharp = with_dates(0, 0), *blurred = with_dates(1, 0);
    pp_result *a = estimate(sharp, &dates, 1), *b = estimate(blurred, &dates, 2);
    assert_true(overall(b, "drawn", "missing_information") > 0.01);
    assert_true(fabs(overall(b, "drawn", "estimate")) <
                fabs(overall(a, "drawn", "estimate")));
    assert_true(overall(b, "drawn", "lowest") < overall(b, "drawn", "highest"));
    pp_result_free(a);
    pp_result_free(b);
    pp_table_free(sharp);
    pp_table_free(blurred);
}

/* A unit that was treated with probability 0 is a control; without dates and with probability 1
   it is left out. */
static void doubts_move_units(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *table = with_dates(0, 0);
    pp_column *p;
    pp_uncertain_options options = dates;
    options.probability = "p";
    assert_ok(pp_table_add(table, PP_NUMBER, "p", &p, &err));
    const double *low = pp_table_find(table, "low")->number;
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        p->number[i] = isnan(low[i]) ? NAN : 0.5;
    }
    pp_result *doubted = estimate(table, &options, 1), *sure = estimate(table, &dates, 1);
    assert_true(overall(doubted, "drawn", "treated") <
                0.8 * overall(sure, "drawn", "treated"));
    assert_true(overall(doubted, "drawn", "never") > overall(sure, "drawn", "never"));
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        p->number[i] = isnan(low[i]) ? 0.5 : 1;
    }
    pp_result *undetected = estimate(table, &options, 1);
    assert_true(overall(undetected, "drawn", "never") <
                0.8 * overall(sure, "drawn", "never"));
    assert_true(overall(undetected, "drawn", "treated") ==
                overall(sure, "drawn", "treated"));
    pp_result_free(doubted);
    pp_result_free(sure);
    pp_result_free(undetected);
    pp_table_free(table);
}

static void assert_drawn(const pp_result *a, const pp_result *b, double tolerance) {
    assert_true(fabs(overall(a, "drawn", "estimate") - overall(b, "drawn", "estimate")) <=
                tolerance);
    assert_true(fabs(overall(a, "drawn", "std_error") -
                     overall(b, "drawn", "std_error")) <= tolerance);
}

static void order_and_threads_are_nothing(void **state) {
    (void)state;
    pp_table *table = date(panel_with_holes(0, 0), 1),
             *turned = date(panel_with_holes(1, 0), 1);
    for (int d = 0; d < DESIGNS; d++) {
        pp_did_options design = design_at(d);
        pp_result *a = estimate_by(table, &design, &dates, 1),
                  *b = estimate_by(table, &design, &dates, 4),
                  *c = estimate_by(turned, &design, &dates, 2);
        assert_drawn(a, b, 0);
        assert_drawn(a, c, 1e-9);
        pp_result_free(a);
        pp_result_free(b);
        pp_result_free(c);
    }
    pp_table_free(table);
    pp_table_free(turned);
}

static void refuses_design(pp_table *table, pp_did_options design,
                           pp_uncertain_options options, pp_status expected,
                           const char *words) {
    pp_error err = {0};
    pp_result *out = NULL;
    assert_int_equal(pp_did_uncertain(table, &design, &options, NULL, &out, &err),
                     expected);
    assert_null(out);
    assert_non_null(strstr(err.message, words));
}

static void refuses(pp_table *table, pp_uncertain_options options, pp_status expected,
                    const char *words) {
    refuses_design(table, plain, options, expected, words);
}

static void bad_designs_are_told(void **state) {
    (void)state;
    pp_table *table = date(panel_with_holes(0, 0), 1);
    pp_did_options design = plain;
    design.panel = "unbalanced";
    design.weights = "nothing";
    refuses_design(table, design, dates, PP_E_NOT_FOUND, "nothing");
    design.weights = NULL;
    design.cluster = "w";
    refuses_design(table, design, dates, PP_E_INPUT, "changes within this unit");
    design.cluster = NULL;
    design.treatment = "w";
    refuses_design(table, design, dates, PP_E_ARGUMENT, "intervals");
    design = plain;
    design.estimator = "stacked";
    design.weights = "w";
    refuses_design(table, design, dates, PP_E_ARGUMENT, "no option weights");
    pp_table_free(table);
}

static void bad_input_is_told(void **state) {
    (void)state;
    pp_table *table = with_dates(1, 0);
    pp_uncertain_options options = dates;
    options.draws = 1;
    refuses(table, options, PP_E_ARGUMENT, "out of range");
    options = dates;
    options.low = "nothing";
    refuses(table, options, PP_E_NOT_FOUND, "nothing");
    options = dates;
    options.probability = "t";
    refuses(table, options, PP_E_INPUT, "changes within");
    options = dates;
    options.low = "high";
    options.high = "low";
    refuses(table, options, PP_E_INPUT, "after its last");
    pp_table_free(table);
}

static pp_status work(void *payload, pp_error *err) {
    pp_uncertain_options few = {"low", "high", NULL, 2};
    pp_result *out = NULL;
    pp_status status = pp_did_uncertain(payload, &plain, &few, NULL, &out, err);
    pp_result_free(status == PP_OK ? out : NULL);
    return status;
}

static void failing_memory(void **state) {
    (void)state;
    pp_table *table = with_dates(1, 0);
    fail_every_allocation(work, table);
    pp_table_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certain_dates_change_nothing),
        cmocka_unit_test(wide_dates_blur),
        cmocka_unit_test(doubts_move_units),
        cmocka_unit_test(order_and_threads_are_nothing),
        cmocka_unit_test(bad_designs_are_told),
        cmocka_unit_test(bad_input_is_told),
        cmocka_unit_test(failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
