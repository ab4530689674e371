/* Word documents of tables, made by pandoc of our HTML. */
#include "base/check.h"
#include "report/pandoc.h"

#include <pushpull/compare.h>
#include <pushpull/render.h>

pp_status pp_result_write_docx(const pp_result *result, const char *table,
                               const char *pandoc, const char *path,
                               const pp_context *ctx, pp_error *err) {
    pp_buf html;
    pp_buf_init(&html);
    pp_status status = pp_result_render(result, PP_FORMAT_HTML, table, 0, &html, err);
    if (status == PP_OK) {
        status = pp__office_write(html.data, html.length, pandoc, path, ctx, err);
    }
    pp_buf_clear(&html);
    return status;
}
