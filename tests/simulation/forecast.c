/* Intervals of forecasts hold the true probability; and where nothing can be forecast, "better"
   is seldom said. */
#include "support/coverage.h"
#include "support/support.h"

#include <pushpull/forecast.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { UNITS = 250, YEARS = 8, COVERAGE = 1000, NULLS = 200 };

/* A panel whose event has the log odds -2.5 + slope × x; a unit leaves with its event. The
   first unit has x of 1.5 in the last year and no event. */
static pp_table *panel(pp_rng *rng, double slope) {
    pp_error err = {0};
    pp_table *t;
    pp_column *name;
    assert_ok(pp_table_new(&t, &err));
    assert_ok(pp_table_resize(t, UNITS * YEARS, &err));
    assert_ok(pp_table_add(t, PP_TEXT, "unit", &name, &err));
    double *year = coverage_column(t, "year"), *x = coverage_column(t, "x");
    double *event = coverage_column(t, "event");
    for (int u = 0; u < UNITS; u++) {
        char text[16];
        int gone = 0;
        snprintf(text, sizeof text, "u%d", u);
        for (int y = 0; y < YEARS; y++) {
            int64_t i = (int64_t)u * YEARS + y;
            assert_ok(pp_column_set_text(t, name, i, text, &err));
            year[i] = y;
            x[i] = u == 0 && y == YEARS - 1 ? 1.5 : pp_rng_normal(rng);
            double p = 1 / (1 + exp(2.5 - slope * x[i]));
            event[i] = gone ? NAN : u > 0 && pp_rng_uniform(rng) < p;
            gone |= event[i] == 1;
        }
    }
    return t;
}

static pp_result *forecast(const pp_table *t, double first, int64_t draws) {
    pp_error err = {0};
    pp_result *r = NULL;
    const pp_model_options model = {.model = "logit", .unit = "unit", .time = "year"};
    const pp_forecast_options options = {
        .first_origin = first, .last_origin = NAN, .draws = draws};
    assert_ok(pp_forecast("event ~ x", t, &model, &options, NULL, &r, &err));
    return r;
}

static void probabilities(void **state) {
    int covered = 0;
    double truth = 1 / (1 + exp(2.5 - 0.6 * 1.5));
    (void)state;
    for (int draw = 0; draw < COVERAGE; draw++) {
        pp_rng rng;
        pp_rng_init(&rng, 20, 1, (uint64_t)draw);
        pp_table *t = panel(&rng, 0.6);
        pp_result *r = forecast(t, YEARS - 2, 400);
        const pp_table *f = pp_result_find(r, "forecast");
        int64_t row = 0;
        while (strcmp(pp_column_get_text(pp_table_find(f, "unit"), row), "u0") != 0) {
            row++;
        }
        covered += pp_table_find(f, "conf_low")->number[row] <= truth &&
                   truth <= pp_table_find(f, "conf_high")->number[row];
        pp_result_free(r);
        pp_table_free(t);
    }
    print_message("probability: %.2f%%\n", 100.0 * covered / COVERAGE);
    assert_in_range(covered, (int)(0.935 * COVERAGE), (int)(0.965 * COVERAGE));
}

/* How often the log score's verdict is "better". */
static double share_better(double slope, uint64_t task) {
    int better = 0;
    for (int draw = 0; draw < NULLS; draw++) {
        pp_rng rng;
        pp_rng_init(&rng, 20, task, (uint64_t)draw);
        pp_table *t = panel(&rng, slope);
        pp_result *r = forecast(t, 3, 100);
        const pp_column *verdict =
            pp_table_find(pp_result_find(r, "forecast_scores"), "verdict");
        better += strcmp(pp_column_get_text(verdict, 0), "better") == 0;
        pp_result_free(r);
        pp_table_free(t);
    }
    print_message("slope %.1f: better in %.1f%%\n", slope, 100.0 * better / NULLS);
    return (double)better / NULLS;
}

static void verdicts(void **state) {
    (void)state;
    assert_true(share_better(0, 2) < 0.04);
    assert_true(share_better(1, 3) > 0.8);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(probabilities),
                                       cmocka_unit_test(verdicts)};
    return cmocka_run_group_tests_name("forecasts", tests, NULL, NULL);
}
