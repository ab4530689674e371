#include "base/check.h"

#include <pushpull/verdict.h>

#include <math.h>
#include <string.h>

static const char *const hypotheses[] = {"none", "positive", "negative"};
static const char *const verdicts[] = {"negligible", "supported", "contradicted",
                                       "undetermined"};

pp_status pp_hypothesis_parse(const char *word, pp_hypothesis *out, pp_error *err) {
    for (int i = 0; i < 3; i++) {
        if (strcmp(word, hypotheses[i]) == 0) {
            *out = (pp_hypothesis)i;
            return PP_OK;
        }
    }
    pp_error_set(err, PP_E_ARGUMENT, "'%s' is no hypothesis", word);
    pp_error_hint(err, "one of: none, positive, negative");
    return PP_E_ARGUMENT;
}

const char *pp_hypothesis_name(pp_hypothesis hypothesis) {
    return hypotheses[hypothesis];
}

const char *pp_verdict_name(pp_verdict verdict) {
    return verdicts[verdict];
}

int pp_effect_is_complete(const pp_effect *e) {
    return isfinite(e->estimate) && isfinite(e->low) && isfinite(e->high) &&
           isfinite(e->low_90) && isfinite(e->high_90) && e->smallest > 0;
}

pp_verdict pp_verdict_decide(pp_hypothesis hypothesis, const pp_effect *e) {
    if (!pp_effect_is_complete(e)) {
        return PP_UNDETERMINED;
    }
    int negligible = e->low_90 > -e->smallest && e->high_90 < e->smallest;
    int sign = e->low > 0 ? 1 : e->high < 0 ? -1 : 0;
    if (hypothesis == PP_HYPOTHESIS_NONE) {
        return negligible ? PP_SUPPORTED : sign ? PP_CONTRADICTED : PP_UNDETERMINED;
    }
    int expected = hypothesis == PP_HYPOTHESIS_POSITIVE ? 1 : -1;
    return negligible         ? PP_NEGLIGIBLE
           : sign == expected ? PP_SUPPORTED
           : sign             ? PP_CONTRADICTED
                              : PP_UNDETERMINED;
}
