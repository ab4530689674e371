#include <pushpull/adoption.h>

#include "support/claims.h"
#include "support/support.h"

#include <math.h>
#include <string.h>

#define LIST(...)     ((const char *const[]){__VA_ARGS__, NULL})
#define CLAIMS(...)   ((const claim_row[]){__VA_ARGS__})
#define N_CLAIMS(...) (sizeof(CLAIMS(__VA_ARGS__)) / sizeof(claim_row))
/* Derives by the rule from claims written in place; the caller frees. */
#define DERIVE(rule, ...) derive(rule, CLAIMS(__VA_ARGS__), N_CLAIMS(__VA_ARGS__))

static const char *const chn[] = {"CHN", NULL};
static const pp_adoption_rule prc = {.name = "prc", .suppliers = chn, .excluded = chn};

static pp_result *derive(const pp_adoption_rule *rule, const claim_row *rows, size_t n) {
    const search_row searched[] = {{"BRA", 2}, {"SRB", 0}, {NULL, 0}};
    pp_table *claims = claims_table(rows, n), *countries = countries_table();
    pp_table *searches = searches_table(searched);
    pp_result *result = NULL;
    pp_error err = {0};
    assert_ok(pp_adoption_derive(rule, claims, searches, countries, NULL, &result, &err));
    pp_table_free(claims);
    pp_table_free(countries);
    pp_table_free(searches);
    return result;
}

static int64_t rows_of(const pp_result *result, const char *table) {
    return pp_table_rows(pp_result_find(result, table));
}

static const pp_warning *warning(const pp_result *result, const char *code) {
    for (int i = 0; i < pp_result_warnings(result); i++) {
        if (strcmp(pp_result_warning(result, i)->code, code) == 0) {
            return pp_result_warning(result, i);
        }
    }
    return NULL;
}

static const char operational[] = "KEN/country/huawei/urban_surveillance/operational";
static const char contracted[] = "KEN/country/huawei/urban_surveillance/contracted";

static void an_adoption_intersects_its_claims(void **state) {
    (void)state;
    pp_result *r = DERIVE(
        &prc, {"A1", "KEN", .earliest = "2014", .latest = "2015"},
        {"A2", "KEN", .platform = "safe_city", .latest = "2014-06", .story = "one"},
        {"A3", "KEN", .platform = "command_centre", .latest = "2022-03-09",
         .story = "one", .confidence = "high"});
    assert_int_equal(rows_of(r, "adoptions"), 1);
    assert_string_equal(cell(r, "adoptions", operational, "earliest"), "2014-01-01");
    assert_string_equal(cell(r, "adoptions", operational, "latest"), "2014-06-30");
    assert_string_equal(cell(r, "adoptions", operational, "dating"), "window");
    assert_string_equal(cell(r, "adoptions", operational, "n_claims"), "3");
    assert_string_equal(cell(r, "adoptions", operational, "n_stories"), "2");
    assert_string_equal(cell(r, "adoptions", operational, "confidence"), "high");
    assert_string_equal(cell(r, "adoptions", operational, "claims"), "A1 A2 A3");
    assert_string_equal(cell(r, "adoptions", operational, "conflict"), "");
    assert_string_equal(cell(r, "adoptions", operational, "supplier"), "CHN");
    assert_string_equal(cell(r, "outcomes", "KEN", "outcome"), "adopted");
    assert_string_equal(cell(r, "outcomes", "KEN", "earliest_year"), "2014");
    assert_string_equal(cell(r, "outcomes", "KEN", "latest_year"), "2014");
    assert_string_equal(cell(r, "outcomes", "KEN", "first"), operational);
    assert_int_equal(rows_of(r, "conflicts"), 0);
    pp_result_free(r);
}

static void claims_that_do_not_meet_are_a_conflict(void **state) {
    (void)state;
    pp_result *r = DERIVE(&prc, {"A1", "KEN", .earliest = "2014", .latest = "2014"},
                          {"A2", "KEN", .earliest = "2016-06", .latest = "2016-06"});
    assert_string_equal(cell(r, "adoptions", operational, "earliest"), "2014-01-01");
    assert_string_equal(cell(r, "adoptions", operational, "latest"), "2016-06-30");
    assert_string_equal(cell(r, "adoptions", operational, "conflict"), "dates");
    assert_string_equal(cell(r, "outcomes", "KEN", "conflict"), "dates");
    assert_string_equal(cell(r, "conflicts", "KEN", "kind"), "dates");
    assert_string_equal(cell(r, "conflicts", "KEN", "claims"), "A1 A2");
    assert_non_null(
        strstr(cell(r, "conflicts", "KEN", "detail"), "2014-01-01 to 2016-06-30"));
    assert_int_equal(warning(r, "conflicts")->count, 1);
    pp_result_free(r);
    r = DERIVE(&prc, {"A1", "KEN", .earliest = "2014", .latest = "2014"},
               {"A2", "KEN", .earliest = "2016", .latest = "2016", .confidence = "high"});
    assert_string_equal(cell(r, "adoptions", operational, "earliest"), "2016-01-01");
    pp_result_free(r);
}

static void places_vendors_families_and_groups_are_apart(void **state) {
    (void)state;
    pp_result *r = DERIVE(
        &prc, {"A1", "KEN", .latest = "2016"}, {"A2", "KEN", "Nairobi", .latest = "2016"},
        {"A3", "KEN", "Nairobi", "region", .latest = "2016"},
        {"A4", "KEN", .vendor = "zte", .latest = "2016"},
        {"A5", "KEN", .platform = "facial_recognition", .latest = "2016"},
        {"A6", "KEN", .status = "contracted", .latest = "2016"},
        {"A7", "KEN", .vendor = "unknown", .latest = "2016"});
    assert_int_equal(rows_of(r, "adoptions"), 7);
    static const char *const ids[] = {
        "KEN/country/huawei/facial_recognition/operational",
        "KEN/country/huawei/urban_surveillance/contracted",
        "KEN/country/huawei/urban_surveillance/operational",
        "KEN/country/unknown-CHN/urban_surveillance/operational",
        "KEN/country/zte/urban_surveillance/operational",
        "KEN/nairobi-region/huawei/urban_surveillance/operational",
        "KEN/nairobi/huawei/urban_surveillance/operational",
    };
    for (int i = 0; i < 7; i++) {
        assert_string_equal(cell_at(r, "adoptions", i, "adoption"), ids[i]);
    }
    assert_string_equal(cell(r, "outcomes", "KEN", "n_adoptions"), "7");
    assert_int_equal(warning(r, "pending_place")->count, 2);
    pp_result_free(r);
}

static void a_place_has_one_name_and_places_of_one_name_stay_apart(void **state) {
    (void)state;
    pp_result *r =
        DERIVE(&prc, {"A1", "KEN", "Nairobi", .place_id = "gn:1", .latest = "2016"},
               {"A2", "KEN", "Nairobi City", .place_id = "gn:1", .latest = "2017"},
               {"A3", "UGA", "Soroti", .place_id = "gn:2", .latest = "2016"},
               {"A4", "UGA", "Soroti", .place_id = "gn:3", .latest = "2016"});
    assert_int_equal(rows_of(r, "adoptions"), 3);
    assert_string_equal(cell_at(r, "adoptions", 0, "adoption"),
                        "KEN/nairobi/huawei/urban_surveillance/operational");
    assert_string_equal(cell_at(r, "adoptions", 1, "adoption"),
                        "UGA/soroti~gn:2/huawei/urban_surveillance/operational");
    assert_null(warning(r, "pending_place"));
    pp_result_free(r);
}

static void an_expansion_bounds_and_never_dates(void **state) {
    (void)state;
    pp_result *r = DERIVE(
        &prc, {"A1", "KEN", .status = "expanded", .earliest = "2018", .latest = "2018"});
    assert_string_equal(cell(r, "adoptions", operational, "earliest"), "");
    assert_string_equal(cell(r, "adoptions", operational, "latest"), "2018-12-31");
    assert_string_equal(cell(r, "adoptions", operational, "dating"), "by");
    assert_string_equal(cell(r, "outcomes", "KEN", "dated"), "0");
    pp_result_free(r);
}

static void missing_dates_take_the_date_of_the_record(void **state) {
    (void)state;
    pp_result *r =
        DERIVE(&prc, {.id = "A1", .country = "KEN"}, {"A2", "UGA", .earliest = "2014"},
               {"A3", "ECU", .home = "", .latest = "2020-05"},
               {"A4", "BRA", .status = "ended", .latest = "2027", .confidence = "low"});
    assert_string_equal(cell(r, "adoptions", operational, "latest"), "2020-05-31");
    assert_string_equal(cell(r, "adoptions", operational, "dating"), "record");
    assert_string_equal(cell_at(r, "adoptions", 1, "earliest"), "2014-01-01");
    assert_string_equal(cell_at(r, "adoptions", 1, "latest"), "2020-05-31");
    assert_string_equal(cell_at(r, "adoptions", 1, "dating"), "from");
    assert_int_equal(warning(r, "no_date")->count, 1);
    assert_int_equal(warning(r, "no_upper_bound")->count, 1);
    pp_result_free(r);
    r = DERIVE(&prc, {.id = "A1", .country = "KEN"});
    assert_string_equal(cell(r, "outcomes", "KEN", "outcome"), "adopted");
    assert_string_equal(cell(r, "outcomes", "KEN", "latest_year"), "");
    pp_result_free(r);
}

static void denials_are_shown_and_are_no_absence(void **state) {
    (void)state;
    pp_result *r = DERIVE(&prc, {"A1", "KEN", .status = "denied", .latest = "2019"},
                          {"A2", "KEN", .latest = "2018"},
                          {"A3", "UGA", .status = "denied", .latest = "2019"},
                          {"A4", "ECU", .status = "denied", .platform = "interception"});
    assert_string_equal(cell(r, "outcomes", "KEN", "outcome"), "adopted");
    assert_string_equal(cell(r, "conflicts", "KEN", "kind"), "denied");
    assert_string_equal(cell(r, "conflicts", "KEN", "adoption"), operational);
    assert_string_equal(cell(r, "outcomes", "UGA", "outcome"), "no_adoption_found");
    assert_string_equal(cell(r, "outcomes", "UGA", "conflict"), "denied");
    assert_string_equal(cell(r, "conflicts", "UGA", "adoption"), "");
    assert_int_equal(rows_of(r, "conflicts"), 2);
    pp_result_free(r);
}

static void an_end_alone_is_no_absence(void **state) {
    (void)state;
    static const char by_end[] = "UGA/country/huawei/urban_surveillance/operational";
    pp_result *r = DERIVE(&prc, {"A1", "KEN", .latest = "2019"},
                          {"A2", "UGA", .status = "suspended", .latest = "2016"},
                          {"A3", "UGA", .home = "", .vendor = "unknown"},
                          {"A4", "ECU", .status = "ended", .confidence = "low"});
    assert_string_equal(cell(r, "outcomes", "UGA", "outcome"), "adopted");
    assert_string_equal(cell(r, "outcomes", "UGA", "first"), by_end);
    assert_string_equal(cell(r, "outcomes", "UGA", "earliest_year"), "");
    assert_string_equal(cell(r, "outcomes", "UGA", "latest_year"), "2016");
    assert_string_equal(cell(r, "outcomes", "UGA", "n_claims"), "1");
    assert_string_equal(cell(r, "outcomes", "UGA", "conflict"), "ended_only");
    assert_string_equal(cell(r, "adoptions", by_end, "dating"), "by");
    assert_string_equal(cell(r, "adoptions", by_end, "ended_by"), "A2");
    assert_string_equal(cell(r, "conflicts", "UGA", "adoption"), by_end);
    assert_string_equal(cell(r, "spells", "UGA", "censored"), "0");
    assert_string_equal(cell(r, "outcomes", "ECU", "outcome"), "no_adoption_found");
    assert_int_equal(warning(r, "ended_only")->count, 1);
    pp_result_free(r);
}

static void an_end_beside_another_adoption_is_none(void **state) {
    (void)state;
    pp_result *r = DERIVE(&prc, {"A1", "KEN", .status = "ended", .latest = "2013-09"},
                          {"A2", "KEN", .status = "contracted",
                           .platform = "facial_recognition", .latest = "2019"},
                          {"A3", "UGA", .status = "denied"});
    assert_int_equal(rows_of(r, "adoptions"), 1);
    assert_string_equal(cell(r, "conflicts", "KEN", "kind"), "ended_only");
    assert_non_null(strstr(cell(r, "conflicts", "KEN", "detail"), "by 2013-09-30"));
    assert_string_equal(cell(r, "outcomes", "UGA", "outcome"), "no_adoption_found");
    assert_string_equal(cell(r, "spells", "KEN", "censored"), "1");
    pp_result_free(r);
}

static void ends_close_a_spell(void **state) {
    (void)state;
    pp_result *r =
        DERIVE(&prc, {"A1", "KEN", .earliest = "2012", .latest = "2013"},
               {"A2", "KEN", .status = "ended", .earliest = "2018", .latest = "2018-05"},
               {"A3", "KEN", .latest = "2022-03-09"});
    assert_string_equal(cell(r, "adoptions", operational, "ended"), "1");
    assert_string_equal(cell(r, "adoptions", operational, "ended_earliest"),
                        "2018-01-01");
    assert_string_equal(cell(r, "adoptions", operational, "ended_latest"), "2018-05-31");
    assert_string_equal(cell(r, "adoptions", operational, "ended_by"), "A2");
    assert_string_equal(cell(r, "adoptions", operational, "conflict"), "after_end");
    assert_string_equal(cell(r, "spells", "KEN", "start_earliest"), "2012");
    assert_string_equal(cell(r, "spells", "KEN", "start_latest"), "2013");
    assert_string_equal(cell(r, "spells", "KEN", "end_earliest"), "2018");
    assert_string_equal(cell(r, "spells", "KEN", "end_latest"), "2018");
    assert_string_equal(cell(r, "spells", "KEN", "censored"), "0");
    pp_result_free(r);
}

static void an_end_bounds_an_undated_start(void **state) {
    (void)state;
    pp_result *r = DERIVE(&prc, {.id = "A1", .country = "KEN"},
                          {"A2", "KEN", .status = "ended", .latest = "2018"},
                          {"A3", "UGA", .latest = "2022"});
    assert_string_equal(cell(r, "adoptions", operational, "latest"), "2018-12-31");
    assert_string_equal(cell(r, "adoptions", operational, "ended"), "1");
    assert_null(warning(r, "no_upper_bound"));
    pp_result_free(r);
}

static void an_end_that_may_come_first_leaves_the_spell_open(void **state) {
    (void)state;
    pp_result *r =
        DERIVE(&prc, {"A1", "KEN", .latest = "2022"},
               {"A2", "KEN", .status = "ended", .latest = "2018"},
               {"A3", "KEN", .status = "ended", .earliest = "2015", .latest = "2015"},
               {"A4", "KEN", .status = "ended", .earliest = "2017", .latest = "2017"});
    assert_string_equal(cell(r, "adoptions", operational, "ended"), "0");
    assert_string_equal(cell(r, "adoptions", operational, "conflict"),
                        "end_dates, end_order");
    assert_string_equal(cell(r, "spells", "KEN", "censored"), "1");
    pp_result_free(r);
}

static void the_sooner_of_suspension_and_end_closes(void **state) {
    (void)state;
    pp_result *r = DERIVE(
        &prc, {"A1", "KEN", .latest = "2015"},
        {"A2", "KEN", .status = "ended", .earliest = "2018", .latest = "2018"},
        {"A3", "KEN", .status = "suspended", .earliest = "2017", .latest = "2017"},
        {"A4", "UGA", .latest = "2017-06"},
        {"A5", "UGA", .status = "ended", .earliest = "2018", .latest = "2018"},
        {"A6", "UGA", .status = "suspended", .earliest = "2016", .latest = "2016"});
    assert_string_equal(cell(r, "adoptions", operational, "ended_by"), "A3");
    assert_string_equal(cell_at(r, "adoptions", 1, "ended_by"), "A5");
    assert_int_equal(rows_of(r, "conflicts"), 0);
    pp_result_free(r);
}

static void what_begins_again_is_a_second_adoption(void **state) {
    (void)state;
    pp_result *r = DERIVE(
        &prc,
        {"A1", "KEN", .status = "contracted", .earliest = "2013-01-31",
         .latest = "2013-01-31"},
        {"A2", "KEN", .status = "ended", .earliest = "2013-09", .latest = "2013-09"},
        {"A3", "KEN", .status = "contracted", .earliest = "2016", .latest = "2016"},
        {"A4", "KEN", .latest = "2020-10-18"});
    assert_int_equal(rows_of(r, "adoptions"), 3);
    assert_string_equal(cell(r, "adoptions", contracted, "ended_latest"), "2013-09-30");
    assert_string_equal(cell_at(r, "adoptions", 1, "adoption"),
                        "KEN/country/huawei/urban_surveillance/contracted/2");
    assert_string_equal(cell_at(r, "adoptions", 1, "earliest"), "2016-01-01");
    assert_string_equal(cell_at(r, "adoptions", 2, "ended"), "0");
    assert_int_equal(rows_of(r, "spells"), 1); /* A4 may have been there all the time */
    pp_result_free(r);
    r = DERIVE(&prc, {"A1", "KEN", .earliest = "2010", .latest = "2010"},
               {"A2", "KEN", .status = "ended", .earliest = "2013", .latest = "2013"},
               {"A3", "KEN", .earliest = "2016", .latest = "2017"});
    assert_int_equal(rows_of(r, "spells"), 2);
    assert_string_equal(cell_at(r, "spells", 0, "end_latest"), "2013");
    assert_string_equal(cell_at(r, "spells", 1, "start_latest"), "2017");
    assert_string_equal(cell_at(r, "spells", 1, "censored"), "1");
    assert_string_equal(cell(r, "outcomes", "KEN", "latest_year"), "2010");
    pp_result_free(r);
}

static void a_country_takes_the_first_of_its_places(void **state) {
    (void)state;
    const claim_row rows[] = {
        {"A1", "KEN", "Nairobi", .earliest = "2014", .latest = "2016"},
        {"A2", "KEN", "Mombasa", .earliest = "2015", .latest = "2015"},
        {"A3", "KEN", .latest = "2022-03-09"}};
    pp_result *r = derive(&prc, rows, 3);
    assert_string_equal(cell(r, "outcomes", "KEN", "earliest_year"), "2014");
    assert_string_equal(cell(r, "outcomes", "KEN", "latest_year"), "2015");
    assert_string_equal(cell(r, "outcomes", "KEN", "dated"), "1");
    assert_non_null(strstr(cell(r, "outcomes", "KEN", "first"), "nairobi"));
    assert_int_equal(warning(r, "undated_option")->count, 1);
    pp_result_free(r);
    pp_adoption_rule open = prc;
    open.undated = "open";
    r = derive(&open, rows, 3);
    assert_string_equal(cell(r, "outcomes", "KEN", "earliest_year"), "");
    assert_string_equal(cell(r, "outcomes", "KEN", "latest_year"), "2015");
    assert_string_equal(cell(r, "outcomes", "KEN", "dated"), "0");
    assert_int_equal(warning(r, "undated_option")->count, 1);
    pp_result_free(r);
}

static void national_buyers_can_be_asked_for(void **state) {
    (void)state;
    pp_adoption_rule national = prc;
    national.buyers = "national";
    pp_result *r = DERIVE(
        &national, {"A1", "KEN", "Nairobi", .latest = "2014", .buyer = "subnational"},
        {"A2", "UGA", "Kampala", .latest = "2014", .buyer = "national"});
    assert_string_equal(cell(r, "outcomes", "KEN", "outcome"), "no_adoption_found");
    assert_string_equal(cell(r, "outcomes", "UGA", "outcome"), "adopted");
    pp_result_free(r);
}

static void there_are_four_outcomes(void **state) {
    (void)state;
    pp_result *r = DERIVE(&prc, {"A1", "KEN", .latest = "2014"},
                          {"A2", "UGA", .home = "", .vendor = "unknown", .story = "x"},
                          {"A3", "UGA", .home = "unknown", .story = "x"},
                          {"A4", "ECU", .home = "USA"}, {.id = "A5", .country = "CHN"},
                          {"A6", "ZMB", .home = "", .status = "announced"},
                          {"A7", "KEN", .home = "", .latest = "2012"});
    static const char *const expected[][2] = {
        {"KEN", "adopted"},           {"UGA", "supplier_unknown"},
        {"ECU", "no_adoption_found"}, {"ZMB", "no_adoption_found"},
        {"BRA", "no_adoption_found"}, {"SRB", "not_searched"},
        {"THA", "not_searched"},
    };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_string_equal(cell(r, "outcomes", expected[i][0], "outcome"),
                            expected[i][1]);
    }
    assert_int_equal(rows_of(r, "outcomes"), 7); /* neither CHN nor the former SCG */
    assert_string_equal(cell(r, "outcomes", "UGA", "n_claims"), "2");
    assert_string_equal(cell(r, "outcomes", "UGA", "n_stories"), "1");
    assert_string_equal(cell(r, "outcomes", "KEN", "n_claims"), "1");
    assert_string_equal(cell(r, "outcomes", "ECU", "n_claims"), "0");
    assert_string_equal(cell(r, "counts", "adopted", "countries"), "1");
    assert_string_equal(cell(r, "counts", "adopted", "dated"), "0");
    assert_string_equal(cell(r, "counts", "no_adoption_found", "countries"), "3");
    assert_string_equal(cell(r, "counts", "supplier_unknown", "countries"), "1");
    assert_string_equal(cell(r, "counts", "not_searched", "countries"), "2");
    pp_result_free(r);
}

static void unknown_suppliers_have_dates(void **state) {
    (void)state;
    pp_result *r =
        DERIVE(&prc, {"A1", "UGA", .home = "", .earliest = "2010", .latest = "2012"},
               {"A2", "UGA", .home = "", .status = "expanded", .earliest = "2008",
                .latest = "2011"},
               {"A3", "ECU", .home = "", .latest = "2016"}, {"A4", "ZMB", .home = ""},
               {"A5", "KEN", .earliest = "2015", .latest = "2018"});
    static const char *const expected[][3] = {{"UGA", "2010", "2011"},
                                              {"ECU", "", "2016"},
                                              {"ZMB", "", "2018"},
                                              {"KEN", "", ""}};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_string_equal(cell(r, "outcomes", expected[i][0], "unknown_earliest_year"),
                            expected[i][1]);
        assert_string_equal(cell(r, "outcomes", expected[i][0], "unknown_latest_year"),
                            expected[i][2]);
    }
    assert_string_equal(cell(r, "outcomes", "UGA", "latest_year"), "");
    pp_result_free(r);
}

static void countries_that_only_claims_know_are_kept(void **state) {
    (void)state;
    pp_result *r =
        DERIVE(&prc, {"A1", "XXX", .latest = "2014"}, {"A2", "SCG", .latest = "2004"});
    assert_string_equal(cell(r, "outcomes", "XXX", "outcome"), "adopted");
    assert_string_equal(cell(r, "outcomes", "SCG", "outcome"), "adopted");
    assert_int_equal(warning(r, "country_not_listed")->count, 1);
    pp_result_free(r);
}

static void adopters_are_counted_over_time(void **state) {
    (void)state;
    pp_result *r = DERIVE(&prc, {"A1", "KEN", .earliest = "2010", .latest = "2012"},
                          {"A2", "UGA", .latest = "2013"},
                          {"A3", "ECU", .earliest = "2012", .latest = "2012"});
    static const char *const expected[][4] = {
        {"2010", "0", "2", "0"},
        {"2011", "0", "2", "1"},
        {"2012", "2", "3", "2"},
        {"2013", "3", "3", "3"},
    };
    assert_int_equal(rows_of(r, "adopters_over_time"), 4);
    for (int i = 0; i < 4; i++) {
        assert_string_equal(cell_at(r, "adopters_over_time", i, "year"), expected[i][0]);
        assert_string_equal(cell_at(r, "adopters_over_time", i, "low"), expected[i][1]);
        assert_string_equal(cell_at(r, "adopters_over_time", i, "high"), expected[i][2]);
        assert_string_equal(cell_at(r, "adopters_over_time", i, "midpoint"),
                            expected[i][3]);
    }
    pp_result_free(r);
}

static void platforms_and_vendors_are_counted_by_region(void **state) {
    (void)state;
    pp_result *r = DERIVE(&prc, {"A1", "KEN", .story = "s"}, {"A2", "UGA", .story = "s"},
                          {"A3", "UGA", .vendor = "zte"},
                          {"A4", "ECU", .platform = "facial_recognition"},
                          {"A5", "ECU", .home = "USA"}, {.id = "A6", .country = "CHN"});
    assert_int_equal(rows_of(r, "platforms_by_region"), 2);
    assert_string_equal(cell(r, "platforms_by_region", "Africa", "family"),
                        "urban_surveillance");
    assert_string_equal(cell(r, "platforms_by_region", "Africa", "countries"), "2");
    assert_string_equal(cell(r, "platforms_by_region", "Africa", "claims"), "3");
    assert_string_equal(cell(r, "platforms_by_region", "Africa", "stories"), "2");
    assert_string_equal(cell(r, "platforms_by_region", "Americas", "claims"), "1");
    assert_int_equal(rows_of(r, "vendors_by_region"), 3);
    assert_string_equal(cell_at(r, "vendors_by_region", 1, "vendor"), "zte");
    assert_string_equal(cell_at(r, "vendors_by_region", 2, "vendor"), "huawei");
    pp_result_free(r);
}

static void check_refused(const claim_row *rows, size_t n, const char *column,
                          int64_t line) {
    pp_table *claims = claims_table(rows, n), *countries = countries_table();
    pp_result *result = NULL;
    pp_error err = {0};
    assert_int_equal(
        pp_adoption_derive(&prc, claims, NULL, countries, NULL, &result, &err),
        PP_E_INPUT);
    assert_null(result);
    assert_string_equal(err.column, column);
    assert_int_equal(err.line, line);
    pp_table_free(claims);
    pp_table_free(countries);
}

static void wrong_claims_are_refused_with_their_row(void **state) {
    (void)state;
    check_refused(
        CLAIMS({.id = "A1", .country = "KEN"}, {"A2", "KEN", .platform = "cctv"}), 2,
        "platform", 2);
    check_refused(CLAIMS({"A1", "KEN", .status = "cancelled"}), 1, "status", 1);
    check_refused(CLAIMS({"A1", "KEN", .confidence = "sure"}), 1, "confidence", 1);
    check_refused(CLAIMS({"A1", "KEN", .latest = "2014-13"}), 1, "latest", 1);
    check_refused(CLAIMS({"A1", "KEN", .earliest = "2015", .latest = "2014"}), 1,
                  "earliest", 1);
    check_refused(CLAIMS({"A1", "KEN", .place = ""}), 1, "place", 1);
    check_refused(CLAIMS({.id = "A1", .country = "KEN"}, {.id = "A1", .country = "UGA"}),
                  2, "claim_id", 0);
}

static void columns_are_asked_for(void **state) {
    (void)state;
    pp_table *claims = claims_table(CLAIMS({.id = "A1", .country = "KEN"}), 1),
             *countries = countries_table();
    pp_result *result = NULL;
    pp_error err = {0};
    assert_int_equal(pp_table_drop(claims, "latest", NULL), PP_OK);
    assert_int_equal(
        pp_adoption_derive(&prc, claims, NULL, countries, NULL, &result, &err),
        PP_E_NOT_FOUND);
    pp_column *years;
    assert_int_equal(pp_table_add(claims, PP_NUMBER, "latest", &years, NULL), PP_OK);
    assert_int_equal(
        pp_adoption_derive(&prc, claims, NULL, countries, NULL, &result, &err),
        PP_E_INPUT);
    assert_non_null(strstr(err.hint, "as text"));
    pp_table_free(claims);
    pp_table_free(countries);
}

static int stop(void *payload, const char *stage, double fraction) {
    (void)payload;
    (void)stage;
    return fraction >= 1;
}

static void it_can_be_cancelled(void **state) {
    (void)state;
    pp_context ctx = {.progress = stop};
    pp_table *claims = claims_table(CLAIMS({.id = "A1", .country = "KEN"}), 1),
             *countries = countries_table();
    pp_result *result = NULL;
    assert_int_equal(
        pp_adoption_derive(&prc, claims, NULL, countries, &ctx, &result, NULL),
        PP_E_CANCELLED);
    assert_null(result);
    pp_table_free(claims);
    pp_table_free(countries);
}

typedef struct inputs {
    pp_table *claims, *searches, *countries;
} inputs;

static pp_status derive_once(void *payload, pp_error *err) {
    const inputs *in = payload;
    pp_result *result = NULL;
    pp_status status = pp_adoption_derive(&prc, in->claims, in->searches, in->countries,
                                          NULL, &result, err);
    pp_result_free(result);
    return status;
}

static void every_failing_allocation_is_told(void **state) {
    (void)state;
    const search_row searched[] = {{"BRA", 2}, {NULL, 0}};
    inputs in = {
        claims_table(
            CLAIMS({"A1", "KEN", "Nairobi", .place_id = "gn:1", .latest = "2014"},
                   {"A2", "KEN", "Nairobi", .earliest = "2012", .latest = "2013"},
                   {"A3", "KEN", "Nairobi", .earliest = "2015", .latest = "2015"},
                   {"A4", "KEN", "Nairobi", .status = "ended", .latest = "2014"},
                   {"A5", "KEN", "Nairobi", .status = "denied"},
                   {"A6", "UGA", .status = "ended"}, {.id = "A7", .country = "XXX"}),
            7),
        searches_table(searched), countries_table()};
    assert_true(fail_every_allocation(derive_once, &in) > 20);
    pp_table_free(in.claims);
    pp_table_free(in.searches);
    pp_table_free(in.countries);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_adoption_intersects_its_claims),
        cmocka_unit_test(claims_that_do_not_meet_are_a_conflict),
        cmocka_unit_test(places_vendors_families_and_groups_are_apart),
        cmocka_unit_test(a_place_has_one_name_and_places_of_one_name_stay_apart),
        cmocka_unit_test(an_expansion_bounds_and_never_dates),
        cmocka_unit_test(missing_dates_take_the_date_of_the_record),
        cmocka_unit_test(denials_are_shown_and_are_no_absence),
        cmocka_unit_test(an_end_alone_is_no_absence),
        cmocka_unit_test(an_end_beside_another_adoption_is_none),
        cmocka_unit_test(ends_close_a_spell),
        cmocka_unit_test(an_end_bounds_an_undated_start),
        cmocka_unit_test(an_end_that_may_come_first_leaves_the_spell_open),
        cmocka_unit_test(the_sooner_of_suspension_and_end_closes),
        cmocka_unit_test(what_begins_again_is_a_second_adoption),
        cmocka_unit_test(a_country_takes_the_first_of_its_places),
        cmocka_unit_test(national_buyers_can_be_asked_for),
        cmocka_unit_test(there_are_four_outcomes),
        cmocka_unit_test(unknown_suppliers_have_dates),
        cmocka_unit_test(countries_that_only_claims_know_are_kept),
        cmocka_unit_test(adopters_are_counted_over_time),
        cmocka_unit_test(platforms_and_vendors_are_counted_by_region),
        cmocka_unit_test(wrong_claims_are_refused_with_their_row),
        cmocka_unit_test(columns_are_asked_for),
        cmocka_unit_test(it_can_be_cancelled),
        cmocka_unit_test(every_failing_allocation_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
