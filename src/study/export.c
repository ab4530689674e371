/* Evidence and panel as a Frictionless Data Package. */
#include "base/check.h"
#include "report/package.h"
#include "study/run.h"

#include <pushpull/file.h>

#include <string.h>

/* Which column identifies a row. */
static const char *key_of(const char *name) {
    static const char *const keys[][2] = {{"claims", "claim_id"},
                                          {"sources", "source_id"},
                                          {"vendors", "vendor"},
                                          {"adoptions", "adoption"},
                                          {"outcomes", "country"}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (strcmp(keys[i][0], name) == 0) {
            return keys[i][1];
        }
    }
    return NULL;
}

/* Which columns of the claims refer to other files. */
static json_t *claims_refer_to(void) {
    return json_pack("[{s:s, s:{s:s, s:s}}, {s:s, s:{s:s, s:s}}]", "fields", "source_id",
                     "reference", "resource", "sources", "fields", "source_id", "fields",
                     "vendor", "reference", "resource", "vendors", "fields", "vendor");
}

static pp_status add_resource(pp__run *run, json_t *resources, const char *name,
                              const char *title, const pp_table *table, pp_error *err) {
    const pp__resource what = {name, title, table, key_of(name),
                               strcmp(name, "claims") == 0 ? claims_refer_to() : NULL};
    return pp__package_add(resources, run->folder, &what, run->ctx, err);
}

static pp_status add_resources(pp__run *run, json_t *resources, pp_error *err) {
    const pp__run_panel *panel;
    PP_TRY(pp__run_headline_panel(run, &panel, err));
    const pp_result *adoption = run->adoptions[pp__run_rule_index(run, panel->rule)];
    PP_TRY(add_resource(run, resources, "claims", "Claims in force", run->claims, err));
    PP_TRY(add_resource(run, resources, "sources", "Sources of the claims", run->sources,
                        err));
    PP_TRY(add_resource(run, resources, "searches", "Searches made", run->searches, err));
    PP_TRY(add_resource(run, resources, "vendors", "Vendors", run->vendors, err));
    PP_TRY(add_resource(run, resources, "adoptions", "Adoptions derived from the claims",
                        pp_result_find(adoption, "adoptions"), err));
    PP_TRY(add_resource(run, resources, "outcomes", "Outcome of each country",
                        pp_result_find(adoption, "outcomes"), err));
    PP_TRY(add_resource(run, resources, "indicators", "Indicators by country and year",
                        run->indicators, err));
    return add_resource(run, resources, "panel", "The headline's panel", panel->panel,
                        err);
}

pp_status pp_study_export(const pp_study *study, const pp_run_options *options,
                          const pp_context *ctx, pp_result **out, pp_error *err) {
    *out = NULL;
    pp__run run = {.study = study,
                   .options = options,
                   .ctx = ctx,
                   .store = ":memory:",
                   .folder = options->out};
    json_t *resources = json_array();
    pp_status status = pp_file_make_folder(options->out, err);
    if (status == PP_OK) {
        status = pp_result_new("export", &run.out, err);
    }
    if (status == PP_OK) {
        status = pp__run_evidence(&run, err);
    }
    if (status == PP_OK) {
        status = add_resources(&run, resources, err);
    }
    if (status == PP_OK) {
        status = pp__package_write(resources, options->out, "pushpull-export",
                                   study->title, err);
    }
    if (status == PP_OK) {
        status = pp__package_list(resources, run.out, "export", err);
    }
    if (status == PP_OK) {
        *out = run.out;
        run.out = NULL;
    }
    json_decref(resources);
    pp__run_clear(&run);
    return status;
}
