/* Data access by hand: the rules and what is refused, parts and their bounds, ranks over weightings. */
#include "support/support.h"

#include "market/access_rank.h"

#include <pushpull/io.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char RULES[] =
    "weights: {who: 0.4, home_law: 0.3, own_law: 0.2, data: 0.1}\n"
    "grades: {high: 1, medium: 1, low: 0.5}\n"
    "relations:\n"
    "  supplied: {party: vendor, reach: [0.2, 0.2], because: sold}\n"
    "  hosted: {party: vendor, words: [cloud], grade: low, reach: [0.8, 1], because: "
    "has}\n"
    "  financed: {party: financier, financing: [grant], reach: [0.1, 0.5], because: "
    "pays}\n"
    "home_law:\n"
    "  CHN: {instrument: law, article: '7', obliges: [1, 1], because: must}\n"
    "own_law: {in_force: [0, 0.5], not_known: [0, 1]}\n"
    "enforcement: {partly: 0.5}\n"
    "data:\n"
    "  video: {weight: 0.6, platforms: {safe_city: yes}}\n"
    "  faces: {weight: 0.4, platforms: {safe_city: may, interception: no}, words: "
    "[face]}\n";
static const char ADOPTIONS[] =
    "adoption,place_id,place,place_kind,country,vendor,supplier,ended,claims\n"
    "a1,K1,Nairobi,city,KEN,huawei,CHN,false,c1 c2\n"
    "a2,KEN,KEN,country,KEN,unknown,,false,c3\n"
    "a3,K1,Nairobi,city,KEN,avigilon,CAN,false,c4\n"
    "a4,UGA,UGA,country,UGA,zte,CHN,false,c5\n"
    "a5,U1,Kampala,city,UGA,zte,CHN,true,c6\n"
    "a6,RWA,RWA,country,RWA,motorola,USA,false,c7\n";
static const char CLAIMS[] =
    "claim_id,platform,status,financing,confidence,note\n"
    "c1,safe_city,operational,unknown,medium,Overclouded skies\n"
    "c2,safe_city,operational,grant,high,Kept in the vendor's Cloud\n"
    "c3,safe_city,operational,unknown,high,\n"
    "c4,cctv_network,operational,unknown,high,\n"
    "c5,facial_recognition,contracted,unknown,low,its surface\n"
    "c6,safe_city,operational,unknown,high,\n"
    "c7,safe_city,operational,unknown,high,\n";
static const char VENDORS[] = "vendor,home,parent\nhuawei,CHN,\nzte,CHN,\n"
                              "avigilon,CAN,motorola\nmotorola,USA,\n";
static const char COUNTRIES[] = "id,name\nKEN,Kenya\nUGA,Uganda\nRWA,Rwanda\n";
static const char PROTECTION[] = "country,standing,law,enforcement\n"
                                 "KEN,in_force,Act,partly\nUGA,not_known,,\n";
static const char LAWS[] =
    "country,instrument,standing,source\nCHN,law,in_force,a source\n";

typedef struct world {
    pp_table *tables[6];
    pp_access_rules *rules;
    pp_access_inputs in;
    pp_access_options options;
} world;

static pp_table *read_text(const char *text) {
    pp_table *table = NULL;
    pp_error err = {0};
    assert_ok(pp_table_read(write_text(fresh_folder(), "t.csv", text), NULL, NULL, &table,
                            &err));
    return table;
}

static void open_world(world *w, const char *adoptions, const char *rules) {
    const char *const texts[] = {adoptions, CLAIMS, VENDORS, COUNTRIES, PROTECTION, LAWS};
    pp_error err = {0};
    memset(w, 0, sizeof *w);
    for (int k = 0; k < 6; k++) {
        w->tables[k] = read_text(texts[k]);
    }
    assert_ok(pp_access_rules_text(rules, (int64_t)strlen(rules), "rules.yml", &w->rules,
                                   &err));
    w->in = (pp_access_inputs){w->tables[0], w->tables[1], w->tables[2],
                               w->tables[3], w->tables[4], w->tables[5]};
    w->options = (pp_access_options){.home = "CHN", .draws = 500, .seed = 3};
}

static void close_world(world *w) {
    for (int k = 0; k < 6; k++) {
        pp_table_free(w->tables[k]);
    }
    pp_access_rules_free(w->rules);
}

static pp_result *access_of(world *w) {
    pp_result *out = NULL;
    pp_error err = {0};
    assert_ok(pp_access(&w->in, w->rules, &w->options, NULL, &out, &err));
    return out;
}

static int64_t row_of(const pp_table *table, const char *column, const char *word) {
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        const char *text = pp_column_get_text(pp_table_find(table, column), i);
        if (text && strcmp(text, word) == 0) {
            return i;
        }
    }
    fail_msg("no row of %s %s", column, word);
    return -1;
}

static void check(const pp_result *r, const char *table, const char *place,
                  const char *column, double expected) {
    const pp_table *t = pp_result_find(r, table);
    double found = pp_table_find(t, column)->number[row_of(t, "place_id", place)];
    if (!(fabs(found - expected) < 1e-12)) {
        fail_msg("%s.%s of %s is %.12g and not %.12g", table, column, place, found,
                 expected);
    }
}

/* Of Kenya the unknown vendor adds nothing to what is known; Uganda's is of low confidence. */
static void test_parts(void **state) {
    (void)state;
    world w;
    open_world(&w, ADOPTIONS, RULES);
    pp_result *r = access_of(&w);
    for (int k = 0; k < 2; k++) {
        const char *place = k ? "K1" : "KEN";
        check(r, "access_parts", place, "who_low", 0.4);
        check(r, "access_parts", place, "who_high", 1);
        check(r, "access_parts", place, "home_law_low", 1);
        check(r, "access_parts", place, "own_law_low", 0.25);
        check(r, "access_parts", place, "own_law_high", 0.25);
        check(r, "access_parts", place, "data_low", 0.6);
        check(r, "access_parts", place, "data_high", 1);
        check(r, "access_composite", place, "low", 0.57);
        check(r, "access_composite", place, "high", 0.85);
        check(r, "access_composite", place, "composite", 0.71);
        check(r, "access_parts", place, "parties", 1);
    }
    check(r, "access_parts", "UGA", "who_low", 0.1);
    check(r, "access_parts", "UGA", "home_law_low", 0.5);
    check(r, "access_parts", "UGA", "own_law_low", 0);
    check(r, "access_parts", "UGA", "own_law_high", 1);
    check(r, "access_parts", "UGA", "data_low", 0);
    check(r, "access_parts", "UGA", "data_high", 1);
    check(r, "access_composite", "UGA", "rank", 2);
    check(r, "access_composite", "UGA", "rank_low", 1);
    assert_int_equal(pp_table_rows(pp_result_find(r, "access_parts")), 3);
    pp_result_free(r);
    close_world(&w);
}

/* What a relation rests on can be opened, and what no claim speaks of is not known. */
static void test_profiles(void **state) {
    (void)state;
    world w;
    open_world(&w, ADOPTIONS, RULES);
    w.options.place = "nairobi";
    pp_result *r = access_of(&w);
    const pp_table *t = pp_result_find(r, "access_profiles");
    int64_t hosted = row_of(t, "relation", "hosted");
    assert_string_equal(pp_column_get_text(pp_table_find(t, "claims"), hosted), "c2");
    assert_string_equal(pp_column_get_text(pp_table_find(t, "grade"), hosted), "low");
    assert_string_equal(pp_column_get_text(pp_table_find(t, "note"), hosted),
                        "Kept in the vendor's Cloud");
    assert_string_equal(pp_column_get_text(pp_table_find(t, "rule"), hosted),
                        "rules.yml:5");
    int64_t faces = row_of(t, "relation", "faces");
    assert_true(pp_table_find(t, "known")->number[faces] == 1);
    assert_int_equal(pp_table_rows(pp_result_find(r, "access_composite")), 1);
    pp_result_free(r);
    w.options.place = "Nairobbi";
    pp_error err = {0};
    assert_int_equal(pp_access(&w.in, w.rules, &w.options, NULL, &r, &err),
                     PP_E_NOT_FOUND);
    assert_non_null(strstr(err.hint, "Nairobi"));
    close_world(&w);
}

/* Of any supplier Rwanda counts too, whose vendor's home has no rule: open from 0 to 1. */
static void test_any_home(void **state) {
    (void)state;
    world w;
    open_world(&w, ADOPTIONS, RULES);
    w.options.home = NULL;
    pp_result *r = access_of(&w);
    check(r, "access_parts", "RWA", "home_law_low", 0);
    check(r, "access_parts", "RWA", "home_law_high", 1);
    check(r, "access_parts", "KEN", "parties", 2);
    pp_result_free(r);
    w.options.home =
        "FRA"; /* the unknown vendor may be French: nothing is known at least */
    r = access_of(&w);
    check(r, "access_parts", "KEN", "who_low", 0);
    check(r, "access_parts", "KEN", "who_high", 1);
    check(r, "access_parts", "KEN", "data_low", 0);
    assert_int_equal(pp_table_rows(pp_result_find(r, "access_parts")), 1);
    pp_result_free(r);
    close_world(&w);
}

static void check_share(const double *d, int n, double expected) {
    double found = pp__simplex_share(d, n);
    if (!(fabs(found - expected) < 1e-14)) {
        fail_msg("%.17g and not %.17g", found, expected);
    }
}

static void test_simplex(void **state) {
    (void)state;
    check_share((double[]){0.3, -0.1}, 2, 0.75);
    check_share((double[]){1, 1, 1, -1}, 4, 7.0 / 8);
    check_share((double[]){-1, -1, 1, -1}, 4, 1.0 / 8);
    check_share((double[]){1, -1, 1, -1}, 4, 0.5);
    check_share((double[]){3, -1, -1, -1}, 4, 27.0 / 64);
    check_share((double[]){0, 0, 1, -2}, 4, 1.0 / 3);
    check_share((double[]){1, 2, -3, -1}, 4, 49.0 / 120);
    check_share((double[]){0, 0, 1e-17, 0}, 4, 0);
    check_share((double[]){0, 0, 0.5, 0}, 4, 1);
    check_share((double[]){1, 1 + 1e-9, -1, -1 - 1e-9}, 4, 0.5);
}

static void test_stability(void **state) {
    (void)state;
    world w;
    open_world(&w, ADOPTIONS, RULES);
    w.options.draws = 20000;
    pp_result *r = access_of(&w);
    const pp_table *t = pp_result_find(r, "access_stability");
    double expected = 1 - 0.25 * 0.25 * 0.25 / (0.4 * 0.5 * 0.55);
    assert_int_equal(pp_table_rows(t), 1);
    assert_true(fabs(pp_table_find(t, "share_above")->number[0] - expected) < 1e-14);
    assert_true(fabs(pp_table_find(t, "share_below")->number[0] - (1 - expected)) <
                1e-14);
    t = pp_result_find(r, "access_leaders");
    int64_t kenya = row_of(t, "place_id", "KEN");
    double error = pp_table_find(t, "std_error")->number[kenya];
    assert_true(fabs(pp_table_find(t, "share_first")->number[kenya] - expected) <
                4 * error);
    check(r, "access_leaders", "UGA", "share_ten", 1);
    check(r, "access_leaders", "UGA", "ten_low", 1);
    pp_result_free(r);
    close_world(&w);
}

/* The order of rows makes no difference. */
static void test_order(void **state) {
    (void)state;
    static const char turned[] =
        "adoption,place_id,place,place_kind,country,vendor,supplier,ended,claims\n"
        "a4,UGA,UGA,country,UGA,zte,CHN,false,c5\n"
        "a3,K1,Nairobi,city,KEN,avigilon,CAN,false,c4\n"
        "a2,KEN,KEN,country,KEN,unknown,,false,c3\n"
        "a1,K1,Nairobi,city,KEN,huawei,CHN,false,c2 c1\n";
    world a, b;
    open_world(&a, ADOPTIONS, RULES);
    open_world(&b, turned, RULES);
    pp_result *first = access_of(&a), *second = access_of(&b);
    static const char *const tables[] = {"access_profiles", "access_composite",
                                         "access_stability", "access_leaders"};
    for (int k = 0; k < 4; k++) {
        const pp_table *x = pp_result_find(first, tables[k]),
                       *y = pp_result_find(second, tables[k]);
        assert_int_equal(pp_table_rows(x), pp_table_rows(y));
        for (int c = 0; c < pp_table_columns(x); c++) {
            const pp_column *p = pp_table_column(x, c), *q = pp_table_column(y, c);
            for (int64_t i = 0; i < pp_table_rows(x); i++) {
                const char *s = pp_column_get_text(p, i), *t = pp_column_get_text(q, i);
                assert_true(p->type == PP_NUMBER ? p->number[i] == q->number[i]
                                                 : s == t || strcmp(s, t) == 0);
            }
        }
    }
    pp_result_free(first);
    pp_result_free(second);
    close_world(&a);
    close_world(&b);
}

/* ---- what is refused ---- */

/* RULES with one piece of text replaced. */
static const char *changed(const char *from, const char *to) {
    static char text[4096];
    const char *at = strstr(RULES, from);
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - RULES), RULES, to,
             at + strlen(from));
    return text;
}

static void test_refusals(void **state) {
    (void)state;
    static const struct {
        const char *from, *to;
        int line;
        const char *words;
    } cases[] = {
        {"data: 0.1}", "data: 0.2}", 1, "sum to 1.1"},
        {"data: 0.1}", "data: -0.1}", 1, "no number from 0 to 1"},
        {"who: 0.4", "whom: 0.4", 1, "'whom' is not among"},
        {"low: 0.5}", "}", 2, "'low' is missing"},
        {"party: vendor, reach: [0.2, 0.2]", "party: seller, reach: [0.2, 0.2]", 4,
         "'seller' is not among"},
        {"[0.2, 0.2]", "[0.3, 0.2]", 4, "above the upper"},
        {"[0.2, 0.2]", "[0.3, 0.4, 1]", 4, "no bounds"},
        {"grade: low", "grade: high", 5, "must be low"},
        {"grade: low", "grade: lower", 5, "no grade"},
        {"[grant]", "[gift]", 6, "'gift' is not among"},
        {"[grant]", "grant", 6, "no list"},
        {", because: pays", "", 6, "'because' is missing"},
        {"  CHN:", "  China:", 8, "no country"},
        {"weight: 0.6", "weight: 0.5", 11, "sum to 0.9"},
        {"{safe_city: yes}", "{safe_town: yes}", 12, "'safe_town' is not among"},
        {"{safe_city: yes}", "{safe_city: often}", 12, "no number from 0 to 1"},
        {"enforcement: {partly: 0.5}\n", "", 1, "'enforcement' is missing"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const char *text = changed(cases[k].from, cases[k].to);
        pp_access_rules *rules = NULL;
        pp_error err = {0};
        assert_int_equal(
            pp_access_rules_text(text, (int64_t)strlen(text), "rules.yml", &rules, &err),
            PP_E_INPUT);
        if (err.line != cases[k].line || !strstr(err.message, cases[k].words)) {
            fail_msg("%s: line %d, %s", cases[k].to, (int)err.line, err.message);
        }
        assert_string_equal(err.file, "rules.yml");
        assert_true(err.hint[0] != '\0');
    }
}

static void test_bad_inputs(void **state) {
    (void)state;
    world w;
    pp_result *out = NULL;
    pp_error err = {0};
    open_world(&w, ADOPTIONS, changed("instrument: law", "instrument: lex"));
    assert_int_equal(pp_access(&w.in, w.rules, NULL, NULL, &out, &err), PP_E_INPUT);
    assert_int_equal(err.line, 8);
    w.in.laws = NULL;
    w.options.home = "KEN";
    w.options.place = "UGA";
    assert_int_equal(pp_access(&w.in, w.rules, &w.options, NULL, &out, &err), PP_E_INPUT);
    assert_non_null(strstr(err.message, "Uganda has no party of KEN"));
    w.options = (pp_access_options){.draws = -1};
    assert_int_equal(pp_access(&w.in, w.rules, &w.options, NULL, &out, &err),
                     PP_E_ARGUMENT);
    assert_ok(pp_table_resize(w.tables[1], 2, &err));
    assert_int_equal(pp_access(&w.in, w.rules, NULL, NULL, &out, &err), PP_E_INPUT);
    assert_string_equal(err.value, "c3");
    assert_ok(pp_table_drop(w.tables[1], "note", &err));
    assert_int_equal(pp_access(&w.in, w.rules, NULL, NULL, &out, &err), PP_E_NOT_FOUND);
    close_world(&w);
    assert_int_equal(pp_access_rules_read("/nowhere.yml", &w.rules, &err),
                     PP_E_NOT_FOUND);
}

static pp_status once(void *payload, pp_error *err) {
    world *w = payload;
    pp_access_rules *rules = NULL;
    pp_result *out = NULL;
    pp_status status =
        pp_access_rules_text(RULES, (int64_t)strlen(RULES), "r", &rules, err);
    if (status == PP_OK) {
        status = pp_access(&w->in, rules, &w->options, NULL, &out, err);
    }
    pp_result_free(out);
    pp_access_rules_free(rules);
    return status;
}

static void test_memory(void **state) {
    (void)state;
    world w;
    open_world(&w, ADOPTIONS, RULES);
    w.options.draws = 10;
    assert_true(fail_every_allocation(once, &w) > 20);
    close_world(&w);
}

/* An end that a later claim gainsays: upper bounds stay open, lower ones rest on nothing. */
static void test_named_later(void **state) {
    (void)state;
    world w;
    open_world(&w,
               "adoption,place_id,place,place_kind,country,vendor,supplier,ended,claims,"
               "conflict\n"
               "a1,K1,Nairobi,city,KEN,huawei,CHN,true,c1 c2,after_end\n"
               "a2,U1,Kampala,city,UGA,zte,CHN,true,c6,dates\n",
               RULES);
    pp_result *r = access_of(&w);
    check(r, "access_parts", "K1", "who_low", 0);
    check(r, "access_parts", "K1", "who_high", 1);
    check(r, "access_parts", "K1", "home_law_low", 0);
    check(r, "access_parts", "K1", "home_law_high", 1);
    check(r, "access_parts", "K1", "data_low", 0);
    check(r, "access_parts", "K1", "data_high", 1);
    const pp_table *t = pp_result_find(r, "access_parts");
    assert_int_equal(pp_table_rows(t), 2); /* Kenya and Nairobi; Uganda's has ended */
    t = pp_result_find(r, "access_profiles");
    int64_t row = row_of(t, "relation", "supplied");
    assert_string_equal(pp_column_get_text(pp_table_find(t, "note"), row),
                        "an end is on record, and later claims still name it");
    pp_result_free(r);
    close_world(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),     cmocka_unit_test(test_profiles),
        cmocka_unit_test(test_any_home),  cmocka_unit_test(test_simplex),
        cmocka_unit_test(test_stability), cmocka_unit_test(test_order),
        cmocka_unit_test(test_refusals),  cmocka_unit_test(test_bad_inputs),
        cmocka_unit_test(test_memory),    cmocka_unit_test(test_named_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
