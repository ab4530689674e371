/* No sentence has a causal verb unless every condition of the rule holds. */
#include "support/support.h"

#include <pushpull/support.h>

#include <math.h>
#include <stddef.h>
#include <string.h>

static pp_support supported(void) {
    return (pp_support){
        .effect = {.estimate = -0.1,
                   .low = -0.15,
                   .high = -0.05,
                   .low_90 = -0.14,
                   .high_90 = -0.06,
                   .smallest = 0.02},
        .pretest_p = 0.4,
        .pretest_df = 5,
        .breakdown = 1.2,
        .chance_p = 0.01,
        .estimators = 3,
        .agree = 3,
        .turned = 0,
        .detectable = 0.07,
        .plausible = 0.3,
    };
}

static pp_buf sentence(const pp_support *s) {
    pp_buf out;
    pp_buf_init(&out);
    pp_support_sentence(s, "adoption", "Liberal democracy", &out);
    return out;
}

static void expects(const pp_support *s, pp_claim claim, int causal) {
    pp_buf out = sentence(s);
    assert_int_equal(pp_support_claim(s), claim);
    assert_int_equal(pp_causal_verb(out.data) != NULL, causal);
    assert_null(strstr(out.data, "no effect"));
    assert_null(strstr(out.data, "nan"));
    pp_buf_clear(&out);
}

static void an_effect_needs_everything(void **state) {
    (void)state;
    pp_support s = supported();
    expects(&s, PP_CLAIM_EFFECT, 1);
    s.plausible = 0; /* not stated */
    expects(&s, PP_CLAIM_EFFECT, 1);
    s.breakdown = INFINITY;
    expects(&s, PP_CLAIM_EFFECT, 1);
}

/* Each condition by itself, failing and unknown. */
static void one_failure_is_enough(void **state) {
    (void)state;
    static const struct {
        size_t at;
        double fails;
        int bit;
    } cases[] = {
        {offsetof(pp_support, pretest_p), 0.01, PP_SUPPORT_PRETEST},
        {offsetof(pp_support, pretest_df), 1, PP_SUPPORT_PRETEST},
        {offsetof(pp_support, breakdown), 0.99, PP_SUPPORT_SENSITIVITY},
        {offsetof(pp_support, chance_p), 0.06, PP_SUPPORT_CHANCE},
        {offsetof(pp_support, estimators), 1, PP_SUPPORT_ESTIMATORS},
        {offsetof(pp_support, agree), 2, PP_SUPPORT_ESTIMATORS},
        {offsetof(pp_support, turned), 1, PP_SUPPORT_UNITS},
        {offsetof(pp_support, detectable), 0.31, PP_SUPPORT_POWER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const double values[] = {cases[i].fails, NAN};
        for (int v = 0; v < 2; v++) {
            pp_support s = supported();
            memcpy((char *)&s + cases[i].at, &values[v], sizeof values[v]);
            assert_int_equal(pp_support_failing(&s), cases[i].bit);
            expects(&s, PP_CLAIM_DIFFERENCE, 0);
        }
    }
}

static void three_things_are_told_apart(void **state) {
    (void)state;
    pp_support s = supported();
    s.effect.low_90 = -0.015;
    s.effect.high_90 = 0.018;
    s.effect.low = -0.02;
    s.effect.high = 0.025;
    expects(&s, PP_CLAIM_NONE_LARGER, 0);
    s.effect.high_90 = 0.03;
    expects(&s, PP_CLAIM_CANNOT_TELL, 0);
    s.detectable = 0.5;
    pp_buf out = sentence(&s);
    assert_non_null(strstr(out.data, "cannot tell"));
    assert_non_null(strstr(out.data, "plausible"));
    pp_buf_clear(&out);
    s.effect.estimate = NAN;
    expects(&s, PP_CLAIM_NOT_ESTIMATED, 0);
}

static void verbs_are_whole_words(void **state) {
    (void)state;
    assert_string_equal(pp_causal_verb("Cameras Reduced crime"), "reduced");
    assert_string_equal(pp_causal_verb("which led to fewer"), "led to");
    assert_null(pp_causal_verb("it is so because it is lower"));
    assert_null(pp_causal_verb("a difference is lower by causeways; unraised"));
    assert_non_null(pp_causal_verb("(caused)"));
    assert_null(pp_causal_verb(""));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_effect_needs_everything),
        cmocka_unit_test(one_failure_is_enough),
        cmocka_unit_test(three_things_are_told_apart),
        cmocka_unit_test(verbs_are_whole_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
