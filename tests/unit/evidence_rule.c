#include "evidence/adoption_rule.h"

#include "support/claims.h"
#include "support/support.h"

#include <string.h>

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static pp_table *countries;

static int set_up(void **state) {
    (void)state;
    countries = countries_table();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    pp_table_free(countries);
    return 0;
}

static pp__rule checked(const pp_adoption_rule *rule) {
    pp__rule out;
    pp_error err = {0};
    assert_ok(pp__rule_check(rule, countries, &out, &err));
    return out;
}

static void defaults_leave_out_what_is_no_city_surveillance(void **state) {
    (void)state;
    static const pp_adoption_rule none = {0};
    pp__rule rule = checked(&none);
    assert_true(rule.platform[PP__SAFE_CITY] && rule.platform[PP__FACIAL_RECOGNITION] &&
                rule.platform[PP__SOCIAL_MEDIA_MONITORING] &&
                rule.platform[PP__UNSPECIFIED]);
    assert_false(rule.platform[PP__OTHER] || rule.platform[PP__BORDER_CONTROL] ||
                 rule.platform[PP__INTERCEPTION]);
    assert_true(rule.status[PP__CONTRACTED] && rule.status[PP__OPERATIONAL] &&
                rule.status[PP__EXPANDED] && !rule.status[PP__ANNOUNCED]);
    assert_true(rule.confidence == PP__LOW && !rule.national_only && !rule.open);
}

static void a_family_stands_for_its_platforms(void **state) {
    (void)state;
    pp_adoption_rule given = {.platforms = LIST("urban_surveillance", "other")};
    pp__rule rule = checked(&given);
    for (int p = 0; p < PP__PLATFORMS; p++) {
        assert_int_equal(rule.platform[p], p <= PP__COMMAND_CENTRE || p == PP__OTHER);
    }
}

static pp__match match(const pp_adoption_rule *given, const char *home) {
    pp__rule rule = checked(given);
    pp__claim claim = {
        .home = home, .buyer_level = "subnational", .confidence = PP__MEDIUM};
    return pp__rule_match(&rule, &claim);
}

static void suppliers_are_named_any_or_all_but(void **state) {
    (void)state;
    pp_adoption_rule named = {.suppliers = LIST("CHN", "THA")};
    assert_int_equal(match(&named, "CHN"), PP__MATCHES);
    assert_int_equal(match(&named, "USA"), PP__MATCHES_NOT);
    assert_int_equal(match(&named, ""), PP__MATCHES_BUT_SUPPLIER);
    pp_adoption_rule any = {.suppliers = LIST("*")};
    assert_int_equal(match(&any, "USA"), PP__MATCHES);
    assert_int_equal(match(&any, ""), PP__MATCHES_BUT_SUPPLIER);
    pp_adoption_rule others = {.suppliers = LIST("!CHN")};
    assert_int_equal(match(&others, "CHN"), PP__MATCHES_NOT);
    assert_int_equal(match(&others, "USA"), PP__MATCHES);
    assert_int_equal(match(&others, ""), PP__MATCHES_BUT_SUPPLIER);
    pp_adoption_rule both = {.suppliers = LIST("*", "!THA")};
    assert_int_equal(match(&both, "THA"), PP__MATCHES_NOT);
    pp_adoption_rule nothing = {0};
    assert_int_equal(match(&nothing, "USA"), PP__MATCHES);
}

static void confidence_and_buyer_are_asked_for(void **state) {
    (void)state;
    pp_adoption_rule high = {.confidence = "high"};
    assert_int_equal(match(&high, "CHN"), PP__MATCHES_NOT);
    assert_int_equal(match(&high, ""), PP__MATCHES_NOT);
    pp_adoption_rule medium = {.confidence = "medium"};
    assert_int_equal(match(&medium, "CHN"), PP__MATCHES);
    pp_adoption_rule national = {.buyers = "national"};
    assert_int_equal(match(&national, "CHN"), PP__MATCHES_NOT);
}

typedef struct wrong_rule {
    pp_adoption_rule rule;
    const char *field, *value, *hint;
} wrong_rule;

static void mistakes_are_named_with_a_suggestion(void **state) {
    (void)state;
    const wrong_rule wrong[] = {
        {{.platforms = LIST("safe_cty")}, "platforms", "safe_cty", "safe_city"},
        {{.statuses = LIST("operating")}, "statuses", "operating", "operational"},
        {{.statuses = LIST("ended")}, "statuses", "ended", "close a spell by themselves"},
        {{.statuses = LIST("zzzzzzzzzzz")},
         "statuses",
         "zzzzzzzzzzz",
         "one of announced, "},
        {{.suppliers = LIST("China")}, "suppliers", "China", "'CHN'"},
        {{.suppliers = LIST("!chn")}, "suppliers", "chn", "'CHN'"},
        {{.suppliers = LIST("Q")}, "suppliers", "Q", "alpha-3"},
        {{.excluded = LIST("CHN", "*")}, "excluded", "*", "alpha-3"},
        {{.excluded = LIST("ZMX")}, "excluded", "ZMX", "'ZMB'"},
        {{.confidence = "hihg"}, "confidence", "hihg", "high"},
        {{.buyers = "nationl"}, "buyers", "nationl", "national"},
        {{.undated = "opened"}, "undated", "opened", "open"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        pp__rule out;
        pp_error err = {0};
        assert_int_equal(pp__rule_check(&wrong[i].rule, countries, &out, &err),
                         PP_E_ARGUMENT);
        assert_string_equal(err.column, wrong[i].field);
        assert_string_equal(err.value, wrong[i].value);
        assert_non_null(strstr(err.hint, wrong[i].hint));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_leave_out_what_is_no_city_surveillance),
        cmocka_unit_test(a_family_stands_for_its_platforms),
        cmocka_unit_test(suppliers_are_named_any_or_all_but),
        cmocka_unit_test(confidence_and_buyer_are_asked_for),
        cmocka_unit_test(mistakes_are_named_with_a_suggestion),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
