/* A brief as a file. */
#include "base/check.h"
#include "report/pandoc.h"

#include <pushpull/brief.h>
#include <pushpull/file.h>

#include <string.h>

static int ends_with(const char *text, const char *ending) {
    size_t n = strlen(text), m = strlen(ending);
    return n > m && pp_text_equal_fold(text + n - m, ending);
}

pp_status pp_brief_write(const pp_result *briefs, const char *place_id, const char *path,
                         const char *data_folder, const pp_context *ctx, pp_error *err) {
    int is_office = ends_with(path, ".docx") || ends_with(path, ".pdf");
    pp_brief_format format = ends_with(path, ".md") ? PP_BRIEF_MARKDOWN : PP_BRIEF_HTML;
    if (!is_office && !ends_with(path, ".md") && !ends_with(path, ".html")) {
        pp_error_set(err, PP_E_ARGUMENT, "a brief is no file of this kind");
        pp_error_locate(err, path, 0, NULL, NULL);
        pp_error_hint(err, "names end in .md, .html, .docx or .pdf");
        return PP_E_ARGUMENT;
    }
    pp_buf text;
    pp_buf_init(&text);
    pp_status status = pp_brief_render(briefs, place_id, format, data_folder, &text, err);
    if (status == PP_OK) {
        status = is_office
                     ? pp__office_write(text.data, text.length, NULL, path, ctx, err)
                     : pp_file_write(path, text.data, text.length, err);
    }
    pp_buf_clear(&text);
    return status;
}
