/* Coverage of 95% intervals, each covariance in the setting that it is meant for. */
#include "support/frames.h"
#include "support/support.h"

#include <pushpull/random.h>

#include <math.h>
#include <stdio.h>

enum { DRAWS = 4000 };

static const double BETA[] = {-2.2, 0.6, -0.5};

typedef struct setting {
    const char *name, *formula;
    pp_model_options options;
    void (*draw)(pp_table *table, pp_rng *rng);
    int64_t rows;
} setting;

static double *column(pp_table *table, const char *name) {
    pp_column *c = pp_table_find(table, name);
    if (!c) {
        pp_error err = {0};
        assert_ok(pp_table_add(table, PP_NUMBER, name, &c, &err));
    }
    return c->number;
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

static int covers(const pp_fit *fit, int64_t term, double truth, double quantile) {
    double error = sqrt(pp_fit_covariance(fit)[term * (pp_fit_terms(fit) + 1)]);
    return fabs(pp_fit_estimates(fit)[term] - truth) <= quantile * error;
}

static void assert_coverage(const setting *s, uint64_t task) {
    pp_error err = {0};
    int64_t covered[2] = {0, 0};
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        pp_table *table = NULL;
        pp_fit *fit = NULL;
        pp_rng rng;
        pp_rng_init(&rng, 20, task, draw);
        assert_ok(pp_table_new(&table, &err));
        assert_ok(pp_table_resize(table, s->rows, &err));
        s->draw(table, &rng);
        fit = fitted(s->formula, table, &s->options);
        for (int j = 0; j < 2; j++) {
            covered[j] += covers(fit, j + 1, BETA[j + 1], 1.96);
        }
        pp_fit_free(fit);
        pp_table_free(table);
    }
    for (int j = 0; j < 2; j++) {
        double share = (double)covered[j] / DRAWS;
        print_message("%s, x%d: %.2f%%\n", s->name, j + 1, 100 * share);
        assert_true(share > 0.935 && share < 0.965);
    }
}

static void coverage(void **state) {
    static const char SURV[] = "Surv(lo, hi, type = interval) ~ x1 + x2";
    const pp_model_options hazard = {.model = "hazard", .unit = "unit", .time = "year"};
    pp_model_options cloglog = hazard, robust = hazard;
    cloglog.link = "cloglog";
    robust.vcov = "hc1";
    const setting settings[] = {
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
        assert_coverage(&settings[s], s);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(coverage)};
    return cmocka_run_group_tests_name("simulation model", tests, NULL, NULL);
}
