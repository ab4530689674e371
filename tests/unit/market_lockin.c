/* Lock-in by hand: which purchases are choices, what came before, what is left out; refusals. */
#include "support/support.h"

#include <pushpull/io.h>
#include <pushpull/lockin.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#define HEADER                                                                           \
    "adoption,place_id,place,country,family,vendor,supplier,earliest_year,latest_year,"  \
    "ended,ended_earliest,ended_latest,claims\n"
static const char ADOPTIONS[] =
    HEADER "a1,K1,One,KEN,urban,huawei,CHN,2010,2010,false,,,c1\n"
           "a2,K1,One,KEN,facial,huawei,CHN,2012,2013,false,,,c2\n"
           "a3,K2,Two,KEN,urban,zte,CHN,2012,2012,false,,,c3\n"
           "a4,KEN,KEN,KEN,urban,huawei,CHN,2015,2015,false,,,c4\n"
           "a5,K2,Two,KEN,facial,nec,JPN,,2014,false,,,c5\n"
           "a6,U1,Three,UGA,urban,nec,JPN,2011,2011,false,,,c6\n"
           "a7,U1,Three,UGA,urban,avigilon,CAN,2016,2016,false,,,c7\n"
           "a8,U1,Three,UGA,urban,unknown,,2009,2009,false,,,c8\n";
static const char VENDORS[] = "vendor,home,parent\nhuawei,CHN,\nzte,CHN,\nnec,JPN,\n"
                              "avigilon,CAN,motorola\nmotorola,USA,\n";
static const char COUNTRIES[] = "id,name,region\nKEN,Kenya,East\nUGA,Uganda,East\n";
static const char TIES[] = "country,supplier,year,level,finance\n"
                           "KEN,CHN,2009,2,0\nKEN,CHN,2011,3,5\nUGA,CHN,2010,1,\n";

typedef struct inputs {
    pp_table *adoptions, *vendors, *countries, *ties;
} inputs;

static pp_table *read_text(const char *text) {
    pp_table *table = NULL;
    pp_error err = {0};
    assert_ok(pp_table_read(write_text(fresh_folder(), "t.csv", text), NULL, NULL, &table,
                            &err));
    return table;
}

static inputs open_inputs(const char *adoptions) {
    return (inputs){read_text(adoptions), read_text(VENDORS), read_text(COUNTRIES),
                    read_text(TIES)};
}

static void close_inputs(inputs *in) {
    pp_table_free(in->adoptions);
    pp_table_free(in->vendors);
    pp_table_free(in->countries);
    pp_table_free(in->ties);
}

static pp_result *lockin_of(inputs *in, const pp_lockin_options *options) {
    pp_result *out = NULL;
    pp_error err = {0};
    assert_ok(pp_lockin(in->adoptions, in->vendors, in->countries, in->ties, options,
                        NULL, &out, &err));
    return out;
}

static int64_t row_of(const pp_table *table, const char *column, const char *word) {
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        const char *text = pp_column_get_text(pp_table_find(table, column), i);
        if (text && strcmp(text, word) == 0) {
            return i;
        }
    }
    return -1;
}

static void check(const pp_table *t, int64_t row, const char *column, double expected) {
    double found = pp_table_find(t, column)->number[row];
    if (!(fabs(found - expected) < 1e-12)) {
        fail_msg("%s of row %d is %.12g and not %.12g", column, (int)row, found,
                 expected);
    }
}

/* In place One huawei sold again, another platform; in Two the order is not known; in Three another
   vendor came, and nec cannot sell the same platform again. */
static void test_by_place(void **state) {
    (void)state;
    inputs in = open_inputs(ADOPTIONS);
    pp_result *r = lockin_of(&in, &(pp_lockin_options){.draws = 19});
    const pp_table *t = pp_result_find(r, "lockin_choices");
    assert_int_equal(pp_table_rows(t), 2);
    int64_t again = row_of(t, "adoptions", "a2"), other = row_of(t, "adoptions", "a7");
    check(t, again, "before", 1);
    check(t, again, "repeated", 1);
    check(t, again, "supplier_repeated", 1);
    check(t, again, "alternatives", 3); /* huawei, zte, nec */
    check(t, other, "repeated", 0);
    check(t, other, "repeated_possible", 0);
    check(t, other, "alternatives", 3); /* motorola, huawei, zte; nec has it */
    assert_string_equal(pp_column_get_text(pp_table_find(t, "vendor"), other),
                        "motorola");
    assert_int_equal(pp_table_rows(pp_result_find(r, "lockin")), 0);
    t = pp_result_find(r, "lockin_preflight");
    check(t, row_of(t, "check", "purchases"), "value", 7);
    check(t, row_of(t, "check", "later"), "value", 3);
    check(t, row_of(t, "check", "situations"), "value", 2);
    check(t, row_of(t, "check", "situations"), "holds", 0);
    t = pp_result_find(r, "lockin_repeats");
    check(t, 0, "observed", 1);
    check(t, 0, "situations", 2);
    pp_result_free(r);
    close_inputs(&in);
}

/* All of Kenya is one buyer; its own record of huawei's platform may be that of place One. */
static void test_by_country(void **state) {
    (void)state;
    inputs in = open_inputs(ADOPTIONS);
    pp_result *r = lockin_of(&in, &(pp_lockin_options){.by = "country", .draws = 19});
    const pp_table *t = pp_result_find(r, "lockin_choices");
    assert_int_equal(row_of(t, "adoptions", "a4"), -1);
    int64_t zte = row_of(t, "adoptions", "a3");
    check(t, zte, "before", 1);
    check(t, zte, "open", 2);
    check(t, zte, "repeated", 0);
    check(t, zte, "supplier_repeated", 1);
    assert_int_equal(row_of(t, "adoptions", "a5"), -1); /* may have been the first */
    assert_int_equal(pp_table_rows(t), 3);
    pp_result_free(r);
    close_inputs(&in);
}

/* Uganda has no figure of finance: its choice cannot be used. */
static void test_ties(void **state) {
    (void)state;
    static const pp_lockin_tie ties[] = {{"finance", "Finance", 1}, {"level", NULL, 0}};
    inputs in = open_inputs(ADOPTIONS);
    pp_lockin_options options = {.ties = ties, .n_ties = 2, .draws = 9};
    pp_result *r = lockin_of(&in, &options);
    const pp_table *t = pp_result_find(r, "lockin_choices");
    check(t, row_of(t, "adoptions", "a2"), "used", 1);
    check(t, row_of(t, "adoptions", "a7"), "used", 0);
    pp_result_free(r);
    options.n_ties = 0;
    r = lockin_of(&in, &options);
    t = pp_result_find(r, "lockin_choices");
    check(t, row_of(t, "adoptions", "a7"), "used", 1);
    pp_result_free(r);
    close_inputs(&in);
}

/* ---- a market large enough to estimate ---- */

enum { BUYERS = 40, EACH = 4 };

/* Every second purchase is of the vendor before; `turned`: the rows the other way round. */
static char *large_market(int turned) {
    static char text[1 << 16];
    size_t length = (size_t)snprintf(text, sizeof text, "%s", HEADER);
    for (int at = 0; at < BUYERS * EACH; at++) {
        int i = turned ? BUYERS * EACH - 1 - at : at;
        int buyer = i / EACH, k = i % EACH, vendor = (buyer * 7 + (k > 1 ? 3 : 0)) % 5;
        vendor = buyer % 4 == 0 && k == 3 ? (vendor + 1) % 5 : vendor;
        int year = 2000 + 3 * k + buyer % 3;
        length +=
            (size_t)snprintf(text + length, sizeof text - length,
                             "b%03d,P%03d,P%03d,K%02d,urban,v%d,H%d,%d,%d,false,,,c%d\n",
                             i, i, i, buyer, vendor, vendor % 3, year, year, i);
    }
    return text;
}

/* With its own countries. */
static inputs open_large(int turned) {
    char text[2048];
    size_t length = (size_t)snprintf(text, sizeof text, "id,name,region\n");
    inputs in = open_inputs(large_market(turned));
    for (int c = 0; c < BUYERS; c++) {
        length += (size_t)snprintf(text + length, sizeof text - length,
                                   "K%02d,K%02d,East\n", c, c);
    }
    pp_table_free(in.countries);
    in.countries = read_text(text);
    return in;
}

static void test_estimates(void **state) {
    (void)state;
    inputs a = open_large(0), b = open_large(1);
    const pp_lockin_options options = {.by = "country", .draws = 99, .seed = 4};
    pp_result *first = lockin_of(&a, &options), *second = lockin_of(&b, &options);
    const pp_table *x = pp_result_find(first, "lockin"),
                   *y = pp_result_find(second, "lockin");
    assert_true(pp_table_rows(x) >= 2);
    assert_int_equal(pp_table_rows(x), pp_table_rows(y));
    for (int64_t i = 0; i < pp_table_rows(x); i++) {
        double p = pp_table_find(x, "estimate")->number[i],
               q = pp_table_find(y, "estimate")->number[i];
        assert_true(fabs(p - q) < 1e-9);
        assert_true(fabs(pp_table_find(x, "odds_ratio")->number[i] - exp(p)) < 1e-12);
    }
    pp_result_free(first);
    pp_result_free(second);
    close_inputs(&a);
    close_inputs(&b);
}

static void test_refusals(void **state) {
    (void)state;
    static const pp_lockin_tie wrong[] = {{"levels", NULL, 0}};
    const struct {
        pp_lockin_options options;
        const char *column;
        pp_status status;
    } cases[] = {
        {{.by = "city"}, "by", PP_E_ARGUMENT},
        {{.draws = -1}, "draws", PP_E_ARGUMENT},
        {{.window = 101}, "window", PP_E_ARGUMENT},
        {{.least = -5}, "least", PP_E_ARGUMENT},
        {{.smallest_odds = 1}, "smallest_odds", PP_E_ARGUMENT},
        {{.smallest_odds = NAN}, "smallest_odds", PP_E_ARGUMENT},
        {{.n_ties = 9}, "ties", PP_E_ARGUMENT},
        {{.ties = wrong, .n_ties = 1}, "levels", PP_E_NOT_FOUND},
    };
    inputs in = open_inputs(ADOPTIONS);
    pp_result *out = NULL;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        pp_error err = {0};
        assert_int_equal(pp_lockin(in.adoptions, in.vendors, in.countries, in.ties,
                                   &cases[k].options, NULL, &out, &err),
                         cases[k].status);
        assert_string_equal(err.column[0] ? err.column : err.value, cases[k].column);
        assert_null(out);
    }
    pp_error err = {0};
    assert_ok(pp_table_resize(in.adoptions, 0, &err));
    assert_int_equal(
        pp_lockin(in.adoptions, in.vendors, in.countries, NULL, NULL, NULL, &out, &err),
        PP_E_INPUT);
    close_inputs(&in);
}

static pp_status once(void *payload, pp_error *err) {
    const inputs *in = payload;
    const pp_lockin_options options = {.by = "country", .draws = 5, .least = 1};
    pp_result *out = NULL;
    pp_status status = pp_lockin(in->adoptions, in->vendors, in->countries, in->ties,
                                 &options, NULL, &out, err);
    pp_result_free(out);
    return status;
}

static void test_memory(void **state) {
    (void)state;
    inputs in = open_large(0);
    assert_true(fail_every_allocation(once, &in) > 20);
    close_inputs(&in);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_place), cmocka_unit_test(test_by_country),
        cmocka_unit_test(test_ties),     cmocka_unit_test(test_estimates),
        cmocka_unit_test(test_refusals), cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
