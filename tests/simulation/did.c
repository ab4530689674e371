/* Intervals of effects under staggered treatment: how often they hold the mean effect of the sample, with
   trends that hang on a covariate, serial correlation, and effects that grow. */
#include "support/support.h"

#include <pushpull/did.h>
#include <pushpull/random.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { UNITS = 240, PERIODS = 7, SAMPLES = 1200 };

typedef struct unit {
    double x, own, g, w;
} unit;

/* Half of the units are treated, from period 4 or 6 on, more often where x is high. */
static unit draw_unit(pp_rng *rng, double slope) {
    unit u = {pp_rng_normal(rng), pp_rng_normal(rng), 0, 0};
    double p = 1 / (1 + exp(-(slope > 0 ? u.x : 0)));
    u.g = pp_rng_uniform(rng) > p ? 0 : pp_rng_uniform(rng) < 0.5 ? 4 : 6;
    u.w = 0.5 + (u.own > 0);
    return u;
}

/* The effect is 1 and grows by 0.5 a period. `slope`: how trends hang on x. A panel with holes misses a
   fifth of its rows; in cross-sections each row is another unit. */
static pp_table *sample(uint64_t index, double slope, const char *form) {
    static const char *const names[] = {"id", "t", "g", "x", "y", "w"};
    enum { COLUMNS = 6 };
    pp_error err = {0};
    pp_table *table;
    pp_column *c[COLUMNS];
    int crosssection = form && strcmp(form, "crosssection") == 0;
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, UNITS * PERIODS, &err));
    for (int j = 0; j < COLUMNS; j++) {
        assert_ok(pp_table_add(table, PP_NUMBER, names[j], &c[j], &err));
    }
    for (int i = 0; i < UNITS; i++) {
        pp_rng rng;
        pp_rng_init(&rng, 11, index, (uint64_t)i);
        unit u = draw_unit(&rng, slope);
        double e = 0;
        for (int t = 1; t <= PERIODS; t++) {
            u = crosssection ? draw_unit(&rng, slope) : u;
            double effect = u.g > 0 && t >= u.g ? 1 + 0.5 * (t - u.g) : 0;
            e = (crosssection ? 0 : 0.6 * e) + pp_rng_normal(&rng);
            int is_hole = form && !crosssection && pp_rng_uniform(&rng) < 0.2;
            double y = u.own + 0.2 * t + slope * t * u.x + effect + e;
            const double values[] = {i, t, u.g, u.x, is_hole ? NAN : y, u.w};
            for (int j = 0; j < COLUMNS; j++) {
                pp_table_column(table, j)->number[i * PERIODS + t - 1] = values[j];
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
        pp_table *table = sample(i, slope, options.panel);
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
        {"panel with holes",
         {.panel = "unbalanced", .covariates = "x"},
         0.3,
         0.935,
         0.965},
        {"cross-sections",
         {.panel = "crosssection", .covariates = "x"},
         0.3,
         0.935,
         0.965},
        {"weights", {.weights = "w", .covariates = "x"}, 0.3, 0.935, 0.965},
        {"interaction-weighted", {.estimator = "sunab"}, 0, 0.935, 0.965},
        {"stacked", {.estimator = "stacked", .least = -2, .most = 1}, 0, 0.935, 0.965},
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

/* The pre-trend test of imputation where trends are parallel. */
static void pretest_holds_its_size(void **state) {
    int rejected = 0;
    (void)state;
    for (uint64_t i = 0; i < SAMPLES; i++) {
        pp_error err = {0};
        pp_result *result;
        pp_table *table = sample(i, 0, NULL);
        const pp_did_options options = {.outcome = "y",
                                        .unit = "id",
                                        .time = "t",
                                        .cohort = "g",
                                        .estimator = "bjs",
                                        .leads = 3,
                                        .balance = -1};
        assert_ok(pp_did(table, &options, NULL, &result, &err));
        rejected +=
            pp_table_find(pp_result_find(result, "pretest"), "p_value")->number[0] < 0.05;
        pp_result_free(result);
        pp_table_free(table);
    }
    printf("pre-trend test: %.3f\n", (double)rejected / SAMPLES);
    assert_true(rejected > 0.035 * SAMPLES && rejected < 0.065 * SAMPLES);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(intervals_hold),
                                       cmocka_unit_test(pretest_holds_its_size),
                                       cmocka_unit_test(without_the_covariate)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
