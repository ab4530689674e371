/* Forecasts: what an origin may know, who is ranked, order, threads, bad input. */
#include "support/support.h"

#include <pushpull/forecast.h>
#include <pushpull/random.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { UNITS = 90, YEARS = 14, FIRST = 2005 };

static pp_column *add(pp_table *table, pp_column_type type, const char *name) {
    pp_error err = {0};
    pp_column *c;
    assert_ok(pp_table_add(table, type, name, &c, &err));
    return c;
}

static double *numbers(const pp_table *table, const char *name) {
    return pp_table_find(table, name)->number;
}

/* A panel with a hazard of x1 and duration, `event` missing after the adoption; lo and hi hold it
   in an interval of up to three years. */
static pp_table *panel(uint64_t seed) {
    static const char *const REGIONS[] = {"Africa", "Asia", "Europe"};
    pp_error err = {0};
    pp_table *t;
    pp_rng rng;
    pp_rng_init(&rng, seed, 1, 0);
    assert_ok(pp_table_new(&t, &err));
    assert_ok(pp_table_resize(t, UNITS * YEARS, &err));
    pp_column *unit = add(t, PP_TEXT, "unit"), *region = add(t, PP_TEXT, "region");
    static const char *const NAMES[] = {"year",  "duration", "x1", "x2",
                                        "event", "lo",       "hi"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        add(t, PP_NUMBER, NAMES[i]);
    }
    for (int u = 0; u < UNITS; u++) {
        char name[16];
        double frailty = pp_rng_normal(&rng), at = NAN, lo = NAN, hi = NAN;
        snprintf(name, sizeof name, "u%03d", u);
        for (int y = 0; y < YEARS; y++) {
            int64_t i = (int64_t)u * YEARS + y;
            double x = frailty + 0.5 * pp_rng_normal(&rng);
            double p = 1 / (1 + exp(3 - x - 0.05 * y));
            assert_ok(pp_column_set_text(t, unit, i, name, &err));
            assert_ok(pp_column_set_text(t, region, i, REGIONS[u % 3], &err));
            numbers(t, "year")[i] = FIRST + y;
            numbers(t, "duration")[i] = y;
            numbers(t, "x1")[i] = x;
            numbers(t, "x2")[i] = pp_rng_normal(&rng);
            numbers(t, "event")[i] = isnan(at) ? pp_rng_uniform(&rng) < p : NAN;
            at = numbers(t, "event")[i] == 1 ? FIRST + y : at;
        }
        if (!isnan(at)) {
            hi = fmin(at + (double)pp_rng_below(&rng, 3), FIRST + YEARS - 1);
            lo = fmax(at - (double)pp_rng_below(&rng, 2), FIRST);
        }
        for (int y = 0; y < YEARS; y++) {
            numbers(t, "lo")[(int64_t)u * YEARS + y] = lo;
            numbers(t, "hi")[(int64_t)u * YEARS + y] = hi;
        }
    }
    return t;
}

static const char BINARY[] = "event ~ x1 + x2 + duration + region";
static const char HAZARD[] = "Surv(lo, hi, type = interval) ~ x1 + x2 + duration";

static pp_status try_forecast(const char *formula, const pp_table *t, const char *model,
                              pp_forecast_options options, int threads, pp_result **out,
                              pp_error *err) {
    pp_context ctx = {.threads = threads};
    pp_model_options m = {.model = model, .unit = "unit", .time = "year"};
    options.draws = options.draws ? options.draws : 100;
    if (options.first_origin == 0) {
        options.first_origin = FIRST + 7;
        options.last_origin = NAN;
    }
    return pp_forecast(formula, t, &m, &options, &ctx, out, err);
}

static pp_result *forecast(const char *formula, const pp_table *t, const char *model,
                           pp_forecast_options options) {
    pp_error err = {0};
    pp_result *out = NULL;
    assert_ok(try_forecast(formula, t, model, options, 1, &out, &err));
    return out;
}

static void assert_same(const pp_result *a, const pp_result *b) {
    assert_int_equal(pp_result_tables(a), pp_result_tables(b));
    for (int i = 0; i < pp_result_tables(a); i++) {
        const pp_table *x = pp_result_table(a, i), *y = pp_result_table(b, i);
        assert_int_equal(pp_table_rows(x), pp_table_rows(y));
        assert_int_equal(pp_table_columns(x), pp_table_columns(y));
        for (int c = 0; c < pp_table_columns(x); c++) {
            const pp_column *p = pp_table_column(x, c), *q = pp_table_column(y, c);
            for (int64_t row = 0; row < pp_table_rows(x); row++) {
                if (p->type == PP_NUMBER) {
                    assert_memory_equal(p->number + row, q->number + row, sizeof(double));
                    continue;
                }
                const char *s = pp_column_get_text(p, row),
                           *r = pp_column_get_text(q, row);
                assert_string_equal(s ? s : "-", r ? r : "-");
            }
        }
    }
}

/* ---- what an origin may know ---- */

/* Predictions of one origin, `n` of them. */
static int64_t predictions(const pp_result *r, double origin, double *out) {
    const pp_table *t = pp_result_find(r, "forecast_predictions");
    int64_t n = 0;
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        if (numbers(t, "origin")[i] == origin && numbers(t, "horizon")[i] == 1) {
            out[n++] = numbers(t, "predicted")[i];
            out[n++] = numbers(t, "base_rate")[i];
        }
    }
    return n;
}

/* From `origin` on other units adopt, and covariates are others after the year forecast. */
static void change_later(pp_table *t, double origin, int covariates) {
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        double *event = numbers(t, "event") + i;
        if (numbers(t, "year")[i] > origin && !isnan(*event)) {
            *event = numbers(t, "year")[i] == origin + 3 && i / YEARS % 4 == 0;
        }
        if (numbers(t, "hi")[i] > origin) {
            numbers(t, "lo")[i] = fmax(numbers(t, "lo")[i], origin + 1);
            numbers(t, "hi")[i] = FIRST + YEARS - 1;
        }
        if (covariates && numbers(t, "year")[i] > origin) {
            numbers(t, "x1")[i] += 3;
        }
    }
}

static void no_leak(const char *formula, const char *model, const char *covariates) {
    const double origin = FIRST + 8;
    double *a = pp_malloc(4 * UNITS, sizeof *a), *b = a + 2 * UNITS;
    pp_table *t = panel(3);
    pp_forecast_options options = {.covariates = covariates};
    pp_result *before = forecast(formula, t, model, options);
    change_later(t, origin, strcmp(covariates, "held") == 0);
    pp_result *after = forecast(formula, t, model, options);
    int64_t n = predictions(before, origin, a);
    assert_true(n > 20);
    assert_int_equal(n, predictions(after, origin, b));
    assert_memory_equal(a, b, (size_t)n * sizeof *a);
    predictions(before, origin + 3, a);
    predictions(after, origin + 3, b);
    assert_true(a[0] != b[0]);
    pp_result_free(before);
    pp_result_free(after);
    pp_table_free(t);
    pp_free(a);
}

static void nothing_leaks(void **state) {
    (void)state;
    no_leak(BINARY, "logit", "row");
    no_leak(BINARY, "logit", "held");
    no_leak("event ~ ns(x1, 3) + x2 + region", "probit", "held");
    no_leak(HAZARD, "hazard", "row");
    no_leak(HAZARD, "hazard", "held");
}

/* ---- the same whatever the order and the threads ---- */

static pp_table *backwards(const pp_table *t) {
    pp_error err = {0};
    pp_table *out;
    int64_t n = pp_table_rows(t), *rows = pp_malloc(n, sizeof *rows);
    for (int64_t i = 0; i < n; i++) {
        rows[i] = (i * 17 + 5) % n;
    }
    assert_ok(pp_table_take_rows(t, rows, n, &out, &err));
    pp_free(rows);
    return out;
}

static void order_and_threads(void **state) {
    (void)state;
    pp_table *t = panel(4), *other = backwards(t);
    const struct {
        const char *formula, *model;
    } cases[] = {{BINARY, "logit"}, {HAZARD, "hazard"}};
    for (int c = 0; c < 2; c++) {
        pp_error err = {0};
        pp_result *a = NULL, *b = NULL, *d = NULL;
        pp_forecast_options options = {.horizon = 3, .seed = 5};
        assert_ok(
            try_forecast(cases[c].formula, t, cases[c].model, options, 1, &a, &err));
        assert_ok(
            try_forecast(cases[c].formula, other, cases[c].model, options, 2, &b, &err));
        assert_ok(
            try_forecast(cases[c].formula, t, cases[c].model, options, 4, &d, &err));
        assert_same(a, b);
        assert_same(a, d);
        pp_result_free(a);
        pp_result_free(b);
        pp_result_free(d);
    }
    pp_table_free(t);
    pp_table_free(other);
}

/* ---- the ranking ---- */

static const char *text(const pp_table *t, const char *column, int64_t row) {
    return pp_column_get_text(pp_table_find(t, column), row);
}

static const char *reason(const pp_result *r, const char *unit) {
    const pp_table *t = pp_result_find(r, "forecast_not_ranked");
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        if (strcmp(text(t, "unit", i), unit) == 0) {
            return text(t, "reason", i);
        }
    }
    return "ranked";
}

/* The last unit of the panel that never adopts, from number `from` down. */
static int never(const pp_table *t, int from) {
    while (!isnan(numbers(t, "hi")[from * YEARS])) {
        from--;
    }
    return from;
}

static void ranks(void **state) {
    (void)state;
    pp_table *t = panel(6);
    pp_result *r = forecast(BINARY, t, "logit", (pp_forecast_options){.horizon = 4});
    const pp_table *f = pp_result_find(r, "forecast");
    const pp_table *c = pp_result_find(r, "forecast_contributions");
    int64_t n = pp_table_rows(f), at = 0;
    assert_int_equal(n + pp_table_rows(pp_result_find(r, "forecast_not_ranked")), UNITS);
    for (int64_t i = 0; i < n; i++) {
        double p = numbers(f, "probability")[i], eta;
        assert_true(numbers(f, "rank")[i] == (double)(i + 1));
        assert_true(numbers(f, "year")[i] == FIRST + YEARS);
        assert_true(i == 0 || p < numbers(f, "probability")[i - 1]);
        assert_true(numbers(f, "conf_low")[i] < p && p < numbers(f, "conf_high")[i]);
        assert_true(numbers(f, "rank_low")[i] <= numbers(f, "rank")[i]);
        assert_true(numbers(f, "rank_high")[i] >= numbers(f, "rank")[i]);
        assert_true(numbers(f, "cumulative")[i] > 1 - pow(1 - p, 4));
        while (strcmp(text(c, "factor", at), "(linear predictor)") != 0) {
            assert_string_equal(text(c, "unit", at), text(f, "unit", i));
            at++;
        }
        eta = numbers(c, "contribution")[at++];
        assert_true(fabs(1 / (1 + exp(-eta)) - p) < 1e-12);
    }
    pp_result_free(r);
    pp_table_free(t);
}

static void told_apart(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *t = panel(6), *left;
    pp_column *status = add(t, PP_TEXT, "status");
    int missing = never(t, UNITS - 1), gone = never(t, missing - 1);
    int unknown = never(t, gone - 1), hidden = never(t, unknown - 1), adopter = 0;
    char name[16];
    while (isnan(numbers(t, "hi")[adopter * YEARS])) {
        adopter++;
    }
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        int u = (int)(i / YEARS);
        const char *word = u == unknown  ? "supplier_unknown"
                           : u == hidden ? "not_searched"
                                         : "no_adoption_found";
        assert_ok(pp_column_set_text(t, status, i, word, &err));
    }
    numbers(t, "x2")[missing * YEARS + YEARS - 1] = NAN;
    numbers(t, "event")[gone * YEARS + YEARS - 1] = NAN;
    assert_ok(pp_table_new(&left, &err));
    assert_ok(pp_table_resize(left, 1, &err));
    assert_ok(pp_column_set_text(left, add(left, PP_TEXT, "unit"), 0, "XYZ", &err));
    assert_ok(pp_column_set_text(left, add(left, PP_TEXT, "reason"), 0, "never searched",
                                 &err));
    pp_result *r = forecast(BINARY, t, "logit",
                            (pp_forecast_options){.status = "status", .left_out = left});
    const struct {
        int unit;
        const char *reason;
    } cases[] = {{missing, "missing covariate"}, {gone, "not known in the last period"},
                 {unknown, "supplier unknown"},  {hidden, "never searched"},
                 {adopter, "adopted"},           {never(t, hidden - 1), "ranked"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(name, sizeof name, "u%03d", cases[i].unit);
        assert_string_equal(reason(r, name), cases[i].reason);
    }
    assert_string_equal(reason(r, "XYZ"), "never searched");
    pp_result_free(r);
    pp_table_free(t);
    pp_table_free(left);
}

/* Expected is the sum of forecasts; when far fewer were expected than came, all say so. */
static void levels(void **state) {
    (void)state;
    pp_table *t = panel(6);
    pp_result *r = forecast(BINARY, t, "logit", (pp_forecast_options){.horizon = 1});
    const pp_table *each = pp_result_find(r, "forecast_predictions");
    pp_table *scores = pp_result_find(r, "forecast_scores");
    double sum = 0;
    for (int64_t i = 0; i < pp_table_rows(each); i++) {
        sum += numbers(each, "predicted")[i];
    }
    assert_true(fabs(numbers(scores, "expected")[0] - sum) < 1e-9);
    assert_true(numbers(scores, "expected_low")[0] <= sum);
    assert_true(numbers(scores, "expected_high")[0] >= sum);
    pp_buf words;
    for (int far = 0; far < 2; far++) {
        numbers(scores, "events")[0] = far ? 45 : 17;
        numbers(scores, "expected")[0] = 16.2;
        numbers(scores, "expected_low")[0] = 9;
        numbers(scores, "expected_high")[0] = 25;
        pp_buf_init(&words);
        pp_forecast_sentence(r, &words);
        assert_true(!far == !strstr(words.data,
                                    "Forecasts expected 16 adoptions, 45 came: "
                                    "their probabilities were far too low."));
        pp_buf_clear(&words);
    }
    pp_result_free(r);
    pp_table_free(t);
}

/* Intervals of one year are the binary model on the years at risk. */
static void years_as_intervals(void **state) {
    static const char *const TABLES[] = {"forecast", "forecast_scores",
                                         "forecast_predictions"};
    static const char *const COLUMNS[] = {"probability", "log_score", "predicted"};
    pp_table *t = panel(8);
    (void)state;
    for (int u = 0; u < UNITS; u++) {
        double at = NAN;
        for (int64_t i = u * YEARS; i < (u + 1) * YEARS; i++) {
            at = numbers(t, "event")[i] == 1 ? numbers(t, "year")[i] : at;
        }
        for (int64_t i = u * YEARS; i < (u + 1) * YEARS; i++) {
            numbers(t, "lo")[i] = numbers(t, "hi")[i] = at;
        }
    }
    pp_forecast_options options = {.horizon = 2};
    pp_result *a = forecast("event ~ x1 + x2 + duration", t, "logit", options);
    pp_result *b = forecast(HAZARD, t, "hazard", options);
    for (int c = 0; c < 3; c++) {
        const pp_table *x = pp_result_find(a, TABLES[c]),
                       *y = pp_result_find(b, TABLES[c]);
        assert_int_equal(pp_table_rows(x), pp_table_rows(y));
        for (int64_t i = 0; i < pp_table_rows(x); i++) {
            double gap = numbers(x, COLUMNS[c])[i] - numbers(y, COLUMNS[c])[i];
            assert_true(fabs(gap) < 1e-8);
        }
    }
    pp_result_free(a);
    pp_result_free(b);
    pp_table_free(t);
}

/* ---- bad input ---- */

static void refused(void **state) {
    (void)state;
    const struct {
        const char *formula, *model;
        pp_forecast_options options;
        pp_status status;
    } cases[] = {
        {BINARY, "ols", {.horizon = 1}, PP_E_UNSUPPORTED},
        {BINARY, "logt", {.horizon = 1}, PP_E_ARGUMENT},
        {"event ~ x1 + factor(year)", "logit", {.horizon = 1}, PP_E_UNSUPPORTED},
        {"event ~ x1 | year", "logit", {.horizon = 1}, PP_E_UNSUPPORTED},
        {"event ~ lag(x1)", "logit", {.horizon = 1}, PP_E_UNSUPPORTED},
        {"I(event + 0) ~ x1", "logit", {.horizon = 1}, PP_E_UNSUPPORTED},
        {"x1 ~ x2", "logit", {.horizon = 1}, PP_E_INPUT},
        {BINARY, "logit", {.first_origin = 2030, .last_origin = NAN}, PP_E_ARGUMENT},
        {BINARY, "logit", {.horizon = 21}, PP_E_ARGUMENT},
        {BINARY, "logit", {.draws = 5}, PP_E_ARGUMENT},
        {BINARY, "logit", {.cluster = "region"}, PP_E_ARGUMENT},
        {BINARY, "logit", {.smallest_gain = 2}, PP_E_ARGUMENT},
        {BINARY, "logit", {.status = "region"}, PP_E_INPUT},
        {BINARY, "logit", {.region = "continent"}, PP_E_NOT_FOUND}};
    pp_table *t = panel(6);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        pp_error err = {0};
        pp_result *r = NULL;
        pp_status status = try_forecast(cases[c].formula, t, cases[c].model,
                                        cases[c].options, 1, &r, &err);
        if (status != cases[c].status) {
            fail_msg("case %zu gives %d: %s", c, (int)status, err.message);
        }
    }
    pp_table_free(t);
}

static void two_rows(void **state) {
    (void)state;
    pp_error err = {0};
    pp_result *r = NULL;
    pp_table *t = panel(6);
    numbers(t, "year")[1] = FIRST;
    assert_int_equal(
        try_forecast(BINARY, t, "logit", (pp_forecast_options){0}, 1, &r, &err),
        PP_E_INPUT);
    numbers(t, "year")[1] = FIRST + 0.5;
    assert_int_equal(
        try_forecast(BINARY, t, "logit", (pp_forecast_options){0}, 1, &r, &err),
        PP_E_INPUT);
    pp_table_free(t);
}

static pp_status work(void *payload, pp_error *err) {
    pp_result *r = NULL;
    pp_forecast_options options = {.first_origin = FIRST + 11, .last_origin = FIRST + 12};
    options.horizon = 2;
    pp_status status =
        try_forecast("event ~ x1 + region", payload, "logit", options, 1, &r, err);
    pp_result_free(status == PP_OK ? r : NULL);
    return status;
}

/* A tenth of the panel. */
static void out_of_memory(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *t = panel(6), *few;
    int64_t rows[20 * YEARS];
    for (int64_t i = 0; i < 20 * YEARS; i++) {
        rows[i] = i;
    }
    assert_ok(pp_table_take_rows(t, rows, 20 * YEARS, &few, &err));
    fail_every_allocation(work, few);
    pp_table_free(t);
    pp_table_free(few);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_leaks), cmocka_unit_test(order_and_threads),
        cmocka_unit_test(ranks),         cmocka_unit_test(told_apart),
        cmocka_unit_test(levels),        cmocka_unit_test(years_as_intervals),
        cmocka_unit_test(refused),       cmocka_unit_test(two_rows),
        cmocka_unit_test(out_of_memory)};
    return cmocka_run_group_tests_name("forecasts", tests, NULL, NULL);
}
