/* What holds of bias-reduced, random-intercept and categorical models. */
#include "support/frames.h"
#include "support/support.h"

#include "model/after/response.h"

#include <pushpull/after.h>
#include <pushpull/random.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 400, MOST = 3 };

typedef struct subject {
    const char *model, *link, *bias, *formula;
} subject;

static const subject SUBJECTS[] = {
    {"firth", NULL, NULL, "y ~ x1 + x2 + offset(off)"},
    {"firth", "cloglog", "jeffreys", "y ~ x1 + x2"},
    {"firth", "probit", "median", "y ~ x1 + x2"},
    {"firth", NULL, "flic", "y ~ x1 + x2"},
    {"firth", NULL, "flac", "y ~ x1 + x2 + offset(off)"},
    {"firth", NULL, "none", "y ~ x1 + x2 + offset(off)"},
    {"relogit", NULL, NULL, "y ~ x1 + x2 + offset(off) + (1 | group)"},
    {"mlogit", NULL, NULL, "region ~ x1 + x2"},
    {"ologit", NULL, NULL, "region ~ x1 + x2 + offset(off)"},
    {"ologit", "cloglog", NULL, "region ~ x1 + x2"}};
enum { N_SUBJECTS = sizeof SUBJECTS / sizeof *SUBJECTS };

static pp_table *make_table(uint64_t seed) {
    static const char *const names[] = {"off", "times"};
    pp_error err = {0};
    pp_table *table = random_frame(ROWS, seed);
    pp_column *c[2];
    pp_rng rng;
    pp_rng_init(&rng, seed, 9, 0);
    for (int i = 0; i < 2; i++) {
        assert_ok(pp_table_add(table, PP_NUMBER, names[i], &c[i], &err));
    }
    for (int64_t i = 0; i < ROWS; i++) {
        c[0]->number[i] = pp_rng_normal(&rng) / 3;
        c[1]->number[i] = (double)(1 + pp_rng_below(&rng, MOST));
    }
    return table;
}

static pp_model_options options_of(const subject *s) {
    return (pp_model_options){.model = s->model, .link = s->link, .bias = s->bias};
}

static double *column(pp_table *table, const char *name) {
    return pp_table_find(table, name)->number;
}

static double error_of(const pp_fit *fit, int64_t j) {
    return sqrt(pp_fit_covariance(fit)[j * (pp_fit_terms(fit) + 1)]);
}

static void assert_close(const char *what, double a, double b, double by) {
    if (!(fabs(a - b) <= by)) {
        fail_msg("%s: %.15g and %.15g", what, a, b);
    }
}

/* ---- weights ---- */

static void assert_same(const subject *s, const pp_fit *a, const pp_fit *b) {
    char what[100];
    for (int64_t j = 0; j < pp_fit_terms(a); j++) {
        snprintf(what, sizeof what, "%s %s %s", s->model, s->bias ? s->bias : "",
                 pp_fit_term(a, j));
        double error = error_of(a, j);
        assert_close(what, pp_fit_estimates(a)[j], pp_fit_estimates(b)[j], 1e-8 * error);
        assert_close(what, error, error_of(b, j), 1e-8 * error);
    }
    assert_close("loglik", pp_fit_loglik(a), pp_fit_loglik(b), 1e-8);
    assert_int_equal(pp_fit_nobs(a), pp_fit_nobs(b));
}

static void frequencies_are_rows_repeated(void **state) {
    static const char *const tokens[] = {"iid", "hc1", "cluster:group"};
    int64_t rows[MOST * ROWS], n = 0;
    pp_error err = {0};
    pp_table *table = make_table(1), *repeated = NULL;
    (void)state;
    for (int64_t i = 0; i < ROWS; i++) {
        for (int t = 0; t < (int)column(table, "times")[i]; t++) {
            rows[n++] = i;
        }
    }
    assert_ok(pp_table_take_rows(table, rows, n, &repeated, &err));
    for (int s = 0; s < N_SUBJECTS; s++) {
        int flic = SUBJECTS[s].bias && strcmp(SUBJECTS[s].bias, "flic") == 0;
        for (int v = 0; v < (flic ? 1 : 3); v++) {
            pp_model_options o = options_of(&SUBJECTS[s]);
            o.vcov = tokens[v];
            pp_fit *b = fitted(SUBJECTS[s].formula, repeated, &o);
            o.weights = "times";
            o.weight_kind = "frequency";
            pp_fit *a = fitted(SUBJECTS[s].formula, table, &o);
            assert_same(&SUBJECTS[s], a, b);
            pp_fit_free(a);
            pp_fit_free(b);
        }
    }
    pp_table_free(table);
    pp_table_free(repeated);
}

/* ---- responses ---- */

/* The gradient of a mean response by each estimate, against differences. */
static void assert_gradient(pp_fit *fit, const pp__change *change, int outcome) {
    pp_error err = {0};
    double gradient[64], other[64], up, down, mean;
    pp__frame frame;
    pp__frame_used(fit, &frame);
    frame.outcome = outcome;
    assert_ok(pp__frame_response(fit, &frame, change, NULL, &mean, gradient, &err));
    for (int j = 0; j < fit->k; j++) {
        double kept = fit->estimates[j], step = 1e-5;
        fit->estimates[j] = kept + step;
        assert_ok(pp__frame_response(fit, &frame, change, NULL, &up, other, &err));
        fit->estimates[j] = kept - step;
        assert_ok(pp__frame_response(fit, &frame, change, NULL, &down, other, &err));
        fit->estimates[j] = kept;
        assert_close(fit->name[j], gradient[j], (up - down) / (2 * step), 1e-8);
    }
}

static void gradients_of_responses(void **state) {
    (void)state;
    pp_table *table = make_table(2);
    for (int s = 0; s < N_SUBJECTS; s++) {
        pp_model_options o = options_of(&SUBJECTS[s]);
        pp_fit *fit = fitted(SUBJECTS[s].formula, table, &o);
        for (int c = 0; c == 0 || c < fit->outcomes; c++) {
            assert_gradient(fit, &(pp__change){.kind = PP__AS_IS}, c);
            for (int v = 0; v < fit->design->n_variables; v++) {
                if (strcmp(fit->design->variables[v].name, "x1") == 0) {
                    assert_gradient(fit, &(pp__change){PP__TANGENT, v, 0, 0}, c);
                }
            }
        }
        pp_fit_free(fit);
    }
    pp_table_free(table);
}

/* Effects on the probabilities of all categories sum to zero. */
static void effects_sum_to_zero(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *table = make_table(3);
    for (int s = 7; s < N_SUBJECTS; s++) {
        pp_model_options o = options_of(&SUBJECTS[s]);
        pp_result *r = fit_result(SUBJECTS[s].formula, table, &o);
        pp_fit *fit = fitted(SUBJECTS[s].formula, table, &o);
        assert_ok(pp_fit_margins(fit, "sd", r, &err));
        const pp_table *margins = pp_result_find(r, "margins");
        double sum = 0;
        for (int64_t i = 0; i < pp_table_rows(margins); i++) {
            sum += pp_table_find(margins, "estimate")->number[i];
        }
        assert_int_equal(pp_table_rows(margins), 2 * fit->outcomes);
        assert_close("sum", sum, 0, 1e-14);
        pp_result_free(r);
        pp_fit_free(fit);
    }
    pp_table_free(table);
}

/* ---- firth ---- */

/* FLIC and FLAC: the mean prediction is the mean outcome. Firth's alone is nearer ½. */
static void mean_predictions(void **state) {
    static const char *const biases[] = {"flic", "flac", "mean"};
    (void)state;
    pp_table *table = make_table(4);
    double *y = column(table, "y"), mean_y = 0;
    for (int64_t i = 0; i < ROWS; i++) {
        y[i] = i % 20 == 0 || (i % 11 == 0 && y[i] > 0);
        mean_y += y[i] / ROWS;
    }
    for (int b = 0; b < 3; b++) {
        const pp_model_options o = {.model = "firth", .bias = biases[b]};
        pp_fit *fit = fitted("y ~ x1 + x2", table, &o);
        const double *beta = pp_fit_estimates(fit);
        double mean = 0;
        for (int64_t i = 0; i < ROWS; i++) {
            double eta = beta[0] + beta[1] * column(table, "x1")[i] +
                         beta[2] * column(table, "x2")[i];
            mean += 1 / (1 + exp(-eta)) / ROWS;
        }
        if (b < 2) {
            assert_close(biases[b], mean, mean_y, 1e-10);
        } else {
            assert_true(mean > mean_y + 1e-4);
        }
        pp_fit_free(fit);
    }
    pp_table_free(table);
}

/* By definition, with plain likelihood: at a bound the fall of the likelihood is that of
   the quantile, and the statistic is the root of the likelihood ratio. */
static void profile_is_what_it_says(void **state) {
    (void)state;
    pp_table *table = make_table(5);
    const pp_model_options none = {.model = "firth", .bias = "none"},
                           logit = {.model = "logit"};
    pp_result *r = fit_result("y ~ x1 + x2", table, &none);
    pp_fit *full = fitted("y ~ x1 + x2", table, &logit);
    static const char *const bounds[] = {"conf_low", "conf_high"};
    for (int b = 0; b < 2; b++) {
        char formula[100];
        snprintf(formula, sizeof formula, "y ~ x2 + offset(I((%.17g) * x1))",
                 number_at(r, "coefficients", "term", "x1", bounds[b]));
        pp_fit *there = fitted(formula, table, &logit);
        assert_close(bounds[b], 2 * (pp_fit_loglik(full) - pp_fit_loglik(there)),
                     3.841458820694124, 1e-8);
        pp_fit_free(there);
    }
    pp_fit *without = fitted("y ~ x2", table, &logit);
    double root = number_at(r, "coefficients", "term", "x1", "statistic");
    assert_close("root", root * root, 2 * (pp_fit_loglik(full) - pp_fit_loglik(without)),
                 1e-8);
    pp_fit_free(without);
    pp_fit_free(full);
    pp_result_free(r);
    pp_table_free(table);
}

static void finite_under_separation(void **state) {
    static const char *const biases[] = {"mean", "jeffreys", "median", "flic", "flac"};
    (void)state;
    pp_table *table = make_table(6);
    for (int64_t i = 0; i < ROWS; i++) {
        if (pp_table_find(table, "region")->text[i][0] == 'C') {
            column(table, "y")[i] = 0;
        }
    }
    for (int b = 0; b < 5; b++) {
        const pp_model_options o = {.model = "firth", .bias = biases[b]};
        pp_result *r = fit_result("y ~ x1 + region", table, &o);
        double estimate = number_at(r, "coefficients", "term", "regionC", "estimate");
        assert_string_equal(drops_of(r), "");
        assert_true(number_at(r, "model", "model", "firth", "converged") == 1);
        assert_true(estimate < -2 && estimate > -12);
        assert_true(
            isfinite(number_at(r, "coefficients", "term", "regionC", "conf_low")));
        pp_result_free(r);
    }
    const pp_model_options none = {.model = "firth", .bias = "none"};
    pp_result *r = fit_result("y ~ x1 + region", table, &none);
    assert_true(strstr(drops_of(r), "separated region = C") != NULL);
    pp_result_free(r);
    pp_table_free(table);
}

/* ---- random intercepts ---- */

/* Without variance between the groups it is the logit, and the test says so. */
static void no_variance(void **state) {
    (void)state;
    int found = 0;
    for (uint64_t seed = 1; seed < 12; seed++) {
        pp_table *table = make_table(seed);
        pp_rng rng;
        pp_rng_init(&rng, seed, 77, 0);
        for (int64_t i = 0; i < ROWS; i++) {
            column(table, "group")[i] = (double)(i % 40);
            column(table, "y")[i] = pp_rng_uniform(&rng) < 0.4;
        }
        const pp_model_options o = {.model = "relogit"}, logit = {.model = "logit"};
        pp_result *r = fit_result("y ~ x1 + (1 | group)", table, &o),
                  *s = fit_result("y ~ x1", table, &logit);
        double sd = pp_table_find(pp_result_find(r, "random"), "sd")->number[0];
        double p = pp_table_find(pp_result_find(r, "random"), "p_value")->number[0];
        assert_true(number_at(r, "model", "model", "relogit", "converged") == 1);
        assert_true(sd >= 0 && p > 0 && p <= 1);
        if (sd < 1e-6) {
            found++;
            assert_close("x1", number_at(r, "coefficients", "term", "x1", "estimate"),
                         number_at(s, "coefficients", "term", "x1", "estimate"), 1e-8);
            assert_close("loglik", number_at(r, "model", "model", "relogit", "loglik"),
                         number_at(s, "model", "model", "logit", "loglik"), 1e-9);
            assert_true(p > 0.49);
        }
        pp_result_free(r);
        pp_result_free(s);
        pp_table_free(table);
    }
    assert_true(found > 2);
}

/* ---- what is refused, and warned of ---- */

static void refused(void **state) {
    static const struct {
        const char *formula;
        pp_model_options options;
        pp_status code;
    } cases[] = {
        {"y ~ x1", {.model = "firth", .bias = "meen"}, PP_E_ARGUMENT},
        {"y ~ x1", {.model = "firth", .interval = "both"}, PP_E_ARGUMENT},
        {"y ~ x1", {.model = "firth", .information = "seen"}, PP_E_ARGUMENT},
        {"y ~ x1",
         {.model = "firth", .bias = "flac", .link = "probit"},
         PP_E_UNSUPPORTED},
        {"y ~ x1", {.model = "firth", .bias = "flic", .vcov = "hc1"}, PP_E_UNSUPPORTED},
        {"y ~ x1",
         {.model = "firth", .interval = "profile", .vcov = "hc1"},
         PP_E_UNSUPPORTED},
        {"y ~ x1 | region", {.model = "firth"}, PP_E_UNSUPPORTED},
        {"y ~ x1", {.model = "relogit"}, PP_E_ARGUMENT},
        {"y ~ x1 + (1 | group)", {.model = "relogit", .quadrature = 500}, PP_E_ARGUMENT},
        {"y ~ x1 + (1 | group)",
         {.model = "relogit", .vcov = "cluster:region"},
         PP_E_INPUT},
        {"x1 ~ x2", {.model = "ologit"}, PP_E_INPUT}};
    (void)state;
    pp_table *table = make_table(7);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pp_error err = {0};
        pp_fit *fit = NULL;
        assert_int_equal(
            pp_model_fit(cases[i].formula, table, &cases[i].options, NULL, &fit, &err),
            cases[i].code);
        assert_true(err.message[0] && (err.hint[0] || cases[i].code == PP_E_INPUT ||
                                       strstr(cases[i].formula, "|")));
    }
    pp_table_free(table);
}

static void infinite_categories_are_warned_of(void **state) {
    static const char *const models[] = {"mlogit", "ologit"};
    (void)state;
    pp_table *table = make_table(8);
    for (int64_t i = 0; i < ROWS; i++) {
        column(table, "group")[i] = column(table, "d")[i] > 0 ? 2 : (double)(i % 2);
    }
    for (int m = 0; m < 2; m++) {
        const pp_model_options o = {.model = models[m]};
        pp_result *r = fit_result("group ~ x1 + d", table, &o);
        int separation = 0, not_converged = 0;
        for (int i = 0; i < pp_result_warnings(r); i++) {
            const char *code = pp_result_warning(r, i)->code;
            separation |= strcmp(code, "separation") == 0;
            not_converged |= strcmp(code, "not_converged") == 0;
        }
        assert_true(separation && not_converged);
        pp_result_free(r);
    }
    pp_table_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frequencies_are_rows_repeated),
        cmocka_unit_test(gradients_of_responses),
        cmocka_unit_test(effects_sum_to_zero),
        cmocka_unit_test(mean_predictions),
        cmocka_unit_test(profile_is_what_it_says),
        cmocka_unit_test(finite_under_separation),
        cmocka_unit_test(no_variance),
        cmocka_unit_test(refused),
        cmocka_unit_test(infinite_categories_are_warned_of)};
    return cmocka_run_group_tests_name("property reduced", tests, NULL, NULL);
}
