/* Profiles: facts by hand, parts of a linear predictor, what is missing. */
#include "support/frames.h"
#include "support/support.h"

#include <pushpull/adoption.h>
#include <pushpull/after.h>
#include <pushpull/io.h>
#include <pushpull/profile.h>
#include <pushpull/render.h>

#include <math.h>
#include <string.h>

static pp_gazetteer *gazetteer;

static const char CLAIMS[] =
    "claim_id,place_id,place,place_kind,country,vendor,vendor_home,platform,status,"
    "earliest,latest,financing,amount_usd,buyer_level,buyer,stated_purpose,confidence,"
    "source_id,story,coder,note\n"
    "A1,gn:184745,Nairobi,city,KEN,huawei,CHN,safe_city,operational,2014,2014,grant,5,"
    "national,Police,crime,low,S1,T1,A,x\n"
    "A2,gn:184745,Nairobi,city,KEN,huawei,CHN,facial_recognition,operational,2016,2016,"
    "unknown,,subnational,City,traffic,medium,S2,T2,A,x\n"
    "A3,KEN,KEN,country,KEN,zte,CHN,safe_city,contracted,2012,2013,commercial_loan,9,"
    "national,Police,crime,high,S1,T1,A,x\n"
    "A4,KEN,KEN,country,KEN,axis,SWE,cctv_network,operational,2001,2001,own_budget,,"
    "national,Army,terrorism,high,S2,T3,A,x\n"
    "A5,UGA,UGA,country,UGA,unknown,unknown,cctv_network,operational,2010,2010,own_"
    "budget,,national,Army,traffic,low,S2,T4,A,x\n"
    "A6,,Lost Town,city,UGA,unknown,unknown,cctv_network,announced,2010,2010,unknown,,"
    "national,Army,unknown,low,S2,T5,A,x\n"
    "A7,TZA,TZA,country,TZA,huawei,CHN,safe_city,operational,2015,2015,unknown,,unknown,,"
    "unknown,low,S1,T6,A,x\n";
static const char SOURCES[] = "source_id,url,title,publisher,kind\n"
                              "S1,https://a.example/1,One,The "
                              "Paper,news\nS2,https://b.example/2,Two,State,government\n";
static const char SEARCHES[] = "country,coder,targeted_queries_at_least,claims_found\n"
                               "KEN,A,3,4\nUGA,A,3,2\nTZA,A,3,1\nETH,A,3,0\n";
static const char COUNTRIES[] =
    "id,name,iso2,m49,cow,gw,world_bank,region,subregion,status,from_year,to_year,"
    "latitude,longitude\n"
    "CHN,China,CN,156,710,710,CHN,Asia,Eastern Asia,state,,,35,105\n"
    "SWE,Sweden,SE,752,380,380,SWE,Europe,Northern Europe,state,,,62,15\n"
    "ETH,Ethiopia,ET,231,530,530,ETH,Africa,Eastern Africa,state,,,9,40\n"
    "KEN,Kenya,KE,404,501,501,KEN,Africa,Eastern Africa,state,,,0,37\n"
    "SSD,South Sudan,SS,728,626,626,SSD,Africa,Eastern Africa,state,,,7,30\n"
    "TZA,Tanzania,TZ,834,510,510,TZA,Africa,Eastern Africa,state,,,-6,35\n"
    "UGA,Uganda,UG,800,500,500,UGA,Africa,Eastern Africa,state,,,1,32\n";
static const char INDICATORS[] = "iso3,year,homicide_rate,electoral_democracy\n"
                                 "KEN,2013,3,0.4\nKEN,2014,4,0.5\nKEN,2015,,0.6\nUGA,"
                                 "2015,9,0.3\nTZA,2012,7,\nETH,2010,"
                                 "8,0.2\n";

static const char *const TEXTS[] = {CLAIMS, SOURCES, SEARCHES, COUNTRIES, INDICATORS};

typedef struct world {
    pp_table *table[5];
    pp_result *adoption, *unknown;
    pp_table *panel;
    pp_fit *fit;
    pp_profile_inputs in;
    pp_profile_options options;
} world;

static int set_up(void **state) {
    (void)state;
    return pp_gazetteer_open(build_path("share/pushpull"), &gazetteer, NULL) != PP_OK;
}

static int tear_down(void **state) {
    (void)state;
    pp_gazetteer_free(gazetteer);
    return 0;
}

static pp_table *read_text(const char *text) {
    pp_table *table = NULL;
    pp_error err = {0};
    assert_ok(pp_table_read(write_text(fresh_folder(), "t.csv", text), NULL, NULL, &table,
                            &err));
    return table;
}

static pp_table *reversed(const pp_table *table) {
    int64_t n = pp_table_rows(table), rows[8192];
    pp_table *out = NULL;
    pp_error err = {0};
    for (int64_t i = 0; i < n; i++) {
        rows[i] = n - 1 - i;
    }
    assert_ok(pp_table_take_rows(table, rows, n, &out, &err));
    return out;
}

static const char *const CHINA[] = {"CHN", NULL}, *const NOBODY[] = {"unknown", NULL},
                         *const AWAY[] = {"CHN", "SWE", NULL};

static void make_text(pp_table *table, const char *name) {
    pp_error err = {0};
    assert_ok(pp_column_convert(table, pp_table_find(table, name), PP_TEXT, &err));
}

static void derive(world *w) {
    pp_adoption_rule rule = {.name = "prc", .suppliers = CHINA, .excluded = AWAY};
    pp_error err = {0};
    make_text(w->table[0], "earliest");
    make_text(w->table[0], "latest");
    assert_ok(pp_adoption_derive(&rule, w->table[0], w->table[2], w->table[3], NULL,
                                 &w->adoption, &err));
    rule.suppliers = NOBODY;
    assert_ok(pp_adoption_derive(&rule, w->table[0], w->table[2], w->table[3], NULL,
                                 &w->unknown, &err));
}

static void open_world(world *w, int turned) {
    *w = (world){0};
    for (int t = 0; t < 5; t++) {
        w->table[t] = read_text(TEXTS[t]);
        if (turned) {
            pp_table *other = reversed(w->table[t]);
            pp_table_free(w->table[t]);
            w->table[t] = other;
        }
    }
    derive(w);
    w->in = (pp_profile_inputs){.adoption = w->adoption,
                                .unknown = w->unknown,
                                .claims = w->table[0],
                                .sources = w->table[1],
                                .countries = w->table[3],
                                .indicators = w->table[4],
                                .gazetteer = gazetteer};
    w->options = (pp_profile_options){.homicide = "homicide_rate",
                                      .democracy = "electoral_democracy"};
}

static void close_world(world *w) {
    for (int t = 0; t < 5; t++) {
        pp_table_free(w->table[t]);
    }
    pp_fit_free(w->fit);
    pp_table_free(w->panel);
    pp_result_free(w->adoption);
    pp_result_free(w->unknown);
}

static pp_result *profiles_of(const world *w) {
    pp_result *out = NULL;
    pp_error err = {0};
    assert_ok(pp_profiles(&w->in, &w->options, NULL, &out, &err));
    return out;
}

/* A model on many rows, and the panel of two countries and a half. */
static const pp_profile_factor FACTORS[] = {{"x1", "First", "push"},
                                            {"x2", NULL, "pull"},
                                            {"d", NULL, "controls"},
                                            {"region", NULL, "controls"}};

static void add_model(world *w, int turned) {
    const pp_model_options options = {.model = "logit"};
    pp_error err = {0};
    w->panel = random_frame(600, 5);
    w->fit = fitted("y ~ x1 + x2 + I(x2^2) + d + region + x3", w->panel, &options);
    static const char *const units[] = {"KEN", "KEN", "UGA", "UGA", "TZA", "XXX"};
    static const double years[] = {2013, 2014, 2014, 2012, 2012, 2014};
    int64_t rows[] = {3, 4, 5, 6, 7, 8};
    pp_table *part = NULL;
    pp_column *unit, *year;
    assert_ok(pp_table_take_rows(w->panel, rows, 6, &part, &err));
    assert_ok(pp_table_add(part, PP_TEXT, "unit", &unit, &err));
    assert_ok(pp_table_add(part, PP_NUMBER, "year", &year, &err));
    for (int i = 0; i < 6; i++) {
        assert_ok(pp_column_set_text(part, unit, i, units[i], &err));
        year->number[i] = years[i];
    }
    pp_table_find(part, "x2")->number[2] = NAN; /* UGA of 2014: that of 2012 is taken */
    pp_table_find(part, "x1")->number[4] = NAN; /* TZA has none */

    w->in.fit = w->fit;
    w->in.factors = FACTORS;
    w->in.n_factors = 4;
    w->in.panel = turned ? reversed(part) : part;
    if (turned) {
        pp_table_free(part);
    }
}

static void drop_panel(world *w) {
    pp_table_free((pp_table *)w->in.panel);
    close_world(w);
}

/* ---- cells ---- */

static void assert_near(double a, double b, double tolerance) {
    assert_true(fabs(a - b) <= tolerance);
}

static int64_t row_of(const pp_table *t, const char *place, const char *column,
                      const char *word) {
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        const char *id = pp_column_get_text(pp_table_find(t, "place_id"), i);
        const char *own = column ? pp_column_get_text(pp_table_find(t, column), i) : NULL;
        if (strcmp(id, place) == 0 && (!column || (own && strcmp(own, word) == 0))) {
            return i;
        }
    }
    return -1;
}

static const char *text_of(const pp_result *r, const char *place, const char *column) {
    const pp_table *t = pp_result_find(r, "profiles");
    const char *text =
        pp_column_get_text(pp_table_find(t, column), row_of(t, place, NULL, NULL));
    return text ? text : "";
}

static double number_of(const pp_result *r, const char *place, const char *column) {
    const pp_table *t = pp_result_find(r, "profiles");
    return pp_table_find(t, column)->number[row_of(t, place, NULL, NULL)];
}

static double driver_at(const pp_result *r, const char *place, const char *factor,
                        const char *column) {
    const pp_table *t = pp_result_find(r, "profile_drivers");
    int64_t row = row_of(t, place, "factor", factor);
    assert_true(row >= 0);
    return pp_table_find(t, column)->number[row];
}

static const char *fact_of(const pp_result *r, const char *place, const char *fact,
                           const char *column) {
    const pp_table *t = pp_result_find(r, "profile_facts");
    int64_t row = row_of(t, place, "fact", fact);
    const char *text = row < 0 ? NULL : pp_column_get_text(pp_table_find(t, column), row);
    return text ? text : "";
}

/* ---- the record ---- */

static void test_record(void **state) {
    world w;
    (void)state;
    open_world(&w, 0);
    pp_result *r = profiles_of(&w);
    assert_string_equal(text_of(r, "KEN", "outcome"), "adopted");
    assert_string_equal(text_of(r, "UGA", "outcome"), "supplier_unknown");
    assert_string_equal(text_of(r, "ETH", "outcome"), "no_adoption_found");
    assert_string_equal(text_of(r, "SSD", "outcome"), "not_searched");
    assert_true(number_of(r, "KEN", "adoptions") == 3);
    assert_true(number_of(r, "KEN", "claims") == 3);
    assert_true(number_of(r, "KEN", "stories") == 2);
    assert_true(number_of(r, "KEN", "earliest_year") == 2012);
    assert_true(number_of(r, "KEN", "latest_year") == 2013);
    assert_true(number_of(r, "KEN", "years_since") == 2);
    assert_true(number_of(r, "KEN", "ended") == 0);
    assert_string_equal(text_of(r, "KEN", "confidence"), "high");
    assert_string_equal(text_of(r, "KEN", "vendors"), "huawei, zte");
    assert_string_equal(text_of(r, "KEN", "largest_vendor"), "huawei");
    assert_true(number_of(r, "KEN", "face_recognition") == 1);
    assert_true(isnan(number_of(r, "TZA", "face_recognition")));
    assert_string_equal(fact_of(r, "KEN", "claims", "claims"), "A1 A2 A3");
    assert_string_equal(fact_of(r, "KEN", "face_recognition", "claims"), "A2");
    assert_string_equal(text_of(r, "ETH", "vendors"), "");
    pp_result_free(r);
    close_world(&w);
}

static void test_city(void **state) {
    world w;
    (void)state;
    open_world(&w, 0);
    pp_result *r = profiles_of(&w);
    const pp_table *t = pp_result_find(r, "profiles");
    assert_int_equal(pp_table_rows(t), 6);
    assert_int_equal(row_of(t, "gn:184745", NULL, NULL), 5); /* after the countries */
    assert_string_equal(text_of(r, "gn:184745", "name"), "Nairobi");
    assert_string_equal(text_of(r, "gn:184745", "outcome"), "adopted");
    assert_true(number_of(r, "gn:184745", "latest_year") == 2014);
    assert_true(number_of(r, "gn:184745", "claims") == 2);
    assert_true(number_of(r, "gn:184745", "homicide") == 4);
    assert_string_equal(fact_of(r, "gn:184745", "homicide", "of"), "country");
    assert_string_equal(fact_of(r, "gn:184745", "claims", "of"), "place");
    assert_int_equal(pp_result_warnings(r), 1); /* Lost Town */
    pp_result_free(r);
    close_world(&w);
}

static void test_buying(void **state) {
    world w;
    (void)state;
    open_world(&w, 0);
    pp_result *r = profiles_of(&w);
    assert_string_equal(text_of(r, "KEN", "buyer_level"), "both");
    assert_string_equal(text_of(r, "KEN", "buyers"), "Police; City");
    assert_string_equal(text_of(r, "KEN", "purposes"), "crime, traffic");
    assert_true(number_of(r, "KEN", "purpose_crime") == 1);
    assert_true(number_of(r, "UGA", "purpose_crime") == 0);
    assert_true(isnan(number_of(r, "TZA", "purpose_crime"))); /* none stated */
    assert_string_equal(text_of(r, "KEN", "finance"), "commercial_loan, grant");
    assert_true(number_of(r, "KEN", "finance_supplier") == 1);
    assert_string_equal(fact_of(r, "KEN", "finance_supplier", "claims"), "A1");
    assert_true(number_of(r, "UGA", "finance_supplier") == 0);
    assert_true(isnan(number_of(r, "TZA", "finance_supplier")));
    assert_true(number_of(r, "KEN", "amount_usd") == 9);
    assert_string_equal(fact_of(r, "KEN", "amount_usd", "claims"), "A3");
    pp_result_free(r);
    close_world(&w);
}

/* Homicides: KEN 4 (2014), TZA 7, ETH 8, UGA 9. */
static void test_crime(void **state) {
    static const char *const verdicts[][2] = {
        {"KEN", "stated_not_high"}, {"UGA", "not_stated"}, {"TZA", "not_known"}};
    world w;
    (void)state;
    open_world(&w, 0);
    pp_result *r = profiles_of(&w);
    assert_true(number_of(r, "KEN", "homicide") == 4);
    assert_true(number_of(r, "KEN", "homicide_year") == 2014);
    assert_true(number_of(r, "KEN", "homicide_rank") == 0);
    assert_true(number_of(r, "UGA", "homicide_rank") == 1);
    assert_true(isnan(number_of(r, "SSD", "homicide")));
    assert_true(number_of(r, "KEN", "democracy") == 0.6);
    const pp_table *t = pp_result_find(r, "profile_problem");
    for (int i = 0; i < 3; i++) {
        int64_t row = row_of(t, verdicts[i][0], NULL, NULL);
        assert_string_equal(pp_column_get_text(pp_table_find(t, "verdict"), row),
                            verdicts[i][1]);
    }
    int64_t row = row_of(t, "KEN", NULL, NULL);
    assert_true(pp_table_find(t, "homicide_then")->number[row] == 3);
    assert_true(pp_table_find(t, "then_year")->number[row] == 2013);
    assert_int_equal(row_of(t, "ETH", NULL, NULL), -1);
    pp_result_free(r);
    w.options.high = 0.0001;
    w.options.homicide = NULL;
    r = profiles_of(&w);
    t = pp_result_find(r, "profile_problem");
    assert_string_equal(
        pp_column_get_text(pp_table_find(t, "verdict"), row_of(t, "KEN", NULL, NULL)),
        "stated_rate_not_known");
    pp_result_free(r);
    close_world(&w);
}

static void test_around(void **state) {
    world w;
    pp_table *access = frame("place_id composite low high\nKEN 0.5 0.25 1");
    (void)state;
    open_world(&w, 0);
    w.in.access = access;
    pp_result *r = profiles_of(&w);
    assert_true(number_of(r, "KEN", "neighbours") == 4); /* Somalia is not in the table */
    assert_true(number_of(r, "KEN", "neighbours_adopted") == 1);
    assert_string_equal(fact_of(r, "KEN", "neighbours_adopted", "note"),
                        "of 2 more it is not known");
    assert_true(number_of(r, "KEN", "exposure_low") == 0.25);
    assert_true(isnan(number_of(r, "UGA", "exposure")));
    assert_true(isnan(number_of(r, "KEN", "dependence")));
    const pp_table *t = pp_result_find(r, "profile_claims");
    assert_int_equal(pp_table_rows(t), 9); /* Nairobi's twice, of the city and of Kenya */
    int64_t row = row_of(t, "KEN", "claim_id", "A4");
    assert_true(pp_table_find(t, "counts")->number[row] == 0);
    assert_string_equal(pp_column_get_text(pp_table_find(t, "publisher"), row), "State");
    pp_result_free(r);
    pp_table_free(access);
    close_world(&w);
}

/* ---- drivers ---- */

/* The linear predictor, hazard and interval of each row of the panel, by pp_fit_predict. */
static pp_result *predictions_of(const world *w) {
    pp_result *out = NULL;
    pp_error err = {0};
    assert_ok(pp_result_new("test", &out, &err));
    assert_ok(pp_fit_predict(w->fit, w->in.panel, NULL, NULL, out, &err));
    return out;
}

static double predicted(const pp_result *p, int64_t row, const char *column) {
    return pp_table_find(pp_result_find(p, "predictions"), column)->number[row];
}

static void test_sums(void **state) {
    static const char *const factors[] = {"x1", "x2", "d", "region", "time"};
    static const char *const groups[] = {"push", "pull", "controls", "other"};
    world w;
    (void)state;
    open_world(&w, 0);
    add_model(&w, 0);
    pp_result *r = profiles_of(&w), *p = predictions_of(&w);
    /* The means are those of Kenya (row 1) and Uganda (row 3). */
    double half =
        predicted(p, 1, "linear_predictor") / 2 - predicted(p, 3, "linear_predictor") / 2;
    double parts = 0, sums = 0;
    for (int i = 0; i < 5; i++) {
        parts += driver_at(r, "KEN", factors[i], "contribution");
    }
    for (int i = 0; i < 4; i++) {
        sums += driver_at(r, "KEN", groups[i], "contribution");
    }
    assert_near(driver_at(r, "KEN", "all", "contribution"), half, 1e-12);
    assert_near(driver_at(r, "UGA", "all", "contribution"), -half, 1e-12);
    assert_near(parts, half, 1e-12);
    assert_near(sums, half, 1e-12);
    assert_near(number_of(r, "KEN", "hazard"), predicted(p, 1, "estimate"), 1e-14);
    assert_near(number_of(r, "KEN", "hazard_low"), predicted(p, 1, "conf_low"), 1e-12);
    assert_near(number_of(r, "KEN", "hazard_high"), predicted(p, 1, "conf_high"), 1e-12);
    assert_true(number_of(r, "KEN", "push") ==
                driver_at(r, "KEN", "push", "contribution"));
    pp_result_free(p);
    pp_result_free(r);
    drop_panel(&w);
}

static int64_t term_at(const pp_fit *fit, const char *name) {
    int64_t j = 0;
    while (strcmp(pp_fit_term(fit, j), name) != 0) {
        j++;
    }
    return j;
}

/* x2 has two terms: d'Vd of both, by hand. */
static void test_variance(void **state) {
    world w;
    (void)state;
    open_world(&w, 0);
    add_model(&w, 0);
    pp_result *r = profiles_of(&w);
    const double *V = pp_fit_covariance(w.fit), *b = pp_fit_estimates(w.fit);
    const double *x = pp_table_find(w.in.panel, "x2")->number;
    int64_t i = term_at(w.fit, "x2"), j = term_at(w.fit, "I(x2^2)");
    int64_t k = pp_fit_terms(w.fit);
    double d = (x[1] - x[3]) / 2, e = (x[1] * x[1] - x[3] * x[3]) / 2;
    double variance =
        d * d * V[i + i * k] + 2 * d * e * V[i + j * k] + e * e * V[j + j * k];
    assert_near(driver_at(r, "KEN", "x2", "contribution"), b[i] * d + b[j] * e, 1e-12);
    assert_near(driver_at(r, "KEN", "x2", "std_error"), sqrt(variance), 1e-12);
    assert_near(driver_at(r, "KEN", "x2", "reference"), (x[1] + x[3]) / 2, 1e-14);
    pp_result_free(r);
    drop_panel(&w);
}

static void test_missing_factors(void **state) {
    world w;
    (void)state;
    open_world(&w, 0);
    add_model(&w, 0);
    pp_result *r = profiles_of(&w);
    assert_true(number_of(r, "UGA", "hazard_year") == 2012);
    assert_true(isnan(number_of(r, "TZA", "hazard")));
    assert_string_equal(text_of(r, "TZA", "no_hazard"),
                        "not known of its last years: x1");
    assert_string_equal(text_of(r, "SSD", "no_hazard"),
                        "no figures of it in the last years");
    assert_string_equal(text_of(r, "TZA", "driver"), "");
    pp_result_free(r);
    w.options.back = 1; /* 2012 is too far back */
    r = profiles_of(&w);
    assert_string_equal(text_of(r, "UGA", "no_hazard"),
                        "not known of its last years: x2");
    pp_result_free(r);
    drop_panel(&w);
}

/* Against the rows of the fit the mean of all contributions is none. */
static void test_reference(void **state) {
    world w;
    (void)state;
    open_world(&w, 0);
    add_model(&w, 0);
    pp_result *r = profiles_of(&w);
    double between = driver_at(r, "KEN", "all", "contribution") -
                     driver_at(r, "UGA", "all", "contribution");
    pp_result_free(r);
    w.options.reference = "rows";
    r = profiles_of(&w);
    double mean = 0;
    for (int64_t i = 0; i < 600; i++) {
        mean += pp_table_find(w.panel, "x1")->number[i] / 600;
    }
    assert_near(driver_at(r, "KEN", "x1", "reference"), mean, 1e-12);
    assert_near(driver_at(r, "KEN", "all", "contribution") -
                    driver_at(r, "UGA", "all", "contribution"),
                between, 1e-12);
    pp_result_free(r);
    drop_panel(&w);
}

/* x1 drives y for certain, x2 hardly: a place far out on x1 is driven by push. */
static void test_driver(void **state) {
    world w;
    (void)state;
    open_world(&w, 0);
    add_model(&w, 0);
    const double *b = pp_fit_estimates(w.fit);
    double away = b[term_at(w.fit, "x1")] > 0 ? 5 : -5;
    pp_table_find(w.in.panel, "x1")->number[1] = away;
    pp_table_find(w.in.panel, "x1")->number[3] = -away;
    pp_table_find(w.in.panel, "x2")->number[1] = 0;
    pp_table_find(w.in.panel, "x2")->number[3] = 0;
    pp_result *r = profiles_of(&w);
    assert_true(number_of(r, "KEN", "push_low") > 0);
    assert_string_equal(text_of(r, "KEN", "driver"), "push");
    assert_string_equal(text_of(r, "KEN", "leaning"), "push");
    assert_true(number_of(r, "KEN", "push_above") > 0.975);
    assert_string_equal(text_of(r, "UGA", "driver"), "neither"); /* pull adds nothing */
    assert_string_equal(text_of(r, "UGA", "leaning"), "pull");
    pp_result_free(r);
    drop_panel(&w);
}

/* ---- properties ---- */

static void assert_same(const pp_result *a, const pp_result *b) {
    pp_buf x, y;
    pp_error err = {0};
    pp_buf_init(&x);
    pp_buf_init(&y);
    assert_ok(pp_result_render(a, PP_FORMAT_JSON, NULL, 0, &x, &err));
    assert_ok(pp_result_render(b, PP_FORMAT_JSON, NULL, 0, &y, &err));
    assert_string_equal(x.data, y.data);
    pp_buf_clear(&x);
    pp_buf_clear(&y);
}

static void test_row_order(void **state) {
    world w, v;
    (void)state;
    open_world(&w, 0);
    open_world(&v, 1);
    add_model(&w, 0);
    add_model(&v, 1);
    pp_result *r = profiles_of(&w), *s = profiles_of(&v);
    assert_same(r, s);
    pp_result_free(r);
    pp_result_free(s);
    drop_panel(&w);
    drop_panel(&v);
}

static void test_nothing_else(void **state) {
    world w;
    (void)state;
    open_world(&w, 0);
    w.in.unknown = NULL;
    w.in.sources = w.in.indicators = NULL;
    w.options = (pp_profile_options){0};
    pp_result *r = profiles_of(&w);
    assert_string_equal(text_of(r, "UGA", "outcome"), "supplier_unknown");
    assert_true(isnan(number_of(r, "KEN", "hazard")));
    assert_true(isnan(number_of(r, "KEN", "homicide")));
    assert_string_equal(text_of(r, "KEN", "protection"), "");
    assert_string_equal(text_of(r, "KEN", "no_hazard"), "");
    assert_int_equal(pp_table_rows(pp_result_find(r, "profile_drivers")), 0);
    pp_result_free(r);
    close_world(&w);
}

static void test_refusals(void **state) {
    static const pp_profile_options wrong[] = {
        {.back = -1}, {.high = 2}, {.lean = 0.5}, {.year = -1}, {.reference = "no"}};
    world w;
    pp_result *out = NULL;
    pp_error err = {0};
    (void)state;
    open_world(&w, 0);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(pp_profiles(&w.in, &wrong[i], NULL, &out, &err), PP_E_ARGUMENT);
        assert_null(out);
    }
    w.options.homicide = "homocide";
    assert_int_equal(pp_profiles(&w.in, &w.options, NULL, &out, &err), PP_E_NOT_FOUND);
    w.in.adoption = NULL;
    assert_int_equal(pp_profiles(&w.in, NULL, NULL, &out, &err), PP_E_NOT_FOUND);
    w.in.adoption = w.adoption;
    const pp_model_options ols = {.model = "ols"};
    w.panel = random_frame(60, 5);
    w.fit = fitted("y ~ x1", w.panel, &ols);
    w.in.fit = w.fit;
    assert_int_equal(pp_profiles(&w.in, NULL, NULL, &out, &err), PP_E_UNSUPPORTED);
    close_world(&w);
}

static pp_status work(void *payload, pp_error *err) {
    const world *w = payload;
    pp_result *out = NULL;
    pp_status status = pp_profiles(&w->in, &w->options, NULL, &out, err);
    pp_result_free(out);
    return status;
}

static void test_allocations(void **state) {
    world w;
    (void)state;
    open_world(&w, 0);
    add_model(&w, 0);
    assert_true(fail_every_allocation(work, &w) > 100);
    drop_panel(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_record),    cmocka_unit_test(test_city),
        cmocka_unit_test(test_buying),    cmocka_unit_test(test_crime),
        cmocka_unit_test(test_around),    cmocka_unit_test(test_sums),
        cmocka_unit_test(test_variance),  cmocka_unit_test(test_missing_factors),
        cmocka_unit_test(test_reference), cmocka_unit_test(test_driver),
        cmocka_unit_test(test_row_order), cmocka_unit_test(test_nothing_else),
        cmocka_unit_test(test_refusals),  cmocka_unit_test(test_allocations),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
