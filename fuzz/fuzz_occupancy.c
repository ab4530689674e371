/* Occupancy: five lines, the form by its first letter, columns and terms in words, then cells of visits. Whatever they are,
 * the model is estimated or refused with a message. */
#include "target.h"

#include <pushpull/occupancy.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { UNITS = 24, VISITS = 4, LINES = 5 };

/* One bit pair a cell: nothing, something, for certain (else something), no visit. */
static double cell(const uint8_t *data, size_t size, int at, int most) {
    int bits = size > 0 ? data[(size_t)at / 4 % size] >> at % 4 * 2 & 3 : at % 3;
    return bits == 3 ? NAN : fmin(bits, most);
}

static pp_table *make_table(const uint8_t *data, size_t size, int most) {
    static const char *const names[] = {"v1", "v2", "v3", "v4", "w1", "w2", "w3", "w4"};
    pp_table *table = NULL;
    pp_column *column;
    require(pp_table_new(&table, NULL) == PP_OK);
    require(pp_table_resize(table, UNITS, NULL) == PP_OK);
    for (int c = 0; c < 2 * VISITS; c++) {
        require(pp_table_add(table, PP_NUMBER, names[c], &column, NULL) == PP_OK);
        for (int i = 0; i < UNITS; i++) {
            column->number[i] = c < VISITS ? cell(data, size, c * UNITS + i, most)
                                           : (i * (c + 3) % 11 - 5) * 0.3;
        }
    }
    require(pp_table_add(table, PP_NUMBER, "x", &column, NULL) == PP_OK);
    for (int i = 0; i < UNITS; i++) {
        column->number[i] = i % 7 - 3;
    }
    require(pp_table_add(table, PP_TEXT, "g", &column, NULL) == PP_OK);
    for (int i = 0; i < UNITS; i++) {
        require(pp_column_set_text(table, column, i, i % 3 ? "a" : "b", NULL) == PP_OK);
    }
    return table;
}

/* Cuts the text into its lines, in place; what comes after them are cells. */
static size_t cut_lines(char *text, size_t size, const char *line[LINES]) {
    size_t at = 0;
    for (int i = 0; i < LINES; i++) {
        line[i] = text + at;
        while (at < size && text[at] != '\n') {
            at++;
        }
        if (at < size) {
            text[at++] = '\0';
        }
    }
    return at;
}

static const char *given(const char *line) {
    return *line ? line : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = malloc(size + 1);
    const char *line[LINES];
    pp_error err = {0};
    pp_result *result = NULL;
    require(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    size_t read = cut_lines(text, size, line);
    static const char *const forms[] = {"single", "dynamic", "false-positive",
                                        "royle-nichols"};
    int form = (unsigned char)line[0][0] % 4;
    pp_table *table = make_table(data + read, size - read, form == 2 ? 2 : 1);
    const pp_occupancy_options options = {.form = forms[form],
                                          .visits = given(line[1]),
                                          .state = given(line[2]),
                                          .detect = given(line[3]),
                                          .certain = form == 2 ? given(line[4]) : NULL,
                                          .colonisation =
                                              form == 1 ? given(line[4]) : NULL,
                                          .seasons = form == 1 ? 2 : 0,
                                          .upper = form == 3 ? 12 : 0,
                                          .starts = 1,
                                          .draws = 2};
    pp_status status = pp_occupancy(table, &options, NULL, &result, &err);
    require(status == PP_OK ||
            (err.code == status && err.message[0] && status != PP_E_INTERNAL));
    if (status == PP_OK) {
        pp_result_free(result);
    }
    pp_table_free(table);
    free(text);
    return 0;
}
