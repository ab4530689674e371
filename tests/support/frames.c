#include "support/frames.h"

#include "support/support.h"

#include <pushpull/random.h>
#include <pushpull/text.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_COLUMNS = 30, MAX_ROWS = 400 };

static int is_number(char *const *cells, int rows, int columns, int column) {
    for (int i = 1; i < rows; i++) {
        double value;
        const char *cell = cells[i * columns + column];
        if (strcmp(cell, ".") != 0 && !pp_parse_number(cell, &value)) {
            return 0;
        }
    }
    return 1;
}

static void fill(pp_table *table, pp_column *column, int row, const char *cell) {
    if (strcmp(cell, ".") == 0) {
        return;
    }
    if (column->type == PP_NUMBER) {
        assert_true(pp_parse_number(cell, &column->number[row]));
    } else {
        assert_int_equal(pp_column_set_text(table, column, row, cell, NULL), PP_OK);
    }
}

pp_table *frame(const char *text) {
    static char copy[100000];
    static char *cells[MAX_COLUMNS * MAX_ROWS];
    int n = 0, columns = 0;
    assert_true(strlen(text) < sizeof copy);
    strcpy(copy, text);
    size_t head = strcspn(copy, "\n");
    for (char *cell = strtok(copy, " \n"); cell; cell = strtok(NULL, " \n")) {
        columns += cell < copy + head;
        cells[n++] = cell;
    }
    int rows = n / columns;
    assert_int_equal(n % columns, 0);
    pp_error err = {0};
    pp_table *table = NULL;
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, rows - 1, &err));
    for (int c = 0; c < columns; c++) {
        pp_column *column;
        pp_column_type type = is_number(cells, rows, columns, c) ? PP_NUMBER : PP_TEXT;
        assert_ok(pp_table_add(table, type, cells[c], &column, &err));
        for (int i = 1; i < rows; i++) {
            fill(table, column, i - 1, cells[i * columns + c]);
        }
    }
    return table;
}

pp_table *random_frame(int64_t n, uint64_t seed) {
    static const char *const numbers[] = {"y", "w", "x1", "x2", "x3", "d", "group"};
    pp_error err = {0};
    pp_table *table = NULL;
    pp_column *column[7], *region;
    pp_rng rng;
    pp_rng_init(&rng, seed, 0, 0);
    assert_ok(pp_table_new(&table, &err));
    assert_ok(pp_table_resize(table, n, &err));
    for (int c = 0; c < 7; c++) {
        assert_ok(pp_table_add(table, PP_NUMBER, numbers[c], &column[c], &err));
    }
    assert_ok(pp_table_add(table, PP_TEXT, "region", &region, &err));
    for (int64_t i = 0; i < n; i++) {
        double x1 = pp_rng_normal(&rng), x2 = pp_rng_normal(&rng) + 0.4 * x1;
        double x3 = exp(pp_rng_normal(&rng)), d = pp_rng_uniform(&rng) < 0.4;
        int64_t where = pp_rng_below(&rng, 5);
        double eta =
            -0.6 + 0.7 * x1 - 0.4 * x2 + 0.1 * x3 + 0.5 * d + 0.2 * (double)where;
        char name[] = {(char)('A' + where), '\0'};
        column[0]->number[i] = pp_rng_uniform(&rng) < 1 / (1 + exp(-eta));
        column[1]->number[i] = eta + pp_rng_normal(&rng);
        column[2]->number[i] = x1;
        column[3]->number[i] = x2;
        column[4]->number[i] = x3;
        column[5]->number[i] = d;
        column[6]->number[i] = (double)pp_rng_below(&rng, n / 12 + 2);
        assert_ok(pp_column_set_text(table, region, i, name, &err));
    }
    return table;
}

pp_fit *fitted(const char *formula, const pp_table *table,
               const pp_model_options *options) {
    pp_error err = {0};
    pp_fit *fit = NULL;
    assert_ok(pp_model_fit(formula, table, options, NULL, &fit, &err));
    return fit;
}

pp_result *fit_result(const char *formula, const pp_table *table,
                      const pp_model_options *options) {
    pp_error err = {0};
    pp_result *result = NULL;
    pp_fit *fit = fitted(formula, table, options);
    assert_ok(pp_fit_result(fit, &result, &err));
    pp_fit_free(fit);
    return result;
}

double number_at(const pp_result *result, const char *name, const char *key,
                 const char *value, const char *column) {
    const pp_table *table = pp_result_find(result, name);
    assert_non_null(table);
    const pp_column *keys = pp_table_find(table, key),
                    *out = pp_table_find(table, column);
    assert_non_null(keys);
    assert_non_null(out);
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        if (keys->text[i] && strcmp(keys->text[i], value) == 0) {
            return out->number[i];
        }
    }
    fail_msg("table %s has no %s '%s'", name, key, value);
    return NAN;
}

const char *terms_of(const pp_result *result) {
    static char out[4000];
    const pp_table *table = pp_result_find(result, "coefficients");
    size_t used = 0;
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        used += (size_t)snprintf(out + used, sizeof out - used, "%s%s", i ? " " : "",
                                 pp_table_find(table, "term")->text[i]);
    }
    return out;
}

const char *drops_of(const pp_result *result) {
    static char out[4000];
    const pp_table *table = pp_result_find(result, "dropped");
    size_t used = 0;
    out[0] = '\0';
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        const char *subject = pp_table_find(table, "subject")->text[i];
        used +=
            (size_t)snprintf(out + used, sizeof out - used, "%s%s %s %s %g",
                             i ? "; " : "", pp_table_find(table, "reason")->text[i],
                             subject ? subject : "-", pp_table_find(table, "of")->text[i],
                             pp_table_find(table, "count")->number[i]);
    }
    return out;
}
