/* Coverage of 95% intervals, each covariance in the setting that it is meant for. */
#include "support/coverage.h"
#include "support/support.h"

#include <pushpull/random.h>

#include <math.h>
#include <stdio.h>

enum { DRAWS = 4000 };

static const double BETA[] = {-2.2, 0.6, -0.5};

static double *column(pp_table *table, const char *name) {
    return coverage_column(table, name);
}

/* ---- data ---- */

enum { UNITS = 160, YEARS = 14 };

static double hazard_of(double eta, int cloglog) {
    return cloglog ? -expm1(-exp(eta)) : 1 / (1 + exp(-eta));
}

/* Half of the adoptions are known to the year, a third within up to five years, the rest
   by an upper bound alone. */
static void date(double *lo, double *hi, int adopted, pp_rng *rng) {
    double kind = pp_rng_uniform(rng);
    *lo = *hi = NAN;
    if (adopted < 0) {
        return;
    }
    int before = kind < 0.5 ? 0 : (int)pp_rng_below(rng, 3);
    int after = kind < 0.5 ? 0 : (int)pp_rng_below(rng, 3);
    *lo = kind < 0.83 ? fmax(adopted - before, 0) : NAN;
    *hi = fmin(adopted + after, YEARS - 1);
}

static void draw_hazard(pp_table *table, pp_rng *rng, int cloglog) {
    double *unit = column(table, "unit"), *year = column(table, "year");
    double *x1 = column(table, "x1"), *x2 = column(table, "x2");
    double *lo = column(table, "lo"), *hi = column(table, "hi");
    for (int u = 0; u < UNITS; u++) {
        double level = pp_rng_normal(rng), first, last;
        int adopted = -1;
        for (int t = 0; t < YEARS; t++) {
            int64_t i = (int64_t)u * YEARS + t;
            unit[i] = u;
            year[i] = t;
            x1[i] = 0.7 * level + 0.7 * pp_rng_normal(rng);
            x2[i] = pp_rng_normal(rng);
            double eta = BETA[0] - 0.4 + BETA[1] * x1[i] + BETA[2] * x2[i];
            int now = pp_rng_uniform(rng) < hazard_of(eta, cloglog);
            adopted = adopted < 0 && now ? t : adopted;
        }
        date(&first, &last, adopted, rng);
        for (int t = 0; t < YEARS; t++) {
            lo[(int64_t)u * YEARS + t] = first;
            hi[(int64_t)u * YEARS + t] = last;
        }
    }
}

static void draw_logit_hazard(pp_table *table, pp_rng *rng) {
    draw_hazard(table, rng, 0);
}

static void draw_cloglog_hazard(pp_table *table, pp_rng *rng) {
    draw_hazard(table, rng, 1);
}

/* Rows of one cluster share a part of x1 and, in linear models, of the error. */
static void draw_rows(pp_table *table, pp_rng *rng) {
    double *g = column(table, "g"), *x1 = column(table, "x1"), *x2 = column(table, "x2");
    double *y = column(table, "y"), *w = column(table, "w"), *v = column(table, "v");
    double shared_x = 0, shared_e = 0;
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        if (i % 10 == 0) {
            shared_x = pp_rng_normal(rng);
            shared_e = pp_rng_normal(rng);
        }
        g[i] = (double)(i / 10);
        x1[i] = 0.7 * shared_x + 0.7 * pp_rng_normal(rng);
        x2[i] = pp_rng_normal(rng);
        double eta = BETA[0] + BETA[1] * x1[i] + BETA[2] * x2[i], e = pp_rng_normal(rng);
        y[i] = pp_rng_uniform(rng) < hazard_of(eta, 0);
        v[i] = eta + e * (0.4 + fabs(x1[i]));
        w[i] = eta + shared_e + e;
    }
}

/* ---- coverage ---- */

static void coverage(void **state) {
    static const char SURV[] = "Surv(lo, hi, type = interval) ~ x1 + x2";
    const pp_model_options hazard = {.model = "hazard", .unit = "unit", .time = "year"};
    pp_model_options cloglog = hazard, robust = hazard;
    cloglog.link = "cloglog";
    robust.vcov = "hc1";
    const coverage_setting settings[] = {
        {"hazard, logit, iid", SURV, hazard, draw_logit_hazard, UNITS * YEARS},
        {"hazard, logit, hc1", SURV, robust, draw_logit_hazard, UNITS * YEARS},
        {"hazard, cloglog, iid", SURV, cloglog, draw_cloglog_hazard, UNITS * YEARS},
        {"logit, iid", "y ~ x1 + x2", {.model = "logit"}, draw_rows, 800},
        {"logit, hc1", "y ~ x1 + x2", {.model = "logit", .vcov = "hc1"}, draw_rows, 1600},
        {"logit, cluster",
         "y ~ x1 + x2",
         {.model = "logit", .vcov = "cluster:g"},
         draw_rows,
         2000},
        {"ols, hc1", "v ~ x1 + x2", {.model = "ols", .vcov = "hc1"}, draw_rows, 800},
        {"ols, hc3", "v ~ x1 + x2", {.model = "ols", .vcov = "hc3"}, draw_rows, 400},
        {"ols, cluster",
         "w ~ x1 + x2",
         {.model = "ols", .vcov = "cluster:g"},
         draw_rows,
         2000}};
    (void)state;
    for (size_t s = 0; s < sizeof settings / sizeof *settings; s++) {
        assert_coverage(&settings[s], BETA + 1, DRAWS, s);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(coverage)};
    return cmocka_run_group_tests_name("simulation model", tests, NULL, NULL);
}
