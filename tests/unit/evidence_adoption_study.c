/* The rules on the bundled study, against the counts that its description states. */
#include <pushpull/adoption.h>
#include <pushpull/evidence.h>
#include <pushpull/io.h>
#include <pushpull/places.h>

#include "support/claims.h"
#include "support/support.h"

#include <stdio.h>
#include <string.h>

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static pp_table *claims, *searches, *countries;

static pp_table *read_study(const char *name) {
    char path[256];
    snprintf(path, sizeof path, "data/study/%s", name);
    const pp_read_options as_text = {.all_text = 1};
    pp_table *table = NULL;
    pp_error err = {0};
    assert_ok(pp_table_read(source_path(path), &as_text, NULL, &table, &err));
    return table;
}

static int set_up(void **state) {
    (void)state;
    claims = read_study("claims.csv");
    searches = read_study("searches.csv");
    countries = read_study("places.csv");
    assert_int_equal(pp_table_rename(countries, "iso3", "id", NULL), PP_OK);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    pp_table_free(claims);
    pp_table_free(searches);
    pp_table_free(countries);
    return 0;
}

static pp_result *derive(const pp_adoption_rule *rule) {
    pp_result *result = NULL;
    pp_error err = {0};
    assert_ok(pp_adoption_derive(rule, claims, searches, countries, NULL, &result, &err));
    return result;
}

/* Countries that have adopted and of which `holds` is true. */
typedef int holds(const pp_result *result, int64_t outcome);

static int64_t count_adopters(const pp_result *result, holds *holds_of) {
    int64_t n = 0;
    for (int64_t i = 0; i < pp_table_rows(pp_result_find(result, "outcomes")); i++) {
        if (strcmp(cell_at(result, "outcomes", i, "outcome"), "adopted") == 0) {
            n += holds_of(result, i);
        }
    }
    return n;
}

static int is_by_the_index_only(const pp_result *result, int64_t i) {
    return strcmp(cell_at(result, "outcomes", i, "dated"), "0") == 0 &&
           strcmp(cell(result, "adoptions", cell_at(result, "outcomes", i, "first"),
                       "latest"),
                  "2022-03-09") == 0;
}

/* Some adoption has a lower bound. */
static int has_a_lower_bound(const pp_result *result, int64_t i) {
    const char *country = cell_at(result, "outcomes", i, "country");
    for (int64_t j = 0; j < pp_table_rows(pp_result_find(result, "adoptions")); j++) {
        if (strcmp(cell_at(result, "adoptions", j, "country"), country) == 0 &&
            *cell_at(result, "adoptions", j, "earliest")) {
            return 1;
        }
    }
    return 0;
}

static void check_counts(const pp_result *r, const char *adopted, const char *dated,
                         const char *none, const char *unknown, const char *unsearched) {
    assert_string_equal(cell(r, "counts", "adopted", "countries"), adopted);
    assert_string_equal(cell(r, "counts", "adopted", "dated"), dated);
    assert_string_equal(cell(r, "counts", "no_adoption_found", "countries"), none);
    assert_string_equal(cell(r, "counts", "supplier_unknown", "countries"), unknown);
    assert_string_equal(cell(r, "counts", "not_searched", "countries"), unsearched);
}

static const char *const chn[] = {"CHN", NULL};

/* Contracted or operational, the default platforms: 55 countries of unknown supplier, and
   28 with the index's date alone; Canada by the end of its use. */
static void the_default_rule(void **state) {
    (void)state;
    const pp_adoption_rule rule = {.suppliers = chn, .excluded = chn};
    pp_result *r = derive(&rule);
    check_counts(r, "98", "41", "33", "55", "29");
    assert_int_equal(count_adopters(r, is_by_the_index_only), 28);
    assert_int_equal(count_adopters(r, has_a_lower_bound), 43);
    pp_result_free(r);
}

static const char *const every_platform[] = {"urban_surveillance",
                                             "facial_recognition",
                                             "smart_policing",
                                             "social_media_monitoring",
                                             "interception",
                                             "border_control",
                                             "other",
                                             "unspecified",
                                             NULL};
static const char *const every_status[] = {"announced", "contracted", "operational",
                                           "expanded", NULL};

/* 104 countries have some claim of a supplier from the PRC: of Canada there are only
   ends, by which it has adopted. 57 have one with a lower bound: of six only ends and expansions have it; of four
   an upper bound lies before it. */
static void every_claim_of_a_prc_supplier(void **state) {
    (void)state;
    const pp_adoption_rule rule = {.suppliers = chn,
                                   .platforms = every_platform,
                                   .statuses = every_status,
                                   .excluded = chn};
    pp_result *r = derive(&rule);
    check_counts(r, "104", "47", "21", "61", "29");
    assert_string_equal(cell(r, "outcomes", "CAN", "conflict"), "ended_only");
    assert_int_equal(count_adopters(r, has_a_lower_bound), 51);
    pp_result_free(r);
}

/* The same out of a store, with resolved places and all countries of the gazetteer. */
static void the_default_rule_on_a_store(void **state) {
    (void)state;
    pp_error err = {0};
    pp_gazetteer *gazetteer;
    pp_store *store;
    pp_table *stored, *listed;
    pp_result *imported, *result;
    char path[256], files[3][256];
    snprintf(path, sizeof path, "%s/study.db", fresh_folder());
    static const char *const names[] = {"claims", "sources", "searches"};
    for (int i = 0; i < 3; i++) {
        char name[64];
        snprintf(name, sizeof name, "data/study/%s.csv", names[i]);
        snprintf(files[i], sizeof files[i], "%s", source_path(name));
    }
    const pp_import_options options = {
        .claims = files[0], .sources = files[1], .searches = files[2]};
    assert_ok(pp_gazetteer_open(build_path("share/pushpull"), &gazetteer, &err));
    assert_ok(pp_store_open(path, PP_STORE_CREATE, &store, &err));
    assert_ok(pp_evidence_import(store, gazetteer, &options, NULL, &imported, &err));
    assert_ok(pp_evidence_claims(store, &stored, &err));
    assert_ok(pp_gazetteer_table(gazetteer, &listed, &err));
    const pp_adoption_rule rule = {.suppliers = chn, .excluded = chn};
    assert_ok(pp_adoption_derive(&rule, stored, searches, listed, NULL, &result, &err));
    check_counts(result, "98", "41", "33", "55", "63");
    pp_result_free(result);
    pp_result_free(imported);
    pp_table_free(listed);
    pp_table_free(stored);
    pp_store_close(store);
    pp_gazetteer_free(gazetteer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_default_rule),
        cmocka_unit_test(every_claim_of_a_prc_supplier),
        cmocka_unit_test(the_default_rule_on_a_store),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
