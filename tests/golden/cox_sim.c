/* Cox against R's survival; see tests/golden/cox_sim/how.txt. */
#include "golden/golden.h"

#include <stdio.h>

static const char FORMULA[] =
    "Surv(start, stop, event) ~ x1 + x2 + x3 + x4 + x5 + strata(strat)";
static const char *const TIES[] = {"efron", "breslow"};

static pp_table *data, *reference, *more;

static void add_band(void) {
    pp_error err = {0};
    pp_column *band;
    const double *x3 = pp_table_find(data, "x3")->number;
    assert_ok(pp_table_add(data, PP_TEXT, "band", &band, &err));
    for (int64_t i = 0; i < pp_table_rows(data); i++) {
        const char *name = x3[i] < -0.5 ? "low" : x3[i] < 0.5 ? "mid" : "high";
        assert_ok(pp_column_set_text(data, band, i, name, &err));
    }
}

static int open_case(void **state) {
    (void)state;
    data = golden_table("cox_sim", "data.csv");
    reference = golden_table("cox_sim", "reference.csv");
    more = golden_table("cox_sim", "more.csv");
    add_band();
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_table_free(data);
    pp_table_free(reference);
    pp_table_free(more);
    return 0;
}

static pp_result *result_of(const char *ties, const char *vcov) {
    pp_error err = {0};
    pp_result *result = NULL;
    pp_fit *fit = golden_fit(
        data, FORMULA,
        &(pp_model_options){.model = "cox", .ties = ties, .vcov = vcov, .ssc = "none"});
    assert_ok(pp_fit_result(fit, &result, &err));
    pp_fit_free(fit);
    return result;
}

static void coefficients_and_likelihood(void **state) {
    (void)state;
    for (int i = 0; i < 2; i++) {
        char model[32];
        snprintf(model, sizeof model, "simcp_%s", TIES[i]);
        pp_result *r = result_of(TIES[i], "iid");
        assert_int_equal(golden_compare(r, "coefficients", "estimate", reference, model,
                                        "coef", 1e-10),
                         5);
        assert_int_equal(
            golden_compare(r, "coefficients", "std_error", reference, model, "se", 1e-10),
            5);
        const pp_table *facts = pp_result_find(r, "model");
        assert_near("loglik", pp_table_find(facts, "loglik")->number[0],
                    golden_value(reference, model, "loglik", "fit"), 1e-12);
        assert_near("null", pp_table_find(facts, "null_loglik")->number[0],
                    golden_value(reference, model, "loglik", "null"), 1e-12);
        pp_result_free(r);
    }
}

static void clustered_errors(void **state) {
    (void)state;
    for (int i = 0; i < 2; i++) {
        char model[32];
        snprintf(model, sizeof model, "simcp_%s_cl_id", TIES[i]);
        pp_result *r = result_of(TIES[i], "cr0:id");
        assert_int_equal(
            golden_compare(r, "coefficients", "std_error", reference, model, "se", 1e-10),
            5);
        pp_result_free(r);
    }
}

/* Against more.csv, which more.R makes. */
static void other_settings(void **state) {
    static const char TIME[] = "Surv(stop, event) ~ x1 + x2 + factor(band)";
    static const struct {
        const char *suffix, *formula;
        pp_model_options options;
        int terms;
    } cases[] = {{"weights", FORMULA, {.weights = "strat"}, 5},
                 {"weights_cl", FORMULA, {.weights = "strat", .vcov = "cr0:id"}, 5},
                 {"robust", FORMULA, {.vcov = "hc0"}, 5},
                 {"offset",
                  "Surv(start, stop, event) ~ x1 + x2 + offset(x5 / 2) + strata(strat)",
                  {.vcov = "iid"},
                  2},
                 {"time", TIME, {.vcov = "iid"}, 4}};
    (void)state;
    pp_error err = {0};
    for (int t = 0; t < 2; t++) {
        for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
            char model[32];
            pp_result *r = NULL;
            pp_model_options o = cases[c].options;
            o.model = "cox";
            o.ties = TIES[t];
            o.ssc = "none";
            snprintf(model, sizeof model, "%s_%s", TIES[t], cases[c].suffix);
            pp_fit *fit = golden_fit(data, cases[c].formula, &o);
            assert_ok(pp_fit_result(fit, &r, &err));
            assert_int_equal(
                golden_compare(r, "coefficients", "estimate", more, model, "coef", 1e-9),
                cases[c].terms);
            assert_int_equal(
                golden_compare(r, "coefficients", "std_error", more, model, "se", 1e-9),
                cases[c].terms);
            assert_near("loglik", pp_fit_loglik(fit),
                        golden_value(more, model, "loglik", "fit"), 1e-12);
            pp_result_free(r);
            pp_fit_free(fit);
        }
    }
}

static void exact_ties(void **state) {
    (void)state;
    pp_result *r = result_of("exact", "iid");
    assert_int_equal(
        golden_compare(r, "coefficients", "estimate", more, "exact", "coef", 1e-10), 5);
    assert_int_equal(
        golden_compare(r, "coefficients", "std_error", more, "exact", "se", 1e-10), 5);
    const pp_table *facts = pp_result_find(r, "model");
    assert_near("loglik", pp_table_find(facts, "loglik")->number[0],
                golden_value(more, "exact", "loglik", "fit"), 1e-12);
    assert_near("null", pp_table_find(facts, "null_loglik")->number[0],
                golden_value(more, "exact", "loglik", "null"), 1e-12);
    pp_result_free(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coefficients_and_likelihood), cmocka_unit_test(clustered_errors),
        cmocka_unit_test(other_settings), cmocka_unit_test(exact_ties)};
    return cmocka_run_group_tests_name("golden cox_sim", tests, open_case, close_case);
}
