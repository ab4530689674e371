/* The pairs bootstrap: intervals of draws, draws that fail, threads, memory, cancelling. */
#include "support/frames.h"
#include "support/support.h"

#include "model/inference/resampled.h"

#include <pushpull/inference.h>

#include <math.h>
#include <string.h>

static void assert_close(double actual, double expected) {
    if (!(fabs(actual - expected) <= 1e-12 * (1 + fabs(expected)))) {
        fail_msg("%.15g, expected %.15g", actual, expected);
    }
}

/* R 4.2.2, boot 1.3-28: norm.inter on these draws, and on BCa's probabilities. */
static void intervals(void **state) {
    (void)state;
    double t[199], without[20], low, high;
    for (int i = 1; i <= 199; i++) {
        t[i - 1] = sin(1.7 * i) + (i % 13) / 10.0;
    }
    for (int i = 1; i <= 20; i++) {
        without[i - 1] = cos(i) + i * i / 100.0;
    }
    pp__resampled r = pp__resampled_of(t, 199, 0.7);
    r.acceleration = pp__acceleration(without, 20);
    assert_close(r.acceleration, -0.0198143243897299);
    assert_close(r.sd, 0.80558754169013);
    assert_close(r.mean, 0.591861345001055);
    pp__resampled_interval(&r, PP__PERCENTILE, 0.9, &low, &high);
    assert_close(low, -0.704078583459432);
    assert_close(high, 1.906943296225);
    pp__resampled_interval(&r, PP__BCA, 0.9, &low, &high);
    assert_close(low, -0.618845097988006);
    assert_close(high, 1.99110824601684);
    pp__resampled_interval(&r, PP__NORMAL, 0.9, &low, &high);
    assert_close(high - 0.7, 1.6448536269514722 * r.sd);
    assert_close((low + high) / 2, 0.7);
}

static pp_table *make_table(void) {
    pp_table *table = random_frame(600, 31);
    for (int64_t i = 0; i < 600; i++) {
        pp_table_find(table, "group")->number[i] = (double)(i / 10);
        pp_table_find(table, "w")->number[i] += sin((double)(i / 10));
    }
    return table;
}

static pp_result *bootstrapped(const pp_fit *fit, const pp_bootstrap_options *o,
                               int threads) {
    pp_error err = {0};
    pp_result *r = NULL;
    const pp_context ctx = {.threads = threads};
    assert_ok(pp_result_new("fit", &r, &err));
    assert_ok(pp_fit_bootstrap(fit, o, &ctx, r, &err));
    return r;
}

/* The spread of the draws is what clustered errors estimate. */
static void errors_are_clustered(void **state) {
    (void)state;
    pp_table *table = make_table();
    pp_fit *fit = fitted("w ~ x1 + x2", table,
                         &(pp_model_options){.model = "ols", .vcov = "cluster:group"});
    const pp_bootstrap_options o = {
        .method = "pairs", .cluster = "group", .draws = 1500, .seed = 3};
    pp_result *r = bootstrapped(fit, &o, 2);
    for (int j = 0; j < 3; j++) {
        double clustered = sqrt(pp_fit_covariance(fit)[4 * j]);
        double drawn =
            number_at(r, "bootstrap", "term", pp_fit_term(fit, j), "std_error");
        assert_true(fabs(drawn / clustered - 1) < 0.08);
    }
    pp_result_free(r);
    pp_fit_free(fit);
    pp_table_free(table);
}

static void same_at_any_number_of_threads(void **state) {
    (void)state;
    pp_table *table = make_table();
    pp_fit *fit = fitted("y ~ x1 + region", table, &(pp_model_options){.model = "logit"});
    const pp_bootstrap_options o = {
        .method = "pairs", .cluster = "group", .draws = 70, .interval = "bca"};
    pp_result *one = bootstrapped(fit, &o, 1);
    for (int threads = 2; threads <= 4; threads += 2) {
        pp_result *many = bootstrapped(fit, &o, threads);
        assert_memory_equal(
            pp_table_find(pp_result_find(one, "bootstrap"), "conf_low")->number,
            pp_table_find(pp_result_find(many, "bootstrap"), "conf_low")->number,
            6 * sizeof(double));
        pp_result_free(many);
    }
    pp_result_free(one);
    pp_fit_free(fit);
    pp_table_free(table);
}

/* A covariate that varies in two clusters only is not in every draw. */
static void draws_without_a_coefficient(void **state) {
    (void)state;
    pp_table *table = make_table();
    double *x3 = pp_table_find(table, "x3")->number;
    for (int64_t i = 0; i < 600; i++) {
        x3[i] = i < 20 ? (double)(i % 3) : 0;
    }
    pp_fit *fit = fitted("w ~ x1 + x3", table, &(pp_model_options){.model = "ols"});
    const pp_bootstrap_options o = {.method = "pairs", .cluster = "group", .draws = 200};
    pp_result *r = bootstrapped(fit, &o, 1);
    double with = number_at(r, "bootstrap", "term", "x3", "draws");
    assert_true(with > 150 && with < 195); /* 1 - e^-2 of 200 */
    assert_true(number_at(r, "bootstrap", "term", "x1", "draws") == 200);
    assert_int_equal(pp_result_warnings(r), 0);
    pp_result_free(r);
    pp_fit_free(fit);
    pp_table_free(table);
}

/* Few events by cluster: draws without any are counted and told. */
static void draws_that_fail(void **state) {
    (void)state;
    pp_table *table = make_table();
    double *y = pp_table_find(table, "y")->number;
    for (int64_t i = 0; i < 600; i++) {
        y[i] = i < 10 && i % 2;
    }
    pp_fit *fit = fitted("y ~ x1", table, &(pp_model_options){.model = "logit"});
    const pp_bootstrap_options o = {.method = "pairs", .cluster = "group", .draws = 100};
    pp_result *r = bootstrapped(fit, &o, 1);
    const pp_table *design = pp_result_find(r, "bootstrap_design");
    double failed = pp_table_find(design, "not_identified")->number[0];
    assert_true(failed > 20 && failed < 60); /* 1 / e of 100 */
    assert_true(number_at(r, "bootstrap", "term", "x1", "draws") == 100 - failed);
    assert_string_equal(pp_result_warning(r, 0)->code, "bootstrap_failures");
    pp_result_free(r);
    pp_fit_free(fit);
    pp_table_free(table);
}

static int stop(void *payload, const char *stage, double fraction) {
    (void)stage;
    (void)fraction;
    return ++*(int *)payload > 3;
}

static void cancelled(void **state) {
    (void)state;
    int calls = 0;
    const pp_context ctx = {.progress = stop, .progress_payload = &calls};
    const pp_bootstrap_options o = {.method = "pairs", .draws = 5000};
    pp_error err = {0};
    pp_result *r = NULL;
    pp_table *table = make_table();
    pp_fit *fit = fitted("w ~ x1", table, &(pp_model_options){.model = "ols"});
    assert_ok(pp_result_new("fit", &r, &err));
    assert_int_equal(pp_fit_bootstrap(fit, &o, &ctx, r, &err), PP_E_CANCELLED);
    pp_result_free(r);
    pp_fit_free(fit);
    pp_table_free(table);
}

static pp_status run_once(void *payload, pp_error *err) {
    const pp_bootstrap_options o = {
        .method = "pairs", .cluster = "region", .draws = 3, .interval = "bca"};
    pp_result *r = NULL;
    pp_status status = pp_result_new("fit", &r, err);
    if (status == PP_OK) {
        status = pp_fit_bootstrap(payload, &o, NULL, r, err);
    }
    pp_result_free(r);
    return status;
}

static void memory_may_fail(void **state) {
    (void)state;
    pp_table *table = make_table();
    pp_fit *fit = fitted("w ~ x1", table, &(pp_model_options){.model = "ols"});
    assert_true(fail_every_allocation(run_once, fit) > 30);
    pp_fit_free(fit);
    pp_table_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(intervals),
                                       cmocka_unit_test(errors_are_clustered),
                                       cmocka_unit_test(same_at_any_number_of_threads),
                                       cmocka_unit_test(draws_without_a_coefficient),
                                       cmocka_unit_test(draws_that_fail),
                                       cmocka_unit_test(cancelled),
                                       cmocka_unit_test(memory_may_fail)};
    return cmocka_run_group_tests_name("model pairs", tests, NULL, NULL);
}
