/* The joint test of a specification curve: how often it rejects a null hypothesis that holds, with
   outcomes and focal variables that persist in their units, and one that does not. */
#include "support/support.h"

#include <pushpull/curve.h>
#include <pushpull/random.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { UNITS = 40, YEARS = 6, ROWS = UNITS * YEARS, DRAWS = 39 };

static double *add(pp_table *t, const char *name) {
    pp_error err = {0};
    pp_column *c;
    assert_ok(pp_table_add(t, PP_NUMBER, name, &c, &err));
    return c->number;
}

/* Half of what x, c and the outcome's index are is the unit's own. */
static pp_table *sample(uint64_t seed, uint64_t index, double effect) {
    pp_error err = {0};
    pp_table *t;
    pp_rng rng;
    pp_rng_init(&rng, seed, 77, index);
    assert_ok(pp_table_new(&t, &err));
    assert_ok(pp_table_resize(t, ROWS, &err));
    double *unit = add(t, "unit"), *year = add(t, "year"), *x = add(t, "x"),
           *z = add(t, "z"), *c = add(t, "c"), *y = add(t, "y"), own[4] = {0};
    for (int i = 0; i < ROWS; i++) {
        for (int j = 0; i % YEARS == 0 && j < 4; j++) {
            own[j] = pp_rng_normal(&rng);
        }
        unit[i] = i / YEARS;
        year[i] = i % YEARS;
        x[i] = own[0] + pp_rng_normal(&rng);
        z[i] = x[i] + own[3] + pp_rng_normal(&rng);
        c[i] = own[1] + pp_rng_normal(&rng);
        double eta = -0.5 + own[2] + 0.5 * c[i] + effect * x[i];
        y[i] = pp_rng_uniform(&rng) < 1 / (1 + exp(-eta));
    }
    return t;
}

/* The p values of one sample, of which `rejected` counts those of at most 0.05. */
static void test_sample(uint64_t index, double effect, int rejected[3]) {
    const pp_curve_options options = {.focus = "z",
                                      .controls = "c",
                                      .models = "logit,lpm",
                                      .vcovs = "cluster:unit",
                                      .unit = "unit",
                                      .time = "year",
                                      .draws = DRAWS,
                                      .seed = index + 1};
    const pp_context two = {.threads = 2};
    pp_table *t = sample(3, index, effect);
    const pp_curve_data data = {.table = t};
    pp_error err = {0};
    pp_result *result;
    assert_ok(pp_curve("y ~ x", &data, 1, &options, &two, &result, &err));
    const double *p =
        pp_table_find(pp_result_find(result, "curve_test"), "p_value")->number;
    for (int k = 0; k < 3; k++) {
        rejected[k] += p[k] <= 0.05;
    }
    pp_result_free(result);
    pp_table_free(t);
}

static void size(void **state) {
    enum { SAMPLES = 400 };
    int rejected[3] = {0};
    (void)state;
    for (int i = 0; i < SAMPLES; i++) {
        test_sample((uint64_t)i, 0, rejected);
    }
    print_message("rejected of %d: median %d, share %d, Stouffer %d\n", SAMPLES,
                  rejected[0], rejected[1], rejected[2]);
    /* 5% of 400, give or take three standard errors; shares have ties and may be fewer */
    assert_in_range(rejected[0], 7, 33);
    assert_true(rejected[1] <= 33);
    assert_in_range(rejected[2], 7, 33);
}

static void power(void **state) {
    enum { SAMPLES = 60 };
    int rejected[3] = {0};
    (void)state;
    for (int i = 0; i < SAMPLES; i++) {
        test_sample((uint64_t)i, 0.7, rejected);
    }
    print_message("with an effect of %d: median %d, share %d, Stouffer %d\n", SAMPLES,
                  rejected[0], rejected[1], rejected[2]);
    assert_true(rejected[0] > 48 && rejected[2] > 48);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(size), cmocka_unit_test(power)};
    return cmocka_run_group_tests_name("simulation curve", tests, NULL, NULL);
}
