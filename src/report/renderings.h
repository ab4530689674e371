/* The renderings, one function a format. */
#ifndef PP_REPORT_RENDERINGS_H
#define PP_REPORT_RENDERINGS_H

#include "report/cells.h"

#include <pushpull/render.h>

/* One table made ready for the renderings for people; `title` and `note` are clean or
 * NULL. */
typedef struct pp__sheet {
    pp__cells cells;
    const char *title, *note;
    int64_t rule; /* a line stands above this row; 0: none */
} pp__sheet;

pp_status pp__render_text(const pp__sheet *sheet, int width, pp_buf *out, pp_error *err);
void pp__render_markdown(const pp__sheet *sheet, pp_buf *out);
void pp__render_latex(const pp__sheet *sheet, pp_buf *out);
void pp__render_html(const pp__sheet *sheet, pp_buf *out);
void pp__render_csv(const pp_table *table, pp_buf *out);
void pp__render_json(const pp_result *result, const char *table, pp_buf *out);

/* The warnings of a result, each a clean line, as the format writes a list. */
void pp__list_text(const char *const *line, int n, int width, pp_buf *out);
void pp__list_markdown(const char *const *line, int n, pp_buf *out);
void pp__list_latex(const char *const *line, int n, pp_buf *out);
void pp__list_html(const char *const *line, int n, pp_buf *out);
void pp__style_html(pp_buf *out);

/* The subject of a warning; "" when its message names it already. */
const char *pp__warning_subject(const pp_warning *warning);

/* Escaping, shared with documents and figures. */
void pp__add_json_string(pp_buf *out,
                         const char *text); /* quoted; bad UTF-8 becomes U+FFFD */
void pp__add_json_rows(pp_buf *out, const pp_table *table);
void pp__add_html(pp_buf *out,
                  const char *text); /* safe in text and in quoted attributes */
void pp__add_html_bytes(pp_buf *out, const char *text, int64_t length);

#endif
