/* Designs whose dates are intervals: certain dates change nothing, and what is pooled is what the draws say. */
#include "support/staggered.h"
#include "support/support.h"

#include <pushpull/uncertain.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static const pp_uncertain_options few = {"low", "high", NULL, 6};

/* The panel with dates low..high about its cohorts, `wide` periods on either side. */
static pp_table *dated(int wide, int reversed) {
    pp_error err = {0};
    pp_table *table = panel(reversed);
    pp_column *low, *high;
    assert_ok(pp_table_add(table, PP_NUMBER, "low", &low, &err));
    assert_ok(pp_table_add(table, PP_NUMBER, "high", &high, &err));
    const double *cohort = pp_table_find(table, "g")->number;
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        int treated = cohort[i] > 0;
        low->number[i] = treated ? cohort[i] - wide : NAN;
        high->number[i] = treated ? cohort[i] + wide : NAN;
    }
    return table;
}

/* Sixteen units over twelve periods, the last treated from 8 on, with dates of 8 ± wide. */
static pp_table *one_place(int wide) {
    enum { N = 16, T = 12 };
    static const char *const names[] = {"id", "t", "y", "low", "high"};
    pp_error err = {0};
    pp_table *table;
    pp_column *c[5];
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, N * T, &err));
    for (int j = 0; j < 5; j++) {
        assert_ok(pp_table_add(table, PP_NUMBER, names[j], &c[j], &err));
    }
    for (int u = 0; u < N; u++) {
        pp_rng rng;
        pp_rng_init(&rng, 7, 0, (uint64_t)u);
        double slope = pp_rng_normal(&rng);
        for (int t = 0; t < T; t++) {
            const double cells[] = {u + 1, t + 1,
                                    u + slope * t + pp_rng_normal(&rng) +
                                        (u == N - 1 && t + 1 >= 8 ? 6 : 0),
                                    8 - wide, 8 + wide};
            for (int j = 0; j < 5; j++) {
                pp_table_column(table, j)->number[u * T + t] = cells[j];
            }
        }
    }
    return table;
}

/* ---- the designs ---- */

typedef struct design {
    const char *prefix, *table, *text, *estimate; /* of the estimates without draws */
    pp_table *(*data)(int wide);
    pp_status (*plain)(const pp_table *data, pp_result **out, pp_error *err);
    pp_status (*drawn)(const pp_table *data, const pp_context *ctx, pp_result **out,
                       pp_error *err);
} design;

static pp_table *many(int wide) {
    return dated(wide, 0);
}

static const pp_switching_options switching = {
    .outcome = "y", .unit = "id", .time = "t", .cohort = "g"};
static pp_status switching_plain(const pp_table *d, pp_result **out, pp_error *err) {
    return pp_switching(d, &switching, NULL, out, err);
}
static pp_status switching_drawn(const pp_table *d, const pp_context *ctx,
                                 pp_result **out, pp_error *err) {
    return pp_switching_uncertain(d, &switching, &few, ctx, out, err);
}

static const pp_matching_options matching = {.outcome = "y",
                                             .unit = "id",
                                             .time = "t",
                                             .cohort = "g",
                                             .lags = 1,
                                             .leads = 1,
                                             .size = 5};
static pp_status matching_plain(const pp_table *d, pp_result **out, pp_error *err) {
    return pp_matching(d, &matching, NULL, out, err);
}
static pp_status matching_drawn(const pp_table *d, const pp_context *ctx, pp_result **out,
                                pp_error *err) {
    return pp_matching_uncertain(d, &matching, &few, ctx, out, err);
}

static const pp_twfe_options twfe = {
    .outcome = "y", .unit = "id", .time = "t", .cohort = "g"};
static pp_status twfe_plain(const pp_table *d, pp_result **out, pp_error *err) {
    return pp_twfe(d, &twfe, NULL, out, err);
}
static pp_status twfe_drawn(const pp_table *d, const pp_context *ctx, pp_result **out,
                            pp_error *err) {
    return pp_twfe_uncertain(d, &twfe, &few, 3, ctx, out, err);
}

static const pp_event_study_options estimators = {"cs,bjs"};
static pp_status event_plain(const pp_table *d, pp_result **out, pp_error *err) {
    return pp_event_study(d, &plain, &estimators, NULL, out, err);
}
static pp_status event_drawn(const pp_table *d, const pp_context *ctx, pp_result **out,
                             pp_error *err) {
    return pp_event_study_uncertain(d, &plain, &estimators, &few, ctx, out, err);
}

static const pp_synth_options synth = {
    .outcome = "y", .unit = "id", .time = "t", .treated = "16", .first = 8};
static pp_status synth_plain(const pp_table *d, pp_result **out, pp_error *err) {
    return pp_synth(d, &synth, NULL, out, err);
}
static pp_status synth_drawn(const pp_table *d, const pp_context *ctx, pp_result **out,
                             pp_error *err) {
    return pp_synth_uncertain(d, &synth, &few, ctx, out, err);
}

static const pp_counterfactual_options named = {.outcome = "y",
                                                .unit = "id",
                                                .time = "t",
                                                .treated = "16",
                                                .first = 8,
                                                .rank = 0,
                                                .draws = 20,
                                                .placebo = -1};
static pp_status named_plain(const pp_table *d, pp_result **out, pp_error *err) {
    return pp_counterfactual(d, &named, NULL, out, err);
}
static pp_status named_drawn(const pp_table *d, const pp_context *ctx, pp_result **out,
                             pp_error *err) {
    return pp_counterfactual_uncertain(d, &named, &few, ctx, out, err);
}

static const pp_counterfactual_options factors = {.outcome = "y",
                                                  .unit = "id",
                                                  .time = "t",
                                                  .cohort = "g",
                                                  .method = "ife",
                                                  .rank = 0,
                                                  .min_before = 1,
                                                  .draws = 20,
                                                  .placebo = -1};
static pp_status factors_plain(const pp_table *d, pp_result **out, pp_error *err) {
    return pp_counterfactual(d, &factors, NULL, out, err);
}
static pp_status factors_drawn(const pp_table *d, const pp_context *ctx, pp_result **out,
                               pp_error *err) {
    return pp_counterfactual_uncertain(d, &factors, &few, ctx, out, err);
}

static const design designs[] = {
    {"uncertain_switching", "switching_overall", "switchers", "estimate", many,
     switching_plain, switching_drawn},
    {"uncertain_matched", "matched_overall", NULL, "estimate", many, matching_plain,
     matching_drawn},
    {"uncertain_twfe", "twfe", NULL, "estimate", many, twfe_plain, twfe_drawn},
    {"uncertain_event_study", "estimators", "estimator", "mean_effect", many, event_plain,
     event_drawn},
    {"uncertain_factor", "factor_overall", NULL, "estimate", many, factors_plain,
     factors_drawn},
    {"uncertain_factor", "factor_overall", NULL, "estimate", one_place, named_plain,
     named_drawn},
    {"uncertain_synth", "synth", "method", "estimate", one_place, synth_plain,
     synth_drawn},
};
enum { DESIGNS = sizeof designs / sizeof *designs, SYNTH = DESIGNS - 1 };

/* ---- cells ---- */

static const pp_table *table_of(const pp_result *r, const char *prefix,
                                const char *name) {
    char full[80];
    snprintf(full, sizeof full, "%s_%s", prefix, name);
    return pp_result_find(r, full);
}

static double cell(const pp_table *t, const char *column, int64_t row) {
    return pp_table_find(t, column)->number[row];
}

static const char *word(const pp_table *t, const char *column, int64_t row) {
    return pp_column_get_text(pp_table_find(t, column), row);
}

static int is_of(const pp_table *t, int64_t row, const char *column, const char *text) {
    return !column || strcmp(word(t, column, row), text) == 0;
}

static pp_result *draw(const design *d, const pp_table *data, int threads) {
    pp_error err = {0};
    pp_context ctx = {.threads = threads};
    pp_result *out = NULL;
    assert_ok(d->drawn(data, &ctx, &out, &err));
    return out;
}

/* ---- tests ---- */

static int same(double a, double b) {
    return fabs(a - b) <= 1e-12 * (1 + fabs(b)) || (isnan(a) && isnan(b));
}

static void certain_dates_change_nothing(void **state) {
    (void)state;
    for (int i = 0; i < DESIGNS; i++) {
        const design *d = &designs[i];
        pp_error err = {0};
        pp_table *data = d->data(0);
        pp_result *drawn = draw(d, data, 2), *once = NULL;
        assert_ok(d->plain(data, &once, &err));
        const pp_table *t = table_of(drawn, d->prefix, "overall"),
                       *own = pp_result_find(once, d->table);
        assert_int_equal(pp_table_rows(t), 4 * pp_table_rows(own));
        for (int64_t row = 0; row < pp_table_rows(t); row++) {
            int64_t at = row / 4;
            assert_true(is_of(t, row, d->text, d->text ? word(own, d->text, at) : NULL));
            assert_true(same(cell(t, "estimate", row), cell(own, d->estimate, at)));
            assert_true(same(cell(t, "std_error", row), cell(own, "std_error", at)));
            assert_true(row % 4 < 3 || cell(t, "missing_information", row) < 1e-9);
        }
        pp_result_free(once);
        pp_result_free(drawn);
        pp_table_free(data);
    }
}

/* Rubin's rules from the table of draws. */
static void assert_pooled(const design *d, const pp_result *r, int64_t row) {
    const pp_table *t = table_of(r, d->prefix, "overall"),
                   *draws = table_of(r, d->prefix, "draws");
    const char *text = d->text ? word(t, d->text, row) : NULL;
    double mean = 0, within = 0, between = 0, m = 0, lowest = INFINITY;
    for (int64_t i = 0; i < pp_table_rows(draws); i++) {
        if (is_of(draws, i, d->text, text)) {
            mean += cell(draws, "estimate", i);
            within += pow(cell(draws, "std_error", i), 2);
            lowest = fmin(lowest, cell(draws, "estimate", i));
            m++;
        }
    }
    mean /= m;
    for (int64_t i = 0; i < pp_table_rows(draws); i++) {
        between += is_of(draws, i, d->text, text)
                       ? pow(cell(draws, "estimate", i) - mean, 2) / (m - 1)
                       : 0;
    }
    assert_true(m == 6);
    assert_true(same(cell(t, "estimate", row), mean));
    assert_true(
        same(cell(t, "std_error", row), sqrt(within / m + (1 + 1 / m) * between)));
    assert_true(between > 0 && cell(t, "lowest", row) == lowest);
}

/* The same where every period counts, with infinitely many draws. */
static void assert_shared(const design *d, const pp_result *r, int64_t row) {
    const pp_table *t = table_of(r, d->prefix, "overall"),
                   *dates = table_of(r, d->prefix, "dates");
    const char *text = d->text ? word(t, d->text, row) : NULL;
    double mean = 0, within = 0, square = 0, p = 0, highest = 0;
    for (int64_t i = 0; i < pp_table_rows(dates); i++) {
        if (is_of(dates, i, d->text, text)) {
            double e = cell(dates, "estimate", i), share = cell(dates, "share", i);
            assert_true(same(share, 1.0 / 3));
            mean += share * e;
            square += share * e * e;
            within += share * pow(cell(dates, "std_error", i), 2);
            p += share * cell(dates, "p_value", i);
            highest = fmax(highest, cell(dates, "p_value", i));
        }
    }
    assert_true(fabs(cell(t, "estimate", row) - mean) < 1e-12);
    assert_true(fabs(cell(t, "std_error", row) - sqrt(within + square - mean * mean)) <
                1e-9);
    if (d == &designs[SYNTH]) {
        assert_true(same(cell(t, "p_value", row), p));
        assert_true(cell(t, "p_highest", row) == highest);
    }
}

static void draws_are_pooled_by_rubins_rules(void **state) {
    (void)state;
    for (int i = 0; i < DESIGNS; i++) {
        const design *d = &designs[i];
        pp_table *data = d->data(1);
        pp_result *r = draw(d, data, 1);
        const pp_table *t = table_of(r, d->prefix, "overall");
        int drawn = 0;
        for (int64_t row = 0; row < pp_table_rows(t); row++) {
            if (strcmp(word(t, "dates", row), "drawn") == 0) {
                (table_of(r, d->prefix, "draws") ? assert_pooled : assert_shared)(d, r,
                                                                                  row);
                drawn++;
            }
        }
        assert_true(drawn > 0);
        pp_result_free(r);
        pp_table_free(data);
    }
}

static void assert_same(const pp_table *a, const pp_table *b) {
    assert_int_equal(pp_table_rows(a), pp_table_rows(b));
    for (int c = 0; c < pp_table_columns(a); c++) {
        const pp_column *x = pp_table_column(a, c), *y = pp_table_column(b, c);
        for (int64_t row = 0; x->type == PP_NUMBER && row < pp_table_rows(a); row++) {
            assert_true(x->number[row] == y->number[row] ||
                        (isnan(x->number[row]) && isnan(y->number[row])));
        }
    }
}

static void threads_are_nothing(void **state) {
    (void)state;
    for (int i = 0; i < DESIGNS; i++) {
        pp_table *data = designs[i].data(1);
        pp_result *one = draw(&designs[i], data, 1);
        for (int threads = 2; threads <= 4; threads += 2) {
            pp_result *other = draw(&designs[i], data, threads);
            assert_int_equal(pp_result_tables(one), pp_result_tables(other));
            for (int t = 0; t < pp_result_tables(one); t++) {
                assert_same(pp_result_table(one, t), pp_result_table(other, t));
            }
            pp_result_free(other);
        }
        pp_result_free(one);
        pp_table_free(data);
    }
}

/* A single treated unit has no error, but its estimate moves. */
static void estimates_without_errors_are_told(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *data = dated(1, 0);
    pp_column *low = pp_table_find(data, "low"), *high = pp_table_find(data, "high");
    pp_result *out = NULL;
    for (int64_t i = 0; i < pp_table_rows(data); i++) {
        if (pp_table_find(data, "id")->number[i] != 4) {
            low->number[i] = high->number[i] = NAN;
        }
    }
    assert_ok(pp_did_uncertain(data, &plain, &few, NULL, &out, &err));
    const pp_table *t = pp_result_find(out, "uncertain_overall");
    assert_true(isfinite(cell(t, "estimate", 3)) && isnan(cell(t, "std_error", 3)) &&
                isnan(cell(t, "p_value", 3)));
    assert_true(cell(t, "lowest", 3) < cell(t, "highest", 3));
    pp_result_free(out);
    pp_table_free(data);
}

/* A period without enough before it gives nothing, and is named. */
static void periods_that_fail_are_told(void **state) {
    (void)state;
    pp_table *data = one_place(1);
    for (int64_t i = 0; i < pp_table_rows(data); i++) {
        pp_table_find(data, "low")->number[i] = NAN;
        pp_table_find(data, "high")->number[i] = 8;
    }
    pp_result *r = draw(&designs[SYNTH], data, 2);
    const pp_table *t = pp_result_find(r, "uncertain_synth_dates");
    assert_true(isnan(cell(t, "estimate", 0)) && cell(t, "first", 0) == 1);
    assert_non_null(strstr(word(t, "remark", 0), "periods before treatment"));
    assert_true(isfinite(cell(t, "estimate", 7)) && cell(t, "share", 7) == 1.0 / 8);
    pp_result_free(r);
    pp_table_free(data);
}

static void refuses(pp_table *data, pp_uncertain_options dates, const char *treated,
                    pp_status expected, const char *words) {
    pp_error err = {0};
    pp_result *out = NULL;
    pp_synth_options o = synth;
    o.treated = treated;
    assert_int_equal(pp_synth_uncertain(data, &o, &dates, NULL, &out, &err), expected);
    assert_null(out);
    assert_non_null(strstr(err.message, words));
}

static void bad_input_is_told(void **state) {
    (void)state;
    pp_table *data = one_place(1);
    refuses(data, (pp_uncertain_options){"low", NULL, NULL, 0}, "16", PP_E_ARGUMENT,
            "one end");
    refuses(data, (pp_uncertain_options){"low", "high", "low", 0}, "16", PP_E_ARGUMENT,
            "no probability");
    refuses(data, few, "99", PP_E_NOT_FOUND, "'99'");
    for (int64_t i = 0; i < pp_table_rows(data); i++) {
        if (pp_table_find(data, "id")->number[i] == 15) {
            pp_table_find(data, "high")->number[i] = 11;
        }
    }
    refuses(data, few, "15,16", PP_E_INPUT, "not theirs");
    for (int64_t i = 0; i < pp_table_rows(data); i++) {
        pp_table_find(data, "low")->number[i] = pp_table_find(data, "high")->number[i] =
            20;
    }
    refuses(data, few, "16", PP_E_ESTIMATION, "0 periods of the data");
    pp_table_free(data);
}

static pp_status work(void *payload, pp_error *err) {
    pp_result *out = NULL;
    pp_uncertain_options two = few;
    two.draws = 2;
    pp_status status = pp_twfe_uncertain(payload, &twfe, &two, 1, NULL, &out, err);
    pp_result_free(status == PP_OK ? out : NULL);
    return status;
}

static pp_status work_place(void *payload, pp_error *err) {
    pp_result *out = NULL;
    pp_status status =
        pp_counterfactual_uncertain(payload, &named, &few, NULL, &out, err);
    pp_result_free(status == PP_OK ? out : NULL);
    return status;
}

static void failing_memory(void **state) {
    (void)state;
    pp_table *table = dated(1, 0), *place = one_place(0);
    fail_every_allocation(work, table);
    fail_every_allocation(work_place, place);
    pp_table_free(table);
    pp_table_free(place);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certain_dates_change_nothing),
        cmocka_unit_test(draws_are_pooled_by_rubins_rules),
        cmocka_unit_test(threads_are_nothing),
        cmocka_unit_test(estimates_without_errors_are_told),
        cmocka_unit_test(periods_that_fail_are_told),
        cmocka_unit_test(bad_input_is_told),
        cmocka_unit_test(failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
