/* Hypotheses in words, equivalence and its three answers, adjusted p values, memory. */
#include "support/frames.h"
#include "support/support.h"

#include "model/fit.h"
#include "model/inference/restrictions.h"

#include <pushpull/inference.h>

#include <math.h>
#include <string.h>

static pp_table *table;
static pp_fit *fit;

static int open_fit(void **state) {
    (void)state;
    table = random_frame(400, 17);
    fit = fitted("w ~ x1*d + x2 + factor(region)", table,
                 &(pp_model_options){.model = "ols"});
    return 0;
}

static int close_fit(void **state) {
    (void)state;
    pp_fit_free(fit);
    pp_table_free(table);
    return 0;
}

/* "r: +2 x1 -1 x2; …" of the hypothesis. */
static void assert_reads(const char *text, int m, const char *first, double weight,
                         double r) {
    pp_error err = {0};
    pp_arena arena;
    pp__restrictions *h;
    pp_arena_init(&arena);
    assert_ok(pp__restrictions_parse(fit, text, &arena, &h, &err));
    assert_int_equal(h->m, m);
    for (int j = 0; j < fit->k; j++) {
        if (strcmp(fit->name[j], first) == 0) {
            assert_true(fabs(h->R[j] - weight) < 1e-15);
        }
    }
    assert_true(fabs(h->r[0] - r) < 1e-15);
    pp_arena_clear(&arena);
}

static void words(void **state) {
    (void)state;
    assert_reads("x1 = 0", 1, "x1", 1, 0);
    assert_reads("x1", 1, "x1", 1, 0);
    assert_reads(" 2*x1 - x2/4 = .5e0 ", 1, "x2", -0.25, 0.5);
    assert_reads("x1 = x2", 1, "x2", -1, 0);
    assert_reads("1 = x1 + 3", 1, "x1", -1, 2);
    assert_reads("x1:d = 0, x2=1", 2, "x1:d", 1, 0);
    assert_reads("`x1:d`*3 = 0", 1, "x1:d", 3, 0);
    assert_reads("(Intercept) = -2", 1, "(Intercept)", 1, -2);
    assert_reads("factor(region)B = factor(region)C", 1, "factor(region)C", -1, 0);
    assert_reads("factor(region)", 4, "factor(region)B", 1, 0);
    assert_reads("-x1 = 0", 1, "x1", -1, 0);
}

static void assert_wrong(const char *text, pp_status status, int position,
                         const char *message) {
    pp_error err = {0};
    pp_result *r = NULL;
    assert_ok(pp_result_new("fit", &r, &err));
    assert_int_equal(pp_fit_test(fit, text, NULL, NULL, r, &err), status);
    assert_int_equal(err.position, position);
    assert_non_null(strstr(err.message, message));
    pp_result_free(r);
}

static void mistakes(void **state) {
    (void)state;
    assert_wrong("x1 = 0, y9 = 0", PP_E_NOT_FOUND, 9, "no such coefficient");
    assert_wrong("x1 =", PP_E_ARGUMENT, 5, "missing");
    assert_wrong("", PP_E_ARGUMENT, 1, "missing");
    assert_wrong("x1 = 0; ", PP_E_ARGUMENT, 9, "missing");
    assert_wrong("x1*x2 = 0", PP_E_ARGUMENT, 4, "linear");
    assert_wrong("x1/0 = 0", PP_E_ARGUMENT, 4, "zero");
    assert_wrong("x1 = x1", PP_E_ARGUMENT, 1, "no coefficient");
    assert_wrong("x1 = 0, 2*x1 = 3", PP_E_ARGUMENT, 1, "repeat or contradict");
    assert_wrong("x1 = 0 x2", PP_E_ARGUMENT, 8, "not expected");
}

/* With one restriction F is t², and the joint test of all is the same in any words. */
static void same_in_other_words(void **state) {
    (void)state;
    pp_error err = {0};
    pp_result *r = NULL;
    assert_ok(pp_fit_result(fit, &r, &err));
    assert_ok(pp_fit_test(fit, "x2; x1 = 0, x2 = 0; x1 = x2, 3*x2 + x1 = 0", NULL, NULL,
                          r, &err));
    const double *F = pp_table_find(pp_result_find(r, "tests"), "statistic")->number;
    double t = number_at(r, "coefficients", "term", "x2", "statistic");
    assert_true(fabs(F[0] - t * t) < 1e-9 * F[0]);
    assert_true(fabs(F[1] - F[2]) < 1e-9 * F[1]);
    pp_result_free(r);
}

static const char *answer_of(const char *claim, double *p, const char **meaning) {
    static pp_result *r;
    pp_error err = {0};
    pp_result_free(r);
    r = NULL;
    if (!claim) {
        return NULL;
    }
    assert_ok(pp_result_new("fit", &r, &err));
    assert_ok(pp_fit_equivalence(fit, claim, r, &err));
    const pp_table *t = pp_result_find(r, "equivalence");
    *p = pp_table_find(t, "p_value")->number[0];
    *meaning = pp_table_find(t, "meaning")->text[0];
    return pp_table_find(t, "answer")->text[0];
}

static void three_answers(void **state) {
    (void)state;
    double p;
    const char *meaning;
    assert_string_equal(answer_of("x1: 3", &p, &meaning), "equivalent");
    assert_true(p < 0.05);
    assert_non_null(strstr(meaning, "not at zero"));
    assert_string_equal(answer_of("x1: 0.01", &p, &meaning), "different");
    assert_true(p > 0.5);
    assert_non_null(strstr(meaning, "beyond"));
    assert_string_equal(answer_of("factor(region)B: 0.05", &p, &meaning), "undetermined");
    assert_non_null(strstr(meaning, "not enough data to tell"));
    answer_of(NULL, NULL, NULL);
}

static void bounds(void **state) {
    (void)state;
    pp_error err = {0};
    pp_result *r = NULL;
    assert_ok(pp_result_new("fit", &r, &err));
    assert_ok(pp_fit_equivalence(fit, "x1: -0.1, 0.2; x2: 1 sd", r, &err));
    const pp_table *t = pp_result_find(r, "equivalence");
    assert_true(pp_table_find(t, "bound_low")->number[0] == -0.1);
    assert_true(pp_table_find(t, "bound_high")->number[0] == 0.2);
    double sd = pp_table_find(t, "sd")->number[1];
    assert_true(fabs(pp_table_find(t, "bound_high")->number[1] * sd - 1) < 1e-12);
    assert_int_equal(pp_fit_equivalence(fit, "x9: 1", r, &err), PP_E_NOT_FOUND);
    assert_int_equal(pp_fit_equivalence(fit, "x1: a", r, &err), PP_E_ARGUMENT);
    assert_int_equal(err.position, 5);
    assert_int_equal(pp_fit_equivalence(fit, "x1", r, &err), PP_E_ARGUMENT);
    assert_int_equal(pp_fit_equivalence(fit, "x1: 2, 1", r, &err), PP_E_ARGUMENT);
    pp_result_free(r);
}

/* R's p.adjust. */
static void adjusted(void **state) {
    static const double P[] = {.01, .04, .03, .005, .2, NAN, .04};
    static const double EXPECTED[][7] = {{.05, .12, .12, .03, .2, NAN, .12},
                                         {.05, .08, .08, .03, .2, NAN, .08},
                                         {.03, .048, .048, .03, .2, NAN, .048}};
    static const char *const METHODS[] = {"holm", "hochberg", "bh"};
    (void)state;
    pp_error err = {0};
    double out[7];
    for (int m = 0; m < 3; m++) {
        assert_ok(pp_adjust(METHODS[m], P, 7, out, &err));
        for (int i = 0; i < 7; i++) {
            assert_true(isnan(P[i]) ? isnan(out[i])
                                    : fabs(out[i] - EXPECTED[m][i]) < 1e-15);
        }
    }
    assert_int_equal(pp_adjust("bonferoni", P, 7, out, &err), PP_E_ARGUMENT);
}

static pp_result *stepped(const pp_fit *const *fits, int n, const char *method,
                          const char *term) {
    pp_error err = {0};
    pp_result *r = NULL;
    const pp_bootstrap_options o = {.method = method,
                                    .cluster = "group",
                                    .term = term,
                                    .draws = 499,
                                    .adjust = "romano-wolf"};
    assert_ok(pp_result_new("fit", &r, &err));
    assert_ok(pp_fits_bootstrap(fits, n, &o, NULL, r, &err));
    return r;
}

/* Alone a test is hardly adjusted; the same test again costs nothing; others do. */
static void stepdown(void **state) {
    static const char *const METHODS[] = {"wild", "score", "pairs"};
    (void)state;
    const pp_fit *const twice[] = {fit, fit};
    for (int m = 0; m < 3; m++) {
        pp_result *one = stepped(twice, 1, METHODS[m], "x1:d");
        pp_result *two = stepped(twice, 2, METHODS[m], "x1:d");
        pp_result *all = stepped(twice, 1, METHODS[m], NULL);
        double p = number_at(one, "bootstrap", "term", "x1:d", "p_romano_wolf");
        double plain = number_at(one, "bootstrap", "term", "x1:d", "p_value");
        const pp_table *t = pp_result_find(two, "bootstrap");
        assert_int_equal(pp_table_rows(t), 2);
        assert_true(pp_table_find(t, "fit")->number[1] == 2);
        assert_true(pp_table_find(t, "p_romano_wolf")->number[0] == p);
        assert_true(pp_table_find(t, "p_romano_wolf")->number[1] == p);
        assert_true(m == 2 || fabs(p - (499 * plain + 1) / 500) < 1e-12);
        assert_true(number_at(all, "bootstrap", "term", "x1:d", "p_romano_wolf") >= p);
        assert_true(
            isnan(number_at(all, "bootstrap", "term", "(Intercept)", "p_romano_wolf")));
        pp_result_free(one);
        pp_result_free(two);
        pp_result_free(all);
    }
}

static void other_rows_are_refused(void **state) {
    (void)state;
    pp_error err = {0};
    pp_result *r = NULL;
    pp_fit *fewer =
        fitted("w ~ x1", table, &(pp_model_options){.model = "ols", .where = "x1 > 0"});
    const pp_fit *const fits[] = {fit, fewer};
    const pp_bootstrap_options o = {
        .method = "wild", .cluster = "group", .draws = 99, .adjust = "romano-wolf"};
    assert_ok(pp_result_new("fit", &r, &err));
    assert_int_equal(pp_fits_bootstrap(fits, 2, &o, NULL, r, &err), PP_E_ARGUMENT);
    pp_result_free(r);
    pp_fit_free(fewer);
}

static pp_status test_once(void *payload, pp_error *err) {
    pp_result *r = NULL;
    const char *const kinds[] = {"wald", "lr", "score"};
    (void)payload;
    pp_status status = pp_result_new("fit", &r, err);
    for (int i = 0; i < 3 && status == PP_OK; i++) {
        status = pp_fit_test(fit, "x1 = 0, x2 = 0.1", kinds[i], NULL, r, err);
    }
    if (status == PP_OK) {
        status = pp_fit_equivalence(fit, "x1: 1", r, err);
    }
    const pp_bootstrap_options o = {
        .method = "wild", .cluster = "group", .draws = 50, .adjust = "romano-wolf"};
    if (status == PP_OK) {
        status = pp_fit_bootstrap(fit, &o, NULL, r, err);
    }
    if (status == PP_OK) {
        status = pp_result_adjust(r, "holm,bh", NULL, err);
    }
    pp_result_free(r);
    return status;
}

static void memory_may_fail(void **state) {
    (void)state;
    assert_true(fail_every_allocation(test_once, NULL) > 30);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(words),
                                       cmocka_unit_test(mistakes),
                                       cmocka_unit_test(same_in_other_words),
                                       cmocka_unit_test(three_answers),
                                       cmocka_unit_test(bounds),
                                       cmocka_unit_test(adjusted),
                                       cmocka_unit_test(stepdown),
                                       cmocka_unit_test(other_rows_are_refused),
                                       cmocka_unit_test(memory_may_fail)};
    return cmocka_run_group_tests_name("model hypotheses", tests, open_fit, close_fit);
}
