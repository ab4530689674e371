/* The wild cluster bootstrap: draws made by hand, seeds and threads, refusals, memory. */
#include "support/frames.h"
#include "support/support.h"

#include <pushpull/inference.h>

#include <math.h>
#include <string.h>

enum { ROWS = 120, CLUSTERS = 7, DRAWS = 1 << CLUSTERS };

static pp_table *make_table(void) {
    pp_table *table = random_frame(ROWS, 5);
    for (int64_t i = 0; i < ROWS; i++) {
        pp_table_find(table, "group")->number[i] = (double)(i * i % CLUSTERS);
        pp_table_find(table, "w")->number[i] += (double)(i * i % CLUSTERS) / 3;
    }
    return table;
}

static pp_result *bootstrapped(const pp_fit *fit, const pp_bootstrap_options *o,
                               int threads) {
    pp_error err = {0};
    pp_result *r = NULL;
    const pp_context ctx = {.threads = threads};
    assert_ok(pp_result_new("fit", &r, &err));
    assert_ok(pp_fit_bootstrap(fit, o, &ctx, r, &err));
    return r;
}

static double t_of(const char *formula, const pp_table *table,
                   const pp_model_options *options, double null) {
    pp_result *r = fit_result(formula, table, options);
    double t = (number_at(r, "coefficients", "term", "x1", "estimate") - null) /
               number_at(r, "coefficients", "term", "x1", "std_error");
    pp_result_free(r);
    return t;
}

/* ŷ and residuals of `formula`. */
static void predict(const char *formula, const pp_table *table,
                    const pp_model_options *options, double *fitted_values,
                    double *residual) {
    const double *x1 = pp_table_find(table, "x1")->number;
    const double *x2 = pp_table_find(table, "x2")->number;
    pp_fit *fit = fitted(formula, table, options);
    int64_t k = pp_fit_terms(fit);
    for (int64_t i = 0; i < ROWS; i++) {
        const double *b = pp_fit_estimates(fit);
        fitted_values[i] = b[0] + b[k - 1] * x2[i] + (k > 2 ? b[1] * x1[i] : 0);
        residual[i] = pp_table_find(table, "outcome")->number[i] - fitted_values[i];
    }
    pp_fit_free(fit);
}

/* Each of the 2^G samples is made and fitted. */
static double p_by_hand(pp_table *table, double null, int unrestricted,
                        const pp_model_options *options) {
    static const char FORMULA[] = "outcome ~ x1 + x2";
    double yhat[ROWS], u[ROWS], kept[ROWS];
    double *y = pp_table_find(table, "outcome")->number;
    const double *w = pp_table_find(table, "w")->number;
    const double *x1 = pp_table_find(table, "x1")->number;
    const double *g = pp_table_find(table, "group")->number;
    double t, centre = null;
    int above = 0;
    memcpy(y, w, sizeof kept);
    t = t_of(FORMULA, table, options, null);
    if (unrestricted) {
        pp_fit *fit = fitted(FORMULA, table, options);
        centre = pp_fit_estimates(fit)[1];
        pp_fit_free(fit);
        predict(FORMULA, table, options, yhat, u);
    } else {
        for (int64_t i = 0; i < ROWS; i++) {
            y[i] = w[i] - null * x1[i];
        }
        predict("outcome ~ x2", table, options, yhat, u);
        for (int64_t i = 0; i < ROWS; i++) {
            yhat[i] += null * x1[i];
        }
    }
    for (int draw = 0; draw < DRAWS; draw++) {
        for (int64_t i = 0; i < ROWS; i++) {
            y[i] = yhat[i] + (draw >> (int)g[i] & 1 ? -1 : 1) * u[i];
        }
        above += fabs(t_of(FORMULA, table, options, centre)) > fabs(t) * (1 + 1e-9);
    }
    memcpy(y, w, sizeof kept);
    return (double)above / DRAWS;
}

static void as_by_hand(void **state) {
    (void)state;
    pp_error err = {0};
    pp_column *y;
    pp_table *table = make_table();
    const pp_model_options options = {.model = "ols", .vcov = "cluster:group"};
    assert_ok(pp_table_add(table, PP_NUMBER, "outcome", &y, &err));
    for (int unrestricted = 0; unrestricted < 2; unrestricted++) {
        for (double null = 0; null < 1; null += 0.45) {
            double p = p_by_hand(table, null, unrestricted, &options);
            const pp_bootstrap_options o = {.method = "wild",
                                            .cluster = "group",
                                            .term = "x1",
                                            .null = null,
                                            .unrestricted = unrestricted};
            pp_fit *fit = fitted("outcome ~ x1 + x2", table, &options);
            pp_result *r = bootstrapped(fit, &o, 1);
            assert_true(number_at(r, "bootstrap", "term", "x1", "p_value") == p);
            pp_result_free(r);
            pp_fit_free(fit);
        }
    }
    pp_table_free(table);
}

static double p_at(const pp_fit *fit, pp_bootstrap_options o, double null) {
    o.null = null;
    pp_result *r = bootstrapped(fit, &o, 1);
    double p = number_at(r, "bootstrap", "term", "x1", "p_value");
    pp_result_free(r);
    return p;
}

/* The interval's ends are where the p value jumps over 1 - level. */
static void ends_are_jumps(void **state) {
    static const char *const WEIGHTS[] = {"rademacher", "webb", "mammen"};
    static const char *const TAILS[] = {"symmetric", "equal"};
    (void)state;
    pp_table *table = make_table();
    pp_fit *fit = fitted("w ~ x1 + x2", table, &(pp_model_options){.model = "ols"});
    for (int i = 0; i < 12; i++) {
        const pp_bootstrap_options o = {.method = "wild",
                                        .cluster = "group",
                                        .term = "x1",
                                        .weights = WEIGHTS[i % 3],
                                        .tails = TAILS[i / 3 % 2],
                                        .unrestricted = i / 6,
                                        .draws = 1999,
                                        .level = 0.9};
        pp_result *r = bootstrapped(fit, &o, 1);
        double low = number_at(r, "bootstrap", "term", "x1", "conf_low");
        double high = number_at(r, "bootstrap", "term", "x1", "conf_high");
        pp_result_free(r);
        assert_true(p_at(fit, o, low - 1e-9) <= 0.1 && p_at(fit, o, low + 1e-9) > 0.1);
        assert_true(p_at(fit, o, high + 1e-9) <= 0.1 && p_at(fit, o, high - 1e-9) > 0.1);
    }
    pp_fit_free(fit);
    pp_table_free(table);
}

static void same_at_any_number_of_threads(void **state) {
    (void)state;
    pp_table *table = make_table();
    pp_fit *fit =
        fitted("w ~ x1 + x2 + region", table, &(pp_model_options){.model = "ols"});
    pp_bootstrap_options o = {.method = "wild", .draws = 777, .seed = 9};
    pp_result *one = bootstrapped(fit, &o, 1);
    for (int threads = 2; threads <= 4; threads += 2) {
        pp_result *many = bootstrapped(fit, &o, threads);
        for (int c = 0; c < 3; c++) {
            static const char *const COLUMNS[] = {"p_value", "conf_low", "conf_high"};
            assert_memory_equal(
                pp_table_find(pp_result_find(one, "bootstrap"), COLUMNS[c])->number,
                pp_table_find(pp_result_find(many, "bootstrap"), COLUMNS[c])->number,
                7 * sizeof(double));
        }
        pp_result_free(many);
    }
    o.seed = 10;
    pp_result *other = bootstrapped(fit, &o, 1);
    assert_true(number_at(one, "bootstrap", "term", "x1", "conf_low") !=
                number_at(other, "bootstrap", "term", "x1", "conf_low"));
    pp_result_free(other);
    pp_result_free(one);
    pp_fit_free(fit);
    pp_table_free(table);
}

static void assert_same_x1(const pp_fit *a, const pp_fit *b, int unrestricted) {
    static const char *const COLUMNS[] = {"statistic", "p_value", "conf_low",
                                          "conf_high"};
    const pp_bootstrap_options o = {
        .method = "wild", .cluster = "group", .term = "x1", .unrestricted = unrestricted};
    pp_result *ra = bootstrapped(a, &o, 1), *rb = bootstrapped(b, &o, 1);
    for (int c = 0; c < 4; c++) {
        double x = number_at(ra, "bootstrap", "term", "x1", COLUMNS[c]);
        double y = number_at(rb, "bootstrap", "term", "x1", COLUMNS[c]);
        if (!(fabs(x - y) <= 1e-9 * (1 + fabs(x)))) {
            fail_msg("%s: %.15g and %.15g", COLUMNS[c], x, y);
        }
    }
    pp_result_free(ra);
    pp_result_free(rb);
}

/* Effects within clusters, across them, and both; weighted. */
static void effects_are_dummies(void **state) {
    static const char *const FORMS[][2] = {
        {"w ~ x1 + x2 | region", "w ~ x1 + x2 + factor(region)"},
        {"w ~ x1 + x2 | group", "w ~ x1 + x2 + factor(group)"},
        {"w ~ x1 | region + group", "w ~ x1 + factor(region) + factor(group)"},
        {"w ~ x1 | pair + region", "w ~ x1 + factor(pair) + factor(region)"}};
    (void)state;
    pp_error err = {0};
    pp_column *pair;
    pp_table *table = make_table();
    assert_ok(pp_table_add(table, PP_NUMBER, "pair", &pair, &err));
    for (int64_t i = 0; i < ROWS; i++) {
        pair->number[i] = pp_table_find(table, "group")->number[i] * 10 + (double)(i % 3);
    }
    for (int i = 0; i < 16; i++) {
        const pp_model_options o = {
            .model = "ols", .ssc = "none", .weights = i / 4 % 2 ? "x3" : NULL};
        pp_fit *absorbed = fitted(FORMS[i % 4][0], table, &o);
        pp_fit *dummies = fitted(FORMS[i % 4][1], table, &o);
        assert_same_x1(absorbed, dummies, i / 8);
        pp_fit_free(absorbed);
        pp_fit_free(dummies);
    }
    pp_table_free(table);
}

static void weights_are_rows(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *table = make_table(), *repeated = NULL;
    int64_t rows[3 * ROWS], n = 0;
    for (int64_t i = 0; i < ROWS; i++) {
        pp_table_find(table, "x3")->number[i] = (double)(i % 4);
        for (int64_t times = 0; times < i % 4; times++) {
            rows[n++] = i;
        }
    }
    assert_ok(pp_table_take_rows(table, rows, n, &repeated, &err));
    pp_fit *a = fitted(
        "w ~ x1 + x2", table,
        &(pp_model_options){.model = "ols", .weights = "x3", .weight_kind = "frequency"});
    pp_fit *b = fitted("w ~ x1 + x2", repeated, &(pp_model_options){.model = "ols"});
    assert_same_x1(a, b, 0);
    assert_same_x1(a, b, 1);
    pp_fit_free(a);
    pp_fit_free(b);
    pp_table_free(table);
    pp_table_free(repeated);
}

/* The same model with a column of ones for its intercept. */
static void scores_of_an_intercept(void **state) {
    (void)state;
    pp_table *table = make_table();
    const pp_model_options options = {.model = "ols"};
    const pp_bootstrap_options o = {.method = "score", .cluster = "group"};
    for (int64_t i = 0; i < ROWS; i++) {
        pp_table_find(table, "x1")->number[i] += 5;
        pp_table_find(table, "x3")->number[i] = 1;
    }
    pp_fit *a = fitted("w ~ x1 + x2", table, &options);
    pp_fit *b = fitted("w ~ 0 + x3 + x1 + x2", table, &options);
    pp_result *r = bootstrapped(a, &o, 1), *s = bootstrapped(b, &o, 1);
    assert_float_equal(number_at(r, "bootstrap", "term", "(Intercept)", "statistic"),
                       number_at(s, "bootstrap", "term", "x3", "statistic"), 1e-9);
    assert_float_equal(number_at(r, "bootstrap", "term", "(Intercept)", "conf_low"),
                       number_at(s, "bootstrap", "term", "x3", "conf_low"), 1e-4);
    pp_result_free(r);
    pp_result_free(s);
    pp_fit_free(a);
    pp_fit_free(b);
    pp_table_free(table);
}

static void assert_refused(const pp_fit *fit, const pp_bootstrap_options *o,
                           pp_status status, const char *hint) {
    pp_error err = {0};
    pp_result *r = NULL;
    assert_ok(pp_result_new("fit", &r, &err));
    assert_int_equal(pp_fit_bootstrap(fit, o, NULL, r, &err), status);
    assert_non_null(strstr(err.hint, hint));
    pp_result_free(r);
}

static void refusals(void **state) {
    (void)state;
    pp_table *table = make_table();
    pp_table_find(table, "x3")->number[4] = NAN;
    pp_fit *ols = fitted("w ~ x1", table, &(pp_model_options){.model = "ols"});
    pp_fit *logit = fitted("y ~ x1", table, &(pp_model_options){.model = "logit"});
    assert_refused(ols, &(pp_bootstrap_options){.method = "wilt"}, PP_E_ARGUMENT,
                   "pairs");
    assert_refused(ols, &(pp_bootstrap_options){.method = "wild", .term = "x2"},
                   PP_E_NOT_FOUND, "x1");
    assert_refused(ols, &(pp_bootstrap_options){.method = "wild", .weights = "normal"},
                   PP_E_ARGUMENT, "webb");
    assert_refused(ols, &(pp_bootstrap_options){.method = "wild", .tails = "one"},
                   PP_E_ARGUMENT, "equal");
    assert_refused(ols, &(pp_bootstrap_options){.method = "wild", .cluster = "grp"},
                   PP_E_NOT_FOUND, "group");
    assert_refused(ols, &(pp_bootstrap_options){.method = "wild", .cluster = "x3"},
                   PP_E_INPUT, "IS NOT NULL");
    assert_refused(logit, &(pp_bootstrap_options){.method = "wild"}, PP_E_UNSUPPORTED,
                   "score");
    pp_fit_free(ols);
    pp_fit_free(logit);
    pp_table_free(table);
}

typedef struct memory_case {
    const pp_fit *fit;
    pp_bootstrap_options options;
} memory_case;

static pp_status run_once(void *payload, pp_error *err) {
    const memory_case *c = payload;
    pp_result *r = NULL;
    pp_status status = pp_result_new("fit", &r, err);
    if (status == PP_OK) {
        status = pp_fit_bootstrap(c->fit, &c->options, NULL, r, err);
    }
    pp_result_free(r);
    return status;
}

static void memory_may_fail(void **state) {
    (void)state;
    pp_table *table = make_table();
    pp_fit *fit = fitted("w ~ x1 | region", table, &(pp_model_options){.model = "ols"});
    memory_case c = {fit, {.method = "wild", .cluster = "group", .draws = 100}};
    assert_true(fail_every_allocation(run_once, &c) > 10);
    pp_fit_free(fit);
    c.fit = fit = fitted("w ~ x1", table, &(pp_model_options){.model = "ols"});
    c.options.method = "score";
    assert_true(fail_every_allocation(run_once, &c) > 10);
    pp_fit_free(fit);
    pp_table_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_by_hand),
                                       cmocka_unit_test(ends_are_jumps),
                                       cmocka_unit_test(same_at_any_number_of_threads),
                                       cmocka_unit_test(effects_are_dummies),
                                       cmocka_unit_test(weights_are_rows),
                                       cmocka_unit_test(scores_of_an_intercept),
                                       cmocka_unit_test(refusals),
                                       cmocka_unit_test(memory_may_fail)};
    return cmocka_run_group_tests_name("model wild", tests, NULL, NULL);
}
