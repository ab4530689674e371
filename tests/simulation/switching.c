/* Intervals of effects of treatments that change: how often they hold the truth, with doses, treatments
   that end, serial correlation, and trends that hang on a covariate that moves. */
#include "support/support.h"

#include <pushpull/random.h>
#include <pushpull/switching.h>

#include <math.h>
#include <stdio.h>

enum { UNITS = 200, PERIODS = 6, SAMPLES = 1200 };

/* First treatments 0 and 1; of each a third never changes, others go up or down by one in period 3 or 5.
   A unit of treatment has the effect 1 at once and 0.5 more a period later. */
static pp_table *sample(uint64_t index, double slope) {
    static const char *const names[] = {"id", "t", "d", "x", "y", "area"};
    pp_error err = {0};
    pp_table *table;
    pp_column *c[6];
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, UNITS * PERIODS, &err));
    for (int j = 0; j < 6; j++) {
        assert_ok(pp_table_add(table, PP_NUMBER, names[j], &c[j], &err));
    }
    for (int u = 0; u < UNITS; u++) {
        pp_rng rng;
        pp_rng_init(&rng, 12, index, (uint64_t)u);
        int first = u % 2, when = pp_rng_uniform(&rng) < 0.35  ? 99
                                  : pp_rng_uniform(&rng) < 0.5 ? 3
                                                               : 5;
        double own = pp_rng_normal(&rng), e = 0, x = 0;
        for (int t = 1; t <= PERIODS; t++) {
            double more = t >= when ? (first ? -1 : 1) : 0;
            x = 0.5 * x + pp_rng_normal(&rng) + 0.5 * more;
            e = 0.6 * e + pp_rng_normal(&rng);
            double effect = more * (1 + 0.5 * (t - when));
            const double values[] = {u,
                                     t,
                                     first + more,
                                     x,
                                     own + 0.2 * t * (1 + first) + slope * x +
                                         (more != 0 ? effect : 0) + e,
                                     u / 4};
            for (int j = 0; j < 6; j++) {
                pp_table_column(table, j)->number[u * PERIODS + t - 1] = values[j];
            }
        }
    }
    return table;
}

/* Of two periods of exposure: 1.5. */
static double coverage(pp_switching_options options, double slope) {
    int held = 0;
    options.outcome = "y";
    options.unit = "id";
    options.time = "t";
    options.treatment = "d";
    for (uint64_t i = 0; i < SAMPLES; i++) {
        pp_error err = {0};
        pp_result *result;
        pp_table *table = sample(i, slope);
        assert_ok(pp_switching(table, &options, NULL, &result, &err));
        const pp_table *d = pp_result_find(result, "switching_dynamic");
        for (int64_t row = 0; row < pp_table_rows(d); row++) {
            if (pp_table_find(d, "exposed")->number[row] == 2) {
                held += pp_table_find(d, "conf_low")->number[row] <= 1.5 &&
                        pp_table_find(d, "conf_high")->number[row] >= 1.5;
            }
        }
        pp_result_free(result);
        pp_table_free(table);
    }
    return (double)held / SAMPLES;
}

static void intervals_hold(void **state) {
    (void)state;
    const struct {
        const char *name;
        pp_switching_options options;
        double slope;
    } cases[] = {
        {"up and down", {0}, 0},
        {"down", {.switchers = "out"}, 0},
        {"clusters", {.cluster = "area"}, 0},
        {"a covariate that moves", {.covariates = "x"}, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double share = coverage(cases[i].options, cases[i].slope);
        printf("%s: %.3f\n", cases[i].name, share);
        assert_true(share > 0.935 && share < 0.965);
    }
}

/* Without it the intervals are wrong, and the test must be able to see that. */
static void without_the_covariate(void **state) {
    (void)state;
    assert_true(coverage((pp_switching_options){0}, 2) < 0.9);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(intervals_hold),
                                       cmocka_unit_test(without_the_covariate)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
