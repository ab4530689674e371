/* Least squares with poorly connected fixed effects against fixest and against a sparse
   Cholesky of all dummies with refinement; see tests/golden/fe_difficult/how.txt. */
#include "golden/golden.h"

#include <stdio.h>
#include <string.h>

static const char *const EFFECTS[] = {"indiv", "indiv+year", "indiv+firm",
                                      "indiv+firm+year"};
enum { N_EFFECTS = sizeof EFFECTS / sizeof *EFFECTS };

static pp_table *data, *reference, *exact;

static int open_case(void **state) {
    (void)state;
    data = golden_table("fe_difficult", "data.csv");
    reference = golden_table("fe_difficult", "reference.csv");
    exact = golden_table("fe_difficult", "exact_check.csv");
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_table_free(data);
    pp_table_free(reference);
    pp_table_free(exact);
    return 0;
}

static pp_result *result_of(const char *effects, const char *vcov, int weighted) {
    pp_error err = {0};
    pp_result *result = NULL;
    char formula[80];
    snprintf(formula, sizeof formula, "y ~ x1 + x2 | %s", effects);
    pp_fit *fit = golden_fit(data, formula,
                             &(pp_model_options){.model = "ols",
                                                 .vcov = vcov,
                                                 .weights = weighted ? "w" : NULL,
                                                 .keep_singletons = 1});
    assert_ok(pp_fit_result(fit, &result, &err));
    pp_fit_free(fit);
    return result;
}

static double fact(const pp_result *r, const char *name) {
    return pp_table_find(pp_result_find(r, "model"), name)->number[0];
}

static void exact_coefficients(void **state) {
    (void)state;
    for (int e = 0; e < N_EFFECTS; e++) {
        for (int weighted = 0; weighted < 2; weighted++) {
            char model[80];
            snprintf(model, sizeof model, "exact_feols_%s%s", weighted ? "w_" : "",
                     EFFECTS[e]);
            pp_result *r = result_of(EFFECTS[e], "iid", weighted);
            assert_int_equal(golden_compare(r, "coefficients", "estimate", exact, model,
                                            "coef", 1e-11),
                             2);
            assert_true(fact(r, "converged") == 1);
            if (!weighted) {
                snprintf(model, sizeof model, "feols_%s", EFFECTS[e]);
                assert_near("rss", fact(r, "deviance"),
                            golden_value(reference, model, "rss", "_"), 1e-10);
            }
            pp_result_free(r);
        }
    }
}

static void errors(void **state) {
    static const struct {
        const char *vcov, *suffix;
    } cases[] = {{"iid", "\"iid\""},
                 {"hc1", "\"hetero\""},
                 {"cluster:indiv", "~indiv"},
                 {"cluster:indiv+year", "~indiv + year"},
                 {"cluster:firm", "~firm"}};
    (void)state;
    for (int e = 0; e < N_EFFECTS; e++) {
        for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
            char model[80];
            snprintf(model, sizeof model, "feols_%s__%s", EFFECTS[e], cases[c].suffix);
            pp_result *r = result_of(EFFECTS[e], cases[c].vcov, 0);
            assert_int_equal(golden_compare(r, "coefficients", "std_error", reference,
                                            model, "se", 1e-6),
                             2);
            pp_result_free(r);
        }
        char model[80];
        snprintf(model, sizeof model, "feols_w_%s__indiv", EFFECTS[e]);
        pp_result *r = result_of(EFFECTS[e], "cluster:indiv", 1);
        assert_int_equal(
            golden_compare(r, "coefficients", "std_error", reference, model, "se", 1e-6),
            2);
        pp_result_free(r);
    }
}

/* Of the dummies of three effects, by the sparse Cholesky of the reference. */
static void rank_of_three(void **state) {
    (void)state;
    pp_result *r = result_of("indiv+firm+year", "iid", 0);
    assert_near("rank", fact(r, "absorbed") + 2,
                golden_value(reference, "sparse_design_3fe", "rank", "_"), 1e-15);
    pp_result_free(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(exact_coefficients),
                                       cmocka_unit_test(errors),
                                       cmocka_unit_test(rank_of_three)};
    return cmocka_run_group_tests(tests, open_case, close_case);
}
