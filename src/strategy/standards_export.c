/* The registry as a Frictionless Data Package, or as tables of a result. */
#include "strategy/registry.h"

#include "base/check.h"
#include "report/package.h"

#include <pushpull/file.h>

#include <stdio.h>

static const char *const titles[PP__REGISTERS] = {
    "Bodies",        "Instruments", "Provisions",       "Commitments",
    "Contributions", "Lists",       "Members of groups"};

/* What the columns of a file refer to. */
static json_t *references(pp__register of) {
    const pp__register_spec *spec = &pp__register_specs[of];
    json_t *list = json_array();
    for (int i = 0; i < spec->n; i++) {
        const pp__register_field *field = &spec->fields[i];
        if (field->form == PP__REFERS) {
            json_array_append_new(list, json_pack("{s:s, s:{s:s, s:s}}", "fields",
                                                  field->name, "reference", "resource",
                                                  pp__register_specs[field->to].name,
                                                  "fields", "id"));
        }
    }
    if (json_array_size(list) == 0) {
        json_decref(list);
        return NULL;
    }
    return list;
}

static pp_status write_package(const pp_standards *s, const char *folder,
                               const pp_context *ctx, json_t *resources, pp_result *out,
                               pp_error *err) {
    PP_TRY(pp_file_make_folder(folder, err));
    for (pp__register of = 0; of < PP__REGISTERS; of++) {
        const pp__resource what = {pp__register_specs[of].name, titles[of], s->tables[of],
                                   "id", references(of)};
        PP_TRY(pp__package_add(resources, folder, &what, ctx, err));
    }
    PP_TRY(pp__package_write(resources, folder, "pushpull-standards",
                             "A registry of standards and regulation", err));
    return pp__package_list(resources, out, "standards_export", err);
}

static pp_status take_tables(const pp_standards *s, pp_result *out, pp_error *err) {
    for (pp__register of = 0; of < PP__REGISTERS; of++) {
        char name[64];
        pp_table *copy;
        snprintf(name, sizeof name, "standards_%s", pp__register_specs[of].name);
        PP_TRY(pp_table_copy(s->tables[of], &copy, err));
        pp_status status = pp_result_take(out, name, titles[of], copy, err);
        if (status != PP_OK) {
            pp_table_free(copy);
            return status;
        }
    }
    return PP_OK;
}

pp_status pp_standards_export(const pp_standards *s, const char *folder,
                              const pp_context *ctx, pp_result **out, pp_error *err) {
    PP_TRY(pp_result_new("standards", out, err));
    json_t *resources = json_array();
    pp_status status = PP_OK;
    if (!resources) {
        status = pp_error_set(err, PP_E_MEMORY, "out of memory");
    } else if (folder) {
        status = write_package(s, folder, ctx, resources, *out, err);
    } else {
        status = take_tables(s, *out, err);
    }
    json_decref(resources);
    if (status != PP_OK) {
        pp_result_free(*out);
        *out = NULL;
    }
    return status;
}
