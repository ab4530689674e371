/* What comes after estimation, against R. */
#define MATHLIB_STANDALONE
#include "golden/golden.h"

#include <pushpull/after.h>

#include <Rmath.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double EXACT = 1e-8;

typedef struct subject {
    const char *name, *formula;
    pp_model_options options;
} subject;

static const subject SUBJECTS[] = {
    {"A", "y ~ x1*x2 + d + factor(region)", {.model = "logit", .ssc = "none"}},
    {"B",
     "c ~ x1 + d + factor(region) + offset(log(e))",
     {.model = "poisson", .ssc = "none"}},
    {"C", "w ~ x1 + log(x2) + factor(region)", {.model = "ols"}},
    {"P", "y ~ x1*x2 + d + factor(region)", {.model = "probit"}},
    {"F", "y ~ x1*x2 + d | region", {.model = "logit", .ssc = "none"}},
    {"W",
     "y ~ x1 + d",
     {.model = "logit", .ssc = "none", .weights = "f", .weight_kind = "frequency"}}};

static pp_fit *fit_of(const char *name, const pp_table *data) {
    for (size_t i = 0; i < sizeof SUBJECTS / sizeof *SUBJECTS; i++) {
        if (strcmp(SUBJECTS[i].name, name) == 0) {
            return golden_fit(data, SUBJECTS[i].formula, &SUBJECTS[i].options);
        }
    }
    fail_msg("no subject %s", name);
    return NULL;
}

/* The row in which text columns `key` begin with `value`. */
static int64_t row_of(const pp_table *t, const char *const *key, const char *const *value,
                      int n) {
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        int same = 1;
        for (int k = 0; k < n; k++) {
            same &= strncmp(pp_table_find(t, key[k])->text[i], value[k],
                            strlen(value[k])) == 0;
        }
        if (same) {
            return i;
        }
    }
    fail_msg("no row of %s", value[0]);
    return -1;
}

typedef struct question {
    const char *model, *by, *at;
    const char *table, *key; /* the column that tells cells apart; NULL: one cell */
    const char *reference;   /* the reference's name of the model is this and the cell */
    const char *cell;
} question;

static const question QUESTIONS[] = {
    {"A", NULL, NULL, "margins", NULL, "A", ""},
    {"A", NULL, "means", "margins", NULL, "A means", ""},
    {"A", "region", NULL, "margins", "group", "A by ", "Africa"},
    {"A", "region", NULL, "margins", "group", "A by ", "Europe"},
    {"A", "region", NULL, "margin_differences", "difference", "A ", "Asia - Africa"},
    {"A", "region", NULL, "margin_differences", "difference", "A ", "Europe - Africa"},
    {"A", NULL, "x2 = 0.5, 3", "margins", "at", "A ", "x2 = 0.5"},
    {"A", NULL, "x2 = 0.5, 3", "margins", "at", "A ", "x2 = 3"},
    {"A", NULL, "x2 = 0.5, 3", "margin_differences", "difference", "A ",
     "x2 = 3 - x2 = 0.5"},
    {"B", NULL, NULL, "margins", NULL, "B", ""},
    {"F", NULL, NULL, "margins", NULL, "F", ""},
    {"F", "region", NULL, "margins", "group", "F by ", "Asia"},
    {"W", NULL, NULL, "margins", NULL, "W", ""}};

static int compare(const question *q, const pp_result *r, const pp_table *reference) {
    const pp_table *t = pp_result_find(r, q->table);
    const pp_column *model = pp_table_find(reference, "model");
    const pp_column *term = pp_table_find(reference, "term");
    int compared = 0;
    char name[100];
    snprintf(name, sizeof name, "%s%s", q->reference, q->cell);
    for (int64_t i = 0; i < pp_table_rows(reference); i++) {
        const char *quantity = pp_table_find(reference, "quantity")->text[i];
        if (strcmp(model->text[i], name) != 0 || !pp_table_find(t, quantity)) {
            continue;
        }
        int is_level = strcmp(term->text[i], "Asia") == 0;
        const char *key[] = {is_level ? "contrast" : "term", q->key};
        const char *value[] = {term->text[i], q->cell};
        int64_t row = row_of(t, key, value, q->key ? 2 : 1);
        assert_near(name, pp_table_find(t, quantity)->number[row],
                    pp_table_find(reference, "value")->number[i], EXACT);
        compared++;
    }
    return compared;
}

static void margins_over_groups_and_settings(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *data = golden_table("after", "data.csv");
    pp_table *reference = golden_table("after", "reference.csv");
    for (size_t i = 0; i < sizeof QUESTIONS / sizeof *QUESTIONS; i++) {
        const question *q = &QUESTIONS[i];
        const pp_margins_options o = {.by = q->by, .at = q->at};
        pp_fit *fit = fit_of(q->model, data);
        pp_result *r = NULL;
        assert_ok(pp_result_new("fit", &r, &err));
        assert_ok(pp_fit_margins_over(fit, &o, NULL, r, &err));
        assert_true(compare(q, r, reference) >= 2);
        pp_result_free(r);
        pp_fit_free(fit);
    }
    pp_table_free(data);
    pp_table_free(reference);
}

/* A number of a table of rows. */
static double row_number(const pp_result *r, const char *table, const char *column,
                         const char *row) {
    const pp_table *t = pp_result_find(r, table);
    return pp_table_find(t, column)->number[strtol(row, NULL, 10) - 1];
}

/* The numbers of table `influence` in the row of a group and a term. */
static double without(const pp_result *r, const char *column, const char *group,
                      const char *term) {
    const pp_table *t = pp_result_find(r, "influence");
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        if (strcmp(pp_table_find(t, "without")->text[i], group) == 0 &&
            strcmp(pp_table_find(t, "term")->text[i], term) == 0) {
            return pp_table_find(t, column)->number[i];
        }
    }
    fail_msg("no group %s", group);
    return NAN;
}

typedef struct mapping {
    const char *quantity, *table, *column;
} mapping;

static const mapping OF_ROWS[] = {{"link", "predictions", "linear_predictor"},
                                  {"link_error", "predictions", "linear_error"},
                                  {"response", "predictions", "estimate"},
                                  {"response_error", "predictions", "std_error"},
                                  {"low", "predictions", "conf_low"},
                                  {"high", "predictions", "conf_high"},
                                  {"response", "residuals", "response"},
                                  {"pearson", "residuals", "pearson"},
                                  {"deviance", "residuals", "deviance"},
                                  {"working", "residuals", "working"},
                                  {"leverage", "residuals", "leverage"},
                                  {"cook", "residuals", "cook"}};

/* `response` is a prediction in the first three rows that the reference names, and a
   residual in the rest. */
static int compare_rows(const pp_result *r, const pp_table *reference,
                        const char *model) {
    int compared = 0, responses = 0;
    for (int64_t i = 0; i < pp_table_rows(reference); i++) {
        const char *quantity = pp_table_find(reference, "quantity")->text[i];
        const char *row = pp_table_find(reference, "term")->text[i];
        if (strcmp(pp_table_find(reference, "model")->text[i], model) != 0) {
            continue;
        }
        int response = strcmp(quantity, "response") == 0;
        responses += response;
        for (size_t m = 0; m < sizeof OF_ROWS / sizeof *OF_ROWS; m++) {
            const mapping *of = &OF_ROWS[m];
            int first = strcmp(of->table, "predictions") == 0;
            if (strcmp(of->quantity, quantity) == 0 &&
                (!response || first == (responses <= 3))) {
                assert_near(quantity, row_number(r, of->table, of->column, row),
                            pp_table_find(reference, "value")->number[i], EXACT);
                compared++;
            }
        }
    }
    return compared;
}

static void predictions_and_residuals(void **state) {
    static const char *const models[] = {"A", "B", "C"};
    (void)state;
    pp_error err = {0};
    pp_table *data = golden_table("after", "data.csv");
    pp_table *reference = golden_table("after", "reference.csv");
    for (int m = 0; m < 3; m++) {
        pp_fit *fit = fit_of(models[m], data);
        pp_result *r = NULL;
        assert_ok(pp_result_new("fit", &r, &err));
        assert_ok(pp_fit_predict(fit, NULL, NULL, NULL, r, &err));
        assert_ok(pp_fit_residuals(fit, "unit", NULL, r, &err));
        assert_int_equal(compare_rows(r, reference, models[m]), 36);
        pp_result_free(r);
        pp_fit_free(fit);
    }
    pp_table_free(data);
    pp_table_free(reference);
}

static void influence_of_rows_and_groups(void **state) {
    static const char *const models[] = {"A", "B", "C"},
                             *const groups[] = {"1", "7", "40"},
                             *const rows[] = {"1", "17", "400"};
    (void)state;
    pp_error err = {0};
    pp_table *data = golden_table("after", "data.csv");
    pp_table *reference = golden_table("after", "reference.csv");
    for (int m = 0; m < 3; m++) {
        const pp_influence_options by_unit = {.by = "unit", .term = "x1"};
        pp_fit *fit = fit_of(models[m], data);
        double b = pp_fit_estimates(fit)[1];
        pp_result *clusters = NULL, *each = NULL;
        assert_ok(pp_result_new("fit", &clusters, &err));
        assert_ok(pp_result_new("fit", &each, &err));
        assert_ok(pp_fit_influence(fit, &by_unit, NULL, clusters, &err));
        assert_ok(pp_fit_influence(fit, NULL, NULL, each, &err));
        for (int i = 0; i < 3; i++) {
            const char *model = models[m], *g = groups[i];
            assert_near("one step", without(clusters, "one_step", g, "x1"),
                        b - golden_value(reference, model, "one_step", g), EXACT);
            assert_near("left out", without(clusters, "left_out", g, "x1"),
                        golden_value(reference, model, "left_out", g), EXACT);
            double z = golden_value(reference, model, "left_out", g) /
                       golden_value(reference, model, "left_out_error", g);
            double df = 400 - 10 - (double)pp_fit_terms(fit);
            assert_near("p", without(clusters, "p_value", g, "x1"),
                        m == 2 ? 2 * pt(-z, df, 1, 0) : 2 * pnorm5(-z, 0, 1, 1, 0), 1e-6);
            assert_near("dfbeta", without(each, "one_step", rows[i], "x1"),
                        b - golden_value(reference, model, "dfbeta", rows[i]), EXACT);
        }
        pp_result_free(clusters);
        pp_result_free(each);
        pp_fit_free(fit);
    }
    pp_table_free(data);
    pp_table_free(reference);
}

static const mapping OF_FITS[] = {
    {"auc", "quality", "auc"},
    {"auc_error", "quality", "auc_std_error"},
    {"brier", "quality", "brier"},
    {"log_score", "quality", "log_score"},
    {"reliability", "quality", "reliability"},
    {"resolution", "quality", "resolution"},
    {"uncertainty", "quality", "uncertainty"},
    {"calibration_slope", "quality", "calibration_slope"},
    {"calibration_intercept", "quality", "calibration_intercept"},
    {"mcfadden", "quality", "mcfadden"},
    {"cox_snell", "quality", "cox_snell"},
    {"nagelkerke", "quality", "nagelkerke"},
    {"tjur", "quality", "tjur"},
    {"aic", "quality", "aic"},
    {"aicc", "quality", "aicc"},
    {"bic", "quality", "bic"},
    {"gvif", "vif", "gvif"},
    {"gvif_scaled", "vif", "gvif_scaled"}};

/* Terms are named by their first letters: factor() is R's region. */
static double quality_number(const pp_result *r, const mapping *of, const char *term) {
    const pp_table *t = pp_result_find(r, of->table);
    int64_t row = 0;
    if (strcmp(of->table, "vif") == 0) {
        static const char *const key[] = {"term"};
        const char *name[] = {strcmp(term, "region") == 0 ? "factor(region)" : term};
        row = row_of(t, key, name, 1);
    }
    return pp_table_find(t, of->column)->number[row];
}

static int compare_quality(const pp_result *r, const pp_table *reference,
                           const char *model) {
    int compared = 0;
    for (int64_t i = 0; i < pp_table_rows(reference); i++) {
        const char *quantity = pp_table_find(reference, "quantity")->text[i];
        const char *term = pp_table_find(reference, "term")->text[i];
        if (strcmp(pp_table_find(reference, "model")->text[i], model) != 0) {
            continue;
        }
        for (size_t m = 0; m < sizeof OF_FITS / sizeof *OF_FITS; m++) {
            if (strcmp(OF_FITS[m].quantity, quantity) == 0) {
                /* an intercept is to be judged beside one: it is zero but for rounding */
                double shift = strcmp(quantity, "calibration_intercept") == 0;
                assert_near(quantity, shift + quality_number(r, &OF_FITS[m], term),
                            shift + pp_table_find(reference, "value")->number[i], EXACT);
                compared++;
            }
        }
    }
    return compared;
}

static void quality_of_fits(void **state) {
    static const struct {
        const char *model;
        int values;
    } cases[] = {{"A", 14}, {"B", 6}, {"C", 7}, {"P", 2}};
    (void)state;
    pp_error err = {0};
    pp_table *data = golden_table("after", "data.csv");
    pp_table *reference = golden_table("after", "reference.csv");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pp_fit *fit = fit_of(cases[i].model, data);
        pp_result *r = NULL;
        assert_ok(pp_result_new("fit", &r, &err));
        assert_ok(pp_fit_quality(fit, NULL, NULL, r, &err));
        assert_int_equal(compare_quality(r, reference, cases[i].model), cases[i].values);
        pp_result_free(r);
        pp_fit_free(fit);
    }
    pp_table_free(data);
    pp_table_free(reference);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(margins_over_groups_and_settings),
                                       cmocka_unit_test(predictions_and_residuals),
                                       cmocka_unit_test(influence_of_rows_and_groups),
                                       cmocka_unit_test(quality_of_fits)};
    return cmocka_run_group_tests_name("after", tests, NULL, NULL);
}
