/* Intervals under departures from parallel trends at the edge of what M allows: how often they hold the
   parameter. */
#include "support/support.h"

#include <pushpull/honest.h>
#include <pushpull/random.h>

#include <stdio.h>

enum { PRE = 3, POST = 2, N = PRE + POST, SAMPLES = 500 };

static const double horizons[N] = {-4, -3, -2, 0, 1};

/* Estimates whose errors share a part, that of the reference period. */
static void draw(pp_table *estimates, const double *mean, uint64_t index) {
    pp_rng rng;
    pp_rng_init(&rng, 21, 0, index);
    double shared = pp_rng_normal(&rng);
    for (int i = 0; i < N; i++) {
        pp_table_find(estimates, "estimate")->number[i] =
            mean[i] + shared + pp_rng_normal(&rng);
    }
}

static pp_table *numbers(const char *const *names, int columns, int64_t rows) {
    pp_error err = {0};
    pp_table *table;
    pp_column *c;
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, rows, &err));
    for (int j = 0; j < columns; j++) {
        assert_ok(pp_table_add(table, PP_NUMBER, names[j], &c, &err));
    }
    return table;
}

static double coverage(pp_honest_options options, const double *mean, double truth) {
    pp_table *estimates = numbers((const char *const[]){"horizon", "estimate"}, 2, N);
    pp_table *covariance =
        numbers((const char *const[]){"horizon", "other", "covariance"}, 3, N * N);
    int held = 0;
    for (int i = 0; i < N; i++) {
        pp_table_column(estimates, 0)->number[i] = horizons[i];
        for (int j = 0; j < N; j++) {
            const double row[] = {horizons[i], horizons[j], i == j ? 2 : 1};
            for (int c = 0; c < 3; c++) {
                pp_table_column(covariance, c)->number[i * N + j] = row[c];
            }
        }
    }
    for (uint64_t s = 0; s < SAMPLES; s++) {
        pp_error err = {0};
        pp_result *result;
        draw(estimates, mean, s);
        assert_ok(pp_honest(estimates, covariance, &options, NULL, &result, &err));
        const pp_table *t = pp_result_find(result, "honest");
        held += pp_table_find(t, "conf_low")->number[1] <= truth &&
                pp_table_find(t, "conf_high")->number[1] >= truth;
        pp_result_free(result);
    }
    pp_table_free(estimates);
    pp_table_free(covariance);
    return (double)held / SAMPLES;
}

static void intervals_hold(void **state) {
    (void)state;
    const double one[] = {1};
    /* The effect is 3; changes of 2 before and after; then a slope that bends by 1 a period. */
    const double jumps[N] = {-2, 0, -2, 3 + 2, 3 + 4}, bends[N] = {6, 3, 1, 3, 3 + 1};
    const struct {
        const char *name;
        pp_honest_options options;
        const double *mean;
        double high;
    } cases[] = {
        {"rm, hybrid", {.draws = 199}, jumps, 1},
        {"rm, horizon 1", {.draws = 199, .at = "1"}, jumps, 1},
        {"sd, fixed length", {.restriction = "sd"}, bends, 0.98},
        {"sd, hybrid", {.restriction = "sd", .method = "hybrid_flci"}, bends, 1},
        {"sd, positive", {.restriction = "sd", .bias = "positive", .at = "1"}, bends, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pp_honest_options options = cases[i].options;
        options.m = one;
        options.n_m = 1;
        double share = coverage(options, cases[i].mean, 3);
        printf("%s: %.3f\n", cases[i].name, share);
        assert_true(share > 0.93 && share <= cases[i].high);
    }
}

/* As if trends were parallel, though they are not: the intervals must be seen to fail. */
static void without_departures(void **state) {
    (void)state;
    const double none[] = {0}, jumps[N] = {-2, 0, -2, 3 + 4, 3 + 8};
    assert_true(
        coverage((pp_honest_options){.draws = 199, .m = none, .n_m = 1}, jumps, 3) < 0.5);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(intervals_hold),
                                       cmocka_unit_test(without_departures)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
