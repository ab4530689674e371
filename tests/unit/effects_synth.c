/* Synthetic controls: weights on the simplex, bad input, threads, failing allocations. */
#include "support/support.h"

#include "effects/synth/simplex.h"

#include <pushpull/random.h>
#include <pushpull/synth.h>

#include <math.h>
#include <string.h>

enum { UNITS = 12, PERIODS = 14, FIRST = 10 };

static const pp_synth_options plain = {
    .outcome = "y", .unit = "id", .time = "t", .treated = "3", .first = FIRST};

/* Unit 3 is the mean of units 1 and 2, and 5 more from period 10 on. */
static pp_table *panel(int order) {
    static const char *const names[] = {"id", "t", "y"};
    pp_error err = {0};
    pp_table *table;
    pp_column *c[3];
    double y[UNITS][PERIODS];
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, UNITS * PERIODS, &err));
    for (int j = 0; j < 3; j++) {
        assert_ok(pp_table_add(table, PP_NUMBER, names[j], &c[j], &err));
    }
    for (int u = 0; u < UNITS; u++) {
        pp_rng rng;
        pp_rng_init(&rng, 8, 0, (uint64_t)u);
        for (int t = 0; t < PERIODS; t++) {
            y[u][t] = (t ? y[u][t - 1] : 10 * pp_rng_normal(&rng)) + pp_rng_normal(&rng);
        }
    }
    for (int t = 0; t < PERIODS; t++) {
        y[3][t] = (y[1][t] + y[2][t]) / 2 + (t + 1 >= FIRST ? 5 : 0);
    }
    for (int i = 0; i < UNITS * PERIODS; i++) {
        int at = order ? UNITS * PERIODS - 1 - i : i;
        pp_table_column(table, 0)->number[at] = i / PERIODS;
        pp_table_column(table, 1)->number[at] = i % PERIODS + 1;
        pp_table_column(table, 2)->number[at] = y[i / PERIODS][i % PERIODS];
    }
    return table;
}

static double estimate(const pp_table *table, pp_synth_options options, int threads,
                       int row, const char *column) {
    pp_error err = {0};
    pp_result *result = NULL;
    pp_context ctx = {.threads = threads};
    assert_ok(pp_synth(table, &options, &ctx, &result, &err));
    double value = pp_table_find(pp_result_find(result, "synth"), column)->number[row];
    pp_result_free(result);
    return value;
}

/* Slopes are level where weights are above zero, and not lower elsewhere. */
static void assert_best(int n, int k, const double *A, const double *b, double penalty,
                        const double *w) {
    double rest[64], slope[512], sum = 0, level = 0;
    for (int i = 0; i < n; i++) {
        rest[i] = b[i];
        for (int j = 0; j < k; j++) {
            rest[i] -= A[i + j * n] * w[j];
        }
    }
    for (int j = 0; j < k; j++) {
        slope[j] = penalty * w[j];
        for (int i = 0; i < n; i++) {
            slope[j] -= A[i + j * n] * rest[i] / n;
        }
        sum += w[j];
        level += w[j] * slope[j];
        assert_true(w[j] >= 0);
    }
    assert_true(fabs(sum - 1) < 1e-10);
    for (int j = 0; j < k; j++) {
        assert_true(slope[j] - level > -1e-8);
        assert_true(w[j] == 0 || fabs(slope[j] - level) < 1e-7);
    }
}

/* More rows than columns and fewer; without a penalty, with a weak one, with one that makes most weights
   positive; targets in the midst of the columns, which many weights match; from another problem's weights. */
static void weights_are_best(void **state) {
    static const int rows[] = {9, 40, 6, 30, 4}, columns[] = {15, 12, 300, 400, 4};
    static const double penalties[] = {0, 1e-12, 1e-3, 0.5, 100};
    double A[30 * 400 + 16], b[64], w[400];
    (void)state;
    for (uint64_t seed = 0; seed < 50; seed++) {
        int n = rows[seed % 5], k = columns[seed % 5];
        double penalty = penalties[seed / 5 % 5], near = seed % 2 ? 0.1 : 1;
        pp_error err = {0};
        pp_arena arena;
        pp_rng rng;
        pp_arena_init(&arena);
        pp_rng_init(&rng, seed, 1, 0);
        for (int i = 0; i < n * k; i++) {
            A[i] = pp_rng_normal(&rng);
        }
        for (int begun = 0; begun < 2; begun++) {
            for (int i = 0; i < n; i++) {
                b[i] = near * pp_rng_normal(&rng);
            }
            assert_ok(pp__simplex_weights(n, k, A, b, penalty, begun, &arena, w, &err));
            assert_best(n, k, A, b, penalty, w);
        }
        pp_arena_clear(&arena);
    }
}

/* Columns that are the same, that do not differ from zero, and a beginning without weights. */
static void odd_columns_have_weights(void **state) {
    double A[3 * 8] = {0}, b[3] = {1, 2, 3}, w[8] = {0};
    pp_error err = {0};
    pp_arena arena;
    (void)state;
    pp_arena_init(&arena);
    assert_ok(pp__simplex_weights(3, 8, A, b, 0, 1, &arena, w, &err));
    assert_best(3, 8, A, b, 0, w);
    for (int i = 0; i < 24; i++) {
        A[i] = i % 3 + i / 12;
    }
    for (int begun = 0; begun < 2; begun++) {
        assert_ok(pp__simplex_weights(3, 8, A, b, 0, begun, &arena, w, &err));
        assert_best(3, 8, A, b, 0, w);
        assert_ok(pp__simplex_weights(3, 8, A, b, 1, begun, &arena, w, &err));
        assert_best(3, 8, A, b, 1, w);
    }
    pp_arena_clear(&arena);
}

static void finds_the_effect(void **state) {
    (void)state;
    pp_table *table = panel(0);
    pp_synth_options options = plain;
    assert_true(fabs(estimate(table, options, 1, 1, "estimate") - 5) < 1e-3);
    assert_true(estimate(table, options, 1, 1, "rmspe") < 1e-3);
    assert_true(
        isnan(estimate(table, options, 1, 1, "p_ratio"))); /* gaps before are zero */
    pp_table_free(table);
}

static double cell(const pp_result *result, const char *table, const char *column,
                   int64_t row) {
    return pp_table_find(pp_result_find(result, table), column)->number[row];
}

/* Another unit of measurement scales what has one, and nothing else. */
static void units_scale(void **state) {
    static const char *const methods[] = {"sdid", "sc", "did", "asc"};
    (void)state;
    pp_table *a = panel(0), *b = panel(0);
    for (int64_t i = 0; i < UNITS * PERIODS; i++) {
        pp_table_column(b, 2)->number[i] *= 1000;
    }
    for (int m = 0; m < 4; m++) {
        pp_error err = {0};
        pp_result *one, *other;
        pp_synth_options options = plain;
        options.treated = "7";
        options.method = methods[m];
        options.level = 0.8;
        assert_ok(pp_synth(a, &options, NULL, &one, &err));
        assert_ok(pp_synth(b, &options, NULL, &other, &err));
        for (int64_t t = FIRST - 1; t < PERIODS; t++) {
            double gap = cell(one, "gaps", "gap", t),
                   low = cell(one, "gaps", "conf_low", t);
            assert_true(fabs(cell(other, "gaps", "gap", t) - 1000 * gap) < 1e-3);
            assert_true(fabs(cell(other, "gaps", "conf_low", t) - 1000 * low) < 1e-2);
            assert_true(cell(other, "gaps", "p_value", t) ==
                        cell(one, "gaps", "p_value", t));
        }
        assert_true(cell(other, "synth_conformal", "p_value", 0) ==
                    cell(one, "synth_conformal", "p_value", 0));
        pp_result_free(one);
        pp_result_free(other);
    }
    pp_table_free(a);
    pp_table_free(b);
}

/* Methods with an intercept do not see a constant on the treated path. */
static void levels_do_not_count(void **state) {
    (void)state;
    pp_table *a = panel(0), *b = panel(0);
    pp_synth_options options = plain;
    for (int t = 0; t < PERIODS; t++) {
        pp_table_column(b, 2)->number[3 * PERIODS + t] += 40;
    }
    for (int m = 0; m < 3; m += 2) { /* sdid, did */
        assert_true(fabs(estimate(a, options, 1, m, "estimate") -
                         estimate(b, options, 1, m, "estimate")) < 1e-8);
    }
    pp_table_free(a);
    pp_table_free(b);
}

static const pp_warning *find_warning(const pp_result *result, const char *code) {
    for (int i = 0; i < pp_result_warnings(result); i++) {
        if (strcmp(pp_result_warning(result, i)->code, code) == 0) {
            return pp_result_warning(result, i);
        }
    }
    return NULL;
}

/* What the data cannot tell is said before anything else. */
static void says_what_cannot_be_told(void **state) {
    pp_error err = {0};
    pp_result *result;
    (void)state;
    pp_table *table = panel(0);
    pp_synth_options options = plain;
    assert_ok(pp_synth(table, &options, NULL, &result, &err));
    assert_non_null(find_warning(result, "cannot_tell"));
    assert_true(isnan(cell(result, "synth_ranks", "told", 0)));
    assert_true(isnan(cell(result, "synth_ranks", "rank_low", 0)));
    assert_true(isfinite(cell(result, "synth_ranks", "rank_low_90", 0)));
    pp_result_free(result);
    for (int t = 0; t < PERIODS; t++) {
        pp_table_column(table, 2)->number[3 * PERIODS + t] += 400;
    }
    options.method = "sc";
    assert_ok(pp_synth(table, &options, NULL, &result, &err));
    assert_non_null(find_warning(result, "poor_fit"));
    assert_non_null(find_warning(result, "outside_donors"));
    pp_result_free(result);
    pp_table_free(table);
}

static void order_and_threads_are_nothing(void **state) {
    (void)state;
    pp_table *a = panel(0), *b = panel(1);
    pp_synth_options options = plain;
    options.treated = "3, 7";
    for (int m = 0; m < 4; m++) {
        assert_true(estimate(a, options, 1, m, "estimate") ==
                    estimate(b, options, 3, m, "estimate"));
        assert_true(estimate(a, options, 1, m, "std_error") ==
                    estimate(b, options, 3, m, "std_error"));
    }
    pp_table_free(a);
    pp_table_free(b);
}

static void refuse(const pp_table *table, pp_synth_options options, pp_status status) {
    pp_error err = {0};
    pp_result *result = NULL;
    assert_int_equal(pp_synth(table, &options, NULL, &result, &err), status);
    assert_null(result);
    assert_true(err.message[0]);
}

static void bad_input(void **state) {
    (void)state;
    pp_table *table = panel(0);
    pp_synth_options options = plain;
    options.treated = "99";
    refuse(table, options, PP_E_NOT_FOUND);
    options = plain;
    options.donors = "1, 55";
    refuse(table, options, PP_E_NOT_FOUND);
    options.donors = "1, 3";
    refuse(table, options, PP_E_NOT_FOUND);
    options.donors = ", ";
    refuse(table, options, PP_E_ARGUMENT);
    options.donors = "1";
    refuse(table, options, PP_E_ESTIMATION);
    options = plain;
    options.first = 1;
    refuse(table, options, PP_E_ESTIMATION);
    options.first = 100;
    refuse(table, options, PP_E_ESTIMATION);
    options = plain;
    options.treated = NULL;
    refuse(table, options, PP_E_ARGUMENT);
    options = plain;
    options.method = "magic";
    refuse(table, options, PP_E_ARGUMENT);
    options = plain;
    options.lambda = "-1";
    refuse(table, options, PP_E_ARGUMENT);
    options.lambda = "2se";
    refuse(table, options, PP_E_ARGUMENT);
    pp_table *flat = panel(0);
    for (int64_t i = 0; i < UNITS * PERIODS; i++) {
        pp_table_find(flat, "y")->number[i] = 1;
    }
    refuse(flat, plain, PP_E_ESTIMATION);
    pp_table_free(flat);
    pp_table_find(table, "t")->number[1] = 1;
    refuse(table, plain, PP_E_INPUT);
    pp_table_free(table);
}

static int stop_amid(void *payload, const char *stage, double fraction) {
    int *told = payload;
    return strcmp(stage, "placebos") == 0 && fraction > 0 && ++*told == 2;
}

static void placebos_can_be_cancelled(void **state) {
    int told = 0;
    pp_error err = {0};
    pp_result *result = NULL;
    pp_context ctx = {.progress = stop_amid, .progress_payload = &told, .threads = 2};
    (void)state;
    pp_table *table = panel(0);
    pp_synth_options options = plain;
    options.treated = "3,4";
    assert_int_equal(pp_synth(table, &options, &ctx, &result, &err), PP_E_CANCELLED);
    assert_int_equal(told, 2);
    assert_null(result);
    pp_table_free(table);
}

static pp_status work(void *payload, pp_error *err) {
    pp_result *result = NULL;
    pp_synth_options options = plain;
    options.donors = "1,2,5";
    options.method = "asc";
    options.first = PERIODS;
    options.level = 0.9;
    pp_status status = pp_synth(payload, &options, NULL, &result, err);
    pp_result_free(result);
    return status;
}

static void failing_allocations(void **state) {
    (void)state;
    pp_table *table = panel(0);
    fail_every_allocation(work, table);
    pp_table_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_are_best),
        cmocka_unit_test(odd_columns_have_weights),
        cmocka_unit_test(finds_the_effect),
        cmocka_unit_test(units_scale),
        cmocka_unit_test(levels_do_not_count),
        cmocka_unit_test(says_what_cannot_be_told),
        cmocka_unit_test(order_and_threads_are_nothing),
        cmocka_unit_test(bad_input),
        cmocka_unit_test(placebos_can_be_cancelled),
        cmocka_unit_test(failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
