/* Documents for offices, made by other programs of our HTML. */
#ifndef PP_REPORT_PANDOC_H
#define PP_REPORT_PANDOC_H

#include <pushpull/context.h>

/* Writes `html`, a whole page, as `path`: .docx by pandoc (NULL: the usual one); .pdf by weasyprint or
   wkhtmltopdf, which keep its look, else by pandoc and a LaTeX. PP_E_UNSUPPORTED where there is none
   of them, with what to install. The page stands beside the file meanwhile. */
pp_status pp__office_write(const char *html, int64_t length, const char *pandoc,
                           const char *path, const pp_context *ctx, pp_error *err);

#endif
