#include "support/evidence.h"

#include <pushpull/io.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static pp_store *store;
static pp_result *result;

static int open_store(void **state) {
    (void)state;
    result = NULL;
    return pp_store_open(":memory:", PP_STORE_CREATE, &store, NULL) != PP_OK;
}

static int close_store(void **state) {
    (void)state;
    pp_result_free(result);
    pp_store_close(store);
    return 0;
}

static const char *title_of(const pp_result *of, const char *table) {
    for (int i = 0; i < pp_result_tables(of); i++) {
        if (strcmp(pp_result_table_name(of, i), table) == 0) {
            return pp_result_table_title(of, i);
        }
    }
    return NULL;
}

static pp_status again(const rows_of_study *rows, pp_error *err) {
    pp_result_free(result);
    result = NULL;
    return import_rows(store, NULL, rows, &result, err);
}

static void twice_is_once(void **state) {
    (void)state;
    pp_error err = {0};
    assert_ok(again(&small_study, &err));
    assert_int_equal(counted(result, "sources", "new"), 3);
    assert_int_equal(counted(result, "claims", "new"), 3);
    assert_int_equal(counted(result, "searches", "new"), 2);
    assert_int_equal(counted(result, "vendors", "new"), 1);
    assert_int_equal(counted(result, "places", "new"), 3);
    assert_int_equal(counted(result, "places", "pending"), 2);
    assert_int_equal(counted(result, "claims", "pending"), 2);
    int64_t entries = log_entries(store);
    assert_int_equal(entries, 3 + 3 + 2 + 1 + 3 + 4);

    assert_ok(again(&small_study, &err));
    assert_int_equal(counted(result, "claims", "unchanged"), 3);
    assert_int_equal(
        counted(result, "claims", "new") + counted(result, "claims", "changed"), 0);
    assert_int_equal(counted(result, "vendors", "unchanged"), 1);
    assert_int_equal(log_entries(store), entries);
    assert_verifies(store);
}

static void a_dry_run_changes_nothing(void **state) {
    (void)state;
    pp_error err = {0};
    rows_of_study rows = small_study;
    rows.dry_run = 1;
    assert_ok(again(&rows, &err));
    assert_int_equal(counted(result, "claims", "new"), 3);
    assert_string_equal(title_of(result, "import"), "What would be imported (dry run)");
    assert_int_equal(log_entries(store), 0);
    pp_table *claims;
    assert_ok(pp_evidence_claims(store, &claims, &err));
    assert_int_equal(pp_table_rows(claims), 0);
    pp_table_free(claims);
}

static void what_was_imported_is_there(void **state) {
    (void)state;
    pp_error err = {0};
    assert_ok(again(&small_study, &err));
    pp_table *t;
    assert_ok(pp_evidence_claims(store, &t, &err));
    assert_int_equal(pp_table_rows(t), 3);
    assert_string_equal(at_key(t, "claim_id", "A0002", "amount_usd"), "150000000.5");
    assert_string_equal(at_key(t, "claim_id", "A0002", "place_id"), "KEN");
    assert_string_equal(at_key(t, "claim_id", "A0002", "note"), "Signed, they say");
    assert_string_equal(at_key(t, "claim_id", "A0002", "earliest"), "-");
    assert_string_equal(at_key(t, "claim_id", "B0001", "vendor"), "unknown");
    assert_string_equal(at_key(t, "claim_id", "B0001", "vendor_home"), "CHN");
    assert_string_equal(at_key(t, "claim_id", "B0001", "place_id"), "-");
    assert_string_equal(at_key(t, "claim_id", "A0001", "story"), "story:AS001");
    assert_string_equal(at_key(t, "claim_id", "A0002", "story"), "AS002");
    assert_string_equal(pp_table_find(t, "confidence")->levels[2], "high");
    pp_table_free(t);
    assert_ok(pp_evidence_sources(store, &t, &err));
    assert_string_equal(at_key(t, "source_id", "AS001", "address"),
                        "https://example.org/a");
    assert_string_equal(at_key(t, "source_id", "BS001", "story_status"), "proposed");
    pp_table_free(t);
    assert_ok(pp_evidence_searches(store, &t, &err));
    assert_string_equal(at_key(t, "country", "UGA", "targeted_queries_at_least"), "1");
    pp_table_free(t);
    assert_ok(pp_evidence_vendors(store, &t, &err));
    assert_string_equal(at_key(t, "vendor", "huawei", "claims"), "2");
    pp_table_free(t);
}

static void a_changed_row_is_a_new_version(void **state) {
    (void)state;
    pp_error err = {0};
    assert_ok(again(&small_study, &err));
    const rows_of_study changed = {
        .claims =
            "A0001,Nairobi,city,KEN,huawei,CHN,safe_city,operational,2014,2016,unknown,,"
            "national,Kenya Police,crime,medium,AS001,A,Working by 2016\n"};
    assert_ok(again(&changed, &err));
    assert_int_equal(counted(result, "claims", "changed"), 1);
    pp_table *t;
    assert_ok(pp_evidence_claims(store, &t, &err));
    assert_int_equal(pp_table_rows(t), 3);
    assert_string_equal(at_key(t, "claim_id", "A0001", "version"), "2");
    assert_string_equal(at_key(t, "claim_id", "A0001", "latest"), "2016");
    pp_table_free(t);
    assert_verifies(store);
}

typedef struct bad_row {
    const char *row, *field, *reason, *suggestion;
} bad_row;

#define GOOD(id)                                                                         \
    id ",Nairobi,city,KEN,huawei,CHN,safe_city,operational,2014,2015,unknown,,"          \
       "national,,crime,medium,AS001,A,"
#define MIDDLE ",unknown,,national,,crime,medium,AS001,A,"

static const bad_row bad_claims[] = {
    {"1," GOOD("x"), "claim_id", "is not the coder's capital letter", "as in A0001"},
    {"B0009,Nairobi,city,KEN,huawei,CHN,safe_city,operational,2014,2015" MIDDLE,
     "claim_id", "does not begin with its coder's letter, A", ""},
    {"A9,,city,KEN,huawei,CHN,safe_city,operational,2014,2015" MIDDLE, "place",
     "is empty", ""},
    {"A9,Nairobi,town,KEN,huawei,CHN,safe_city,operational,2014,2015" MIDDLE,
     "place_kind", "is not a place_kind", "one of country, city, region"},
    {"A9,Nairobi,city,Kenya,huawei,CHN,safe_city,operational,2014,2015" MIDDLE, "country",
     "is not a country's code", ""},
    {"A9,Nairobi,city,KEN,Huawei Tech.,CHN,safe_city,operational,2014,2015" MIDDLE,
     "vendor", "is not lower-case letters", "huawei-tech"},
    {"A9,Nairobi,city,KEN,huawei,chn,safe_city,operational,2014,2015" MIDDLE,
     "vendor_home", "is not a country's code", ""},
    {"A9,Nairobi,city,KEN,huawei,CHN,safecity,operational,2014,2015" MIDDLE, "platform",
     "is not a platform", "did you mean safe_city?"},
    {"A9,Nairobi,city,KEN,huawei,CHN,safe_city,operationl,2014,2015" MIDDLE, "status",
     "is not a status", "did you mean operational?"},
    {"A9,Nairobi,city,KEN,huawei,CHN,safe_city,operational,14,2015" MIDDLE, "earliest",
     "not a date", ""},
    {"A9,Nairobi,city,KEN,huawei,CHN,safe_city,operational,2014,2015-02-30" MIDDLE,
     "latest", "", ""},
    {"A9,Nairobi,city,KEN,huawei,CHN,safe_city,operational,2016,2014" MIDDLE, "earliest",
     "is after the latest date, 2014", "are the two swapped?"},
    {"A9,Nairobi,city,KEN,huawei,CHN,safe_city,operational,2014,2015,gift,,national,,"
     "crime,"
     "medium,AS001,A,",
     "financing", "is not a financing", ""},
    {"A9,Nairobi,city,KEN,huawei,CHN,safe_city,operational,2014,2015,grant,\"1,500\","
     "national,,"
     "crime,medium,AS001,A,",
     "amount_usd", "is not a number", "1500"},
    {"A9,Nairobi,city,KEN,huawei,CHN,safe_city,operational,2014,2015,grant,-5,national,,"
     "crime,"
     "medium,AS001,A,",
     "amount_usd", "is not a number", ""},
    {"A9,Nairobi,city,KEN,huawei,CHN,safe_city,operational,2014,2015,unknown,,national,,"
     "crime,"
     "certain,AS001,A,",
     "confidence", "is not a confidence", ""},
    {"A9,Nairobi,city,KEN,huawei,CHN,safe_city,operational,2014,2015,unknown,,national,,"
     "crime,"
     "medium,AS077,A,",
     "source_id", "is not among the sources", "add it"},
    {"A9,Nairobi,city,KEN,huawei,CHN,safe_city,operational,2014,2015,unknown,,national,,"
     "crime,"
     "medium,AS001,AB,",
     "coder", "is not one capital letter", ""},
    {GOOD("A0001"), "claim_id", "is in line 2 already", ""},
    {GOOD("A0002"), "claim_id", "says in every field what A0001 in line 2 says",
     "leave one"},
};

static int begins(const char *text, const char *with) {
    return strncmp(text, with, strlen(with)) == 0;
}

static void check_refusal(const bad_row *bad, int64_t row, const char *line) {
    const pp_table *t = pp_result_find(result, "refused");
    if (strcmp(at(t, "field", row), bad->field) != 0 ||
        !begins(at(t, "reason", row), bad->reason) ||
        !begins(at(t, "suggestion", row), *bad->suggestion ? bad->suggestion : "") ||
        strcmp(at(t, "line", row), line) != 0) {
        fail_msg("%s: line %s, %s %s (%s)", bad->row, at(t, "line", row),
                 at(t, "field", row), at(t, "reason", row), at(t, "suggestion", row));
    }
}

static void every_field_is_checked(void **state) {
    (void)state;
    for (size_t i = 1; i < sizeof bad_claims / sizeof *bad_claims; i++) {
        pp_error err = {0};
        char rows[1200];
        snprintf(rows, sizeof rows, "%s\n%s\n", GOOD("A0001"), bad_claims[i].row);
        const rows_of_study study = {.claims = rows, .sources = small_study.sources};
        assert_int_equal(again(&study, &err), PP_E_INPUT);
        assert_int_equal(counted(result, "claims", "refused"), 1);
        check_refusal(&bad_claims[i], 0, "3");
        assert_int_equal(err.line, 3);
        assert_string_equal(err.column, bad_claims[i].field);
        assert_int_equal(log_entries(store), 0);
    }
}

static void sources_searches_and_vendors_are_checked(void **state) {
    (void)state;
    pp_error err = {0};
    const rows_of_study bad = {
        .sources = "AS001,ftp://example.org,T,P,2015,news,en\n"
                   "AS002,https://example.org,T,P,2015-13,news,en\n"
                   "AS003,https://example.org,T,P,2015,newspaper,en\n"
                   "AS004,https://example.org,T,P,2015,news,English\n"
                   "S5,https://example.org,T,P,2015,news,en\n",
        .searches = "KEN,A,2.5,1\nKEN,B,-1,1\nKEN,C,1,\nKEN,D,1,1\nKEN,D,2,2\n",
        .vendors = "dahua,Dahua,CHN,nobody,\nDahua,Dahua,CHN,,\n"};
    assert_int_equal(again(&bad, &err), PP_E_INPUT);
    assert_int_equal(counted(result, "sources", "refused"), 5);
    assert_int_equal(counted(result, "searches", "refused"), 4);
    assert_int_equal(counted(result, "vendors", "refused"), 2);
    const pp_table *t = pp_result_find(result, "refused");
    assert_string_equal(at_key(t, "value", "English", "suggestion"), "as in en, fr, sw");
    assert_string_equal(at_key(t, "value", "nobody", "field"), "parent");
    assert_string_equal(at_key(t, "value", "S5", "line"), "6");
}

static void lines_are_those_of_the_file(void **state) {
    (void)state;
    pp_error err = {0};
    const rows_of_study study = {
        .claims =
            "A0001,Nairobi,city,KEN,huawei,CHN,safe_city,operational,2014,2015,unknown,,"
            "national,,crime,medium,AS001,A,\"two\nlines\"\n\n" GOOD(
                "A0002") "\n"
                         "A0003,Nairobi,city,KEN,huawei,CHN,nonsense,operational,2014,"
                         "2015" MIDDLE "\n",
        .sources = small_study.sources};
    assert_int_equal(again(&study, &err), PP_E_INPUT);
    assert_string_equal(at(pp_result_find(result, "refused"), "line", 0), "6");
}

static void every_mistake_of_a_row_is_told(void **state) {
    (void)state;
    static const char *const fields[] = {"earliest", "place_kind", "platform", "earliest",
                                         "source_id"};
    static const char *const lines[] = {"2", "4", "4", "4", "4"};
    pp_error err = {0};
    const rows_of_study study = {
        .claims = "A0001,Nairobi,city,KEN,huawei,CHN,safe_city,operational,2016,"
                  "2014" MIDDLE "\n"
                  ",, ,,,,,,,,,,,,,,,,\n"
                  "A0003,Nairobi,town,KEN,huawei,CHN,safecity,operational,2016,2014,"
                  "unknown,,national,,crime,medium,AS009,A,\n",
        .sources = small_study.sources};
    assert_int_equal(again(&study, &err), PP_E_INPUT);
    const pp_table *t = pp_result_find(result, "refused");
    assert_int_equal(pp_table_rows(t), 5);
    for (int i = 0; i < 5; i++) {
        assert_string_equal(at(t, "field", i), fields[i]);
        assert_string_equal(at(t, "line", i), lines[i]);
    }
    assert_int_equal(err.line, 2);
    assert_int_equal(counted(result, "claims", "read"), 2);
    assert_int_equal(counted(result, "claims", "refused"), 2);
    assert_string_equal(title_of(result, "import"),
                        "Nothing was imported: rows were refused");
}

static void missing_columns_are_named_together(void **state) {
    (void)state;
    pp_error err = {0};
    const rows_of_study study = {.sources =
                                     "source_id,link,title,publisher,date,kind,languge\n"
                                     "AS001,https://example.org,T,P,2015,news,en\n"};
    assert_int_equal(import_texts(store, NULL, &study, &result, &err), PP_E_INPUT);
    assert_null(result);
    assert_string_equal(
        err.message, "this file of sources lacks the columns url, published, language");
    assert_non_null(strstr(err.hint, "did you mean 'languge' for 'language'?"));
    assert_non_null(strstr(err.hint, "source_id, link, title"));
    const rows_of_study more = {.searches = "country,coder,targeted_queries_at_least,"
                                            "claims_found,mood\nKEN,A,1,1,good\n"};
    assert_ok(import_texts(store, NULL, &more, &result, &err));
    assert_true(has_warning(result, "extra_columns"));
}

static void the_same_content_is_not_taken_twice(void **state) {
    (void)state;
    pp_error err = {0};
    assert_ok(again(&small_study, &err));
    const rows_of_study renumbered = {
        .claims = "A0051,Nairobi,city,KEN,huawei,CHN,safe_city,operational,2014,2015-03,"
                  "unknown,,"
                  "national,Kenya Police,crime,medium,AS001,A,Working by 2015\n"};
    assert_int_equal(again(&renumbered, &err), PP_E_INPUT);
    assert_string_equal(at(pp_result_find(result, "refused"), "reason", 0),
                        "says in every field what A0001 in the store says");
}

static void warnings_do_not_refuse(void **state) {
    (void)state;
    pp_error err = {0};
    char note[200], claims[900];
    memset(note, 'x', 161);
    note[161] = '\0';
    snprintf(claims, sizeof claims, "%s%s\n%s\n", GOOD("A0001"), note,
             "A0002,Nairobi,city,KEN,huawei,USA,safe_city,announced,2099,2099" MIDDLE);
    const rows_of_study study = {.claims = claims, .sources = small_study.sources};
    assert_ok(again(&study, &err));
    assert_true(has_warning(result, "long_notes"));
    assert_true(has_warning(result, "vendor_home"));
    assert_true(has_warning(result, "future_date"));
    assert_true(has_warning(result, "pending_places"));
}

static void places_are_resolved_and_never_guessed(void **state) {
    (void)state;
    pp_error err = {0};
    pp_gazetteer *gazetteer;
    assert_ok(again(&small_study, &err));
    assert_int_equal(counted(result, "places", "pending"), 2);
    pp_result_free(result);
    assert_ok(pp_gazetteer_open(build_path("share/pushpull"), &gazetteer, &err));
    assert_ok(import_rows(store, gazetteer, &small_study, &result, &err));
    assert_int_equal(counted(result, "places", "changed"), 1);
    assert_int_equal(counted(result, "places", "pending"), 1);
    const pp_table *pending = pp_result_find(result, "pending");
    assert_string_equal(at(pending, "place", 0), "Nairobbi");
    assert_non_null(strstr(at(pending, "suggestions", 0), "Nairobi (gn:184745)"));
    pp_result_free(result);
    int64_t entries = log_entries(store);
    assert_ok(import_rows(store, gazetteer, &small_study, &result, &err));
    assert_int_equal(log_entries(store), entries);
    pp_result_free(result);
    const rows_of_study wrong = {
        .claims =
            "A7,UGA,country,KEN,huawei,CHN,safe_city,operational,2014,2015" MIDDLE "\n"
            "A8,Nairobi,city,KNA,huawei,CHN,safe_city,operational,2014,2015" MIDDLE "\n"
            "A9,Nairobi,city,Keniya,huawei,CHN,safe_city,operational,2014,2015" MIDDLE
            "\n"
            "A10,Quito,city,ECQ,huawei,CHN,safe_city,operational,2014,2015" MIDDLE "\n"
            "A11,Nairobi,city,KNE,huawei,CHN,safe_city,operational,2014,2015" MIDDLE
            "\n"};
    assert_int_equal(import_rows(store, gazetteer, &wrong, &result, &err), PP_E_INPUT);
    const pp_table *refused = pp_result_find(result, "refused");
    assert_int_equal(pp_table_rows(refused), 4);
    assert_string_equal(at_key(refused, "value", "ECQ", "suggestion"), "ECU (Ecuador)");
    assert_string_equal(at_key(refused, "value", "KNE", "suggestion"), "KEN (Kenya)");
    assert_string_equal(at_key(refused, "field", "place", "reason"),
                        "is UGA, but the claim's country is KEN");
    assert_string_equal(at_key(refused, "value", "Keniya", "suggestion"), "KEN (Kenya)");
    pp_gazetteer_free(gazetteer);
    assert_verifies(store);
}

static void the_bundled_study_is_taken_whole(void **state) {
    (void)state;
    pp_error err = {0};
    pp_gazetteer *gazetteer;
    char claims[600], sources[600], searches[600], vendors[600];
    snprintf(claims, sizeof claims, "%s", source_path("data/study/claims.csv"));
    snprintf(sources, sizeof sources, "%s", source_path("data/study/sources.csv"));
    snprintf(searches, sizeof searches, "%s", source_path("data/study/searches.csv"));
    snprintf(vendors, sizeof vendors, "%s", source_path("data/vendors/vendors.csv"));
    const pp_import_options options = {
        .claims = claims, .sources = sources, .searches = searches, .vendors = vendors};
    assert_ok(pp_gazetteer_open(build_path("share/pushpull"), &gazetteer, &err));
    assert_ok(pp_evidence_import(store, gazetteer, &options, NULL, &result, &err));
    assert_int_equal(counted(result, "claims", "new"), 1843);
    assert_int_equal(counted(result, "sources", "new"), 984);
    assert_int_equal(counted(result, "searches", "new"), 207);
    assert_true(counted(result, "places", "pending") <= 2);
    assert_int_equal(has_warning(result, "vendor_home"), 0);
    assert_int_equal(pp_table_rows(pp_result_find(result, "refused")), 0);
    const pp_table *stories = pp_result_find(result, "stories");
    assert_string_equal(at_key(stories, "story", "story:AS269", "sources"),
                        "AS269 AS498 BS059");
    assert_int_equal(pp_table_rows(stories), 77);
    pp_gazetteer_free(gazetteer);
    assert_verifies(store);
}

static void what_is_no_table_is_told(void **state) {
    (void)state;
    pp_error err = {0};
    pp_import_options options = {.claims = fresh_folder()};
    assert_int_not_equal(pp_evidence_import(store, NULL, &options, NULL, &result, &err),
                         PP_OK);
    assert_null(result);
    options.claims = "/nowhere/claims.csv";
    assert_int_equal(pp_evidence_import(store, NULL, &options, NULL, &result, &err),
                     PP_E_NOT_FOUND);
    options.claims = write_text(fresh_folder(), "claims.csv", "");
    assert_int_equal(pp_evidence_import(store, NULL, &options, NULL, &result, &err),
                     PP_E_INPUT);
    const char cut[] = "A0001,Nairobi,city,KEN,huawei,CHN,safe_city,operational,2014";
    const rows_of_study study = {.claims = cut, .sources = small_study.sources};
    assert_int_equal(again(&study, &err), PP_E_INPUT);
    assert_int_equal(log_entries(store), 0);
}

static pp_status import_and_query(void *payload, pp_error *err) {
    pp_store *fresh;
    pp_table *t;
    (void)payload;
    pp_status status = open_store_of_tables(&fresh, err);
    if (status == PP_OK) {
        status = pp_evidence_vendors(fresh, &t, err);
        pp_table_free(t);
    }
    if (status == PP_OK) {
        status = pp_evidence_sources(fresh, &t, err);
        pp_table_free(t);
    }
    if (status == PP_OK) {
        status = pp_evidence_searches(fresh, &t, err);
        pp_table_free(t);
    }
    pp_store_close(fresh);
    return status;
}

static void allocations_fail_well(void **state) {
    (void)state;
    assert_true(fail_every_allocation(import_and_query, NULL) > 200);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(twice_is_once, open_store, close_store),
        cmocka_unit_test_setup_teardown(a_dry_run_changes_nothing, open_store,
                                        close_store),
        cmocka_unit_test_setup_teardown(what_was_imported_is_there, open_store,
                                        close_store),
        cmocka_unit_test_setup_teardown(a_changed_row_is_a_new_version, open_store,
                                        close_store),
        cmocka_unit_test_setup_teardown(every_field_is_checked, open_store, close_store),
        cmocka_unit_test_setup_teardown(sources_searches_and_vendors_are_checked,
                                        open_store, close_store),
        cmocka_unit_test_setup_teardown(lines_are_those_of_the_file, open_store,
                                        close_store),
        cmocka_unit_test_setup_teardown(every_mistake_of_a_row_is_told, open_store,
                                        close_store),
        cmocka_unit_test_setup_teardown(missing_columns_are_named_together, open_store,
                                        close_store),
        cmocka_unit_test_setup_teardown(the_same_content_is_not_taken_twice, open_store,
                                        close_store),
        cmocka_unit_test_setup_teardown(warnings_do_not_refuse, open_store, close_store),
        cmocka_unit_test_setup_teardown(places_are_resolved_and_never_guessed, open_store,
                                        close_store),
        cmocka_unit_test_setup_teardown(the_bundled_study_is_taken_whole, open_store,
                                        close_store),
        cmocka_unit_test_setup_teardown(what_is_no_table_is_told, open_store,
                                        close_store),
        cmocka_unit_test(allocations_fail_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
