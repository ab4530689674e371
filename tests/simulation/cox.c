/* Coverage of 95% intervals of Cox's model: independent spells, and subjects with several
   spells and a frailty of their own, where only clustered errors are right. */
#include "support/frames.h"
#include "support/support.h"

#include <pushpull/random.h>

#include <math.h>

enum { DRAWS = 3000, SUBJECTS = 400 };

static double *column(pp_table *table, const char *name) {
    pp_column *c = pp_table_find(table, name);
    if (!c) {
        pp_error err = {0};
        assert_ok(pp_table_add(table, PP_NUMBER, name, &c, &err));
    }
    return c->number;
}

/* Each subject's spells restart the clock; x is its own. Recorded by tenths, with ties. */
static void draw(pp_table *table, pp_rng *rng, int spells) {
    double *time = column(table, "time"), *event = column(table, "event"),
           *x = column(table, "x"), *id = column(table, "id");
    for (int64_t s = 0, row = 0; s < SUBJECTS; s++) {
        double own = pp_rng_normal(rng),
               known = spells > 1 ? 0.6 * pp_rng_normal(rng) : 0;
        for (int i = 0; i < spells; i++, row++) {
            double lasts = -log(pp_rng_uniform(rng)) / exp(0.4 * own + known);
            double ends = 2 * pp_rng_uniform(rng);
            event[row] = lasts <= ends;
            time[row] = ceil(20 * fmin(lasts, ends)) / 20;
            x[row] = own;
            id[row] = (double)s;
        }
    }
}

/* Frailty pulls the coefficient towards zero: what it converges to is `truth`. */
static double coverage_of(const char *vcov, int spells, double truth, double *mean) {
    pp_error err = {0};
    int64_t covered = 0;
    *mean = 0;
    for (uint64_t d = 0; d < DRAWS; d++) {
        pp_table *table = NULL;
        pp_rng rng;
        pp_rng_init(&rng, 31, (uint64_t)spells, d);
        assert_ok(pp_table_new(&table, &err));
        assert_ok(pp_table_resize(table, (int64_t)SUBJECTS * spells, &err));
        draw(table, &rng, spells);
        pp_fit *fit = fitted("Surv(time, event) ~ x", table,
                             &(pp_model_options){.model = "cox", .vcov = vcov});
        double b = pp_fit_estimates(fit)[0], se = sqrt(pp_fit_covariance(fit)[0]);
        covered += fabs(b - truth) <= 1.959964 * se;
        *mean += b / DRAWS;
        pp_fit_free(fit);
        pp_table_free(table);
    }
    return (double)covered / DRAWS;
}

static void coverage(void **state) {
    double mean, truth;
    (void)state;
    static const char *const alone[] = {"iid", "hc0"};
    for (int i = 0; i < 2; i++) {
        double share = coverage_of(alone[i], 1, 0.4, &mean);
        print_message("cox, %s: %.2f%%\n", alone[i], 100 * share);
        assert_true(share > 0.935 && share < 0.965);
    }
    coverage_of("iid", 4, 0.4, &truth);
    double share = coverage_of("cluster:id", 4, truth, &mean);
    print_message("cox, cluster: %.2f%%\n", 100 * share);
    assert_true(share > 0.935 && share < 0.965);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(coverage)};
    return cmocka_run_group_tests_name("simulation cox", tests, NULL, NULL);
}
