/* Cox and the conditional logit: sums, infinite estimates, what is refused. */
#include "support/frames.h"
#include "support/support.h"

#include "model/estimators/cox.h"
#include "model/fit.h"

#include <pushpull/random.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static double *column(pp_table *table, const char *name) {
    pp_column *c = pp_table_find(table, name);
    if (!c) {
        pp_error err = {0};
        assert_ok(pp_table_add(table, PP_NUMBER, name, &c, &err));
    }
    return c->number;
}

/* Spells that enter late and stay briefly; every fiftieth has a risk e^25 times as high. */
static pp_table *spells(int64_t n, double grid, uint64_t seed) {
    pp_error err = {0};
    pp_table *table;
    pp_rng rng;
    pp_rng_init(&rng, seed, 0, 0);
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, n, &err));
    double *start = column(table, "start"), *stop = column(table, "stop"),
           *event = column(table, "event"), *x1 = column(table, "x1"),
           *x2 = column(table, "x2"), *off = column(table, "off"),
           *s = column(table, "s"), *id = column(table, "id"), *w = column(table, "w");
    for (int64_t i = 0; i < n; i++) {
        double length = 0.3 + 3 * pp_rng_uniform(&rng);
        start[i] = floor(100 * pp_rng_uniform(&rng) / grid) * grid;
        stop[i] = start[i] + grid * ceil(length / grid);
        event[i] = pp_rng_uniform(&rng) < 0.4;
        x1[i] = pp_rng_normal(&rng);
        x2[i] = pp_rng_normal(&rng) + 0.01 * start[i];
        off[i] = i % 50 == 0 ? 25 : 0.3 * pp_rng_normal(&rng);
        s[i] = (double)pp_rng_below(&rng, 3);
        id[i] = (double)(i / 4);
        w[i] = 1 + (double)pp_rng_below(&rng, 3);
    }
    return table;
}

/* ---- sums ---- */

enum { K = 2 };

typedef struct slow {
    long double loglik, gradient[K], information[K][K];
} slow;

typedef struct sums {
    long double s, z[K], zz[K][K];
} sums;

static void add(sums *to, long double r, const double *z) {
    to->s += r;
    for (int a = 0; a < K; a++) {
        to->z[a] += r * z[a];
        for (int b = 0; b < K; b++) {
            to->zz[a][b] += r * z[a] * z[b];
        }
    }
}

/* The terms of the events at one time, row by row. */
static void add_time(const pp__design *d, const double *theta, int64_t at, int breslow,
                     slow *out) {
    const pp__companions *with = &d->with;
    sums all = {0}, dying = {0};
    long double weight = 0;
    int deaths = 0;
    for (int64_t i = 0; i < d->n; i++) {
        int event = with->event[i] > 0 && with->stop[i] == with->stop[at];
        if (with->strata.code[i] != with->strata.code[at] ||
            with->start[i] >= with->stop[at] || with->stop[i] < with->stop[at]) {
            continue;
        }
        double z[K], w = with->weight ? with->weight[i] : 1;
        long double eta = with->offset[i];
        for (int a = 0; a < K; a++) {
            z[a] = (d->x[a][i] - d->center[a]) / d->scale[a];
            eta += (long double)theta[a] * z[a];
        }
        add(&all, w * expl(eta), z);
        if (event) {
            add(&dying, w * expl(eta), z);
            deaths++;
            weight += w;
            out->loglik += w * eta;
            for (int a = 0; a < K; a++) {
                out->gradient[a] += w * z[a];
            }
        }
    }
    for (int l = 0; l < deaths; l++) {
        long double f = breslow ? 0 : (long double)l / deaths, w = weight / deaths;
        long double s = all.s - f * dying.s;
        out->loglik -= w * logl(s);
        for (int a = 0; a < K; a++) {
            long double za = (all.z[a] - f * dying.z[a]) / s;
            out->gradient[a] -= w * za;
            for (int b = 0; b < K; b++) {
                long double zb = (all.z[b] - f * dying.z[b]) / s;
                out->information[a][b] +=
                    w * ((all.zz[a][b] - f * dying.zz[a][b]) / s - za * zb);
            }
        }
    }
}

static slow visit_slowly(const pp__design *d, const double *theta, int breslow) {
    const pp__companions *with = &d->with;
    slow out = {0};
    for (int64_t i = 0; i < d->n; i++) {
        int first = with->event[i] > 0;
        for (int64_t j = 0; first && j < i; j++) {
            first = !(with->event[j] > 0 && with->stop[j] == with->stop[i] &&
                      with->strata.code[j] == with->strata.code[i]);
        }
        if (first) {
            add_time(d, theta, i, breslow, &out);
        }
    }
    return out;
}

/* The likelihood does not know where z and offsets begin; what is added cancels. */
static void assert_sums(const pp_table *table, const char *weights, int breslow) {
    static const double theta[K] = {0.7, -0.4};
    pp_fit *fit = fitted("Surv(start, stop, event) ~ x1 + x2 + offset(off) + strata(s)",
                         table, &(pp_model_options){.model = "cox", .weights = weights});
    pp_arena arena;
    pp_error err = {0};
    pp__cox cox;
    double gradient[K], information[K * K];
    pp_arena_init(&arena);
    assert_ok(pp__cox_init(fit->design, breslow, &arena, NULL, &cox, &err));
    double loglik = pp__cox_loglik(&cox, theta, gradient, information);
    slow s = visit_slowly(fit->design, theta, breslow);
    assert_true(fabs(loglik - (double)s.loglik) <= 1e-11 * fabs(loglik));
    for (int a = 0; a < K; a++) {
        double unit = sqrt((double)s.information[a][a]);
        assert_true(fabs(gradient[a] - (double)s.gradient[a]) <= 1e-11 * unit);
        for (int b = 0; b <= a; b++) {
            double other = sqrt((double)s.information[b][b]);
            assert_true(fabs(information[a + K * b] - (double)s.information[a][b]) <=
                        1e-10 * unit * other);
        }
    }
    pp_arena_clear(&arena);
    pp_fit_free(fit);
}

static void sums_are_exact(void **state) {
    (void)state;
    for (int i = 0; i < 8; i++) {
        pp_table *table = spells(700, i & 1 ? 1 : 1e-6, (uint64_t)i);
        assert_sums(table, i & 2 ? "w" : NULL, i & 4);
        pp_table_free(table);
    }
}

static void scores_sum_to_the_gradient(void **state) {
    (void)state;
    pp_table *table = spells(700, 1, 9);
    pp_fit *fit = fitted("Surv(start, stop, event) ~ x1 + x2 + offset(off) + strata(s)",
                         table, &(pp_model_options){.model = "cox", .weights = "w"});
    for (int j = 0; j < 2; j++) {
        double sum = 0, size = 0;
        for (int64_t i = 0; i < fit->scores.n; i++) {
            sum += fit->scores.matrix[i + j * fit->scores.n];
            size += fabs(fit->scores.matrix[i + j * fit->scores.n]);
        }
        assert_true(fabs(sum) < 1e-12 * size);
    }
    pp_fit_free(fit);
    pp_table_free(table);
}

/* ---- weights ---- */

static void assert_same(const pp_fit *a, const pp_fit *b) {
    int64_t k = pp_fit_terms(a);
    assert_int_equal(pp_fit_nobs(a), pp_fit_nobs(b));
    assert_true(fabs(pp_fit_loglik(a) - pp_fit_loglik(b)) < 1e-9);
    for (int64_t j = 0; j < k; j++) {
        double va = pp_fit_covariance(a)[j * (k + 1)],
               vb = pp_fit_covariance(b)[j * (k + 1)];
        assert_true(fabs(va / vb - 1) < 1e-9);
        assert_true(fabs(pp_fit_estimates(a)[j] - pp_fit_estimates(b)[j]) <
                    1e-9 * sqrt(va));
    }
}

static void frequencies_are_rows_repeated(void **state) {
    static const char FORMULA[] = "Surv(start, stop, event) ~ x1 + x2 + strata(s)";
    static const char *const tokens[] = {"iid", "hc0", "cluster:id"};
    (void)state;
    pp_error err = {0};
    pp_table *table = spells(500, 1, 11), *repeated = NULL;
    int64_t rows[2000], n = 0;
    for (int64_t i = 0; i < 500; i++) {
        for (int t = 0; t < (int)column(table, "w")[i]; t++) {
            rows[n++] = i;
        }
    }
    assert_ok(pp_table_take_rows(table, rows, n, &repeated, &err));
    for (int v = 0; v < 3; v++) {
        for (int t = 0; t < 2; t++) {
            pp_model_options o = {.model = "cox", .vcov = tokens[v]};
            o.ties = t ? "breslow" : "efron";
            pp_fit *b = fitted(FORMULA, repeated, &o);
            o.weights = "w";
            o.weight_kind = "frequency";
            pp_fit *a = fitted(FORMULA, table, &o);
            assert_same(a, b);
            pp_fit_free(a);
            pp_fit_free(b);
        }
    }
    pp_table_free(table);
    pp_table_free(repeated);
}

/* ---- infinite estimates, and what is not identified ---- */

static pp_status try_fit(const char *formula, const pp_table *table, const char *model,
                         const char *ties, const char *vcov, pp_error *err) {
    pp_fit *fit = NULL;
    const pp_model_options o = {.model = model, .ties = ties, .vcov = vcov};
    *err = (pp_error){0};
    pp_status status = pp_model_fit(formula, table, &o, NULL, &fit, err);
    pp_fit_free(fit);
    return status;
}

/* A group without events leaves the model, as in a logit. */
static void group_without_events(void **state) {
    (void)state;
    pp_table *table = spells(400, 1, 21);
    double *g = column(table, "g"), *event = column(table, "event");
    for (int64_t i = 0; i < 400; i++) {
        g[i] = i % 5 == 0;
        event[i] = g[i] > 0 ? 0 : event[i];
    }
    pp_result *r = fit_result("Surv(start, stop, event) ~ x1 + g", table,
                              &(pp_model_options){.model = "cox"});
    assert_string_equal(terms_of(r), "x1");
    assert_string_equal(pp_result_warning(r, 0)->code, "separation");
    pp_fit *without = fitted("Surv(start, stop, event) ~ x1", table,
                             &(pp_model_options){.model = "cox", .where = "g = 0"});
    assert_true(fabs(number_at(r, "coefficients", "term", "x1", "estimate") -
                     pp_fit_estimates(without)[0]) < 1e-10);
    pp_fit_free(without);
    pp_result_free(r);
    pp_table_free(table);
}

/* Those with m = 1 go first, and all of them before the others. */
static void monotone_is_named(void **state) {
    (void)state;
    pp_error err;
    pp_table *table = frame("stop event m x\n1 1 1 0.3\n2 1 1 -1\n3 1 1 0.7\n4 1 0 0.2\n"
                            "5 1 0 1\n6 0 0 -0.4\n7 1 0 0.1\n8 0 0 0.9");
    assert_int_equal(try_fit("Surv(stop, event) ~ m + x", table, "cox", NULL, NULL, &err),
                     PP_E_ESTIMATION);
    assert_non_null(strstr(err.message, "no finite estimate of m exists"));
    assert_int_equal(
        try_fit("Surv(stop, event) ~ m + x", table, "cox", "exact", NULL, &err),
        PP_E_ESTIMATION);
    pp_table_free(table);
}

static void terms_that_do_not_vary(void **state) {
    (void)state;
    pp_table *table = spells(400, 1, 23);
    double *by_stratum = column(table, "by_stratum"), *mixed = column(table, "mixed");
    for (int64_t i = 0; i < 400; i++) {
        by_stratum[i] = column(table, "s")[i] * column(table, "s")[i];
        mixed[i] = by_stratum[i] - 2 * column(table, "x1")[i];
    }
    pp_result *r =
        fit_result("Surv(start, stop, event) ~ x1 + by_stratum + mixed + x2 + strata(s)",
                   table, &(pp_model_options){.model = "cox"});
    assert_string_equal(terms_of(r), "x1 x2");
    pp_result_free(r);
    r = fit_result("event ~ x1 + by_stratum + mixed + x2 + strata(s)", table,
                   &(pp_model_options){.model = "clogit"});
    assert_string_equal(terms_of(r), "x1 x2");
    pp_result_free(r);
    pp_table_free(table);
}

/* In every group the one with the highest x is chosen, but for one group. */
static void clogit_infinite(void **state) {
    (void)state;
    pp_error err;
    pp_table *table =
        frame("g y x v\n1 1 3 0.1\n1 0 1 0.2\n1 0 1 0.5\n2 1 2 0.3\n2 0 0 0.1\n"
              "3 1 5 0.2\n3 0 5 0.9\n3 0 4 0.1\n4 1 1 0.3\n4 0 1 0.2\n"
              "5 1 1 0.4\n5 0 1 0.7");
    pp_result *r = fit_result("y ~ x + v + strata(g)", table,
                              &(pp_model_options){.model = "clogit"});
    assert_string_equal(terms_of(r), "v");
    assert_true(number_at(r, "model", "model", "clogit", "nobs") == 6);
    pp_result_free(r);
    assert_int_equal(try_fit("y ~ x", table, "clogit", NULL, NULL, &err), PP_E_ARGUMENT);
    assert_int_equal(try_fit("y ~ x + strata(x)", table, "clogit", NULL, NULL, &err),
                     PP_E_ESTIMATION);
    pp_table_free(table);
}

/* Zeros instead of ones, of which there are more: the same with the sign turned. */
static void clogit_exchanges(void **state) {
    (void)state;
    pp_table *table = spells(900, 1, 31);
    double *y = column(table, "event"), *not_y = column(table, "not_y");
    for (int64_t i = 0; i < 900; i++) {
        not_y[i] = 1 - y[i];
    }
    pp_fit *a = fitted("event ~ x1 + x2 + strata(s)", table,
                       &(pp_model_options){.model = "clogit"});
    pp_fit *b = fitted("not_y ~ x1 + x2 + strata(s)", table,
                       &(pp_model_options){.model = "clogit"});
    for (int j = 0; j < 2; j++) {
        assert_true(fabs(pp_fit_estimates(a)[j] + pp_fit_estimates(b)[j]) < 1e-12);
    }
    assert_true(fabs(pp_fit_loglik(a) - pp_fit_loglik(b)) < 1e-9);
    pp_fit_free(a);
    pp_fit_free(b);
    pp_table_free(table);
}

/* ---- refusals ---- */

static void refusals(void **state) {
    static const char SURV[] = "Surv(start, stop, event) ~ x1";
    (void)state;
    pp_error err;
    pp_table *table = spells(3000, 100, 41);
    assert_int_equal(try_fit(SURV, table, "cox", "later", NULL, &err), PP_E_ARGUMENT);
    assert_int_equal(try_fit(SURV, table, "cox", "exact", "hc0", &err), PP_E_UNSUPPORTED);
    assert_int_equal(try_fit("event ~ x1", table, "cox", NULL, NULL, &err),
                     PP_E_ARGUMENT);
    assert_int_equal(
        try_fit("Surv(start, stop, event) ~ strata(s)", table, "cox", NULL, NULL, &err),
        PP_E_ESTIMATION);
    column(table, "stop")[7] = column(table, "start")[7];
    assert_int_equal(try_fit(SURV, table, "cox", NULL, NULL, &err), PP_E_INPUT);
    assert_int_equal(err.line, 8);
    column(table, "stop")[7] += 1;
    column(table, "event")[5] = 2;
    assert_int_equal(try_fit(SURV, table, "cox", NULL, NULL, &err), PP_E_INPUT);
    assert_int_equal(err.line, 6);
    for (int64_t i = 0; i < 3000; i++) {
        column(table, "event")[i] = 0;
    }
    assert_int_equal(try_fit(SURV, table, "cox", NULL, NULL, &err), PP_E_ESTIMATION);
    pp_table_free(table);
}

static void exact_ties_may_be_too_many(void **state) {
    (void)state;
    pp_error err;
    pp_table *table = spells(60000, 200, 43);
    assert_int_equal(
        try_fit("Surv(stop, event) ~ x1 + x2", table, "cox", "exact", NULL, &err),
        PP_E_UNSUPPORTED);
    assert_non_null(strstr(err.message, "tied among 60000 at risk"));
    pp_table_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(sums_are_exact),
                                       cmocka_unit_test(scores_sum_to_the_gradient),
                                       cmocka_unit_test(frequencies_are_rows_repeated),
                                       cmocka_unit_test(group_without_events),
                                       cmocka_unit_test(monotone_is_named),
                                       cmocka_unit_test(terms_that_do_not_vary),
                                       cmocka_unit_test(clogit_infinite),
                                       cmocka_unit_test(clogit_exchanges),
                                       cmocka_unit_test(refusals),
                                       cmocka_unit_test(exact_ties_may_be_too_many)};
    return cmocka_run_group_tests_name("unit model_cox", tests, NULL, NULL);
}
