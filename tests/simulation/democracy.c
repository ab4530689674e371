/* The difference between suppliers: coverage of its 95% interval where units have shocks in
   common; and how often an effect at the edge of the negligible zone is called negligible. */
#include "support/coverage.h"
#include "support/frames.h"
#include "support/support.h"

#include <pushpull/democracy.h>

#include <math.h>

enum { DRAWS = 2000, UNITS = 120, YEARS = 4, FIRST = 20, ROWS = UNITS * YEARS };

static const double BETA[2] = {0.5, 0.2};

/* Supplier a is in all units but the first 20, b in all but the last 20; what makes a unit do
   more of one makes it do more of the other. */
static pp_table *draw_panel(uint64_t draw) {
    pp_error err = {0};
    pp_table *table;
    pp_rng rng;
    pp_rng_init(&rng, draw, 31, 0);
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, ROWS, &err));
    double *unit = coverage_column(table, "unit"), *x = coverage_column(table, "x");
    double *a = coverage_column(table, "a"), *b = coverage_column(table, "b");
    for (int u = 0; u < UNITS; u++) {
        double level = pp_rng_normal(&rng), shock = pp_rng_normal(&rng);
        for (int i = u * YEARS; i < (u + 1) * YEARS; i++) {
            unit[i] = u;
            x[i] = 0.7 * level + 0.7 * pp_rng_normal(&rng);
            a[i] = BETA[0] * x[i] + 0.8 * shock + pp_rng_normal(&rng);
            b[i] = BETA[1] * x[i] + 0.8 * shock + pp_rng_normal(&rng);
            a[i] = u < FIRST ? (double)NAN : a[i];
            b[i] = u >= UNITS - FIRST ? (double)NAN : b[i];
        }
    }
    return table;
}

/* Of x in the first fit's rows. */
static double deviation(const pp_table *table) {
    const double *x = pp_table_find(table, "x")->number;
    double mean = 0, squares = 0;
    int n = ROWS - FIRST * YEARS;
    for (int i = FIRST * YEARS; i < ROWS; i++) {
        mean += x[i] / n;
    }
    for (int i = FIRST * YEARS; i < ROWS; i++) {
        squares += (x[i] - mean) * (x[i] - mean);
    }
    return sqrt(squares / (n - 1));
}

static double cell(const pp_result *r, const char *table, const char *column) {
    return pp_table_find(pp_result_find(r, table), column)->number[0];
}

typedef struct tally {
    int covered, equivalent;
} tally;

static void count(tally *all, uint64_t draw) {
    const pp_model_options model = {
        .model = "ols", .vcov = "cluster:unit", .unit = "unit"};
    pp_error err = {0};
    pp_result *r = NULL;
    pp_table *table = draw_panel(draw);
    double sd = deviation(table), truth = (BETA[0] - BETA[1]) * sd;
    const pp_democracy_options options = {.variable = "x", .smallest = BETA[0] * sd};
    pp_fit *a = fitted("a ~ x", table, &model), *b = fitted("b ~ x", table, &model);
    const pp_supplier two[2] = {{"a", a}, {"b", b}};
    assert_ok(pp_democracy(two, 2, &options, NULL, &r, &err));
    all->covered += cell(r, "democracy_difference", "conf_low") <= truth &&
                    truth <= cell(r, "democracy_difference", "conf_high");
    all->equivalent += cell(r, "democracy", "p_equivalence") <= 0.05;
    pp_result_free(r);
    pp_fit_free(a);
    pp_fit_free(b);
    pp_table_free(table);
}

static void coverage(void **state) {
    tally all = {0};
    (void)state;
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        count(&all, draw);
    }
    print_message("difference held %.1f%%, called negligible at the edge %.1f%%\n",
                  100. * all.covered / DRAWS, 100. * all.equivalent / DRAWS);
    assert_true(all.covered >= 0.935 * DRAWS && all.covered <= 0.965 * DRAWS);
    assert_true(all.equivalent >= 0.035 * DRAWS && all.equivalent <= 0.065 * DRAWS);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(coverage)};
    return cmocka_run_group_tests_name("suppliers side by side", tests, NULL, NULL);
}
