/* The wild cluster bootstrap against fwildclusterboot, all 2^12 draws; see
   tests/golden/wildboot/how.txt. */
#include "golden/golden.h"

#include <pushpull/inference.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static pp_table *data, *reference;
static pp_fit *fit;

static int open_case(void **state) {
    (void)state;
    data = golden_table("wildboot", "data.csv");
    reference = golden_table("wildboot", "reference.csv");
    fit = golden_fit(data, "y ~ x1 + x2 + x3 + x4",
                     &(pp_model_options){.model = "ols", .vcov = "cluster:region"});
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_fit_free(fit);
    pp_table_free(data);
    pp_table_free(reference);
    return 0;
}

static double cell(const pp_result *r, const char *column) {
    return pp_table_find(pp_result_find(r, "bootstrap"), column)->number[0];
}

/* Theirs are interpolated between points of the step function; ours are its jumps. */
static void assert_ends(const pp_result *r, double low, double high) {
    double by = 1e-4 * (high - low);
    assert_true(fabs(cell(r, "conf_low") - low) < by);
    assert_true(fabs(cell(r, "conf_high") - high) < by);
}

static void enumerated(void **state) {
    static const char *const TERMS[] = {"x1", "x2", "x4"};
    static const char *const KINDS[] = {"WCR", "WCU"};
    (void)state;
    for (int t = 0; t < 6; t++) {
        char model[64];
        pp_error err = {0};
        pp_result *r = NULL;
        const pp_bootstrap_options o = {.method = "wild",
                                        .cluster = "region",
                                        .term = TERMS[t / 2],
                                        .unrestricted = t % 2};
        snprintf(model, sizeof model, "wcr_region_%s_%s", TERMS[t / 2], KINDS[t % 2]);
        assert_ok(pp_result_new("fit", &r, &err));
        assert_ok(pp_fit_bootstrap(fit, &o, NULL, r, &err));
        double p = golden_value(reference, model, "p_enumerated", NULL);
        assert_true(cell(r, "p_value") == p);
        assert_true(cell(r, "p_error") == 0);
        assert_near("t", cell(r, "statistic"),
                    golden_value(reference, model, "tstat", NULL), 1e-10);
        assert_near("estimate", cell(r, "estimate"),
                    golden_value(reference, model, "coef", NULL), 1e-10);
        assert_ends(r, golden_value(reference, model, "CI", "lo"),
                    golden_value(reference, model, "CI", "hi"));
        pp_result_free(r);
    }
}

static pp_result *scored(const pp_fit *logit, double null, int unrestricted) {
    pp_error err = {0};
    pp_result *r = NULL;
    const pp_bootstrap_options o = {.method = "score",
                                    .cluster = "region",
                                    .null = null,
                                    .unrestricted = unrestricted};
    assert_ok(pp_result_new("fit", &r, &err));
    assert_ok(pp_fit_bootstrap(logit, &o, NULL, r, &err));
    return r;
}

/* score.R writes the formulas out: the same sums, hence the same p values. */
static void scores(void **state) {
    static const char *const MODELS[] = {"score_0", "score_0.2"};
    (void)state;
    pp_table *written = golden_table("wildboot", "score.csv");
    pp_fit *logit =
        golden_fit(data, "y ~ x1 + x2 + x3 + x4", &(pp_model_options){.model = "logit"});
    for (int i = 0; i < 2; i++) {
        pp_result *r = scored(logit, 0.2 * i, 0), *u = scored(logit, 0.2 * i, 1);
        assert_int_equal(
            golden_compare(r, "bootstrap", "statistic", written, MODELS[i], "t", 1e-9),
            2);
        assert_int_equal(
            golden_compare(r, "bootstrap", "p_value", written, MODELS[i], "p", 1e-14), 2);
        assert_int_equal(golden_compare(u, "bootstrap", "p_value", written, MODELS[i],
                                        "p_unrestricted", 1e-14),
                         2);
        pp_result_free(r);
        pp_result_free(u);
    }
    pp_fit_free(logit);
    pp_table_free(written);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(enumerated),
                                       cmocka_unit_test(scores)};
    return cmocka_run_group_tests_name("golden wildboot", tests, open_case, close_case);
}
