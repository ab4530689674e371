#include "support/frames.h"
#include "support/support.h"

#include "model/separation.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const MODELS[] = {"logit", "probit", "cloglog"};

static const char *warning(const pp_result *r, const char *code) {
    for (int i = 0; i < pp_result_warnings(r); i++) {
        if (strcmp(pp_result_warning(r, i)->code, code) == 0) {
            return pp_result_warning(r, i)->message;
        }
    }
    return "";
}

static pp_table *with_outcome(int64_t n, uint64_t seed,
                              double outcome(const pp_table *t, int64_t row)) {
    pp_table *table = random_frame(n, seed);
    double *y = pp_table_find(table, "y")->number;
    for (int64_t i = 0; i < n; i++) {
        y[i] = outcome(table, i);
    }
    return table;
}

static double at(const pp_table *t, const char *name, int64_t row) {
    return pp_table_find(t, name)->number[row];
}

static char region(const pp_table *t, int64_t row) {
    return pp_table_find(t, "region")->text[row][0];
}

/* The same estimates as without the rows that are separated. */
static void assert_same_as_where(const pp_table *table, const char *model,
                                 const char *formula, const char *where, int dropped) {
    pp_model_options options = {.model = model};
    pp_result *r = fit_result(formula, table, &options);
    options.where = where;
    pp_result *s = fit_result(formula, table, &options);
    assert_string_equal(terms_of(r), terms_of(s));
    const pp_table *a = pp_result_find(r, "coefficients"),
                   *b = pp_result_find(s, "coefficients");
    for (int64_t i = 0; i < pp_table_rows(a); i++) {
        assert_true(fabs(pp_table_find(a, "estimate")->number[i] -
                         pp_table_find(b, "estimate")->number[i]) < 1e-9);
    }
    assert_int_equal(number_at(r, "dropped", "reason", "separated", "count"), dropped);
    assert_int_equal(number_at(r, "model", "model", model, "converged"), 1);
    pp_result_free(r);
    pp_result_free(s);
}

static double zero_in_c(const pp_table *t, int64_t row) {
    return region(t, row) == 'C' ? 0 : at(t, "y", row);
}

static int count_region(const pp_table *t, char which) {
    int n = 0;
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        n += region(t, i) == which;
    }
    return n;
}

static void a_level_without_events_is_named(void **state) {
    (void)state;
    pp_table *table = with_outcome(400, 1, zero_in_c);
    for (int m = 0; m < 3; m++) {
        assert_same_as_where(table, MODELS[m], "y ~ x1 + region", "region <> 'C'",
                             count_region(table, 'C'));
        pp_result *r =
            fit_result("y ~ x1 + region", table, &(pp_model_options){.model = MODELS[m]});
        char expected[100];
        snprintf(expected, sizeof expected,
                 "region = C predicts a 0 perfectly: %d rows are left out",
                 count_region(table, 'C'));
        assert_string_equal(warning(r, "separation"), expected);
        pp_result_free(r);
    }
    pp_table_free(table);
}

static double one_in_a(const pp_table *t, int64_t row) {
    return region(t, row) == 'A' ? 1 : at(t, "y", row);
}

static void so_is_the_reference_level(void **state) {
    (void)state;
    pp_table *table = with_outcome(400, 2, one_in_a);
    for (int m = 0; m < 3; m++) {
        assert_same_as_where(table, MODELS[m], "y ~ x1 + region", "region <> 'A'",
                             count_region(table, 'A'));
    }
    pp_result *r = fit_result("y ~ x1 + factor(region, ref = 'A')", table,
                              &(pp_model_options){.model = "logit"});
    assert_string_equal(warning(r, "separation") + 0,
                        strstr(warning(r, "separation"), "region = A predicts a 1"));
    assert_string_equal(
        warning(r, "reference"),
        "the reference level 'A' of region is left out; the reference is 'B'");
    pp_result_free(r);
    pp_table_free(table);
}

static double one_where_d(const pp_table *t, int64_t row) {
    return at(t, "d", row) > 0 ? 1 : at(t, "y", row);
}

static void a_dummy_is_named_and_leaves(void **state) {
    (void)state;
    pp_table *table = with_outcome(300, 3, one_where_d);
    pp_result *r = fit_result("y ~ x1 + d", table, &(pp_model_options){.model = "logit"});
    assert_string_equal(terms_of(r), "(Intercept) x1");
    assert_non_null(strstr(warning(r, "separation"), "d = 1 predicts a 1 perfectly"));
    assert_non_null(strstr(warning(r, "constant"), "d has the same value"));
    pp_result_free(r);
    pp_table_free(table);
}

static double zero_in_cell(const pp_table *t, int64_t row) {
    return region(t, row) == 'B' && at(t, "d", row) > 0 ? 0 : at(t, "y", row);
}

static void a_cell_is_named(void **state) {
    (void)state;
    pp_table *table = with_outcome(600, 4, zero_in_cell);
    pp_result *r =
        fit_result("y ~ x1 + region*d", table, &(pp_model_options){.model = "probit"});
    assert_non_null(
        strstr(warning(r, "separation"), "regionB:d = 1 predicts a 0 perfectly"));
    pp_result_free(r);
    r = fit_result("y ~ x1 + region + d", table, &(pp_model_options){.model = "probit"});
    assert_string_equal(warning(r, "separation"), "");
    pp_result_free(r);
    pp_table_free(table);
}

static double beyond_one(const pp_table *t, int64_t row) {
    return at(t, "x1", row) > 0.8 ? 1 : at(t, "x1", row) < 0 ? 0 : at(t, "y", row);
}

static double threshold(const pp_table *t, int64_t row) {
    return at(t, "x1", row) + 0.5 * at(t, "x2", row) > 0.3;
}

static void what_separates_alone_is_named_alone(void **state) {
    (void)state;
    pp_table *table = frame("y x z\n0 1 5\n0 2 1\n0 3 4\n1 4 2\n1 5 6\n1 6 3\n1 7 1");
    pp_error err = {0};
    pp_fit *fit = NULL;
    assert_int_equal(pp_model_fit("y ~ z + x", table,
                                  &(pp_model_options){.model = "logit"}, NULL, &fit,
                                  &err),
                     PP_E_ESTIMATION);
    assert_string_equal(err.message, "the outcome is predicted perfectly by x");
    pp_table_free(table);
}

static void complete_separation_is_an_error(void **state) {
    (void)state;
    for (int m = 0; m < 3; m++) {
        for (uint64_t seed = 5; seed < 10; seed++) {
            pp_table *table = with_outcome(200, seed, threshold);
            pp_error err = {0};
            pp_fit *fit = NULL;
            pp_status status =
                pp_model_fit("y ~ x1 + x2 + x3", table,
                             &(pp_model_options){.model = MODELS[m]}, NULL, &fit, &err);
            assert_int_equal(status, PP_E_ESTIMATION);
            assert_non_null(strstr(err.message, "predicted perfectly by x1 + x2"));
            pp_table_free(table);
        }
    }
}

static void overlap_is_no_separation(void **state) {
    (void)state;
    pp_table *table = with_outcome(300, 11, beyond_one);
    for (int m = 0; m < 3; m++) {
        pp_result *r = fit_result("y ~ x1 + x2 + region", table,
                                  &(pp_model_options){.model = MODELS[m]});
        assert_string_equal(drops_of(r), "");
        assert_int_equal(number_at(r, "model", "model", MODELS[m], "converged"), 1);
        pp_result_free(r);
    }
    pp_table_free(table);
}

/* One row of 300 overlaps by little: estimates are large and finite. */
static double almost(const pp_table *t, int64_t row) {
    pp_table_find(t, "x1")->number[17] = 0.05;
    return row == 17 ? 0 : at(t, "x1", row) > 0;
}

static void nearly_separated_data_is_fitted(void **state) {
    (void)state;
    pp_table *table = with_outcome(300, 12, almost);
    for (int m = 0; m < 3; m++) {
        pp_result *r =
            fit_result("y ~ x1", table, &(pp_model_options){.model = MODELS[m]});
        assert_string_equal(drops_of(r), "");
        assert_int_equal(number_at(r, "model", "model", MODELS[m], "converged"), 1);
        pp_result_free(r);
    }
    pp_table_free(table);
}

/* An unlikely row far out: fitted probabilities below 1e-10 and no separation. */
static void improbable_is_not_impossible(void **state) {
    (void)state;
    pp_table *table = random_frame(500, 13);
    double *x = pp_table_find(table, "x1")->number,
           *y = pp_table_find(table, "y")->number;
    for (int64_t i = 0; i < 500; i++) {
        y[i] = x[i] + 0.1 * pp_table_find(table, "x3")->number[i] * (i % 2 ? 1 : -1) > 0;
    }
    x[0] = -60;
    y[0] = 0;
    for (int m = 0; m < 3; m++) {
        pp_result *r =
            fit_result("y ~ x1", table, &(pp_model_options){.model = MODELS[m]});
        assert_string_equal(drops_of(r), "");
        assert_int_equal(number_at(r, "model", "model", MODELS[m], "converged"), 1);
        pp_result_free(r);
    }
    pp_table_free(table);
}

/* Twelve small samples on whole numbers, checked against all directions on a grid. */
static int separated_by_grid(const pp_table *t) {
    enum { STEPS = 24 };
    int64_t n = pp_table_rows(t);
    for (int a = -STEPS; a <= STEPS; a++) {
        for (int b = -STEPS; b <= STEPS; b++) {
            for (int c = -STEPS; c <= STEPS; c++) {
                int good = 1, some = 0;
                for (int64_t i = 0; good && i < n; i++) {
                    double eta = a + b * at(t, "x1", i) + c * at(t, "x2", i);
                    eta = at(t, "y", i) > 0 ? eta : -eta;
                    good = eta >= 0;
                    some |= eta > 0;
                }
                if (good && some) {
                    return 1;
                }
            }
        }
    }
    return 0;
}

static void answers_agree_with_enumeration(void **state) {
    (void)state;
    int seen[2] = {0, 0};
    for (uint64_t seed = 100; seed < 160; seed++) {
        pp_table *t = random_frame(12, seed);
        for (int64_t i = 0; i < 12; i++) {
            pp_table_find(t, "x1")->number[i] = round(1.3 * at(t, "x1", i));
            pp_table_find(t, "x2")->number[i] = round(1.3 * at(t, "x2", i));
        }
        pp_error err = {0};
        pp_fit *fit = NULL;
        pp_result *r = NULL;
        int expected = separated_by_grid(t), found = 1;
        if (pp_model_fit("y ~ x1 + x2", t, &(pp_model_options){.model = "logit"}, NULL,
                         &fit, &err) == PP_OK) {
            assert_ok(pp_fit_result(fit, &r, &err));
            found = warning(r, "separation")[0] != '\0';
            assert_int_equal(number_at(r, "model", "model", "logit", "converged"), 1);
            pp_result_free(r);
            pp_fit_free(fit);
        } else {
            assert_int_equal(err.code, PP_E_ESTIMATION);
        }
        if (expected != found) {
            fail_msg("seed %d: separation %d, by enumeration %d", (int)seed, found,
                     expected);
        }
        seen[expected]++;
        pp_table_free(t);
    }
    assert_true(seen[0] > 5 && seen[1] > 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_level_without_events_is_named),
        cmocka_unit_test(so_is_the_reference_level),
        cmocka_unit_test(a_dummy_is_named_and_leaves),
        cmocka_unit_test(a_cell_is_named),
        cmocka_unit_test(what_separates_alone_is_named_alone),
        cmocka_unit_test(complete_separation_is_an_error),
        cmocka_unit_test(overlap_is_no_separation),
        cmocka_unit_test(nearly_separated_data_is_fitted),
        cmocka_unit_test(improbable_is_not_impossible),
        cmocka_unit_test(answers_agree_with_enumeration)};
    return cmocka_run_group_tests_name("model_separation", tests, NULL, NULL);
}
