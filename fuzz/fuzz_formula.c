/* Formulas: whatever the text, it is parsed or refused with a position, and what is
 * parsed can be fitted by any model, or refused. The table has a few rows of each kind of
 * column. */
#include "target.h"

#include <pushpull/model.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static pp_table *make_table(void) {
    enum { ROWS = 24 };
    static const char *const regions[] = {"Africa", "Asia", "Europe"};
    static const char *const numbers[] = {"y", "x", "z", "lo", "hi", "unit", "time"};
    pp_table *table = NULL;
    pp_column *column;
    require(pp_table_new(&table, NULL) == PP_OK);
    require(pp_table_resize(table, ROWS, NULL) == PP_OK);
    for (size_t c = 0; c < sizeof numbers / sizeof *numbers; c++) {
        require(pp_table_add(table, PP_NUMBER, numbers[c], &column, NULL) == PP_OK);
        for (int i = 0; i < ROWS; i++) {
            const double values[] = {
                i * 7 % 5 < 2, i % 7 - 3, i == 11 ? NAN : i * 0.5, 2, 3, i / 4, i % 4};
            column->number[i] = values[c];
        }
    }
    require(pp_table_add(table, PP_TEXT, "region", &column, NULL) == PP_OK);
    for (int i = 0; i < ROWS; i++) {
        require(pp_column_set_text(table, column, i, regions[i * 5 % 3], NULL) == PP_OK);
    }
    return table;
}

static void fit(const char *formula, const pp_table *table, const char *model) {
    const pp_model_options options = {
        .model = model, .unit = "unit", .time = "time", .max_iterations = 30};
    pp_error err = {0};
    pp_fit *fitted = NULL;
    pp_result *result = NULL;
    pp_status status = pp_model_fit(formula, table, &options, NULL, &fitted, &err);
    require((status == PP_OK) == (fitted != NULL));
    if (status != PP_OK) {
        require(err.code == status && err.message[0] && status != PP_E_INTERNAL);
        return;
    }
    require(pp_fit_result(fitted, &result, NULL) == PP_OK);
    status = pp_fit_margins(fitted, "sd", result, NULL);
    require(status == PP_OK || status == PP_E_UNSUPPORTED || status == PP_E_ESTIMATION);
    pp_result_free(result);
    pp_fit_free(fitted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = malloc(size + 1);
    require(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    pp_table *table = make_table();
    for (int i = 0; i < pp_model_count(); i++) {
        fit(text, table, pp_model_get(i)->name);
    }
    pp_table_free(table);
    free(text);
    return 0;
}
