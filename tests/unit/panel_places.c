#include "support/support.h"

#include <pushpull/io.h>
#include <pushpull/panel.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static pp_gazetteer *gazetteer;

static int open_gazetteer(void **state) {
    (void)state;
    return pp_gazetteer_open(build_path("share/pushpull"), &gazetteer, NULL) != PP_OK;
}

static int close_gazetteer(void **state) {
    (void)state;
    pp_gazetteer_free(gazetteer);
    return 0;
}

static pp_table *query(const char *sql) {
    pp_error err = {0};
    pp_table *out;
    assert_ok(pp_table_query(sql, NULL, NULL, 0, 0, NULL, &out, &err));
    return out;
}

static pp_table *read(const char *name) {
    pp_error err = {0};
    pp_table *out;
    char path[200];
    snprintf(path, sizeof path, "data/study/%s", name);
    assert_ok(pp_table_read(source_path(path), NULL, NULL, &out, &err));
    return out;
}

/* The rows of `panel` of one unit: how many, and the first year. */
static int64_t rows_of(const pp_table *panel, const char *unit, int *first) {
    int64_t n = 0;
    for (int64_t row = 0; row < pp_table_rows(panel); row++) {
        if (strcmp(pp_column_get_text(pp_table_find(panel, "unit"), row), unit) == 0) {
            if (n++ == 0) {
                *first = (int)pp_table_find(panel, "year")->number[row];
            }
        }
    }
    return n;
}

static const char *text_at(const pp_table *panel, const char *unit, const char *column) {
    for (int64_t row = 0; row < pp_table_rows(panel); row++) {
        if (strcmp(pp_column_get_text(pp_table_find(panel, "unit"), row), unit) == 0) {
            return pp_column_get_text(pp_table_find(panel, column), row);
        }
    }
    return NULL;
}

static double number_at(const pp_table *panel, const char *unit, const char *column) {
    for (int64_t row = 0; row < pp_table_rows(panel); row++) {
        if (strcmp(pp_column_get_text(pp_table_find(panel, "unit"), row), unit) == 0) {
            return pp_table_find(panel, column)->number[row];
        }
    }
    fail_msg("%s is not in the panel", unit);
    return NAN;
}

static const char outcomes_sql[] =
    "SELECT *, NULL AS earliest_year, NULL AS latest_year FROM (VALUES "
    "('KEN', 'Kenya', 'Africa', 'adopted'), ('SSD', 'South Sudan', 'Africa', "
    "'no_adoption_found'), "
    "('XKX', 'Kosovo', 'Europe', 'no_adoption_found'), ('SCG', 'SCG', 'Europe', "
    "'no_adoption_found'), ('SRB', 'Serbia', 'Europe', 'supplier_unknown'), "
    "('TZA', 'Tanzania', 'Africa', 'not_searched')) t(country, name, region, outcome)";

static void countries_are_there_while_they_exist(void **state) {
    (void)state;
    pp_error err = {0};
    pp_panel_spec spec = {.first_year = 2003,
                          .last_year = 2012,
                          .lag = 1,
                          .supplier_unknown = "not_adopted"};
    pp_result *adoption, *report;
    pp_table *panel, *indicators = query("SELECT 'SSD' AS iso3, 2011 AS year, 1 AS x");
    int first = 0;
    assert_ok(pp_result_new("adoption", &adoption, &err));
    pp_table *outcomes = query(outcomes_sql);
    pp_table_find(outcomes, "earliest_year")->number[0] = 2006;
    pp_table_find(outcomes, "latest_year")->number[0] = 2008;
    assert_ok(pp_result_take(adoption, "outcomes", "Outcomes", outcomes, &err));
    assert_ok(pp_panel_build(&spec, adoption, indicators, gazetteer, NULL, &panel,
                             &report, &err));
    assert_int_equal(rows_of(panel, "KEN", &first), 10);
    assert_int_equal(rows_of(panel, "SSD", &first), 2);
    assert_int_equal(first, 2011);
    assert_true(number_at(panel, "SSD", "duration") == 8);
    assert_int_equal(rows_of(panel, "XKX", &first), 5);
    assert_int_equal(first, 2008);
    assert_int_equal(rows_of(panel, "SCG", &first), 3);
    assert_int_equal(rows_of(panel, "SRB", &first), 7);
    assert_int_equal(first, 2006);
    assert_int_equal(rows_of(panel, "TZA", &first), 0);
    assert_string_equal(text_at(panel, "SSD", "subregion"), "Middle Africa");
    pp_table_free(panel);
    pp_result_free(report);
    spec.first_year = 2006;
    assert_ok(pp_panel_build(&spec, adoption, indicators, gazetteer, NULL, &panel,
                             &report, &err));
    assert_int_equal(rows_of(panel, "SCG", &first), 0);
    pp_table_free(panel);
    pp_result_free(report);
    pp_result_free(adoption);
    pp_table_free(indicators);
}

static void cities_take_their_countrys_values(void **state) {
    (void)state;
    static const char *const excluded[] = {"SSD", NULL};
    static const pp_derived derived[] = {{"african", "region = 'Africa'", NULL, NULL, -1},
                                         {"big", "x > 15", NULL, NULL, 0}};
    pp_error err = {0};
    pp_panel_spec spec = {.unit = "city",
                          .city_population = 500000,
                          .first_year = 2005,
                          .last_year = 2010,
                          .lag = 1,
                          .derived = derived,
                          .n_derived = 2,
                          .excluded = excluded};
    pp_place_match nairobi, mombasa, belgrade;
    pp_result *adoption, *report;
    pp_table *panel;
    char sql[600];
    int first = 0;
    pp_gazetteer_resolve(gazetteer, "Nairobi", PP_PLACE_CITY, "KEN", &nairobi);
    pp_gazetteer_resolve(gazetteer, "Mombasa", PP_PLACE_CITY, "KEN", &mombasa);
    pp_gazetteer_resolve(gazetteer, "Belgrade", PP_PLACE_CITY, "SRB", &belgrade);
    assert_non_null(nairobi.place);
    assert_non_null(mombasa.place);
    assert_non_null(belgrade.place);
    snprintf(
        sql, sizeof sql,
        "SELECT * FROM (VALUES ('%s', 'city', 2008, 2010), ('%s', 'city', 2007, 2009), "
        "('%s', 'city', NULL, 2008), ('KEN', 'country', 2001, 2001)) t(place_id, "
        "place_kind, "
        "earliest_year, latest_year)",
        nairobi.place->id, nairobi.place->id, nairobi.place->id);
    assert_ok(pp_result_new("adoption", &adoption, &err));
    assert_ok(pp_result_take(adoption, "outcomes", "", query(outcomes_sql), &err));
    assert_ok(pp_result_take(adoption, "adoptions", "", query(sql), &err));
    pp_table *indicators = query("SELECT 'KEN' AS iso3, y AS year, y - 1990 AS x "
                                 "FROM range(2003, 2011) a(y)");
    assert_ok(pp_panel_build(&spec, adoption, indicators, gazetteer, NULL, &panel,
                             &report, &err));
    const char *id = nairobi.place->id;
    assert_int_equal(rows_of(panel, id, &first), 6);
    assert_string_equal(text_at(panel, id, "name"), "Nairobi");
    assert_string_equal(text_at(panel, id, "country"), "KEN");
    assert_true(number_at(panel, id, "city_population") > 1e6);
    assert_true(number_at(panel, id, "x") == 14);
    assert_true(number_at(panel, id, "african") == 1);
    assert_true(number_at(panel, id, "big") == 0);
    assert_true(number_at(panel, id, "lo") == 2007);
    assert_true(number_at(panel, id, "hi") == 2008);
    assert_string_equal(text_at(panel, mombasa.place->id, "outcome"),
                        "no_adoption_found");
    assert_true(isnan(number_at(panel, mombasa.place->id, "hi")));
    assert_int_equal(rows_of(panel, belgrade.place->id, &first), 0);
    pp_table_free(panel);
    pp_result_free(report);
    spec.undated = "open";
    spec.supplier_unknown = "not_adopted";
    assert_ok(pp_panel_build(&spec, adoption, indicators, gazetteer, NULL, &panel,
                             &report, &err));
    assert_true(isnan(number_at(panel, id, "lo")));
    assert_int_equal(rows_of(panel, belgrade.place->id, &first), 5);
    assert_string_equal(text_at(panel, belgrade.place->id, "outcome"),
                        "supplier_unknown");
    pp_table_free(panel);
    pp_result_free(report);
    pp_result_free(adoption);
    pp_table_free(indicators);
}

static double count_of(const pp_result *report, const char *check) {
    const pp_table *join = pp_result_find(report, "join");
    for (int64_t row = 0; row < pp_table_rows(join); row++) {
        if (strcmp(pp_table_find(join, "check")->text[row], check) == 0) {
            return pp_table_find(join, "count")->number[row];
        }
    }
    return 0;
}

static void the_bundled_study_gives_a_panel(void **state) {
    (void)state;
    static const char *const suppliers[] = {"CHN", NULL}, *const excluded[] = {
                                                              "CHN", "HKG", "MAC", NULL};
    static const pp_derived derived[] = {
        {"belt_road", "coalesce(year >= belt_road_since, false)", NULL, NULL, -1}};
    pp_adoption_rule rule = {.name = "prc", .suppliers = suppliers, .excluded = excluded};
    pp_panel_spec spec = {.first_year = 2005,
                          .last_year = 2022,
                          .lag = 1,
                          .excluded = excluded,
                          .derived = derived,
                          .n_derived = 1};
    pp_error err = {0};
    pp_result *adoption, *report;
    pp_table *countries, *panel, *claims = read("claims.csv"),
                                 *searches = read("searches.csv"),
                                 *indicators = read("indicators.csv");
    assert_ok(pp_gazetteer_table(gazetteer, &countries, &err));
    assert_ok(
        pp_adoption_derive(&rule, claims, searches, countries, NULL, &adoption, &err));
    assert_ok(pp_panel_build(&spec, adoption, indicators, gazetteer, NULL, &panel,
                             &report, &err));
    assert_true(count_of(report, "units in the panel") > 100);
    assert_true(count_of(report, "units without indicators") == 0);
    assert_true(count_of(report, "rows of indicators of unknown places") == 0);
    assert_true(count_of(report, "rows of indicators used") ==
                count_of(report, "unit-years in the panel"));
    pp_table_free(panel);
    pp_result_free(report);
    pp_result_free(adoption);
    pp_table_free(countries);
    pp_table_free(indicators);
    pp_table_free(searches);
    pp_table_free(claims);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(countries_are_there_while_they_exist),
        cmocka_unit_test(cities_take_their_countrys_values),
        cmocka_unit_test(the_bundled_study_gives_a_panel),
    };
    return cmocka_run_group_tests(tests, open_gazetteer, close_gazetteer);
}
