/* Generalised linear models with absorbed effects are the same models with dummies. */
#include "support/frames.h"
#include "support/support.h"

#include "model/after/response.h"

#include <pushpull/random.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 900 };

typedef struct subject {
    const char *model, *outcome, *terms, *effects, *dummies;
    const char *weights, *kind;
} subject;

#define TWO   "unit + period", "factor(unit) + factor(period)"
#define THREE "unit + period + region", "factor(unit) + factor(period) + region"

static const subject SUBJECTS[] = {
    {"logit", "y", "x1 + x2*d", "unit", "factor(unit)", NULL, NULL},
    {"logit", "y", "x1 + x2 + offset(off)", TWO, "times", "sampling"},
    {"probit", "y", "x1 + x2", TWO, "times", "frequency"},
    {"cloglog", "y", "x1 + d", TWO, NULL, NULL},
    {"poisson", "count", "x1 + x2 + offset(off)", THREE, "times", "frequency"},
    {"negbin", "count", "x1 + x2", TWO, "times", "frequency"},
    {"poisson", "count", "x1 + x2", "unit^region + period",
     "factor(unit):region + factor(period)", "times", "sampling"}};
enum { N_SUBJECTS = sizeof SUBJECTS / sizeof *SUBJECTS };

static double *add_column(pp_table *table, const char *name) {
    pp_error err = {0};
    pp_column *column;
    assert_ok(pp_table_add(table, PP_NUMBER, name, &column, &err));
    return column->number;
}

static pp_table *make_table(uint64_t seed) {
    pp_table *table = random_frame(ROWS, seed);
    const double *y = pp_table_find(table, "y")->number,
                 *x1 = pp_table_find(table, "x1")->number;
    double *unit = add_column(table, "unit"), *period = add_column(table, "period");
    double *count = add_column(table, "count"), *off = add_column(table, "off"),
           *times = add_column(table, "times");
    pp_rng rng;
    pp_rng_init(&rng, seed, 1, 0);
    for (int64_t i = 0; i < ROWS; i++) {
        unit[i] = (double)pp_rng_below(&rng, 12);
        period[i] = (double)pp_rng_below(&rng, 7);
        off[i] = pp_rng_normal(&rng) / 3;
        times[i] = 1 + (double)pp_rng_below(&rng, 3);
        count[i] = floor(exp(0.5 * x1[i] + off[i] + y[i] + 0.1 * unit[i]) *
                         pp_rng_uniform(&rng));
    }
    return table;
}

static pp_fit *fit_of(const subject *s, const pp_table *table, int absorbed,
                      const char *vcov, int threads) {
    char formula[300];
    pp_error err = {0};
    pp_fit *fit = NULL;
    pp_context ctx = {.threads = threads};
    snprintf(formula, sizeof formula, "%s ~ %s %s %s", s->outcome, s->terms,
             absorbed ? "|" : "+", absorbed ? s->effects : s->dummies);
    const pp_model_options o = {
        .model = s->model, .vcov = vcov, .weights = s->weights, .weight_kind = s->kind};
    assert_ok(pp_model_fit(formula, table, &o, &ctx, &fit, &err));
    return fit;
}

static int64_t find_term(const pp_fit *fit, const char *term) {
    int64_t j = 0;
    while (j < pp_fit_terms(fit) && strcmp(pp_fit_term(fit, j), term) != 0) {
        j++;
    }
    assert_true(j < pp_fit_terms(fit));
    return j;
}

static double error_of(const pp_fit *fit, int64_t j) {
    return sqrt(pp_fit_covariance(fit)[j * (pp_fit_terms(fit) + 1)]);
}

static void assert_close(const subject *s, const char *what, double a, double b,
                         double by) {
    if (!(fabs(a - b) <= by)) {
        fail_msg("%s | %s, %s: %.15g and %.15g", s->model, s->effects, what, a, b);
    }
}

/* The terms of `a` in `b`. */
static void assert_same(const subject *s, const pp_fit *a, const pp_fit *b) {
    for (int64_t j = 0; j < pp_fit_terms(a); j++) {
        int64_t i = find_term(b, pp_fit_term(a, j));
        double error = error_of(a, j);
        assert_close(s, pp_fit_term(a, j), pp_fit_estimates(a)[j], pp_fit_estimates(b)[i],
                     1e-8 * error);
        assert_close(s, "error", error, error_of(b, i), 1e-8 * error);
    }
    assert_close(s, "likelihood", pp_fit_loglik(a), pp_fit_loglik(b), 1e-8);
}

static void absorbed_is_dummies(void **state) {
    static const char *const tokens[] = {"iid", "hc0", "hc1", "cr1:group"};
    pp_table *table = make_table(1);
    (void)state;
    for (int s = 0; s < N_SUBJECTS; s++) {
        for (int v = 0; v < 4; v++) {
            pp_fit *a = fit_of(&SUBJECTS[s], table, 1, tokens[v], 1);
            pp_fit *b = fit_of(&SUBJECTS[s], table, 0, tokens[v], 1);
            assert_same(&SUBJECTS[s], a, b);
            assert_int_equal(pp_fit_nobs(a), pp_fit_nobs(b));
            pp_fit_free(a);
            pp_fit_free(b);
        }
    }
    pp_table_free(table);
}

/* The mean response does not know how effects were taken away. */
static void outside_has_the_effects(void **state) {
    const pp__change as_is = {.kind = PP__AS_IS};
    pp_error err = {0};
    pp_table *table = make_table(2);
    (void)state;
    for (int s = 0; s < N_SUBJECTS; s++) {
        pp_fit *a = fit_of(&SUBJECTS[s], table, 1, "iid", 1);
        pp_fit *b = fit_of(&SUBJECTS[s], table, 0, "iid", 1);
        double gradient[100], mean, dense;
        assert_ok(pp__mean_response(a, &as_is, NULL, &mean, gradient, &err));
        assert_ok(pp__mean_response(b, &as_is, NULL, &dense, gradient, &err));
        assert_close(&SUBJECTS[s], "mean", mean, dense, 1e-9 * fabs(dense));
        pp_fit_free(a);
        pp_fit_free(b);
    }
    pp_table_free(table);
}

static void threads_change_no_bit(void **state) {
    static int64_t rows[30 * ROWS];
    pp_error err = {0};
    pp_table *once = make_table(3), *table = NULL;
    (void)state;
    for (int64_t i = 0; i < 30 * ROWS; i++) {
        rows[i] = (i * 7919) % ROWS;
    }
    assert_ok(pp_table_take_rows(once, rows, 30 * ROWS, &table, &err));
    for (int64_t i = 0; i < 30 * ROWS; i++) {
        pp_table_find(table, "unit")->number[i] += 100.0 * (double)(i % 30);
    }
    for (int s = 0; s < N_SUBJECTS; s++) {
        pp_fit *one = fit_of(&SUBJECTS[s], table, 1, "hc1", 1);
        for (int threads = 2; threads <= 4; threads += 2) {
            pp_fit *many = fit_of(&SUBJECTS[s], table, 1, "hc1", threads);
            size_t k = (size_t)pp_fit_terms(one);
            assert_memory_equal(pp_fit_estimates(one), pp_fit_estimates(many),
                                k * sizeof(double));
            assert_memory_equal(pp_fit_covariance(one), pp_fit_covariance(many),
                                k * k * sizeof(double));
            pp_fit_free(many);
        }
        pp_fit_free(one);
    }
    pp_table_free(once);
    pp_table_free(table);
}

/* ---- groups and rows without information ---- */

/* The same as where the rows had not been there. */
static void groups_without_variation_leave(void **state) {
    static const char *const models[] = {"logit", "poisson"};
    pp_table *table = make_table(4);
    double *y = pp_table_find(table, "y")->number,
           *count = pp_table_find(table, "count")->number;
    const double *unit = pp_table_find(table, "unit")->number;
    int64_t lost = 0;
    (void)state;
    for (int64_t i = 0; i < ROWS; i++) {
        y[i] = unit[i] == 3 ? 0 : unit[i] == 5 ? 1 : y[i];
        count[i] = unit[i] == 3 || unit[i] == 5 ? 0 : count[i];
        lost += unit[i] == 3 || unit[i] == 5;
    }
    for (int m = 0; m < 2; m++) {
        char formula[100];
        snprintf(formula, sizeof formula, "%s ~ x1 + x2 | unit + period",
                 m ? "count" : "y");
        pp_fit *a = fitted(formula, table, &(pp_model_options){.model = models[m]});
        pp_fit *b = fitted(
            formula, table,
            &(pp_model_options){.model = models[m], .where = "unit <> 3 AND unit <> 5"});
        assert_same(&SUBJECTS[0], a, b);
        assert_int_equal(pp_fit_nobs(a), ROWS - lost);
        pp_result *r =
            fit_result(formula, table, &(pp_model_options){.model = models[m]});
        char expected[100];
        snprintf(expected, sizeof expected, "no variation unit rows %lld",
                 (long long)lost);
        assert_string_equal(drops_of(r), expected);
        pp_result_free(r);
        pp_fit_free(a);
        pp_fit_free(b);
    }
    pp_table_free(table);
}

/* A 0/1 variable that is one only where the outcome is zero, though each group varies. */
static void separated_rows_leave(void **state) {
    static const char *const models[] = {"logit", "probit", "cloglog", "poisson"};
    pp_table *table = make_table(5);
    double *flag = add_column(table, "flag");
    const double *y = pp_table_find(table, "y")->number,
                 *count = pp_table_find(table, "count")->number;
    (void)state;
    for (int m = 0; m < 4; m++) {
        const double *outcome = m == 3 ? count : y;
        char formula[100];
        for (int64_t i = 0; i < ROWS; i++) {
            flag[i] = outcome[i] == 0 && i % 5 == 0;
        }
        snprintf(formula, sizeof formula, "%s ~ x1 + flag | unit + period",
                 m == 3 ? "count" : "y");
        pp_fit *a = fitted(formula, table, &(pp_model_options){.model = models[m]});
        pp_fit *b = fitted(formula, table,
                           &(pp_model_options){.model = models[m], .where = "flag = 0"});
        assert_int_equal(pp_fit_terms(a), 1);
        assert_int_equal(pp_fit_nobs(a), pp_fit_nobs(b));
        assert_same(&SUBJECTS[0], a, b);
        pp_fit_free(a);
        pp_fit_free(b);
    }
    pp_table_free(table);
}

typedef struct memory_case {
    const char *formula;
    const pp_table *table;
    pp_model_options options;
} memory_case;

static pp_status fit_once(void *payload, pp_error *err) {
    const memory_case *c = payload;
    pp_fit *fit = NULL;
    pp_status status = pp_model_fit(c->formula, c->table, &c->options, NULL, &fit, err);
    pp_fit_free(fit);
    return status;
}

static void memory_may_fail_anywhere(void **state) {
    pp_table *table = make_table(6);
    double *flag = add_column(table, "flag");
    const double *y = pp_table_find(table, "y")->number;
    (void)state;
    for (int64_t i = 0; i < ROWS; i++) {
        flag[i] = y[i] == 0 && i % 5 == 0;
    }
    memory_case c = {.table = table};
    c.formula = "y ~ x1 + flag | unit + period";
    c.options.model = "probit";
    assert_true(fail_every_allocation(fit_once, &c) > 20);
    c.formula = "count ~ x1 | unit + period + region";
    c.options.model = "poisson";
    assert_true(fail_every_allocation(fit_once, &c) > 20);
    pp_table_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(absorbed_is_dummies),
                                       cmocka_unit_test(outside_has_the_effects),
                                       cmocka_unit_test(threads_change_no_bit),
                                       cmocka_unit_test(groups_without_variation_leave),
                                       cmocka_unit_test(separated_rows_leave),
                                       cmocka_unit_test(memory_may_fail_anywhere)};
    return cmocka_run_group_tests_name("property effects", tests, NULL, NULL);
}
