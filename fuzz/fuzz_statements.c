#define _GNU_SOURCE /* memmem */
/* Statements about effects and the rule of their grades: whatever the bytes, statements with a grade and a
 * source, or an error that says where. */
#include "target.h"

#include "strategy/claims_checked.h"

#include <math.h>
#include <string.h>

static const char *const columns[] = {
    "statement_id", "place",     "country",        "who",  "name",
    "statement",    "measure",   "claimed_change", "unit", "method",
    "period_from",  "period_to", "source_id",      "url",  "title",
    "publisher",    "published"};
enum { COLUMNS = 17 };

static int is_year(double year) {
    return isnan(year) || (year >= 1900 && year <= 2100);
}

/* Homicide of one country, 1990 to 2020. */
static pp_table *make_indicators(void) {
    pp_column *country, *year, *value;
    pp_table *table = NULL;
    require(pp_table_new(&table, NULL) == PP_OK);
    require(pp_table_add(table, PP_TEXT, "iso3", &country, NULL) == PP_OK);
    require(pp_table_add(table, PP_NUMBER, "year", &year, NULL) == PP_OK);
    require(pp_table_add(table, PP_NUMBER, "h", &value, NULL) == PP_OK);
    require(pp_table_resize(table, 31, NULL) == PP_OK);
    for (int row = 0; row < 31; row++) {
        require(pp_column_set_text(table, country, row, "KEN", NULL) == PP_OK);
        year->number[row] = 1990 + row;
        value->number[row] = row % 7 == 6 ? (double)NAN : 5 + row % 3;
    }
    return table;
}

static void check_statements(const pp_effect_claims *claims) {
    pp_result *result = NULL;
    pp_error err = {0};
    pp_buf text;
    for (int64_t i = 0; i < claims->n; i++) {
        const pp__statement *s = &claims->statements[i];
        require(s->id && s->place && s->country && s->who && s->statement && s->method);
        require(s->grade && s->because && s->source);
        require(is_year(s->from) && is_year(s->to) && !(s->from > s->to));
    }
    pp_table *indicators = make_indicators();
    require(pp_claims_checked(claims, indicators, "h", NULL, &result, &err) == PP_OK);
    pp_table_free(indicators);
    pp_buf_init(&text);
    require(pp_claims_checked_tell(result, 40, &text, &err) == PP_OK);
    pp_buf_clear(&text);
    pp_result_free(result);
}

/* Cells of a line are parted by tabs; an empty one is missing. */
static void add_row(pp_table *table, const char *line, size_t n) {
    int64_t row = pp_table_rows(table);
    require(pp_table_resize(table, row + 1, NULL) == PP_OK);
    for (int k = 0; k < COLUMNS && n > 0; k++) {
        char cell[256];
        const char *tab = memchr(line, '\t', n);
        size_t length = tab ? (size_t)(tab - line) : n;
        size_t kept = length < sizeof cell - 1 ? length : sizeof cell - 1;
        memcpy(cell, line, kept);
        cell[kept] = '\0';
        if (*cell) {
            require(pp_column_set_text(table, pp_table_column(table, k), row, cell,
                                       NULL) == PP_OK);
        }
        line += length + (tab != NULL);
        n -= length + (tab != NULL);
    }
}

static pp_table *make_table(const char *text, size_t size) {
    pp_column *column;
    pp_table *table = NULL;
    require(pp_table_new(&table, NULL) == PP_OK);
    for (int k = 0; k < COLUMNS; k++) {
        require(pp_table_add(table, PP_TEXT, columns[k], &column, NULL) == PP_OK);
    }
    while (size > 0) {
        const char *end = memchr(text, '\n', size);
        size_t n = end ? (size_t)(end - text) : size;
        add_row(table, text, n);
        text += n + (end != NULL);
        size -= n + (end != NULL);
    }
    return table;
}

/* The rule of grades, a line of "%%", and rows. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *text = size ? (const char *)data : "";
    const char *part = memmem(text, size, "%%\n", 3);
    size_t n = part ? (size_t)(part - text) : size, from = part ? n + 3 : size;
    pp_effect_claims *claims = NULL;
    pp_error err = {0};
    pp_table *table = make_table(text + from, size - from);
    pp_status status = pp__effect_claims_take(table, text, (int64_t)n, &claims, &err);
    require((status == PP_OK) == (claims != NULL));
    if (claims) {
        check_statements(claims);
    } else {
        require(status == PP_E_INPUT && err.message[0] && err.line >= 0);
    }
    pp_effect_claims_free(claims);
    return 0;
}
