/* Misclassified outcomes against an independent maximum likelihood in R; see
   tests/golden/misclass/how.txt. */
#include "golden/golden.h"

#include <pushpull/misclass.h>

#include <string.h>

static pp_table *data, *reference, *exact;

static int open_case(void **state) {
    (void)state;
    data = golden_table("misclass", "data.csv");
    reference = golden_table("misclass", "reference.csv");
    exact = golden_table("misclass", "exact.csv");
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_table_free(data);
    pp_table_free(reference);
    pp_table_free(exact);
    return 0;
}

static int same(const pp_table *t, int64_t row, const char *column, const char *text) {
    const char *value = pp_column_get_text(pp_table_find(t, column), row);
    return value && strcmp(value, text) == 0;
}

/* The value of a coefficient, by the reference's name for it. */
static double value_of(const pp_table *t, const char *name, const char *column) {
    const char *part = strcmp(name, "alpha0") == 0   ? "false_positive"
                       : strcmp(name, "alpha1") == 0 ? "false_negative"
                                                     : "outcome";
    const char *term = strncmp(name, "alpha", 5) == 0 ? "rate"
                       : strcmp(name, "const") == 0   ? "(Intercept)"
                                                      : name;
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        if (same(t, i, "part", part) && same(t, i, "term", term)) {
            return pp_table_find(t, column)->number[i];
        }
    }
    fail_msg("no %s", name);
    return 0;
}

static void check(const char *link, const char *model, int free_positive) {
    static const char *const NAMES[] = {"alpha1", "const", "x1", "x2", "x3", "alpha0"};
    pp_error err = {0};
    pp_result *r = NULL;
    const pp_misclass_options options = {.false_positive = {.free = free_positive},
                                         .false_negative = {.free = 1},
                                         .no_profile = 1};
    assert_ok(pp_misclass("y ~ x1 + x2 + x3", data, &(pp_model_options){.link = link},
                          &options, NULL, &r, &err));
    const pp_table *t = pp_result_find(r, "coefficients");
    for (int i = 0; i < 5 + free_positive; i++) {
        assert_near(NAMES[i], value_of(t, NAMES[i], "estimate"),
                    golden_value(exact, model, "coef", NAMES[i]), 1e-11);
        assert_near(NAMES[i], value_of(t, NAMES[i], "std_error"),
                    golden_value(exact, model, "se", NAMES[i]), 1e-8);
        assert_near(NAMES[i], value_of(t, NAMES[i], "estimate"),
                    golden_value(reference, model, "coef", NAMES[i]), 3e-8);
    }
    assert_near("loglik", pp_table_find(pp_result_find(r, "model"), "loglik")->number[0],
                golden_value(reference, model, "loglik", "_"), 1e-10);
    pp_result_free(r);
}

static void models(void **state) {
    (void)state;
    check("logit", "HAS_logit", 1);
    check("logit", "HAS_alpha0=0_logit", 0);
    check("probit", "HAS_probit", 1);
    check("probit", "HAS_alpha0=0_probit", 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(models)};
    return cmocka_run_group_tests_name("golden misclass", tests, open_case, close_case);
}
