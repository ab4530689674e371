/* Scenarios: threads, order of rows, refusals, warnings, failing allocations. */
#include "support/frames.h"
#include "support/support.h"

#include <pushpull/io.h>
#include <pushpull/random.h>
#include <pushpull/scenario.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { UNITS = 40, YEARS = 8, ROWS = UNITS * YEARS };

static double *column(pp_table *t, const char *name) {
    pp_column *c = NULL;
    pp_error err = {0};
    assert_ok(pp_table_add(t, PP_NUMBER, name, &c, &err));
    return c->number;
}

/* Units of eight years; y is missing after adoption. */
static pp_table *panel(void) {
    pp_table *t = NULL;
    pp_error err = {0};
    pp_rng rng;
    pp_rng_init(&rng, 11, 3, 0);
    assert_ok(pp_table_new(&t, &err));
    assert_ok(pp_table_resize(t, ROWS, &err));
    double *unit = column(t, "unit"), *year = column(t, "year"), *y = column(t, "y");
    double *x = column(t, "x"), *z = column(t, "z"), *other = column(t, "other");
    for (int64_t i = 0; i < ROWS; i++) {
        unit[i] = (double)(i / YEARS);
        year[i] = 2000 + (double)(i % YEARS);
        x[i] = pp_rng_normal(&rng);
        z[i] = pp_rng_normal(&rng);
        other[i] = pp_rng_normal(&rng);
        int over = i % YEARS > 0 && (isnan(y[i - 1]) || y[i - 1] == 1);
        y[i] = over ? NAN : pp_rng_uniform(&rng) < 1 / (1 + exp(1.8 - 0.8 * x[i]));
    }
    return t;
}

static pp_table *with(const pp_table *t, const char *name, const char *sql,
                      const char *where) {
    const pp_assignment set = {name, sql};
    pp_table *copy = NULL;
    pp_error err = {0};
    int64_t rows;
    assert_ok(pp_table_copy(t, &copy, &err));
    assert_ok(pp_table_update(copy, &set, 1, where, NULL, &rows, &err));
    return copy;
}

static const pp_model_options LOGIT = {.model = "logit", .unit = "unit", .time = "year"};

static pp_result *scenario(const pp_fit *fit, const pp_table *a, const pp_table *b,
                           int threads) {
    const pp_scenario_options options = {.draws = 200, .seed = 9};
    pp_context ctx = {.threads = threads};
    pp_result *result = NULL;
    pp_error err = {0};
    assert_ok(pp_scenario(fit, a, b, &options, &ctx, &result, &err));
    return result;
}

static void assert_same(const pp_result *a, const pp_result *b, const char *name) {
    const pp_table *s = pp_result_find(a, name), *t = pp_result_find(b, name);
    assert_int_equal(pp_table_rows(s), pp_table_rows(t));
    for (int j = 0; j < pp_table_columns(s); j++) {
        const pp_column *c = pp_table_column(s, j), *d = pp_table_column(t, j);
        for (int64_t i = 0; c->type == PP_NUMBER && i < pp_table_rows(s); i++) {
            if (memcmp(&c->number[i], &d->number[i], sizeof(double)) != 0) {
                fail_msg("%s of %s differs in row %d: %.17g %.17g", c->name, name, (int)i,
                         c->number[i], d->number[i]);
            }
        }
    }
}

static const char *const TABLES[] = {"scenario", "scenario_years", "scenario_units"};

static void same_at_any_number_of_threads(void **state) {
    pp_table *a = panel(), *b = with(a, "x", "x + 0.5", "unit < 20");
    pp_fit *fit = fitted("y ~ x + z", a, &LOGIT);
    pp_result *one = scenario(fit, a, b, 1), *two = scenario(fit, a, b, 2);
    pp_result *four = scenario(fit, a, b, 4);
    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_same(one, two, TABLES[i]);
        assert_same(one, four, TABLES[i]);
    }
    pp_result_free(one);
    pp_result_free(two);
    pp_result_free(four);
    pp_fit_free(fit);
    pp_table_free(a);
    pp_table_free(b);
}

/* Rows of the tables turned round: the same, as units and years say what is what. */
static void rows_in_any_order(void **state) {
    pp_table *a = panel(), *b = with(a, "x", "x + 0.5", NULL), *c = NULL, *d = NULL;
    pp_fit *fit = fitted("y ~ x + z", a, &LOGIT);
    int64_t rows[ROWS];
    pp_error err = {0};
    (void)state;
    for (int i = 0; i < ROWS; i++) {
        rows[i] = ROWS - 1 - i;
    }
    assert_ok(pp_table_take_rows(a, rows, ROWS, &c, &err));
    assert_ok(pp_table_take_rows(b, rows, ROWS, &d, &err));
    pp_result *one = scenario(fit, a, b, 1), *two = scenario(fit, c, d, 1);
    for (int i = 0; i < 3; i++) {
        assert_same(one, two, TABLES[i]);
    }
    pp_result_free(one);
    pp_result_free(two);
    pp_fit_free(fit);
    pp_table_free(a);
    pp_table_free(b);
    pp_table_free(c);
    pp_table_free(d);
}

/* Without a difference in x the same luck gives no difference at all. */
static void no_noise(void **state) {
    pp_table *a = panel(), *b = with(a, "x", "x + 2", "unit = 3 AND year = 2007");
    pp_fit *fit = fitted("y ~ x + z", a, &LOGIT);
    pp_result *r = scenario(fit, a, b, 1);
    const pp_table *t = pp_result_find(r, "scenario");
    (void)state;
    assert_true(pp_table_find(t, "conf_high_both")->number[0] <= 1);
    assert_true(pp_table_find(t, "conf_low_both")->number[0] >= 0);
    assert_int_equal(pp_table_rows(pp_result_find(r, "scenario_units")), 1);
    pp_result_free(r);
    pp_fit_free(fit);
    pp_table_free(a);
    pp_table_free(b);
}

static int warned(const pp_result *r, const char *code) {
    for (int i = 0; i < pp_result_warnings(r); i++) {
        if (strcmp(pp_result_warning(r, i)->code, code) == 0) {
            return 1;
        }
    }
    return 0;
}

static void warns(void **state) {
    pp_table *a = panel(), *far = with(a, "x", "x + 50", "unit = 1");
    pp_table *gap = with(a, "x", "CASE WHEN year = 2003 THEN NULL ELSE x + 1 END", NULL);
    pp_fit *fit = fitted("y ~ x + z", a, &LOGIT);
    pp_result *r = scenario(fit, a, far, 1), *s = scenario(fit, a, gap, 1);
    const pp_table *range = pp_result_find(r, "scenario_range");
    (void)state;
    assert_true(warned(r, "extrapolation") && !warned(r, "left_out"));
    assert_true(pp_table_find(range, "rows_outside")->number[0] == YEARS);
    assert_true(warned(s, "left_out"));
    pp_result_free(r);
    pp_result_free(s);
    pp_fit_free(fit);
    pp_table_free(a);
    pp_table_free(far);
    pp_table_free(gap);
}

static void expect(const pp_fit *fit, const pp_table *a, const pp_table *b,
                   const pp_scenario_options *options, pp_status wanted,
                   const char *words) {
    pp_result *r = NULL;
    pp_error err = {0};
    pp_status status = pp_scenario(fit, a, b, options, NULL, &r, &err);
    if (status != wanted || !strstr(err.message, words)) {
        fail_msg("%s: %s", pp_status_name(status), err.message);
    }
    assert_null(r);
}

static void refuses(void **state) {
    pp_table *a = panel(), *other = with(a, "other", "other + 1", NULL), *few = NULL;
    pp_table *moved = with(a, "year", "year + 1", NULL);
    pp_fit *fit = fitted("y ~ x + z", a, &LOGIT);
    pp_fit *ols = fitted("y ~ x + z", a, &(pp_model_options){.model = "ols"});
    int64_t rows[] = {0, 1, 2};
    pp_error err = {0};
    (void)state;
    assert_ok(pp_table_take_rows(a, rows, 3, &few, &err));
    expect(fit, a, other, NULL, PP_E_ARGUMENT, "no term of the model");
    expect(fit, a, few, NULL, PP_E_INPUT, "320 and 3 rows");
    expect(fit, a, moved, NULL, PP_E_INPUT, "not the same in both");
    expect(ols, a, other, NULL, PP_E_UNSUPPORTED, "no probability");
    expect(fit, a, other, &(pp_scenario_options){.draws = 1}, PP_E_ARGUMENT, "range");
    expect(fit, a, other, &(pp_scenario_options){.region = "nowhere"}, PP_E_NOT_FOUND,
           "nowhere");
    pp_fit_free(fit);
    pp_fit_free(ols);
    pp_table_free(a);
    pp_table_free(other);
    pp_table_free(few);
    pp_table_free(moved);
}

typedef struct tried {
    const pp_fit *fit;
    const pp_table *a, *b;
} tried;

static pp_status try_it(void *payload, pp_error *err) {
    const tried *t = payload;
    const pp_scenario_options options = {.draws = 10, .seed = 1, .region = "year"};
    pp_result *r = NULL;
    pp_status status = pp_scenario(t->fit, t->a, t->b, &options, NULL, &r, err);
    pp_result_free(r);
    return status;
}

static void failing_allocations(void **state) {
    pp_table *a = panel(), *b = with(a, "x", "x + 9", NULL);
    tried t = {fitted("y ~ x + z", a, &LOGIT), a, b};
    (void)state;
    assert_true(fail_every_allocation(try_it, &t) > 20);
    pp_fit_free((pp_fit *)t.fit);
    pp_table_free(a);
    pp_table_free(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_at_any_number_of_threads),
        cmocka_unit_test(rows_in_any_order),
        cmocka_unit_test(no_noise),
        cmocka_unit_test(warns),
        cmocka_unit_test(refuses),
        cmocka_unit_test(failing_allocations),
    };
    return cmocka_run_group_tests_name("scenario", tests, NULL, NULL);
}
