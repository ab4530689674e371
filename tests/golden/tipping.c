/* Hazards where adoption may go unrecorded, against direct maximisation in R; see
   tests/golden/tipping/how.txt. */
#include "golden/golden.h"

#include "unseen/tipping_fit.h"

#include <pushpull/tipping.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static pp_table *data, *reference;
static const char FORMULA[] = "Surv(lo, hi, type = interval) ~ x + d";

static int open_case(void **state) {
    (void)state;
    data = golden_table("tipping", "data.csv");
    reference = golden_table("tipping", "reference.csv");
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_table_free(data);
    pp_table_free(reference);
    return 0;
}

static void check_fit(const char *link, double closed, double open) {
    static const char *const x[] = {"x"};
    const pp_model_options options = {
        .model = "hazard", .link = link, .unit = "unit", .time = "year"};
    pp_error err = {0};
    pp__tipping_model m;
    pp__tipping_effect effect;
    pp_fit *fit = NULL;
    pp_arena arena;
    char model[64];
    snprintf(model, sizeof model, "%s_%g_%g", link, closed, open);
    pp_arena_init(&arena);
    assert_ok(
        pp__tipping_prepare(FORMULA, data, &options, "d < 0.4", NULL, &arena, &m, &err));
    assert_ok(pp__tipping_fit(&m, closed, open, &fit, &err));
    assert_true(fit->converged);
    for (int j = 0; j < 3; j++) {
        assert_near(fit->name[j], fit->estimates[j],
                    golden_value(reference, model, "coef", fit->name[j]), 1e-7);
        assert_near(fit->name[j], sqrt(fit->V[4 * j]),
                    golden_value(reference, model, "se", fit->name[j]), 1e-5);
    }
    assert_near("loglik", fit->loglik, golden_value(reference, model, "loglik", "_"),
                1e-11);
    assert_ok(pp__tipping_effects(fit, x, 1, &effect, &err));
    assert_near("effect", effect.estimate, golden_value(reference, model, "ame", "x"),
                1e-6);
    pp_fit_free(fit);
    pp_fit_free(m.fit);
    pp_arena_clear(&arena);
}

static void fits(void **state) {
    static const double PAIR[][2] = {{1, 1}, {0.5, 0.9}, {0.3, 1}};
    (void)state;
    for (int i = 0; i < 3; i++) {
        check_fit("logit", PAIR[i][0], PAIR[i][1]);
        check_fit("cloglog", PAIR[i][0], PAIR[i][1]);
    }
}

/* The record says that open regimes adopt more; it turns where closed ones hide theirs. */
static void turns(void **state) {
    const pp_model_options options = {.model = "hazard", .unit = "unit", .time = "year"};
    const pp_tipping_question question = {.name = "democracy",
                                          .variable = "d",
                                          .formula = FORMULA,
                                          .data = data,
                                          .model = &options};
    pp_error err = {0};
    pp_result *r = NULL, *other = NULL;
    (void)state;
    assert_ok(pp_tipping(&question, 1,
                         &(pp_tipping_options){.closed = "d < 0.4", .lowest = 0.3}, NULL,
                         &r, &err));
    const pp_table *t = pp_result_find(r, "tipping_points");
    const pp_column *now = pp_table_find(t, "now"), *then = pp_table_find(t, "then");
    assert_int_equal(pp_table_rows(t), 3);
    assert_string_equal(pp_column_get_text(now, 0), "no clear sign");
    assert_string_equal(pp_column_get_text(then, 0), "negative");
    assert_string_equal(pp_column_get_text(now, 2), "positive");
    double sign = pp_table_find(t, "missed_closed")->number[2];
    double sure = pp_table_find(t, "missed_closed")->number[0];
    assert_true(0 < sign && sign < sure && sure < 0.7);
    /* the same bits on four threads */
    assert_ok(pp_tipping(&question, 1,
                         &(pp_tipping_options){.closed = "d < 0.4", .lowest = 0.3},
                         &(pp_context){.threads = 4}, &other, &err));
    const pp_table *a = pp_result_find(r, "tipping"),
                   *b = pp_result_find(other, "tipping");
    assert_memory_equal(pp_table_find(a, "conf_low")->number,
                        pp_table_find(b, "conf_low")->number,
                        (size_t)pp_table_rows(a) * sizeof(double));
    pp_result_free(r);
    pp_result_free(other);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(fits), cmocka_unit_test(turns)};
    return cmocka_run_group_tests_name("golden tipping", tests, open_case, close_case);
}
