/* One factor asked of two suppliers, against R; see tests/golden/democracy/how.txt. */
#include "golden/golden.h"

#include <pushpull/democracy.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static pp_table *data[2], *reference;
static pp_fit *fits[2];
static pp_result *result;

/* Units first..last of the whole. */
static pp_table *panel_of(const pp_table *whole, double first, double last) {
    pp_error err = {0};
    pp_table *part = NULL;
    const double *unit = pp_table_find(whole, "unit")->number;
    static int64_t rows[2000];
    int64_t n = 0;
    for (int64_t i = 0; i < pp_table_rows(whole); i++) {
        if (unit[i] >= first && unit[i] <= last) {
            rows[n++] = i;
        }
    }
    assert_ok(pp_table_take_rows(whole, rows, n, &part, &err));
    for (int s = 0; s < 2; s++) { /* each panel has its own column of events */
        const char *event = s == 0 ? "event_a" : "event_b";
        if ((s == 0) == (first == 1)) {
            assert_ok(pp_table_rename(part, event, "event", &err));
        }
    }
    return part;
}

static int open_case(void **state) {
    (void)state;
    pp_error err = {0};
    pp_table *whole = golden_table("democracy", "data.csv");
    const double cuts[2] = {0.4, 0.6};
    reference = golden_table("democracy", "reference.csv");
    for (int s = 0; s < 2; s++) {
        data[s] = panel_of(whole, s == 0 ? 1 : 6, s == 0 ? 110 : 120);
        fits[s] = golden_fit(data[s], "event ~ dem + x",
                             &(pp_model_options){.model = "logit",
                                                 .vcov = "cr0:unit",
                                                 .ssc = "sandwich",
                                                 .unit = "unit",
                                                 .time = "year"});
    }
    pp_table_free(whole);
    const pp_supplier suppliers[2] = {{"a", fits[0]}, {"b", fits[1]}};
    const pp_democracy_options options = {.variable = "dem",
                                          .smallest = 0.02,
                                          .thresholds = cuts,
                                          .n_thresholds = 2,
                                          .event = "event"};
    assert_ok(pp_democracy(suppliers, 2, &options, NULL, &result, &err));
    assert_int_equal(pp_result_warnings(result), 0);
    return 0;
}

static int close_case(void **state) {
    (void)state;
    pp_result_free(result);
    for (int s = 0; s < 2; s++) {
        pp_fit_free(fits[s]);
        pp_table_free(data[s]);
    }
    pp_table_free(reference);
    return 0;
}

static const char *text(const char *table, const char *column, int64_t row) {
    return pp_column_get_text(pp_table_find(pp_result_find(result, table), column), row);
}

static double number(const char *table, const char *column, int64_t row) {
    return pp_table_find(pp_result_find(result, table), column)->number[row];
}

static void assert_effect(int64_t row, const char *model, const char *term) {
    assert_near(model, number("democracy", "estimate", row),
                golden_value(reference, model, "estimate", term), 1e-8);
    assert_near(model, number("democracy", "std_error", row),
                golden_value(reference, model, "std_error", term), 1e-8);
}

/* Ten rows a supplier: one linear, four quadratic, two between regimes, three within. */
static void effects(void **state) {
    static const char *const FORMS[] = {
        "linear",  "quadratic", "quadratic", "quadratic", "quadratic",
        "regimes", "regimes",   "within",    "within",    "within"};
    static const char *const TERMS[] = {"_", "on average", "low", "middle", "high",
                                        "2", "3",          "1",   "2",      "3"};
    (void)state;
    for (int64_t i = 0; i < 20; i++) {
        char model[32];
        assert_string_equal(text("democracy", "form", i), FORMS[i % 10]);
        snprintf(model, sizeof model, "%s %s", i < 10 ? "a" : "b", FORMS[i % 10]);
        assert_effect(i, model, TERMS[i % 10]);
    }
    assert_string_equal(text("democracy", "level", 6), "0.6 and more against below 0.4");
}

static void joint_tests(void **state) {
    (void)state;
    for (int64_t i = 0; i < 8; i++) {
        char model[32];
        if (i % 4 == 1 || i % 4 == 2) {
            snprintf(model, sizeof model, "%s %s", i < 4 ? "a" : "b",
                     i % 4 == 1 ? "quadratic" : "regimes");
            assert_near(model, number("democracy_forms", "statistic", i),
                        golden_value(reference, model, "wald", "_"), 1e-8);
        }
    }
}

static void difference(void **state) {
    static const char *const COLUMNS[] = {"estimate", "std_error", "correlation"};
    (void)state;
    for (int c = 0; c < 3; c++) {
        assert_near(COLUMNS[c], number("democracy_difference", COLUMNS[c], 0),
                    golden_value(reference, "difference", COLUMNS[c], "_"), 1e-8);
    }
    assert_true(number("democracy_difference", "units", 0) == 120);
    assert_true(number("democracy_difference", "shared", 0) == 105);
}

static void holdings(void **state) {
    static const char *const COLUMNS[] = {"estimate", "std_error", "rows", "units"};
    static const char *const NAMES[] = {"none", "a only", "b only", "both"};
    (void)state;
    for (int64_t o = 0; o < 4; o++) {
        char term[2] = {(char)('0' + o), '\0'};
        assert_string_equal(text("democracy_outcomes", "outcome", o), NAMES[o]);
        for (int c = 0; c < 4; c++) {
            assert_near(COLUMNS[c], number("democracy_outcomes", COLUMNS[c], o),
                        golden_value(reference, "holding", COLUMNS[c], term), 1e-8);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(effects), cmocka_unit_test(joint_tests),
        cmocka_unit_test(difference), cmocka_unit_test(holdings)};
    return cmocka_run_group_tests_name("golden democracy", tests, open_case, close_case);
}
