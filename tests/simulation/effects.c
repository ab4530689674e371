/* Coverage of 95% intervals of models with effects, and of pseudo-likelihood. */
#include "support/coverage.h"
#include "support/support.h"

#include <pushpull/random.h>

#include <math.h>

enum { DRAWS = 4000, UNITS = 120, PERIODS = 12 };

static const double TRUTH[] = {0.6, -0.5};

/* y varies with the square of its mean, which is all that is right in a Poisson model; units have
   effects that go with x1, and rows of a unit share a shock without effect on the mean. */
static void draw_values(pp_table *table, pp_rng *rng) {
    double *unit = coverage_column(table, "unit"), *x1 = coverage_column(table, "x1");
    double *x2 = coverage_column(table, "x2"), *y = coverage_column(table, "y");
    double *v = coverage_column(table, "v"), level = 0, shock = 1;
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        if (i % PERIODS == 0) {
            level = pp_rng_normal(rng);
            shock = 0.5 - log(pp_rng_uniform(rng)) / 2;
        }
        unit[i] = (double)(i / PERIODS);
        x1[i] = 0.3 * level + 0.7 * pp_rng_normal(rng);
        x2[i] = 0.7 * pp_rng_normal(rng);
        double eta = TRUTH[0] * x1[i] + TRUTH[1] * x2[i];
        y[i] = exp(eta) * (0.5 - 0.5 * log(pp_rng_uniform(rng)));
        v[i] = exp(eta + 0.4 * level) * shock * (0.5 - 0.5 * log(pp_rng_uniform(rng)));
    }
}

/* A 0/1 outcome with effects of units and of periods. */
static void draw_binary(pp_table *table, pp_rng *rng) {
    double *unit = coverage_column(table, "unit"), *time = coverage_column(table, "time");
    double *x1 = coverage_column(table, "x1"), *x2 = coverage_column(table, "x2");
    double *y = coverage_column(table, "y"), level = 0, period[PERIODS];
    for (int t = 0; t < PERIODS; t++) {
        period[t] = 0.5 * pp_rng_normal(rng);
    }
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        if (i % PERIODS == 0) {
            level = 0.7 * pp_rng_normal(rng);
        }
        unit[i] = (double)(i / PERIODS);
        time[i] = (double)(i % PERIODS);
        x1[i] = 0.5 * level + pp_rng_normal(rng);
        x2[i] = pp_rng_normal(rng);
        double eta = TRUTH[0] * x1[i] + TRUTH[1] * x2[i] + level + period[i % PERIODS];
        y[i] = pp_rng_uniform(rng) < 1 / (1 + exp(-eta));
    }
}

static void coverage(void **state) {
    const coverage_setting settings[] = {
        {"poisson, hc1",
         "y ~ x1 + x2",
         {.model = "poisson", .vcov = "hc1"},
         draw_values,
         2 * UNITS * PERIODS},
        {"poisson with effects, cluster",
         "v ~ x1 + x2 | unit",
         {.model = "poisson", .vcov = "cluster:unit"},
         draw_values,
         2 * UNITS * PERIODS},
        {"logit with effects, corrected",
         "y ~ x1 + x2 | unit + time",
         {.model = "logit", .ssc = "none", .bias = "analytic"},
         draw_binary,
         UNITS * PERIODS}};
    (void)state;
    for (size_t s = 0; s < sizeof settings / sizeof *settings; s++) {
        assert_coverage(&settings[s], TRUTH, DRAWS, 100 + s);
    }
}

/* The mean of the estimates is nearer the truth by far. */
static void correction_takes_the_bias_away(void **state) {
    enum { SAMPLES = 300 };
    double raw = 0, corrected = 0;
    pp_error err = {0};
    (void)state;
    for (int s = 0; s < SAMPLES; s++) {
        pp_table *table = NULL;
        pp_rng rng;
        pp_rng_init(&rng, 7, 0, (uint64_t)s);
        assert_ok(pp_table_new(&table, &err));
        assert_ok(pp_table_resize(table, UNITS * PERIODS, &err));
        draw_binary(table, &rng);
        for (int b = 0; b < 2; b++) {
            const pp_model_options o = {.model = "logit", .bias = b ? "analytic" : NULL};
            pp_fit *fit = NULL;
            assert_ok(
                pp_model_fit("y ~ x1 + x2 | unit + time", table, &o, NULL, &fit, &err));
            *(b ? &corrected : &raw) += pp_fit_estimates(fit)[0] / SAMPLES;
            pp_fit_free(fit);
        }
        pp_table_free(table);
    }
    assert_true(raw - TRUTH[0] > 0.05);
    assert_true(fabs(corrected - TRUTH[0]) < 0.2 * (raw - TRUTH[0]));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(coverage),
                                       cmocka_unit_test(correction_takes_the_bias_away)};
    return cmocka_run_group_tests_name("simulation effects", tests, NULL, NULL);
}
