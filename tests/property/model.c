/* What holds of every estimator on any data. */
#include "support/frames.h"
#include "support/support.h"

#include "model/after/response.h"

#include <pushpull/random.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 900, YEARS = 9 };

typedef struct subject {
    const char *model, *link, *formula, *vcov;
    const char *ssc; /* fixest's repair of two-way covariances depends on units */
} subject;

static const subject SUBJECTS[] = {
    {"ols", NULL, "w ~ x1 + log(x3)*d + region", "hc3", NULL},
    {"ols", NULL, "w ~ x1 + I(x2^2) + region", "cluster:group", NULL},
    {"ols", NULL, "w ~ x1 + log(x3)*d | unit + time", "cluster:unit", NULL},
    {"ols", NULL, "w ~ x1 + x2 | unit + group + region", "hc1", NULL},
    {"logit", NULL, "y ~ x1 + x2 + log(x3)*d + region", "iid", NULL},
    {"logit", NULL, "y ~ x1 + x2 + region", "cluster:group+unit", "none"},
    {"probit", NULL, "y ~ x1*d + x3", "cluster:group", NULL},
    {"cloglog", NULL, "y ~ x1 + x2 + factor(region, ref = 'C')", "hc2", NULL},
    {"iv", NULL, "w ~ x1 + region | x2 ~ log(x3) + d", "cluster:group", NULL},
    {"poisson", NULL, "abs(w) ~ x1 + log(x3)*d + region", "hc2", NULL},
    {"negbin", NULL, "I(exp(w)) ~ x1 + x2 + region", "hc1", NULL},
    {"firth", "logit", "y ~ x1 + x2 + region", "iid", NULL},
    {"firth", "probit", "y ~ x1 + log(x3)*d", "hc2", NULL},
    {"ols", NULL, "w ~ x1 + x2 + region", "cr2:group", NULL},
    {"logit", NULL, "y ~ x1 + x2", "cr2:unit", NULL},
    {"probit", NULL, "y ~ x1 + x2", "cr3:group", NULL},
    {"ols", NULL, "w ~ x1 + x2", "dk:time", NULL},
    {"logit", NULL, "y ~ x1 + x2", "cr1:group+unit+time", "none"},
    {"ols", NULL, "w ~ x1 + x2", "conley:lat+lon:900:bartlett", "none"},
    {"mlogit", NULL, "region ~ x1 + x2 + log(x3)", "cluster:group", "none"},
    {"ologit", "probit", "region ~ x1 + d", "hc1", NULL},
    {"relogit", NULL, "y ~ x1 + x2 + (1 | group)", "hc0", NULL},
    {"cox", NULL, "Surv(time, time + 1, y) ~ x1 + log(x3) + region + strata(group)",
     "cluster:unit", NULL},
    {"cox", NULL, "Surv(x3, y) ~ x1 + x2 + region", "hc1", NULL},
    {"clogit", NULL, "y ~ x1 + I(x2^2) + region + strata(unit)", "hc1", NULL},
    {"ols", NULL, "w ~ x1 + x2 | region + group", "hc3", NULL},
    {"hazard", "logit", "Surv(lo, hi, type = interval) ~ x1 + x2 + region", "hc1", NULL},
    {"hazard", "cloglog", "Surv(lo, hi, type = interval) ~ x1 + I(x2^2)", "cluster:unit",
     NULL}};

enum { N_SUBJECTS = sizeof SUBJECTS / sizeof *SUBJECTS };

/* A random frame that is also 100 units of nine years with intervals of three. */
static pp_table *make_table(uint64_t seed) {
    static const char *const names[] = {"unit", "time", "lo", "hi", "lat", "lon"};
    pp_error err = {0};
    pp_column *c[6];
    pp_table *table = random_frame(ROWS, seed);
    const double *y = pp_table_find(table, "y")->number;
    for (int i = 0; i < 6; i++) {
        assert_ok(pp_table_add(table, PP_NUMBER, names[i], &c[i], &err));
    }
    for (int64_t i = 0; i < ROWS; i++) {
        int64_t first = i / YEARS * YEARS, year = 0;
        while (year < YEARS && !(y[first + year] > 0 && (first + year) % 3 == 0)) {
            year++;
        }
        c[0]->number[i] = (double)(i / YEARS);
        c[1]->number[i] = (double)(i % YEARS);
        c[4]->number[i] = (double)(i / YEARS) * 1.6 - 75;
        c[5]->number[i] = (double)(i / YEARS * 47 % 360) - 180;
        if (year < YEARS) {
            c[2]->number[i] = (double)year;
            c[3]->number[i] = fmin((double)year + (double)(first % 4), YEARS - 1);
        }
    }
    pp_table_find(table, "x1")->number[13] = NAN;
    return table;
}

static pp_model_options options_of(const subject *s) {
    return (pp_model_options){.model = s->model,
                              .link = s->link,
                              .vcov = s->vcov,
                              .ssc = s->ssc,
                              .unit = "unit",
                              .time = "time"};
}

static pp_fit *fit_with(const subject *s, const pp_table *table, int threads) {
    pp_error err = {0};
    pp_fit *fit = NULL;
    pp_context ctx = {.threads = threads};
    pp_model_options o = options_of(s);
    assert_ok(pp_model_fit(s->formula, table, &o, &ctx, &fit, &err));
    return fit;
}

static int64_t find_term(const pp_fit *fit, const char *term) {
    for (int64_t j = 0; j < pp_fit_terms(fit); j++) {
        if (strcmp(pp_fit_term(fit, j), term) == 0) {
            return j;
        }
    }
    fail_msg("no term %s", term);
    return -1;
}

static double error_of(const pp_fit *fit, int64_t j) {
    return sqrt(pp_fit_covariance(fit)[j * (pp_fit_terms(fit) + 1)]);
}

static void assert_close(const char *what, const char *term, double a, double b,
                         double by) {
    if (!(fabs(a - b) <= by) && !(isnan(a) && isnan(b))) {
        fail_msg("%s of %s: %.15g and %.15g", what, term, a, b);
    }
}

/* The same estimates and errors, to `digits` of a standard error, term by name. */
static void assert_same(const pp_fit *a, const pp_fit *b, double digits) {
    assert_int_equal(pp_fit_terms(a), pp_fit_terms(b));
    assert_close("likelihood", "all", pp_fit_loglik(a), pp_fit_loglik(b), 1e-9);
    for (int64_t j = 0; j < pp_fit_terms(a); j++) {
        const char *term = pp_fit_term(a, j);
        int64_t i = a->equation ? j : find_term(b, term);
        double error = error_of(a, j);
        assert_close("estimate", term, pp_fit_estimates(a)[j], pp_fit_estimates(b)[i],
                     digits * error);
        assert_close("error", term, error, error_of(b, i), digits * error);
    }
}

static void order_of_rows(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *table = make_table(1), *shuffled = NULL;
    int64_t rows[ROWS];
    pp_rng rng;
    pp_rng_init(&rng, 4, 0, 0);
    for (int64_t i = 0; i < ROWS; i++) {
        int64_t j = pp_rng_below(&rng, i + 1);
        rows[i] = rows[j];
        rows[j] = i;
    }
    assert_ok(pp_table_take_rows(table, rows, ROWS, &shuffled, &err));
    for (int s = 0; s < N_SUBJECTS; s++) {
        pp_fit *a = fit_with(&SUBJECTS[s], table, 1);
        pp_fit *b = fit_with(&SUBJECTS[s], shuffled, 1);
        assert_same(a, b, 1e-8);
        pp_fit_free(a);
        pp_fit_free(b);
    }
    pp_table_free(table);
    pp_table_free(shuffled);
}

static void threads_change_no_bit(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *once = make_table(2), *table = NULL;
    static int64_t rows[30 * ROWS];
    for (int64_t i = 0; i < 30 * ROWS; i++) {
        rows[i] = i / 30;
    }
    assert_ok(pp_table_take_rows(once, rows, 30 * ROWS, &table, &err));
    for (int64_t i = 0; i < 30 * ROWS; i++) {
        pp_table_find(table, "unit")->number[i] += 1000.0 * (double)(i % 30);
    }
    for (int s = 0; s < N_SUBJECTS; s++) {
        pp_fit *one = fit_with(&SUBJECTS[s], table, 1);
        for (int threads = 2; threads <= 4; threads += 2) {
            pp_fit *many = fit_with(&SUBJECTS[s], table, threads);
            size_t k = (size_t)pp_fit_terms(one);
            assert_memory_equal(pp_fit_estimates(one), pp_fit_estimates(many),
                                k * sizeof(double));
            assert_memory_equal(pp_fit_covariance(one), pp_fit_covariance(many),
                                k * k * sizeof(double));
            pp_fit_free(many);
        }
        pp_fit_free(one);
    }
    pp_table_free(once);
    pp_table_free(table);
}

/* x1 in other units and from another origin: its coefficient changes by the unit alone.
 */
static void assert_unit_free(const subject *s, double scale, double origin) {
    pp_table *table = make_table(3);
    double *x = pp_table_find(table, "x1")->number;
    pp_fit *before = fit_with(s, table, 1);
    for (int64_t i = 0; i < ROWS; i++) {
        x[i] = (x[i] + origin) * scale;
    }
    pp_fit *after = fit_with(s, table, 1);
    int64_t j = find_term(before, "x1");
    double error = error_of(before, j);
    assert_close("estimate", "x1", pp_fit_estimates(after)[j] * scale,
                 pp_fit_estimates(before)[j], 1e-6 * error);
    assert_close("error", "x1", error_of(after, j) * scale, error, 1e-6 * error);
    assert_close("likelihood", "all", pp_fit_loglik(after), pp_fit_loglik(before), 1e-6);
    pp_fit_free(before);
    pp_fit_free(after);
    pp_table_free(table);
}

static void units_and_origins(void **state) {
    (void)state;
    for (int s = 0; s < N_SUBJECTS; s++) {
        if (!strstr(SUBJECTS[s].formula, "x1*")) {
            assert_unit_free(&SUBJECTS[s], 1e-7, 0);
            assert_unit_free(&SUBJECTS[s], 1e8, 1e6);
            assert_unit_free(&SUBJECTS[s], 1, -1e7);
        }
    }
}

/* Every row twice in its cluster: the same estimates and, without a small-sample factor,
   the same clustered covariance. */
static void rows_twice(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *table = make_table(4), *twice = NULL;
    int64_t rows[2 * ROWS];
    for (int64_t i = 0; i < 2 * ROWS; i++) {
        rows[i] = i / 2;
    }
    assert_ok(pp_table_take_rows(table, rows, 2 * ROWS, &twice, &err));
    for (int s = 0; s < N_SUBJECTS; s++) {
        subject clustered = SUBJECTS[s];
        if (strcmp(clustered.model, "hazard") == 0 ||
            strcmp(clustered.model, "relogit") == 0 ||
            strcmp(clustered.model, "cox") == 0 || /* other ties */
            strcmp(clustered.model, "clogit") == 0 ||
            strcmp(clustered.model, "firth") == 0) { /* twice the rows, half the bias */
            continue;
        }
        clustered.vcov = "cr0:group";
        pp_fit *a = fit_with(&clustered, table, 1), *b = fit_with(&clustered, twice, 1);
        for (int64_t j = 0; j < pp_fit_terms(a); j++) {
            double error = error_of(a, j);
            assert_close("estimate", pp_fit_term(a, j), pp_fit_estimates(a)[j],
                         pp_fit_estimates(b)[j], 1e-8 * error);
            assert_close("error", pp_fit_term(a, j), error, error_of(b, j), 1e-8 * error);
        }
        pp_fit_free(a);
        pp_fit_free(b);
    }
    pp_table_free(table);
    pp_table_free(twice);
}

/* Other names of regions and other codes of clusters change nothing but names. */
static void labels_permuted(void **state) {
    static const char *const names[] = {"A9", "B8", "C7", "D6", "E5"};
    (void)state;
    pp_error err = {0};
    pp_table *table = make_table(5);
    const pp_model_options o = {.model = "logit", .vcov = "cluster:group", NULL};
    const char formula[] = "y ~ x1 + factor(region, ref = '%s')";
    char text[100];
    snprintf(text, sizeof text, formula, "C");
    pp_fit *a = fitted(text, table, &o);
    pp_column *region = pp_table_find(table, "region");
    for (int64_t i = 0; i < ROWS; i++) {
        char name[8];
        snprintf(name, sizeof name, "z%s", names['E' - region->text[i][0]]);
        assert_ok(pp_column_set_text(table, region, i, name, &err));
        double *group = &pp_table_find(table, "group")->number[i];
        *group = 1000 - 2.5 * *group;
    }
    snprintf(text, sizeof text, formula, "zC7");
    pp_fit *b = fitted(text, table, &o);
    int64_t k = pp_fit_terms(a);
    assert_int_equal(k, pp_fit_terms(b));
    for (int64_t j = 0; j < k; j++) {
        int64_t i = j < 2 ? j : k + 1 - j; /* the levels now stand the other way round */
        assert_close("estimate", pp_fit_term(a, j), pp_fit_estimates(a)[j],
                     pp_fit_estimates(b)[i], 1e-9);
        assert_close("error", pp_fit_term(a, j), error_of(a, j), error_of(b, i), 1e-9);
    }
    pp_fit_free(a);
    pp_fit_free(b);
    pp_table_free(table);
}

/* Marginal effects are differences of what profiles predict: exactly for 0/1 variables,
   and for others where the profile is steep all the way, by the mean value theorem. */
static void margins_agree_with_profiles(void **state) {
    static const double both[] = {0, 1};
    (void)state;
    pp_error err = {0};
    pp_table *table = make_table(6);
    for (int s = 0; s < N_SUBJECTS; s++) {
        if (!strstr(SUBJECTS[s].formula, "d")) {
            continue;
        }
        pp_fit *fit = fit_with(&SUBJECTS[s], table, 1);
        pp_result *r = NULL;
        assert_ok(pp_fit_result(fit, &r, &err));
        assert_ok(pp_fit_margins(fit, "sd", r, &err));
        if (pp_fit_profile(fit, "d", both, 2, "profile", r, &err) == PP_OK) {
            const double *mean =
                pp_table_find(pp_result_find(r, "profile"), "estimate")->number;
            assert_close("margin", "d", number_at(r, "margins", "term", "d", "estimate"),
                         mean[1] - mean[0], 1e-12);
        }
        pp_result_free(r);
        pp_fit_free(fit);
    }
    pp_table_free(table);
}

/* For any terms: the effect of x is how the mean prediction moves when x moves in every
 * row. */
static double mean_with(pp_fit *fit, const char *variable, double shift) {
    const pp__change as_is = {.kind = PP__AS_IS};
    pp_error err = {0};
    double gradient[64], mean = 0;
    for (int v = 0; v < fit->design->n_variables; v++) {
        pp__variable *x = &fit->design->variables[v];
        if (strcmp(x->name, variable) == 0) {
            const double *kept = x->value;
            double moved[ROWS];
            for (int64_t i = 0; i < fit->design->n; i++) {
                moved[i] = kept[i] + shift;
            }
            x->value = moved;
            assert_ok(pp__mean_response(fit, &as_is, NULL, &mean, gradient, &err));
            x->value = kept;
        }
    }
    return mean;
}

static void margins_are_derivatives(void **state) {
    static const char *const formulas[] = {"y ~ x1 + x2 + x3", "y ~ log(x3) + I(x1^2)*d",
                                           "y ~ x1*x3 + region:x3 + sqrt(x3)",
                                           "y ~ I(exp(x1/3) - abs(x2)/x3) + x3"};
    static const char *const variables[] = {"x1", "x3"};
    (void)state;
    const double step = 1e-5;
    pp_error err = {0};
    for (size_t f = 0; f < 4; f++) {
        pp_table *table = make_table(8);
        const pp_model_options o = {.model = "probit"};
        pp_fit *fit = fitted(formulas[f], table, &o);
        pp_result *r = NULL;
        assert_ok(pp_fit_result(fit, &r, &err));
        assert_ok(pp_fit_margins(fit, "unit", r, &err));
        for (int v = 0; v < 2; v++) {
            double slope = number_at(r, "margins", "term", variables[v], "estimate");
            double up = mean_with(fit, variables[v], step);
            double down = mean_with(fit, variables[v], -step);
            assert_close("margin", variables[v], slope, (up - down) / (2 * step), 1e-7);
        }
        pp_result_free(r);
        pp_fit_free(fit);
        pp_table_free(table);
    }
}

typedef struct memory_case {
    const subject *subject;
    const pp_table *table;
} memory_case;

static pp_status fit_all(void *payload, pp_error *err) {
    const memory_case *c = payload;
    const double values[] = {-1, 1};
    pp_fit *fit = NULL;
    pp_result *result = NULL;
    pp_model_options o = options_of(c->subject);
    pp_status status = pp_model_fit(c->subject->formula, c->table, &o, NULL, &fit, err);
    status = status == PP_OK ? pp_fit_result(fit, &result, err) : status;
    int responds = strcmp(o.model, "cox") != 0 && strcmp(o.model, "clogit") != 0;
    status =
        status == PP_OK && responds ? pp_fit_margins(fit, "sd", result, err) : status;
    status = status == PP_OK && responds && !fit->outcomes
                 ? pp_fit_profile(fit, "x1", values, 2, "profile", result, err)
                 : status;
    pp_result_free(result);
    pp_fit_free(fit);
    return status;
}

static void memory_may_fail_anywhere(void **state) {
    (void)state;
    pp_table *table = make_table(7);
    for (int64_t i = 0; i < ROWS; i++) { /* a separated region */
        if (pp_table_find(table, "region")->text[i][0] == 'B') {
            pp_table_find(table, "y")->number[i] = 0;
        }
    }
    for (int s = 0; s < N_SUBJECTS; s++) {
        memory_case c = {&SUBJECTS[s], table};
        assert_true(fail_every_allocation(fit_all, &c) > 30);
    }
    pp_table_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(order_of_rows),
                                       cmocka_unit_test(threads_change_no_bit),
                                       cmocka_unit_test(units_and_origins),
                                       cmocka_unit_test(rows_twice),
                                       cmocka_unit_test(labels_permuted),
                                       cmocka_unit_test(margins_are_derivatives),
                                       cmocka_unit_test(margins_agree_with_profiles),
                                       cmocka_unit_test(memory_may_fail_anywhere)};
    return cmocka_run_group_tests_name("property model", tests, NULL, NULL);
}
