#include "study/analyses/standards_files.h"

#include "base/check.h"

static pp_status note_files(pp__run *run, const char *folder, pp_error *err) {
    static const char *const files[] = {"body",       "instrument",   "provision",
                                        "commitment", "contribution", "link",
                                        "member"};
    for (size_t k = 0; k < sizeof files / sizeof *files; k++) {
        const char *path = pp_arena_printf(&run->arena, "%s/%s.csv", folder, files[k]);
        const char *shown = pp_arena_printf(&run->arena, "standards/%s.csv", files[k]);
        PP_NEED(path && shown, err);
        PP_TRY(pp__run_add_input(run, path, shown, err));
    }
    return PP_OK;
}

pp_status pp__run_read_standards(pp__run *run, const pp_study_file *setting,
                                 pp_standards **out, pp_error *err) {
    const char *folder;
    *out = NULL;
    PP_TRY(pp__run_shipped_file(run, setting, "standards", &folder, err));
    PP_TRY(pp_standards_read(folder, run->gazetteer, run->ctx, out, err));
    pp_status status = note_files(run, folder, err);
    if (status != PP_OK) {
        pp_standards_free(*out);
        *out = NULL;
    }
    return status;
}
