/* Event studies by regression: bad input, order of rows, names of units, scale, threads, failing allocations. */
#include "support/support.h"

#include <pushpull/eventstudy.h>
#include <pushpull/random.h>

#include <math.h>
#include <string.h>

enum { UNITS = 48, PERIODS = 7 };

static const pp_did_options plain = {.outcome = "y",
                                     .unit = "id",
                                     .time = "t",
                                     .cohort = "g",
                                     .control = "notyet",
                                     .panel = "unbalanced",
                                     .cluster = "area",
                                     .balance = -1};

/* Treated from 3, 5 or 6 on, or never; a hole a third unit. `order` turns rows around and names units anew. */
static pp_table *panel(int order, double scale) {
    static const char *const names[] = {"id", "t", "g", "y", "x", "area"};
    pp_error err = {0};
    pp_table *table;
    pp_column *c[6];
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, UNITS * PERIODS, &err));
    for (int j = 0; j < 6; j++) {
        assert_ok(pp_table_add(table, PP_NUMBER, names[j], &c[j], &err));
    }
    for (int u = 0; u < UNITS; u++) {
        static const double first[] = {3, 5, 6, 0};
        pp_rng rng;
        pp_rng_init(&rng, 7, 0, (uint64_t)u);
        double g = first[u % 4];
        for (int t = 0; t < PERIODS; t++) {
            int row = u * PERIODS + t, at = order ? UNITS * PERIODS - 1 - row : row;
            double x = pp_rng_normal(&rng), effect = g > 0 && t + 1 >= g ? 2 : 0;
            double y = u % 3 + 0.3 * t + x + effect + pp_rng_normal(&rng);
            const double values[] = {order ? 900 - u : u,
                                     t + 1,
                                     g,
                                     u % 3 == 0 && t == u % PERIODS ? NAN : scale * y,
                                     x,
                                     u / 3};
            for (int j = 0; j < 6; j++) {
                pp_table_column(table, j)->number[at] = values[j];
            }
        }
    }
    return table;
}

static pp_result *study(const pp_table *table, const char *estimators, int threads) {
    pp_error err = {0};
    pp_result *result = NULL;
    pp_context ctx = {.threads = threads};
    pp_did_options design = plain;
    design.covariates = "x";
    assert_ok(pp_event_study(table, &design,
                             &(pp_event_study_options){.estimators = estimators}, &ctx,
                             &result, &err));
    return result;
}

static const pp_column *column(const pp_result *result, const char *table,
                               const char *name) {
    return pp_table_find(pp_result_find(result, table), name);
}

static void compare(const pp_result *a, const pp_result *b, double factor,
                    double tolerance) {
    static const char *const columns[] = {"estimate", "std_error"};
    int64_t rows = pp_table_rows(pp_result_find(a, "event_study"));
    assert_int_equal(rows, pp_table_rows(pp_result_find(b, "event_study")));
    assert_true(rows > 30);
    for (int k = 0; k < 2; k++) {
        for (int64_t i = 0; i < rows; i++) {
            double one = column(a, "event_study", columns[k])->number[i],
                   other = column(b, "event_study", columns[k])->number[i];
            assert_true(isnan(one) == isnan(other));
            assert_true(isnan(one) || fabs(factor * one - other) <= tolerance);
        }
    }
}

static void threads_are_nothing(void **state) {
    (void)state;
    pp_table *table = panel(0, 1);
    pp_result *a = study(table, NULL, 1), *b = study(table, NULL, 2),
              *c = study(table, NULL, 4);
    compare(a, b, 1, 0);
    compare(a, c, 1, 0);
    pp_result_free(a);
    pp_result_free(b);
    pp_result_free(c);
    pp_table_free(table);
}

static void order_names_and_scale(void **state) {
    (void)state;
    pp_table *plainly = panel(0, 1), *turned = panel(1, 1), *scaled = panel(0, 1000);
    pp_result *a = study(plainly, NULL, 2), *b = study(turned, NULL, 2),
              *c = study(scaled, NULL, 2);
    compare(a, b, 1, 1e-11);
    compare(a, c, 1000, 1e-8);
    pp_result_free(a);
    pp_result_free(b);
    pp_result_free(c);
    pp_table_free(plainly);
    pp_table_free(turned);
    pp_table_free(scaled);
}

/* The error of a difference is no more than the two together, and less than one of them where they share
   nearly all. */
static void differences(void **state) {
    (void)state;
    pp_table *table = panel(0, 1);
    pp_result *result = study(table, "cs,sunab,twfe", 1);
    const pp_table *t = pp_result_find(result, "event_study_agreement");
    assert_int_equal(pp_table_rows(t), 3);
    assert_string_equal(pp_column_get_text(pp_table_find(t, "role"), 0), "estimate");
    assert_string_equal(pp_column_get_text(pp_table_find(t, "role"), 1), "diagnosis");
    for (int64_t i = 0; i < 3; i++) {
        double p = pp_table_find(t, "p_value")->number[i];
        assert_true(p >= 0 && p <= 1);
        assert_true(pp_table_find(t, "std_error")->number[i] < 0.5);
    }
    pp_result_free(result);
    pp_table_free(table);
}

static void refuse(const pp_table *table, pp_did_options design, const char *estimators,
                   pp_status status) {
    pp_error err = {0};
    pp_result *result = NULL;
    assert_int_equal(pp_event_study(table, &design,
                                    &(pp_event_study_options){.estimators = estimators},
                                    NULL, &result, &err),
                     status);
    assert_null(result);
    assert_true(err.message[0]);
}

static void bad_input(void **state) {
    (void)state;
    pp_table *table = panel(0, 1);
    pp_did_options design = plain;
    refuse(table, plain, "cs,magic", PP_E_ARGUMENT);
    refuse(table, plain, "cs,cs", PP_E_ARGUMENT);
    refuse(table, plain, "", PP_E_ARGUMENT);
    design.anticipation = 1;
    refuse(table, design, NULL, PP_E_ARGUMENT);
    design = plain;
    design.panel = "crosssection";
    refuse(table, design, NULL, PP_E_ARGUMENT);
    design = plain;
    design.outcome = "z";
    refuse(table, design, NULL, PP_E_NOT_FOUND);
    pp_table_free(table);
}

/* What an estimator does without is told, and the others stay. */
static void tells_what_cannot_be(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *table = panel(0, 1);
    pp_did_options design = plain;
    pp_result *result = NULL;
    design.weights = "t";
    assert_ok(pp_event_study(table, &design, NULL, NULL, &result, &err));
    assert_string_equal(pp_column_get_text(column(result, "estimators", "estimated"), 0),
                        "yes");
    assert_non_null(pp_column_get_text(column(result, "estimators", "remark"), 3));
    pp_result_free(result);
    pp_table_free(table);
}

static pp_status work(void *payload, pp_error *err) {
    pp_result *result = NULL;
    pp_did_options design = plain;
    design.covariates = "x";
    design.leave_out = 1;
    pp_status status = pp_event_study(payload, &design, NULL, NULL, &result, err);
    pp_result_free(result);
    return status;
}

static void failing_allocations(void **state) {
    (void)state;
    pp_table *table = panel(0, 1);
    fail_every_allocation(work, table);
    pp_table_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_are_nothing),  cmocka_unit_test(order_names_and_scale),
        cmocka_unit_test(differences),          cmocka_unit_test(bad_input),
        cmocka_unit_test(tells_what_cannot_be), cmocka_unit_test(failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
