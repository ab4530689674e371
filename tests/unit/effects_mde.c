/* The minimum detectable effect: what it must not depend on, bad input, failing allocations; power from
   draws against the formula. */
#include "support/staggered.h"

#include "effects/checks/power.h"

#include <pushpull/mde.h>

#include <math.h>
#include <string.h>

static const pp_mde_options few = {.draws = 40, .plausible = 1, .seed = 3};

static pp_result *simulate(const pp_table *table, pp_did_options design,
                           pp_mde_options options, int threads) {
    pp_error err = {0};
    pp_result *result = NULL;
    pp_context ctx = {.threads = threads};
    assert_ok(pp_mde(table, &design, &options, &ctx, &result, &err));
    return result;
}

static double cell(const pp_result *result, const char *table, const char *column,
                   int64_t row) {
    return pp_table_find(pp_result_find(result, table), column)->number[row];
}

/* Every number of the two tables of power, times `factor` where it is on the outcome's scale. */
static void assert_same(const pp_result *a, const pp_result *b, double factor,
                        double tolerance) {
    static const char *const names[] = {"mde_overall", "mde"};
    static const char *const scaled[] = {"mde",           "mde_low", "mde_high",
                                         "mde_corrected", "spread",  "mean_std_error"};
    for (int t = 0; t < 2; t++) {
        for (size_t c = 0; c < sizeof scaled / sizeof *scaled; c++) {
            for (int64_t i = 0; i < pp_table_rows(pp_result_find(a, names[t])); i++) {
                double x = cell(a, names[t], scaled[c], i) * factor,
                       y = cell(b, names[t], scaled[c], i);
                assert_true((isnan(x) && isnan(y)) || fabs(x - y) <= tolerance * fabs(y));
            }
        }
    }
}

/* Columns are those of `plain`. */
static const pp_did_options designs[] = {
    {.estimator = "cs"},
    {.estimator = "sunab"},
    {.estimator = "bjs"},
    {.estimator = "stacked", .least = -2, .most = 1},
    {.panel = "unbalanced", .weights = "w", .control = "notyet"},
    {.panel = "unbalanced", .estimator = "sunab"},
    {.panel = "unbalanced", .estimator = "bjs", .weights = "w"},
    {.panel = "unbalanced", .estimator = "stacked", .least = -2, .most = 1},
};
enum { DESIGNS = sizeof designs / sizeof *designs };

static pp_did_options design_at(int d) {
    pp_did_options design = designs[d];
    design.outcome = plain.outcome;
    design.unit = plain.unit;
    design.time = plain.time;
    design.cohort = plain.cohort;
    design.balance = plain.balance;
    return design;
}

static pp_table *panel_for(int d, int order) {
    return designs[d].panel ? panel_with_holes(order, 0) : panel(order);
}

static void order_and_threads_are_nothing(void **state) {
    (void)state;
    for (int d = 0; d < DESIGNS; d++) {
        pp_table *tables[] = {panel_for(d, 0), panel_for(d, 1)};
        pp_result *a = simulate(tables[0], design_at(d), few, 1),
                  *b = simulate(tables[1], design_at(d), few, 4);
        assert_same(a, b, 1, 0);
        pp_result_free(a);
        pp_result_free(b);
        pp_table_free(tables[0]);
        pp_table_free(tables[1]);
    }
}

/* Effects are taken out: larger ones change nothing (those of a stack's last horizon go on). Nor does the
   outcome's scale, but for itself. */
static void effects_and_scale_are_nothing(void **state) {
    (void)state;
    for (int d = 0; d < DESIGNS; d++) {
        pp_table *as_is = panel_for(d, 0), *more = panel_for(d, 0);
        double *y = pp_table_find(more, "y")->number;
        double last = designs[d].most ? (double)designs[d].most : PERIODS;
        for (int64_t i = 0; i < pp_table_rows(more); i++) {
            double g = pp_table_find(more, "g")->number[i],
                   h = pp_table_find(more, "t")->number[i] - g;
            y[i] = 10 * (y[i] + (g > 0 && h >= 0 ? 7 + fmin(h, last) : 0)) + 1000;
        }
        pp_result *a = simulate(as_is, design_at(d), few, 1),
                  *b = simulate(more, design_at(d), few, 1);
        assert_same(a, b, 10, 1e-9);
        assert_true(cell(b, "mde_overall", "mde_percent", 0) > 0);
        pp_result_free(a);
        pp_result_free(b);
        pp_table_free(as_is);
        pp_table_free(more);
    }
}

/* From each treated outcome the estimate at its horizon. */
static void take_out(pp_table *table, pp_did_options design) {
    pp_error err = {0};
    pp_result *did;
    assert_ok(pp_did(table, &design, NULL, &did, &err));
    int64_t horizons = pp_table_rows(pp_result_find(did, "dynamic"));
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        double g = pp_table_find(table, "g")->number[i],
               h = pp_table_find(table, "t")->number[i] - g;
        for (int64_t j = 0; j < horizons && g > 0 && h >= 0; j++) {
            pp_table_find(table, "y")->number[i] -=
                cell(did, "dynamic", "horizon", j) == h
                    ? cell(did, "dynamic", "estimate", j)
                    : 0;
        }
    }
    pp_result_free(did);
}

/* Mean and deviation are those of what is left, by weights. */
static void outcome_is_weighted(void **state) {
    (void)state;
    pp_table *table = panel_with_holes(0, 0);
    pp_did_options design = design_at(4);
    double total = 0, sum = 0, square = 0, n = 0;
    pp_result *result = simulate(table, design, few, 1);
    take_out(table, design);
    for (int64_t i = 0; i < UNITS * PERIODS; i++) {
        double y = pp_table_find(table, "y")->number[i],
               w = isnan(y) ? 0 : pp_table_find(table, "w")->number[i];
        total += w;
        n += w > 0;
        sum += w > 0 ? w * y : 0;
        square += w > 0 ? w * y * y : 0;
    }
    double mean = sum / total, variance = square / total - mean * mean;
    assert_true(fabs(cell(result, "mde_panel", "outcome_mean", 0) - mean) < 1e-10);
    assert_true(fabs(cell(result, "mde_panel", "outcome_sd", 0) -
                     sqrt(variance * n / (n - 1))) < 1e-10);
    pp_result_free(result);
    pp_table_free(table);
}

/* A mean that is near zero for the spread, and that of a logarithm, are no measure. */
static void shares_of_the_mean(void **state) {
    (void)state;
    static const double added[] = {1000, 0, -1000};
    for (int i = 0; i < 4; i++) {
        pp_table *table = panel(0);
        pp_mde_options options = few;
        options.is_log = i == 3;
        for (int64_t row = 0; row < pp_table_rows(table); row++) {
            pp_table_find(table, "y")->number[row] += added[i % 3];
        }
        pp_result *result = simulate(table, plain, options, 1);
        assert_true(isnan(cell(result, "mde_overall", "mde_percent", 0)) == (i > 0));
        pp_result_free(result);
        pp_table_free(table);
    }
}

/* With normal estimates and a known error, that of power p is z(1 - α/2) + z(p) errors. */
static void formula(void **state) {
    enum { DRAWS = 20000 };
    static double estimate[DRAWS], error[DRAWS];
    pp_error err = {0};
    pp_arena arena;
    pp__power p;
    pp_rng rng;
    (void)state;
    pp_rng_init(&rng, 12, 0, 0);
    for (int d = 0; d < DRAWS; d++) {
        estimate[d] = 0.5 * pp_rng_normal(&rng);
        error[d] = 0.5;
    }
    pp_arena_init(&arena);
    assert_ok(pp__power_find(estimate, error, DRAWS, 1, 0.95, 0.8, &arena, &p, &err));
    double expected = 0.5 * (1.959964 + 0.841621);
    assert_true(p.mde_low < expected && expected < p.mde_high);
    assert_true(fabs(p.mde / expected - 1) < 0.01);
    assert_true(fabs(p.corrected / expected - 1) < 0.02);
    assert_true(fabs(p.size - 0.05) < 0.005);
    assert_true(fabs(pp__power_at(&p, p.mde) - 0.8) < 1e-4);
    assert_true(fabs(pp__power_at(&p, 0.5 * 1.959964) - 0.5) < 0.01);
    pp_arena_clear(&arena);
}

/* Half the true errors: the size tells, and the corrected effect does not believe them. */
static void errors_that_are_too_small(void **state) {
    enum { DRAWS = 4000 };
    static double estimate[DRAWS], error[DRAWS];
    pp_error err = {0};
    pp_arena arena;
    pp__power p;
    pp_rng rng;
    (void)state;
    pp_rng_init(&rng, 9, 1, 0);
    for (int d = 0; d < DRAWS; d++) {
        estimate[d] = pp_rng_normal(&rng);
        error[d] = 0.5;
    }
    pp_arena_init(&arena);
    assert_ok(pp__power_find(estimate, error, DRAWS, 1, 0.95, 0.8, &arena, &p, &err));
    assert_true(p.size_low > 0.25);
    assert_true(p.mde < 2 && fabs(p.corrected - 2.8) < 0.15);
    pp_arena_clear(&arena);
}

/* Clusters that adopt as a whole change dates as a whole: the effective sample is that of clusters. */
static void whole_clusters(void **state) {
    (void)state;
    pp_table *table = panel(0);
    pp_did_options design = plain;
    double *g = pp_table_find(table, "g")->number;
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        int area = (int)pp_table_find(table, "area")->number[i];
        g[i] = area % 3 == 0 ? 3 : area % 3 == 1 ? 5 : 0;
    }
    design.cluster = "area";
    pp_result *result = simulate(table, design, few, 2);
    assert_true(cell(result, "mde_panel", "assignments", 0) == 34650);
    pp_result_free(result);
    pp_table_free(table);
}

static void says_what_is_implausible(void **state) {
    (void)state;
    pp_table *table = panel(0);
    pp_mde_options options = few;
    options.plausible = 0.01;
    pp_result *result = simulate(table, plain, options, 1);
    const pp_table *overall = pp_result_find(result, "mde_overall");
    assert_string_equal(pp_column_get_text(pp_table_find(overall, "could_see"), 0),
                        "only an implausibly large effect");
    assert_string_equal(pp_result_warning(result, 0)->code, "implausible");
    const pp_column *words = pp_table_find(pp_result_find(result, "mde_words"), "words");
    assert_non_null(strstr(pp_column_get_text(words, 0), "implausibly large"));
    pp_result_free(result);
    pp_table_free(table);
}

static void refuse(const pp_table *table, pp_did_options design, pp_mde_options options,
                   pp_status status) {
    pp_error err = {0};
    pp_result *result = NULL;
    assert_int_equal(pp_mde(table, &design, &options, NULL, &result, &err), status);
    assert_null(result);
    assert_true(err.message[0]);
}

static void bad_input(void **state) {
    (void)state;
    pp_table *table = panel(0);
    pp_did_options design = plain;
    pp_mde_options options = few;
    options.draws = 3;
    refuse(table, plain, options, PP_E_ARGUMENT);
    options = few;
    options.power = 1.5;
    refuse(table, plain, options, PP_E_ARGUMENT);
    options = few;
    options.plausible = -1;
    refuse(table, plain, options, PP_E_ARGUMENT);
    options = few;
    options.strata = "y";
    refuse(table, plain, options, PP_E_INPUT);
    options.strata = "nothing";
    refuse(table, plain, options, PP_E_NOT_FOUND);
    options.strata = "id";
    refuse(table, plain, options, PP_E_ESTIMATION);
    design.estimator = "magic";
    refuse(table, design, few, PP_E_ARGUMENT);
    design = plain;
    design.panel = "crosssection";
    refuse(table, design, few, PP_E_ARGUMENT);
    design = plain;
    design.outcome = "nothing";
    refuse(table, design, few, PP_E_NOT_FOUND);
    pp_table_free(table);
}

static pp_status work(void *payload, pp_error *err) {
    pp_result *result = NULL;
    pp_mde_options options = {.draws = 20, .strata = "area", .plausible = 1};
    pp_did_options design = plain;
    design.panel = "unbalanced";
    design.weights = "w";
    pp_status status = pp_mde(payload, &design, &options, NULL, &result, err);
    pp_result_free(result);
    return status;
}

static void failing_allocations(void **state) {
    (void)state;
    pp_table *table = panel_with_holes(0, 0);
    fail_every_allocation(work, table);
    pp_table_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_and_threads_are_nothing),
        cmocka_unit_test(effects_and_scale_are_nothing),
        cmocka_unit_test(outcome_is_weighted),
        cmocka_unit_test(shares_of_the_mean),
        cmocka_unit_test(formula),
        cmocka_unit_test(errors_that_are_too_small),
        cmocka_unit_test(whole_clusters),
        cmocka_unit_test(says_what_is_implausible),
        cmocka_unit_test(bad_input),
        cmocka_unit_test(failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
