/* Verdicts in sentences. The rule stands in verdict.h. */
#ifndef PUSHPULL_FINDINGS_H
#define PUSHPULL_FINDINGS_H

#include <pushpull/table.h>
#include <pushpull/text.h>
#include <pushpull/verdict.h>

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
