/* Builds the panel and tells what became of every unit and every row. */
#include "base/check.h"
#include "panel/assemble.h"
#include "panel/summary.h"

#include <string.h>

static pp_status check_spec(const pp_panel_spec *spec, pp_error *err) {
    static const char *const treatments[] = {"out", "adopted", "not_adopted"};
    const char *const given[] = {spec->supplier_unknown, spec->not_searched};
    static const char *const names[] = {"supplier_unknown", "not_searched"};
    if (spec->unit && strcmp(spec->unit, "country") != 0 &&
        strcmp(spec->unit, "city") != 0) {
        pp_error_set(err, PP_E_ARGUMENT, "'%s' is no unit of a panel", spec->unit);
        pp_error_hint(err, "take country or city");
        return PP_E_ARGUMENT;
    }
    if (spec->first_year > spec->last_year || spec->lag < 0) {
        PP_FAIL(err, PP_E_ARGUMENT,
                "a panel needs a first year before its last, and a lag of 0 "
                "or more");
    }
    for (int i = 0; i < 2; i++) {
        int known = !given[i];
        for (int k = 0; k < 3 && !known; k++) {
            known = strcmp(given[i], treatments[k]) == 0;
        }
        if (!known) {
            pp_error_set(err, PP_E_ARGUMENT, "'%s' is no value of %s", given[i],
                         names[i]);
            pp_error_hint(err, "one of out, adopted, not_adopted");
            return PP_E_ARGUMENT;
        }
    }
    return PP_OK;
}

static pp_status build(const pp_panel_spec *spec, const pp_result *adoption,
                       const pp_table *indicators, const pp_gazetteer *gazetteer,
                       const pp_context *ctx, pp_arena *arena, pp_table **panel,
                       pp_result *report, pp_error *err) {
    pp__units units;
    pp__covariates covariates;
    pp_status status;
    PP_TRY(pp_progress(ctx, "panel", 0, err));
    PP_TRY(pp__units_build(spec, adoption, gazetteer, arena, &units, report, err));
    PP_TRY(pp__covariates_build(spec, indicators, gazetteer, ctx, arena, &covariates,
                                report, err));
    status = pp__panel_assemble(spec, &units, &covariates, ctx, panel, err);
    if (status == PP_OK) {
        status = pp__panel_summarise(spec, &units, &covariates, gazetteer, *panel, report,
                                     err);
    }
    pp__covariates_clear(&covariates);
    return status;
}

pp_status pp_panel_build(const pp_panel_spec *spec, const pp_result *adoption,
                         const pp_table *indicators, const pp_gazetteer *gazetteer,
                         const pp_context *ctx, pp_table **panel, pp_result **report,
                         pp_error *err) {
    pp_arena arena;
    pp_status status;
    *panel = NULL;
    *report = NULL;
    PP_TRY(check_spec(spec, err));
    PP_TRY(pp_result_new("panel", report, err));
    pp_arena_init(&arena);
    status =
        build(spec, adoption, indicators, gazetteer, ctx, &arena, panel, *report, err);
    pp_arena_clear(&arena);
    if (status != PP_OK) {
        pp_table_free(*panel);
        pp_result_free(*report);
        *panel = NULL;
        *report = NULL;
    }
    return status;
}
