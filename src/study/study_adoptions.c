/* The adoptions of a study, without running the rest of it. */
#include "study/run.h"

#include "base/check.h"

#include <string.h>

static pp_status find_rule(const pp_study *study, const char *name, int64_t *out,
                           pp_error *err) {
    for (*out = 0; *out < study->n_rules; (*out)++) {
        if (!name || strcmp(study->rules[*out].name, name) == 0) {
            return PP_OK;
        }
    }
    pp_error_set(err, PP_E_NOT_FOUND, "the study has no rule '%s'", name ? name : "");
    pp_error_locate(err, study->file, 0, "rules", name);
    pp_error_hint(err, "rules stand under 'rules:' of the study");
    return PP_E_NOT_FOUND;
}

pp_status pp_study_adoptions(const pp_study *study, const char *rule,
                             const pp_run_options *options, const pp_context *ctx,
                             pp_result **out, pp_error *err) {
    pp__run run = {.study = study, .options = options, .ctx = ctx, .store = ":memory:"};
    int64_t index;
    *out = NULL;
    PP_TRY(find_rule(study, rule, &index, err));
    pp_status status = pp_result_new("adoptions", &run.out, err);
    if (status == PP_OK) {
        status = pp__run_evidence(&run, err);
    }
    if (status == PP_OK) {
        status = pp_result_take(run.adoptions[index], "claims", "Claims", run.claims, err);
    }
    if (status == PP_OK) {
        run.claims = NULL;
        *out = run.adoptions[index];
        run.adoptions[index] = NULL;
    }
    pp__run_clear(&run);
    return status;
}
