/* What comes after estimation, against R. */
#include "golden/golden.h"

#include <pushpull/after.h>

#include <stdio.h>
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(margins_over_groups_and_settings)};
    return cmocka_run_group_tests_name("after", tests, NULL, NULL);
}
