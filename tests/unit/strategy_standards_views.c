/* Coverage, contracts, coalitions and footprints, by a small registry and by the one that comes with
   pushpull. */
#include "support/claims.h"
#include "support/registry.h"
#include "support/support.h"

#include <pushpull/adoption.h>
#include <pushpull/figure.h>
#include <pushpull/io.h>

#include <stdio.h>
#include <string.h>

static pp_gazetteer *gazetteer;

static int set_up(void **state) {
    (void)state;
    return pp_gazetteer_open(build_path("share/pushpull"), &gazetteer, NULL) != PP_OK;
}

static int tear_down(void **state) {
    (void)state;
    pp_gazetteer_free(gazetteer);
    return 0;
}

typedef struct evidence {
    pp_table *claims, *countries;
    pp_result *adoption;
} evidence;

static evidence gather(void) {
    static const claim_row rows[] = {
        {.id = "1", .country = "KEN", .latest = "2011-06-30", .purpose = "crime"},
        {.id = "2", .country = "UGA", .latest = "2020", .purpose = "crime"},
        {.id = "3",
         .country = "ZMB",
         .platform = "facial_recognition",
         .latest = "2019",
         .purpose = "traffic"},
        {.id = "4", .country = "THA", .latest = "2019", .purpose = "unknown"},
        {.id = "5", .country = "SRB"}};
    evidence e = {.claims = claims_table(rows, sizeof rows / sizeof *rows),
                  .countries = countries_table()};
    const pp_adoption_rule rule = {.name = "any"};
    pp_error err = {0};
    assert_ok(
        pp_adoption_derive(&rule, e.claims, NULL, e.countries, NULL, &e.adoption, &err));
    return e;
}

static void drop(evidence *e) {
    pp_table_free(e->claims);
    pp_table_free(e->countries);
    pp_result_free(e->adoption);
}

/* With a law of Kenya's own, a treaty by Kenya, Uganda and Zambia. */
static pp_standards *african_registry(void) {
    static const char commitments[] =
        "id,instrument,country,action,date,reservation,status,source,checked_on,note\n"
        "a,treaty,KEN,signed,2012-03," REGISTRY_CHECKED
        "b,treaty,UGA,ratified,2013," REGISTRY_CHECKED
        "c,treaty,UGA,withdrew,2020-07-01," REGISTRY_CHECKED
        "d,treaty,ZMB,acceded,2016-01-01,,unverified,a source,2026-11-23,\n"
        "e,norm,GHA,adopted_identically,2021-01-01," REGISTRY_CHECKED;
    pp_standards *s = NULL;
    pp_error err = {0};
    assert_ok(pp_standards_read(registry_folder("commitment", commitments), gazetteer,
                                NULL, &s, &err));
    return s;
}

static int64_t row_of(const pp_result *result, const char *name, const char *column,
                      const char *text) {
    const pp_table *table = pp_result_find(result, name);
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        const char *own = pp_column_get_text(pp_table_find(table, column), i);
        if (own && strcmp(own, text) == 0) {
            return i;
        }
    }
    return -1;
}

static void coverage_has_every_country_and_no_no(void **state) {
    (void)state;
    evidence e = gather();
    pp_standards *s = african_registry();
    pp_result *result = NULL;
    pp_error err = {0};
    assert_ok(pp_standards_coverage(s, e.adoption, "2019", &result, &err));
    const pp_table *t = pp_result_find(result, "standards_coverage");
    int64_t countries = pp_table_rows(pp_result_find(e.adoption, "outcomes"));
    assert_int_equal(pp_table_rows(t), 4 * countries); /* treaty, act, norm, own_law */
    int64_t uga = row_of(result, "standards_coverage", "country", "UGA");
    assert_string_equal(cell_at(result, "standards_coverage", uga, "standing"),
                        "in_force");
    assert_string_equal(cell_at(result, "standards_coverage", uga, "binds"), "1");
    assert_string_equal(cell_at(result, "standards_coverage", uga + 1, "standing"),
                        "not_known");
    assert_string_equal(cell_at(result, "standards_coverage", uga + 1, "binds"), "");
    assert_string_equal(cell_at(result, "standards_coverage", uga + 1, "source"), "");
    int64_t zmb = row_of(result, "standards_coverage", "country", "ZMB");
    assert_string_equal(cell_at(result, "standards_coverage", zmb, "status"),
                        "unverified");
    pp_result_free(result);
    pp_standards_free(s);
    drop(&e);
}

static void the_figure_has_adopters_and_their_instruments(void **state) {
    (void)state;
    evidence e = gather();
    pp_standards *s = african_registry();
    const pp_figure_options options = {.data_folder = build_path("share/pushpull")};
    pp_figure *figure = NULL;
    pp_result *result = NULL;
    pp_error err = {0};
    assert_ok(pp_standards_coverage(s, e.adoption, "2019", &result, &err));
    const pp_table *coverage = pp_result_find(result, "standards_coverage");
    assert_ok(pp_figure_standards(coverage, &options, &figure, &err));
    assert_non_null(strstr(figure->alt,
                           "treaty: binds 2, taken on and not in force 0, no record 2."));
    assert_int_equal(pp_table_rows(figure->table), pp_table_rows(coverage));
    pp_figure_free(figure);
    pp_result_free(result);
    pp_standards_free(s);
    drop(&e);
}

static void contracts_tell_then_from_now(void **state) {
    (void)state;
    evidence e = gather();
    pp_standards *s = african_registry();
    pp_result *result = NULL;
    pp_error err = {0};
    assert_ok(pp_standards_at_contract(s, e.adoption, "2022", &result, &err));
    int64_t uga = row_of(result, "standards_at_contract", "country", "UGA");
    int64_t zmb = row_of(result, "standards_at_contract", "country", "ZMB");
    int64_t ken = row_of(result, "standards_at_contract", "country", "KEN");
    assert_string_equal(cell_at(result, "standards_at_contract", uga, "bound_now"), "");
    assert_string_equal(cell_at(result, "standards_at_contract", zmb, "bound_then"),
                        "treaty");
    assert_string_equal(cell_at(result, "standards_at_contract", zmb, "since"), "");
    assert_string_equal(cell_at(result, "standards_at_contract", ken, "n_then"), "0");
    pp_result_free(result);
    assert_ok(pp_standards_at_contract(s, e.adoption, "2015-06-01", &result, &err));
    assert_string_equal(cell_at(result, "standards_at_contract", uga, "bound_now"),
                        "treaty");
    assert_string_equal(cell_at(result, "standards_at_contract", uga, "since"), "treaty");
    assert_string_equal(cell_at(result, "standards_at_contract", zmb, "ended"), "treaty");
    pp_result_free(result);
    pp_standards_free(s);
    drop(&e);
}

static void coalitions_give_their_reasons(void **state) {
    (void)state;
    evidence e = gather();
    pp_standards *s = african_registry();
    pp_result *result = NULL;
    pp_error err = {0};
    assert_ok(
        pp_standards_coalitions(s, e.adoption, e.claims, "Kenya", "2019", &result, &err));
    static const char *const columns[] = {"country",  "shared",  "region",   "commitment",
                                          "taken_on", "concern", "concerns", "status"};
    static const char *const expected[][8] = {
        {"UGA", "3", "same_subregion", "shared", "treaty (in_force; target signed)",
         "shared", "urban_surveillance, crime", "seen"},
        {"ZMB", "2", "same_subregion", "shared", "treaty (in_force; target signed)",
         "none_on_record", "", "unverified"}};
    for (int i = 0; i < 2; i++) {
        for (int k = 0; k < 8; k++) {
            assert_string_equal(cell_at(result, "standards_coalitions", i, columns[k]),
                                expected[i][k]);
        }
    }
    assert_int_equal(row_of(result, "standards_coalitions", "country", "GHA"), -1);
    assert_int_equal(row_of(result, "standards_coalitions", "country", "KEN"), -1);
    pp_result_free(result);
    assert_ok(pp_standards_coalitions(s, e.adoption, NULL, "THA", "2019", &result, &err));
    assert_int_equal(row_of(result, "standards_coalitions", "commitment", "shared"), -1);
    pp_result_free(result);
    assert_int_equal(
        pp_standards_coalitions(s, e.adoption, NULL, "Narnia", NULL, &result, &err),
        PP_E_NOT_FOUND);
    pp_standards_free(s);
    drop(&e);
}

static pp_table *vendors_table(const char *zte_parent) {
    char text[512];
    pp_table *table = NULL;
    pp_error err = {0};
    static const pp_read_options as_text = {.all_text = 1};
    snprintf(text, sizeof text,
             "vendor,name,home,parent,aliases\nzte,ZTE,CHN,%s,Zhongxing;ZTE "
             "Corporation\nstate-firm,State Firm,CHN,,\n",
             zte_parent);
    const char *folder = fresh_folder();
    char path[1024];
    write_text(folder, "vendors.csv", text);
    snprintf(path, sizeof path, "%s/vendors.csv", folder);
    assert_ok(pp_table_read(path, &as_text, NULL, &table, &err));
    return table;
}

static void footprints_count_affiliates_as_parents(void **state) {
    (void)state;
    pp_standards *s = read_registry(gazetteer);
    pp_table *vendors = vendors_table("state-firm");
    pp_result *result = NULL;
    pp_error err = {0};
    assert_ok(pp_standards_footprint(s, vendors, "zhongxing", &result, &err));
    assert_string_equal(cell_at(result, "standards_footprint", 0, "vendor"),
                        "state-firm");
    assert_string_equal(cell_at(result, "standards_footprint", 0, "as_named"), "ZTE");
    assert_string_equal(cell_at(result, "standards_footprint", 0, "leak"), "1");
    assert_string_equal(cell_at(result, "standards_footprint", 0, "year"), "2018");
    assert_string_equal(cell_at(result, "standards_listings", 0, "listed"), "zte");
    pp_result_free(result);
    assert_ok(pp_standards_footprint(s, NULL, NULL, &result, &err));
    assert_string_equal(cell_at(result, "standards_footprint", 0, "in_list"), "0");
    pp_result_free(result);
    assert_int_equal(pp_standards_footprint(s, vendors, "Acme", &result, &err),
                     PP_E_NOT_FOUND);
    pp_table_free(vendors);
    vendors = vendors_table("zte");
    assert_int_equal(pp_standards_footprint(s, vendors, NULL, &result, &err), PP_E_INPUT);
    assert_null(result);
    pp_table_free(vendors);
    pp_standards_free(s);
}

typedef struct all_of_it {
    const pp_standards *s;
    const evidence *e;
    const pp_table *vendors;
} all_of_it;

static pp_status views(void *payload, pp_error *err) {
    const all_of_it *all = payload;
    pp_result *result = NULL;
    pp_status status =
        pp_standards_coverage(all->s, all->e->adoption, "2020", &result, err);
    pp_result_free(result);
    if (status == PP_OK) {
        status = pp_standards_at_contract(all->s, all->e->adoption, "2020", &result, err);
        pp_result_free(result);
    }
    if (status == PP_OK) {
        status = pp_standards_coalitions(all->s, all->e->adoption, all->e->claims, "KEN",
                                         "2020", &result, err);
        pp_result_free(result);
    }
    if (status == PP_OK) {
        status = pp_standards_footprint(all->s, all->vendors, NULL, &result, err);
        pp_result_free(result);
    }
    return status;
}

static void failing_allocations(void **state) {
    (void)state;
    evidence e = gather();
    pp_standards *s = african_registry();
    pp_table *vendors = vendors_table("state-firm");
    all_of_it all = {s, &e, vendors};
    assert_true(fail_every_allocation(views, &all) > 100);
    pp_table_free(vendors);
    pp_standards_free(s);
    drop(&e);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coverage_has_every_country_and_no_no),
        cmocka_unit_test(the_figure_has_adopters_and_their_instruments),
        cmocka_unit_test(contracts_tell_then_from_now),
        cmocka_unit_test(coalitions_give_their_reasons),
        cmocka_unit_test(footprints_count_affiliates_as_parents),
        cmocka_unit_test(failing_allocations),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
