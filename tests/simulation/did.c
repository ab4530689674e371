/* Intervals of effects under staggered treatment: how often they hold the mean effect of the sample, with
   trends that hang on a covariate, serial correlation, and effects that grow. */
#include "support/support.h"

#include <pushpull/did.h>
#include <pushpull/random.h>

#include <math.h>
#include <stdio.h>

enum { UNITS = 240, PERIODS = 7, SAMPLES = 1200 };

/* Half of the units are treated, from period 4 or 6 on, more often where x is high; the effect is 1 and
   grows by 0.5 a period. `slope`: how trends hang on x. */
static pp_table *sample(uint64_t index, double slope) {
    static const char *const names[] = {"id", "t", "g", "x", "y"};
    pp_error err = {0};
    pp_table *table;
    pp_column *c[5];
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, UNITS * PERIODS, &err));
    for (int j = 0; j < 5; j++) {
        assert_ok(pp_table_add(table, PP_NUMBER, names[j], &c[j], &err));
    }
    for (int u = 0; u < UNITS; u++) {
        pp_rng rng;
        pp_rng_init(&rng, 11, index, (uint64_t)u);
        double x = pp_rng_normal(&rng), own = pp_rng_normal(&rng), e = 0;
        double p = 1 / (1 + exp(-(slope > 0 ? x : 0)));
        double g = pp_rng_uniform(&rng) > p ? 0 : pp_rng_uniform(&rng) < 0.5 ? 4 : 6;
        for (int t = 1; t <= PERIODS; t++) {
            double effect = g > 0 && t >= g ? 1 + 0.5 * (t - g) : 0;
            e = 0.6 * e + pp_rng_normal(&rng);
            const double values[] = {u, t, g, x,
                                     own + 0.2 * t + slope * t * x + effect + e};
            for (int j = 0; j < 5; j++) {
                pp_table_column(table, j)->number[u * PERIODS + t - 1] = values[j];
            }
        }
    }
    return table;
}

/* Of horizon 1: cohorts 4 and 6 have the same effect, 1.5. */
static double coverage(pp_did_options options, double slope) {
    int held = 0;
    options.outcome = "y";
    options.unit = "id";
    options.time = "t";
    options.cohort = "g";
    options.balance = -1;
    for (uint64_t i = 0; i < SAMPLES; i++) {
        pp_error err = {0};
        pp_result *result;
        pp_table *table = sample(i, slope);
        assert_ok(pp_did(table, &options, NULL, &result, &err));
        const pp_table *d = pp_result_find(result, "dynamic");
        for (int64_t row = 0; row < pp_table_rows(d); row++) {
            if (pp_table_find(d, "horizon")->number[row] == 1) {
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
        pp_did_options options;
        double slope, low, high;
    } cases[] = {
        {"never treated", {.method = "reg"}, 0, 0.935, 0.965},
        {"not yet treated", {.control = "notyet"}, 0, 0.935, 0.965},
        {"doubly robust", {.covariates = "x"}, 0.3, 0.935, 0.965},
        {"regression", {.covariates = "x", .method = "reg"}, 0.3, 0.935, 0.965},
        {"multiplier bootstrap", {.control = "notyet", .draws = 199}, 0, 0.935, 0.965},
        {"interaction-weighted", {.estimator = "sunab"}, 0, 0.935, 0.965},
        {"imputation, conservative", {.estimator = "bjs"}, 0, 0.935, 0.985},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double share = coverage(cases[i].options, cases[i].slope);
        printf("%s: %.3f\n", cases[i].name, share);
        assert_true(share > cases[i].low && share < cases[i].high);
    }
}

/* Trends that hang on x, which is left out: the intervals are wrong, and the test must be able to see that. */
static void without_the_covariate(void **state) {
    (void)state;
    assert_true(coverage((pp_did_options){.method = "reg"}, 0.3) < 0.6);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(intervals_hold),
                                       cmocka_unit_test(without_the_covariate)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
