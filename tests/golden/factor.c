/* Counterfactuals by factor models against loops of svd() in R; see tests/golden/factor/how.txt. */
#include "golden/golden.h"

#include <pushpull/counterfactual.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_RANK = 4 };

static pp_table *panel, *gaps, *reference;

static int open_case(void **state) {
    (void)state;
    panel = golden_table("factor", "panel.csv");
    gaps = golden_table("factor", "gaps.csv");
    reference = golden_table("factor", "reference.csv");
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_table_free(panel);
    pp_table_free(gaps);
    pp_table_free(reference);
    return 0;
}

static pp_result *estimate(const pp_table *data, pp_counterfactual_options options) {
    pp_error err = {0};
    pp_result *result = NULL;
    options.outcome = "y";
    options.unit = "unit";
    options.time = "time";
    options.cohort = "cohort";
    options.draws = 2;
    options.placebo = -1;
    assert_ok(pp_counterfactual(data, &options, NULL, &result, &err));
    return result;
}

static double at(const pp_result *result, const char *table, const char *column,
                 int64_t row) {
    return pp_table_find(pp_result_find(result, table), column)->number[row];
}

static void compare(const char *model, const pp_table *data,
                    pp_counterfactual_options options) {
    pp_result *result = estimate(data, options);
    const pp_table *dynamic = pp_result_find(result, "factor_dynamic");
    assert_near(model, at(result, "factor_overall", "estimate", 0),
                golden_value(reference, model, "estimate", "overall"), 1e-9);
    for (int64_t i = 0; i < pp_table_rows(dynamic); i++) {
        char name[24];
        snprintf(name, sizeof name, "h%.0f", at(result, "factor_dynamic", "horizon", i));
        assert_near(model, at(result, "factor_dynamic", "estimate", i),
                    golden_value(reference, model, "estimate", name), 1e-8);
    }
    for (int64_t j = 0; options.covariates && j < 2; j++) {
        assert_near(model, at(result, "factor_covariates", "estimate", j),
                    golden_value(reference, model, "beta", j ? "x2" : "x1"), 1e-9);
    }
    if (options.method && strcmp(options.method, "mc") == 0) {
        assert_near(model, at(result, "factor_overall", "rank", 0),
                    golden_value(reference, model, "rank", "overall"), 0);
    }
    pp_result_free(result);
}

static void generalised_synthetic_control(void **state) {
    (void)state;
    for (int r = 0; r <= MOST_RANK; r++) {
        char name[24];
        snprintf(name, sizeof name, "gsynth_x_%d", r);
        compare(name, panel,
                (pp_counterfactual_options){.rank = r, .covariates = "x1 + x2"});
    }
    compare("gsynth_1", panel, (pp_counterfactual_options){.rank = 1});
    compare("gsynth_3", panel, (pp_counterfactual_options){.rank = 3});
    static const char *const effects[] = {"unit", "time", "none"};
    for (int e = 0; e < 3; e++) {
        char name[24];
        snprintf(name, sizeof name, "gsynth_%s", effects[e]);
        compare(name, panel,
                (pp_counterfactual_options){
                    .rank = 2, .covariates = "x1 + x2", .effects = effects[e]});
    }
    compare("gsynth_gaps", gaps,
            (pp_counterfactual_options){
                .rank = 2, .covariates = "x1 + x2", .errors = "bootstrap"});
}

static void all_that_is_untreated(void **state) {
    (void)state;
    compare(
        "ife_x_2", panel,
        (pp_counterfactual_options){.method = "ife", .rank = 2, .covariates = "x1 + x2"});
    compare("ife_gaps", gaps, (pp_counterfactual_options){.method = "ife", .rank = 1});
}

static void matrix_completion(void **state) {
    (void)state;
    compare("mc_x", panel,
            (pp_counterfactual_options){
                .method = "mc", .rank = -1, .lambda = 0.01, .covariates = "x1 + x2"});
    compare("mc_gaps", gaps,
            (pp_counterfactual_options){.method = "mc", .rank = -1, .lambda = 0.03});
}

/* Leverages give what leaving out gives. */
static void cross_validation(void **state) {
    (void)state;
    pp_result *result =
        estimate(panel, (pp_counterfactual_options){
                            .rank = -1, .most_rank = MOST_RANK, .covariates = "x1 + x2"});
    for (int r = 0; r <= MOST_RANK; r++) {
        char name[24];
        snprintf(name, sizeof name, "gsynth_x_%d", r);
        assert_near(name, at(result, "factor_cv", "mspe", r),
                    golden_value(reference, name, "mspe", "overall"), 1e-8);
        assert_int_equal((int)at(result, "factor_cv", "chosen", r), r == 2);
    }
    pp_result_free(result);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(generalised_synthetic_control),
                                       cmocka_unit_test(all_that_is_untreated),
                                       cmocka_unit_test(matrix_completion),
                                       cmocka_unit_test(cross_validation)};
    return cmocka_run_group_tests(tests, open_case, close_case);
}
