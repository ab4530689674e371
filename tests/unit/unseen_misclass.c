/* Outcomes that are recorded with errors: what must hold for any data. */
#include "support/frames.h"
#include "support/record.h"
#include "support/support.h"

#include <pushpull/misclass.h>

#include <math.h>
#include <string.h>

static const record_making MAKING = {
    .units = 900,
    .base = -0.4,
    .push = 1.4,
    .pull = -0.7,
    .democracy = -1,
    .source = {[RECORD_PRESS] = {.open = 0.9, .closed = 0.5, .false_positive = 0.04}}};
static const char FORMULA[] = "observed ~ push + pull + democracy";
static const pp_misclass_options FREE = {.false_negative = {.free = 1}, .no_profile = 1};

static pp_result *misclass(const char *formula, const pp_table *table,
                           const pp_model_options *model,
                           const pp_misclass_options *options) {
    pp_error err = {0};
    pp_result *r = NULL;
    assert_ok(pp_misclass(formula, table, model, options, NULL, &r, &err));
    return r;
}

static double coefficient(const pp_result *r, const char *term, const char *column) {
    return number_at(r, "coefficients", "term", term, column);
}

static double model_of(const pp_result *r, const char *column) {
    return pp_table_find(pp_result_find(r, "model"), column)->number[0];
}

static const char *kind_of(const pp_result *r, const char *part) {
    const pp_table *t = pp_result_find(r, "coefficients");
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        if (strcmp(pp_column_get_text(pp_table_find(t, "part"), i), part) == 0) {
            return pp_column_get_text(pp_table_find(t, "kind"), i);
        }
    }
    return "none";
}

static int warns(const pp_result *r, const char *code) {
    for (int i = 0; i < pp_result_warnings(r); i++) {
        if (strcmp(pp_result_warning(r, i)->code, code) == 0) {
            return 1;
        }
    }
    return 0;
}

static void near(double actual, double expected, double tolerance) {
    if (!(fabs(actual - expected) <= tolerance * (1 + fabs(expected)))) {
        fail_msg("%.12g, expected %.12g", actual, expected);
    }
}

/* Without errors it is the logit. */
static void no_errors(void **state) {
    static const pp_misclass_options NONE = {.no_profile = 1};
    (void)state;
    pp_table *t = record_units(&MAKING, 2, 0);
    pp_result *plain = fit_result(FORMULA, t, &(pp_model_options){.model = "logit"});
    pp_result *r = misclass(FORMULA, t, &(pp_model_options){.ssc = "none"}, &NONE);
    near(coefficient(r, "push", "estimate"), coefficient(plain, "push", "estimate"),
         1e-10);
    near(model_of(r, "loglik"), model_of(plain, "loglik"), 1e-12);
    assert_string_equal(kind_of(r, "false_negative"), "known");
    pp_result_free(r);
    pp_result_free(plain);
    /* where the truth is recorded, rates come out at the end of their range or near it */
    pp_misclass_options both = FREE;
    both.false_positive.free = 1;
    r = misclass("truth ~ push + pull + democracy", t, NULL, &both);
    assert_true(model_of(r, "false_positive") < 0.05);
    assert_true(model_of(r, "false_negative") < 0.15);
    assert_true(strcmp(kind_of(r, "false_positive"), "boundary") != 0 ||
                warns(r, "boundary"));
    pp_result_free(r);
    pp_table_free(t);
}

/* The other way round, in other units, on four threads. */
static void invariances(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *t = record_units(&MAKING, 3, 0), *turned = NULL;
    int64_t n = pp_table_rows(t), order[900];
    for (int64_t i = 0; i < n; i++) {
        order[i] = n - 1 - i;
    }
    assert_ok(pp_table_take_rows(t, order, n, &turned, &err));
    double *push = pp_table_find(turned, "push")->number;
    for (int64_t i = 0; i < n; i++) {
        push[i] = 1000 * push[i] + 7;
    }
    pp_misclass_options both = FREE;
    both.false_positive.free = 1;
    both.no_profile = 0;
    pp_result *a = misclass(FORMULA, t, NULL, &both),
              *b = misclass(FORMULA, turned, NULL, &both), *c = NULL;
    near(coefficient(b, "push", "estimate"), coefficient(a, "push", "estimate") / 1000,
         1e-8);
    near(coefficient(b, "rate", "std_error"), coefficient(a, "rate", "std_error"), 1e-7);
    assert_ok(
        pp_misclass(FORMULA, t, NULL, &both, &(pp_context){.threads = 4}, &c, &err));
    assert_true(coefficient(a, "push", "std_error") ==
                coefficient(c, "push", "std_error"));
    const pp_table *x = pp_result_find(a, "misclass_profile"),
                   *y = pp_result_find(c, "misclass_profile");
    assert_memory_equal(pp_table_find(x, "estimate")->number,
                        pp_table_find(y, "estimate")->number,
                        (size_t)pp_table_rows(x) * sizeof(double));
    pp_result_free(a);
    pp_result_free(b);
    pp_result_free(c);
    pp_table_free(t);
    pp_table_free(turned);
}

/* Intervals of rates keep to 0 and 1, with no p value; the coefficients' are as ever. */
static void bounds_of_rates(void **state) {
    (void)state;
    pp_table *t = record_units(&MAKING, 4, 0);
    pp_misclass_options by = FREE;
    by.rates_by = "closed";
    pp_result *r = misclass(FORMULA, t, NULL, &by);
    static const char *const GROUPS[] = {"0", "1"};
    for (int g = 0; g < 2; g++) {
        double rate = coefficient(r, GROUPS[g], "estimate");
        double low = coefficient(r, GROUPS[g], "conf_low");
        double high = coefficient(r, GROUPS[g], "conf_high");
        double half = (log(high / (1 - high)) - log(low / (1 - low))) / 2;
        assert_true(0 < low && low < rate && rate < high && high < 1);
        near(half,
             1.959963984540054 * coefficient(r, GROUPS[g], "std_error") /
                 (rate * (1 - rate)),
             1e-9);
        assert_true(isnan(coefficient(r, GROUPS[g], "p_value")));
    }
    assert_true(coefficient(r, "push", "p_value") >= 0);
    pp_result_free(r);
    pp_model_options once = {.max_iterations = 1};
    r = misclass(FORMULA, t, &once, &by);
    assert_true(warns(r, "not_converged"));
    assert_true(isnan(coefficient(r, "1", "conf_low")));
    pp_result_free(r);
    pp_table_free(t);
}

/* By group and by a formula with the group in it: two ways to write one model. */
static void rates(void **state) {
    (void)state;
    pp_table *t = record_units(&MAKING, 4, 0);
    pp_misclass_options by = FREE, formula = FREE;
    by.rates_by = "closed";
    formula.rates = "closed";
    pp_result *a = misclass(FORMULA, t, NULL, &by),
              *b = misclass(FORMULA, t, NULL, &formula);
    near(model_of(a, "loglik"), model_of(b, "loglik"), 1e-9);
    near(coefficient(a, "pull", "estimate"), coefficient(b, "pull", "estimate"), 1e-6);
    assert_true(coefficient(a, "1", "estimate") > coefficient(a, "0", "estimate"));
    double eta = coefficient(b, "closed", "estimate");
    const pp_table *table = pp_result_find(b, "coefficients");
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        if (strcmp(pp_column_get_text(pp_table_find(table, "part"), i),
                   "false_negative") == 0 &&
            strcmp(pp_column_get_text(pp_table_find(table, "term"), i), "(Intercept)") ==
                0) {
            eta += pp_table_find(table, "estimate")->number[i];
        }
    }
    near(1 / (1 + exp(-eta)), coefficient(a, "1", "estimate"), 1e-5);
    pp_result_free(a);
    pp_result_free(b);
    /* rows in which the column of the rates is missing are left out and counted */
    pp_table_find(t, "closed")->number[5] = NAN;
    a = misclass(FORMULA, t, NULL, &by);
    assert_true(model_of(a, "nobs") == 899);
    assert_non_null(strstr(drops_of(a), "rates missing closed rows 1"));
    pp_result_free(a);
    pp_table_free(t);
}

/* The error of a known rate, against the change of the estimate with the rate. */
static void known_error(void **state) {
    (void)state;
    pp_table *t = record_units(&MAKING, 5, 0);
    pp_misclass_options o = {.false_negative = {.value = 0.3}, .no_profile = 1};
    pp_result *exact = misclass(FORMULA, t, NULL, &o);
    o.false_negative.std_error = 0.05;
    pp_result *wide = misclass(FORMULA, t, NULL, &o);
    o.false_negative = (pp_misclass_rate){.value = 0.3 + 1e-4};
    pp_result *more = misclass(FORMULA, t, NULL, &o);
    double slope =
        (coefficient(more, "push", "estimate") - coefficient(exact, "push", "estimate")) /
        1e-4;
    near(coefficient(wide, "push", "std_error"),
         hypot(coefficient(exact, "push", "std_error"), 0.05 * slope), 1e-4);
    pp_result_free(exact);
    pp_result_free(wide);
    pp_result_free(more);
    pp_table_free(t);
}

/* Rows that count twice are rows that stand there twice; clusters are taken. */
static void weights(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *t = record_units(&MAKING, 6, 0), *twice = NULL;
    pp_column *weight;
    int64_t rows[1800], n = 0;
    assert_ok(pp_table_add(t, PP_NUMBER, "times", &weight, &err));
    for (int64_t i = 0; i < 900; i++) {
        weight->number[i] = i % 2 ? 2 : 1;
        rows[n++] = i;
        if (i % 2) {
            rows[n++] = i;
        }
    }
    assert_ok(pp_table_take_rows(t, rows, n, &twice, &err));
    const pp_model_options weighted = {.weights = "times", .weight_kind = "frequency"};
    pp_result *a = misclass(FORMULA, t, &weighted, &FREE),
              *b = misclass(FORMULA, twice, NULL, &FREE);
    near(coefficient(a, "push", "estimate"), coefficient(b, "push", "estimate"), 1e-8);
    near(coefficient(a, "rate", "std_error"), coefficient(b, "rate", "std_error"), 1e-7);
    pp_result_free(a);
    pp_result_free(b);
    a = misclass(FORMULA, t, &(pp_model_options){.vcov = "cluster:closed"}, &FREE);
    assert_true(warns(a, "few_clusters"));
    pp_result_free(a);
    pp_table_free(t);
    pp_table_free(twice);
}

/* ---- what is refused ---- */

static void refuse(const char *formula, const pp_misclass_options *options,
                   pp_status expected) {
    pp_error err = {0};
    pp_result *r = NULL;
    pp_table *t = record_units(&MAKING, 7, 0);
    assert_int_equal(pp_misclass(formula, t, NULL, options, NULL, &r, &err), expected);
    assert_true(err.message[0] && err.hint[0]);
    pp_table_free(t);
}

static void refusals(void **state) {
    pp_misclass_options o = FREE;
    pp_misclass_rate rate;
    (void)state;
    o.rates_by = "closed";
    o.rates = "closed";
    refuse(FORMULA, &o, PP_E_ARGUMENT);
    o = (pp_misclass_options){.rates_by = "closed"};
    refuse(FORMULA, &o, PP_E_ARGUMENT);
    o = (pp_misclass_options){.false_positive = {.value = 0.5},
                              .false_negative = {.value = 0.6}};
    refuse(FORMULA, &o, PP_E_ARGUMENT);
    o = FREE;
    o.rates_by = "unit";
    refuse(FORMULA, &o, PP_E_INPUT);
    refuse("observed ~ push | closed", &FREE, PP_E_UNSUPPORTED);
    refuse("push ~ pull", &FREE, PP_E_INPUT);
    refuse("observed ~ 1", &FREE, PP_E_ESTIMATION);
    o = FREE;
    o.no_profile = 0;
    o.focus = "psuh";
    refuse(FORMULA, &o, PP_E_NOT_FOUND);
    assert_int_equal(pp_misclass_rate_parse("0.2:0.03", &rate, NULL), PP_OK);
    near(rate.std_error, 0.03, 1e-12);
    static const char *const WRONG[] = {"", "1", "-0.1", "0.2:", "0.2:x", "free ", "nan"};
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        assert_int_equal(pp_misclass_rate_parse(WRONG[i], &rate, NULL), PP_E_ARGUMENT);
    }
}

static pp_status work(void *payload, pp_error *err) {
    static const pp_misclass_options OPTIONS = {
        .false_negative = {.free = 1}, .rates_by = "closed", .profile_most = 0.3};
    pp_result *r = NULL;
    pp_status status =
        pp_misclass("observed ~ push", payload, NULL, &OPTIONS, NULL, &r, err);
    pp_result_free(r);
    return status;
}

static void failing_allocations(void **state) {
    record_making few = MAKING;
    (void)state;
    few.units = 150;
    pp_table *t = record_units(&few, 8, 0);
    assert_true(fail_every_allocation(work, t) > 100);
    pp_table_free(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_errors),       cmocka_unit_test(invariances),
        cmocka_unit_test(bounds_of_rates), cmocka_unit_test(rates),
        cmocka_unit_test(known_error),     cmocka_unit_test(weights),
        cmocka_unit_test(refusals),        cmocka_unit_test(failing_allocations)};
    return cmocka_run_group_tests_name("unseen misclass", tests, NULL, NULL);
}
