/* From an estimate to a verdict and a sentence, by a stated rule.
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
#ifndef PUSHPULL_FINDINGS_H
#define PUSHPULL_FINDINGS_H

#include <pushpull/table.h>
#include <pushpull/text.h>

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

/* Undetermined when anything is missing or the smallest effect is not positive. */
PP_API pp_verdict pp_verdict_decide(pp_hypothesis hypothesis, const pp_effect *effect);

/* Adds the sentence for a finding to `out`. `factor` is the factor's label; effects are differences
   of a yearly probability and are told in percentage points. It claims association, nothing more. */
PP_API void pp_finding_sentence(const char *factor, pp_hypothesis hypothesis,
                                const pp_effect *effect, pp_buf *out);

/* Adds what becomes of row `row` of the table `findings` when unknown suppliers and places not
   searched are put in: the range of estimates and of their intervals over up to three such fits (all of
   them without, only unknown suppliers with, all with an adoption), and in how many the verdict is the
   same. Nothing when there are no bounds. */
PP_API void pp_finding_bounds(const pp_table *findings, int64_t row, pp_buf *out);

/* The table `findings` of a run for people at a terminal: question, verdict, answer, and the bounds
   that unknown suppliers and places not searched leave, in lines of at most `width` columns. */
PP_API pp_status pp_findings_render(const pp_table *findings, int width, pp_buf *out,
                                    pp_error *err);

#endif
