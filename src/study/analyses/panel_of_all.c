#include "study/analyses/panel_of_all.h"

#include "base/check.h"

/* The adoptions as if no country had one. */
static pp_status forget_adoptions(const pp_result *adoption, pp_result **out,
                                  pp_error *err) {
    pp_table *outcomes = NULL;
    PP_TRY(pp_result_new("adoption", out, err));
    PP_TRY(pp_table_copy(pp_result_find(adoption, "outcomes"), &outcomes, err));
    pp_status status =
        pp_result_take(*out, "outcomes", "Outcomes of countries", outcomes, err);
    if (status != PP_OK) {
        pp_table_free(outcomes);
        return status;
    }
    pp_column *outcome = pp_table_find(outcomes, "outcome");
    for (int64_t row = 0; row < pp_table_rows(outcomes); row++) {
        PP_TRY(
            outcome->type == PP_TEXT
                ? pp_column_set_text(outcomes, outcome, row, "no_adoption_found", err)
                : pp_column_set_level(outcomes, outcome, row, "no_adoption_found", err));
    }
    return PP_OK;
}

pp_status pp__run_panel_of_all(pp__run *run, const pp_study_model *model,
                               pp_table **panel, pp_error *err) {
    pp_panel_spec spec = pp_study_panel(run->study, model);
    pp_result *nobody = NULL, *report = NULL;
    pp_status status = forget_adoptions(
        run->adoptions[pp__run_rule_index(run, model->rule)], &nobody, err);
    if (status == PP_OK) {
        status = pp_panel_build(&spec, nobody, run->indicators, run->gazetteer, run->ctx,
                                panel, &report, err);
    }
    pp_result_free(nobody);
    pp_result_free(report);
    return status;
}
