/* Tests by exchanging periods, and intervals by inverting them, when there is no effect: how often they are
   wrong, with iid misfits and with ones that hang together. */
#include "support/support.h"

#include <pushpull/random.h>
#include <pushpull/synth.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { UNITS = 12, PERIODS = 25, FIRST = 21, SAMPLES = 250 };

/* The treated unit 0 is a mean of units 1 to 3, plus noise with correlation rho; `effect` from FIRST on. */
static pp_table *sample(uint64_t index, double rho, double effect) {
    static const char *const names[] = {"id", "t", "y"};
    pp_error err = {0};
    pp_table *table;
    double y[UNITS][PERIODS];
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, UNITS * PERIODS, &err));
    for (int j = 0; j < 3; j++) {
        assert_ok(pp_table_add(table, PP_NUMBER, names[j], NULL, &err));
    }
    for (int u = UNITS - 1; u >= 0; u--) {
        pp_rng rng;
        pp_rng_init(&rng, 21, index, (uint64_t)u);
        double e = pp_rng_normal(&rng) / sqrt(1 - rho * rho);
        for (int t = 0; t < PERIODS; t++) {
            e = rho * e + pp_rng_normal(&rng);
            y[u][t] = u ? 3 * e : (y[1][t] + y[2][t] + y[3][t]) / 3 + e;
            y[u][t] += u == 0 && t + 1 >= FIRST ? effect : 0;
        }
    }
    for (int i = 0; i < UNITS * PERIODS; i++) {
        const double values[] = {i / PERIODS, i % PERIODS + 1,
                                 y[i / PERIODS][i % PERIODS]};
        for (int j = 0; j < 3; j++) {
            pp_table_column(table, j)->number[i] = values[j];
        }
    }
    return table;
}

typedef struct rates {
    double blocks, iid, covered, told;
} rates;

static rates measure(const char *method, double rho, double effect) {
    rates r = {0};
    for (uint64_t i = 0; i < SAMPLES; i++) {
        pp_error err = {0};
        pp_result *result;
        pp_table *table = sample(i, rho, effect);
        const pp_synth_options options = {.outcome = "y",
                                          .unit = "id",
                                          .time = "t",
                                          .treated = "0",
                                          .first = FIRST,
                                          .method = method,
                                          .draws = 200,
                                          .level = 0.9};
        assert_ok(pp_synth(table, &options, NULL, &result, &err));
        const pp_table *c = pp_result_find(result, "synth_conformal");
        const pp_table *g = pp_result_find(result, "gaps");
        r.blocks += pp_table_find(c, "p_value")->number[0] <= 0.1 + 1e-9;
        r.iid += pp_table_find(c, "p_value")->number[1] <= 0.1 + 1e-9;
        double low = pp_table_find(g, "conf_low")->number[FIRST - 1];
        double high = pp_table_find(g, "conf_high")->number[FIRST - 1];
        r.covered += !(low > effect) && !(high < effect);
        r.told += pp_table_find(g, "p_value")->number[FIRST - 1] <= 0.1 + 1e-9;
        pp_result_free(result);
        pp_table_free(table);
    }
    return (rates){r.blocks / SAMPLES, r.iid / SAMPLES, r.covered / SAMPLES,
                   r.told / SAMPLES};
}

/* Three standard errors around 0.1 are 0.045; one of 21 periods in turn gives 2/21 at most. */
static void sizes_hold(void **state) {
    static const char *const methods[] = {"sc", "did", "asc", "sdid"};
    (void)state;
    for (int m = 0; m < 4; m++) {
        rates r = measure(methods[m], 0, 0);
        printf("%s: blocks %.3f, iid %.3f, a period %.3f, its interval holds %.3f\n",
               methods[m], r.blocks, r.iid, r.told, r.covered);
        assert_true(r.blocks > 0.03 && r.blocks < 0.15);
        assert_true(r.iid > 0.05 && r.iid < 0.15);
        assert_true(r.told > 0.05 && r.told < 0.15);
        assert_true(r.covered > 0.86 && r.covered < 0.95);
    }
}

static void effects_are_seen(void **state) {
    (void)state;
    rates r = measure("sc", 0, 3);
    printf("effect of 3: blocks %.3f, a period %.3f, its interval holds %.3f\n", r.blocks,
           r.told, r.covered);
    assert_true(r.told > 0.5 && r.covered > 0.86);
}

/* Moving blocks stand correlation over time; iid exchanges do not. */
static void blocks_for_correlated(void **state) {
    (void)state;
    rates r = measure("did", 0.6, 0);
    printf("correlated: blocks %.3f, iid %.3f\n", r.blocks, r.iid);
    assert_true(r.blocks < 0.17 && r.iid > r.blocks);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(sizes_hold),
                                       cmocka_unit_test(effects_are_seen),
                                       cmocka_unit_test(blocks_for_correlated)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
