/* Intervals of counterfactuals by factor models: how often they hold the mean effect of the sample, in a design
   like that of Xu (2017, sec. 4): two factors, effects of units and periods, loadings of the treated shifted. */
#include "support/support.h"

#include <pushpull/counterfactual.h>
#include <pushpull/random.h>

#include <math.h>
#include <stdio.h>

enum { CONTROLS = 40, BEFORE = 20, AFTER = 5, MEAN = 3, PERIODS = BEFORE + AFTER };

static double uniform(pp_rng *rng, double shift) {
    return sqrt(3) * (2 * pp_rng_uniform(rng) - 1 + shift);
}

/* The effect is the number of the period since treatment, more or less by unit and period. */
static pp_table *sample(uint64_t index, int treated, int nothing, double *effect) {
    static const char *const names[] = {"id", "t", "g", "y"};
    int units = treated + CONTROLS;
    double factor[PERIODS][3];
    pp_error err = {0};
    pp_table *table;
    pp_column *c[4];
    pp_rng rng;
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, (int64_t)units * PERIODS, &err));
    for (int j = 0; j < 4; j++) {
        assert_ok(pp_table_add(table, PP_NUMBER, names[j], &c[j], &err));
    }
    pp_rng_init(&rng, 21, index, 0);
    for (int t = 0; t < PERIODS; t++) {
        for (int f = 0; f < 3; f++) {
            factor[t][f] = pp_rng_normal(&rng);
        }
    }
    *effect = 0;
    for (int u = 0; u < units; u++) {
        double shift = u < treated && !nothing ? 0.4 : 0, a = uniform(&rng, shift);
        double l1 = uniform(&rng, shift), l2 = uniform(&rng, shift);
        for (int t = 0; t < PERIODS; t++) {
            int after = u < treated && t >= BEFORE;
            double own = after && !nothing ? t - BEFORE + 1 + pp_rng_normal(&rng) : 0;
            const double row[] = {u, t + 1, u < treated ? BEFORE + 1 : 0,
                                  5 + a + factor[t][2] + l1 * factor[t][0] +
                                      l2 * factor[t][1] + own + pp_rng_normal(&rng)};
            for (int j = 0; j < 4; j++) {
                pp_table_column(table, j)->number[u * PERIODS + t] = row[j];
            }
            *effect += own / treated / AFTER;
        }
    }
    return table;
}

typedef struct setting {
    const char *name, *method, *errors;
    int treated, samples, draws;
    int64_t rank;
    double lambda, low, high;
} setting;

static double coverage(const setting *s, double *bias) {
    int held = 0;
    *bias = 0;
    for (int i = 0; i < s->samples; i++) {
        pp_error err = {0};
        pp_result *result;
        double truth;
        pp_table *table = sample((uint64_t)i, s->treated, 0, &truth);
        const pp_counterfactual_options options = {.outcome = "y",
                                                   .unit = "id",
                                                   .time = "t",
                                                   .cohort = "g",
                                                   .method = s->method,
                                                   .errors = s->errors,
                                                   .rank = s->rank,
                                                   .lambda = s->lambda,
                                                   .draws = s->draws,
                                                   .placebo = -1,
                                                   .seed = (uint64_t)i};
        assert_ok(pp_counterfactual(table, &options, &(pp_context){.threads = 2}, &result,
                                    &err));
        const pp_table *t = pp_result_find(result, "factor_overall");
        truth =
            s->method[0] == 'g' ? truth : MEAN; /* units are drawn: of all such units */
        held += pp_table_find(t, "conf_low")->number[0] <= truth &&
                pp_table_find(t, "conf_high")->number[0] >= truth;
        *bias += (pp_table_find(t, "estimate")->number[0] - truth) / s->samples;
        pp_result_free(result);
        pp_table_free(table);
    }
    return (double)held / s->samples;
}

static void intervals_hold(void **state) {
    (void)state;
    const setting settings[] = {
        {"gsynth, 5 treated", "gsynth", NULL, 5, 400, 100, 2, 0, 0.92, 0.97},
        {"gsynth, 1 treated", "gsynth", NULL, 1, 400, 100, 2, 0, 0.92, 0.97},
        {"gsynth, rank chosen", "gsynth", NULL, 5, 400, 100, -1, 0, 0.92, 0.97},
        {"ife, 20 treated", "ife", NULL, 20, 200, 100, 2, 0, 0.85, 0.97},
    };
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        double bias, share = coverage(&settings[i], &bias);
        printf("%s: %.3f (bias %.3f)\n", settings[i].name, share, bias);
        assert_true(share > settings[i].low && share < settings[i].high);
    }
}

/* The p value of matrix completion, by placebos: where nothing happens, and the treated are like the others,
   5 % are below 0.05. */
static void ranks_hold(void **state) {
    enum { SAMPLES = 200 };
    int rejected = 0;
    (void)state;
    for (int i = 0; i < SAMPLES; i++) {
        pp_error err = {0};
        pp_result *result;
        double truth;
        pp_table *table = sample((uint64_t)i, 8, 1, &truth);
        const pp_counterfactual_options options = {.outcome = "y",
                                                   .unit = "id",
                                                   .time = "t",
                                                   .cohort = "g",
                                                   .method = "mc",
                                                   .rank = -1,
                                                   .lambda = 0.01,
                                                   .draws = 59,
                                                   .placebo = -1,
                                                   .seed = (uint64_t)i};
        assert_ok(pp_counterfactual(table, &options, &(pp_context){.threads = 2}, &result,
                                    &err));
        const pp_table *t = pp_result_find(result, "factor_overall");
        rejected += pp_table_find(t, "p_value")->number[0] <= 0.05 + 1e-9;
        pp_result_free(result);
        pp_table_free(table);
    }
    printf("mc, 8 treated, nothing happens: %.3f rejected\n", (double)rejected / SAMPLES);
    assert_true(rejected > 0.02 * SAMPLES && rejected < 0.085 * SAMPLES);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(intervals_hold),
                                       cmocka_unit_test(ranks_hold)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
