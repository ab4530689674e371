/* Size of tests by resampling: where the hypothesis holds, 5 % of them reject it. */
#include "support/frames.h"
#include "support/support.h"

#include <pushpull/inference.h>
#include <pushpull/random.h>

#include <math.h>

enum { DRAWS = 3000, CLUSTERS = 10, SMALLEST = 12 };

static double *column(pp_table *table, const char *name) {
    pp_column *c = pp_table_find(table, name);
    if (!c) {
        pp_error err = {0};
        assert_ok(pp_table_add(table, PP_NUMBER, name, &c, &err));
    }
    return c->number;
}

/* Ten clusters of 12 to 21 rows; x and the error are half of the cluster. x has no effect. */
static pp_table *draw_table(pp_rng *rng) {
    pp_error err = {0};
    pp_table *table = NULL;
    int64_t rows = 0, i = 0;
    for (int g = 0; g < CLUSTERS; g++) {
        rows += SMALLEST + g;
    }
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, rows, &err));
    for (int g = 0; g < CLUSTERS; g++) {
        double x = pp_rng_normal(rng), e = pp_rng_normal(rng);
        for (int r = 0; r < SMALLEST + g; r++, i++) {
            double own = pp_rng_normal(rng), noise = 0.5 * e + pp_rng_normal(rng);
            column(table, "g")[i] = g;
            column(table, "x")[i] = 0.8 * x + 0.6 * own;
            column(table, "z")[i] = pp_rng_normal(rng);
            column(table, "y")[i] = 1 + 0.5 * column(table, "z")[i] + noise;
            column(table, "b")[i] = 0.5 * column(table, "z")[i] + noise > 0.3;
        }
    }
    return table;
}

typedef struct setting {
    const char *name, *formula;
    pp_model_options model;
    pp_bootstrap_options boot; /* method NULL: the fit's own p value */
    double least, most;        /* share of rejections */
} setting;

static double p_of(const setting *s, const pp_table *table, uint64_t seed) {
    pp_error err = {0};
    pp_result *r = NULL;
    pp_fit *fit = fitted(s->formula, table, &s->model);
    pp_bootstrap_options o = s->boot;
    o.seed = seed;
    assert_ok(pp_fit_result(fit, &r, &err));
    if (o.method) {
        assert_ok(pp_fit_bootstrap(fit, &o, NULL, r, &err));
    }
    double p =
        number_at(r, o.method ? "bootstrap" : "coefficients", "term", "x", "p_value");
    pp_result_free(r);
    pp_fit_free(fit);
    return p;
}

static void assert_size(const setting *s, uint64_t task) {
    int64_t rejected = 0;
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        pp_rng rng;
        pp_rng_init(&rng, 77, task, draw);
        pp_table *table = draw_table(&rng);
        rejected += p_of(s, table, draw) <= 0.05;
        pp_table_free(table);
    }
    double share = (double)rejected / DRAWS;
    print_message("%s: %.2f%%\n", s->name, 100 * share);
    assert_true(share >= s->least && share <= s->most);
}

/* Errors by clusters reject too often where these are few and unequal. */
static void size_with_few_clusters(void **state) {
    const pp_bootstrap_options wcr = {.method = "wild", .cluster = "g", .term = "x"};
    pp_bootstrap_options wcu = wcr, webb = wcr, score = wcr;
    wcu.unrestricted = 1;
    webb.weights = "webb";
    webb.draws = 999;
    score.method = "score";
    const pp_model_options ols = {.model = "ols", .vcov = "cluster:g"};
    const pp_model_options logit = {.model = "logit", .vcov = "cluster:g"};
    const setting settings[] = {
        {"clustered t", "y ~ x + z", ols, {0}, 0.065, 0.2},
        {"WCR, all signs", "y ~ x + z", ols, wcr, 0.035, 0.065},
        {"WCR, Webb", "y ~ x + z", ols, webb, 0.035, 0.065},
        {"WCU, all signs", "y ~ x + z", ols, wcu, 0.05, 0.16},
        {"clustered logit", "b ~ x + z", logit, {0}, 0.08, 0.25},
        {"score, restricted", "b ~ x + z", logit, score, 0.03, 0.07}};
    (void)state;
    for (size_t s = 0; s < sizeof settings / sizeof *settings; s++) {
        assert_size(&settings[s], s);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(size_with_few_clusters)};
    return cmocka_run_group_tests_name("simulation resampling", tests, NULL, NULL);
}
