#include "report/pandoc.h"

#include "base/check.h"
#include "report/process.h"

#include <pushpull/file.h>
#include <pushpull/text.h>

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const char *const PANDOC[] = {"/usr/bin/pandoc", "/usr/local/bin/pandoc",
                                     "/opt/homebrew/bin/pandoc", NULL};
static const char *const OF_HTML[] = {"/usr/bin/weasyprint", "/usr/local/bin/weasyprint",
                                      "/opt/homebrew/bin/weasyprint",
                                      "/usr/bin/wkhtmltopdf", NULL};
static const char *const LATEX[] = {"/usr/bin/xelatex", "/usr/bin/pdflatex", NULL};

static pp_status missing(const char *what, const char *hint, pp_error *err) {
    pp_error_set(err, PP_E_UNSUPPORTED, "%s", what);
    pp_error_hint(err, "%s", hint);
    return PP_E_UNSUPPORTED;
}

static int is_pdf(const char *path) {
    size_t n = strlen(path);
    return n > 4 && pp_text_equal_fold(path + n - 4, ".pdf");
}

static pp_status run(const char *const *args, const char *path, const pp_context *ctx,
                     pp_error *err) {
    int code;
    PP_TRY(pp__program_run((char *const *)(uintptr_t)args, "writing the document", ctx,
                           &code, err));
    if (code == 0) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_IO, "%s could not write the document", args[0]);
    pp_error_locate(err, path, 0, NULL, NULL);
    return PP_E_IO;
}

static pp_status write_docx(const char *page, const char *pandoc, const char *path,
                            const pp_context *ctx, pp_error *err) {
    const char *const args[] = {pandoc, "--from=html", "--to=docx", "--output",
                                path,   page,          NULL};
    return pandoc ? run(args, path, ctx, err)
                  : missing("Word documents are made by pandoc, which is not here",
                            "install it (Debian: apt install pandoc; or "
                            "https://pandoc.org), or write HTML, which Word opens too",
                            err);
}

static pp_status write_pdf(const char *page, const char *pandoc, const char *path,
                           const pp_context *ctx, pp_error *err) {
    const char *engine = pp__program_find(NULL, OF_HTML);
    const char *latex = pp__program_find(NULL, LATEX);
    char chosen[80];
    if (engine) {
        const char *const args[] = {engine, page, path, NULL};
        return run(args, path, ctx, err);
    }
    if (!pandoc || !latex) {
        return missing(
            "PDF is made by weasyprint, or by pandoc with LaTeX; neither is here",
            "install one (Debian: apt install weasyprint), or write HTML and "
            "print it from a browser",
            err);
    }
    snprintf(chosen, sizeof chosen, "--pdf-engine=%s", latex);
    const char *const args[] = {pandoc, "--from=html", chosen, "--output",
                                path,   page,          NULL};
    return run(args, path, ctx, err);
}

pp_status pp__office_write(const char *html, int64_t length, const char *pandoc,
                           const char *path, const pp_context *ctx, pp_error *err) {
    pp_buf page;
    pp_buf_init(&page);
    pp_buf_printf(&page, "%s.html", path);
    pandoc = pp__program_find(pandoc, PANDOC);
    pp_status status = pp_buf_check(&page, err);
    if (status == PP_OK) {
        status = pp_file_write(page.data, html, length, err);
    }
    if (status == PP_OK) {
        status = is_pdf(path) ? write_pdf(page.data, pandoc, path, ctx, err)
                              : write_docx(page.data, pandoc, path, ctx, err);
        remove(page.data);
    }
    pp_buf_clear(&page);
    return status;
}
