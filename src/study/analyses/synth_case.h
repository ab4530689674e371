/* A case of synthetic control: one place, or a few that adopted together. */
#ifndef PP_STUDY_ANALYSES_SYNTH_CASE_H
#define PP_STUDY_ANALYSES_SYNTH_CASE_H

#include "study/run.h"

typedef struct pp__synth_case {
    const char *name;
    int64_t line;
    const char *title, *question, *outcome, *method, *rule, *hypothesis, *donors_adopted,
        *because, *caveat, *dates;
    const char *const *treated, *const *donors;
    double first, smallest_effect;
    int64_t years[2], between[2];
} pp__synth_case;

/* The tables of pp_synth, with what is on record of its donors; `synth_donors`, the estimate by the
   choice of donors; `synth_cases`, a row by which findings are written; and `synth_caveats`. Where its date
   is an interval, those of pp_synth_uncertain, and of its method `synth_dates`. */
pp_status pp__synth_run_case(pp__run *run, const pp__synth_case *c, pp_result **out,
                             pp_error *err);
/* Its row of the findings, from its row of `synth_cases`. */
pp_status pp__synth_answer_case(pp__run *run, const pp__synth_case *c,
                                const pp_result *result, int64_t row, pp_error *err);

#endif
