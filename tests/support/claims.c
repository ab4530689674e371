#include "support/claims.h"

#include "support/support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static pp_column *add(pp_table *table, pp_column_type type, const char *name) {
    pp_column *column;
    assert_int_equal(pp_table_add(table, type, name, &column, NULL), PP_OK);
    return column;
}

static void put(pp_table *table, const char *name, int64_t row, const char *text) {
    pp_column *column = pp_table_find(table, name);
    assert_non_null(column);
    assert_int_equal(
        pp_column_set_text(table, column, row, text && *text ? text : NULL, NULL), PP_OK);
}

static const char *or_else(const char *text, const char *otherwise) {
    return text ? text : otherwise;
}

static void put_claim(pp_table *table, int64_t row, const claim_row *c) {
    char story[64];
    snprintf(story, sizeof story, "story-%s", c->id);
    put(table, "claim_id", row, c->id);
    put(table, "place_id", row, c->place_id);
    put(table, "place", row, or_else(c->place, c->country));
    put(table, "place_kind", row, or_else(c->kind, c->place ? "city" : "country"));
    put(table, "country", row, c->country);
    put(table, "vendor", row, or_else(c->vendor, "huawei"));
    put(table, "vendor_home", row, or_else(c->home, "CHN"));
    put(table, "platform", row, or_else(c->platform, "cctv_network"));
    put(table, "status", row, or_else(c->status, "operational"));
    put(table, "earliest", row, c->earliest);
    put(table, "latest", row, c->latest);
    put(table, "buyer_level", row, or_else(c->buyer, "national"));
    put(table, "stated_purpose", row, or_else(c->purpose, "crime"));
    put(table, "confidence", row, or_else(c->confidence, "medium"));
    put(table, "source_id", row, or_else(c->story, story));
    put(table, "story", row, or_else(c->story, story));
    put(table, "coder", row, or_else(c->coder, "A"));
}

pp_table *claims_table(const claim_row *rows, size_t n) {
    static const char *const columns[] = {
        "claim_id", "place_id",    "place",          "place_kind", "country",
        "vendor",   "vendor_home", "platform",       "status",     "earliest",
        "latest",   "buyer_level", "stated_purpose", "confidence", "source_id",
        "story",    "coder"};
    pp_table *table;
    assert_int_equal(pp_table_new(&table, NULL), PP_OK);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        add(table, PP_TEXT, columns[i]);
    }
    assert_int_equal(pp_table_resize(table, (int64_t)n, NULL), PP_OK);
    for (size_t i = 0; i < n; i++) {
        put_claim(table, (int64_t)i, &rows[i]);
    }
    return table;
}

pp_table *countries_table(void) {
    static const char *const rows[][3] = {
        {"BRA", "Brazil", "Americas"},
        {"CHN", "China", "Asia"},
        {"ECU", "Ecuador", "Americas"},
        {"KEN", "Kenya", "Africa"},
        {"SCG", "Serbia and Montenegro", "Europe"},
        {"SRB", "Serbia", "Europe"},
        {"THA", "Thailand", "Asia"},
        {"UGA", "Uganda", "Africa"},
        {"ZMB", "Zambia", "Africa"},
    };
    pp_table *table;
    assert_int_equal(pp_table_new(&table, NULL), PP_OK);
    add(table, PP_TEXT, "id");
    add(table, PP_TEXT, "name");
    add(table, PP_TEXT, "region");
    add(table, PP_NUMBER, "to_year");
    int64_t n = sizeof rows / sizeof rows[0];
    assert_int_equal(pp_table_resize(table, n, NULL), PP_OK);
    for (int64_t i = 0; i < n; i++) {
        put(table, "id", i, rows[i][0]);
        put(table, "name", i, rows[i][1]);
        put(table, "region", i, rows[i][2]);
        if (strcmp(rows[i][0], "SCG") == 0) {
            pp_table_find(table, "to_year")->number[i] = 2006;
        }
    }
    return table;
}

pp_table *searches_table(const search_row *rows) {
    pp_table *table;
    assert_int_equal(pp_table_new(&table, NULL), PP_OK);
    add(table, PP_TEXT, "country");
    add(table, PP_TEXT, "coder");
    add(table, PP_NUMBER, "targeted_queries_at_least");
    for (; rows->country; rows++) {
        int64_t row;
        assert_int_equal(pp_table_append(table, &row, NULL), PP_OK);
        put(table, "country", row, rows->country);
        put(table, "coder", row, "A");
        pp_table_find(table, "targeted_queries_at_least")->number[row] = rows->queries;
    }
    return table;
}

const char *cell_at(const pp_result *result, const char *table, int64_t row,
                    const char *column) {
    static char numbers[8][32];
    static int next;
    pp_table *found = pp_result_find(result, table);
    assert_non_null(found);
    assert_true(row < pp_table_rows(found));
    pp_column *c = pp_table_find(found, column);
    if (!c) {
        fail_msg("table '%s' has no column '%s'", table, column);
    }
    if (pp_column_is_missing(c, row)) {
        return "";
    }
    if (c->type != PP_NUMBER) {
        return pp_column_get_text(c, row);
    }
    char *number = numbers[next++ % 8];
    snprintf(number, sizeof numbers[0], "%.0f", c->number[row]);
    return number;
}

const char *cell(const pp_result *result, const char *table, const char *key,
                 const char *column) {
    pp_table *found = pp_result_find(result, table);
    assert_non_null(found);
    for (int64_t i = 0; i < pp_table_rows(found); i++) {
        const char *text = pp_column_get_text(pp_table_column(found, 0), i);
        if (text && strcmp(text, key) == 0) {
            return cell_at(result, table, i, column);
        }
    }
    fail_msg("table '%s' has no row '%s'", table, key);
    return "";
}
