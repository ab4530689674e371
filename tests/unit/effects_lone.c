/* One treated unit, or one cluster of them: no analysis of a design tells errors. */
#include "support/staggered.h"
#include "support/support.h"

#include <pushpull/checks.h>
#include <pushpull/eventstudy.h>
#include <pushpull/honest.h>
#include <pushpull/mde.h>

#include <string.h>

/* Treated are units below `units`; five of them are an area. */
static pp_table *treat(int units) {
    pp_table *table = panel(0);
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        int is_treated = pp_table_find(table, "id")->number[i] < units;
        pp_table_find(table, "g")->number[i] = is_treated ? 4 : 0;
    }
    return table;
}

static pp_did_options by(const char *cluster) {
    pp_did_options o = plain;
    o.cluster = cluster;
    o.base = "universal";
    return o;
}

static const pp_column *column(const pp_result *r, const char *table, const char *name) {
    return pp_table_find(pp_result_find(r, table), name);
}

static int count(const pp_result *r, const char *table, const char *name) {
    const pp_column *c = column(r, table, name);
    int n = 0;
    for (int64_t row = 0; row < pp_table_rows(pp_result_find(r, table)); row++) {
        n += isfinite(c->number[row]);
    }
    return n;
}

static void assert_no_errors(const pp_table *data, const pp_did_options *design) {
    pp_error err = {0};
    pp_result *did = NULL, *study = NULL, *checks = NULL, *none = NULL;
    assert_ok(pp_did(data, design, NULL, &did, &err));
    assert_int_equal(count(did, "overall", "std_error"), 0);
    assert_int_equal(count(did, "overall", "estimate"), 4);
    assert_int_equal(count(did, "dynamic_covariance", "covariance"), 6);
    assert_int_equal(pp_honest(pp_result_find(did, "dynamic"),
                               pp_result_find(did, "dynamic_covariance"),
                               &(pp_honest_options){0}, NULL, &none, &err),
                     PP_E_ESTIMATION);
    assert_non_null(strstr(err.message, "no estimate has an error"));

    assert_ok(pp_event_study(data, design, NULL, NULL, &study, &err));
    assert_int_equal(count(study, "event_study", "std_error"), 0);
    assert_int_equal(count(study, "event_study", "p_value"), 0);
    assert_int_equal(count(study, "event_study_differences", "p_value"), 0);
    assert_int_equal(count(study, "event_study_agreement", "p_value"), 0);
    assert_int_equal(count(study, "event_study_pretest", "p_value"), 0);
    assert_int_equal(count(study, "estimators", "std_error"), 0);
    assert_true(count(study, "event_study", "estimate") > 20);

    assert_int_equal(
        pp_mde(data, design, &(pp_mde_options){.draws = 20}, NULL, &none, &err),
        PP_E_ESTIMATION);
    assert_non_null(strstr(err.message, "in one cluster"));

    /* That dates change hands needs no error. */
    assert_ok(
        pp_checks(data, design, &(pp_checks_options){.draws = 19}, NULL, &checks, &err));
    assert_int_equal(count(checks, "randomisation", "p_value"), 0);
    assert_int_equal(count(checks, "randomisation", "std_error"), 0);
    assert_true(count(checks, "randomisation", "p_randomisation") > 0);
    pp_result_free(did);
    pp_result_free(study);
    pp_result_free(checks);
}

static void one_unit(void **state) {
    (void)state;
    pp_table *data = treat(1);
    pp_did_options design = by(NULL);
    assert_no_errors(data, &design);
    pp_table_free(data);
}

static void one_cluster(void **state) {
    (void)state;
    pp_table *data = treat(5);
    pp_did_options design = by("area");
    assert_no_errors(data, &design);
    pp_table_free(data);
}

/* The largest difference is found without a statistic, too. */
static void the_largest_difference(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *data = treat(1);
    pp_did_options design = by(NULL);
    pp_result *r = NULL;
    assert_ok(pp_event_study(data, &design, &(pp_event_study_options){"cs,bjs"}, NULL, &r,
                             &err));
    double largest = 0;
    for (int64_t i = 0; i < pp_table_rows(pp_result_find(r, "event_study_differences"));
         i++) {
        if (column(r, "event_study_differences", "horizon")->number[i] >= 0) {
            largest =
                fmax(largest,
                     fabs(column(r, "event_study_differences", "difference")->number[i]));
        }
    }
    assert_true(largest > 0);
    assert_true(column(r, "event_study_agreement", "largest")->number[0] == largest);
    pp_result_free(r);
    pp_table_free(data);
}

/* Two are few, and have errors. */
static void two_units(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *data = treat(2);
    pp_did_options design = by(NULL);
    pp_result *r = NULL;
    assert_ok(pp_event_study(data, &design, NULL, NULL, &r, &err));
    assert_true(count(r, "event_study", "std_error") > 20);
    pp_result_free(r);
    pp_table_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_unit),
        cmocka_unit_test(one_cluster),
        cmocka_unit_test(the_largest_difference),
        cmocka_unit_test(two_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
