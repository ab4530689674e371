/* Several lists against Rcapture and dga; see tests/golden/lists/how.txt. */
#include "golden/golden.h"

#include <pushpull/lists.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static pp_table *reference, *exact;
static pp_result *result;

static pp_result *lists_of(const char *file, const char *const *names, int n,
                           const char *freq, int threads) {
    pp_error err = {0};
    pp_result *out = NULL;
    pp_table *data = golden_table("lists", file);
    pp_lists_options options = {.lists = names, .n_lists = n, .freq = freq};
    assert_ok(pp_lists(data, &options, &(pp_context){.threads = threads}, &out, &err));
    pp_table_free(data);
    return out;
}

static int open_case(void **state) {
    static const char *const NAMES[] = {"list1", "list2", "list3", "list4"};
    (void)state;
    result = lists_of("lists.csv", NAMES, 4, "freq", 2);
    reference = golden_table("lists", "reference.csv");
    exact = golden_table("lists", "exact.csv");
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_result_free(result);
    pp_table_free(reference);
    pp_table_free(exact);
    return 0;
}

static int64_t row_of(const pp_table *table, const char *column, const char *name) {
    const pp_column *c = pp_table_find(table, column);
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        if (strcmp(c->text[i], name) == 0) {
            return i;
        }
    }
    fail_msg("no %s '%s'", column, name);
    return -1;
}

static double cell(const pp_result *r, const char *table, int64_t row,
                   const char *column) {
    return pp_table_find(pp_result_find(r, table), column)->number[row];
}

/* Every value of `model` in a reference; gives how many. Errors to `error`. */
static int compare(const pp_table *from, const char *model, const char *table,
                   double error) {
    const struct {
        const char *quantity, *column;
        double relative;
    } WHAT[] = {{"abundance", "estimate", 1e-8},
                {"stderr", "std_error", error},
                {"deviance", "deviance", 1e-8},
                {"AIC", "aic", 1e-9},
                {"BIC", "bic", 1e-9}};
    int n = 0;
    for (int64_t i = 0; i < pp_table_rows(from); i++) {
        const char *quantity = pp_table_find(from, "quantity")->text[i];
        const char *term = pp_table_find(from, "term")->text[i];
        if (strcmp(pp_table_find(from, "model")->text[i], model) != 0) {
            continue;
        }
        for (size_t w = 0; w < sizeof WHAT / sizeof *WHAT; w++) {
            if (strcmp(quantity, WHAT[w].quantity) == 0) {
                int64_t row = row_of(pp_result_find(result, table), "model", term);
                assert_near(term, cell(result, table, row, WHAT[w].column),
                            pp_table_find(from, "value")->number[i], WHAT[w].relative);
                n++;
            }
        }
    }
    return n;
}

static void closed_models(void **state) {
    (void)state;
    assert_int_equal(compare(reference, "sim_closedp", "models", 1e-5), 60);
    assert_int_equal(compare(exact, "exact", "models", 1e-8), 35);
}

static void hierarchical_models(void **state) {
    (void)state;
    assert_int_equal(compare(reference, "sim_closedpMS", "loglinear", 1e-5), 80);
    const pp_table *summary = pp_result_find(result, "lists_summary");
    assert_true(
        cell(result, "lists_summary", row_of(summary, "kind", "models"), "count") ==
        golden_value(reference, "sim_closedpMS", "nmodels", "_"));
}

static void corrected(void **state) {
    (void)state;
    assert_near("Mt", cell(result, "models", 1, "bias_corrected"),
                golden_value(reference, "sim_bc", "abundance", "Mt"), 1e-6);
    assert_near("Mt error", cell(result, "models", 1, "bias_corrected_error"),
                golden_value(reference, "sim_bc", "stderr", "Mt"), 1e-6);
    for (int64_t i = 0; i < pp_table_rows(exact); i++) {
        const char *term = pp_table_find(exact, "term")->text[i];
        const char *quantity = pp_table_find(exact, "quantity")->text[i];
        int error = strcmp(quantity, "stderr") == 0;
        if (strcmp(pp_table_find(exact, "model")->text[i], "corrected") == 0 &&
            strcmp(quantity, "deviance") != 0) {
            int64_t row = row_of(pp_result_find(result, "models"), "model", term);
            assert_near(term,
                        cell(result, "models", row,
                             error ? "bias_corrected_error" : "bias_corrected"),
                        pp_table_find(exact, "value")->number[i], 1e-8);
        }
    }
}

static void profiles(void **state) {
    static const char *const CASE[][2] = {{"sim_CI_Mt", "Mt"},
                                          {"sim_CI_Mth_Chao", "Mth Chao (LB)"},
                                          {"sim_CI_Mth_Poisson", "Mth Poisson2"},
                                          {"sim_CI_Mth_Darroch", "Mth Darroch"},
                                          {"sim_CI_Mth_Gamma", "Mth Gamma3.5"}};
    (void)state;
    for (int i = 0; i < 5; i++) {
        int64_t row = row_of(pp_result_find(result, "models"), "model", CASE[i][1]);
        const char *model = CASE[i][0];
        assert_near(model, cell(result, "models", row, "multinomial"),
                    golden_value(reference, model, "profileCI", "N"), 1e-5);
        assert_near(model, cell(result, "models", row, "conf_low"),
                    golden_value(reference, model, "profileCI", "inf"), 1e-5);
        assert_near(model, cell(result, "models", row, "conf_high"),
                    golden_value(reference, model, "profileCI", "sup"), 1e-5);
    }
}

static void averaged(void **state) {
    char term[8];
    (void)state;
    assert_near("mean", cell(result, "lists_bma", 0, "estimate"),
                golden_value(reference, "sim_dga", "postmean_N", "_"), 1e-10);
    assert_true(cell(result, "lists_bma", 0, "conf_low") ==
                golden_value(reference, "sim_dga", "q0.025", "_"));
    assert_true(cell(result, "lists_bma", 0, "median") ==
                golden_value(reference, "sim_dga", "q0.5", "_"));
    assert_true(cell(result, "lists_bma", 0, "conf_high") ==
                golden_value(reference, "sim_dga", "q0.975", "_"));
    for (int i = 0; i < 10; i++) {
        snprintf(term, sizeof term, "%d", i + 1);
        assert_near(term, cell(result, "lists_graphs", i, "weight"),
                    golden_value(reference, "sim_dga", "graph_weight", term), 1e-8);
    }
}

/* Of independent lists 407, solved 971, in one step 508, as published. */
static void coverage(void **state) {
    static const char *const NAMES[] = {"serum", "hospital", "questionnaire"};
    pp_result *r = lists_of("hav.csv", NAMES, 3, "n", 1);
    const pp_table *models = pp_result_find(r, "models");
    (void)state;
    int64_t low = row_of(models, "model", "Coverage, low");
    assert_true(llround(cell(r, "models", low - 2, "estimate")) == 407);
    assert_true(llround(cell(r, "models", low - 1, "estimate")) == 971);
    assert_true(llround(cell(r, "models", low, "estimate")) == 508);
    pp_result_free(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closed_models), cmocka_unit_test(hierarchical_models),
        cmocka_unit_test(corrected),     cmocka_unit_test(profiles),
        cmocka_unit_test(averaged),      cmocka_unit_test(coverage)};
    return cmocka_run_group_tests_name("golden lists", tests, open_case, close_case);
}
