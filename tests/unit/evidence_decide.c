/* Decisions, merges, and what can be seen of them. */
#include "support/evidence.h"

#include <string.h>

static pp_store *store;
static pp_gazetteer *gazetteer;
static pp_result *result;

static int open_gazetteer(void **state) {
    (void)state;
    return pp_gazetteer_open(build_path("share/pushpull"), &gazetteer, NULL) != PP_OK;
}

static int close_gazetteer(void **state) {
    (void)state;
    pp_gazetteer_free(gazetteer);
    return 0;
}

static int open_small_study(void **state) {
    (void)state;
    pp_error err = {0};
    assert_ok(pp_store_open(":memory:", PP_STORE_CREATE, &store, &err));
    assert_ok(import_rows(store, gazetteer, &small_study, &result, &err));
    return 0;
}

static int close_store(void **state) {
    (void)state;
    assert_verifies(store);
    pp_result_free(result);
    pp_store_close(store);
    result = NULL;
    return 0;
}

static pp_status decide(const char *action, const char *subject, const char *field,
                        const char *value, pp_error *err) {
    const pp_decision decision = {action, subject, field, value, "because", "judge"};
    pp_result_free(result);
    return pp_evidence_decide(store, gazetteer, &decision, &result, err);
}

static pp_status merge(const char *kind, const char *from, const char *into,
                       pp_error *err) {
    pp_result_free(result);
    return pp_evidence_merge(store, gazetteer, kind, from, into, "the same", "judge",
                             &result, err);
}

static const char *claim(const char *id, const char *column) {
    static char out[300];
    pp_error err = {0};
    pp_table *t;
    assert_ok(pp_evidence_claims(store, &t, &err));
    strncpy(out, at_key(t, "claim_id", id, column), sizeof out - 1);
    pp_table_free(t);
    return out;
}

static const char *source(const char *id, const char *column) {
    static char out[300];
    pp_error err = {0};
    pp_table *t;
    assert_ok(pp_evidence_sources(store, &t, &err));
    strncpy(out, at_key(t, "source_id", id, column), sizeof out - 1);
    pp_table_free(t);
    return out;
}

static void retract_and_restore(void **state) {
    (void)state;
    pp_error err = {0};
    assert_ok(decide("retract", "A0001", NULL, NULL, &err));
    assert_string_equal(claim("A0001", "claim_id"), "no row");
    assert_int_equal(decide("retract", "A0001", NULL, NULL, &err), PP_E_CONFLICT);
    assert_int_equal(decide("restore", "A0002", NULL, NULL, &err), PP_E_CONFLICT);
    assert_ok(decide("restore", "A0001", NULL, NULL, &err));
    assert_string_equal(claim("A0001", "version"), "1");
    assert_ok(decide("retract", "A0001", NULL, NULL, &err));
    assert_ok(decide("retract", "AS002", NULL, NULL, &err));
    assert_string_equal(claim("A0002", "claim_id"), "no row");
    assert_string_equal(source("AS002", "source_id"), "no row");
}

static void an_import_does_not_undo_a_decision(void **state) {
    (void)state;
    pp_error err = {0};
    assert_ok(decide("retract", "A0001", NULL, NULL, &err));
    assert_ok(decide("correct", "A0002", "latest", "2014-06", &err));
    assert_string_equal(at(pp_result_find(result, "decision"), "before", 0),
                        "2014-05-20");
    int64_t entries = log_entries(store);
    pp_result_free(result);
    assert_ok(import_rows(store, gazetteer, &small_study, &result, &err));
    assert_int_equal(log_entries(store), entries);
    assert_string_equal(claim("A0001", "claim_id"), "no row");
    assert_string_equal(claim("A0002", "latest"), "2014-06");
    assert_string_equal(claim("A0002", "version"), "2");

    const rows_of_study changed = {
        .claims = "A0002,KEN,country,KEN,huawei,CHN,cctv_network,contracted,,2014-05-21,"
                  "vendor_credit,,national,,crime,high,AS002,A,Signed\n"};
    pp_result_free(result);
    assert_ok(import_rows(store, gazetteer, &changed, &result, &err));
    assert_true(has_warning(result, "correction_superseded"));
    assert_string_equal(claim("A0002", "latest"), "2014-05-21");
    assert_string_equal(claim("A0002", "version"), "3");
}

static void corrections_are_checked(void **state) {
    (void)state;
    pp_error err = {0};
    assert_int_equal(decide("correct", "A0001", "platform", "safe_citty", &err),
                     PP_E_ARGUMENT);
    assert_string_equal(err.hint, "did you mean safe_city?");
    assert_int_equal(decide("correct", "A0001", "earliest", "2019", &err), PP_E_ARGUMENT);
    assert_int_equal(decide("correct", "A0001", "claim_id", "A0009", &err),
                     PP_E_ARGUMENT);
    assert_int_equal(decide("correct", "A0001", "latests", "2019", &err), PP_E_ARGUMENT);
    assert_string_equal(err.hint, "did you mean 'latest'?");
    assert_int_equal(decide("correct", "A0001", "source_id", "AS099", &err),
                     PP_E_NOT_FOUND);
    assert_int_equal(decide("correct", "A0001", "status", "operational", &err),
                     PP_E_CONFLICT);
    assert_int_equal(decide("correct", "A0001", "country", "UGA", &err), PP_OK);
    assert_string_equal(claim("A0001", "place_id"), "-");
    assert_int_equal(decide("correct", "A0002", "place", "UGA", &err), PP_E_ARGUMENT);
    assert_ok(decide("correct", "A0002", "vendor", "zte", &err));
    assert_string_equal(claim("A0002", "vendor"), "zte");
    assert_ok(decide("correct", "A0002", "amount_usd", "", &err));
    assert_string_equal(claim("A0002", "amount_usd"), "-");
    assert_ok(decide("correct", "AS002", "publisher", "The ministry", &err));
    assert_string_equal(source("AS002", "publisher"), "The ministry");
    assert_ok(decide("correct", "huawei", "name", "Huawei Technologies", &err));
    assert_int_equal(decide("correct", "dahua", "name", "Dahua", &err), PP_E_NOT_FOUND);
}

static void decisions_need_sense(void **state) {
    (void)state;
    pp_error err = {0};
    const pp_decision unfounded = {"retract", "A0001", NULL, NULL, "  ", "judge"};
    pp_result *none;
    assert_int_equal(pp_evidence_decide(store, NULL, &unfounded, &none, &err),
                     PP_E_ARGUMENT);
    assert_int_equal(decide("retrackt", "A0001", NULL, NULL, &err), PP_E_ARGUMENT);
    assert_string_equal(err.hint, "did you mean 'retract'?");
    assert_int_equal(decide("retract", "A0099", NULL, NULL, &err), PP_E_NOT_FOUND);
    assert_int_equal(decide("retract", "huawei", NULL, NULL, &err), PP_E_ARGUMENT);
    assert_int_equal(decide("confirm", "A0001", NULL, NULL, &err), PP_E_ARGUMENT);
    assert_int_equal(decide("confirm", "story:AS002", NULL, NULL, &err), PP_E_NOT_FOUND);
    result = NULL;
}

static void stories_are_confirmed_and_retracted(void **state) {
    (void)state;
    pp_error err = {0};
    assert_string_equal(source("AS001", "story_status"), "proposed");
    assert_ok(decide("confirm", "story:AS001", NULL, NULL, &err));
    assert_string_equal(at(pp_result_find(result, "decision"), "after", 0),
                        "AS001 BS001");
    assert_string_equal(source("BS001", "story_status"), "confirmed");
    assert_ok(decide("retract", "story:AS001", NULL, NULL, &err));
    assert_string_equal(source("BS001", "story"), "BS001");
    assert_ok(decide("restore", "story:AS001", NULL, NULL, &err));
    assert_string_equal(source("BS001", "story_status"), "proposed");
    assert_ok(decide("confirm", "story:AS001", NULL, NULL, &err));

    const rows_of_study copy = {
        .sources =
            "CS001,https://agency.example.net/1,\"Police get cameras in Nairobi, today\","
            "Agency,2015-03-02,news,en\n"};
    pp_result_free(result);
    assert_ok(import_rows(store, gazetteer, &copy, &result, &err));
    assert_string_equal(source("CS001", "story"), "story:AS001");
    assert_string_equal(source("CS001", "story_status"), "proposed");
}

static void a_corrected_country_resolves_anew(void **state) {
    (void)state;
    pp_error err = {0};
    assert_ok(decide("correct", "A0001", "country", "NGA", &err));
    assert_true(has_warning(result, "pending_places"));
    assert_string_equal(claim("A0001", "place_id"), "-");
    assert_ok(decide("correct", "A0001", "confidence", "high", &err));
    assert_false(has_warning(result, "pending_places"));
    assert_ok(decide("correct", "A0001", "country", "KEN", &err));
    assert_false(has_warning(result, "pending_places"));
    assert_string_equal(claim("A0001", "place_id"), "gn:184745");
    assert_int_equal(decide("correct", "A0002", "country", "NGA", &err), PP_E_ARGUMENT);
}

static void vendors_and_sources_merge(void **state) {
    (void)state;
    pp_error err = {0};
    const rows_of_study more = {
        .claims =
            "A0003,UGA,country,UGA,huawei-tech,,safe_city,announced,,2016,,,,,,low,AS002,"
            "A,\n"};
    pp_result_free(result);
    assert_ok(import_rows(store, gazetteer, &more, &result, &err));
    assert_ok(merge("vendor", "huawei-tech", "huawei", &err));
    assert_string_equal(claim("A0003", "vendor"), "huawei");
    assert_string_equal(claim("A0003", "vendor_home"), "CHN");
    assert_int_equal(merge("vendor", "huawei-tech", "huawei", &err), PP_E_CONFLICT);
    assert_int_equal(merge("vendor", "huawei", "huawei-tech", &err), PP_E_CONFLICT);
    assert_int_equal(merge("vendor", "huawei", "nobody", &err), PP_E_NOT_FOUND);
    assert_int_equal(merge("vendor", "huawie", "huawei", &err), PP_E_NOT_FOUND);
    assert_string_equal(err.hint, "did you mean 'huawei'?");
    assert_int_equal(merge("claim", "A0001", "A0002", &err), PP_E_ARGUMENT);
    assert_ok(merge("vendor", "huawei-tech", "huawei-tech", &err));
    assert_string_equal(claim("A0003", "vendor"), "huawei-tech");
    assert_int_equal(merge("vendor", "huawei-tech", "huawei-tech", &err), PP_E_CONFLICT);
    assert_ok(merge("source", "BS001", "AS001", &err));
    assert_string_equal(claim("B0001", "source_id"), "AS001");
    assert_string_equal(source("BS001", "source_id"), "no row");
}

static void places_merge(void **state) {
    (void)state;
    pp_error err = {0};
    assert_string_equal(claim("B0001", "place_id"), "-");
    assert_int_equal(merge("place", "Nairobbi", "gn:0", &err), PP_E_NOT_FOUND);
    assert_int_equal(merge("place", "gn:184745", "Nairobbi", &err), PP_E_CONFLICT);
    assert_int_equal(merge("place", "gn:184745", "KEN", &err), PP_E_CONFLICT);
    assert_int_equal(merge("place", "Nairobbi", "UGA", &err), PP_E_CONFLICT);
    assert_ok(merge("place", "Nairobbi", "Nairobi", &err));
    assert_string_equal(claim("B0001", "place_id"), "gn:184745");
    assert_string_equal(claim("B0001", "place"), "Nairobi");
    assert_int_equal(merge("place", "Nairobi", "Nairobbi", &err), PP_E_CONFLICT);
    assert_ok(merge("place", "KEN/city/Nairobbi", "gn:186301", &err));
    assert_string_equal(claim("B0001", "place_id"), "gn:186301");
    pp_result_free(result);
    assert_ok(import_rows(store, gazetteer, &small_study, &result, &err));
    assert_int_equal(counted(result, "places", "pending"), 0);
}

static pp_status show(const char *what, pp_error *err) {
    pp_result_free(result);
    result = NULL;
    return pp_evidence_show(store, gazetteer, what, &result, err);
}

static int64_t rows(const char *table) {
    const pp_table *t = pp_result_find(result, table);
    return t ? pp_table_rows(t) : -1;
}

static void everything_can_be_opened(void **state) {
    (void)state;
    pp_error err = {0};
    assert_ok(decide("correct", "A0001", "latest", "2016", &err));
    assert_ok(show("Nairobi", &err));
    assert_int_equal(rows("claims"), 1);
    assert_int_equal(rows("sources"), 1);
    assert_int_equal(rows("adoptions"), 1);
    assert_int_equal(rows("decisions"), 1);
    assert_string_equal(at(pp_result_find(result, "place"), "place_id", 0), "gn:184745");
    assert_ok(show("Kenya", &err));
    assert_int_equal(rows("claims"), 3);
    assert_ok(show("A0001", &err));
    assert_int_equal(rows("versions"), 2);
    const pp_table *history = pp_result_find(result, "history");
    assert_string_equal(at_key(history, "action", "correct", "detail"),
                        "latest: 2015-03 -> 2016");
    assert_ok(show("BS001", &err));
    assert_int_equal(rows("claims"), 1);
    assert_int_equal(rows("sources"), 1);
    assert_ok(show("story:AS001", &err));
    assert_int_equal(rows("claims"), 2);
    assert_int_equal(rows("sources"), 2);
    assert_ok(show("Huawei", &err));
    assert_int_equal(rows("claims"), 2);
    assert_string_equal(at(pp_result_find(result, "vendor"), "home", 0), "CHN");
    assert_ok(show("Nairobbi", &err));
    assert_string_equal(at(pp_result_find(result, "place"), "status", 0), "pending");
    assert_int_equal(rows("claims"), 1);
    assert_ok(decide("retract", "A0001", NULL, NULL, &err));
    assert_ok(show("A0001", &err));
    assert_int_equal(rows("claims"), 0);
    assert_int_equal(rows("sources"), 1);
    assert_int_equal(rows("versions"), 2);
}

static void what_is_meant_is_asked(void **state) {
    (void)state;
    pp_error err = {0};
    const rows_of_study more = {
        .claims =
            "A0003,Nairobi,city,KEN,nairobi,KEN,safe_city,announced,,2016,,,,,,low,AS002,"
            "A,\n"};
    pp_result_free(result);
    assert_ok(import_rows(store, gazetteer, &more, &result, &err));
    assert_ok(show("Nairobi", &err));
    assert_true(has_warning(result, "ambiguous"));
    assert_int_equal(rows("matches"), 2);
    assert_ok(show("gn:184745", &err));
    assert_int_equal(rows("claims"), 2);
    const rows_of_study congo = {
        .claims = "A0004,COD,country,COD,huawei,CHN,safe_city,announced,,2016,,,,,,low,"
                  "AS002,A,\n"};
    pp_result_free(result);
    assert_ok(import_rows(store, gazetteer, &congo, &result, &err));
    assert_ok(show("Congo", &err));
    assert_int_equal(rows("matches"), 2);
    assert_int_equal(show("Kenyaa", &err), PP_E_NOT_FOUND);
    assert_string_equal(err.hint, "did you mean Kenya (KEN)?");
    assert_null(result);
    assert_int_equal(pp_evidence_show(store, NULL, "Nairobbi", &result, &err), PP_OK);
    assert_int_equal(rows("claims"), 1);
}

static pp_status decide_merge_and_show(void *payload, pp_error *err) {
    pp_store *fresh;
    pp_result *out;
    (void)payload;
    const pp_decision correction = {"correct", "A0001",   "latest",
                                    "2016",    "because", "judge"};
    const pp_decision confirmation = {"confirm", "story:AS001", NULL,
                                      NULL,      "because",     NULL};
    pp_status status = open_store_of_tables(&fresh, err);
    if (status == PP_OK) {
        status = pp_evidence_decide(fresh, NULL, &correction, &out, err);
        pp_result_free(out);
    }
    if (status == PP_OK) {
        status = pp_evidence_decide(fresh, NULL, &confirmation, &out, err);
        pp_result_free(out);
    }
    if (status == PP_OK) {
        status = pp_evidence_merge(fresh, NULL, "place", "Nairobbi", "Nairobi", "one",
                                   NULL, &out, err);
        pp_result_free(out);
    }
    if (status == PP_OK) {
        status = pp_evidence_show(fresh, NULL, "A0001", &out, err);
        pp_result_free(out);
    }
    if (status == PP_OK) {
        status = pp_evidence_verify(fresh, NULL, &out, err);
        pp_result_free(out);
    }
    pp_store_close(fresh);
    return status;
}

static void allocations_fail_well(void **state) {
    (void)state;
    assert_true(fail_every_allocation(decide_merge_and_show, NULL) > 300);
}

#define IN_SMALL_STUDY(test)                                                             \
    cmocka_unit_test_setup_teardown(test, open_small_study, close_store)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_SMALL_STUDY(retract_and_restore),
        IN_SMALL_STUDY(an_import_does_not_undo_a_decision),
        IN_SMALL_STUDY(corrections_are_checked),
        IN_SMALL_STUDY(decisions_need_sense),
        IN_SMALL_STUDY(stories_are_confirmed_and_retracted),
        IN_SMALL_STUDY(a_corrected_country_resolves_anew),
        IN_SMALL_STUDY(vendors_and_sources_merge),
        IN_SMALL_STUDY(places_merge),
        IN_SMALL_STUDY(everything_can_be_opened),
        IN_SMALL_STUDY(what_is_meant_is_asked),
        cmocka_unit_test(allocations_fail_well),
    };
    return cmocka_run_group_tests(tests, open_gazetteer, close_gazetteer);
}
