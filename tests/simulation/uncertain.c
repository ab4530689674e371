/* Dates that are known as intervals, drawn and pooled: how often intervals hold the truth, without an effect
   and with one, of treatments that switch on and of one treated place. */
#include "support/support.h"

#include <pushpull/random.h>
#include <pushpull/uncertain.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { UNITS = 80, PERIODS = 10, PLACES = 25, YEARS = 16, SAMPLES = 500 };

static pp_table *empty(int64_t rows) {
    static const char *const names[] = {"id", "t", "y", "low", "high"};
    pp_error err = {0};
    pp_table *table;
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, rows, &err));
    for (int j = 0; j < 5; j++) {
        assert_ok(pp_table_add(table, PP_NUMBER, names[j], NULL, &err));
    }
    return table;
}

static void fill(pp_table *table, int64_t row, const double values[5]) {
    for (int j = 0; j < 5; j++) {
        pp_table_column(table, j)->number[row] = values[j];
    }
}

/* Half begin in 4 to 7; of `share` of these it is known to the interval of three periods that the date lies
   in, anywhere. */
static pp_table *sample(uint64_t index, double effect, double share) {
    pp_table *table = empty(UNITS * PERIODS);
    for (int u = 0; u < UNITS; u++) {
        pp_rng rng;
        pp_rng_init(&rng, 21, index, (uint64_t)u);
        double e = pp_rng_normal(&rng) / 0.8;
        int64_t date = u % 2 ? 4 + pp_rng_below(&rng, 4) : 0;
        int64_t low = date - pp_rng_below(&rng, 3), wide = pp_rng_uniform(&rng) < share;
        for (int t = 1; t <= PERIODS; t++) {
            e = 0.6 * e + pp_rng_normal(&rng);
            fill(table, u * PERIODS + t - 1,
                 (double[]){u, t, u + 0.3 * t + e + (date && t >= date ? effect : 0),
                            !date  ? (double)NAN
                            : wide ? (double)low
                                   : (double)date,
                            !date  ? (double)NAN
                            : wide ? (double)low + 2
                                   : (double)date});
        }
    }
    return table;
}

typedef struct found {
    double held, mean;
} found;

static void note(const pp_table *t, int64_t row, double truth, found *f) {
    f->held += (pp_table_find(t, "conf_low")->number[row] <= truth &&
                pp_table_find(t, "conf_high")->number[row] >= truth) /
               (double)SAMPLES;
    f->mean += pp_table_find(t, "estimate")->number[row] / SAMPLES;
}

/* Of three periods of exposure. */
static found switch_on(double effect, double share) {
    const pp_switching_options options = {
        .outcome = "y", .unit = "id", .time = "t", .effects = 3, .placebos = -1};
    const pp_uncertain_options dates = {"low", "high", NULL, 10};
    found f = {0, 0};
    for (uint64_t i = 0; i < SAMPLES; i++) {
        pp_error err = {0};
        pp_result *r;
        pp_table *table = sample(i, effect, share);
        assert_ok(pp_switching_uncertain(table, &options, &dates, NULL, &r, &err));
        const pp_table *t = pp_result_find(r, "uncertain_switching_overall");
        note(t, pp_table_rows(t) - 1, effect, &f);
        pp_result_free(r);
        pp_table_free(table);
    }
    return f;
}

static void switches(void **state) {
    (void)state;
    found certain = switch_on(1, 0), none = switch_on(0, 1), some = switch_on(1, 0.3),
          all = switch_on(1, 1);
    printf("dcdh, dates certain: %.3f; no effect: %.3f; a third uncertain: %.3f, mean "
           "%.2f of 1; all uncertain: %.3f, mean %.2f\n",
           certain.held, none.held, some.held, some.mean, all.held, all.mean);
    assert_true(certain.held > 0.93 && certain.held < 0.97);
    assert_true(none.held > 0.935);
    /* Draws that do not see the outcome draw effects towards zero: told in docs/effects.md. */
    assert_true(some.held > 0.9 && some.mean > 0.75 && some.mean < 0.95);
    assert_true(all.held < 0.8 && all.mean > 0.35 && all.mean < 0.6);
}

/* ---- one place ---- */

/* One of 25 is treated somewhere in 9 to 11; no effect. */
static pp_table *place(uint64_t index) {
    pp_table *table = empty(PLACES * YEARS);
    for (int u = 0; u < PLACES; u++) {
        pp_rng rng;
        pp_rng_init(&rng, 22, index, (uint64_t)u);
        double slope = pp_rng_normal(&rng) / 5, e = 0;
        for (int t = 1; t <= YEARS; t++) {
            e = 0.5 * e + pp_rng_normal(&rng);
            fill(table, u * YEARS + t - 1,
                 (double[]){u + 1, t, u + slope * t + e, 9, 11});
        }
    }
    return table;
}

/* How often a p value of at most 0.1 comes of nothing. */
static void ranks(void **state) {
    (void)state;
    const pp_synth_options options = {
        .outcome = "y", .unit = "id", .time = "t", .treated = "25", .method = "sdid"};
    const pp_uncertain_options dates = {"low", "high", NULL, 0};
    enum { SOME = 300 };
    double mean = 0, twice = 0, largest = 0;
    for (uint64_t i = 0; i < SOME; i++) {
        pp_error err = {0};
        pp_result *r;
        pp_table *table = place(i);
        assert_ok(pp_synth_uncertain(table, &options, &dates, NULL, &r, &err));
        const pp_table *t = pp_result_find(r, "uncertain_synth_overall");
        assert_string_equal(pp_column_get_text(pp_table_find(t, "method"), 3), "sdid");
        double p = pp_table_find(t, "p_value")->number[3];
        mean += p <= 0.1;
        twice += 2 * p <= 0.1;
        largest += pp_table_find(t, "p_highest")->number[3] <= 0.1;
        pp_result_free(r);
        pp_table_free(table);
    }
    printf("sdid of one place, p <= 0.1 of nothing: mean %.3f, twice it %.3f, largest "
           "%.3f\n",
           mean / SOME, twice / SOME, largest / SOME);
    assert_true(mean / SOME < 0.14);
    assert_true(twice / SOME < 0.1 && largest / SOME < 0.12);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(switches),
                                       cmocka_unit_test(ranks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
