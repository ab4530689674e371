/* Intervals of a scenario hold the truth: the expected difference by the parameters alone, and
   a difference that really comes about (with the same luck in both worlds) by both. */
#include "support/frames.h"
#include "support/support.h"

#include <pushpull/random.h>
#include <pushpull/scenario.h>

#include <math.h>
#include <stdio.h>

enum { SAMPLES = 1500, UNITS = 80, YEARS = 6, ROWS = UNITS * YEARS, DRAWS = 250 };

static const double TRUTH[] = {-1.6, 0.7, -0.4}, CHANGE = 0.6;

static double *column(pp_table *t, const char *name) {
    pp_column *c = NULL;
    pp_error err = {0};
    assert_ok(pp_table_add(t, PP_NUMBER, name, &c, &err));
    return c->number;
}

static double hazard(double x, double z) {
    return 1 / (1 + exp(-TRUTH[0] - TRUTH[1] * x - TRUTH[2] * z));
}

/* A panel and its changed twin; `expected` is the true difference, `real` one that came
   about. y is missing after adoption. */
static void draw(uint64_t sample, pp_table *arm[2], double *expected, double *real) {
    pp_error err = {0};
    pp_rng rng, luck;
    pp_rng_init(&rng, 31, 1, sample);
    pp_rng_init(&luck, 31, 2, sample);
    double *x[2], *z[2], *y = NULL;
    for (int a = 0; a < 2; a++) {
        assert_ok(pp_table_new(&arm[a], &err));
        assert_ok(pp_table_resize(arm[a], ROWS, &err));
        double *unit = column(arm[a], "unit"), *year = column(arm[a], "year");
        x[a] = column(arm[a], "x");
        z[a] = column(arm[a], "z");
        double *outcome = column(arm[a], "y");
        y = a == 0 ? outcome : y;
        for (int i = 0; i < ROWS; i++) {
            unit[i] = i / YEARS;
            year[i] = i % YEARS;
        }
    }
    *expected = *real = 0;
    for (int u = 0; u < UNITS; u++) {
        double survival[2] = {1, 1}, future = pp_rng_uniform(&luck);
        int over = 0;
        for (int i = u * YEARS; i < (u + 1) * YEARS; i++) {
            x[0][i] = pp_rng_normal(&rng);
            z[0][i] = z[1][i] = pp_rng_normal(&rng);
            x[1][i] = x[0][i] - CHANGE;
            y[i] = over ? NAN : pp_rng_uniform(&rng) < hazard(x[0][i], z[0][i]);
            over |= y[i] == 1;
            for (int a = 0; a < 2; a++) {
                survival[a] *= 1 - hazard(x[a][i], z[a][i]);
            }
        }
        *expected += survival[0] - survival[1];
        *real += (survival[1] <= future) - (survival[0] <= future);
    }
}

static void coverage(void **state) {
    int held[2] = {0, 0};
    (void)state;
    for (int s = 0; s < SAMPLES; s++) {
        pp_table *arm[2] = {NULL, NULL};
        double truth[2];
        pp_result *r = NULL;
        pp_error err = {0};
        draw((uint64_t)s, arm, &truth[0], &truth[1]);
        pp_fit *fit = fitted("y ~ x + z", arm[0],
                             &(pp_model_options){.model = "logit", .ssc = "none"});
        const pp_scenario_options options = {
            .unit = "unit", .time = "year", .draws = DRAWS, .seed = (uint64_t)s};
        assert_ok(pp_scenario(fit, arm[0], arm[1], &options, NULL, &r, &err));
        const pp_table *t = pp_result_find(r, "scenario");
        held[0] += truth[0] >= pp_table_find(t, "conf_low")->number[0] &&
                   truth[0] <= pp_table_find(t, "conf_high")->number[0];
        held[1] += truth[1] >= pp_table_find(t, "conf_low_both")->number[0] &&
                   truth[1] <= pp_table_find(t, "conf_high_both")->number[0];
        pp_result_free(r);
        pp_fit_free(fit);
        pp_table_free(arm[0]);
        pp_table_free(arm[1]);
    }
    for (int i = 0; i < 2; i++) {
        double share = (double)held[i] / SAMPLES;
        /* counts are whole numbers: their interval holds a little more */
        if (share < 0.935 || share > (i ? 0.985 : 0.965)) {
            fail_msg("%s: %.4f", i ? "both" : "parameters", share);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(coverage)};
    return cmocka_run_group_tests_name("scenario coverage", tests, NULL, NULL);
}
