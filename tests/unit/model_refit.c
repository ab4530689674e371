/* Refits with other counts of rows. */
#include "support/frames.h"
#include "support/support.h"

#include "model/refit.h"

#include <math.h>
#include <string.h>

enum { ROWS = 400 };

typedef struct setting {
    const char *formula;
    pp_model_options options;
} setting;

static const setting SETTINGS[] = {{"w ~ x1 + x2 + region", {.model = "ols"}},
                                   {"y ~ x1 + log(x3) + region", {.model = "logit"}},
                                   {"y ~ x1*d", {.model = "cloglog"}},
                                   {"Surv(lo, hi, type = interval) ~ x1",
                                    {.model = "hazard", .unit = "unit", .time = "year"}}};
enum { N_SETTINGS = sizeof SETTINGS / sizeof *SETTINGS, YEARS = 8 };

static pp_table *make_table(void) {
    static const char *const names[] = {"unit", "year", "lo", "hi"};
    pp_error err = {0};
    pp_table *table = random_frame(ROWS, 11);
    pp_column *c[4];
    for (int i = 0; i < 4; i++) {
        assert_ok(pp_table_add(table, PP_NUMBER, names[i], &c[i], &err));
    }
    for (int64_t i = 0; i < ROWS; i++) {
        c[0]->number[i] = (double)(i / YEARS);
        c[1]->number[i] = (double)(i % YEARS);
        if (i / YEARS % 2) {
            c[2]->number[i] = (double)(i / YEARS % 5);
            c[3]->number[i] = c[2]->number[i] + 2;
        }
    }
    return table;
}

static pp_fit *refitted(const pp_fit *fit, const int32_t *count) {
    pp_error err = {0};
    pp_fit *refit = NULL;
    assert_ok(pp__fit_reweigh(fit, count, NULL, &refit, &err));
    assert_true(refit->converged);
    return refit;
}

static void assert_estimates(const pp_fit *a, const pp_fit *b) {
    assert_int_equal(a->k, b->k);
    for (int j = 0; j < a->k; j++) {
        if (!(fabs(a->estimates[j] - b->estimates[j]) <=
              1e-8 * (1 + fabs(a->estimates[j])))) {
            fail_msg("%s: %.15g and %.15g", a->name[j], a->estimates[j], b->estimates[j]);
        }
    }
}

static void all_rows_alike(void **state) {
    (void)state;
    pp_table *table = make_table();
    int32_t count[ROWS];
    for (int s = 0; s < N_SETTINGS; s++) {
        pp_fit *fit = fitted(SETTINGS[s].formula, table, &SETTINGS[s].options);
        for (int32_t times = 1; times <= 3; times += 2) {
            for (int i = 0; i < ROWS; i++) {
                count[i] = times;
            }
            pp_fit *refit = refitted(fit, count);
            assert_estimates(fit, refit);
            assert_true(fabs(refit->loglik - times * fit->loglik) < 1e-7 ||
                        !isnan(fit->sigma));
            pp_fit_free(refit);
        }
        pp_fit_free(fit);
    }
    pp_table_free(table);
}

static void without_a_cluster(void **state) {
    (void)state;
    pp_table *table = make_table();
    for (int s = 0; s < N_SETTINGS; s++) {
        pp_model_options without = SETTINGS[s].options;
        without.where = "unit <> 7";
        pp_fit *fit = fitted(SETTINGS[s].formula, table, &SETTINGS[s].options);
        pp_fit *expected = fitted(SETTINGS[s].formula, table, &without);
        int32_t count[ROWS];
        double estimates[20];
        for (int64_t i = 0; i < fit->design->n; i++) {
            count[i] = pp__design_row(fit->design, i) / YEARS != 7;
        }
        pp_fit *refit = refitted(fit, count);
        assert_estimates(refit, expected);
        assert_true(pp__refit_estimates(fit, refit, estimates));
        assert_memory_equal(estimates, refit->estimates,
                            (size_t)fit->k * sizeof *estimates);
        pp_fit_free(refit);
        pp_fit_free(expected);
        pp_fit_free(fit);
    }
    pp_table_free(table);
}

static void without_region(const pp_fit *fit, char region, double *estimates, int same) {
    int32_t count[ROWS];
    const pp_column *column = pp_table_find(fit->data, "region");
    for (int64_t i = 0; i < fit->design->n; i++) {
        count[i] = column->text[pp__design_row(fit->design, i)][0] != region;
    }
    pp_fit *refit = refitted(fit, count);
    assert_int_equal(pp__refit_estimates(fit, refit, estimates), same);
    pp_fit_free(refit);
}

/* A level that is gone is missing; a reference that is gone changes what others mean. */
static void levels_that_go(void **state) {
    (void)state;
    double estimates[20];
    pp_table *table = make_table();
    pp_fit *fit = fitted("w ~ x1 + region", table, &(pp_model_options){.model = "ols"});
    without_region(fit, 'C', estimates, 1);
    assert_string_equal(fit->name[3], "regionC");
    assert_true(isnan(estimates[3]) && isfinite(estimates[2]) && isfinite(estimates[4]));
    without_region(fit, 'A', estimates, 1);
    assert_true(isfinite(estimates[1]));
    for (int j = 0; j < fit->k; j++) {
        assert_true(j == 1 || isnan(estimates[j]));
    }
    pp_fit_free(fit);
    pp_table_free(table);
}

/* A region without an event goes, and with it its coefficient. */
static void separated_rows(void **state) {
    (void)state;
    pp_table *table = make_table();
    double estimates[20];
    pp_fit *fit = fitted("y ~ x1 + region", table, &(pp_model_options){.model = "logit"});
    int32_t count[ROWS];
    const double *y = pp_table_find(table, "y")->number;
    for (int64_t i = 0; i < ROWS; i++) {
        count[i] = pp_table_find(table, "region")->text[i][0] != 'D' || y[i] == 0;
    }
    pp_fit *refit = refitted(fit, count);
    assert_true(pp__refit_estimates(fit, refit, estimates));
    assert_true(isnan(estimates[4]) && isfinite(estimates[1]));
    pp_fit_free(refit);
    pp_fit_free(fit);
    pp_table_free(table);
}

static pp_status refit_once(void *payload, pp_error *err) {
    const pp_fit *fit = payload;
    pp_fit *refit = NULL;
    int32_t count[ROWS];
    for (int i = 0; i < ROWS; i++) {
        count[i] = i / YEARS % 3;
    }
    pp_status status = pp__fit_reweigh(fit, count, NULL, &refit, err);
    pp_fit_free(refit);
    return status;
}

static void memory_may_fail(void **state) {
    (void)state;
    pp_table *table = make_table();
    for (int s = 0; s < N_SETTINGS; s++) {
        pp_fit *fit = fitted(SETTINGS[s].formula, table, &SETTINGS[s].options);
        assert_true(fail_every_allocation(refit_once, fit) > 5);
        pp_fit_free(fit);
    }
    pp_table_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_rows_alike), cmocka_unit_test(without_a_cluster),
        cmocka_unit_test(levels_that_go), cmocka_unit_test(separated_rows),
        cmocka_unit_test(memory_may_fail)};
    return cmocka_run_group_tests_name("model refit", tests, NULL, NULL);
}
