/* The specification curve: every specification is the fit of its own formula; choices,
   checkpoints, cancelling, threads, memory, bad input. */
#include "support/frames.h"
#include "support/support.h"

#include <pushpull/after.h>
#include <pushpull/curve.h>
#include <pushpull/file.h>
#include <pushpull/random.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { UNITS = 40, YEARS = 12, ROWS = UNITS * YEARS };

static const char *const REGIONS[] = {"Africa", "Asia", "Europe"};

static double *add(pp_table *t, const char *name) {
    pp_error err = {0};
    pp_column *c;
    assert_ok(pp_table_add(t, PP_NUMBER, name, &c, &err));
    return c->number;
}

/* A panel with gaps: x1, x2 and a 0/1 focal b, controls with missing values of their own,
   text, a column that is the sum of two others, outcomes y, late, count. */
static pp_table *panel(void) {
    static const char *const names[] = {"country", "year", "x1", "x2", "b",    "c1",
                                        "c2",      "c3",   "c4", "y",  "late", "count"};
    enum { N = sizeof names / sizeof *names };
    pp_error err = {0};
    pp_table *t;
    pp_column *region;
    double *v[N], own[UNITS];
    pp_rng rng;
    pp_rng_init(&rng, 11, 5, 0);
    assert_ok(pp_table_new(&t, &err));
    assert_ok(pp_table_resize(t, ROWS, &err));
    for (int j = 0; j < N; j++) {
        v[j] = add(t, names[j]);
    }
    assert_ok(pp_table_add(t, PP_TEXT, "region", &region, &err));
    for (int u = 0; u < UNITS; u++) {
        own[u] = pp_rng_normal(&rng);
    }
    for (int i = 0; i < ROWS; i++) {
        int u = i / YEARS;
        v[0][i] = u;
        v[1][i] = 2000 + i % YEARS;
        v[2][i] = 3 + own[u] + pp_rng_normal(&rng);
        v[3][i] = 1e4 * pp_rng_normal(&rng);
        v[4][i] = pp_rng_uniform(&rng) < 0.4;
        v[5][i] = pp_rng_normal(&rng) + 0.3 * v[2][i];
        v[6][i] = pp_rng_normal(&rng);
        v[7][i] = pp_rng_normal(&rng);
        v[8][i] = v[5][i] + v[6][i];
        double eta = -1 + 0.5 * (v[2][i] - 3) + 0.4 * v[4][i] - 0.3 * v[5][i];
        v[9][i] = pp_rng_uniform(&rng) < 1 / (1 + exp(-eta));
        v[10][i] = i % YEARS > 3 ? v[9][i] : NAN;
        v[11][i] = v[9][i] * floor(1 + 4 * pp_rng_uniform(&rng));
        assert_ok(pp_column_set_text(t, region, i, REGIONS[u % 3], &err));
    }
    for (int i = 0; i < ROWS; i += 7) {
        v[5][i] = i % 2 ? NAN : v[5][i];
        v[6][(i + 3) % ROWS] = NAN;
    }
    v[2][17] = v[3][40] = NAN;
    assert_ok(pp_column_set_text(t, region, 5, NULL, &err));
    return t;
}

static pp_curve_options all_options(void) {
    static const pp_curve_choice outcomes[] = {{"y", "y"}, {"late", "late"}},
                                 samples[] = {{"asia", "region <> 'Africa'"},
                                              {"recent", "year >= 2004"}};
    return (pp_curve_options){.focus = "-x2,b",
                              .controls = "c1,c2,region",
                              .keep = "c3",
                              .models = "logit,lpm,probit,cloglog,poisson",
                              .lags = "0,1",
                              .vcovs = "cluster:country,iid,hc1,cr0:country",
                              .outcomes = outcomes,
                              .n_outcomes = 2,
                              .samples = samples,
                              .n_samples = 2,
                              .unit = "country",
                              .time = "year",
                              .seed = 1};
}

static pp_result *curve(const char *formula, const pp_table *t,
                        const pp_curve_options *options) {
    const pp_curve_data data = {.table = t};
    const pp_context two = {.threads = 2};
    pp_error err = {0};
    pp_result *result = NULL;
    assert_ok(pp_curve(formula, &data, 1, options, &two, &result, &err));
    return result;
}

static const char *text_at(const pp_table *t, const char *column, int64_t row) {
    return pp_column_get_text(pp_table_find(t, column), row);
}

static double number(const pp_table *t, const char *column, int64_t row) {
    return pp_table_find(t, column)->number[row];
}

/* The same by hand: the formula that the table tells, fitted as anyone would. */
static void by_hand(const pp_table *data, const pp_table *t, int64_t row,
                    const char *scale) {
    pp_error err = {0};
    pp_fit *fit;
    pp_result *result;
    const char *sample = text_at(t, "sample", row), *model = text_at(t, "model", row);
    const char *focus = text_at(t, "focus", row), *lag = text_at(t, "lag", row);
    double sign = *focus == '-' ? -1 : 1;
    char term[64];
    const pp_model_options options = {
        .model = strcmp(model, "lpm") == 0 ? "ols" : model,
        .vcov = text_at(t, "covariance", row),
        .where = strcmp(sample, "asia") == 0     ? "region <> 'Africa'"
                 : strcmp(sample, "recent") == 0 ? "year >= 2004"
                                                 : NULL,
        .unit = "country",
        .time = "year"};
    snprintf(term, sizeof term, strcmp(lag, "0") == 0 ? "%s" : "lag(%s, %s)",
             focus + (sign < 0), lag);
    assert_ok(pp_model_fit(text_at(t, "formula", row), data, &options, NULL, &fit, &err));
    assert_ok(pp_fit_result(fit, &result, &err));
    assert_ok(pp_fit_margins(fit, "sd", result, &err));
    double estimate = sign * number_at(result, scale, "term", term, "estimate");
    double error = number_at(result, scale, "term", term, "std_error");
    if (fabs(number(t, "estimate", row) - estimate) > 1e-8 * error ||
        fabs(number(t, "std_error", row) / error - 1) > 1e-6 ||
        fabs(number(t, "p_value", row) -
             number_at(result, scale, "term", term, "p_value")) > 1e-7 ||
        number(t, "nobs", row) != (double)pp_fit_nobs(fit)) {
        fail_msg("%s, %s, %s, %s: %.17g (%.17g), %.0f rows, not %.17g (%.17g), %lld",
                 text_at(t, "formula", row), model, options.vcov, sample,
                 number(t, "estimate", row), number(t, "std_error", row),
                 number(t, "nobs", row), estimate, error, (long long)pp_fit_nobs(fit));
    }
    pp_result_free(result);
    pp_fit_free(fit);
}

/* Five models, four covariances, three samples, two outcomes, lags, missing values: each
   tenth of them. */
static void every_specification_is_its_own_fit(void **state) {
    (void)state;
    pp_table *data = panel();
    pp_curve_options options = all_options();
    for (int scale = 0; scale < 2; scale++) {
        options.scale = scale ? "coefficient" : "effect";
        pp_result *result = curve("y ~ x1", data, &options);
        const pp_table *t = pp_result_find(result, "curve");
        assert_int_equal(pp_table_rows(t), 3 * 2 * 5 * 3 * 2 * 8 * 4);
        for (int64_t i = scale; i < pp_table_rows(t); i += scale ? 61 : 23) {
            assert_string_equal(text_at(t, "status", i), "converged");
            by_hand(data, t, i, scale ? "coefficients" : "margins");
        }
        pp_result_free(result);
    }
    pp_table_free(data);
}

/* Columns that are combinations of others, and rows that are predicted perfectly. */
static void awkward_columns(void **state) {
    (void)state;
    pp_table *data = panel();
    double *sure = add(data, "sure"), *one = add(data, "one");
    const double *y = pp_table_find(data, "y")->number;
    for (int i = 0; i < ROWS; i++) {
        sure[i] = y[i] == 0 && i % 5 == 0;
        one[i] = 1;
    }
    const pp_curve_options options = {.focus = "b",
                                      .controls =
                                          "c1,c2,c4,sure,one,x1:c3,I(x1^2),ns(c3, 3)",
                                      .models = "logit,ols",
                                      .vcovs = "cluster:country",
                                      .unit = "country",
                                      .time = "year"};
    pp_result *result = curve("y ~ x1", data, &options);
    const pp_table *t = pp_result_find(result, "curve");
    for (int64_t i = 0; i < pp_table_rows(t); i += 13) {
        by_hand(data, t, i, "margins");
    }
    pp_result_free(result);
    pp_table_free(data);
}

static int same(const pp_result *a, const pp_result *b) {
    int equal = pp_result_tables(a) == pp_result_tables(b);
    for (int k = 0; equal && k < pp_result_tables(a); k++) {
        const pp_table *x = pp_result_table(a, k), *y = pp_result_table(b, k);
        equal &= pp_table_rows(x) == pp_table_rows(y);
        for (int c = 0; equal && c < pp_table_columns(x); c++) {
            const pp_column *u = pp_table_column(x, c), *v = pp_table_column(y, c);
            for (int64_t i = 0; equal && i < pp_table_rows(x); i++) {
                const char *p = pp_column_get_text(u, i), *q = pp_column_get_text(v, i);
                equal &= u->type == PP_NUMBER
                             ? memcmp(&u->number[i], &v->number[i], sizeof(double)) == 0
                             : (p && q ? strcmp(p, q) == 0 : p == q);
            }
        }
    }
    return equal;
}

static void same_bits_on_any_threads(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *t = panel();
    pp_curve_options options = all_options();
    options.draws = 9;
    options.test_most = 20;
    const pp_curve_data data = {.table = t};
    pp_result *result[3];
    for (int i = 0; i < 3; i++) {
        const pp_context ctx = {.threads = 1 << i};
        assert_ok(pp_curve("y ~ x1", &data, 1, &options, &ctx, &result[i], &err));
    }
    assert_true(same(result[0], result[1]) && same(result[0], result[2]));
    for (int i = 0; i < 3; i++) {
        pp_result_free(result[i]);
    }
    pp_table_free(t);
}

/* ---- checkpoints ---- */

typedef struct counter {
    int calls, stop;
} counter;

static int stop_after(void *payload, const char *stage, double fraction) {
    counter *c = payload;
    (void)fraction;
    c->calls += strcmp(stage, "specifications") == 0 || strcmp(stage, "draws") == 0;
    return c->calls >= c->stop;
}

static void resumes_where_it_was_stopped(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *t = panel();
    pp_curve_options options = all_options();
    options.draws = 20;
    options.test_most = 5;
    options.models = "logit,ols";
    const pp_curve_data data = {.table = t};
    pp_result *whole = curve("y ~ x1", t, &options), *result = NULL;
    char path[600];
    snprintf(path, sizeof path, "%s/curve.checkpoint", fresh_folder());
    options.resume = path;
    for (int run = 0; run < 3; run++) {
        counter c = {0, 2};
        const pp_context ctx = {.progress = stop_after, .progress_payload = &c};
        assert_int_equal(pp_curve("y ~ x1", &data, 1, &options, &ctx, &result, &err),
                         PP_E_CANCELLED);
    }
    assert_true(pp_file_exists(path));
    result = curve("y ~ x1", t, &options);
    assert_true(same(whole, result));
    pp_result_free(result);
    pp_result_free(whole);

    options.keep = "c2"; /* another question */
    assert_int_equal(pp_curve("y ~ x1", &data, 1, &options, NULL, &result, &err),
                     PP_E_CONFLICT);
    options.keep = "c3";
    pp_table_find(t, "c2")->number[9] += 1; /* other data */
    assert_int_equal(pp_curve("y ~ x1", &data, 1, &options, NULL, &result, &err),
                     PP_E_CONFLICT);
    pp_table_find(t, "c2")->number[9] -= 1;
    pp_buf bytes;
    pp_buf_init(&bytes);
    assert_ok(pp_file_read(path, 0, &bytes, &err));
    bytes.data[bytes.length / 2] ^= 1;
    assert_ok(pp_file_write(path, bytes.data, bytes.length, &err));
    assert_int_equal(pp_curve("y ~ x1", &data, 1, &options, NULL, &result, &err),
                     PP_E_CORRUPT);
    assert_ok(pp_file_write(path, bytes.data, 40, &err));
    assert_int_equal(pp_curve("y ~ x1", &data, 1, &options, NULL, &result, &err),
                     PP_E_CORRUPT);
    pp_buf_clear(&bytes);
    pp_table_free(t);
}

/* ---- failures, tables ---- */

static void failures_are_counted_and_named(void **state) {
    (void)state;
    pp_table *t = panel();
    static const pp_curve_choice samples[] = {{"none", "year > 3000"},
                                              {"few", "year = 2000 and country < 4"}};
    const pp_curve_options options = {.controls = "c1,c2,x2",
                                      .focus = "x2",
                                      .models = "logit",
                                      .samples = samples,
                                      .n_samples = 2};
    pp_result *result = curve("y ~ x1", t, &options);
    const pp_table *all = pp_result_find(result, "curve"),
                   *failures = pp_result_find(result, "curve_failures");
    double named = 0;
    assert_int_equal(pp_table_rows(all), 2 * 3 * 8);
    for (int64_t i = 0; i < pp_table_rows(failures); i++) {
        named += number(failures, "specifications", i);
    }
    assert_true(named == number(pp_result_find(result, "curve_summary"), "failed", 0));
    assert_true(named >= 20);
    assert_int_equal(pp_result_warnings(result), 1);
    pp_result_free(result);
    pp_table_free(t);
}

/* A balanced curve: the parts of the dimensions are what each explains alone. */
static void parts_of_a_balanced_curve(void **state) {
    (void)state;
    pp_table *t = panel();
    const pp_curve_options options = {.controls = "c3,x2", .models = "logit,ols"};
    pp_result *result = curve("y ~ x1", t, &options);
    const pp_table *d = pp_result_find(result, "curve_dimensions");
    double sum = 0;
    assert_int_equal(pp_table_rows(d), 3);
    for (int64_t i = 0; i < 3; i++) {
        double alone = number(d, "eta_squared", i);
        assert_true(fabs(alone - number(d, "shapley", i)) < 1e-9);
        sum += alone;
    }
    assert_true(sum > 0.5 && sum <= 1 + 1e-12);
    pp_result_free(result);
    pp_table_free(t);
}

static void a_sample_of_specifications(void **state) {
    (void)state;
    pp_table *t = panel();
    pp_curve_options options = all_options();
    options.most = 50;
    pp_result *result = curve("y ~ x1", t, &options);
    const pp_table *c = pp_result_find(result, "curve");
    assert_int_equal(pp_table_rows(c), 50);
    assert_true(number(pp_result_find(result, "curve_summary"), "of", 0) == 5760);
    for (int64_t i = 0; i < 50; i++) {
        by_hand(t, c, i, "margins");
    }
    pp_result_free(result);
    pp_table_free(t);
}

/* With a common sample all specifications of a sample have the same rows. */
static void a_common_sample(void **state) {
    (void)state;
    pp_table *t = panel();
    const pp_curve_options options = {.controls = "c1,c2,ns(c3, 3)",
                                      .models = "logit,ols",
                                      .lags = "0,1",
                                      .unit = "country",
                                      .time = "year",
                                      .common_sample = 1};
    pp_result *result = curve("y ~ x1", t, &options);
    const pp_table *c = pp_result_find(result, "curve");
    for (int64_t i = 0; i < pp_table_rows(c); i++) {
        assert_true(number(c, "nobs", i) == number(c, "nobs", 0));
    }
    assert_true(number(c, "nobs", 0) < 400);
    pp_result_free(result);
    pp_table_free(t);
}

static void two_tables_are_a_dimension(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *one = panel(), *two = panel();
    double *y = pp_table_find(two, "y")->number;
    for (int i = 0; i < ROWS; i += 3) {
        y[i] = 0;
    }
    const pp_curve_data data[] = {{"strict", one}, {"wide", two}};
    const pp_curve_options options = {.controls = "c1", .models = "logit"};
    pp_result *result = NULL;
    assert_ok(pp_curve("y ~ x1", data, 2, &options, NULL, &result, &err));
    const pp_table *c = pp_result_find(result, "curve");
    assert_int_equal(pp_table_rows(c), 4);
    for (int64_t i = 0; i < 4; i++) {
        by_hand(strcmp(text_at(c, "rule", i), "wide") == 0 ? two : one, c, i, "margins");
    }
    pp_result_free(result);
    pp_table_free(one);
    pp_table_free(two);
}

/* ---- bad input, memory ---- */

static void refuses(void **state) {
    (void)state;
    pp_table *t = panel();
    const pp_curve_data data = {.table = t};
    const pp_curve_choice twice[] = {{"a", "year > 2001"}, {"a", "year > 2002"}};
    const struct {
        const char *formula;
        pp_curve_options options;
        pp_status status;
    } cases[] = {{"y", {0}, PP_E_ARGUMENT},
                 {"~ x1", {0}, PP_E_ARGUMENT},
                 {"y ~", {0}, PP_E_ARGUMENT},
                 {"y ~ x1 - 1", {0}, PP_E_ARGUMENT},
                 {"y ~ region", {0}, PP_E_ARGUMENT},
                 {"y ~ log(x1)", {0}, PP_E_NOT_FOUND},
                 {"y ~ x9", {0}, PP_E_NOT_FOUND},
                 {"z ~ x1", {0}, PP_E_NOT_FOUND},
                 {"y ~ x1", {.controls = "c9"}, PP_E_NOT_FOUND},
                 {"y ~ x1", {.controls = "c1,c1"}, PP_E_ARGUMENT},
                 {"y ~ x1", {.controls = "c1 + ("}, PP_E_ARGUMENT},
                 {"y ~ x1", {.models = "logitt"}, PP_E_ARGUMENT},
                 {"y ~ x1", {.vcovs = "cluster:nation"}, PP_E_NOT_FOUND},
                 {"y ~ x1", {.vcovs = "clustered"}, PP_E_ARGUMENT},
                 {"y ~ x1", {.lags = "1"}, PP_E_ARGUMENT},
                 {"y ~ x1", {.lags = "-1"}, PP_E_ARGUMENT},
                 {"y ~ x1", {.samples = twice, .n_samples = 2}, PP_E_ARGUMENT},
                 {"y ~ x1",
                  {.samples = &(pp_curve_choice){"a", "nowhere > 1"}, .n_samples = 1},
                  PP_E_ARGUMENT},
                 {"y ~ x1", {.scale = "odds"}, PP_E_ARGUMENT},
                 {"y ~ x1", {.sort = "size"}, PP_E_ARGUMENT},
                 {"y ~ x1", {.level = 2}, PP_E_ARGUMENT},
                 {"y ~ x1", {.draws = 9}, PP_E_ARGUMENT},
                 {"y ~ x1", {.draws = 9, .unit = "nation"}, PP_E_NOT_FOUND},
                 {"x1 ~ x2", {.models = "logit"}, PP_E_ESTIMATION}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pp_error err = {0};
        pp_result *result = NULL;
        pp_status status =
            pp_curve(cases[i].formula, &data, 1, &cases[i].options, NULL, &result, &err);
        if (status != cases[i].status || !err.message[0]) {
            fail_msg("case %d: %s (%s)", (int)i, pp_status_name(status), err.message);
        }
    }
    pp_table_free(t);
}

static pp_status small_curve(void *payload, pp_error *err) {
    const pp_curve_data data = {.table = payload};
    const pp_curve_options options = {.controls = "c1,region",
                                      .models = "logit,firth",
                                      .vcovs = "cluster:country",
                                      .lags = "0,1",
                                      .unit = "country",
                                      .time = "year",
                                      .draws = 2,
                                      .test_most = 2,
                                      .most = 6};
    pp_result *result = NULL;
    pp_status status = pp_curve("y ~ x1", &data, 1, &options, NULL, &result, err);
    pp_result_free(result);
    return status;
}

static void survives_failing_allocations(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *whole = panel(), *t;
    int64_t rows[60];
    for (int i = 0; i < 60; i++) {
        rows[i] = i * 8;
    }
    assert_ok(pp_table_take_rows(whole, rows, 60, &t, &err));
    assert_true(fail_every_allocation(small_curve, t) > 100);
    pp_table_free(t);
    pp_table_free(whole);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_specification_is_its_own_fit),
        cmocka_unit_test(awkward_columns),
        cmocka_unit_test(same_bits_on_any_threads),
        cmocka_unit_test(resumes_where_it_was_stopped),
        cmocka_unit_test(failures_are_counted_and_named),
        cmocka_unit_test(parts_of_a_balanced_curve),
        cmocka_unit_test(a_sample_of_specifications),
        cmocka_unit_test(a_common_sample),
        cmocka_unit_test(two_tables_are_a_dimension),
        cmocka_unit_test(refuses),
        cmocka_unit_test(survives_failing_allocations)};
    return cmocka_run_group_tests_name("drivers curve", tests, NULL, NULL);
}
