/* Under no difference, p values of dates at random are uniform, also with serial correlation and few units;
   and minimum detectable effects from draws are those of the formula where it is known. */
#include "support/support.h"

#include <pushpull/checks.h>
#include <pushpull/mde.h>
#include <pushpull/random.h>

#include <math.h>
#include <stdio.h>

typedef struct shape {
    int units, periods, first;
    double correlation, effect;
} shape;

/* Every other unit is treated. */
static pp_table *sample(shape s, uint64_t index) {
    static const char *const names[] = {"id", "t", "g", "y"};
    pp_error err = {0};
    pp_table *table;
    pp_column *c[4];
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, s.units * s.periods, &err));
    for (int j = 0; j < 4; j++) {
        assert_ok(pp_table_add(table, PP_NUMBER, names[j], &c[j], &err));
    }
    for (int u = 0; u < s.units; u++) {
        pp_rng rng;
        pp_rng_init(&rng, 12, index, (uint64_t)u);
        double own = pp_rng_normal(&rng), e = pp_rng_normal(&rng);
        for (int t = 1; t <= s.periods; t++) {
            int row = u * s.periods + t - 1;
            e = s.correlation * e + pp_rng_normal(&rng);
            c[0]->number[row] = u;
            c[1]->number[row] = t;
            c[2]->number[row] = u % 2 ? s.first : 0;
            c[3]->number[row] = own + e + (u % 2 && t >= s.first ? s.effect : 0);
        }
    }
    return table;
}

static const pp_did_options design = {
    .outcome = "y", .unit = "id", .time = "t", .cohort = "g", .balance = -1};

static double number(const pp_result *result, const char *table, const char *column) {
    return pp_table_find(pp_result_find(result, table), column)->number[0];
}

static void p_values_are_uniform(void **state) {
    enum { SAMPLES = 2000 };
    const shape s = {16, 6, 4, 0.8, 0};
    const pp_checks_options options = {.draws = 19, .earlier = -1, .units = -1};
    double mean = 0;
    int low = 0;
    (void)state;
    for (uint64_t i = 0; i < SAMPLES; i++) {
        pp_error err = {0};
        pp_result *result;
        pp_table *table = sample(s, i);
        pp_checks_options own = options;
        own.seed = i;
        assert_ok(pp_checks(table, &design, &own, NULL, &result, &err));
        double p = number(result, "randomisation", "p_randomisation");
        mean += p / SAMPLES;
        low += p <= 0.1 + 1e-9;
        pp_result_free(result);
        pp_table_free(table);
    }
    printf("p values: mean %.3f (0.525 expected), at most 0.1: %.3f\n", mean,
           (double)low / SAMPLES);
    assert_true(fabs(mean - 0.525) < 0.02);
    assert_true(fabs((double)low / SAMPLES - 0.1) < 0.02);
}

/* Independent normal errors: the mean over P periods after has variance (1 + 1/P) (1/m + 1/n). */
static void formula(void **state) {
    enum { SAMPLES = 60 };
    const shape s = {120, 6, 4, 0, 3};
    const pp_mde_options options = {.draws = 200};
    double mde = 0, size = 0, ratio = 0;
    double expected = 2.801585 * sqrt((1 + 1.0 / 3) * (2.0 / 60));
    (void)state;
    for (uint64_t i = 0; i < SAMPLES; i++) {
        pp_error err = {0};
        pp_result *result;
        pp_table *table = sample(s, i);
        pp_mde_options own = options;
        own.seed = i;
        assert_ok(pp_mde(table, &design, &own, NULL, &result, &err));
        mde += number(result, "mde_overall", "mde") / SAMPLES;
        size += number(result, "mde_overall", "size") / SAMPLES;
        ratio += number(result, "mde_overall", "error_ratio") / SAMPLES;
        pp_result_free(result);
        pp_table_free(table);
    }
    printf("minimum detectable effect %.4f, by the formula %.4f; size %.3f, errors to "
           "spread %.3f\n",
           mde, expected, size, ratio);
    assert_true(fabs(mde / expected - 1) < 0.02);
    assert_true(fabs(size - 0.05) < 0.01);
    assert_true(fabs(ratio - 1) < 0.02);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(p_values_are_uniform),
                                       cmocka_unit_test(formula)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
