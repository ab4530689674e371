/* The network of vendors and places, worked out by hand, and what must not change it. */
#include "support/support.h"

#include <pushpull/figure.h>
#include <pushpull/io.h>
#include <pushpull/network.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char HEAD[] =
    "adoption,place_id,place,country,family,vendor,supplier,earliest_year,latest_year,"
    "ended,ended_earliest,ended_latest,claims\n";
/* Two vendors at One, of which one may be elsewhere too; one unnamed; an affiliate; one that left. */
static const char *const ROWS[] = {
    "a1,P1,One,KEN,urban,huawei,CHN,2010,2010,false,,,c1\n",
    "a2,P1,One,KEN,facial,huawei,CHN,2011,2011,false,,,c2\n",
    "a3,P1,One,KEN,urban,motorola,USA,2011,2012,false,,,c3\n",
    "a4,P2,Two,KEN,urban,avigilon,USA,2012,2012,false,,,c4\n",
    "a5,P2,Two,KEN,urban,huawei,CHN,2012,2020,false,,,c5\n",
    "a6,P3,Three,UGA,urban,zte,CHN,,2012,false,,,c6\n",
    "a7,P4,Four,UGA,facial,unknown,CHN,2009,2009,false,,,c7\n",
    "a8,P5,Five,UGA,urban,nec,JPN,2008,2008,true,2011-01-01,2011-06-01,c8\n",
};
enum { N = sizeof ROWS / sizeof *ROWS };
static const char VENDORS[] =
    "vendor,name,home,parent\nhuawei,Huawei,CHN,\nzte,ZTE,CHN,\n"
    "avigilon,Avigilon,CAN,motorola\n"
    "motorola,Motorola,USA,\nnec,NEC,JPN,\n";
static const char COUNTRIES[] = "id,name,region\nKEN,Kenya,East\nUGA,Uganda,West\n"
                                "CHN,China,Asia\nUSA,United States,Americas\n";

typedef struct inputs {
    pp_table *adoptions, *vendors, *countries;
} inputs;

static pp_table *read_text(const char *name, const char *text) {
    pp_table *table = NULL;
    pp_error err = {0};
    assert_ok(
        pp_table_read(write_text(fresh_folder(), name, text), NULL, NULL, &table, &err));
    return table;
}

/* Every `step`-th row in turn, from `first` on: another order of the same rows where step and N share no
   factor. */
static inputs open_inputs(int n, int first, int step) {
    char text[4000];
    strcpy(text, HEAD);
    for (int i = 0; i < n; i++) {
        strcat(text, ROWS[(first + i * step) % N]);
    }
    return (inputs){read_text("adoptions.csv", text), read_text("vendors.csv", VENDORS),
                    read_text("countries.csv", COUNTRIES)};
}

static void close_inputs(inputs *in) {
    pp_table_free(in->adoptions);
    pp_table_free(in->vendors);
    pp_table_free(in->countries);
}

static pp_result *network_of(const inputs *in, const pp_network_options *options,
                             int threads) {
    const pp_context ctx = {.threads = threads};
    pp_result *out = NULL;
    pp_error err = {0};
    assert_ok(
        pp_network(in->adoptions, in->vendors, in->countries, options, &ctx, &out, &err));
    return out;
}

static const pp_network_options AT_2012 = {.first = 2010, .last = 2012, .draws = 20};

static int64_t row_of(const pp_table *t, const char *column, const char *word,
                      double year) {
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        const char *text = pp_column_get_text(pp_table_find(t, column), i);
        if (text && strcmp(text, word) == 0 &&
            (year == 0 || pp_table_find(t, "year")->number[i] == year)) {
            return i;
        }
    }
    fail_msg("no row of %s %s", column, word);
    return -1;
}

static void check(const pp_table *t, int64_t row, const char *column, double expected) {
    double found = pp_table_find(t, column)->number[row];
    if (!(fabs(found - expected) < 1e-9)) {
        fail_msg("%s is %.12g and not %.12g", column, found, expected);
    }
}

static void test_nodes(void **state) {
    (void)state;
    inputs in = open_inputs(N, 0, 1);
    pp_result *r = network_of(&in, &AT_2012, 1);
    const pp_table *t = pp_result_find(r, "network_nodes");
    assert_int_equal(pp_table_rows(t), 6);
    int64_t huawei = row_of(t, "node", "huawei", 0);
    check(t, huawei, "degree", 1);
    check(t, huawei, "degree_high", 2);
    check(t, huawei, "strength", 2);
    check(t, huawei, "strength_high", 3);
    check(t, huawei, "rank", 2);
    check(t, huawei, "rank_low", 1);
    check(t, huawei, "rank_high", 2);
    int64_t motorola = row_of(t, "node", "motorola", 0);
    check(t, motorola, "degree", 2);
    check(t, motorola, "betweenness", 2);
    check(t, motorola, "harmonic", 2.5);
    check(t, motorola, "rank_high", 1);
    check(t, row_of(t, "node", "P1", 0), "betweenness", 2);
    t = pp_result_find(r, "network_edges");
    assert_int_equal(pp_table_rows(t), 5);
    check(t, row_of(t, "adoptions", "a2 a1", 0), "weight", 2);
    check(t, row_of(t, "adoptions", "a5", 0), "weight", 0);
    check(t, row_of(t, "adoptions", "a5", 0), "since_low", 2012);
    assert_true(
        isnan(pp_table_find(t, "since")->number[row_of(t, "adoptions", "a5", 0)]));
    pp_result_free(r);
    close_inputs(&in);
}

static void test_dependence(void **state) {
    (void)state;
    inputs in = open_inputs(N, 0, 1);
    pp_result *r = network_of(&in, &AT_2012, 1);
    const pp_table *t = pp_result_find(r, "network_dependence");
    int64_t one = row_of(t, "place", "P1", 2012), two = row_of(t, "place", "P2", 2012);
    check(t, one, "hhi_vendor", 5.0 / 9);
    check(t, one, "share", 2.0 / 3);
    check(t, one, "change", 5.0 / 9 - 1);
    assert_string_equal(pp_column_get_text(pp_table_find(t, "one_vendor"), one),
                        "several");
    assert_string_equal(pp_column_get_text(pp_table_find(t, "one_vendor"), two),
                        "unclear");
    check(t, two, "hhi_vendor", 1);
    check(t, two, "hhi_vendor_low", 0.5);
    int64_t four = row_of(t, "place", "P4", 2012);
    assert_string_equal(pp_column_get_text(pp_table_find(t, "one_vendor"), four), "one");
    t = pp_result_find(r, "network_years");
    assert_int_equal(pp_table_rows(t), 3);
    check(t, 2, "vendors", 3);
    check(t, 2, "edges", 4);
    check(t, 2, "edges_high", 5);
    check(t, 2, "density", 4.0 / 9);
    check(t, 2, "centralisation", 2.0 / 4);
    check(t, 2, "places_on_record", 4);
    check(t, 2, "one_vendor", 3);
    check(t, 2, "one_vendor_low", 2);
    check(t, 2, "one_vendor_high", 3);
    pp_result_free(r);
    close_inputs(&in);
}

static void test_entry(void **state) {
    (void)state;
    inputs in = open_inputs(N, 0, 1);
    pp_result *r = network_of(&in, &AT_2012, 1);
    const pp_table *t = pp_result_find(r, "market_entry");
    int64_t row = row_of(t, "value", "KEN", 2010);
    check(t, row, "entrants_low", 1);
    row = row_of(t, "value", "KEN", 2012);
    check(t, row, "entrants", 1);
    check(t, row, "entrants_low", 0);
    check(t, row, "entrants_high", 1);
    check(t, row, "present", 2);
    assert_string_equal(pp_column_get_text(pp_table_find(t, "entered"), row), "Motorola");
    row = row_of(t, "value", "UGA", 2011);
    check(t, row, "exits", 1);
    check(t, row, "exits_low", 1);
    check(t, row, "entrants_high", 1); /* zte, at any time up to 2012 */
    t = pp_result_find(r, "market_survival");
    row = pp_table_rows(t) - 1;
    check(t, row, "years", 3);
    check(t, row, "exits", 1);
    pp_result_free(r);
    close_inputs(&in);
}

/* ---- what must not change it ---- */

static void assert_same(const pp_result *a, const pp_result *b) {
    for (int k = 0; k < pp_result_tables(a); k++) {
        const pp_table *x = pp_result_table(a, k), *y = pp_result_table(b, k);
        assert_int_equal(pp_table_rows(x), pp_table_rows(y));
        for (int c = 0; c < pp_table_columns(x); c++) {
            const pp_column *p = pp_table_column(x, c), *q = pp_table_column(y, c);
            for (int64_t i = 0; i < pp_table_rows(x); i++) {
                if (p->type == PP_NUMBER) {
                    assert_memory_equal(&p->number[i], &q->number[i], sizeof(double));
                } else if (p->text[i] && strcmp(p->name, "adoptions") != 0) {
                    assert_string_equal(p->text[i], q->text[i]);
                }
            }
        }
    }
}

static void test_order_and_threads(void **state) {
    (void)state;
    inputs in = open_inputs(N, 0, 1);
    pp_network_options options = AT_2012;
    options.level = "possible";
    pp_result *r = network_of(&in, &options, 1);
    for (int k = 0; k < 3; k++) {
        inputs other = open_inputs(N, k, 2 * k + 1);
        pp_result *again = network_of(&other, &options, 1 << k);
        assert_same(r, again);
        pp_result_free(again);
        close_inputs(&other);
    }
    pp_result_free(r);
    close_inputs(&in);
}

static void test_small(void **state) {
    (void)state;
    const pp_network_options options = {.first = 2010, .last = 2012, .unit = "country"};
    inputs in = open_inputs(1, 0, 1); /* one link */
    pp_result *r = network_of(&in, &options, 1);
    const pp_table *t = pp_result_find(r, "network_nodes");
    assert_int_equal(pp_table_rows(t), 2);
    assert_string_equal(pp_column_get_text(pp_table_find(t, "name"), 1), "Kenya");
    check(t, 0, "betweenness", 0);
    check(t, 0, "community", 1);
    pp_result_free(r);
    close_inputs(&in);
    in = open_inputs(1, 6, 1); /* none: the vendor is not named */
    r = network_of(&in, &options, 1);
    assert_int_equal(pp_table_rows(pp_result_find(r, "network_nodes")), 0);
    assert_int_equal(pp_table_rows(pp_result_find(r, "network_dependence")), 3);
    pp_result_free(r);
    close_inputs(&in);
}

static void test_refusals(void **state) {
    (void)state;
    inputs in = open_inputs(N, 0, 1);
    const pp_network_options wrong[] = {
        {.unit = "planet"}, {.level = "sure"}, {.alpha = 1},
        {.resolution = -1}, {.draws = -1},     {.first = 2012, .last = 2010}};
    pp_result *out = NULL;
    pp_error err = {0};
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        assert_int_equal(pp_network(in.adoptions, in.vendors, in.countries, &wrong[k],
                                    NULL, &out, &err),
                         PP_E_ARGUMENT);
        assert_null(out);
    }
    close_inputs(&in);
}

static int stop(void *payload, const char *stage, double fraction) {
    (void)fraction;
    return strcmp(stage, payload) == 0;
}

static void test_cancel(void **state) {
    static char centrality[] = "centrality", communities[] = "communities";
    char *const stages[] = {centrality, communities};
    (void)state;
    inputs in = open_inputs(N, 0, 1);
    for (int k = 0; k < 2; k++) {
        const pp_context ctx = {.progress = stop, .progress_payload = stages[k]};
        pp_result *out = NULL;
        pp_error err = {0};
        assert_int_equal(pp_network(in.adoptions, in.vendors, in.countries, &AT_2012,
                                    &ctx, &out, &err),
                         PP_E_CANCELLED);
    }
    close_inputs(&in);
}

static pp_status once(void *payload, pp_error *err) {
    const inputs *in = payload;
    const pp_network_options options = {.first = 2012, .last = 2012, .draws = 2};
    pp_result *out = NULL;
    pp_status status =
        pp_network(in->adoptions, in->vendors, in->countries, &options, NULL, &out, err);
    pp_result_free(out);
    return status;
}

static void test_memory(void **state) {
    (void)state;
    inputs in = open_inputs(N, 0, 1);
    assert_true(fail_every_allocation(once, &in) > 10);
    close_inputs(&in);
}

static pp_status draw(void *payload, pp_error *err) {
    const pp_figure_options options = {.data_folder = build_path("share/pushpull")};
    pp_figure *figure = NULL;
    pp_status status = pp_figure_network(payload, &options, &figure, err);
    pp_figure_free(figure);
    return status;
}

/* More vendors and places than are shown, of which two have one name: all are in the twin. */
static void test_figure(void **state) {
    enum { MANY = 100 };
    const pp_figure_options options = {.data_folder = build_path("share/pushpull")};
    static char text[MANY * 80];
    pp_figure *figure = NULL;
    pp_error err = {0};
    (void)state;
    strcpy(text, HEAD);
    for (int i = 0; i < MANY; i++) {
        char row[80];
        snprintf(row, sizeof row,
                 "a%d,P%d,Same name,KEN,urban,v%d,CHN,2010,2010,false,,,c\n", i, i,
                 i % 40);
        strcat(text, row);
    }
    inputs in = open_inputs(N, 0, 1);
    pp_table_free(in.adoptions);
    in.adoptions = read_text("adoptions.csv", text);
    pp_result *r = network_of(&in, &AT_2012, 1);
    pp_table *edges = pp_result_find(r, "network_edges");
    assert_ok(pp_figure_network(edges, &options, &figure, &err));
    assert_int_equal(pp_table_rows(figure->table), MANY);
    assert_non_null(strstr(figure->spec, "+40 other places, East"));
    assert_non_null(strstr(figure->spec, "+10 other vendors"));
    assert_non_null(strstr(figure->spec, "Same name (P1)"));
    assert_non_null(strstr(figure->alt, "40 vendors"));
    pp_figure_free(figure);
    pp_result_free(r);
    close_inputs(&in);
}

static void test_figure_memory(void **state) {
    (void)state;
    inputs in = open_inputs(N, 0, 1);
    pp_result *r = network_of(&in, &AT_2012, 1);
    assert_true(fail_every_allocation(draw, pp_result_find(r, "network_edges")) > 10);
    pp_result_free(r);
    close_inputs(&in);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nodes),  cmocka_unit_test(test_dependence),
        cmocka_unit_test(test_entry),  cmocka_unit_test(test_order_and_threads),
        cmocka_unit_test(test_small),  cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_cancel), cmocka_unit_test(test_memory),
        cmocka_unit_test(test_figure), cmocka_unit_test(test_figure_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
