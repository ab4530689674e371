/* The specification curve against a loop in R; see tests/golden/curve/how.txt. */
#include "golden/golden.h"

#include <pushpull/curve.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The holes that curve.R makes. */
static pp_table *open_data(void) {
    pp_table *t = golden_table("eventhistory_binary", "data.csv");
    const double *country = pp_table_find(t, "country")->number;
    const double *year = pp_table_find(t, "year")->number;
    double *x5 = pp_table_find(t, "x5")->number, *x2 = pp_table_find(t, "x2")->number;
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        x5[i] = fmod(country[i], 7) == 0 ? NAN : x5[i];
        x2[i] = year[i] == 2003 ? NAN : x2[i];
    }
    return t;
}

static const char *text_at(const pp_table *t, const char *column, int64_t row) {
    return pp_column_get_text(pp_table_find(t, column), row);
}

static int64_t find_row(const pp_table *curve, const pp_table *reference, int64_t row) {
    static const char *const KEYS[] = {"formula", "model", "sample"};
    for (int64_t i = 0; i < pp_table_rows(curve); i++) {
        int same = 1;
        for (int k = 0; k < 3; k++) {
            same &=
                strcmp(text_at(curve, KEYS[k], i), text_at(reference, KEYS[k], row)) == 0;
        }
        if (same) {
            return i;
        }
    }
    fail_msg("no specification %s", text_at(reference, "formula", row));
    return -1;
}

static void every_specification(void **state) {
    static const pp_curve_choice late = {"late", "year >= 2006"};
    static const char *const COLUMNS[] = {"estimate", "std_error", "nobs"};
    pp_error err = {0};
    pp_result *result;
    (void)state;
    pp_table *data = open_data(), *reference = golden_table("curve", "reference.csv");
    const pp_curve_data all = {.table = data};
    const pp_curve_options options = {.focus = "x2,x6",
                                      .controls = "x3,x4,x5",
                                      .models = "logit,probit,lpm",
                                      .samples = &late,
                                      .n_samples = 1,
                                      .vcovs = "cluster:country"};
    assert_ok(pp_curve("y ~ x1", &all, 1, &options, NULL, &result, &err));
    const pp_table *curve = pp_result_find(result, "curve");
    assert_int_equal(pp_table_rows(curve), pp_table_rows(reference));
    for (int64_t i = 0; i < pp_table_rows(reference); i++) {
        int64_t row = find_row(curve, reference, i);
        for (int c = 0; c < 3; c++) {
            assert_near(text_at(reference, "formula", i),
                        pp_table_find(curve, COLUMNS[c])->number[row],
                        pp_table_find(reference, COLUMNS[c])->number[i], 1e-8);
        }
    }
    pp_result_free(result);
    pp_table_free(reference);
    pp_table_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_specification)};
    return cmocka_run_group_tests_name("golden curve", tests, NULL, NULL);
}
