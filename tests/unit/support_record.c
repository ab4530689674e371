/* The simulator of records does what it says. */
#include "support/record.h"
#include "support/support.h"

#include <math.h>

static const record_making MAKING = {
    .units = 20000,
    .base = -0.5,
    .push = 0.8,
    .pull = 0.5,
    .democracy = -1.5,
    .source = {{.open = 0.5, .closed = 0.2, .false_positive = 0.02},
               {.open = 0.3, .closed = 0.1},
               {.open = 0.2, .closed = 0.3},
               {.open = 0.1, .closed = 0.1}},
    .visits = 2,
    .unsearched = 0.25};

static const double *numbers(const pp_table *table, const char *name) {
    const pp_column *column = pp_table_find(table, name);
    assert_non_null(column);
    return column->number;
}

/* The mean of `what` where a equals `is_a` and b equals `is_b`, missing values left out. */
static double mean(const pp_table *table, const char *what, const char *a, double is_a,
                   const char *b, double is_b) {
    const double *x = numbers(table, what), *u = numbers(table, a),
                 *v = numbers(table, b);
    double sum = 0, n = 0;
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        if (u[i] == is_a && v[i] == is_b && !isnan(x[i])) {
            sum += x[i];
            n++;
        }
    }
    return sum / n;
}

static void rates(void **state) {
    (void)state;
    pp_table *t = record_units(&MAKING, 1, 0);
    for (int closed = 0; closed < 2; closed++) {
        double detected = mean(t, "observed", "truth", 1, "closed", closed);
        assert_true(fabs(detected - record_detection(&MAKING, closed)) < 0.02);
        assert_true(fabs(mean(t, "observed", "truth", 0, "closed", closed) -
                         record_false_positive(&MAKING)) < 0.01);
        assert_true(fabs(mean(t, "visit2", "truth", 1, "closed", closed) -
                         (closed ? 0.2 : 0.5)) < 0.03);
        /* given truth and regime, lists are independent */
        assert_true(fabs(mean(t, "index", "truth", 1, "press", 1) -
                         mean(t, "index", "truth", 1, "press", 0)) < 0.02);
    }
    pp_table_free(t);
    record_making dependent = MAKING;
    dependent.copied = 2;
    t = record_units(&dependent, 1, 0);
    assert_true(mean(t, "index", "truth", 1, "press", 1) >
                mean(t, "index", "truth", 1, "press", 0) + 0.2);
    pp_table_free(t);
}

/* The truth is the same however the record is made, and in table and panel. */
static void streams(void **state) {
    (void)state;
    record_making few = MAKING, other;
    few.units = 300;
    few.periods = 8;
    few.base = -3;
    other = few;
    other.units = 200;
    other.source[RECORD_PRESS].open = 0.1;
    pp_table *a = record_units(&few, 3, 5), *b = record_units(&other, 3, 5),
             *panel = record_panel(&few, 3, 5);
    const double *adopted = numbers(panel, "adopted"), *lo = numbers(panel, "lo");
    for (int64_t i = 0; i < 300; i++) {
        assert_true(i >= 200 || numbers(a, "truth")[i] == numbers(b, "truth")[i]);
        assert_true(numbers(a, "truth")[i] == !isnan(adopted[8 * i]));
        assert_true(numbers(a, "observed")[i] == !isnan(lo[8 * i]));
        assert_true(numbers(a, "push")[i] == numbers(panel, "push")[8 * i + 7]);
        assert_true(isnan(lo[8 * i]) || isnan(adopted[8 * i]) ||
                    lo[8 * i] == adopted[8 * i]);
    }
    pp_table_free(a);
    pp_table_free(b);
    pp_table_free(panel);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(rates),
                                       cmocka_unit_test(streams)};
    return cmocka_run_group_tests_name("support record", tests, NULL, NULL);
}
