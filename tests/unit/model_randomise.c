/* Randomisation inference: against all assignments, nulls, units, strata, threads, memory. */
#include "support/frames.h"
#include "support/support.h"

#include <pushpull/inference.h>

#include <math.h>
#include <string.h>

enum { ROWS = 60 };

static pp_table *make_table(void) {
    pp_error err = {0};
    pp_column *c;
    pp_table *table = random_frame(ROWS, 3);
    assert_ok(pp_table_add(table, PP_NUMBER, "t", &c, &err));
    for (int64_t i = 0; i < ROWS; i++) {
        pp_table_find(table, "group")->number[i] = (double)(i / 5);
        c->number[i] = (double)(i / 5 % 2);
        pp_table_find(table, "w")->number[i] += 0.5 * c->number[i];
    }
    return table;
}

static pp_result *permuted(const pp_fit *fit, const pp_permutation_options *o,
                           int threads) {
    pp_error err = {0};
    pp_result *r = NULL;
    const pp_context ctx = {.threads = threads};
    assert_ok(pp_result_new("fit", &r, &err));
    assert_ok(pp_fit_permute(fit, o, &ctx, r, &err));
    return r;
}

static double value(const pp_result *r, const char *column) {
    return pp_table_find(pp_result_find(r, "randomisation"), column)->number[0];
}

static double p_of(const pp_fit *fit, pp_permutation_options o, double null) {
    o.null = null;
    pp_result *r = permuted(fit, &o, 2);
    double p = value(r, "p_value");
    pp_result_free(r);
    return p;
}

static int bits(int set) {
    int n = 0;
    for (; set; set &= set - 1) {
        n++;
    }
    return n;
}

/* Six of twelve units treated: the share of the 924 assignments that are as extreme. */
static void near_all_assignments(void **state) {
    (void)state;
    pp_table *table = make_table();
    const double *w = pp_table_find(table, "w")->number;
    double mean[12] = {0}, observed = 0;
    int extreme = 0, all = 0;
    for (int64_t i = 0; i < ROWS; i++) {
        mean[i / 5] += w[i] / 5;
    }
    for (int u = 0; u < 12; u++) {
        observed += (u % 2 ? 1 : -1) * mean[u];
    }
    for (int set = 0; set < 1 << 12; set++) {
        double difference = 0;
        for (int u = 0; u < 12; u++) {
            difference += (set >> u & 1 ? 1 : -1) * mean[u];
        }
        all += bits(set) == 6;
        extreme += bits(set) == 6 && fabs(difference) >= fabs(observed) - 1e-9;
    }
    pp_fit *fit = fitted("w ~ t", table, &(pp_model_options){.model = "ols"});
    const pp_permutation_options o = {.column = "t", .unit = "group", .draws = 4000};
    double exact = (double)extreme / all;
    assert_true(fabs(p_of(fit, o, 0) - exact) < 4 * sqrt(exact * (1 - exact) / 4000));
    pp_fit_free(fit);
    pp_table_free(table);
}

static void ends_are_jumps(void **state) {
    (void)state;
    pp_table *table = make_table();
    pp_fit *fit = fitted("w ~ x1 + x2", table, &(pp_model_options){.model = "ols"});
    const pp_permutation_options o = {.column = "x1", .draws = 400, .level = 0.9};
    pp_result *r = permuted(fit, &o, 1);
    double low = value(r, "conf_low"), high = value(r, "conf_high");
    assert_true(p_of(fit, o, low - 1e-8) <= 0.1 && p_of(fit, o, low + 1e-8) > 0.1);
    assert_true(p_of(fit, o, high + 1e-8) <= 0.1 && p_of(fit, o, high - 1e-8) > 0.1);
    pp_result_free(r);
    pp_fit_free(fit);
    pp_table_free(table);
}

/* An effect that is taken from the outcome is an offset in the model. */
static void null_is_an_offset(void **state) {
    (void)state;
    pp_table *table = make_table();
    const pp_model_options options = {.model = "ols", .vcov = "hc1"};
    pp_fit *fit = fitted("w ~ x1 + x2", table, &options);
    const pp_permutation_options o = {.column = "x1", .statistic = "t", .draws = 200};
    double p = p_of(fit, o, 0.4);
    pp_fit_free(fit);
    for (int64_t i = 0; i < ROWS; i++) {
        pp_table_find(table, "w")->number[i] -=
            0.4 * pp_table_find(table, "x1")->number[i];
    }
    fit = fitted("w ~ x1 + x2", table, &options);
    assert_true(p_of(fit, o, 0) == p);
    pp_fit_free(fit);
    pp_table_free(table);
}

/* Where strata are what was treated, nothing can change places. */
static void strata_hold(void **state) {
    (void)state;
    pp_table *table = make_table();
    pp_fit *fit = fitted("y ~ t + x1", table, &(pp_model_options){.model = "logit"});
    const pp_permutation_options o = {
        .column = "t", .unit = "group", .strata = "t", .draws = 20};
    assert_true(p_of(fit, o, 0) == 1);
    pp_fit_free(fit);
    pp_table_free(table);
}

static void same_at_any_number_of_threads(void **state) {
    (void)state;
    pp_table *table = make_table();
    pp_fit *fit = fitted("w ~ x1*d", table, &(pp_model_options){.model = "ols"});
    const pp_permutation_options o = {.column = "x1", .draws = 99, .seed = 4};
    pp_result *one = permuted(fit, &o, 1), *four = permuted(fit, &o, 4);
    assert_true(value(one, "conf_low") == value(four, "conf_low"));
    assert_true(value(one, "p_value") == value(four, "p_value"));
    pp_result_free(one);
    pp_result_free(four);
    pp_fit_free(fit);
    pp_table_free(table);
}

static void refusals(void **state) {
    (void)state;
    pp_error err = {0};
    pp_result *r = NULL;
    pp_table *table = make_table();
    pp_table_find(table, "group")->number[0] = 1;
    pp_fit *fit = fitted("w ~ x1 + region", table, &(pp_model_options){.model = "ols"});
    const struct {
        pp_permutation_options o;
        pp_status status;
    } cases[] = {{{.column = "x9"}, PP_E_NOT_FOUND},
                 {{.column = "region"}, PP_E_NOT_FOUND},
                 {{.column = "x1", .term = "x2"}, PP_E_NOT_FOUND},
                 {{.column = "x1", .unit = "group"}, PP_E_INPUT},
                 {{.column = "x1", .strata = "unknown"}, PP_E_NOT_FOUND},
                 {{.column = "x1", .statistic = "F"}, PP_E_ARGUMENT}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_ok(pp_result_new("fit", &r, &err));
        assert_int_equal(pp_fit_permute(fit, &cases[i].o, NULL, r, &err),
                         cases[i].status);
        assert_true(err.hint[0] != '\0');
        pp_result_free(r);
    }
    pp_fit_free(fit);
    pp_table_free(table);
}

static pp_status run_once(void *payload, pp_error *err) {
    const pp_permutation_options o = {
        .column = "t", .unit = "group", .strata = "d", .draws = 2};
    pp_result *r = NULL;
    pp_status status = pp_result_new("fit", &r, err);
    if (status == PP_OK) {
        status = pp_fit_permute(payload, &o, NULL, r, err);
    }
    pp_result_free(r);
    return status;
}

static void memory_may_fail(void **state) {
    (void)state;
    pp_table *table = make_table();
    for (int64_t i = 0; i < ROWS; i++) {
        pp_table_find(table, "d")->number[i] = i >= 30;
    }
    pp_fit *fit = fitted("w ~ t + x1", table, &(pp_model_options){.model = "ols"});
    assert_true(fail_every_allocation(run_once, fit) > 20);
    pp_fit_free(fit);
    pp_table_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(near_all_assignments),
                                       cmocka_unit_test(ends_are_jumps),
                                       cmocka_unit_test(null_is_an_offset),
                                       cmocka_unit_test(strata_hold),
                                       cmocka_unit_test(same_at_any_number_of_threads),
                                       cmocka_unit_test(refusals),
                                       cmocka_unit_test(memory_may_fail)};
    return cmocka_run_group_tests_name("model randomise", tests, NULL, NULL);
}
