/* One factor asked of several suppliers: what must hold for any data, and bad input. */
#include "support/frames.h"
#include "support/support.h"

#include "drivers/asked.h"
#include "drivers/stacked.h"

#include <pushpull/democracy.h>
#include <pushpull/random.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { UNITS = 80, YEARS = 6, ROWS = UNITS * YEARS };

static const char *const NUMBERS[] = {"unit",  "year",    "dem", "x", "free",
                                      "event", "event_b", "lo",  "hi"};
enum { UNIT, YEAR, DEM, X, FREE, EVENT, OTHER, LO, HI, COLUMNS };

static double logistic(double eta) {
    return 1 / (1 + exp(-eta));
}

/* The year of adoption, or none. */
static int adopt(double *const c[], int u, double bias, double slope, pp_rng *rng) {
    for (int t = 0; t < YEARS; t++) {
        int i = u * YEARS + t;
        double eta = bias + slope * c[DEM][i] + 0.4 * c[X][i];
        if (pp_rng_uniform(rng) < logistic(eta)) {
            return t;
        }
    }
    return YEARS;
}

static void put_events(double *event, int u, int when) {
    for (int t = 0; t < YEARS; t++) {
        event[u * YEARS + t] = t < when ? 0. : t == when ? 1. : (double)NAN;
    }
}

/* Two kinds of adoption by units in years; lo and hi are those of the first. */
static pp_table *panel(uint64_t seed) {
    pp_error err = {0};
    pp_table *table;
    pp_column *column, *region;
    double *c[COLUMNS];
    pp_rng rng;
    pp_rng_init(&rng, seed, 7, 0);
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, ROWS, &err));
    assert_ok(pp_table_add(table, PP_TEXT, "region", NULL, &err));
    for (int j = 0; j < COLUMNS; j++) {
        assert_ok(pp_table_add(table, PP_NUMBER, NUMBERS[j], &column, &err));
        c[j] = column->number;
    }
    region = pp_table_find(table, "region");
    for (int u = 0; u < UNITS; u++) {
        double level = pp_rng_uniform(&rng);
        for (int t = 0; t < YEARS; t++) {
            int i = u * YEARS + t;
            c[UNIT][i] = u;
            c[YEAR][i] = t;
            c[DEM][i] = 0.8 * level + 0.2 * pp_rng_uniform(&rng);
            c[X][i] = pp_rng_normal(&rng);
            c[FREE][i] = u % 2;
            assert_ok(
                pp_column_set_text(table, region, i, u % 3 ? "south" : "north", &err));
        }
        int first = adopt(c, u, -1.6, 0.8, &rng), other = adopt(c, u, -1.4, -0.5, &rng);
        put_events(c[EVENT], u, first);
        put_events(c[OTHER], u, other);
        for (int t = 0; t < YEARS; t++) {
            c[LO][u * YEARS + t] = first < YEARS ? fmax(first - 1, 0) : (double)NAN;
            c[HI][u * YEARS + t] = first < YEARS ? (double)first : (double)NAN;
        }
    }
    return table;
}

static const pp_model_options LOGIT = {.model = "logit",
                                       .vcov = "cr0:unit",
                                       .ssc = "sandwich",
                                       .unit = "unit",
                                       .time = "year"};

static const double CUTS[2] = {0.3, 0.6};
static const pp_democracy_options USUAL = {.variable = "dem",
                                           .smallest = 0.02,
                                           .thresholds = CUTS,
                                           .n_thresholds = 2,
                                           .event = "event"};

static pp_result *asked(const pp_supplier *suppliers, int n,
                        const pp_democracy_options *options, int threads) {
    pp_error err = {0};
    pp_result *result = NULL;
    pp_context ctx = {.threads = threads};
    assert_ok(pp_democracy(suppliers, n, options, &ctx, &result, &err));
    return result;
}

static double cell(const pp_result *r, const char *table, const char *column,
                   int64_t row) {
    return pp_table_find(pp_result_find(r, table), column)->number[row];
}

static void assert_close(double a, double b, double relative) {
    if (!(fabs(a - b) <= relative * fmax(fabs(b), 1e-3)) && !(isnan(a) && isnan(b))) {
        fail_msg("%.15g is not %.15g", a, b);
    }
}

static void assert_same(const pp_result *a, const pp_result *b, const char *table,
                        double relative) {
    const pp_table *x = pp_result_find(a, table), *y = pp_result_find(b, table);
    assert_int_equal(pp_table_rows(x), pp_table_rows(y));
    for (int j = 0; j < pp_table_columns(x); j++) {
        const pp_column *from = pp_table_column(x, j), *to = pp_table_column(y, j);
        for (int64_t i = 0; from->type == PP_NUMBER && i < pp_table_rows(x); i++) {
            assert_close(from->number[i], to->number[i], relative);
        }
    }
}

/* ---- what must hold ---- */

/* Alone, the variance of the stack is that of the clusters; against itself it is nothing. */
static void stacks_are_clusters(void **state) {
    pp_table *table = panel(1);
    pp_fit *fit = fitted("event ~ dem + x", table, &LOGIT);
    pp_arena arena;
    pp_error err = {0};
    pp__asked effect;
    pp__stack stack;
    (void)state;
    pp_arena_init(&arena);
    assert_ok(pp__asked_of(fit, "dem", NULL, 0, NULL, &arena, &effect, &err));
    const pp__stacked two[2] = {{fit, effect.effect[0].gradient},
                                {fit, effect.effect[0].gradient}};
    assert_ok(pp__stack_of(two, "unit", &stack, &err));
    assert_close(stack.own[0], effect.effect[0].variance, 1e-10);
    assert_true(stack.variance == 0 && stack.units == UNITS && stack.shared == UNITS);
    pp_arena_clear(&arena);
    pp_fit_free(fit);
    pp_table_free(table);
}

static void any_threads(void **state) {
    pp_table *table = panel(2);
    pp_fit *fit = fitted("event ~ dem + x", table, &LOGIT);
    pp_fit *other = fitted("event_b ~ dem + x", table, &LOGIT);
    const pp_supplier two[2] = {{"a", fit}, {"b", other}};
    pp_result *one = asked(two, 2, &USUAL, 1), *four = asked(two, 2, &USUAL, 4);
    (void)state;
    assert_same(one, four, "democracy", 0);
    assert_same(one, four, "democracy_difference", 0);
    assert_same(one, four, "democracy_outcomes", 0);
    pp_result_free(one);
    pp_result_free(four);
    pp_fit_free(fit);
    pp_fit_free(other);
    pp_table_free(table);
}

/* A hundredfold factor, cut a hundred times higher, in rows turned round. */
static void scale_and_order(void **state) {
    pp_table *table = panel(3), *turned = NULL;
    pp_error err = {0};
    int64_t rows[ROWS];
    const double cuts[2] = {100 * CUTS[0], 100 * CUTS[1]};
    pp_democracy_options options = USUAL;
    options.thresholds = cuts;
    (void)state;
    for (int64_t i = 0; i < ROWS; i++) {
        rows[i] = ROWS - 1 - i;
    }
    assert_ok(pp_table_take_rows(table, rows, ROWS, &turned, &err));
    double *dem = pp_table_find(turned, "dem")->number;
    for (int64_t i = 0; i < ROWS; i++) {
        dem[i] *= 100;
    }
    pp_fit *fit = fitted("event ~ dem + x", table, &LOGIT);
    pp_fit *again = fitted("event ~ dem + x", turned, &LOGIT);
    pp_result *a = asked(&(pp_supplier){"a", fit}, 1, &USUAL, 1);
    pp_result *b = asked(&(pp_supplier){"a", again}, 1, &options, 1);
    assert_same(a, b, "democracy", 1e-7);
    pp_result_free(a);
    pp_result_free(b);
    pp_fit_free(fit);
    pp_fit_free(again);
    pp_table_free(table);
    pp_table_free(turned);
}

/* Of intervals: adoptions by regime sum to those of the fit. */
static void intervals(void **state) {
    pp_table *table = panel(4);
    pp_model_options model = LOGIT;
    model.model = "hazard";
    model.vcov = "hc1";
    pp_fit *fit = fitted("Surv(lo, hi, type = interval) ~ dem + x", table, &model);
    pp_result *facts =
        fit_result("Surv(lo, hi, type = interval) ~ dem + x", table, &model);
    pp_result *r = asked(&(pp_supplier){"a", fit}, 1, &USUAL, 2);
    double events = 0;
    (void)state;
    for (int64_t i = 0; i < 3; i++) {
        events += cell(r, "democracy_regimes", "events", i);
    }
    assert_true(events == cell(facts, "model", "events", 0) && events > 20);
    assert_null(pp_result_find(r, "democracy_difference"));
    pp_result_free(r);
    pp_result_free(facts);
    pp_fit_free(fit);
    pp_table_free(table);
}

/* The verdict is the rule's, and the excluded effect the farther end. */
static void verdicts(void **state) {
    static const double SMALLEST[] = {1e-6, 0.9};
    static const char *const VERDICT[] = {"undetermined", "supported"};
    pp_table *table = panel(5);
    pp_fit *fit = fitted("event ~ dem + x", table, &LOGIT);
    (void)state;
    for (int i = 0; i < 2; i++) {
        pp_democracy_options options = {.variable = "dem", .smallest = SMALLEST[i]};
        pp_result *r = asked(&(pp_supplier){"a", fit}, 1, &options, 1);
        const pp_table *t = pp_result_find(r, "democracy");
        double low = cell(r, "democracy", "conf_low", 0);
        const char *verdict = pp_column_get_text(pp_table_find(t, "verdict"), 0);
        assert_string_equal(verdict, i == 0 && low > 0 ? "contradicted" : VERDICT[i]);
        assert_close(cell(r, "democracy", "excluded", 0),
                     fmax(fabs(cell(r, "democracy", "conf_low_90", 0)),
                          fabs(cell(r, "democracy", "conf_high_90", 0))),
                     0);
        assert_true((cell(r, "democracy", "p_equivalence", 0) < 0.05) ==
                    (cell(r, "democracy", "excluded", 0) < SMALLEST[i]));
        pp_result_free(r);
    }
    pp_fit_free(fit);
    pp_table_free(table);
}

/* Zeros and ones, and categories, have one form: level against level. */
static void levels(void **state) {
    static const char *const VARIABLES[] = {"free", "region"};
    static const char *const CONTRASTS[] = {"1 - 0", "south - north"};
    pp_table *table = panel(6);
    pp_fit *fit = fitted("event ~ free + region + x", table, &LOGIT);
    (void)state;
    for (int i = 0; i < 2; i++) {
        pp_democracy_options options = {.variable = VARIABLES[i], .smallest = 0.02};
        pp_result *r = asked(&(pp_supplier){"a", fit}, 1, &options, 1);
        const pp_table *t = pp_result_find(r, "democracy");
        assert_int_equal(pp_table_rows(t), 1);
        assert_string_equal(pp_column_get_text(pp_table_find(t, "level"), 0),
                            CONTRASTS[i]);
        pp_result_free(r);
    }
    pp_fit_free(fit);
    pp_table_free(table);
}

/* A regime in which nobody adopts is named, and the other forms stand. */
static void a_regime_without_adoption(void **state) {
    pp_table *table = panel(8);
    double *dem = pp_table_find(table, "dem")->number;
    double *event = pp_table_find(table, "event")->number;
    (void)state;
    for (int64_t i = 0; i < ROWS; i++) {
        event[i] = dem[i] < 0.3 && event[i] == 1 ? 0 : event[i];
    }
    pp_fit *fit = fitted("event ~ dem + x", table, &LOGIT);
    pp_result *r = asked(&(pp_supplier){"a", fit}, 1, &USUAL, 1);
    int few = 0, sample = 0;
    for (int i = 0; i < pp_result_warnings(r); i++) {
        const pp_warning *w = pp_result_warning(r, i);
        few += strcmp(w->code, "few_events") == 0 && w->count == 0;
        sample += strcmp(w->code, "form_sample") == 0 && w->count > 0;
    }
    assert_true(few == 1 && sample == 2);
    assert_true(isfinite(cell(r, "democracy", "estimate", 0)));
    pp_result_free(r);
    pp_fit_free(fit);
    pp_table_free(table);
}

/* ---- bad input ---- */

static void refused(void **state) {
    static const double DOWN[2] = {0.6, 0.3}, EMPTY[2] = {-5, 0.3};
    const struct {
        pp_democracy_options options;
        pp_status status;
        const char *column;
    } cases[] = {
        {{.smallest = 0.1}, PP_E_ARGUMENT, "variable"},
        {{.variable = "dem"}, PP_E_ARGUMENT, "smallest"},
        {{.variable = "dem", .smallest = NAN}, PP_E_ARGUMENT, "smallest"},
        {{.variable = "demo", .smallest = 0.1}, PP_E_NOT_FOUND, "demo"},
        {{.variable = "x", .smallest = 0.1}, PP_E_ARGUMENT, "variable"},
        {{.variable = "dem", .smallest = 0.1, .thresholds = DOWN, .n_thresholds = 2},
         PP_E_ARGUMENT,
         "thresholds"},
        {{.variable = "dem", .smallest = 0.1, .thresholds = EMPTY, .n_thresholds = 2},
         PP_E_INPUT,
         "thresholds"},
        {{.variable = "region", .smallest = 0.1, .thresholds = CUTS, .n_thresholds = 2},
         PP_E_ARGUMENT,
         "thresholds"}};
    pp_table *table = panel(9);
    pp_fit *fit = fitted("event ~ dem + x + I(x^2) + region", table, &LOGIT);
    pp_error err = {0};
    pp_result *result = NULL;
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        assert_int_equal(pp_democracy(&(pp_supplier){"a", fit}, 1, &cases[c].options,
                                      NULL, &result, &err),
                         cases[c].status);
        assert_string_equal(err.column, cases[c].column);
    }
    const pp_supplier twice[2] = {{"a", fit}, {"a", fit}};
    assert_int_equal(pp_democracy(twice, 2, &USUAL, NULL, &result, &err), PP_E_ARGUMENT);
    assert_string_equal(err.column, "suppliers");
    pp_fit_free(fit);
    pp_table_free(table);
}

static pp_status work(void *payload, pp_error *err) {
    pp_fit *const *fits = payload;
    const pp_supplier two[2] = {{"a", fits[0]}, {"b", fits[1]}};
    pp_result *result = NULL;
    pp_status status = pp_democracy(two, 2, &USUAL, NULL, &result, err);
    if (status == PP_OK) {
        pp_result_free(result);
    }
    return status;
}

static void out_of_memory(void **state) {
    pp_table *table = panel(10);
    pp_fit *fits[2] = {fitted("event ~ dem", table, &LOGIT),
                       fitted("event_b ~ dem", table, &LOGIT)};
    (void)state;
    fail_every_allocation(work, fits);
    pp_fit_free(fits[0]);
    pp_fit_free(fits[1]);
    pp_table_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(stacks_are_clusters),
                                       cmocka_unit_test(any_threads),
                                       cmocka_unit_test(scale_and_order),
                                       cmocka_unit_test(intervals),
                                       cmocka_unit_test(verdicts),
                                       cmocka_unit_test(levels),
                                       cmocka_unit_test(a_regime_without_adoption),
                                       cmocka_unit_test(refused),
                                       cmocka_unit_test(out_of_memory)};
    return cmocka_run_group_tests_name("democracy", tests, NULL, NULL);
}
