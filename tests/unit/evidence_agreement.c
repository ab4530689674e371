#include <pushpull/adoption.h>
#include <pushpull/io.h>

#include "support/claims.h"
#include "support/support.h"

#include <math.h>
#include <string.h>

#define CLAIMS(...)           ((const claim_row[]){__VA_ARGS__})
#define N_CLAIMS(...)         (sizeof(CLAIMS(__VA_ARGS__)) / sizeof(claim_row))
#define COMPARE(options, ...) compare(options, CLAIMS(__VA_ARGS__), N_CLAIMS(__VA_ARGS__))

static const pp_agreement_options few = {.draws = 50};

static pp_result *compare(const pp_agreement_options *options, const claim_row *rows,
                          size_t n) {
    pp_table *claims = claims_table(rows, n);
    pp_result *result = NULL;
    pp_error err = {0};
    assert_ok(pp_agreement(claims, options, NULL, &result, &err));
    pp_table_free(claims);
    return result;
}

static int64_t row_of(const pp_result *r, const char *variable, const char *matched_by,
                      const char *measure) {
    int64_t n = pp_table_rows(pp_result_find(r, "agreement"));
    for (int64_t i = 0; i < n; i++) {
        if (strcmp(cell_at(r, "agreement", i, "variable"), variable) == 0 &&
            strcmp(cell_at(r, "agreement", i, "measure"), measure) == 0 &&
            (!matched_by ||
             strcmp(cell_at(r, "agreement", i, "matched_by"), matched_by) == 0)) {
            return i;
        }
    }
    fail_msg("no row for %s, %s", variable, measure);
    return -1;
}

static double number(const pp_result *r, int64_t row, const char *column) {
    return pp_table_find(pp_result_find(r, "agreement"), column)->number[row];
}

static void check_share(const pp_result *r, const char *variable, double share,
                        int units) {
    int64_t row = row_of(r, variable, NULL, "percent_agreement");
    assert_true(fabs(number(r, row, "estimate") - share) < 1e-12);
    assert_true(number(r, row, "units") == units);
}

static void units_are_matched_by_place_family_and_status(void **state) {
    (void)state;
    pp_result *r = COMPARE(&few, {"A1", "KEN", .platform = "safe_city", .coder = "A"},
                           {"A2", "KEN", "Nairobi", .coder = "A"},
                           {"A3", "KEN", "Nairobi", .status = "ended", .coder = "A"},
                           {"B1", "KEN", .platform = "command_centre", .coder = "B"},
                           {"B2", "KEN", "Nairobi", .status = "contracted", .coder = "B"},
                           {"B3", "KEN", "Nairobi", .status = "suspended", .coder = "B"},
                           {"A4", "UGA", .coder = "A"}, {"C1", "UGA", .coder = "C"});
    check_share(r, "found", 0.5, 4);
    int64_t grid = row_of(r, "found", "every place, family, status", "cohen_kappa");
    assert_true(number(r, grid, "units") ==
                6); /* two places, one family, three statuses */
    check_share(r, "platform", 0.5, 2);
    check_share(r, "platform_family", 1, 2);
    check_share(r, "status", 0.5, 2);
    assert_string_equal(cell(r, "overlap", "KEN", "claims_b"), "3");
    assert_int_equal(pp_table_rows(pp_result_find(r, "overlap")), 1);
    pp_result_free(r);
}

static void a_coder_says_what_most_of_their_claims_say(void **state) {
    (void)state;
    pp_result *r =
        COMPARE(&few, {"A1", "KEN", .vendor = "zte", .coder = "A"},
                {"A2", "KEN", .vendor = "zte", .coder = "A"},
                {"A3", "KEN", .vendor = "huawei", .confidence = "high", .coder = "A"},
                {"B1", "KEN", .vendor = "zte", .coder = "B"},
                {"B2", "KEN", .vendor = "huawei", .confidence = "high", .coder = "B"},
                {"A4", "UGA", .vendor = "unknown", .home = "", .coder = "A"},
                {"B4", "UGA", .vendor = "zte", .coder = "B"},
                {"A5", "ECU", .vendor = "zte", .coder = "A"},
                {"B5", "ECU", .vendor = "zte", .coder = "B"});
    check_share(r, "vendor", 0.5, 2);
    check_share(r, "vendor_home", 1, 2);
    assert_string_equal(cell(r, "disagreements", "vendor", "country"), "KEN");
    assert_string_equal(cell(r, "disagreements", "vendor", "value_a"), "zte");
    assert_string_equal(cell(r, "disagreements", "vendor", "value_b"), "huawei");
    assert_string_equal(cell(r, "disagreements", "vendor", "claims_a"), "A1 A2 A3");
    pp_result_free(r);
}

static void years_are_those_of_the_interval(void **state) {
    (void)state;
    pp_result *r =
        COMPARE(&few, {"A1", "KEN", .earliest = "2012", .latest = "2016", .coder = "A"},
                {"A2", "KEN", .latest = "2014-05", .coder = "A"},
                {"B1", "KEN", .earliest = "2013", .latest = "2014", .coder = "B"},
                {"A3", "UGA", .earliest = "2015", .latest = "2015", .coder = "A"},
                {"B3", "UGA", .earliest = "2016", .latest = "2016", .coder = "B"},
                {"A4", "ECU", .latest = "2018", .coder = "A"},
                {"B4", "ECU", .latest = "2018", .coder = "B"});
    check_share(r, "earliest_year", 0, 2);
    check_share(r, "latest_year", 2.0 / 3, 3);
    check_share(r, "dates_meet", 2.0 / 3, 3);
    pp_result_free(r);
}

static void the_countries_can_be_given(void **state) {
    (void)state;
    const claim_row rows[] = {{"A1", "KEN", .coder = "A"},
                              {"B1", "KEN", .coder = "B"},
                              {"A2", "UGA", .coder = "A"},
                              {"B2", "UGA", .coder = "B"},
                              {"A3", "ECU", .coder = "A"}};
    static const char *const given[] = {"UGA", "ECU", "UGA", NULL};
    pp_agreement_options options = {.draws = 10, .countries = given};
    pp_result *r = compare(&options, rows, 5);
    assert_int_equal(pp_table_rows(pp_result_find(r, "overlap")), 2);
    check_share(r, "found", 0.5, 2);
    pp_result_free(r);
    pp_agreement_options others = {.a = "B", .b = "A", .draws = 10};
    r = compare(&others, rows, 5);
    assert_int_equal(pp_table_rows(pp_result_find(r, "overlap")), 2);
    pp_result_free(r);
}

static void check_refused(const pp_agreement_options *options, pp_status status) {
    pp_table *claims =
        claims_table(CLAIMS({"A1", "KEN", .coder = "A"}, {"B1", "UGA", .coder = "B"}), 2);
    pp_result *result = NULL;
    pp_error err = {0};
    assert_int_equal(pp_agreement(claims, options, NULL, &result, &err), status);
    assert_int_equal(err.code, status);
    assert_null(result);
    pp_table_free(claims);
}

static void mistakes_are_refused(void **state) {
    (void)state;
    check_refused(NULL, PP_E_INPUT);
    check_refused(&(pp_agreement_options){.a = "B"}, PP_E_ARGUMENT);
    check_refused(&(pp_agreement_options){.draws = -1}, PP_E_ARGUMENT);
    check_refused(&(pp_agreement_options){.a = "X"}, PP_E_INPUT);
}

static pp_table *read_study(const char *path) {
    const pp_read_options as_text = {.all_text = 1};
    pp_table *table = NULL;
    pp_error err = {0};
    assert_ok(pp_table_read(source_path(path), &as_text, NULL, &table, &err));
    return table;
}

static void check_same(const pp_result *a, const pp_result *b) {
    const pp_table *x = pp_result_find(a, "agreement"),
                   *y = pp_result_find(b, "agreement");
    assert_int_equal(pp_table_rows(x), pp_table_rows(y));
    for (int j = 0; j < pp_table_columns(x); j++) {
        const pp_column *p = pp_table_column(x, j), *q = pp_table_column(y, j);
        if (p->type == PP_NUMBER) {
            assert_memory_equal(p->number, q->number,
                                (size_t)pp_table_rows(x) * sizeof *p->number);
        }
    }
}

/* The twelve countries that the codebook names, and the same bits with any number of
 * threads. */
static void the_double_coded_set_of_the_study(void **state) {
    (void)state;
    static const char *const overlap[] = {"BOL", "DEU", "ECU", "FRA", "KAZ", "KEN",
                                          "MYS", "PAK", "PHL", "SRB", "UGA", "ZMB"};
    pp_table *claims = read_study("data/study/claims.csv");
    pp_table *searches = read_study("data/study/searches.csv");
    pp_agreement_options options = {.searches = searches, .draws = 200, .seed = 1};
    pp_result *one = NULL, *four = NULL, *all = NULL;
    pp_error err = {0};
    assert_ok(pp_agreement(claims, &options, NULL, &one, &err));
    assert_ok(pp_agreement(claims, &options, &(pp_context){.threads = 4}, &four, &err));
    assert_int_equal(pp_table_rows(pp_result_find(one, "overlap")), 12);
    for (int i = 0; i < 12; i++) {
        assert_string_equal(cell_at(one, "overlap", i, "country"), overlap[i]);
    }
    check_same(one, four);
    check_share(one, "found", 63.0 / 165, 165);
    check_share(one, "vendor_home", 0.96, 50);
    check_share(one, "dates_meet", 55.0 / 63, 63);
    int64_t n = pp_table_rows(pp_result_find(one, "agreement"));
    for (int64_t i = 0; i < n; i++) {
        assert_true(number(one, i, "conf_low") <= number(one, i, "estimate"));
        assert_true(number(one, i, "estimate") <= number(one, i, "conf_high"));
    }
    options.searches = NULL;
    assert_ok(pp_agreement(claims, &options, NULL, &all, &err));
    assert_int_equal(pp_table_rows(pp_result_find(all, "overlap")), 20);
    pp_result_free(one);
    pp_result_free(four);
    pp_result_free(all);
    pp_table_free(claims);
    pp_table_free(searches);
}

static pp_status compare_once(void *payload, pp_error *err) {
    pp_result *result = NULL;
    pp_status status =
        pp_agreement(payload, &(pp_agreement_options){.draws = 2}, NULL, &result, err);
    pp_result_free(result);
    return status;
}

static void every_failing_allocation_is_told(void **state) {
    (void)state;
    pp_table *claims = claims_table(
        CLAIMS({"A1", "KEN", "Nairobi", .latest = "2014", .coder = "A"},
               {"A2", "KEN", .earliest = "2013", .coder = "A"},
               {"B1", "KEN", "Nairobi", .vendor = "zte", .latest = "2015", .coder = "B"}),
        3);
    assert_true(fail_every_allocation(compare_once, claims) > 50);
    pp_table_free(claims);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_are_matched_by_place_family_and_status),
        cmocka_unit_test(a_coder_says_what_most_of_their_claims_say),
        cmocka_unit_test(years_are_those_of_the_interval),
        cmocka_unit_test(the_countries_can_be_given),
        cmocka_unit_test(mistakes_are_refused),
        cmocka_unit_test(the_double_coded_set_of_the_study),
        cmocka_unit_test(every_failing_allocation_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
