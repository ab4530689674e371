#include "support/support.h"

#include <pushpull/findings.h>

#include <math.h>
#include <string.h>

typedef struct rule_case {
    pp_hypothesis hypothesis;
    double low, high, low_90, high_90;
    pp_verdict verdict;
} rule_case;

static void the_rule_is_ordered(void **state) {
    (void)state;
    const rule_case cases[] = {
        {PP_HYPOTHESIS_POSITIVE, 0.02, 0.06, 0.03, 0.05, PP_SUPPORTED},
        {PP_HYPOTHESIS_POSITIVE, -0.06, -0.02, -0.05, -0.03, PP_CONTRADICTED},
        {PP_HYPOTHESIS_NEGATIVE, -0.06, -0.02, -0.05, -0.03, PP_SUPPORTED},
        {PP_HYPOTHESIS_POSITIVE, -0.06, 0.02, -0.05, 0.01, PP_UNDETERMINED},
        /* Beyond zero, yet too small to matter: negligible comes first. */
        {PP_HYPOTHESIS_POSITIVE, 0.001, 0.008, 0.002, 0.007, PP_NEGLIGIBLE},
        {PP_HYPOTHESIS_NONE, -0.004, 0.004, -0.003, 0.003, PP_SUPPORTED},
        {PP_HYPOTHESIS_NONE, 0.001, 0.008, 0.002, 0.007, PP_SUPPORTED},
        {PP_HYPOTHESIS_NONE, 0.02, 0.06, 0.03, 0.05, PP_CONTRADICTED},
        {PP_HYPOTHESIS_NONE, -0.02, 0.03, -0.015, 0.025, PP_UNDETERMINED},
        /* The 90% interval decides on equivalence, not the 95% one. */
        {PP_HYPOTHESIS_NONE, -0.012, 0.012, -0.009, 0.009, PP_SUPPORTED},
        {PP_HYPOTHESIS_NONE, NAN, 0.012, -0.009, 0.009, PP_UNDETERMINED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const rule_case *c = &cases[i];
        pp_effect effect = {
            (c->low + c->high) / 2, c->low, c->high, c->low_90, c->high_90, 0.01, 0};
        if (isnan(c->low)) {
            effect.estimate = 0;
        }
        assert_string_equal(pp_verdict_name(pp_verdict_decide(c->hypothesis, &effect)),
                            pp_verdict_name(c->verdict));
        effect.smallest = 0;
        assert_int_equal(pp_verdict_decide(c->hypothesis, &effect), PP_UNDETERMINED);
    }
}

static void sentences_say_what_was_found(void **state) {
    (void)state;
    pp_buf out;
    pp_buf_init(&out);
    pp_effect effect = {0.0052, -0.001, 0.0114, 0, 0.0104, 0.01, 0};
    pp_finding_sentence("the homicide rate", PP_HYPOTHESIS_POSITIVE, &effect, &out);
    assert_string_equal(
        out.data, "The data cannot tell: for the homicide rate, +0.52 points a year "
                  "(95% interval −0.10 to +1.14), neither beyond zero nor within "
                  "±1.0 points.");
    pp_buf_clear(&out);
    effect = (pp_effect){-0.02, -0.03, -0.01, -0.028, -0.012, 0.005, 0};
    pp_finding_sentence("UN distance", PP_HYPOTHESIS_NEGATIVE, &effect, &out);
    assert_non_null(
        strstr(out.data, "one standard deviation higher, adoption is less likely"));
    effect.discrete = 1;
    pp_finding_sentence("membership", PP_HYPOTHESIS_POSITIVE, &effect, &out);
    assert_non_null(strstr(out.data, "With membership, adoption is less likely"));
    pp_buf_clear(&out);
    effect = (pp_effect){0.001, -0.003, 0.005, -0.002, 0.004, 0.01, 0};
    pp_finding_sentence("Democracy", PP_HYPOTHESIS_NONE, &effect, &out);
    assert_non_null(strstr(out.data, "No difference of a size that matters"));
    pp_buf_clear(&out);
}

static void hypotheses_are_parsed(void **state) {
    (void)state;
    pp_error err = {0};
    pp_hypothesis h;
    assert_ok(pp_hypothesis_parse("negative", &h, &err));
    assert_int_equal(h, PP_HYPOTHESIS_NEGATIVE);
    assert_int_equal(pp_hypothesis_parse("up", &h, &err), PP_E_ARGUMENT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rule_is_ordered),
        cmocka_unit_test(sentences_say_what_was_found),
        cmocka_unit_test(hypotheses_are_parsed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
