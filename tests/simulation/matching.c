/* Intervals of matching on history: how often they hold the effect, with a movement common to all and
   controls that serve many treated units. */
#include "support/support.h"

#include <pushpull/matching.h>
#include <pushpull/random.h>

#include <stdio.h>

enum { UNITS = 160, PERIODS = 8, SAMPLES = 1000 };

/* A quarter is treated from 4, 5 or 6 on; the effect is 1. */
static pp_table *sample(uint64_t index) {
    static const char *const names[] = {"id", "t", "g", "y"};
    pp_error err = {0};
    pp_table *table;
    pp_column *c;
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, UNITS * PERIODS, &err));
    for (int j = 0; j < 4; j++) {
        assert_ok(pp_table_add(table, PP_NUMBER, names[j], &c, &err));
    }
    for (int u = 0; u < UNITS; u++) {
        pp_rng rng;
        pp_rng_init(&rng, 21, index, (uint64_t)u);
        double own = pp_rng_normal(&rng), e = 0;
        double g = u % 4 ? 0 : 4 + (double)pp_rng_below(&rng, 3);
        for (int t = 1; t <= PERIODS; t++) {
            e = 0.5 * e + pp_rng_normal(&rng);
            const double values[] = {u, t, g, own + 2.0 * t + (g > 0 && t >= g) + e};
            for (int j = 0; j < 4; j++) {
                pp_table_column(table, j)->number[u * PERIODS + t - 1] = values[j];
            }
        }
    }
    return table;
}

static void check(const char *refinement, double most) {
    int held = 0;
    for (uint64_t i = 0; i < SAMPLES; i++) {
        pp_error err = {0};
        pp_result *result;
        pp_table *table = sample(i);
        pp_matching_options options = {.outcome = "y",
                                       .unit = "id",
                                       .time = "t",
                                       .cohort = "g",
                                       .refinement = refinement,
                                       .window = "whole",
                                       .lags = 2,
                                       .leads = 2};
        assert_ok(pp_matching(table, &options, NULL, &result, &err));
        const pp_table *o = pp_result_find(result, "matched_overall");
        held += pp_table_find(o, "conf_low")->number[0] <= 1 &&
                pp_table_find(o, "conf_high")->number[0] >= 1;
        pp_result_free(result);
        pp_table_free(table);
    }
    double share = held / (double)SAMPLES;
    printf("%s: %.1f%% of intervals hold the effect\n", refinement, 100 * share);
    assert_true(share > 0.935 && share < most);
}

static void without_refinement(void **state) {
    (void)state;
    check("none", 0.965);
}

/* Weights are taken as given, though they are estimated: intervals are too wide rather than too short. */
static void by_propensity(void **state) {
    (void)state;
    check("ps-weight", 0.985);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(without_refinement),
                                       cmocka_unit_test(by_propensity)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
