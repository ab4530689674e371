/* The briefs as documents, each in a file of its own. */
#include "base/check.h"
#include "base/file.h"
#include "study/run.h"

#include <pushpull/brief.h>

#include <stdio.h>

static pp_status write_brief(pp__run *run, const char *id, const char *file,
                             const char *ending, pp_brief_format format, pp_error *err) {
    char relative[512];
    pp_buf text;
    snprintf(relative, sizeof relative, "briefs/%s%s", file, ending);
    const char *path = pp__run_path(run, relative);
    PP_NEED(path, err);
    pp_buf_init(&text);
    pp_status status =
        pp_brief_render(run->out, id, format, run->options->data_folder, &text, err);
    if (status == PP_OK) {
        status = pp__file_write_part(path, text.data, text.length, err);
    }
    pp_buf_clear(&text);
    return status;
}

pp_status pp__run_write_briefs(pp__run *run, pp_error *err) {
    const pp_table *briefs = pp_result_find(run->out, "briefs");
    for (int64_t i = 0; briefs && i < pp_table_rows(briefs); i++) {
        const char *id = pp_column_get_text(pp_table_find(briefs, "place_id"), i);
        const char *file = pp_column_get_text(pp_table_find(briefs, "file"), i);
        PP_TRY(write_brief(run, id, file, ".html", PP_BRIEF_HTML, err));
        PP_TRY(write_brief(run, id, file, ".md", PP_BRIEF_MARKDOWN, err));
    }
    return PP_OK;
}
