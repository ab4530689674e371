/* Effects of a panel that is read already, and of the same units with other cohorts. */
#include "effects/did/estimate.h"
#include "support/staggered.h"
#include "support/support.h"

#include <math.h>
#include <string.h>

typedef struct opened {
    pp_table *table;
    pp_arena arena;
    pp__staggered s;
} opened;

static opened *open_panel(pp_table *table, const pp_did_options *options) {
    static opened o;
    pp_error err = {0};
    pp__staggered_report report;
    o.table = table;
    pp_arena_init(&o.arena);
    assert_ok(pp__staggered_read(table, options, NULL, &o.arena, &o.s, &report, &err));
    return &o;
}

static void close_panel(opened *o) {
    pp_arena_clear(&o->arena);
    pp_table_free(o->table);
}

static double number(const pp_result *result, const char *table, const char *column,
                     int64_t row) {
    return pp_table_find(pp_result_find(result, table), column)->number[row];
}

static void says_what_the_tables_say(void **state) {
    static const char *const estimators[] = {"cs", "sunab", "bjs"};
    (void)state;
    for (int e = 0; e < 3; e++) {
        pp_error err = {0};
        pp_did_options options = plain;
        pp__horizons h;
        pp_result *result;
        options.estimator = estimators[e];
        options.cluster = "area";
        opened *o = open_panel(panel(0), &options);
        assert_ok(pp__staggered_estimate(&o->s, &options, NULL, &o->arena, &h, &err));
        assert_ok(pp_did(o->table, &options, NULL, &result, &err));
        assert_int_equal(h.n, pp_table_rows(pp_result_find(result, "dynamic")));
        for (int i = 0; i < h.n; i++) {
            double error = number(result, "dynamic", "std_error", i);
            assert_true(h.horizon[i] == number(result, "dynamic", "horizon", i));
            assert_true(h.effect[i] == number(result, "dynamic", "estimate", i));
            assert_true(isnan(error) ? h.covariance[i + i * h.n] == 0
                                     : fabs(h.std_error[i] / error - 1) < 1e-12);
        }
        assert_true(h.simple == number(result, "overall", "estimate", 0));
        assert_true(h.simple_error == number(result, "overall", "std_error", 0));
        assert_true(h.dynamic == number(result, "overall", "estimate", 1));
        assert_true(h.dynamic_error == number(result, "overall", "std_error", 1));
        pp_result_free(result);
        close_panel(o);
    }
}

/* Cohorts by name: cohort 3 goes to the never treated, the never treated become cohort 5, cohort 5 goes. */
static double reassigned(double g) {
    return g == 3 ? 0 : g == 0 ? 5 : NAN;
}

static void other_cohorts_are_other_data(void **state) {
    pp_error err = {0};
    pp_did_options options = plain;
    pp__staggered other;
    pp__horizons h;
    pp_result *result;
    (void)state;
    options.covariates = "x";
    opened *o = open_panel(panel(0), &options);
    int cohort[UNITS];
    for (int64_t i = 0; i < o->s.n; i++) {
        cohort[i] = i < o->s.begin[1] ? 2 : i < o->s.begin[2] ? -1 : 1;
    }
    assert_ok(pp__staggered_assign(&o->s, cohort, &o->arena, &other, &err));
    assert_int_equal(other.cohorts, 1);
    assert_int_equal(other.n, UNITS / 3 * 2);
    assert_ok(pp__staggered_estimate(&other, &options, NULL, &o->arena, &h, &err));
    pp_column *g = pp_table_find(o->table, "g"), *y = pp_table_find(o->table, "y");
    for (int64_t i = 0; i < UNITS * PERIODS; i++) {
        y->number[i] = isnan(reassigned(g->number[i])) ? NAN : y->number[i];
        g->number[i] = reassigned(g->number[i]);
    }
    assert_ok(pp_did(o->table, &options, NULL, &result, &err));
    assert_true(fabs(h.simple - number(result, "overall", "estimate", 0)) < 1e-12);
    assert_true(fabs(h.simple_error - number(result, "overall", "std_error", 0)) < 1e-12);
    pp_result_free(result);
    close_panel(o);
}

static void nobody_treated(void **state) {
    pp_error err = {0};
    pp__staggered other;
    int cohort[UNITS];
    (void)state;
    opened *o = open_panel(panel(0), &plain);
    for (int i = 0; i < UNITS; i++) {
        cohort[i] = o->s.cohorts;
    }
    assert_int_equal(pp__staggered_assign(&o->s, cohort, &o->arena, &other, &err),
                     PP_E_ESTIMATION);
    close_panel(o);
}

static pp_status work(void *payload, pp_error *err) {
    opened *o = payload;
    pp_arena arena;
    pp__staggered other;
    pp__horizons h;
    int cohort[UNITS];
    pp_arena_init(&arena);
    for (int i = 0; i < UNITS; i++) {
        cohort[i] = i % 3;
    }
    pp_status status = pp__staggered_assign(&o->s, cohort, &arena, &other, err);
    if (status == PP_OK) {
        status = pp__staggered_estimate(&other, &plain, NULL, &arena, &h, err);
    }
    pp_arena_clear(&arena);
    return status;
}

static void failing_allocations(void **state) {
    (void)state;
    opened *o = open_panel(panel(0), &plain);
    fail_every_allocation(work, o);
    close_panel(o);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_the_tables_say),
        cmocka_unit_test(other_cohorts_are_other_data),
        cmocka_unit_test(nobody_treated),
        cmocka_unit_test(failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
