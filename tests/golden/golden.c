#include "golden/golden.h"

#include <pushpull/io.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

pp_table *golden_table(const char *folder, const char *file) {
    static const char *const text[] = {"model", "quantity", "term"};
    pp_error err = {0};
    pp_table *table = NULL;
    char relative[300];
    snprintf(relative, sizeof relative, "tests/golden/%s/%s", folder, file);
    int reference = strcmp(file, "reference.csv") == 0 ||
                    strcmp(file, "exact.csv") == 0 || strcmp(file, "score.csv") == 0;
    pp_read_options options = {.text_columns = reference ? text : NULL,
                               .n_text_columns = reference ? 3 : 0};
    assert_ok(pp_table_read(source_path(relative), &options, NULL, &table, &err));
    return table;
}

pp_fit *golden_fit(const pp_table *data, const char *formula,
                   const pp_model_options *options) {
    pp_error err = {0};
    pp_fit *fit = NULL;
    assert_ok(pp_model_fit(formula, data, options, NULL, &fit, &err));
    return fit;
}

void assert_near(const char *what, double actual, double expected, double relative) {
    double scale = fmax(fabs(expected), 1e-300);
    if (!(fabs(actual - expected) <= relative * scale)) {
        fail_msg("%s: %.15g, expected %.15g (relative difference %.2g)", what, actual,
                 expected, fabs(actual - expected) / scale);
    }
}

static int is_row(const pp_table *reference, int64_t row, const char *model,
                  const char *quantity) {
    return strcmp(pp_table_find(reference, "model")->text[row], model) == 0 &&
           strcmp(pp_table_find(reference, "quantity")->text[row], quantity) == 0;
}

static int64_t find_term(const pp_table *table, const char *term) {
    const pp_column *terms = pp_table_find(table, "term");
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        if (strcmp(terms->text[i], term) == 0) {
            return i;
        }
    }
    fail_msg("no term '%s'", term);
    return -1;
}

int golden_compare(const pp_result *result, const char *name, const char *column,
                   const pp_table *reference, const char *model, const char *quantity,
                   double relative) {
    const pp_table *table = pp_result_find(result, name);
    const double *actual = pp_table_find(table, column)->number;
    const double *expected = pp_table_find(reference, "value")->number;
    int compared = 0;
    for (int64_t i = 0; i < pp_table_rows(reference); i++) {
        if (is_row(reference, i, model, quantity)) {
            const char *term = pp_table_find(reference, "term")->text[i];
            char what[200];
            snprintf(what, sizeof what, "%s %s %s", model, quantity, term);
            assert_near(what, actual[find_term(table, term)], expected[i], relative);
            compared++;
        }
    }
    return compared;
}

double golden_value(const pp_table *reference, const char *model, const char *quantity,
                    const char *term) {
    for (int64_t i = 0; i < pp_table_rows(reference); i++) {
        if (is_row(reference, i, model, quantity) &&
            (!term || strcmp(pp_table_find(reference, "term")->text[i], term) == 0)) {
            return pp_table_find(reference, "value")->number[i];
        }
    }
    fail_msg("no reference for %s %s", model, quantity);
    return NAN;
}
