/* Multiple imputation: what it keeps, what it gives back, and that it is the same on any
   number of threads. */
#include "support/support.h"

#include <pushpull/impute.h>
#include <pushpull/random.h>

#include <math.h>
#include <string.h>

enum { UNITS = 40, YEARS = 10, ROWS = UNITS * YEARS };

static pp_column *add(pp_table *table, pp_column_type type, const char *name) {
    pp_error err = {0};
    pp_column *column;
    assert_ok(pp_table_add(table, type, name, &column, &err));
    return column;
}

/* A panel: x and z by unit and time, flag 0/1, region a category, y complete. */
static pp_table *panel(double missing) {
    pp_error err = {0};
    pp_table *table;
    pp_rng rng;
    pp_rng_init(&rng, 7, 1, 1);
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, ROWS, &err));
    double *unit = add(table, PP_NUMBER, "unit")->number;
    double *year = add(table, PP_NUMBER, "year")->number;
    double *x = add(table, PP_NUMBER, "x")->number;
    double *z = add(table, PP_NUMBER, "z")->number;
    double *flag = add(table, PP_NUMBER, "flag")->number;
    double *y = add(table, PP_NUMBER, "y")->number;
    pp_column *region = add(table, PP_TEXT, "region");
    static const char *const REGIONS[] = {"Africa", "Americas", "Asia"};
    double level = 0;
    for (int64_t i = 0; i < ROWS; i++) {
        level = i % YEARS == 0 ? 2 * pp_rng_normal(&rng) : level;
        unit[i] = (double)(i / YEARS);
        year[i] = (double)(i % YEARS);
        x[i] = level + pp_rng_normal(&rng);
        z[i] = 0.5 * x[i] + pp_rng_normal(&rng);
        flag[i] = pp_rng_uniform(&rng) < 1 / (1 + exp(-z[i]));
        y[i] = 1 + x[i] - 0.5 * z[i] + pp_rng_normal(&rng);
        const char *name = REGIONS[(i / YEARS) % 3];
        assert_ok(pp_column_set_text(
            table, region, i, pp_rng_uniform(&rng) < missing / 4 ? NULL : name, &err));
        x[i] = pp_rng_uniform(&rng) < missing ? NAN : x[i];
        flag[i] = pp_rng_uniform(&rng) < missing ? NAN : flag[i];
    }
    return table;
}

static void free_all(pp_table *data, pp_table **tables, int m, pp_result *result) {
    pp_tables_free(tables, m);
    pp_result_free(result);
    pp_table_free(data);
}

static void check_completed(const pp_table *data, const pp_table *completed) {
    static const char *const NUMBERS[] = {"unit", "year", "x", "z", "flag", "y"};
    for (size_t c = 0; c < 6; c++) {
        const double *before = pp_table_find(data, NUMBERS[c])->number;
        const double *after = pp_table_find(completed, NUMBERS[c])->number;
        for (int64_t i = 0; i < ROWS; i++) {
            assert_true(isfinite(after[i]));
            assert_true(isnan(before[i]) || before[i] == after[i]);
            assert_true(c != 4 || after[i] == 0 || after[i] == 1);
        }
    }
    for (int64_t i = 0; i < ROWS; i++) {
        const pp_column *region = pp_table_find(completed, "region");
        assert_non_null(pp_column_get_text(region, i));
    }
}

static void methods(void **state) {
    static const pp_impute_options OPTIONS[] = {
        {.m = 3, .seed = 1},
        {.m = 3, .seed = 1, .numbers = "normal", .unit = "unit", .time = "year"},
        {.m = 3, .seed = 1, .unit = "unit", .time = "year"},
        {.m = 3, .seed = 1, .method = "emb"},
        {.m = 3, .seed = 1, .method = "emb", .unit = "unit", .time = "year", .lags = 1}};
    (void)state;
    for (size_t o = 0; o < sizeof OPTIONS / sizeof *OPTIONS; o++) {
        pp_error err = {0};
        pp_table *data = panel(0.3), **tables = NULL;
        pp_result *result = NULL;
        assert_ok(pp_impute(data, &OPTIONS[o], NULL, &tables, &result, &err));
        for (int i = 0; i < 3; i++) {
            check_completed(data, tables[i]);
        }
        const double *a = pp_table_find(tables[0], "x")->number;
        const double *b = pp_table_find(tables[1], "x")->number;
        assert_memory_not_equal(a, b, ROWS * sizeof *a);
        assert_non_null(pp_result_find(result, "imputation"));
        free_all(data, tables, 3, result);
    }
}

static void any_threads(void **state) {
    static const char *const METHODS[] = {"chained", "emb"};
    (void)state;
    for (int method = 0; method < 2; method++) {
        pp_table *data = panel(0.3), **tables[2] = {NULL, NULL};
        pp_result *result[2];
        for (int t = 0; t < 2; t++) {
            pp_error err = {0};
            pp_context ctx = {.threads = t ? 4 : 1};
            pp_impute_options options = {
                .m = 4, .seed = 3, .method = METHODS[method], .unit = "unit"};
            assert_ok(pp_impute(data, &options, &ctx, &tables[t], &result[t], &err));
        }
        for (int i = 0; i < 4; i++) {
            assert_memory_equal(pp_table_find(tables[0][i], "x")->number,
                                pp_table_find(tables[1][i], "x")->number,
                                ROWS * sizeof(double));
        }
        pp_tables_free(tables[1], 4);
        pp_result_free(result[1]);
        free_all(data, tables[0], 4, result[0]);
    }
}

/* Without missing values, pooling changes nothing. */
static void nothing_missing(void **state) {
    pp_error err = {0};
    pp_table *data = panel(0);
    pp_fit *fit;
    pp_result *pooled;
    pp_model_options model = {.model = "ols"};
    (void)state;
    assert_ok(pp_model_fit("y ~ x + z", data, &model, NULL, &fit, &err));
    assert_ok(pp_model_fit_imputed("y ~ x + z", data, &model,
                                   &(pp_impute_options){.m = 2}, NULL, NULL, &pooled,
                                   &err));
    const pp_table *t = pp_result_find(pooled, "coefficients");
    for (int j = 0; j < 3; j++) {
        assert_true(pp_table_find(t, "estimate")->number[j] == pp_fit_estimates(fit)[j]);
        assert_true(pp_table_find(t, "fmi")->number[j] < 0.01);
    }
    pp_fit_free(fit);
    pp_result_free(pooled);
    pp_table_free(data);
}

static void refused(void **state) {
    static const struct {
        pp_impute_options options;
        pp_status status;
        const char *column;
    } CASES[] = {{{.m = 1}, PP_E_ARGUMENT, "m"},
                 {{.method = "hot"}, PP_E_ARGUMENT, "method"},
                 {{.numbers = "median"}, PP_E_ARGUMENT, "numbers"},
                 {{.columns = "x, nosuch"}, PP_E_NOT_FOUND, "nosuch"},
                 {{.time = "year", .degree = 9}, PP_E_ARGUMENT, "degree"}};
    pp_table *data = panel(0.2);
    (void)state;
    for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
        pp_error err = {0};
        pp_table **tables = NULL;
        pp_result *result = NULL;
        assert_int_equal(pp_impute(data, &CASES[c].options, NULL, &tables, &result, &err),
                         CASES[c].status);
        assert_string_equal(err.column, CASES[c].column);
        assert_null(tables);
    }
    pp_table_free(data);
}

static void cannot_impute(void **state) {
    pp_error err = {0};
    pp_table *data = panel(0.2), **tables = NULL;
    pp_result *result = NULL;
    (void)state;
    double *x = pp_table_find(data, "x")->number;
    for (int64_t i = 0; i < ROWS; i++) {
        x[i] = NAN;
    }
    assert_int_equal(pp_impute(data, NULL, NULL, &tables, &result, &err),
                     PP_E_ESTIMATION);
    assert_string_equal(err.column, "x");
    pp_table_free(data);
}

typedef struct work {
    const pp_table *data;
    pp_impute_options options;
} work;

static pp_status fit_imputed(void *payload, pp_error *err) {
    const work *w = payload;
    pp_result *result = NULL;
    pp_model_options model = {.model = "logit", .unit = "unit", .time = "year"};
    pp_status status = pp_model_fit_imputed("flag ~ x + z", w->data, &model, &w->options,
                                            "unit", NULL, &result, err);
    if (status == PP_OK) {
        pp_result_free(result);
    }
    return status;
}

static void out_of_memory(void **state) {
    pp_table *data = panel(0.2);
    work chained = {data, {.m = 2, .iterations = 1}};
    work emb = {data, {.m = 2, .method = "emb", .lags = 1}};
    (void)state;
    fail_every_allocation(fit_imputed, &chained);
    fail_every_allocation(fit_imputed, &emb);
    pp_table_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(methods),       cmocka_unit_test(any_threads),
        cmocka_unit_test(refused),       cmocka_unit_test(nothing_missing),
        cmocka_unit_test(cannot_impute), cmocka_unit_test(out_of_memory)};
    return cmocka_run_group_tests_name("imputation", tests, NULL, NULL);
}
