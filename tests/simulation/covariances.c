/* Coverage of 95% intervals, each covariance where its neighbour would fail: few clusters,
   two ways, shocks that last, places that share weather. */
#include "support/coverage.h"
#include "support/support.h"

#include <math.h>

enum { DRAWS = 4000 };

static const double BETA[] = {0.6, -0.5};

static double *column(pp_table *table, const char *name) {
    return coverage_column(table, name);
}

/* Clusters of 6 and 24 rows with a share in x1 and errors: fifteen rows each. */
enum { FEW_ROWS = 16 * 15, MORE_ROWS = 60 * 15 };

static void draw_few(pp_table *table, pp_rng *rng) {
    double *g = column(table, "g"), *x1 = column(table, "x1"), *x2 = column(table, "x2");
    double *y = column(table, "y"), *b = column(table, "b"), *w = column(table, "w");
    int64_t i = 0;
    for (int c = 0; i < pp_table_rows(table); c++) {
        double shared_x = pp_rng_normal(rng), shared_e = pp_rng_normal(rng);
        int64_t rows = c % 2 ? 24 : 6;
        for (int64_t r = 0; r < rows; r++, i++) {
            g[i] = c;
            w[i] = 0.5 + pp_rng_uniform(rng);
            x1[i] = 0.7 * shared_x + 0.7 * pp_rng_normal(rng);
            x2[i] = pp_rng_normal(rng);
            double eta = BETA[0] * x1[i] + BETA[1] * x2[i];
            y[i] = eta + 0.7 * shared_e + pp_rng_normal(rng);
            b[i] = pp_rng_uniform(rng) < 1 / (1 + exp(-eta));
        }
    }
}

/* Units by times: both have shocks in x1 and in the error, those of times last. */
enum { UNITS = 60, TIMES = 60 };

static void draw_crossed(pp_table *table, pp_rng *rng, int units, double lasting) {
    double *g = column(table, "g"), *t = column(table, "t"), *y = column(table, "y");
    double *x1 = column(table, "x1"), *x2 = column(table, "x2");
    double time_x = 0, time_e = 0, unit_x[UNITS], unit_e[UNITS];
    for (int u = 0; u < units; u++) {
        unit_x[u] = pp_rng_normal(rng);
        unit_e[u] = pp_rng_normal(rng);
    }
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        int u = (int)(i % units);
        if (u == 0) {
            time_x = lasting * time_x + pp_rng_normal(rng);
            time_e = lasting * time_e + pp_rng_normal(rng);
        }
        g[i] = u;
        t[i] = (double)(i / units);
        double own = lasting > 0 ? 0 : 1; /* of units, which time cannot mend */
        x1[i] = 0.6 * time_x + 0.6 * own * unit_x[u] + pp_rng_normal(rng);
        x2[i] = pp_rng_normal(rng);
        y[i] = BETA[0] * x1[i] + BETA[1] * x2[i] + 0.6 * time_e + 0.6 * own * unit_e[u] +
               pp_rng_normal(rng);
    }
}

static void draw_two_ways(pp_table *table, pp_rng *rng) {
    draw_crossed(table, rng, UNITS, 0);
}

static void draw_lasting(pp_table *table, pp_rng *rng) {
    draw_crossed(table, rng, 10, 0.3);
}

/* Places all over the world, and what those in a square of five degrees share. */
static void draw_places(pp_table *table, pp_rng *rng) {
    enum { ACROSS = 72, UP = 24 };
    static double cell_x[ACROSS * UP], cell_e[ACROSS * UP];
    double *lat = column(table, "lat"), *lon = column(table, "lon");
    double *x1 = column(table, "x1"), *x2 = column(table, "x2"), *y = column(table, "y");
    for (int c = 0; c < ACROSS * UP; c++) {
        cell_x[c] = pp_rng_normal(rng);
        cell_e[c] = pp_rng_normal(rng);
    }
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        int across = (int)pp_rng_below(rng, ACROSS), up = (int)pp_rng_below(rng, UP);
        int c = across + up * ACROSS;
        lat[i] = -60 + 5 * (up + pp_rng_uniform(rng));
        lon[i] = -180 + 5 * (across + pp_rng_uniform(rng));
        x1[i] = cell_x[c] + 0.5 * pp_rng_normal(rng);
        x2[i] = pp_rng_normal(rng);
        y[i] = BETA[0] * x1[i] + BETA[1] * x2[i] + cell_e[c] + 0.5 * pp_rng_normal(rng);
    }
}

static void coverage(void **state) {
    static const char OLS[] = "y ~ x1 + x2", LOGIT[] = "b ~ x1 + x2";
    const coverage_setting settings[] = {
        {"ols, cr2, 16 clusters",
         OLS,
         {.model = "ols", .vcov = "cr2:g"},
         draw_few,
         FEW_ROWS},
        {"ols, cr3, 60 clusters",
         OLS,
         {.model = "ols", .vcov = "cr3:g"},
         draw_few,
         MORE_ROWS},
        {"ols, weights, cr2",
         OLS,
         {.model = "ols", .vcov = "cr2:g", .weights = "w"},
         draw_few,
         FEW_ROWS},
        {"logit, cr2", LOGIT, {.model = "logit", .vcov = "cr2:g"}, draw_few, FEW_ROWS},
        {"ols, two ways",
         OLS,
         {.model = "ols", .vcov = "cluster:g+t"},
         draw_two_ways,
         UNITS * TIMES},
        {"ols, Driscoll-Kraay",
         OLS,
         {.model = "ols", .vcov = "dk:t"},
         draw_lasting,
         2000},
        {"ols, Conley",
         OLS,
         {.model = "ols", .vcov = "conley:lat+lon:800"},
         draw_places,
         1500}};
    (void)state;
    for (size_t s = 0; s < sizeof settings / sizeof *settings; s++) {
        assert_coverage(&settings[s], BETA, DRAWS, 100 + s);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(coverage)};
    return cmocka_run_group_tests_name("simulation covariances", tests, NULL, NULL);
}
