/* Weights and offsets mean the same in every estimator that takes them. */
#include "support/frames.h"
#include "support/support.h"

#include <pushpull/random.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 500, MOST = 4 };

typedef struct subject {
    const char *model, *outcome;
} subject;

static const subject SUBJECTS[] = {{"ols", "w"},         {"logit", "y"},
                                   {"probit", "y"},      {"cloglog", "y"},
                                   {"poisson", "count"}, {"negbin", "count"}};
enum { N_SUBJECTS = sizeof SUBJECTS / sizeof *SUBJECTS };

static double *add_column(pp_table *table, const char *name) {
    pp_error err = {0};
    pp_column *column;
    assert_ok(pp_table_add(table, PP_NUMBER, name, &column, &err));
    return column->number;
}

/* With a count, an offset, and weights 1, 2, … MOST − 1, now and then 0. */
static pp_table *make_table(uint64_t seed) {
    pp_table *table = random_frame(ROWS, seed);
    const double *y = pp_table_find(table, "y")->number,
                 *x1 = pp_table_find(table, "x1")->number;
    double *count = add_column(table, "count"), *off = add_column(table, "off"),
           *times = add_column(table, "times");
    pp_rng rng;
    pp_rng_init(&rng, seed, 1, 0);
    for (int64_t i = 0; i < ROWS; i++) {
        off[i] = pp_rng_normal(&rng) / 3;
        times[i] = (double)pp_rng_below(&rng, MOST);
        count[i] = floor(exp(0.5 * x1[i] + off[i] + y[i]) * 2 * pp_rng_uniform(&rng));
    }
    return table;
}

static pp_fit *fit_of(const subject *s, const pp_table *table, const char *terms,
                      const char *vcov, const char *weights, const char *kind) {
    char formula[200];
    snprintf(formula, sizeof formula, "%s ~ %s", s->outcome, terms);
    return fitted(
        formula, table,
        &(pp_model_options){
            .model = s->model, .vcov = vcov, .weights = weights, .weight_kind = kind});
}

static void assert_same(const char *what, const pp_fit *a, const pp_fit *b) {
    int64_t k = pp_fit_terms(a);
    assert_int_equal(k, pp_fit_terms(b));
    for (int64_t j = 0; j < k; j++) {
        double va = pp_fit_covariance(a)[j * (k + 1)],
               vb = pp_fit_covariance(b)[j * (k + 1)];
        if (!(fabs(pp_fit_estimates(a)[j] - pp_fit_estimates(b)[j]) <= 1e-9 * sqrt(va) &&
              fabs(va - vb) <= 1e-8 * va)) {
            fail_msg("%s, %s: %.15g (%.15g), %.15g (%.15g)", what, pp_fit_term(a, j),
                     pp_fit_estimates(a)[j], va, pp_fit_estimates(b)[j], vb);
        }
    }
}

static void frequencies_are_rows_repeated(void **state) {
    static const char *const tokens[] = {
        "iid", "hc0",        "hc1",       "cluster:region", "dk:group", "conley:x1+x2:90",
        "hc3", "cr2:region", "cr3:region"};
    enum { ALL = sizeof tokens / sizeof *tokens, BY_ROW = 6 }; /* negbin: no leverages */
    int64_t rows[MOST * ROWS], n = 0;
    pp_error err = {0};
    pp_table *table = make_table(1), *repeated = NULL;
    const double *times = pp_table_find(table, "times")->number;
    (void)state;
    for (int64_t i = 0; i < ROWS; i++) {
        for (int t = 0; t < (int)times[i]; t++) {
            rows[n++] = i;
        }
    }
    assert_ok(pp_table_take_rows(table, rows, n, &repeated, &err));
    for (int s = 0; s < N_SUBJECTS; s++) {
        int most = strcmp(SUBJECTS[s].model, "negbin") == 0 ? BY_ROW : ALL;
        for (int v = 0; v < most; v++) {
            pp_fit *a = fit_of(&SUBJECTS[s], table, "x1 + x2 + offset(off)", tokens[v],
                               "times", "frequency");
            pp_fit *b = fit_of(&SUBJECTS[s], repeated, "x1 + x2 + offset(off)", tokens[v],
                               NULL, NULL);
            assert_same(SUBJECTS[s].model, a, b);
            assert_int_equal(pp_fit_nobs(a), pp_fit_nobs(b));
            assert_float_equal(pp_fit_loglik(a), pp_fit_loglik(b), 1e-8);
            pp_fit_free(a);
            pp_fit_free(b);
        }
    }
    pp_table_free(table);
    pp_table_free(repeated);
}

/* Robust errors do not know the unit of sampling weights. */
static void sampling_weights_have_no_unit(void **state) {
    pp_table *table = make_table(2);
    const double *times = pp_table_find(table, "times")->number;
    double *scaled = add_column(table, "scaled");
    (void)state;
    for (int64_t i = 0; i < ROWS; i++) {
        scaled[i] = 0.001 * times[i];
    }
    for (int s = 0; s < N_SUBJECTS; s++) {
        pp_fit *a = fit_of(&SUBJECTS[s], table, "x1 + region", "hc1", "times", NULL);
        pp_fit *b = fit_of(&SUBJECTS[s], table, "x1 + region", "hc1", "scaled", NULL);
        assert_same(SUBJECTS[s].model, a, b);
        pp_fit_free(a);
        pp_fit_free(b);
    }
    pp_table_free(table);
}

/* What an offset takes over of a regressor, its coefficient loses. */
static void offsets_take_over(void **state) {
    pp_table *table = make_table(3);
    (void)state;
    for (int s = 0; s < N_SUBJECTS; s++) {
        pp_fit *a = fit_of(&SUBJECTS[s], table, "x1 + x2", "hc1", NULL, NULL);
        pp_fit *b = fit_of(&SUBJECTS[s], table, "x1 + x2 + offset(x1) + offset(I(-x2/2))",
                           "hc1", NULL, NULL);
        double *estimate = (double *)(uintptr_t)pp_fit_estimates(b);
        estimate[1] += 1;
        estimate[2] -= 0.5;
        assert_same(SUBJECTS[s].model, a, b);
        assert_float_equal(pp_fit_loglik(a), pp_fit_loglik(b), 1e-8);
        pp_fit_free(a);
        pp_fit_free(b);
    }
    pp_table_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(frequencies_are_rows_repeated),
                                       cmocka_unit_test(sampling_weights_have_no_unit),
                                       cmocka_unit_test(offsets_take_over)};
    return cmocka_run_group_tests_name("property weights", tests, NULL, NULL);
}
