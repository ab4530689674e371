/* Shares, bands and concentration, worked out by hand. */
#include "support/support.h"

#include "market/shares.h"

#include <pushpull/io.h>
#include <pushpull/market.h>
#include <pushpull/random.h>

#include <math.h>
#include <string.h>

static const char ADOPTIONS[] =
    "adoption,place_id,place,country,family,vendor,supplier,earliest_year,latest_year,"
    "ended,"
    "ended_earliest,ended_latest,claims\n"
    "a1,K1,One,KEN,urban,huawei,CHN,2010,2010,false,,,c1\n"
    "a2,K1,One,KEN,urban,huawei,CHN,2008,2012,false,,,c2\n"
    "a3,K2,Two,KEN,urban,avigilon,CAN,2011,2011,false,,,c3\n"
    "a4,U1,Three,UGA,facial_recognition,zte,CHN,,2015,false,,,c4\n"
    "a5,U1,Three,UGA,urban,unknown,,2009,2009,false,,,c5\n"
    "a6,K1,One,KEN,urban,unknown,CHN,2009,2009,false,,,c6\n"
    "a7,U2,Four,UGA,urban,motorola,USA,2009,2009,true,2012-05-01,2014-03-01,c7\n";
static const char CLAIMS[] =
    "claim_id,amount_usd\nc1,100\nc2,100\nc3,50\nc4,30\nc5,\nc6,\nc7,\n";
static const char VENDORS[] =
    "vendor,name,home,parent\nhuawei,Huawei,CHN,\nzte,ZTE,CHN,\n"
    "avigilon,Avigilon,CAN,motorola\nmotorola,Motorola,USA,\n";
static const char COUNTRIES[] = "id,name,region\nKEN,Kenya,East\nUGA,Uganda,West\n"
                                "CHN,China,Asia\nUSA,United States,Americas\n";

typedef struct inputs {
    pp_table *adoptions, *claims, *vendors, *countries;
} inputs;

static pp_table *read_text(const char *name, const char *text) {
    pp_table *table = NULL;
    pp_error err = {0};
    assert_ok(
        pp_table_read(write_text(fresh_folder(), name, text), NULL, NULL, &table, &err));
    return table;
}

static inputs open_inputs(const char *vendors) {
    return (inputs){read_text("adoptions.csv", ADOPTIONS),
                    read_text("claims.csv", CLAIMS), read_text("vendors.csv", vendors),
                    read_text("countries.csv", COUNTRIES)};
}

static void close_inputs(inputs *in) {
    pp_table_free(in->adoptions);
    pp_table_free(in->claims);
    pp_table_free(in->vendors);
    pp_table_free(in->countries);
}

static pp_result *market_to(int last) {
    inputs in = open_inputs(VENDORS);
    const pp_market_options options = {.first = 2010, .last = last};
    pp_result *out = NULL;
    pp_error err = {0};
    assert_ok(pp_market(in.adoptions, in.claims, in.vendors, in.countries, &options, NULL,
                        &out, &err));
    close_inputs(&in);
    return out;
}

/* The row in which the named columns have these words; at most four pairs, then NULL. */
static int64_t row_of(const pp_table *table, const char *const *pairs) {
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        int fits = 1;
        for (int k = 0; pairs[k]; k += 2) {
            const char *text = pp_column_get_text(pp_table_find(table, pairs[k]), i);
            fits &= text && strcmp(text, pairs[k + 1]) == 0;
        }
        if (fits) {
            return i;
        }
    }
    fail_msg("no row of %s %s", pairs[0], pairs[1]);
    return -1;
}

static void check_number(const pp_table *table, int64_t row, const char *column,
                         double expected) {
    double found = pp_table_find(table, column)->number[row];
    if (!(fabs(found - expected) < 1e-9)) {
        fail_msg("%s is %.12g and not %.12g", column, found, expected);
    }
}

static void check_share(const pp_result *r, const char *by, const char *measure,
                        const char *actor, const double *expected) {
    static const char *const columns[] = {"count", "count_high", "share", "share_low",
                                          "share_high"};
    const pp_table *t = pp_result_find(r, "market_shares");
    const char *const pairs[] = {"scope", "all",   "by",  by,  "measure",
                                 measure, "actor", actor, NULL};
    int64_t row = row_of(t, pairs);
    for (int k = 0; k < 5; k++) {
        check_number(t, row, columns[k], expected[k]);
    }
}

/* At the end of 2012: of CHN one certain (two sources of one record) and two possible; of USA one that an
   affiliate sold, and one that may have ended; one of which nothing is known. */
static void test_shares(void **state) {
    (void)state;
    pp_result *r = market_to(2012);
    check_share(r, "supplier", "adoptions", "CHN",
                (double[]){1, 3, 1.0 / 3, 1.0 / 4, 4.0 / 5});
    check_share(r, "supplier", "adoptions", "USA",
                (double[]){1, 2, 1.0 / 3, 1.0 / 5, 3.0 / 4});
    check_share(r, "supplier", "adoptions", "unknown",
                (double[]){1, 1, 1.0 / 3, 1.0 / 6, 1.0 / 3});
    check_share(r, "vendor", "adoptions", "motorola",
                (double[]){1, 2, 1.0 / 3, 1.0 / 5, 3.0 / 4});
    check_share(r, "vendor", "adoptions", "huawei",
                (double[]){1, 1, 1.0 / 3, 1.0 / 6, 3.0 / 4});
    check_share(r, "supplier", "places", "CHN",
                (double[]){1, 2, 1.0 / 3, 1.0 / 4, 2.0 / 3});
    check_share(r, "supplier", "value", "CHN",
                (double[]){100, 130, 2.0 / 3, 2.0 / 3, 13.0 / 18});
    pp_result_free(r);
}

static void test_concentration(void **state) {
    (void)state;
    pp_result *r = market_to(2012);
    const pp_table *t = pp_result_find(r, "market_concentration");
    const char *const pairs[] = {"scope",   "all",       "by", "supplier",
                                 "measure", "adoptions", NULL};
    int64_t row = row_of(t, pairs);
    while (pp_table_find(t, "year")->number[row] < 2012 ||
           strcmp(pp_column_get_text(pp_table_find(t, "by"), row), "supplier") != 0) {
        row++;
    }
    check_number(t, row, "actors", 2);
    check_number(t, row, "unknown", 1);
    check_number(t, row, "hhi", 0.5);
    check_number(t, row, "hhi_low", 1.0 / 3);
    check_number(t, row, "hhi_high", 17.0 / 25);
    check_number(t, row, "cr4", 2.0 / 3);
    check_number(t, row, "cr4_low", 2.0 / 3);
    check_number(t, row, "cr4_high", 1);
    check_number(t, row, "effective_low", 25.0 / 17);
    check_number(t, row, "effective_high", 3);
    const char *const facial[] = {"scope", "family", "value", "facial_recognition", NULL};
    assert_string_equal(pp_column_get_text(pp_table_find(t, "label"), row_of(t, facial)),
                        "facial recognition");
    pp_result_free(r);
}

/* ---- the greatest index, by trying everything ---- */

enum { MOST = 7, UNKNOWN = 3 };

typedef struct trial {
    pp__holding holdings[MOST];
    pp__unit_sold units[UNKNOWN];
    int n, unknown;
} trial;

static double index_at(const trial *t, int ends, int owners) {
    double size[MOST] = {0}, sum = 0, squares = 0;
    for (int v = 0; v < t->n; v++) {
        size[v] = ends >> v & 1 ? t->holdings[v].possible : t->holdings[v].certain;
    }
    for (int u = 0; u < t->unknown; u++, owners /= t->n + 1) {
        if (owners % (t->n + 1) < t->n) {
            size[owners % (t->n + 1)] += t->units[u].high;
        } else { /* of someone else */
            sum += t->units[u].high;
            squares += t->units[u].high * t->units[u].high;
        }
    }
    for (int v = 0; v < t->n; v++) {
        sum += size[v];
        squares += size[v] * size[v];
    }
    return sum > 0 ? squares / (sum * sum) : 0;
}

static double try_all(const trial *t) {
    double best = 0;
    int owners = 1;
    for (int u = 0; u < t->unknown; u++) {
        owners *= t->n + 1;
    }
    for (int ends = 0; ends < 1 << t->n; ends++) {
        for (int k = 0; k < owners; k++) {
            best = fmax(best, index_at(t, ends, k));
        }
    }
    return best;
}

static trial draw_trial(uint64_t seed) {
    trial t = {0};
    pp_rng rng;
    pp_rng_init(&rng, seed, 4, 0);
    t.n = 1 + (int)pp_rng_below(&rng, MOST);
    t.unknown = (int)pp_rng_below(&rng, UNKNOWN + 1);
    for (int v = 0; v < t.n; v++) {
        double low = (double)pp_rng_below(&rng, 6);
        double more = (double)pp_rng_below(&rng, seed % 2 ? 2 : 9);
        t.holdings[v] = (pp__holding){.actor = v, .certain = low, .possible = low + more};
    }
    for (int u = 0; u < t.unknown; u++) {
        t.units[u] = (pp__unit_sold){-1, -1, 0, 0, 1 + (double)pp_rng_below(&rng, 3)};
    }
    return t;
}

/* Never below the greatest that there is; mostly it, and else not far above. */
static void test_greatest_index(void **state) {
    enum { TRIALS = 600 };
    int exact = 0;
    (void)state;
    for (uint64_t seed = 0; seed < TRIALS; seed++) {
        trial t = draw_trial(seed);
        double sizes[MOST], greatest = try_all(&t);
        int order[MOST];
        pp__sellers sellers = {t.holdings, t.n, t.units, t.unknown};
        pp__band band = pp__herfindahl(&sellers, sizes, order);
        if (greatest == 0) {
            assert_true(isnan(band.high));
            exact++;
            continue;
        }
        assert_true(band.high >= greatest - 1e-12 && band.high <= greatest * 1.1);
        assert_true(band.low <= greatest + 1e-12);
        exact += band.high < greatest + 1e-12;
    }
    assert_true(exact > 0.9 * TRIALS);
}

/* ---- what must not matter ---- */

static void assert_same_table(const pp_result *a, const pp_result *b, const char *name) {
    const pp_table *x = pp_result_find(a, name), *y = pp_result_find(b, name);
    assert_int_equal(pp_table_rows(x), pp_table_rows(y));
    for (int j = 0; j < pp_table_columns(x); j++) {
        const pp_column *p = pp_table_column(x, j), *q = pp_table_column(y, j);
        for (int64_t i = 0; i < pp_table_rows(x); i++) {
            if (p->type == PP_NUMBER) {
                assert_true(p->number[i] == q->number[i] ||
                            (isnan(p->number[i]) && isnan(q->number[i])));
            } else {
                const char *s = pp_column_get_text(p, i), *t = pp_column_get_text(q, i);
                assert_true((!s && !t) || strcmp(s, t) == 0);
            }
        }
    }
}

/* The header stays, what follows comes the other way round. */
static void reverse_lines(const char *text, char *out) {
    const char *body = strchr(text, '\n') + 1, *end = text + strlen(text);
    size_t length = (size_t)(body - text);
    memcpy(out, text, length);
    while (end > body) {
        const char *line = end - 1;
        while (line > body && line[-1] != '\n') {
            line--;
        }
        memcpy(out + length, line, (size_t)(end - line));
        length += (size_t)(end - line);
        end = line;
    }
    out[length] = 0;
}

static void test_order_and_threads(void **state) {
    static const char *const names[] = {"market_shares", "market_years",
                                        "market_concentration"};
    char turned[sizeof ADOPTIONS];
    pp_error err = {0};
    pp_result *other = NULL, *r = market_to(2012);
    const pp_market_options options = {.first = 2010, .last = 2012};
    inputs in = open_inputs(VENDORS);
    (void)state;
    pp_table_free(in.adoptions);
    reverse_lines(ADOPTIONS, turned);
    in.adoptions = read_text("turned.csv", turned);
    assert_ok(pp_market(in.adoptions, in.claims, in.vendors, in.countries, &options,
                        &(pp_context){.threads = 4}, &other, &err));
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        assert_same_table(r, other, names[k]);
    }
    pp_result_free(other);
    pp_result_free(r);
    close_inputs(&in);
}

static void test_what_is_counted(void **state) {
    (void)state;
    pp_result *r = market_to(2015);
    const pp_table *t = pp_result_find(r, "market_records");
    assert_int_equal(pp_table_rows(t), 6);
    const char *const huawei[] = {"vendor", "huawei", NULL};
    int64_t row = row_of(t, huawei);
    assert_string_equal(pp_column_get_text(pp_table_find(t, "adoptions"), row), "a1 a2");
    check_number(t, row, "certain", 2010);
    const char *const zte[] = {"vendor", "zte", NULL};
    check_number(t, row_of(t, zte), "certain", 2015);
    const char *const six[] = {"adoptions", "a6", NULL};
    check_number(t, row_of(t, six), "same", 1);
    t = pp_result_find(r, "market_affiliates");
    assert_int_equal(pp_table_rows(t), 1);
    assert_string_equal(pp_column_get_text(pp_table_find(t, "parent"), 0), "motorola");
    /* What has ended is gone. */
    check_share(r, "supplier", "adoptions", "USA",
                (double[]){1, 1, 1.0 / 4, 1.0 / 5, 2.0 / 4});
    pp_result_free(r);
}

static void test_refusals(void **state) {
    (void)state;
    inputs in = open_inputs("vendor,parent\nhuawei,zte\nzte,huawei\n");
    pp_market_options options = {.first = 2012, .last = 2010};
    pp_result *out = NULL;
    pp_error err = {0};
    assert_int_equal(pp_market(in.adoptions, in.claims, in.vendors, in.countries, NULL,
                               NULL, &out, &err),
                     PP_E_INPUT);
    assert_non_null(strstr(err.message, "circle"));
    assert_int_equal(
        pp_market(in.adoptions, NULL, NULL, in.countries, &options, NULL, &out, &err),
        PP_E_ARGUMENT);
    assert_ok(pp_table_drop(in.adoptions, "supplier", &err));
    assert_int_equal(
        pp_market(in.adoptions, NULL, NULL, in.countries, NULL, NULL, &out, &err),
        PP_E_NOT_FOUND);
    assert_ok(pp_table_resize(in.adoptions, 0, &err));
    assert_int_equal(
        pp_market(in.adoptions, NULL, NULL, in.countries, NULL, NULL, &out, &err),
        PP_E_INPUT);
    close_inputs(&in);
}

static pp_status once(void *payload, pp_error *err) {
    const inputs *in = payload;
    const pp_market_options options = {.first = 2012, .last = 2012};
    pp_result *out = NULL;
    pp_status status = pp_market(in->adoptions, in->claims, in->vendors, in->countries,
                                 &options, NULL, &out, err);
    pp_result_free(out);
    return status;
}

static void test_memory(void **state) {
    (void)state;
    inputs in = open_inputs(VENDORS);
    assert_true(fail_every_allocation(once, &in) > 10);
    close_inputs(&in);
}

/* One has ended; of another with the same end a later claim still speaks: from 2012 on it is possible. */
static void test_named_later(void **state) {
    (void)state;
    inputs in = open_inputs(VENDORS);
    const pp_market_options options = {.first = 2010, .last = 2016};
    pp_result *r = NULL;
    pp_error err = {0};
    pp_table_free(in.adoptions);
    in.adoptions = read_text(
        "adoptions.csv",
        "adoption,place_id,place,country,family,vendor,supplier,earliest_year,"
        "latest_year,ended,ended_earliest,ended_latest,claims,conflict\n"
        "a1,K1,One,KEN,urban,huawei,CHN,2010,2010,true,2012-05-01,2013-03-01,c1,\n"
        "a2,K2,Two,KEN,urban,zte,CHN,2010,2010,true,2012-05-01,2013-03-01,c2,\"dates, "
        "after_end\"\n"
        "a3,U1,Three,UGA,urban,motorola,USA,2011,2011,false,,,c3,\n");
    assert_ok(pp_market(in.adoptions, in.claims, in.vendors, in.countries, &options, NULL,
                        &r, &err));
    check_share(r, "vendor", "adoptions", "zte", (const double[]){0, 1, 0, 0, 0.5});
    const pp_table *t = pp_result_find(r, "market_records");
    check_number(t, row_of(t, (const char *const[]){"vendor", "huawei", NULL}),
                 "certain_until", 2011);
    check_number(t, row_of(t, (const char *const[]){"vendor", "huawei", NULL}),
                 "possible_until", 2012);
    int64_t zte = row_of(t, (const char *const[]){"vendor", "zte", NULL});
    check_number(t, zte, "certain_until", 2011);
    assert_true(isnan(pp_table_find(t, "possible_until")->number[zte]));
    pp_result_free(r);
    close_inputs(&in);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shares),          cmocka_unit_test(test_concentration),
        cmocka_unit_test(test_what_is_counted), cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_greatest_index),  cmocka_unit_test(test_order_and_threads),
        cmocka_unit_test(test_memory),          cmocka_unit_test(test_named_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
