/* Cross-sections, panels with holes and weights against the estimators written out in R; see
   tests/golden/did_rows/how.txt. */
#include "golden/golden.h"

#include <pushpull/did.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static pp_table *data, *reference;
static double worst_effect, worst_error;

static int open_case(void **state) {
    (void)state;
    data = golden_table("did_rows", "data.csv");
    reference = golden_table("did_rows", "reference.csv");
    return 0;
}

static int close_case(void **state) {
    (void)state;
    printf("largest differences: effects %.1e, errors %.1e\n", worst_effect, worst_error);
    pp_table_free(data);
    pp_table_free(reference);
    return 0;
}

static double cell(const pp_table *table, const char *column, int64_t row) {
    return pp_table_find(table, column)->number[row];
}

/* Gives 1 where the reference has the term. */
static int compare(const char *model, const char *term, double estimate, double error) {
    int found = 0;
    for (int64_t i = 0; i < pp_table_rows(reference); i++) {
        const char *quantity =
            pp_column_get_text(pp_table_find(reference, "quantity"), i);
        if (strcmp(pp_column_get_text(pp_table_find(reference, "model"), i), model) ||
            strcmp(pp_column_get_text(pp_table_find(reference, "term"), i), term)) {
            continue;
        }
        int is_effect = strcmp(quantity, "att") == 0;
        double value = cell(reference, "value", i),
               gap = fabs((is_effect ? estimate : error) - value),
               *worst = is_effect ? &worst_effect : &worst_error;
        *worst = fmax(*worst, gap);
        if (!(gap < 1e-10)) {
            fail_msg("%s %s %s: %.15g, expected %.15g", model, quantity, term,
                     is_effect ? estimate : error, value);
        }
        found++;
    }
    assert_true(found == 0 || found == 2);
    return found == 2;
}

static int compare_table(const pp_result *result, const char *name, const char *model) {
    const pp_table *t = pp_result_find(result, name);
    int n = 0;
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        char term[64];
        if (strcmp(name, "group_time") == 0) {
            snprintf(term, sizeof term, "g%.0f_t%.0f", cell(t, "cohort", i),
                     cell(t, "time", i));
        } else {
            snprintf(term, sizeof term, "h%.0f", cell(t, "horizon", i));
        }
        n += compare(model, term, cell(t, "estimate", i), cell(t, "std_error", i));
    }
    return n;
}

static void compare_design(const char *form, const char *method, int covariates,
                           int weights, const char *control, int clustered) {
    pp_error err = {0};
    pp_result *result;
    char model[96];
    snprintf(model, sizeof model, "%s_%s_%s_%s%s_%s", form, method,
             covariates ? "x" : "none", control, clustered ? "_cl" : "",
             weights ? "w" : "1");
    pp_did_options options = {.outcome = "y",
                              .unit = "id",
                              .time = "period",
                              .cohort = "g",
                              .panel = form,
                              .covariates = covariates ? "x" : NULL,
                              .weights = weights ? "w" : NULL,
                              .cluster = clustered ? "cl" : NULL,
                              .control = control,
                              .method = method,
                              .balance = -1};
    assert_ok(pp_did(data, &options, NULL, &result, &err));
    const pp_table *overall = pp_result_find(result, "overall");
    assert_int_equal(compare_table(result, "group_time", model), 15);
    assert_int_equal(compare_table(result, "dynamic", model), 8);
    assert_int_equal(compare(model, "simple", cell(overall, "estimate", 0),
                             cell(overall, "std_error", 0)),
                     1);
    assert_int_equal(compare(model, "group", cell(overall, "estimate", 2),
                             cell(overall, "std_error", 2)),
                     1);
    pp_result_free(result);
}

static void compare_form(const char *form, int weights) {
    static const char *const methods[] = {"reg", "ipw", "dr"};
    for (int m = 0; m < 3; m++) {
        compare_design(form, methods[m], 1, weights, "never", 0);
        compare_design(form, methods[m], 1, weights, "notyet", 0);
    }
    compare_design(form, "reg", 0, weights, "notyet", 0);
    compare_design(form, "dr", 1, weights, "never", 1);
}

static void panels_with_holes(void **state) {
    (void)state;
    compare_form("unbalanced", 0);
    compare_form("unbalanced", 1);
}

static void cross_sections(void **state) {
    (void)state;
    compare_form("crosssection", 0);
    compare_form("crosssection", 1);
}

static void weighted_panels(void **state) {
    (void)state;
    compare_form("balanced", 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(panels_with_holes),
        cmocka_unit_test(cross_sections),
        cmocka_unit_test(weighted_panels),
    };
    return cmocka_run_group_tests_name("golden did_rows", tests, open_case, close_case);
}
