/* The briefs as documents, each in a file of its own. */
#include "base/check.h"
#include "study/run.h"

#include <pushpull/brief.h>

#include <stdio.h>

pp_status pp__run_write_briefs(pp__run *run, pp_error *err) {
    static const char *const endings[] = {".html", ".md"};
    const pp_table *briefs = pp_result_find(run->out, "briefs");
    for (int64_t i = 0; briefs && i < pp_table_rows(briefs); i++) {
        const char *id = pp_column_get_text(pp_table_find(briefs, "place_id"), i);
        const char *file = pp_column_get_text(pp_table_find(briefs, "file"), i);
        for (int k = 0; k < 2; k++) {
            char relative[512];
            snprintf(relative, sizeof relative, "briefs/%s%s", file, endings[k]);
            const char *path = pp__run_path(run, relative);
            PP_NEED(path, err);
            PP_TRY(pp_brief_write(run->out, id, path, run->options->data_folder, run->ctx,
                                  err));
        }
    }
    return PP_OK;
}
