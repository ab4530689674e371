/* Occupancy against unmarked and against likelihoods written out in R; see
   tests/golden/occupancy/how.txt. */
#include "golden/golden.h"

#include <pushpull/occupancy.h>

#include <stdio.h>
#include <string.h>

static pp_table *sim, *sim_reference, *forms, *forms_reference;

static int open_case(void **state) {
    (void)state;
    sim = golden_table("occupancy", "sim.csv");
    sim_reference = golden_table("occupancy", "reference.csv");
    forms = golden_table("occupancy", "forms.csv");
    forms_reference = golden_table("occupancy", "forms_reference.csv");
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_table_free(sim);
    pp_table_free(sim_reference);
    pp_table_free(forms);
    pp_table_free(forms_reference);
    return 0;
}

static pp_result *occupancy(const pp_table *data, const pp_occupancy_options *options) {
    pp_error err = {0};
    pp_result *result = NULL;
    assert_ok(pp_occupancy(data, options, NULL, &result, &err));
    return result;
}

static double value(const pp_result *result, const char *table, const char *column,
                    int64_t row) {
    return pp_table_find(pp_result_find(result, table), column)->number[row];
}

/* As unmarked writes it: "psi(x)"; or with a space: "state x". */
static void name_term(const pp_result *r, int64_t row, int unmarked, char *out,
                      size_t n) {
    const pp_table *t = pp_result_find(r, "coefficients");
    const char *part = pp_column_get_text(pp_table_find(t, "part"), row);
    const char *term = pp_column_get_text(pp_table_find(t, "term"), row);
    const char *shown = strcmp(term, "(Intercept)") == 0 ? "Int" : term;
    const char *function = strcmp(part, "state") == 0       ? "psi"
                           : strcmp(part, "abundance") == 0 ? "lam"
                                                            : "p";
    if (unmarked) {
        snprintf(out, n, "%s(%s)", function, shown);
    } else {
        snprintf(out, n, "%s %s", part, term);
    }
}

typedef struct digits {
    const char *errors; /* the quantity; NULL: none */
    double loglik, coef, error;
    int unmarked;
} digits;

static void compare(const pp_result *r, const pp_table *reference, const char *model,
                    const digits *d) {
    int64_t n = pp_table_rows(pp_result_find(r, "coefficients"));
    char term[80];
    for (int64_t i = 0; i < n; i++) {
        name_term(r, i, d->unmarked, term, sizeof term);
        assert_near(term, value(r, "coefficients", "estimate", i),
                    golden_value(reference, model, "coef", term), d->coef);
        if (d->errors) {
            assert_near(term, value(r, "coefficients", "std_error", i),
                        golden_value(reference, model, d->errors, term), d->error);
        }
    }
    assert_near("negloglik", -value(r, "model", "loglik", 0),
                golden_value(reference, model, "negloglik", "_"), d->loglik);
    assert_true(value(r, "model", "score_norm", 0) < 1e-9);
}

static const char VISITS[] = "y1,y2,y3,y4,y5";

static void single(void **state) {
    const struct {
        const char *model, *x, *w;
    } cases[] = {{"sim_w_x", "x", "w"}, {"sim_null", NULL, NULL}, {"sim_1_x", "x", NULL}};
    const digits trusted = {"se_numhess", 1e-12, 2e-6, 1e-4, 1};
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        const pp_occupancy_options options = {
            .visits = VISITS, .state = cases[c].x, .detect = cases[c].w};
        pp_result *r = occupancy(sim, &options);
        compare(r, sim_reference, cases[c].model, &trusted);
        for (int64_t i = 0; c == 0 && i < 5; i++) {
            char unit[8];
            snprintf(unit, sizeof unit, "%d", (int)i + 1);
            assert_near(unit, value(r, "occupancy_units", "conditional", i),
                        golden_value(sim_reference, "sim_w_x_default_posteriorZ_first5",
                                     "psi", unit),
                        2e-3);
        }
        pp_result_free(r);
    }
}

static void royle_nichols_unmarked(void **state) {
    const digits trusted = {NULL, 1e-11, 1e-5, 0, 1};
    const pp_occupancy_options options = {
        .form = "royle-nichols", .visits = VISITS, .state = "x", .upper = 25};
    pp_result *r = occupancy(sim, &options);
    (void)state;
    compare(r, sim_reference, "RN_1_x", &trusted);
    pp_result_free(r);
}

static void other_forms(void **state) {
    const pp_wide_variable w = {"w", "w1,w2,w3"};
    const struct {
        const char *model;
        pp_occupancy_options options;
    } cases[] = {
        {"dynamic",
         {.form = "dynamic",
          .visits = "y*",
          .seasons = 3,
          .state = "x",
          .colonisation = "u",
          .detect = "w"}},
        {"absorbing",
         {.form = "dynamic",
          .absorbing = 1,
          .visits = "y*",
          .seasons = 3,
          .state = "x",
          .colonisation = "u",
          .detect = "w"}},
        {"falsepos",
         {.form = "false-positive", .visits = "f*", .certain = "f1,f2", .state = "x"}},
        {"royle_nichols",
         {.form = "royle-nichols",
          .visits = "y1,y2,y3",
          .visit_variables = &w,
          .n_visit_variables = 1,
          .state = "x",
          .detect = "w"}}};
    const digits trusted = {"se", 1e-12, 1e-8, 1e-6, 0};
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        pp_result *r = occupancy(forms, &cases[c].options);
        compare(r, forms_reference, cases[c].model, &trusted);
        pp_result_free(r);
    }
}

/* Nothing is certain: all detections are ones. */
static void royle_link(void **state) {
    const digits trusted = {"se", 1e-12, 1e-8, 1e-6, 0};
    const pp_occupancy_options options = {
        .form = "false-positive", .visits = "f*", .state = "x"};
    pp_error err = {0};
    pp_table *plain;
    (void)state;
    assert_ok(pp_table_copy(forms, &plain, &err));
    for (int j = 3; j <= 5; j++) {
        char name[8];
        snprintf(name, sizeof name, "f%d", j);
        double *f = pp_table_find(plain, name)->number;
        for (int64_t i = 0; i < pp_table_rows(plain); i++) {
            f[i] = f[i] > 1 ? 1 : f[i];
        }
    }
    pp_result *r = occupancy(plain, &options);
    compare(r, forms_reference, "royle_link", &trusted);
    assert_string_equal(pp_result_warning(r, pp_result_warnings(r) - 1)->code,
                        "labels_assumed");
    pp_result_free(r);
    pp_table_free(plain);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(single), cmocka_unit_test(royle_nichols_unmarked),
        cmocka_unit_test(other_forms), cmocka_unit_test(royle_link)};
    return cmocka_run_group_tests_name("golden occupancy", tests, open_case, close_case);
}
