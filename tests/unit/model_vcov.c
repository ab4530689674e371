/* Covariance tokens, what is refused and why, and covariances against all pairs of rows. */
#include "model/inference/vcov.h"
#include "support/frames.h"
#include "support/support.h"

#include <pushpull/random.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- tokens ---- */

static void tokens_are_read(void **state) {
    static const struct {
        const char *token;
        pp__vcov_kind kind;
        int type, columns;
        const char *last;
        int lag;
        double cutoff;
        pp__kernel kernel;
    } cases[] = {{"iid", PP__IID, 0, 0, NULL, 0, 0, PP__UNIFORM},
                 {"hc3", PP__HC, 3, 0, NULL, 0, 0, PP__UNIFORM},
                 {"cluster:g", PP__CLUSTER, 1, 1, "g", -1, 0, PP__UNIFORM},
                 {"cr0:a+`b + c`+d+`e:f`", PP__CLUSTER, 0, 4, "e:f", -1, 0, PP__UNIFORM},
                 {"cr2:country", PP__CORRECTED, 2, 1, "country", -1, 0, PP__UNIFORM},
                 {"dk:year", PP__TIME, 0, 1, "year", -1, 0, PP__UNIFORM},
                 {"dk:year:0", PP__TIME, 0, 1, "year", 0, 0, PP__UNIFORM},
                 {"conley:lat+lon:0.5", PP__SPACE, 0, 2, "lon", -1, 0.5, PP__UNIFORM},
                 {"conley:a+b:12:uniform", PP__SPACE, 0, 2, "b", -1, 12, PP__UNIFORM},
                 {"conley:a+b:12:bartlett", PP__SPACE, 0, 2, "b", -1, 12, PP__BARTLETT}};
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        pp_error err = {0};
        pp_arena arena;
        pp__vcov v;
        pp_arena_init(&arena);
        assert_ok(pp__vcov_parse(cases[c].token, NULL, &arena, &v, &err));
        assert_int_equal(v.kind, cases[c].kind);
        assert_int_equal(v.type, cases[c].type);
        assert_int_equal(v.n_columns, cases[c].columns);
        assert_int_equal(v.lag, cases[c].lag);
        assert_true(v.cutoff == cases[c].cutoff);
        assert_int_equal(v.kernel, cases[c].kernel);
        if (cases[c].last) {
            assert_string_equal(v.column[v.n_columns - 1], cases[c].last);
        }
        pp_arena_clear(&arena);
    }
}

static void wrong_tokens_are_told(void **state) {
    static const char *const wrong[] = {"hc4",
                                        "hc1:g",
                                        "cluster",
                                        "cluster:",
                                        "cluster:a+",
                                        "cluster:a+a",
                                        "cluster:a+b+c+d+e",
                                        "cluster:a:2",
                                        "cr2:a+b",
                                        "cluster:`a",
                                        "dk",
                                        "dk:a+b",
                                        "dk:year:-1",
                                        "dk:year:1.5",
                                        "dk:year:x",
                                        "conley:lat:5",
                                        "conley:a+b",
                                        "conley:a+b:",
                                        "conley:a+b:0",
                                        "conley:a+b:-3",
                                        "conley:a+b:x",
                                        "conley:a+b:5:tri"};
    (void)state;
    for (size_t w = 0; w < sizeof wrong / sizeof *wrong; w++) {
        pp_error err = {0};
        pp_arena arena;
        pp__vcov v;
        pp_arena_init(&arena);
        if (pp__vcov_parse(wrong[w], NULL, &arena, &v, &err) != PP_E_ARGUMENT ||
            !err.hint[0]) {
            fail_msg("%s is no argument error with a hint: %s", wrong[w], err.message);
        }
        pp_arena_clear(&arena);
    }
}

/* ---- refusals ---- */

static void assert_refused(const char *formula, const pp_table *table,
                           const pp_model_options *options, pp_status code,
                           const char *words) {
    pp_error err = {0};
    pp_fit *fit = NULL;
    pp_status status = pp_model_fit(formula, table, options, NULL, &fit, &err);
    if (status != code || !strstr(err.message, words)) {
        fail_msg("%s, %s: %s, %s", formula, options->vcov, pp_status_name(status),
                 err.message);
    }
}

static void what_cannot_be_is_refused(void **state) {
    (void)state;
    pp_table *t = random_frame(60, 3);
    pp_error err = {0};
    pp_column *far;
    assert_ok(pp_table_add(t, PP_NUMBER, "far", &far, &err));
    for (int64_t i = 0; i < 60; i++) {
        far->number[i] = 89 + (double)i;
    }
    pp_model_options o = {.model = "ols", .vcov = "conley:far+x1:10"};
    assert_refused("w ~ x1", t, &o, PP_E_INPUT, "no latitude");
    o.vcov = "conley:region+x1:10";
    assert_refused("w ~ x1", t, &o, PP_E_INPUT, "numbers");
    o.vcov = "cr2:region";
    assert_refused("w ~ x1 | d", t, &o, PP_E_UNSUPPORTED, "not nested");
    o.weights = "x3";
    assert_refused("w ~ x1 | region", t, &o, PP_E_UNSUPPORTED, "sampling weights");
    o.weights = NULL;
    o.model = "logit";
    assert_refused("y ~ x1 | region", t, &o, PP_E_UNSUPPORTED, "generalised linear");
    o.model = "firth";
    assert_refused("y ~ x1", t, &o, PP_E_UNSUPPORTED, "not defined");
    o.model = "ols";
    o.where = "region = 'A'";
    assert_refused("w ~ x1", t, &o, PP_E_ESTIMATION, "one value only");
    o.vcov = "dk:region";
    assert_refused("w ~ x1", t, &o, PP_E_ESTIMATION, "no periods");
    pp_table_free(t);
}

/* ---- against all pairs ---- */

typedef double pair_weight(const pp_table *table, const char *vcov, int64_t i, int64_t j);

static double at(const pp_table *table, const char *name, int64_t i) {
    return pp_table_find(table, name)->number[i];
}

static double in_space(const pp_table *t, const char *vcov, int64_t i, int64_t j) {
    const double r = 3.14159265358979323846 / 180;
    double km = 0, phi = at(t, "lat", i) * r, psi = at(t, "lat", j) * r;
    double up = sin((phi - psi) / 2),
           east = sin((at(t, "lon", i) - at(t, "lon", j)) * r / 2);
    double a = up * up + cos(phi) * cos(psi) * east * east;
    double apart = 2 * 6371.0088 * asin(fmin(1, sqrt(a)));
    assert_int_equal(sscanf(vcov, "conley:lat+lon:%lf", &km), 1);
    if (apart > km) {
        return 0;
    }
    return strstr(vcov, "bartlett") ? 1 - apart / km : 1;
}

/* Cameron, Gelbach & Miller: pairs that share any cluster. */
static double in_a_cluster(const pp_table *t, const char *vcov, int64_t i, int64_t j) {
    static const char *const names[] = {"a", "b", "c", "d"};
    int shared = 0;
    for (int n = 0; n < 4; n++) {
        shared |= strchr(strchr(vcov, ':'), *names[n]) &&
                  at(t, names[n], i) == at(t, names[n], j);
    }
    return shared;
}

static double in_time(const pp_table *t, const char *vcov, int64_t i, int64_t j) {
    double lag = 0;
    assert_int_equal(sscanf(vcov, "dk:b:%lf", &lag), 1);
    return fmax(0, 1 - fabs(at(t, "b", i) - at(t, "b", j)) / (lag + 1));
}

enum { ROWS = 300 };

static pp_table *make_table(void) {
    static const char *const names[] = {"y", "x", "lat", "lon", "a", "b", "c", "d"};
    pp_error err = {0};
    pp_table *table;
    pp_rng rng;
    double *v[8];
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, ROWS, &err));
    for (int n = 0; n < 8; n++) {
        pp_column *c;
        assert_ok(pp_table_add(table, PP_NUMBER, names[n], &c, &err));
        v[n] = c->number;
    }
    pp_rng_init(&rng, 8, 0, 0);
    for (int64_t i = 0; i < ROWS; i++) {
        double up = pp_rng_uniform(&rng), shared = pp_rng_normal(&rng);
        v[1][i] = shared + pp_rng_normal(&rng);
        v[0][i] = v[1][i] + shared * v[1][i] + pp_rng_normal(&rng);
        v[2][i] = i % 5 == 0 ? 90 - up : i % 5 == 1 ? -90 + up : 180 * up - 90;
        v[3][i] = i % 3 == 0 ? 179 + 2 * pp_rng_uniform(&rng)
                             : 720 * pp_rng_uniform(&rng) - 360;
        for (int n = 4; n < 8; n++) {
            v[n][i] = (double)pp_rng_below(&rng, 4 * n);
        }
    }
    v[2][0] = 90;
    v[2][1] = -90;
    for (int64_t i = 200; i < ROWS; i++) { /* places that are there several times */
        v[2][i] = v[2][i % 50];
        v[3][i] = v[3][i % 50];
    }
    return table;
}

/* V of the slope of y ~ x, by residuals and all pairs. */
static double by_pairs(const pp_table *t, const char *vcov, pair_weight *weight) {
    const double *y = pp_table_find(t, "y")->number, *x = pp_table_find(t, "x")->number;
    double mx = 0, my = 0, sxx = 0, sxy = 0, sum = 0;
    for (int64_t i = 0; i < ROWS; i++) {
        mx += x[i] / ROWS;
        my += y[i] / ROWS;
    }
    for (int64_t i = 0; i < ROWS; i++) {
        sxx += (x[i] - mx) * (x[i] - mx);
        sxy += (x[i] - mx) * (y[i] - my);
    }
    for (int64_t i = 0; i < ROWS; i++) {
        double own = (x[i] - mx) * (y[i] - my - sxy / sxx * (x[i] - mx));
        for (int64_t j = 0; j < ROWS; j++) {
            double other = (x[j] - mx) * (y[j] - my - sxy / sxx * (x[j] - mx));
            sum += own * other * weight(t, vcov, i, j);
        }
    }
    return sum / (sxx * sxx);
}

static void all_pairs_say_the_same(void **state) {
    static const struct {
        const char *vcov;
        pair_weight *weight;
    } cases[] = {{"conley:lat+lon:1", in_space},
                 {"conley:lat+lon:40", in_space},
                 {"conley:lat+lon:40:bartlett", in_space},
                 {"conley:lat+lon:900", in_space},
                 {"conley:lat+lon:900:bartlett", in_space},
                 {"conley:lat+lon:6000", in_space},
                 {"conley:lat+lon:15000:bartlett", in_space},
                 {"conley:lat+lon:20100:bartlett", in_space},
                 {"cr0:a", in_a_cluster},
                 {"cr0:a+b", in_a_cluster},
                 {"cr0:c+a+d", in_a_cluster},
                 {"cr0:a+b+c+d", in_a_cluster},
                 {"dk:b:0", in_time},
                 {"dk:b:2", in_time},
                 {"dk:b:90", in_time}};
    (void)state;
    pp_table *t = make_table();
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        const pp_model_options o = {.model = "ols", .vcov = cases[c].vcov, .ssc = "none"};
        pp_fit *fit = fitted("y ~ x", t, &o);
        double expected = by_pairs(t, cases[c].vcov, cases[c].weight);
        double got = pp_fit_covariance(fit)[3];
        if (!(fabs(got - expected) <= 1e-10 * fabs(expected))) {
            fail_msg("%s: %.15g, by pairs %.15g", cases[c].vcov, got, expected);
        }
        pp_fit_free(fit);
    }
    pp_table_free(t);
}

/* Many rows are cut into chunks. */
static void chunks_add_up(void **state) {
    enum { MANY = 300000 };
    (void)state;
    pp_table *t = random_frame(MANY, 5);
    double *group = pp_table_find(t, "group")->number;
    for (int64_t i = 0; i < MANY; i++) {
        group[i] = (double)(i * 7919 % 5000);
    }
    pp_model_options o = {.model = "ols", .vcov = "cr0:group", .ssc = "none"};
    pp_fit *all = fitted("w ~ x1", t, &o);
    double sum = 0, x_mean = 0, sxx = 0;
    const double *x = pp_table_find(t, "x1")->number, *y = pp_table_find(t, "w")->number;
    static double of_group[5000];
    const double *b = pp_fit_estimates(all);
    for (int64_t i = 0; i < MANY; i++) {
        x_mean += x[i] / MANY;
    }
    for (int64_t i = 0; i < MANY; i++) {
        sxx += (x[i] - x_mean) * (x[i] - x_mean);
        of_group[(int)group[i]] += (x[i] - x_mean) * (y[i] - b[0] - b[1] * x[i]);
    }
    for (int g = 0; g < 5000; g++) {
        sum += of_group[g] * of_group[g];
    }
    double expected = sum / (sxx * sxx);
    assert_true(fabs(pp_fit_covariance(all)[3] - expected) <= 1e-9 * expected);
    pp_fit_free(all);
    pp_table_free(t);
}

/* CR3 is the jackknife, of any estimator by a Newton step and of ols to the end. */
static void cr3_leaves_clusters_out(void **state) {
    (void)state;
    pp_table *t = random_frame(200, 11);
    const pp_model_options o = {.model = "ols", .vcov = "cr3:region"};
    pp_fit *all = fitted("w ~ x1 + x2", t, &o);
    double sum = 0;
    for (char region = 'A'; region <= 'E'; region++) {
        char where[32];
        snprintf(where, sizeof where, "region <> '%c'", region);
        const pp_model_options without = {.model = "ols", .where = where};
        pp_fit *fit = fitted("w ~ x1 + x2", t, &without);
        sum += pow(pp_fit_estimates(fit)[1] - pp_fit_estimates(all)[1], 2);
        pp_fit_free(fit);
    }
    assert_true(fabs(sum - pp_fit_covariance(all)[4]) <= 1e-10 * sum);
    pp_fit_free(all);
    pp_table_free(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(tokens_are_read),
                                       cmocka_unit_test(wrong_tokens_are_told),
                                       cmocka_unit_test(what_cannot_be_is_refused),
                                       cmocka_unit_test(all_pairs_say_the_same),
                                       cmocka_unit_test(chunks_add_up),
                                       cmocka_unit_test(cr3_leaves_clusters_out)};
    return cmocka_run_group_tests_name("model vcov", tests, NULL, NULL);
}
