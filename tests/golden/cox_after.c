/* What comes after Cox's model against R's survival; see tests/golden/cox_sim/more.R. */
#include "golden/golden.h"

#include "support/frames.h"

#include <pushpull/after.h>
#include <pushpull/survival.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char FORMULA[] =
    "Surv(start, stop, event) ~ x1 + x2 + x3 + x4 + x5 + strata(strat)";
static const char *const TIES[] = {"efron", "breslow"};

static pp_table *data, *reference, *more;

static int open_case(void **state) {
    pp_error err = {0};
    pp_column *band;
    (void)state;
    data = golden_table("cox_sim", "data.csv");
    reference = golden_table("cox_sim", "reference.csv");
    more = golden_table("cox_sim", "more.csv");
    const double *x3 = pp_table_find(data, "x3")->number;
    assert_ok(pp_table_add(data, PP_TEXT, "band", &band, &err));
    for (int64_t i = 0; i < pp_table_rows(data); i++) {
        const char *name = x3[i] < -0.5 ? "low" : x3[i] < 0.5 ? "mid" : "high";
        assert_ok(pp_column_set_text(data, band, i, name, &err));
    }
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_table_free(data);
    pp_table_free(reference);
    pp_table_free(more);
    return 0;
}

static pp_fit *fit_of(const char *formula, const char *ties, const char *vcov,
                      const char *weights) {
    return golden_fit(data, formula,
                      &(pp_model_options){.model = "cox",
                                          .ties = ties,
                                          .vcov = vcov,
                                          .weights = weights,
                                          .ssc = "none"});
}

static pp_result *empty_result(void) {
    pp_error err = {0};
    pp_result *result = NULL;
    assert_ok(pp_result_new("fit", &result, &err));
    return result;
}

/* ---- tests ---- */

static void all_coefficients(void **state) {
    (void)state;
    pp_error err = {0};
    for (int t = 0; t < 2; t++) {
        char model[32];
        pp_result *r = NULL;
        pp_fit *fit = fit_of(FORMULA, TIES[t], NULL, NULL);
        snprintf(model, sizeof model, "simcp_%s", TIES[t]);
        assert_ok(pp_fit_result(fit, &r, &err));
        assert_near("score test", number_at(r, "tests", "test", "score", "statistic"),
                    golden_value(reference, model, "score", NULL), 1e-10);
        pp_result_free(r);
        pp_fit_free(fit);
    }
}

static void assert_proportionality(pp_fit *fit, const char *transform, const char *model,
                                   int terms) {
    pp_error err = {0};
    pp_result *r = empty_result();
    assert_ok(pp_fit_proportionality(fit, transform, NULL, r, &err));
    assert_int_equal(golden_compare(r, "proportional_hazards", "statistic", more, model,
                                    "chisq", 1e-7),
                     terms);
    assert_int_equal(
        golden_compare(r, "proportional_hazards", "df", more, model, "df", 1e-12), terms);
    pp_result_free(r);
}

static void proportional_hazards(void **state) {
    static const char *const transforms[] = {"km", "rank", "identity", "log"};
    (void)state;
    for (int t = 0; t < 2; t++) {
        pp_fit *fit = fit_of(FORMULA, TIES[t], "cr0:id", NULL);
        for (int i = 0; i < 4; i++) {
            char model[40];
            snprintf(model, sizeof model, "zph_%s_%s", TIES[t], transforms[i]);
            assert_proportionality(fit, transforms[i], model, 6);
        }
        pp_fit_free(fit);
    }
    pp_fit *fit = fit_of("Surv(stop, event) ~ x1 + factor(band)", NULL, NULL, NULL);
    assert_proportionality(fit, NULL, "zph_band", 3);
    pp_fit_free(fit);
}

/* ---- baseline ---- */

static int64_t row_at(const pp_table *baseline, const char *stratum, double time) {
    const pp_column *s = pp_table_find(baseline, "stratum"),
                    *t = pp_table_find(baseline, "time");
    for (int64_t i = 0; i < pp_table_rows(baseline); i++) {
        if (strcmp(pp_column_get_text(s, i), stratum) == 0 && t->number[i] == time) {
            return i;
        }
    }
    fail_msg("no baseline of stratum %s at %g", stratum, time);
    return -1;
}

static int compare_baseline(const pp_table *baseline, const char *model) {
    static const char *const quantities[][2] = {{"hazard", "hazard"},
                                                {"se", "std_error"},
                                                {"at_risk", "at_risk"},
                                                {"events", "events"}};
    int compared = 0;
    for (int64_t i = 0; i < pp_table_rows(more); i++) {
        if (strcmp(pp_column_get_text(pp_table_find(more, "model"), i), model) != 0) {
            continue;
        }
        const char *quantity = pp_column_get_text(pp_table_find(more, "quantity"), i);
        const char *term = pp_column_get_text(pp_table_find(more, "term"), i);
        char stratum[16];
        snprintf(stratum, sizeof stratum, "%.*s", (int)strcspn(term, "@"), term);
        int64_t row = row_at(baseline, stratum, atof(strchr(term, '@') + 1));
        for (int q = 0; q < 4; q++) {
            if (strcmp(quantity, quantities[q][0]) == 0) {
                assert_near(term, pp_table_find(baseline, quantities[q][1])->number[row],
                            pp_table_find(more, "value")->number[i], 1e-8);
                compared++;
            }
        }
    }
    return compared;
}

static void baselines(void **state) {
    (void)state;
    pp_error err = {0};
    for (int t = 0; t < 2; t++) {
        char model[32];
        pp_result *r = empty_result();
        pp_fit *fit = fit_of(FORMULA, TIES[t], NULL, NULL);
        snprintf(model, sizeof model, "baseline_%s", TIES[t]);
        assert_ok(pp_fit_baseline(fit, "zero", NULL, r, &err));
        assert_int_equal(compare_baseline(pp_result_find(r, "baseline"), model), 28);
        pp_result_free(r);
        pp_fit_free(fit);
    }
}

/* At means: that of zero times the risk there. */
static void baseline_at_means(void **state) {
    (void)state;
    pp_error err = {0};
    pp_result *zero = empty_result(), *means = empty_result();
    pp_fit *fit = fit_of("Surv(start, stop, event) ~ x1", NULL, NULL, NULL);
    const double *x1 = pp_table_find(data, "x1")->number;
    double sum = 0, n = (double)pp_table_rows(data);
    for (int64_t i = 0; i < pp_table_rows(data); i++) {
        sum += x1[i];
    }
    assert_ok(pp_fit_baseline(fit, NULL, NULL, zero, &err));
    assert_ok(pp_fit_baseline(fit, "means", NULL, means, &err));
    const double *h0 = pp_table_find(pp_result_find(zero, "baseline"), "hazard")->number,
                 *h1 = pp_table_find(pp_result_find(means, "baseline"), "hazard")->number;
    assert_near("hazard", h1[7], h0[7] * exp(pp_fit_estimates(fit)[0] * sum / n), 1e-12);
    assert_int_equal(pp_fit_baseline(fit, "here", NULL, means, &err), PP_E_ARGUMENT);
    pp_result_free(zero);
    pp_result_free(means);
    pp_fit_free(fit);
}

/* ---- rows ---- */

static void martingale_residuals(void **state) {
    (void)state;
    pp_error err = {0};
    for (int t = 0; t < 2; t++) {
        char model[32];
        pp_result *r = empty_result();
        pp_fit *fit = fit_of(FORMULA, TIES[t], NULL, NULL);
        snprintf(model, sizeof model, "martingale_%s", TIES[t]);
        assert_ok(pp_fit_residuals(fit, NULL, NULL, r, &err));
        const double *residual =
            pp_table_find(pp_result_find(r, "residuals"), "martingale")->number;
        for (int i = 0; i < 40; i++) {
            char term[8];
            snprintf(term, sizeof term, "%d", i + 1);
            assert_near(term, residual[i], golden_value(more, model, "resid", term),
                        1e-9);
        }
        pp_result_free(r);
        pp_fit_free(fit);
    }
}

static void concordances(void **state) {
    static const struct {
        const char *model, *formula, *vcov, *weights;
    } cases[] = {{"concordance", FORMULA, NULL, NULL},
                 {"concordance_cl", FORMULA, "cr0:id", NULL},
                 {"concordance_time", "Surv(stop, event) ~ x2 + x5", NULL, NULL},
                 {"concordance_weights", FORMULA, NULL, "strat"}};
    static const char *const counts[][2] = {{"concordant", "concordant"},
                                            {"discordant", "discordant"},
                                            {"tied.x", "tied_x"},
                                            {"tied.y", "tied_y"},
                                            {"tied.xy", "tied_xy"}};
    (void)state;
    pp_error err = {0};
    for (int c = 0; c < 4; c++) {
        pp_result *r = empty_result();
        pp_fit *fit = fit_of(cases[c].formula, NULL, cases[c].vcov, cases[c].weights);
        assert_ok(pp_fit_concordance(fit, NULL, r, &err));
        const pp_table *table = pp_result_find(r, "concordance");
        assert_near(cases[c].model, pp_table_find(table, "concordance")->number[0],
                    golden_value(more, cases[c].model, "concordance", NULL), 1e-12);
        assert_near(cases[c].model, pp_table_find(table, "std_error")->number[0],
                    golden_value(more, cases[c].model, "se", NULL), 1e-10);
        for (int i = 0; i < 5; i++) {
            assert_true(pp_table_find(table, counts[i][1])->number[0] ==
                        golden_value(more, cases[c].model, "count", counts[i][0]));
        }
        pp_result_free(r);
        pp_fit_free(fit);
    }
}

/* ---- refusals and memory ---- */

static void other_models(void **state) {
    (void)state;
    pp_error err = {0};
    pp_result *r = empty_result();
    pp_fit *fit = golden_fit(data, "event ~ x1", &(pp_model_options){.model = "logit"});
    assert_int_equal(pp_fit_baseline(fit, NULL, NULL, r, &err), PP_E_UNSUPPORTED);
    assert_int_equal(pp_fit_concordance(fit, NULL, r, &err), PP_E_UNSUPPORTED);
    assert_int_equal(pp_fit_proportionality(fit, "kn", NULL, r, &err), PP_E_ARGUMENT);
    assert_int_equal(pp_fit_proportionality(fit, "km", NULL, r, &err), PP_E_UNSUPPORTED);
    pp_fit_free(fit);
    pp_result_free(r);
}

static pp_status do_all(void *payload, pp_error *err) {
    const pp_fit *fit = payload;
    pp_result *r = NULL;
    pp_status status = pp_result_new("fit", &r, err);
    status = status == PP_OK ? pp_fit_baseline(fit, "means", NULL, r, err) : status;
    status = status == PP_OK ? pp_fit_proportionality(fit, "km", NULL, r, err) : status;
    status = status == PP_OK ? pp_fit_concordance(fit, NULL, r, err) : status;
    status = status == PP_OK ? pp_fit_residuals(fit, NULL, NULL, r, err) : status;
    pp_result_free(r);
    return status;
}

static void memory_may_fail_anywhere(void **state) {
    (void)state;
    pp_fit *fit = golden_fit(data, "Surv(start, stop, event) ~ x1 + x2 + strata(strat)",
                             &(pp_model_options){.model = "cox",
                                                 .vcov = "cluster:id",
                                                 .where = "strat < 3 AND id < 100"});
    assert_true(fail_every_allocation(do_all, fit) > 30);
    pp_fit_free(fit);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_coefficients),
                                       cmocka_unit_test(proportional_hazards),
                                       cmocka_unit_test(baselines),
                                       cmocka_unit_test(baseline_at_means),
                                       cmocka_unit_test(martingale_residuals),
                                       cmocka_unit_test(concordances),
                                       cmocka_unit_test(other_models),
                                       cmocka_unit_test(memory_may_fail_anywhere)};
    return cmocka_run_group_tests_name("golden cox_after", tests, open_case, close_case);
}
