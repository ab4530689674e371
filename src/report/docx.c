/* Word documents of tables, made by pandoc of our HTML. */
#include "base/check.h"
#include "report/process.h"

#include <pushpull/compare.h>
#include <pushpull/file.h>
#include <pushpull/render.h>

#include <stdio.h>

static const char *const USUAL[] = {"/usr/bin/pandoc", "/usr/local/bin/pandoc",
                                    "/opt/homebrew/bin/pandoc", NULL};

static pp_status no_pandoc(pp_error *err) {
    pp_error_set(err, PP_E_UNSUPPORTED,
                 "Word documents are made by pandoc, which is not here");
    pp_error_hint(err,
                  "install it (Debian: apt install pandoc; or https://pandoc.org), or "
                  "write HTML, which Word opens too");
    return PP_E_UNSUPPORTED;
}

static pp_status convert(const char *pandoc, const char *html, const char *path,
                         const pp_context *ctx, pp_error *err) {
    char *const args[] = {
        (char *)(uintptr_t)pandoc, "--from=html",           "--to=docx", "--output",
        (char *)(uintptr_t)path,   (char *)(uintptr_t)html, NULL};
    int code;
    PP_TRY(pp__program_run(args, "writing the document", ctx, &code, err));
    if (code == 0) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_IO, "pandoc could not write the document");
    pp_error_locate(err, path, 0, NULL, NULL);
    return PP_E_IO;
}

pp_status pp_result_write_docx(const pp_result *result, const char *table,
                               const char *pandoc, const char *path,
                               const pp_context *ctx, pp_error *err) {
    pp_buf html, name;
    pandoc = pp__program_find(pandoc, USUAL);
    if (!pandoc) {
        return no_pandoc(err);
    }
    pp_buf_init(&html);
    pp_buf_init(&name);
    pp_buf_printf(&name, "%s.html", path);
    pp_status status = pp_buf_check(&name, err);
    if (status == PP_OK) {
        status = pp_result_render(result, PP_FORMAT_HTML, table, 0, &html, err);
    }
    if (status == PP_OK) {
        status = pp_file_write(name.data, html.data, html.length, err);
    }
    if (status == PP_OK) {
        status = convert(pandoc, name.data, path, ctx, err);
        remove(name.data);
    }
    pp_buf_clear(&html);
    pp_buf_clear(&name);
    return status;
}
