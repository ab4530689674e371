/* Occupancy on simulated records: intervals where the assumptions hold, and what happens where
   they do not. docs/unseen.md tells of these numbers. */
#include "support/record.h"
#include "support/support.h"

#include <pushpull/occupancy.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { UNITS = 250, DRAWS = 800, SEED = 71, SEASONS = 3, EACH = 2 };

static const record_making RECORD = {
    .units = UNITS,
    .base = -0.3,
    .push = 0.7,
    .pull = 0.5,
    .source = {[RECORD_PRESS] = {.open = 0.5, .closed = 0.3}},
    .effort = 0.5,
    .visits = 4,
    .unsearched = 0.1};

/* Of many records: how often intervals hold the truth, and the mean of estimate / truth. */
typedef struct tally {
    double push, total, ratio, detection, records;
} tally;

static double at(const pp_result *r, const char *table, const char *column, int64_t row) {
    return pp_table_find(pp_result_find(r, table), column)->number[row];
}

static int holds(const pp_result *r, const char *table, int64_t row, double truth) {
    return at(r, table, "conf_low", row) <= truth &&
           truth <= at(r, table, "conf_high", row);
}

/* Adopters among units that were visited. */
static double adopters(const pp_table *t, const char *visit) {
    const double *truth = pp_table_find(t, "truth")->number;
    const double *y = pp_table_find(t, visit)->number;
    double n = 0;
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        n += isnan(y[i]) ? 0 : truth[i];
    }
    return n;
}

static void add_record(tally *sum, const pp_table *t, const pp_occupancy_options *options,
                       const char *visit) {
    pp_result *r = NULL;
    pp_error err = {0};
    double truth = adopters(t, visit);
    int64_t last = (options->seasons > 0 ? options->seasons - 1 : 0);
    if (pp_occupancy(t, options, NULL, &r, &err) != PP_OK) {
        assert_int_equal(err.code, PP_E_ESTIMATION);
        return;
    }
    const pp_table *totals = pp_result_find(r, "occupancy_total");
    last *= pp_table_rows(totals) / (options->seasons > 0 ? options->seasons : 1);
    sum->push += options->state ? (double)holds(r, "coefficients", 1, RECORD.push) : NAN;
    sum->total += holds(r, "occupancy_total", last, truth);
    sum->ratio += at(r, "occupancy_total", "estimate", last) / truth;
    sum->detection += at(r, "model", "detection", 0);
    sum->records++;
    pp_result_free(r);
}

static void divide(tally *sum, int draws, const char *name) {
    assert_true(sum->records > 0.97 * draws);
    sum->push /= sum->records;
    sum->total /= sum->records;
    sum->ratio /= sum->records;
    sum->detection /= sum->records;
    print_message("%s: interval of push %.3f, of the total %.3f; total / truth %.3f, "
                  "detection %.3f\n",
                  name, sum->push, sum->total, sum->ratio, sum->detection);
}

static const pp_occupancy_options MODEL = {.visits = "visit*",
                                           .state = "push + pull",
                                           .detect = "closed + effort_of_visit",
                                           .starts = 1,
                                           .draws = 100};

static tally many(const record_making *making, int draws, const char *name) {
    const pp_wide_variable effort = {"effort_of_visit",
                                     "effort1,effort2,effort3,effort4"};
    pp_occupancy_options options = MODEL;
    tally sum = {0};
    options.visit_variables = &effort;
    options.n_visit_variables = 1;
    for (int d = 0; d < draws; d++) {
        pp_table *t = record_units(making, SEED, (uint64_t)d);
        options.seed = (uint64_t)d;
        add_record(&sum, t, &options, "visit1");
        pp_table_free(t);
    }
    divide(&sum, draws, name);
    return sum;
}

static void assumptions_hold(void **state) {
    tally t = many(&RECORD, DRAWS, "assumptions hold");
    (void)state;
    assert_true(t.push > 0.935 && t.push < 0.965);
    assert_true(t.total > 0.935 && t.total < 0.975); /* whole numbers: not less */
    assert_true(fabs(t.ratio - 1) < 0.02);
}

/* Some adopters are harder to find for everyone, and no variable tells which. */
static void visibility_varies(void **state) {
    record_making hidden = RECORD;
    (void)state;
    hidden.visibility = 1.5;
    tally t = many(&hidden, DRAWS / 4, "visibility varies");
    assert_true(t.ratio < 0.95);
    assert_true(t.total < 0.7);
}

/* Two visits early, two in the middle, two at the end, while units adopt. */
static pp_table *watched(uint64_t draw) {
    static const int WHEN[SEASONS] = {3, 6, 9};
    record_making making = RECORD;
    making.periods = 10;
    making.base = -2.8;
    making.visits = SEASONS * EACH;
    making.unsearched = 0;
    pp_table *t = record_units(&making, SEED, draw);
    pp_table *panel = record_panel(&making, SEED, draw);
    const double *adopted = pp_table_find(panel, "adopted")->number;
    for (int j = 0; j < SEASONS * EACH; j++) {
        char name[16];
        snprintf(name, sizeof name, "visit%d", j + 1);
        double *y = pp_table_find(t, name)->number;
        for (int64_t i = 0; i < pp_table_rows(t); i++) {
            double when = adopted[i * making.periods];
            y[i] = !isnan(when) && when <= WHEN[j / EACH] ? y[i] : 0;
        }
    }
    pp_table_free(panel);
    return t;
}

static tally watch(const pp_occupancy_options *options, int draws, const char *name) {
    tally sum = {0};
    for (int d = 0; d < draws; d++) {
        pp_table *t = watched((uint64_t)d);
        add_record(&sum, t, options, "visit1");
        pp_table_free(t);
    }
    divide(&sum, draws, name);
    return sum;
}

static void units_adopt_between_visits(void **state) {
    const pp_occupancy_options closed = {
        .visits = "visit*", .detect = "closed", .starts = 1, .draws = 100};
    const pp_occupancy_options open = {.form = "dynamic",
                                       .visits = "visit*",
                                       .seasons = SEASONS,
                                       .absorbing = 1,
                                       .detect = "closed",
                                       .starts = 1,
                                       .draws = 100};
    (void)state;
    tally single = watch(&closed, DRAWS / 8, "closure broken, single season");
    tally dynamic = watch(&open, DRAWS / 8, "the same, dynamic and absorbing");
    assert_true(fabs(dynamic.ratio - 1) < 0.03);
    assert_true(dynamic.total > 0.9);
    assert_true(single.total < 0.92);
    assert_true(single.detection < dynamic.detection - 0.05);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(assumptions_hold),
                                       cmocka_unit_test(visibility_varies),
                                       cmocka_unit_test(units_adopt_between_visits)};
    return cmocka_run_group_tests_name("occupancy", tests, NULL, NULL);
}
