/* Counterfactuals by factor models: exact recovery, what must not matter, bad input, threads, failing
   allocations. */
#include "support/support.h"

#include <pushpull/counterfactual.h>
#include <pushpull/random.h>

#include <math.h>
#include <string.h>

enum { UNITS = 24, PERIODS = 20, TREATED = 5, FIRST = 13 };

static const pp_counterfactual_options plain = {.outcome = "y",
                                                .unit = "id",
                                                .time = "t",
                                                .cohort = "g",
                                                .rank = 2,
                                                .draws = 20,
                                                .placebo = -1,
                                                .seed = 3};

static double first_of(int u) {
    return u < TREATED ? FIRST + u % 2 * 3 : 0;
}

/* Two factors, effects of units and periods, an effect of 5; `noise` on top. Columns: id, t, y, g, d, x. */
typedef struct shape {
    double noise, factor, unit,
        time; /* y times factor; constants of even units, of periods */
    int reversed, gaps, ends;
} shape;

static pp_table *panel(shape s) {
    static const char *const names[] = {"id", "t", "y", "g", "d", "x"};
    pp_error err = {0};
    pp_table *table;
    pp_column *c[6];
    int64_t n = 0, rows = UNITS * PERIODS;
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, rows, &err));
    for (int j = 0; j < 6; j++) {
        assert_ok(pp_table_add(table, PP_NUMBER, names[j], &c[j], &err));
    }
    for (int i = 0; i < UNITS * PERIODS; i++) {
        int at = s.reversed ? UNITS * PERIODS - 1 - i : i, u = at / PERIODS,
            t = at % PERIODS + 1;
        pp_rng unit, time, cell;
        pp_rng_init(&unit, 5, 1, (uint64_t)u);
        pp_rng_init(&time, 5, 2, (uint64_t)t);
        pp_rng_init(&cell, 5, 3, (uint64_t)at);
        double g = first_of(u), x = pp_rng_normal(&cell), y = pp_rng_normal(&unit);
        y += pp_rng_normal(&time) + (u % 2 ? 0 : s.unit) + s.time * t;
        y += pp_rng_normal(&unit) * pp_rng_normal(&time);
        y += pp_rng_normal(&unit) * pp_rng_normal(&time);
        y += (g > 0 && t >= g ? 5 : 0) + s.noise * pp_rng_normal(&cell);
        int hidden = s.gaps && pp_rng_uniform(&cell) < 0.08;
        const double row[] = {u,
                              t,
                              hidden ? NAN : s.factor * y,
                              g,
                              g > 0 && t >= g && !(s.ends && u == 0 && t == PERIODS),
                              x};
        for (int j = 0; j < 6; j++) {
            pp_table_column(table, j)->number[n] = row[j];
        }
        n++;
    }
    return table;
}

static pp_result *run(const pp_table *table, pp_counterfactual_options options,
                      int threads) {
    pp_error err = {0};
    pp_result *result = NULL;
    pp_context ctx = {.threads = threads};
    assert_ok(pp_counterfactual(table, &options, &ctx, &result, &err));
    return result;
}

static double at(const pp_result *result, const char *table, const char *column,
                 int64_t row) {
    return pp_table_find(pp_result_find(result, table), column)->number[row];
}

static double overall(const pp_table *table, pp_counterfactual_options options,
                      const char *column) {
    pp_result *result = run(table, options, 1);
    double value = at(result, "factor_overall", column, 0);
    pp_result_free(result);
    return value;
}

/* ---- known truth ---- */

static void recovers_exactly(void **state) {
    (void)state;
    pp_table *whole = panel((shape){.factor = 1}),
             *gaps = panel((shape){.factor = 1, .gaps = 1});
    pp_counterfactual_options options = plain;
    assert_true(fabs(overall(whole, options, "estimate") - 5) < 1e-9);
    options.method = "ife";
    assert_true(fabs(overall(whole, options, "estimate") - 5) < 1e-7);
    assert_true(fabs(overall(gaps, options, "estimate") - 5) < 1e-7);
    options.method = NULL;
    options.errors = "bootstrap";
    assert_true(fabs(overall(gaps, options, "estimate") - 5) < 1e-7);
    pp_table_free(whole);
    pp_table_free(gaps);
}

static void chooses_the_rank(void **state) {
    (void)state;
    pp_table *table = panel((shape){.factor = 1, .noise = 0.3});
    pp_counterfactual_options options = plain;
    options.rank = -1;
    assert_int_equal((int)overall(table, options, "rank"), 2);
    options.method = "ife";
    assert_int_equal((int)overall(table, options, "rank"), 2);
    pp_table_free(table);
}

/* Without a matrix of low rank, matrix completion is two-way fixed effects: so is a rank of zero. */
static void large_lambda_is_no_factor(void **state) {
    (void)state;
    pp_table *table = panel((shape){.factor = 1, .noise = 0.3});
    pp_counterfactual_options options = plain;
    options.method = "ife";
    options.rank = 0;
    double additive = overall(table, options, "estimate");
    options.method = "mc";
    options.rank = -1;
    options.lambda = 1e6;
    assert_true(fabs(overall(table, options, "estimate") - additive) < 1e-9);
    pp_table_free(table);
}

/* ---- what must not matter ---- */

static void order_level_and_scale(void **state) {
    static const char *const methods[] = {"gsynth", "ife", "mc"};
    (void)state;
    pp_table *a = panel((shape){.factor = 1, .noise = 0.5}),
             *b = panel((shape){.factor = 1, .noise = 0.5, .reversed = 1}),
             *c = panel((shape){.factor = 10, .noise = 0.5, .unit = 7, .time = 3});
    for (int m = 0; m < 3; m++) {
        pp_counterfactual_options options = plain;
        options.method = methods[m];
        options.rank = m == 2 ? -1 : 2;
        options.lambda = m == 2 ? 0.02 : 0;
        pp_result *one = run(a, options, 1), *other = run(b, options, 1);
        assert_true(at(one, "factor_overall", "estimate", 0) ==
                    at(other, "factor_overall", "estimate", 0));
        assert_true(at(one, "factor_overall", "std_error", 0) ==
                    at(other, "factor_overall", "std_error", 0));
        options.lambda *= 10;
        double scaled = overall(c, options, "estimate") / 10;
        assert_true(fabs(scaled - at(one, "factor_overall", "estimate", 0)) < 1e-8);
        pp_result_free(one);
        pp_result_free(other);
    }
    pp_table_free(a);
    pp_table_free(b);
    pp_table_free(c);
}

static void threads_are_nothing(void **state) {
    static const char *const methods[] = {"gsynth", "ife", "mc"};
    (void)state;
    pp_table *table = panel((shape){.factor = 1, .noise = 0.5});
    for (int m = 0; m < 3; m++) {
        pp_counterfactual_options options = plain;
        options.method = methods[m];
        options.rank = -1;
        options.placebo = 2;
        options.covariates = "x";
        pp_result *one = run(table, options, 1), *four = run(table, options, 4);
        const pp_table *d = pp_result_find(one, "factor_dynamic");
        for (int64_t i = 0; i < pp_table_rows(d); i++) {
            assert_true(at(one, "factor_dynamic", "std_error", i) ==
                        at(four, "factor_dynamic", "std_error", i));
        }
        for (int64_t i = 0; i < pp_table_rows(pp_result_find(one, "factor_cv")); i++) {
            assert_true(at(one, "factor_cv", "mspe", i) ==
                        at(four, "factor_cv", "mspe", i));
        }
        assert_true(at(one, "factor_tests", "p_value", 0) ==
                    at(four, "factor_tests", "p_value", 0));
        pp_result_free(one);
        pp_result_free(four);
    }
    pp_table_free(table);
}

/* A column of first periods, one of 0 and 1, and names say the same. */
static void dates_in_three_ways(void **state) {
    (void)state;
    pp_table *table = panel((shape){.factor = 1, .noise = 0.5});
    pp_counterfactual_options options = plain;
    double expected = overall(table, options, "estimate");
    options.cohort = NULL;
    options.treatment = "d";
    assert_true(overall(table, options, "estimate") == expected);
    options.treatment = NULL;
    options.treated = "0, 2";
    options.first = FIRST;
    pp_result *result = run(table, options, 1);
    assert_int_equal((int)at(result, "factor_overall", "treated", 0), 2);
    pp_result_free(result);
    pp_table_free(table);
}

/* ---- errors and tests ---- */

static void errors_by_all_ways(void **state) {
    static const char *const kinds[] = {"parametric", "bootstrap", "jackknife"};
    (void)state;
    pp_table *table = panel((shape){.factor = 1, .noise = 0.5});
    for (int k = 0; k < 3; k++) {
        pp_counterfactual_options options = plain;
        options.errors = kinds[k];
        options.draws = 100;
        options.placebo = 2;
        pp_result *result = run(table, options, 2);
        double error = at(result, "factor_overall", "std_error", 0);
        assert_true(error > 0.05 && error < 0.6);
        assert_int_equal((int)pp_table_rows(pp_result_find(result, "factor_tests")), 4);
        assert_true(at(result, "factor_tests", "p_value", 0) > 0.001);
        assert_true(isnan(at(result, "factor_dynamic", "band_low", 0)) == (k == 2));
        pp_result_free(result);
    }
    pp_table_free(table);
}

static int has_warning(const pp_result *result, const char *code) {
    for (int i = 0; i < pp_result_warnings(result); i++) {
        if (strcmp(pp_result_warning(result, i)->code, code) == 0) {
            return 1;
        }
    }
    return 0;
}

/* Of one treated unit, drawing units gives no errors. */
static void few_treated_have_no_drawn_errors(void **state) {
    static const char *const kinds[] = {"bootstrap", "jackknife"};
    (void)state;
    pp_table *table = panel((shape){.factor = 1, .noise = 0.5});
    for (int k = 0; k < 2; k++) {
        pp_counterfactual_options options = plain;
        options.cohort = NULL;
        options.treated = "0";
        options.first = FIRST;
        options.errors = kinds[k];
        options.placebo = 2;
        pp_result *result = run(table, options, 1);
        assert_true(!isnan(at(result, "factor_overall", "estimate", 0)));
        assert_true(isnan(at(result, "factor_overall", "std_error", 0)));
        assert_true(isnan(at(result, "factor_overall", "p_value", 0)));
        assert_true(isnan(at(result, "factor_tests", "p_value", 0)));
        assert_true(has_warning(result, "few_treated"));
        pp_result_free(result);
    }
    pp_table_free(table);
}

/* Parametric errors leave out controls with gaps, by name. */
static void complete_controls_alone(void **state) {
    (void)state;
    pp_table *table = panel((shape){.factor = 1, .noise = 0.5}),
             *holes = panel((shape){.factor = 1, .noise = 0.5, .gaps = 1});
    pp_counterfactual_options options = plain;
    options.errors = "parametric";
    pp_table_find(table, "y")->number[7 * PERIODS + 3] = NAN;
    pp_result *result = run(table, options, 1);
    const pp_table *t = pp_result_find(result, "factor_preflight");
    assert_int_equal((int)at(result, "factor_overall", "control", 0),
                     UNITS - TREATED - 1);
    assert_string_equal(pp_column_get_text(pp_table_find(t, "unit"), TREATED), "7");
    assert_int_equal((int)at(result, "factor_preflight", "used", TREATED), 0);
    assert_true(!isnan(at(result, "factor_overall", "std_error", 0)));
    pp_result_free(result);
    pp_error err = {0};
    assert_int_equal(pp_counterfactual(holes, &options, NULL, &result, &err),
                     PP_E_ARGUMENT);
    pp_table_free(table);
    pp_table_free(holes);
}

static void warns_of_the_model(void **state) {
    (void)state;
    pp_table *table = panel((shape){.factor = 1, .noise = 0.5});
    pp_counterfactual_options options = plain;
    options.donors = "10, 11, 12, 13, 14, 15";
    options.rank = 0;
    options.bound = 1e-3;
    pp_result *result = run(table, options, 1);
    assert_int_equal((int)at(result, "factor_overall", "control", 0), 6);
    assert_true(has_warning(result, "no_factors") && has_warning(result, "poor_fit"));
    pp_result_free(result);
    options = plain;
    options.method = "mc";
    options.rank = -1;
    options.lambda = 0.02;
    result = run(table, options, 1);
    assert_true(has_warning(result, "no_interval"));
    assert_true(isnan(at(result, "factor_overall", "conf_low", 0)));
    assert_true(at(result, "factor_overall", "p_value", 0) > 0);
    pp_result_free(result);
    options.errors = "bootstrap";
    result = run(table, options, 1);
    assert_true(has_warning(result, "undercovers"));
    assert_true(!isnan(at(result, "factor_overall", "conf_low", 0)));
    pp_result_free(result);
    pp_table_free(table);
}

/* ---- bad input ---- */

static void assert_refused(const pp_table *table, pp_counterfactual_options options,
                           pp_status status, const char *words) {
    pp_error err = {0};
    pp_result *result = NULL;
    char text[2000];
    assert_int_equal(pp_counterfactual(table, &options, NULL, &result, &err), status);
    pp_error_format(&err, text, sizeof text);
    if (!strstr(text, words)) {
        fail_msg("'%s' is not in: %s", words, text);
    }
}

static void refuses(void **state) {
    (void)state;
    pp_table *table = panel((shape){.factor = 1, .noise = 0.5}),
             *ends = panel((shape){.factor = 1, .ends = 1});
    pp_counterfactual_options o = plain;
    o.method = "magic";
    assert_refused(table, o, PP_E_ARGUMENT, "gsynth, ife, mc");
    o = plain;
    o.treatment = "d";
    assert_refused(table, o, PP_E_ARGUMENT, "more than one option");
    o.cohort = NULL;
    assert_refused(ends, o, PP_E_INPUT, "ends");
    o.treatment = NULL;
    assert_refused(table, o, PP_E_ARGUMENT, "nothing says");
    o.treated = "nobody";
    o.first = FIRST;
    assert_refused(table, o, PP_E_NOT_FOUND, "nobody");
    o.treated = "1";
    o.first = NAN;
    assert_refused(table, o, PP_E_ARGUMENT, "first period");
    o.first = 3;
    assert_refused(table, o, PP_E_ESTIMATION, "needs 5 periods");
    o = plain;
    o.rank = 12;
    assert_refused(table, o, PP_E_ESTIMATION, "at most 10");
    o = plain;
    o.method = "mc";
    assert_refused(table, o, PP_E_ARGUMENT, "no rank");
    o.rank = -1;
    o.errors = "parametric";
    assert_refused(table, o, PP_E_ARGUMENT, "gsynth");
    o = plain;
    o.donors = "10, 77";
    assert_refused(table, o, PP_E_NOT_FOUND, "no unit is named '77'");
    o.donors = "10, 2";
    assert_refused(table, o, PP_E_NOT_FOUND, "cannot be a donor");
    o = plain;
    o.outcome = "z";
    assert_refused(table, o, PP_E_NOT_FOUND, "z");
    pp_table_free(table);
    pp_table_free(ends);
}

/* A treated unit with too few periods before is named and left out; so is a period in which all are treated. */
static void names_what_is_left_out(void **state) {
    (void)state;
    pp_table *table = panel((shape){.factor = 1, .noise = 0.5});
    for (int i = 0; i < PERIODS; i++) {
        pp_table_find(table, "g")->number[i] = 4;
    }
    pp_result *result = run(table, plain, 1);
    const pp_table *t = pp_result_find(result, "factor_preflight");
    assert_int_equal((int)pp_table_rows(t), TREATED);
    assert_int_equal((int)at(result, "factor_preflight", "used", 0), 0);
    assert_int_equal((int)at(result, "factor_preflight", "before", 0), 3);
    assert_non_null(
        strstr(pp_column_get_text(pp_table_find(t, "reason"), 0), "5 are needed"));
    assert_int_equal((int)at(result, "factor_overall", "treated", 0), TREATED - 1);
    assert_string_equal(pp_result_warning(result, 0)->code, "left_out");
    pp_result_free(result);
    pp_table_free(table);
}

/* ---- memory ---- */

static pp_status fail_estimate(void *payload, pp_error *err) {
    static const char *const methods[] = {"gsynth", "ife", "mc"};
    pp_result *result = NULL;
    pp_status status = PP_OK;
    for (int m = 0; m < 3 && status == PP_OK; m++) {
        pp_counterfactual_options options = plain;
        options.method = methods[m];
        options.rank = m == 1 ? 1 : -1;
        options.most_rank = 1;
        options.lambda = m == 2 ? 1 : 0;
        options.draws = 2;
        options.folds = 2;
        options.placebo = m == 0 ? 1 : -1;
        options.covariates = m == 0 ? "x" : NULL;
        options.cohort = m == 1 ? NULL : "g";
        options.treatment = m == 1 ? "d" : NULL;
        status = pp_counterfactual(payload, &options, NULL, &result, err);
        if (status == PP_OK) {
            pp_result_free(result);
        }
    }
    return status;
}

static void survives_failing_allocations(void **state) {
    (void)state;
    pp_table *table = panel((shape){.factor = 1, .noise = 0.5});
    assert_true(fail_every_allocation(fail_estimate, table) > 20);
    pp_table_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recovers_exactly),
        cmocka_unit_test(chooses_the_rank),
        cmocka_unit_test(large_lambda_is_no_factor),
        cmocka_unit_test(order_level_and_scale),
        cmocka_unit_test(threads_are_nothing),
        cmocka_unit_test(dates_in_three_ways),
        cmocka_unit_test(errors_by_all_ways),
        cmocka_unit_test(few_treated_have_no_drawn_errors),
        cmocka_unit_test(complete_controls_alone),
        cmocka_unit_test(warns_of_the_model),
        cmocka_unit_test(refuses),
        cmocka_unit_test(names_what_is_left_out),
        cmocka_unit_test(survives_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
