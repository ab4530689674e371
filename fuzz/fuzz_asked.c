/* What is asked of a fit in words: covariances, hypotheses, equivalence, settings of
 * marginal effects, rates of errors. Whatever the text, it is answered or refused with a message. */
#include "target.h"

#include <pushpull/after.h>
#include <pushpull/inference.h>
#include <pushpull/misclass.h>

#include <stdlib.h>
#include <string.h>

static pp_table *make_table(void) {
    enum { ROWS = 40 };
    static const char *const regions[] = {"Africa", "Asia", "Europe"};
    static const char *const numbers[] = {"y", "x", "z", "g", "t", "lat", "lon"};
    pp_table *table = NULL;
    pp_column *column;
    require(pp_table_new(&table, NULL) == PP_OK);
    require(pp_table_resize(table, ROWS, NULL) == PP_OK);
    for (size_t c = 0; c < sizeof numbers / sizeof *numbers; c++) {
        require(pp_table_add(table, PP_NUMBER, numbers[c], &column, NULL) == PP_OK);
        for (int i = 0; i < ROWS; i++) {
            const double values[] = {i * 7 % 5 < 2 ? 1 : i * 0.1,
                                     i % 7 - 3,
                                     i * 0.5,
                                     i / 4,
                                     i % 4,
                                     i - 20,
                                     3 * i};
            column->number[i] = values[c];
        }
    }
    require(pp_table_add(table, PP_TEXT, "region", &column, NULL) == PP_OK);
    for (int i = 0; i < ROWS; i++) {
        require(pp_column_set_text(table, column, i, regions[i * 5 % 3], NULL) == PP_OK);
    }
    return table;
}

static void check(pp_status status, const pp_error *err) {
    require(status == PP_OK ||
            (err->code == status && err->message[0] && status != PP_E_INTERNAL));
}

static void ask(const pp_fit *fit, const char *text) {
    static const char *const kinds[] = {"wald", "lr", "score"};
    pp_result *result = NULL;
    pp_error err = {0};
    require(pp_fit_result(fit, &result, NULL) == PP_OK);
    for (int i = 0; i < 3; i++) {
        check(pp_fit_test(fit, text, kinds[i], NULL, result, &err), &err);
    }
    check(pp_fit_equivalence(fit, text, result, &err), &err);
    check(pp_fit_margins_over(fit, &(pp_margins_options){.at = text}, NULL, result, &err),
          &err);
    check(pp_fit_predict(fit, NULL, text, NULL, result, &err), &err);
    pp_result_free(result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = malloc(size + 1);
    pp_table *table = make_table();
    pp_error err = {0};
    pp_fit *fit = NULL;
    require(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    require(pp_model_fit("y ~ x + z + factor(region)", table,
                         &(pp_model_options){.model = "ols"}, NULL, &fit, NULL) == PP_OK);
    ask(fit, text);
    pp_fit_free(fit);
    fit = NULL;
    check(pp_model_fit("y ~ x + z", table,
                       &(pp_model_options){.model = "ols", .vcov = text}, NULL, &fit,
                       &err),
          &err);
    pp_fit_free(fit);
    pp_misclass_rate rate;
    check(pp_misclass_rate_parse(text, &rate, &err), &err);
    pp_table_free(table);
    free(text);
    return 0;
}
