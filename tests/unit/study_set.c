/* Settings in place of what the study file holds. */
#include "support/support.h"

#include <pushpull/study.h>

#include <string.h>

static const char text[] = "pushpull: 1\n"
                           "title: A study\n"
                           "evidence: {claims: claims.csv}\n"
                           "rules:\n"
                           "  prc: {suppliers: [CHN]}\n"
                           "panel:\n"
                           "  years: [2005, 2022]\n"
                           "  indicators: indicators.csv\n"
                           "models:\n"
                           "  headline: {variables: [x]}\n"
                           "analyses:\n"
                           "  shares:\n";

static pp_status read_with(const char *setting, pp_study **study, pp_error *err) {
    const char *path = write_text(fresh_folder(), "study.yml", text);
    return pp_study_read_with(path, &setting, setting ? 1 : 0, study, err);
}

static void holds_other_values(void **state) {
    (void)state;
    pp_error err = {0};
    pp_study *study;
    assert_ok(read_with("seed=12", &study, &err));
    assert_int_equal(study->seed, 12);
    pp_study_free(study);
    assert_ok(read_with("panel.years=[2008, 2011]", &study, &err));
    assert_int_equal(study->panel.years[0], 2008);
    assert_int_equal(study->panel.years[1], 2011);
    pp_study_free(study);
    assert_ok(read_with("analyses.shares.draws=50", &study, &err));
    assert_true(study->analyses[0].given);
    pp_study_free(study);
}

static void knows_what_is_given(void **state) {
    (void)state;
    pp_error err = {0};
    pp_study *study;
    assert_ok(read_with(NULL, &study, &err));
    assert_string_equal(study->analyses[0].name, "shares");
    assert_true(study->analyses[0].given);
    assert_int_equal(study->analyses[0].line, 12);
    for (int64_t i = 0; i < study->n_analyses; i++) {
        assert_non_null(study->analyses[i].settings);
    }
    pp_study_free(study);
}

static void refuses(void **state) {
    (void)state;
    static const struct {
        const char *setting;
        pp_status status;
    } cases[] = {
        {"seed", PP_E_ARGUMENT},
        {"=3", PP_E_ARGUMENT},
        {"title.x=3", PP_E_ARGUMENT},
        {"a..b=3", PP_E_ARGUMENT},
        {"a: b=3", PP_E_ARGUMENT},
        {"seed=[", PP_E_INPUT},
        {"seed=minus", PP_E_INPUT},
        {"sede=3", PP_E_INPUT},
        {"analyses.shares.model=nobody", PP_E_INPUT},
        {"analyses.shares.measure=nagel", PP_E_INPUT},
        {"analyses.shapes.draws=3", PP_E_INPUT},
        {"panel=3", PP_E_INPUT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pp_error err = {0};
        pp_study *study;
        assert_int_equal(read_with(cases[i].setting, &study, &err), cases[i].status);
        assert_null(study);
        assert_true(err.message[0]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_other_values),
        cmocka_unit_test(knows_what_is_given),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
