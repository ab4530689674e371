/* How wrong the record would have to be: what must hold for any data. */
#include "support/frames.h"
#include "support/record.h"
#include "support/support.h"

#include <pushpull/misclass.h>
#include <pushpull/tipping.h>

#include <math.h>
#include <string.h>

static const record_making MAKING = {
    .units = 150,
    .periods = 8,
    .base = -2,
    .push = 0.8,
    .pull = -0.4,
    .democracy = -1,
    .source = {[RECORD_PRESS] = {.open = 0.9, .closed = 0.5}}};
static const char DATES[] = "Surv(lo, hi, type = interval) ~ push + democracy";
static const pp_model_options HAZARD = {
    .model = "hazard", .unit = "unit", .time = "period", .vcov = "hc1"};
static const pp_tipping_options COARSE = {
    .closed = "democracy < 0.42", .lowest = 0.5, .coarse = 2, .fine = 4};

static pp_tipping_question ask(const pp_table *data, const char *variable) {
    return (pp_tipping_question){.name = variable,
                                 .variable = variable,
                                 .formula = DATES,
                                 .data = data,
                                 .model = &HAZARD};
}

static pp_result *tipping(const pp_tipping_question *questions, int n) {
    pp_error err = {0};
    pp_result *r = NULL;
    assert_ok(pp_tipping(questions, n, &COARSE, NULL, &r, &err));
    return r;
}

/* The effect of a question at a pair. */
static double effect_at(const pp_result *r, const char *question, double closed,
                        double open, const char *column) {
    const pp_table *t = pp_result_find(r, "tipping");
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        if (strcmp(pp_column_get_text(pp_table_find(t, "question"), i), question) == 0 &&
            pp_table_find(t, "detection_closed")->number[i] == closed &&
            pp_table_find(t, "detection_open")->number[i] == open) {
            return pp_table_find(t, column)->number[i];
        }
    }
    fail_msg("no %s at %g, %g", question, closed, open);
    return NAN;
}

static void near(double actual, double expected, double tolerance) {
    if (!(fabs(actual - expected) <= tolerance * (1e-3 + fabs(expected)))) {
        fail_msg("%.12g, expected %.12g", actual, expected);
    }
}

/* Where nothing is missed it is the model as it stands. */
static void as_recorded(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *t = record_panel(&MAKING, 1, 0);
    const pp_tipping_question both[] = {ask(t, "push"), ask(t, "democracy")};
    pp_result *r = tipping(both, 2), *plain = NULL;
    pp_fit *fit = fitted(DATES, t, &HAZARD);
    assert_ok(pp_fit_result(fit, &plain, &err));
    assert_ok(pp_fit_margins(fit, "sd", plain, &err));
    static const char *const COLUMN[] = {"estimate", "conf_low", "conf_high_90"};
    for (int c = 0; c < 3; c++) {
        for (int q = 0; q < 2; q++) {
            near(effect_at(r, both[q].name, 1, 1, COLUMN[c]),
                 number_at(plain, "margins", "term", both[q].name, COLUMN[c]), 1e-8);
        }
    }
    /* 5 on the line; 3 × 3 of which 3 are on it */
    assert_int_equal(pp_table_rows(pp_result_find(r, "tipping")), 2 * (5 + 6));
    assert_int_equal(pp_table_rows(pp_result_find(r, "tipping_regimes")), 2);
    pp_fit_free(fit);
    pp_result_free(plain);
    pp_result_free(r);
    pp_table_free(t);
}

/* A binary outcome of which both regimes miss a quarter has that rate of false negatives. */
static void binary(void **state) {
    static const pp_model_options LOGIT = {.model = "logit", .ssc = "none"};
    (void)state;
    pp_error err = {0};
    record_making units = MAKING;
    units.units = 600;
    units.periods = 1;
    units.base = 0;
    pp_table *t = record_units(&units, 2, 0);
    pp_tipping_question q = ask(t, "push");
    q.formula = "observed ~ push + democracy";
    q.model = &LOGIT;
    pp_result *r = tipping(&q, 1), *other = NULL;
    const pp_misclass_options known = {.false_negative = {.value = 0.25},
                                       .no_profile = 1};
    assert_ok(pp_misclass(q.formula, t, &(pp_model_options){.ssc = "none"}, &known, NULL,
                          &other, &err));
    double sd = 0, mean = 0;
    const double *x = pp_table_find(t, "push")->number;
    for (int i = 0; i < 600; i++) {
        mean += x[i] / 600;
    }
    for (int i = 0; i < 600; i++) {
        sd += (x[i] - mean) * (x[i] - mean) / 599;
    }
    near(effect_at(r, "push", 0.75, 0.75, "estimate"),
         sqrt(sd) * number_at(other, "margins", "term", "push", "estimate"), 1e-7);
    pp_result_free(r);
    pp_result_free(other);
    pp_table_free(t);
}

static void row_order(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *t = record_panel(&MAKING, 3, 0), *turned = NULL;
    int64_t n = pp_table_rows(t), order[1200];
    for (int64_t i = 0; i < n; i++) {
        order[i] = (i * 7) % n;
    }
    assert_ok(pp_table_take_rows(t, order, n, &turned, &err));
    const pp_tipping_question a = ask(t, "democracy"), b = ask(turned, "democracy");
    pp_result *r = tipping(&a, 1), *s = tipping(&b, 1);
    near(effect_at(r, "democracy", 0.5, 1, "conf_low"),
         effect_at(s, "democracy", 0.5, 1, "conf_low"), 1e-7);
    pp_result_free(r);
    pp_result_free(s);
    pp_table_free(t);
    pp_table_free(turned);
}

/* ---- what is told and refused ---- */

static void unknown_regime(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *t = record_panel(&MAKING, 4, 0);
    pp_column *press;
    pp_result *r = NULL;
    assert_ok(pp_table_add(t, PP_NUMBER, "press", &press, &err));
    for (int64_t i = 16; i < pp_table_rows(t); i++) {
        press->number[i] = pp_table_find(t, "democracy")->number[i];
    }
    const pp_tipping_question q = ask(t, "push");
    pp_tipping_options o = COARSE;
    o.closed = "press < 0.42";
    assert_ok(pp_tipping(&q, 1, &o, NULL, &r, &err));
    assert_int_equal(pp_result_warnings(r), 1);
    assert_string_equal(pp_result_warning(r, 0)->code, "regime_unknown");
    pp_result_free(r);
    pp_table_free(t);
}

static void refuse(const pp_tipping_question *q, const pp_tipping_options *o,
                   pp_status expected) {
    pp_error err = {0};
    pp_result *r = NULL;
    assert_int_equal(pp_tipping(q, 1, o, NULL, &r, &err), expected);
    assert_true(err.message[0] && err.hint[0]);
}

static void refusals(void **state) {
    static const pp_model_options OLS = {.model = "ols"};
    (void)state;
    pp_table *t = record_panel(&MAKING, 5, 0);
    pp_tipping_question q = ask(t, "push");
    pp_tipping_options o = COARSE;
    o.closed = "democracy < 0";
    refuse(&q, &o, PP_E_ESTIMATION);
    o.closed = NULL;
    refuse(&q, &o, PP_E_ARGUMENT);
    o = COARSE;
    o.lowest = 1;
    refuse(&q, &o, PP_E_ARGUMENT);
    o = COARSE;
    o.coarse = 1;
    refuse(&q, &o, PP_E_ARGUMENT);
    q.variable = "pull";
    refuse(&q, &COARSE, PP_E_NOT_FOUND);
    q = ask(t, "push");
    q.model = &OLS;
    q.formula = "truth ~ push";
    refuse(&q, &COARSE, PP_E_UNSUPPORTED);
    pp_table_free(t);
}

static pp_status work(void *payload, pp_error *err) {
    pp_tipping_question q = ask(payload, "push");
    pp_tipping_options o = COARSE;
    pp_result *r = NULL;
    o.fine = 2;
    pp_status status = pp_tipping(&q, 1, &o, NULL, &r, err);
    pp_result_free(r);
    return status;
}

static void failing_allocations(void **state) {
    record_making few = MAKING;
    (void)state;
    few.units = 40;
    pp_table *t = record_panel(&few, 6, 0);
    assert_true(fail_every_allocation(work, t) > 100);
    pp_table_free(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_recorded), cmocka_unit_test(binary),
        cmocka_unit_test(row_order),   cmocka_unit_test(unknown_regime),
        cmocka_unit_test(refusals),    cmocka_unit_test(failing_allocations)};
    return cmocka_run_group_tests_name("unseen tipping", tests, NULL, NULL);
}
