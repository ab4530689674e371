/* Multinomial and ordered regressions; see tests/golden/categories/how.txt. */
#include "golden/golden.h"

#include <stdio.h>
#include <string.h>

static const char MULTINOMIAL[] = "kind ~ x1 + x2 + region",
                  ORDERED[] = "stage ~ x1 + x2 + region";
static const char *const LINKS[] = {"logit", "probit", "cloglog"};

static pp_table *data, *reference;

static int open_case(void **state) {
    (void)state;
    data = golden_table("categories", "data.csv");
    reference = golden_table("categories", "reference.csv");
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_table_free(data);
    pp_table_free(reference);
    return 0;
}

static pp_result *result_of(const char *formula, const pp_model_options *options) {
    pp_error err = {0};
    pp_result *result = NULL;
    pp_model_options o = *options;
    o.ssc = "none";
    pp_fit *fit = golden_fit(data, formula, &o);
    assert_ok(pp_fit_result(fit, &result, &err));
    assert_ok(pp_fit_margins(fit, "unit", result, &err));
    pp_fit_free(fit);
    return result;
}

/* Terms with `first` (a column of the table) and a colon before them; `first` NULL: as
   they are. Gives how many there are. */
static int compare(const pp_result *r, const char *table_name, const char *first,
                   const char *column, const char *model, const char *quantity,
                   double relative) {
    const pp_table *t = pp_result_find(r, table_name);
    int compared = 0;
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        const char *contrast = first && strcmp(first, "outcome") == 0
                                   ? pp_column_get_text(pp_table_find(t, "contrast"), i)
                                   : "";
        const char *term = pp_column_get_text(pp_table_find(t, "term"), i);
        char name[100], what[200];
        snprintf(name, sizeof name, "%s%s%s",
                 first ? pp_column_get_text(pp_table_find(t, first), i) : "",
                 first ? ":" : "", term);
        snprintf(what, sizeof what, "%s %s %s", model, quantity, name);
        if (*contrast && (strcmp(term, "x2") == 0 || strcmp(contrast, "C - A") == 0)) {
            continue;
        }
        assert_near(what, pp_table_find(t, column)->number[i],
                    golden_value(reference, model, quantity, name), relative);
        compared++;
    }
    return compared;
}

static void check_model(const char *formula, const pp_model_options *options,
                        const char *model, const char *first, int terms, int outcomes) {
    static const char *const vcov[] = {"hc0", "cr0:g"}, *const se[] = {"se_hc0",
                                                                       "se_cr0"};
    pp_result *r = result_of(formula, options);
    assert_int_equal(compare(r, "coefficients", first, "estimate", model, "coef", 1e-8),
                     terms);
    assert_int_equal(compare(r, "coefficients", first, "std_error", model, "se", 1e-8),
                     terms);
    assert_near("loglik", pp_table_find(pp_result_find(r, "model"), "loglik")->number[0],
                golden_value(reference, model, "loglik", NULL), 1e-10);
    if (!options->weights) {
        assert_int_equal(compare(r, "margins", "outcome", "estimate", model, "ame", 1e-7),
                         2 * outcomes);
        assert_int_equal(
            compare(r, "margins", "outcome", "std_error", model, "ame_se", 1e-6),
            2 * outcomes);
    }
    pp_result_free(r);
    for (int i = 0; i < 2; i++) {
        pp_model_options o = *options;
        o.vcov = vcov[i];
        r = result_of(formula, &o);
        compare(r, "coefficients", first, "std_error", model, se[i], 1e-8);
        pp_result_free(r);
    }
}

static void multinomial(void **state) {
    pp_model_options o = {.model = "mlogit"};
    (void)state;
    check_model(MULTINOMIAL, &o, "mlogit", "equation", 10, 3);
    pp_result *r = result_of(MULTINOMIAL, &o);
    compare(r, "coefficients", "equation", "estimate", "multinom", "coef", 1e-5);
    pp_result_free(r);
    o.weights = "w";
    check_model(MULTINOMIAL, &o, "mlogit_weights", "equation", 10, 3);
}

static void ordered(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++) {
        const pp_model_options o = {.model = "ologit", .link = LINKS[i]};
        char model[40];
        snprintf(model, sizeof model, "ologit_%s", LINKS[i]);
        check_model(ORDERED, &o, model, NULL, 7, 4);
        snprintf(model, sizeof model, "polr_%s", LINKS[i]);
        pp_result *r = result_of(ORDERED, &o);
        compare(r, "coefficients", NULL, "estimate", model, "coef", 1e-4);
        pp_result_free(r);
    }
}

/* With two categories both are the logit. */
static void two_categories(void **state) {
    static const char *const models[] = {"mlogit", "ologit", "logit"};
    (void)state;
    pp_fit *fit[3];
    for (int i = 0; i < 3; i++) {
        const pp_model_options o = {.model = models[i], .where = "stage <= 2"};
        fit[i] =
            golden_fit(data, i < 2 ? "stage ~ x1 + x2" : "I(stage - 1) ~ x1 + x2", &o);
    }
    for (int j = 0; j < 3; j++) {
        assert_near("mlogit", pp_fit_estimates(fit[0])[j], pp_fit_estimates(fit[2])[j],
                    1e-9);
        assert_near("ologit",
                    j == 0 ? -pp_fit_estimates(fit[1])[2]
                           : pp_fit_estimates(fit[1])[j - 1],
                    pp_fit_estimates(fit[2])[j], 1e-9);
    }
    for (int i = 0; i < 3; i++) {
        pp_fit_free(fit[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(multinomial),
                                       cmocka_unit_test(ordered),
                                       cmocka_unit_test(two_categories)};
    return cmocka_run_group_tests_name("golden categories", tests, open_case, close_case);
}
