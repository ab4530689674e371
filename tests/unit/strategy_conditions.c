#include "support/support.h"

#include "strategy/conditions.h"

#include <pushpull/io.h>

#include <math.h>
#include <string.h>

static pp_table *places(void) {
    pp_error err = {0};
    pp_table *out;
    assert_ok(pp_table_query("SELECT * FROM (VALUES ('AAA', 1.0, 'national'), "
                             "('BBB', NULL, 'subnational'), ('CCC', 3.0, NULL)) "
                             "t(place_id, homicide, buyer_level) ORDER BY place_id",
                             NULL, NULL, 0, 0, NULL, &out, &err));
    return out;
}

static void conditions_have_three_answers(void **state) {
    (void)state;
    pp_table *facts = places();
    pp_error err = {0};
    double *holds;
    const pp__condition asked[] = {
        {"homicide > 2", "rules.yml", "when", 3},
        {NULL, "rules.yml", "when", 4},
        {"buyer_level = 'national' OR homicide > 2", "rules.yml", "when", 5},
    };
    const double expected[] = {0, NAN, 1, 1, 1, 1, 1, NAN, 1};
    assert_ok(pp__conditions_test(facts, asked, 3, NULL, &holds, &err));
    for (int i = 0; i < 9; i++) {
        assert_true(isnan(expected[i]) ? isnan(holds[i]) : holds[i] == expected[i]);
    }
    pp_free(holds);
    assert_ok(pp__conditions_test(facts, NULL, 0, NULL, &holds, &err));
    pp_free(holds);
    pp_table_free(facts);
}

static void wrong_conditions_are_refused_where_they_stand(void **state) {
    static const struct {
        const char *sql, *words;
    } wrong[] = {
        {"homicid > 2", "homicid"},
        {"homicide + 1", "no condition"},
        {"homicide >", ""},
        {"true) FROM facts; --", ""},
        {"(SELECT count(*) FROM read_csv('/etc/passwd')) > 0", ""},
    };
    (void)state;
    pp_table *facts = places();
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const pp__condition asked[] = {{"homicide > 2", "rules.yml", "when", 3},
                                       {wrong[i].sql, "rules.yml", "when", 7}};
        pp_error err = {0};
        double *holds;
        assert_int_equal(pp__conditions_test(facts, asked, 2, NULL, &holds, &err),
                         PP_E_INPUT);
        assert_null(holds);
        assert_string_equal(err.file, "rules.yml");
        assert_int_equal(err.line, 7);
        assert_non_null(strstr(err.message, wrong[i].words));
    }
    pp_table_free(facts);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions_have_three_answers),
        cmocka_unit_test(wrong_conditions_are_refused_where_they_stand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
