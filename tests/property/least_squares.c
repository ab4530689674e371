/* Least squares with absorbed effects is least squares with dummies. */
#include "support/frames.h"
#include "support/support.h"

#include <pushpull/random.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 400, LINE = 240 };

/* Effects, as absorbed and as dummies: one, two, poorly connected, three, crossed. */
static const struct {
    const char *absorbed, *dummies;
} EFFECTS[] = {{"a", "factor(a)"},
               {"a + b", "factor(a) + factor(b)"},
               {"b + near", "factor(b) + factor(near)"},
               {"a + b + near", "factor(a) + factor(b) + factor(near)"},
               {"near + a^half", "factor(near) + factor(both)"}};
enum { N_EFFECTS = sizeof EFFECTS / sizeof *EFFECTS };

static double *add_column(pp_table *table, const char *name) {
    pp_error err = {0};
    pp_column *column;
    assert_ok(pp_table_add(table, PP_NUMBER, name, &column, &err));
    return column->number;
}

/* b in order; near meets only neighbours of b; a at random. */
static pp_table *make_table(uint64_t seed) {
    pp_table *table = random_frame(ROWS, seed);
    double *a = add_column(table, "a"), *b = add_column(table, "b"),
           *near = add_column(table, "near"), *half = add_column(table, "half"),
           *both = add_column(table, "both"), *off = add_column(table, "off"),
           *times = add_column(table, "times"), *of_b = add_column(table, "of_b");
    pp_rng rng;
    pp_rng_init(&rng, seed, 2, 0);
    for (int64_t i = 0; i < ROWS; i++) {
        a[i] = (double)pp_rng_below(&rng, 12) * 2.5;
        b[i] = (double)(i / 9);
        near[i] = 100 - (double)((i + 4) / 11);
        half[i] = (double)(i % 2);
        both[i] = 100 * a[i] + half[i];
        off[i] = pp_rng_normal(&rng) / 3;
        times[i] = (double)pp_rng_below(&rng, 4);
        of_b[i] = sin(b[i]);
    }
    return table;
}

static pp_fit *fit_of(const pp_table *table, const char *terms,
                      const pp_model_options *options) {
    char formula[LINE];
    pp_model_options o = *options;
    o.model = "ols";
    o.keep_singletons = 1;
    snprintf(formula, sizeof formula, "w ~ %s", terms);
    return fitted(formula, table, &o);
}

static int64_t find_term(const pp_fit *fit, const char *term) {
    int64_t j = 0;
    while (j < pp_fit_terms(fit) && strcmp(pp_fit_term(fit, j), term) != 0) {
        j++;
    }
    return j;
}

static void assert_close(const char *what, double a, double b, double by) {
    if (!(fabs(a - b) <= by)) {
        fail_msg("%s: %.15g and %.15g", what, a, b);
    }
}

/* All terms of `absorbed` are in `dummies`, with the same covariance. */
static void assert_same(const pp_fit *absorbed, const pp_fit *dummies, double digits) {
    int64_t k = pp_fit_terms(absorbed), m = pp_fit_terms(dummies);
    const double *V = pp_fit_covariance(absorbed), *W = pp_fit_covariance(dummies);
    assert_close("likelihood", pp_fit_loglik(absorbed), pp_fit_loglik(dummies),
                 1e-9 * fabs(pp_fit_loglik(dummies)));
    for (int64_t j = 0; j < k; j++) {
        const char *term = pp_fit_term(absorbed, j);
        int64_t at = find_term(dummies, term);
        assert_true(at < m);
        double error = sqrt(W[at + at * m]);
        assert_close(term, pp_fit_estimates(absorbed)[j], pp_fit_estimates(dummies)[at],
                     digits * error);
        assert_close("error", sqrt(V[j + j * k]), error, digits * error);
    }
}

static void as_dummies_with(const pp_model_options *o, const char *terms) {
    pp_table *table = make_table(11);
    for (int e = 0; e < N_EFFECTS; e++) {
        char text[LINE];
        snprintf(text, sizeof text, "%s | %s", terms, EFFECTS[e].absorbed);
        pp_fit *absorbed = fit_of(table, text, o);
        snprintf(text, sizeof text, "%s + %s", terms, EFFECTS[e].dummies);
        pp_fit *dummies = fit_of(table, text, o);
        assert_same(absorbed, dummies, 1e-8);
        pp_fit_free(absorbed);
        pp_fit_free(dummies);
    }
    pp_table_free(table);
}

static void as_dummies(void **state) {
    static const char *const vcovs[] = {"iid", "hc1", "hc3", "cr0:a", "cr1:b"};
    (void)state;
    for (int v = 0; v < 5; v++) {
        as_dummies_with(&(pp_model_options){.vcov = vcovs[v], .ssc = "sandwich"},
                        "x1 + x2*d");
    }
}

static void as_dummies_with_weights(void **state) {
    static const char *const kinds[] = {"sampling", "frequency"};
    (void)state;
    for (int i = 0; i < 2; i++) {
        as_dummies_with(&(pp_model_options){.vcov = "hc1",
                                            .ssc = "none",
                                            .weights = "times",
                                            .weight_kind = kinds[i]},
                        "x1 + x2 + offset(off)");
    }
}

/* Predictions, too: the mean of them with x1 set to a value. */
static void as_dummies_in_profiles(void **state) {
    static const double values[] = {-1, 0.5};
    (void)state;
    pp_error err = {0};
    pp_table *table = make_table(12);
    pp_result *result[2];
    static const char *const terms[] = {"x1 + x2 + offset(off) | a + b",
                                        "x1 + x2 + offset(off) + factor(a) + factor(b)"};
    for (int i = 0; i < 2; i++) {
        pp_fit *fit = fit_of(table, terms[i], &(pp_model_options){0});
        assert_ok(pp_fit_result(fit, &result[i], &err));
        assert_ok(pp_fit_profile(fit, "x1", values, 2, "profile", result[i], &err));
        pp_fit_free(fit);
    }
    for (int i = 0; i < 2; i++) {
        const pp_table *a = pp_result_find(result[0], "profile"),
                       *b = pp_result_find(result[1], "profile");
        assert_close("profile", pp_table_find(a, "estimate")->number[i],
                     pp_table_find(b, "estimate")->number[i], 1e-9);
    }
    pp_result_free(result[0]);
    pp_result_free(result[1]);
    pp_table_free(table);
}

static double fact(const pp_result *r, const char *name) {
    return pp_table_find(pp_result_find(r, "model"), name)->number[0];
}

static void what_effects_explain(void **state) {
    (void)state;
    pp_table *table = make_table(13);
    const pp_model_options o = {.model = "ols", .keep_singletons = 1};
    pp_fit *with = fitted("w ~ x1 + of_b + x2 | a + b", table, &o);
    pp_fit *without = fitted("w ~ x1 + x2 | a + b", table, &o);
    assert_int_equal(pp_fit_terms(with), 2);
    assert_same(with, without, 1e-9);
    pp_fit_free(with);
    pp_fit_free(without);
    pp_result *r = fit_result("w ~ x1 + of_b + x2 | a + b", table, &o);
    assert_string_equal(drops_of(r), "collinear of_b terms 1");
    pp_result_free(r);
    pp_table_free(table);
}

static void effects_alone(void **state) {
    (void)state;
    pp_table *table = make_table(14);
    const pp_model_options o = {.model = "ols", .keep_singletons = 1};
    pp_result *absorbed = fit_result("w ~ 1 | a + b", table, &o);
    pp_result *dummies = fit_result("w ~ factor(a) + factor(b)", table, &o);
    static const char *const facts[] = {"r2", "sigma", "loglik", "aic"};
    for (int i = 0; i < 4; i++) {
        assert_close(facts[i], fact(absorbed, facts[i]), fact(dummies, facts[i]),
                     1e-9 * fabs(fact(dummies, facts[i])));
    }
    pp_result_free(absorbed);
    pp_result_free(dummies);
    pp_table_free(table);
}

/* Frequency weights are rows that stand there so often. */
static void frequencies(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *table = make_table(15), *repeated = NULL;
    const double *times = pp_table_find(table, "times")->number;
    int64_t rows[4 * ROWS], n = 0;
    for (int64_t i = 0; i < ROWS; i++) {
        for (int t = 0; t < (int)times[i]; t++) {
            rows[n++] = i;
        }
    }
    assert_ok(pp_table_take_rows(table, rows, n, &repeated, &err));
    pp_fit *weighted =
        fit_of(table, "x1 + x2 | a + b + near",
               &(pp_model_options){
                   .vcov = "hc1", .weights = "times", .weight_kind = "frequency"});
    pp_fit *in_rows =
        fit_of(repeated, "x1 + x2 | a + b + near", &(pp_model_options){.vcov = "hc1"});
    assert_same(weighted, in_rows, 1e-9);
    pp_fit_free(weighted);
    pp_fit_free(in_rows);
    pp_table_free(table);
    pp_table_free(repeated);
}

static pp_status fit_once(void *payload, pp_error *err) {
    pp_fit *fit = NULL;
    pp_status status = pp_model_fit(
        "w ~ x1 + x2 | b + a + near", payload,
        &(pp_model_options){.model = "ols", .vcov = "cluster:b"}, NULL, &fit, err);
    pp_fit_free(fit);
    return status;
}

static void no_memory(void **state) {
    (void)state;
    pp_table *table = make_table(16);
    assert_true(fail_every_allocation(fit_once, table) > 10);
    pp_table_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_dummies),
                                       cmocka_unit_test(as_dummies_with_weights),
                                       cmocka_unit_test(as_dummies_in_profiles),
                                       cmocka_unit_test(what_effects_explain),
                                       cmocka_unit_test(effects_alone),
                                       cmocka_unit_test(frequencies),
                                       cmocka_unit_test(no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
