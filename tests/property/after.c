/* What holds of everything that comes after estimation. */
#include "support/frames.h"
#include "support/support.h"

#include <pushpull/after.h>

#include <math.h>
#include <string.h>

enum { ROWS = 300 };

typedef struct subject {
    const char *formula;
    pp_model_options options;
} subject;

static const subject SUBJECTS[] = {
    {"w ~ x1*d + log(x3) + region", {.model = "ols", .vcov = "hc1"}},
    {"y ~ x1 + I(x2^2) + region", {.model = "logit", .vcov = "cluster:group"}},
    {"y ~ x1 + region:d + offset(x2)", {.model = "probit"}},
    {"y ~ x1 + x2 | group", {.model = "logit"}},
    {"w ~ x1 + x2 | group + region", {.model = "ols"}},
    {"y ~ x1 + x2", {.model = "firth"}},
    {"y ~ x1*d + region", {.model = "poisson"}}};
enum { N_SUBJECTS = sizeof SUBJECTS / sizeof *SUBJECTS };

static const double *numbers(const pp_result *r, const char *table, const char *column) {
    return pp_table_find(pp_result_find(r, table), column)->number;
}

static void assert_equal(const char *what, double a, double b, double by) {
    if (!(fabs(a - b) <= by) && !(isnan(a) && isnan(b))) {
        fail_msg("%s: %.15g and %.15g", what, a, b);
    }
}

static pp_result *empty(void) {
    pp_error err = {0};
    pp_result *r = NULL;
    assert_ok(pp_result_new("fit", &r, &err));
    return r;
}

/* Each row's parts add up to its linear predictor, to the bit, and that is the one
   predicted. */
static void contributions_add_up(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *data = random_frame(ROWS, 21);
    for (int s = 0; s < N_SUBJECTS; s++) {
        pp_fit *fit = fitted(SUBJECTS[s].formula, data, &SUBJECTS[s].options);
        pp_result *r = empty();
        assert_ok(pp_fit_predict(fit, NULL, NULL, NULL, r, &err));
        assert_ok(pp_fit_explain(fit, "x1 > 0.5", "group, region", NULL, r, &err));
        const pp_table *t = pp_result_find(r, "contributions");
        const double *part = numbers(r, "contributions", "contribution");
        const double *predicted = numbers(r, "predictions", "linear_predictor");
        double sum = 0;
        int64_t totals = 0, next = 0;
        for (int64_t i = 0; i < pp_table_rows(t); i++) {
            if (strcmp(pp_table_find(t, "term")->text[i], "(linear predictor)") != 0) {
                sum += part[i];
                continue;
            }
            assert_true(part[i] == sum);
            while (numbers(r, "predictions", "row")[next] <
                   numbers(r, "contributions", "row")[i]) {
                next++;
            }
            assert_equal("predictor", part[i], predicted[next], 1e-12);
            sum = 0;
            totals++;
        }
        assert_true(totals > 50);
        pp_result_free(r);
        pp_fit_free(fit);
    }
    pp_table_free(data);
}

/* The rows used, given as new data, are predicted alike. */
static void new_data_are_as_old(void **state) {
    static const char *const columns[] = {"estimate",     "std_error",
                                          "conf_low",     "linear_predictor",
                                          "linear_error", "conf_high"};
    (void)state;
    pp_error err = {0};
    pp_table *data = random_frame(ROWS, 22);
    for (int s = 0; s < N_SUBJECTS; s++) {
        pp_fit *fit = fitted(SUBJECTS[s].formula, data, &SUBJECTS[s].options);
        pp_result *a = empty(), *b = empty();
        assert_ok(pp_fit_predict(fit, NULL, NULL, NULL, a, &err));
        assert_ok(pp_fit_predict(fit, data, NULL, NULL, b, &err));
        const double *row = numbers(a, "predictions", "row");
        for (int64_t i = 0; i < pp_table_rows(pp_result_find(a, "predictions")); i++) {
            for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
                assert_equal(columns[c], numbers(a, "predictions", columns[c])[i],
                             numbers(b, "predictions", columns[c])[(int64_t)row[i] - 1],
                             1e-12);
            }
        }
        pp_result_free(a);
        pp_result_free(b);
        pp_fit_free(fit);
    }
    pp_table_free(data);
}

/* Rows that cannot be predicted say why. */
static void rows_that_cannot_be_predicted(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *data = frame("y x g\n1 0 a\n0 1 a\n1 2 b\n0 3 b\n1 1 a\n0 2 b");
    pp_table *other = frame("x g\n1 a\n. b\n1 c\n-2 b");
    const pp_model_options o = {.model = "ols"};
    pp_fit *fit = fitted("y ~ log1p(x) + factor(g)", data, &o);
    pp_result *r = empty();
    assert_ok(pp_fit_predict(fit, other, "g", NULL, r, &err));
    const pp_table *t = pp_result_find(r, "predictions");
    const char *const *why = pp_table_find(t, "missing")->text;
    assert_null(why[0]);
    assert_string_equal(why[1], "x is missing");
    assert_string_equal(why[2], "g has a level that the model has not");
    assert_string_equal(why[3], "log1p(x) is not defined");
    assert_true(isnan(pp_table_find(t, "estimate")->number[1]));
    assert_int_equal(pp_result_warning(r, 0)->count, 3);
    pp_result_free(r);
    r = empty();
    pp_table *without = frame("x\n1");
    assert_int_equal(pp_fit_predict(fit, without, NULL, NULL, r, &err), PP_E_NOT_FOUND);
    pp_result_free(r);
    pp_fit_free(fit);
    pp_table_free(data);
    pp_table_free(other);
    pp_table_free(without);
}

/* Errors do not depend on the origin of x, with fixed effects or without. */
static void origins_do_not_matter(void **state) {
    (void)state;
    pp_error err = {0};
    for (int s = 0; s < N_SUBJECTS; s++) {
        if (strstr(SUBJECTS[s].formula, "x1*")) {
            continue;
        }
        pp_table *data = random_frame(ROWS, 23);
        pp_result *r[2];
        for (int moved = 0; moved < 2; moved++) {
            for (int64_t i = 0; i < ROWS; i++) {
                pp_table_find(data, "x1")->number[i] += moved ? 100 : 0;
            }
            pp_fit *fit = fitted(SUBJECTS[s].formula, data, &SUBJECTS[s].options);
            r[moved] = empty();
            assert_ok(pp_fit_margins(fit, "unit", r[moved], &err));
            assert_ok(pp_fit_predict(fit, NULL, NULL, NULL, r[moved], &err));
            pp_fit_free(fit);
        }
        for (int64_t i = 0; i < pp_table_rows(pp_result_find(r[0], "margins")); i++) {
            assert_equal("error of the margin", numbers(r[0], "margins", "std_error")[i],
                         numbers(r[1], "margins", "std_error")[i], 1e-7);
        }
        assert_equal("error", numbers(r[0], "predictions", "linear_error")[5],
                     numbers(r[1], "predictions", "linear_error")[5], 1e-7);
        pp_result_free(r[0]);
        pp_result_free(r[1]);
        pp_table_free(data);
    }
}

/* Rows in their groups: effects by group are those of the rows alone. */
static void frequencies_are_repeated_rows(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *data = random_frame(ROWS, 24), *repeated = NULL;
    int64_t rows[3 * ROWS], n = 0;
    pp_column *count;
    assert_ok(pp_table_add(data, PP_NUMBER, "count", &count, &err));
    for (int64_t i = 0; i < ROWS; i++) {
        count->number[i] = (double)(1 + i % 3);
        for (int64_t c = 0; c <= i % 3; c++) {
            rows[n++] = i;
        }
    }
    assert_ok(pp_table_take_rows(data, rows, n, &repeated, &err));
    const pp_model_options plain = {.model = "logit"};
    const pp_model_options weighted = {
        .model = "logit", .weights = "count", .weight_kind = "frequency"};
    pp_fit *a = fitted("y ~ x1 + d + region", repeated, &plain);
    pp_fit *b = fitted("y ~ x1 + d + region", data, &weighted);
    static const pp_margins_options asked[] = {
        {.scale = "sd"}, {.at = "means"}, {.by = "region"}, {.at = "x1 = 0, 1"}};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        pp_result *r = empty(), *s = empty();
        assert_ok(pp_fit_margins_over(a, &asked[i], NULL, r, &err));
        assert_ok(pp_fit_margins_over(b, &asked[i], NULL, s, &err));
        for (int64_t j = 0; j < pp_table_rows(pp_result_find(r, "margins")); j++) {
            assert_equal("margin", numbers(r, "margins", "estimate")[j],
                         numbers(s, "margins", "estimate")[j], 1e-9);
            assert_equal("error", numbers(r, "margins", "std_error")[j],
                         numbers(s, "margins", "std_error")[j], 1e-9);
        }
        pp_result_free(r);
        pp_result_free(s);
    }
    pp_fit_free(a);
    pp_fit_free(b);
    pp_table_free(data);
    pp_table_free(repeated);
}

/* Threads change no bit of what is left when groups are left out. */
static void threads_change_no_bit(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *data = random_frame(ROWS, 25);
    const pp_influence_options by_group = {.by = "group"};
    for (int s = 0; s < N_SUBJECTS; s++) {
        pp_fit *fit = fitted(SUBJECTS[s].formula, data, &SUBJECTS[s].options);
        pp_result *r[2] = {empty(), empty()};
        for (int i = 0; i < 2; i++) {
            const pp_context ctx = {.threads = 1 + 3 * i};
            assert_ok(pp_fit_influence(fit, &by_group, &ctx, r[i], &err));
            assert_ok(pp_fit_predict(fit, NULL, NULL, &ctx, r[i], &err));
        }
        size_t n = (size_t)pp_table_rows(pp_result_find(r[0], "influence"));
        assert_memory_equal(numbers(r[0], "influence", "left_out"),
                            numbers(r[1], "influence", "left_out"), n * sizeof(double));
        assert_memory_equal(numbers(r[0], "influence", "one_step"),
                            numbers(r[1], "influence", "one_step"), n * sizeof(double));
        pp_result_free(r[0]);
        pp_result_free(r[1]);
        pp_fit_free(fit);
    }
    pp_table_free(data);
}

/* Squares of deviance residuals add up to the deviance, leverages to the coefficients. */
static void residuals_add_up(void **state) {
    static const char *const weights[] = {NULL, "x3", "group"};
    static const char *const models[] = {"ols",     "logit",   "probit",
                                         "cloglog", "poisson", "negbin"};
    (void)state;
    pp_error err = {0};
    pp_table *data = random_frame(ROWS, 29);
    double *group = pp_table_find(data, "group")->number;
    for (int64_t i = 0; i < ROWS; i++) {
        group[i] = 1 + (double)(i % 3);
    }
    for (size_t m = 0; m < sizeof models / sizeof *models; m++) {
        for (int w = 0; w < 3; w++) {
            const pp_model_options o = {.model = models[m],
                                        .weights = weights[w],
                                        .weight_kind = w == 2 ? "frequency" : "sampling"};
            int negbin = strcmp(models[m], "negbin") == 0;
            pp_fit *fit = fitted(negbin ? "group ~ x1 + d" : "y ~ x1 + d", data, &o);
            pp_result *r = NULL;
            double deviance = 0, leverage = 0;
            assert_ok(pp_fit_result(fit, &r, &err));
            assert_ok(pp_fit_residuals(fit, NULL, NULL, r, &err));
            for (int64_t i = 0; i < ROWS; i++) {
                double d = numbers(r, "residuals", "deviance")[i];
                deviance += d * d;
                leverage +=
                    numbers(r, "residuals", "leverage")[i] * (w == 2 ? group[i] : 1);
            }
            assert_equal("deviance", deviance, numbers(r, "model", "deviance")[0], 1e-8);
            assert_equal("leverage", leverage, 3, 1e-8);
            pp_result_free(r);
            pp_fit_free(fit);
        }
    }
    pp_table_free(data);
}

/* One step is the whole way in a linear model. */
static void one_step_is_exact_for_linear_models(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *data = random_frame(ROWS, 26);
    const pp_model_options o = {.model = "ols", .weights = "x3"};
    const pp_influence_options by_group = {.by = "group"};
    pp_fit *fit = fitted("w ~ x1*d + region", data, &o);
    pp_result *r = empty();
    assert_ok(pp_fit_influence(fit, &by_group, NULL, r, &err));
    for (int64_t i = 0; i < pp_table_rows(pp_result_find(r, "influence")); i++) {
        assert_equal("estimate", numbers(r, "influence", "one_step")[i],
                     numbers(r, "influence", "left_out")[i], 1e-9);
    }
    pp_result_free(r);
    pp_fit_free(fit);
    pp_table_free(data);
}

/* The area is the share of pairs that are told apart, and Brier's parts add up. */
static void quality_is_what_it_says(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *data = random_frame(ROWS, 28);
    const pp_quality_options curves = {.bins = 7, .curves = 1};
    const pp_model_options o = {.model = "cloglog"};
    pp_fit *fit = fitted("y ~ region + d", data, &o); /* with ties */
    pp_result *r = empty();
    assert_ok(pp_fit_quality(fit, &curves, NULL, r, &err));
    assert_ok(pp_fit_predict(fit, NULL, NULL, NULL, r, &err));
    const double *p = numbers(r, "predictions", "estimate");
    const double *y = numbers(r, "predictions", "observed");
    double won = 0, pairs = 0;
    for (int64_t i = 0; i < ROWS; i++) {
        for (int64_t j = 0; j < ROWS; j++) {
            if (y[i] > 0 && y[j] == 0) {
                won += p[i] > p[j] ? 1 : p[i] == p[j] ? 0.5 : 0;
                pairs++;
            }
        }
    }
    assert_equal("area", numbers(r, "quality", "auc")[0], won / pairs, 1e-12);
    assert_equal("Brier", numbers(r, "quality", "brier")[0],
                 numbers(r, "quality", "reliability")[0] -
                     numbers(r, "quality", "resolution")[0] +
                     numbers(r, "quality", "uncertainty")[0] +
                     numbers(r, "quality", "within_bins")[0],
                 1e-15);
    int64_t points = pp_table_rows(pp_result_find(r, "roc"));
    assert_true(points > 5);
    assert_true(numbers(r, "roc", "sensitivity")[points - 1] == 1);
    assert_true(numbers(r, "roc", "specificity")[points - 1] == 0);
    assert_int_equal(pp_table_rows(pp_result_find(r, "separation_plot")), ROWS);
    pp_result_free(r);
    pp_fit_free(fit);
    pp_table_free(data);
}

typedef struct memory_case {
    const pp_fit *fit;
    const pp_table *data;
} memory_case;

static pp_status do_everything(void *payload, pp_error *err) {
    const memory_case *c = payload;
    const pp_margins_options margins = {.by = "region", .at = "means; x1 = 0, 1"};
    const pp_influence_options influence = {.by = "region"};
    const pp_quality_options quality = {.curves = 1};
    pp_result *r = NULL;
    pp_status status = pp_result_new("fit", &r, err);
    status =
        status == PP_OK ? pp_fit_margins_over(c->fit, &margins, NULL, r, err) : status;
    status =
        status == PP_OK ? pp_fit_predict(c->fit, c->data, "group", NULL, r, err) : status;
    status = status == PP_OK ? pp_fit_residuals(c->fit, NULL, NULL, r, err) : status;
    status =
        status == PP_OK ? pp_fit_influence(c->fit, &influence, NULL, r, err) : status;
    status = status == PP_OK ? pp_fit_quality(c->fit, &quality, NULL, r, err) : status;
    status =
        status == PP_OK ? pp_fit_explain(c->fit, "x1 > 0", NULL, NULL, r, err) : status;
    pp_result_free(r);
    return status;
}

static pp_status explain_rows(void *payload, pp_error *err) {
    const memory_case *c = payload;
    pp_result *r = NULL;
    pp_status status = pp_result_new("fit", &r, err);
    status = status == PP_OK ? pp_fit_explain(c->fit, "x1 > 2", "group", NULL, r, err)
                             : status;
    pp_result_free(r);
    return status;
}

static void memory_may_fail_anywhere(void **state) {
    (void)state;
    pp_table *data = random_frame(60, 27);
    static const int chosen[] = {1, 3};
    for (int s = 0; s < 2; s++) {
        const subject *with = &SUBJECTS[chosen[s]];
        memory_case c = {fitted(with->formula, data, &with->options), data};
        assert_true(fail_every_allocation(do_everything, &c) > 100);
        assert_true(s == 1 || fail_every_allocation(explain_rows, &c) > 20);
        pp_fit_free((pp_fit *)(uintptr_t)c.fit);
    }
    pp_table_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contributions_add_up),
        cmocka_unit_test(new_data_are_as_old),
        cmocka_unit_test(rows_that_cannot_be_predicted),
        cmocka_unit_test(origins_do_not_matter),
        cmocka_unit_test(frequencies_are_repeated_rows),
        cmocka_unit_test(threads_change_no_bit),
        cmocka_unit_test(residuals_add_up),
        cmocka_unit_test(one_step_is_exact_for_linear_models),
        cmocka_unit_test(quality_is_what_it_says),
        cmocka_unit_test(memory_may_fail_anywhere)};
    return cmocka_run_group_tests_name("property after", tests, NULL, NULL);
}
