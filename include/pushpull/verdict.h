/* From an estimate to a verdict, by a stated rule.
 *
 * The rule is ordered. The first line that holds decides:
 *   1. the 90% interval lies within ±δ            → negligible
 *   2. the 95% interval lies beyond zero, in the hypothesised direction → supported
 *   3. the 95% interval lies beyond zero, in the other direction        → contradicted
 *   4. else                                        → undetermined
 * Where the hypothesis is "no relation": 1 → supported; beyond zero → contradicted; else
 * undetermined. δ is the smallest effect of interest. Line 1 is the two one-sided tests of
 * equivalence at 5 % (Schuirmann 1987; Lakens 2017): "little correlation" is a claim of equivalence,
 * not of an insignificant test.
 */
#ifndef PUSHPULL_VERDICT_H
#define PUSHPULL_VERDICT_H

#include <pushpull/status.h>

typedef enum pp_hypothesis {
    PP_HYPOTHESIS_NONE, /* no relation */
    PP_HYPOTHESIS_POSITIVE,
    PP_HYPOTHESIS_NEGATIVE
} pp_hypothesis;

typedef enum pp_verdict {
    PP_NEGLIGIBLE,
    PP_SUPPORTED,
    PP_CONTRADICTED,
    PP_UNDETERMINED
} pp_verdict;

/* An effect with its intervals, on one scale: that of `smallest`, the δ of the rule. */
typedef struct pp_effect {
    double estimate, low, high; /* 95% interval */
    double low_90, high_90;
    double smallest;
    int discrete; /* 1: of having the factor against not having it; 0: of one standard deviation */
} pp_effect;

PP_API pp_status pp_hypothesis_parse(const char *word, pp_hypothesis *out, pp_error *err);
PP_API const char *pp_hypothesis_name(pp_hypothesis hypothesis);
PP_API const char *pp_verdict_name(pp_verdict verdict);

/* Whether the estimate and all ends are there and the smallest effect is positive. */
PP_API int pp_effect_is_complete(const pp_effect *effect);
/* Undetermined when anything is missing or the smallest effect is not positive. */
PP_API pp_verdict pp_verdict_decide(pp_hypothesis hypothesis, const pp_effect *effect);

#endif
