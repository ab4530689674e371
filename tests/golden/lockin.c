/* Lock-in against R's survival, with choice sets put together apart; see tests/golden/lockin/how.txt. */
#include "golden/golden.h"

#include <pushpull/lockin.h>

#include <string.h>

static const pp_lockin_tie TIES[] = {{"finance", NULL, 1}, {"level", NULL, 0}};

static double found(const pp_table *fits, const char *history, const char *term,
                    const char *column) {
    for (int64_t i = 0; i < pp_table_rows(fits); i++) {
        if (strcmp(pp_column_get_text(pp_table_find(fits, "history"), i), history) == 0 &&
            strcmp(pp_column_get_text(pp_table_find(fits, "term"), i), term) == 0) {
            return pp_table_find(fits, column)->number[i];
        }
    }
    fail_msg("no term %s of history %s", term, history);
    return 0;
}

static void choices(void **state) {
    static const char *const terms[] = {"same_vendor", "same_supplier",
                                        "sold_elsewhere_log", "finance", "level"};
    static const char *const histories[] = {"certain", "possible"};
    pp_table *adoptions = golden_table("lockin", "adoptions.csv"),
             *countries = golden_table("lockin", "countries.csv"),
             *ties = golden_table("lockin", "ties.csv"),
             *reference = golden_table("lockin", "reference.csv");
    const pp_lockin_options options = {
        .by = "country", .ties = TIES, .n_ties = 2, .draws = 9};
    pp_result *result = NULL;
    pp_error err = {0};
    (void)state;
    assert_ok(pp_lockin(adoptions, NULL, countries, ties, &options, NULL, &result, &err));
    const pp_table *fits = pp_result_find(result, "lockin");
    assert_int_equal(pp_table_rows(fits), 10);
    for (int h = 0; h < 2; h++) {
        for (int t = 0; t < 5; t++) {
            assert_near(terms[t], found(fits, histories[h], terms[t], "estimate"),
                        golden_value(reference, histories[h], "coef", terms[t]), 1e-8);
            assert_near(terms[t], found(fits, histories[h], terms[t], "std_error"),
                        golden_value(reference, histories[h], "se", terms[t]), 1e-7);
        }
        assert_near("situations", found(fits, histories[h], "same_vendor", "situations"),
                    golden_value(reference, histories[h], "situations", "all"), 0);
    }
    pp_result_free(result);
    pp_table_free(adoptions);
    pp_table_free(countries);
    pp_table_free(ties);
    pp_table_free(reference);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(choices)};
    return cmocka_run_group_tests_name("golden lockin", tests, NULL, NULL);
}
