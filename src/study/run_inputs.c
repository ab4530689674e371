/* What a step reads beside the files that the study names: data that come with pushpull, and files in
   folders. */
#include "study/run.h"

#include "base/check.h"

#include <pushpull/file.h>

#include <string.h>

pp_status pp__run_add_input(pp__run *run, const char *path, const char *shown,
                            pp_error *err) {
    pp__run_input **end = &run->inputs;
    for (; *end; end = &(*end)->next) {
        if (strcmp((*end)->path, path) == 0) {
            return PP_OK;
        }
    }
    pp__run_input *own = pp_arena_zalloc(&run->arena, 1, sizeof *own);
    PP_NEED(own, err);
    own->path = pp_arena_strdup(&run->arena, path);
    PP_NEED(own->path, err);
    PP_TRY(pp_result_note_input_as(run->out, path, shown ? shown : path, err));
    *end = own;
    return PP_OK;
}

pp_status pp__run_shipped_file(pp__run *run, const pp_study_file *setting,
                               const char *shipped, const char **path, pp_error *err) {
    const char *shown = setting->path ? setting->written : shipped;
    *path = setting->path ? setting->path
                          : pp_arena_printf(&run->arena, "%s/%s",
                                            run->options->data_folder, shipped);
    PP_NEED(*path, err);
    return pp_file_is_folder(*path) ? PP_OK : pp__run_add_input(run, *path, shown, err);
}
