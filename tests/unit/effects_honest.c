/* Bounds on departures from parallel trends: closed forms, shortest intervals, bad input, threads, units. */
#include "support/support.h"

#include "effects/honest/fixed_length.h"

#include <pushpull/honest.h>
#include <pushpull/random.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 14 };

/* An event study with horizons from -pre - 1 to post - 1 without -1. */
typedef struct study {
    int pre, post;
    double estimate[MOST], V[MOST][MOST];
} study;

static double horizon_of(const study *s, int i) {
    return i < s->pre ? i - s->pre - 1 : i - s->pre;
}

/* Correlated and of unequal variances; estimates after treatment are about 4 standard errors. */
static study random_study(uint64_t seed, int pre, int post) {
    study s = {.pre = pre, .post = post};
    double A[MOST][MOST];
    pp_rng rng;
    int n = pre + post;
    pp_rng_init(&rng, seed, 4, 0);
    for (int i = 0; i < n; i++) {
        s.estimate[i] = pp_rng_normal(&rng) + (i >= pre ? 12 : 0);
        for (int j = 0; j < n; j++) {
            A[i][j] = pp_rng_normal(&rng) + (i == j ? 2 : 0);
        }
    }
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
            for (int k = 0; k < n; k++) {
                s.V[i][j] += A[i][k] * A[j][k];
            }
        }
    }
    return s;
}

static pp_table *table_of(const char *const *names, int columns, int64_t rows) {
    pp_error err = {0};
    pp_table *table;
    pp_column *c;
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, rows, &err));
    for (int j = 0; j < columns; j++) {
        assert_ok(pp_table_add(table, PP_NUMBER, names[j], &c, &err));
    }
    return table;
}

static void set_row(pp_table *table, int64_t row, double a, double b, double c) {
    const double values[] = {a, b, c};
    for (int j = 0; j < pp_table_columns(table); j++) {
        pp_table_column(table, j)->number[row] = values[j];
    }
}

/* `turned`: the rows the other way around; values in units of 1 / scale. */
static void tables_of(const study *s, int turned, double scale, pp_table **estimates,
                      pp_table **covariance) {
    int n = s->pre + s->post, pairs = n * (n + 1) / 2, p = 0;
    *estimates = table_of((const char *const[]){"horizon", "estimate"}, 2, n);
    *covariance =
        table_of((const char *const[]){"horizon", "other", "covariance"}, 3, pairs);
    for (int i = 0; i < n; i++) {
        set_row(*estimates, turned ? n - 1 - i : i, horizon_of(s, i),
                s->estimate[i] * scale, 0);
        for (int j = 0; j <= i; j++, p++) {
            set_row(*covariance, turned ? pairs - 1 - p : p, horizon_of(s, i),
                    horizon_of(s, j), s->V[i][j] * scale * scale);
        }
    }
}

static pp_status try_bounds(const study *s, const pp_honest_options *options,
                            pp_result **result, pp_error *err) {
    pp_table *estimates, *covariance;
    tables_of(s, 0, 1, &estimates, &covariance);
    pp_status status = pp_honest(estimates, covariance, options, NULL, result, err);
    pp_table_free(estimates);
    pp_table_free(covariance);
    return status;
}

static pp_result *bounds(const study *s, pp_honest_options options) {
    pp_error err = {0};
    pp_result *result = NULL;
    assert_ok(try_bounds(s, &options, &result, &err));
    return result;
}

static double cell(const pp_result *result, const char *table, const char *column,
                   int64_t row) {
    return pp_table_find(pp_result_find(result, table), column)->number[row];
}

/* ---- intervals of fixed length ---- */

static void folded_quantiles(void **state) {
    (void)state;
    for (double alpha = 0.001; alpha < 0.5; alpha *= 3) {
        for (double t = 0; t < 30; t += 0.7) {
            double c = pp__folded_quantile(t, alpha);
            assert_true(fabs(pnorm(c - t, 0, 1, 0, 0) + pnorm(-c - t, 0, 1, 1, 0) -
                             alpha) < 1e-14);
        }
        assert_true(fabs(pp__folded_quantile(0, alpha) -
                         qnorm(1 - alpha / 2, 0, 1, 1, 0)) < 1e-12);
    }
}

/* The worst bias of weights v, written out from the paper's definition: delta by its changes of slope,
   which count M each; a linear trend must count nothing. */
static double worst_bias(const study *s, const double *v, double m, double *slope) {
    double bias = 0;
    *slope = 0;
    for (int i = 0; i < s->pre + s->post; i++) {
        *slope += v[i] * (i < s->pre ? i - s->pre : i - s->pre + 1);
    }
    for (int kink = -s->pre + 1; kink < s->post; kink++) {
        double sum = 0;
        for (int i = 0; i < s->pre + s->post; i++) {
            int place = i < s->pre ? i - s->pre : i - s->pre + 1;
            if (kink < 0 ? place < kink : place > kink) {
                sum += v[i] * abs(place - kink);
            }
        }
        bias += fabs(sum) * m;
    }
    return bias;
}

static double half_length(const study *s, const double *v, double m) {
    double variance = 0, slope, bias = worst_bias(s, v, m, &slope);
    for (int i = 0; i < s->pre + s->post; i++) {
        for (int j = 0; j < s->pre + s->post; j++) {
            variance += v[i] * v[j] * s->V[i][j];
        }
    }
    return sqrt(variance) * pp__folded_quantile(bias / sqrt(variance), 0.05);
}

/* No other weights without a linear trend give a shorter interval. */
static void fixed_length_is_shortest(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 60; seed++) {
        int pre = 1 + (int)(seed % 8), post = 1 + (int)(seed % 3), n = pre + post;
        study s = random_study(seed, pre, post);
        double m = seed % 5 == 0 ? 0 : 0.02 * (double)seed, V[MOST * MOST], l[3] = {0};
        pp_error err = {0};
        pp__fixed_length f;
        pp_arena arena;
        pp_rng rng;
        double slope;
        pp_arena_init(&arena);
        pp_rng_init(&rng, seed, 9, 0);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                V[i + j * n] = s.V[i][j];
            }
        }
        l[post - 1] = 1;
        pp__event_study e = {.pre = pre,
                             .post = post,
                             .n = n,
                             .unit = 1,
                             .estimate = s.estimate,
                             .V = V,
                             .weight = l};
        assert_ok(pp__fixed_length_find(&e, m, 0.05, &arena, &f, &err));
        assert_true(fabs(half_length(&s, f.weight, m) - f.half) < 1e-9 * f.half);
        worst_bias(&s, f.weight, m, &slope);
        assert_true(fabs(slope) < 1e-9);
        for (int r = 0; r < 400; r++) {
            double v[MOST], lost = 0, size = pow(10, -4 * pp_rng_uniform(&rng));
            memcpy(v, f.weight, (size_t)n * sizeof *v);
            for (int i = 0; i < pre - 1; i++) {
                double step = size * pp_rng_normal(&rng);
                v[i] += step;
                lost += step * (i - pre);
            }
            v[pre - 1] += lost; /* one period before the reference: no linear trend */
            assert_true(half_length(&s, v, m) > f.half * (1 - 1e-12));
        }
        pp_arena_clear(&arena);
    }
}

/* ---- closed forms ---- */

/* One period before, one after: the trend goes on, but for M. */
static void one_and_one(void **state) {
    (void)state;
    study s = random_study(3, 1, 1);
    double estimate = s.estimate[0] + s.estimate[1], m[] = {0.5, 2};
    double error = sqrt(s.V[0][0] + s.V[1][1] + 2 * s.V[0][1]);
    pp_result *flci =
        bounds(&s, (pp_honest_options){.restriction = "sd", .m = m, .n_m = 2});
    pp_result *lf = bounds(
        &s, (pp_honest_options){
                .restriction = "sd", .method = "lf", .draws = 9999, .m = m, .n_m = 2});
    for (int i = 0; i < 2; i++) {
        double half = error * pp__folded_quantile(m[i] / error, 0.05);
        assert_true(fabs(cell(flci, "honest", "conf_high", i + 1) - estimate - half) <
                    1e-9);
        assert_true(fabs(cell(lf, "honest", "conf_high", i + 1) - estimate - m[i] -
                         1.959964 * error) < 0.05 * error);
        assert_true(fabs(cell(lf, "honest", "identified_low", i + 1) - estimate + m[i]) <
                    1e-9);
    }
    pp_result_free(flci);
    pp_result_free(lf);
}

/* Of relative magnitudes: M times the largest change before, in every period to the horizon. */
static void identified_set(void **state) {
    (void)state;
    study s = random_study(8, 4, 3);
    double largest = fabs(s.estimate[3]), m = 0.75;
    for (int i = 1; i < 4; i++) {
        largest = fmax(largest, fabs(s.estimate[i] - s.estimate[i - 1]));
    }
    pp_result *result =
        bounds(&s, (pp_honest_options){.at = "2", .m = &m, .n_m = 1, .method = "lf"});
    assert_true(fabs(cell(result, "honest", "identified_low", 1) - s.estimate[6] +
                     3 * m * largest) < 1e-9);
    assert_true(fabs(cell(result, "honest", "identified_high", 1) - s.estimate[6] -
                     3 * m * largest) < 1e-9);
    pp_result_free(result);
}

static void breakdown_is_where_zero_enters(void **state) {
    (void)state;
    study s = random_study(5, 4, 3);
    for (int k = 0; k < 2; k++) {
        pp_honest_options options = {.restriction = k ? "sd" : "rm"};
        pp_result *result = bounds(&s, options);
        double at = cell(result, "honest_breakdown", "breakdown", 0);
        double m[] = {at * 0.995, at * 1.005};
        assert_true(at > 0);
        options.m = m;
        options.n_m = 2;
        pp_result *about = bounds(&s, options);
        assert_true(cell(about, "honest", "conf_low", 1) > 0);
        assert_true(cell(about, "honest", "conf_low", 2) <= 0);
        pp_result_free(result);
        pp_result_free(about);
    }
}

/* An estimate of nothing has no sign to break down. */
static void nothing_to_break(void **state) {
    (void)state;
    study s = random_study(5, 3, 1);
    s.estimate[3] = 0.1;
    pp_result *result = bounds(&s, (pp_honest_options){0});
    const pp_table *t = pp_result_find(result, "honest_breakdown");
    assert_true(cell(result, "honest_breakdown", "breakdown", 0) == 0);
    assert_non_null(
        strstr(pp_column_get_text(pp_table_find(t, "words"), 0), "already the original"));
    assert_string_equal(pp_result_warning(result, 0)->code, "weak_pretest");
    pp_result_free(result);
}

/* ---- what must not matter ---- */

static void order_units_and_threads_are_nothing(void **state) {
    static const char *const restrictions[] = {"rm", "sd", "sdrm"};
    (void)state;
    study s = random_study(6, 3, 3);
    for (int k = 0; k < 3; k++) {
        double m[] = {0.25, 1, 2}, scaled[] = {1, 4, 8};
        pp_honest_options options = {.restriction = restrictions[k],
                                     .method = "hybrid_lf",
                                     .draws = 199,
                                     .m = m,
                                     .n_m = 3};
        pp_result *result[2];
        for (int j = 0; j < 2; j++) {
            pp_error err = {0};
            pp_context ctx = {.threads = j ? 4 : 1};
            pp_table *estimates, *covariance;
            tables_of(&s, j, j ? 4 : 1, &estimates, &covariance);
            options.m = j && k == 1 ? scaled : m;
            assert_ok(pp_honest(estimates, covariance, &options, &ctx, &result[j], &err));
            pp_table_free(estimates);
            pp_table_free(covariance);
        }
        for (int i = 0; i < 4; i++) {
            assert_true(4 * cell(result[0], "honest", "conf_low", i) ==
                        cell(result[1], "honest", "conf_low", i));
            assert_true(4 * cell(result[0], "honest", "conf_high", i) ==
                        cell(result[1], "honest", "conf_high", i));
        }
        pp_result_free(result[0]);
        pp_result_free(result[1]);
    }
}

/* ---- bad input ---- */

static void refuse(const study *s, pp_honest_options options, pp_status status) {
    pp_error err = {0};
    pp_result *result = NULL;
    assert_int_equal(try_bounds(s, &options, &result, &err), status);
    assert_null(result);
    assert_true(err.message[0] && (err.hint[0] || status == PP_E_ARGUMENT));
}

static void bad_options(void **state) {
    (void)state;
    study s = random_study(1, 3, 2);
    const double falling[] = {1, 0.5}, negative[] = {-1};
    const pp_honest_options bad[] = {
        {.restriction = "xx"},
        {.bias = "up"},
        {.monotone = "up"},
        {.method = "exact"},
        {.method = "flci"},
        {.method = "hybrid_flci"},
        {.draws = -1},
        {.level = 1},
        {.m = falling, .n_m = 2},
        {.m = negative, .n_m = 1},
        {.at = "first"},
        {.restriction = "sd", .method = "flci", .bias = "positive"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        refuse(&s, bad[i], PP_E_ARGUMENT);
    }
    refuse(&s, (pp_honest_options){.at = "7"}, PP_E_NOT_FOUND);
    refuse(&s, (pp_honest_options){.reference = 3}, PP_E_INPUT);
}

static void bad_estimates(void **state) {
    (void)state;
    study none = random_study(1, 0, 3), one = random_study(1, 1, 3),
          after = random_study(1, 3, 0), flat = random_study(1, 3, 2);
    refuse(&none, (pp_honest_options){0}, PP_E_ESTIMATION);
    refuse(&after, (pp_honest_options){0}, PP_E_ESTIMATION);
    refuse(&one, (pp_honest_options){.restriction = "sdrm"}, PP_E_ESTIMATION);
    pp_result_free(bounds(&one, (pp_honest_options){.draws = 99}));
    for (int i = 0; i < 5; i++) { /* a copy of another estimate */
        flat.V[4][i] = flat.V[i][4] = flat.V[3][i];
    }
    flat.V[4][4] = flat.V[3][3];
    refuse(&flat, (pp_honest_options){0}, PP_E_ESTIMATION);
}

/* One cell of the tables is changed. */
static void refuse_changed(int of_covariance, int column, int64_t row, double value,
                           pp_status status) {
    study s = random_study(1, 3, 2);
    pp_table *t[2];
    pp_error err = {0};
    pp_result *result = NULL;
    pp_honest_options options = {0};
    tables_of(&s, 0, 1, &t[0], &t[1]);
    pp_table_column(t[of_covariance], column)->number[row] = value;
    assert_int_equal(pp_honest(t[0], t[1], &options, NULL, &result, &err), status);
    assert_true(err.hint[0]);
    pp_table_free(t[0]);
    pp_table_free(t[1]);
}

static void bad_tables(void **state) {
    (void)state;
    refuse_changed(0, 1, 2, NAN, PP_E_ESTIMATION); /* a gap */
    refuse_changed(0, 0, 4, 0, PP_E_INPUT);        /* two of horizon 0 */
    refuse_changed(0, 0, 2, -1, PP_E_INPUT);       /* the reference has an estimate */
    refuse_changed(1, 2, 4, NAN, PP_E_INPUT);      /* a pair is missing */
    refuse_changed(1, 2, 5, -3, PP_E_ESTIMATION);  /* a negative variance */
    refuse_changed(1, 0, 2, -4, PP_E_INPUT);       /* a pair twice, differently */
}

static pp_status work(void *payload, pp_error *err) {
    const pp_table *const *t = payload;
    double m[] = {0.5, 1};
    pp_honest_options options = {.draws = 19, .m = m, .n_m = 2};
    pp_result *result = NULL;
    pp_status status = pp_honest(t[0], t[1], &options, NULL, &result, err);
    pp_result_free(result);
    if (status == PP_OK) {
        options.restriction = "sd";
        options.bias = "positive";
        result = NULL;
        status = pp_honest(t[0], t[1], &options, NULL, &result, err);
        pp_result_free(result);
    }
    return status;
}

static void failing_allocations(void **state) {
    (void)state;
    study s = random_study(2, 2, 2);
    pp_table *t[2];
    tables_of(&s, 0, 1, &t[0], &t[1]);
    fail_every_allocation(work, t);
    pp_table_free(t[0]);
    pp_table_free(t[1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folded_quantiles),
        cmocka_unit_test(fixed_length_is_shortest),
        cmocka_unit_test(one_and_one),
        cmocka_unit_test(identified_set),
        cmocka_unit_test(breakdown_is_where_zero_enters),
        cmocka_unit_test(nothing_to_break),
        cmocka_unit_test(order_units_and_threads_are_nothing),
        cmocka_unit_test(bad_options),
        cmocka_unit_test(bad_estimates),
        cmocka_unit_test(bad_tables),
        cmocka_unit_test(failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
