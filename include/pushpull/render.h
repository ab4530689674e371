/* Renderings of a result: terminal text, Markdown, LaTeX, HTML, CSV, JSON. */
#ifndef PUSHPULL_RENDER_H
#define PUSHPULL_RENDER_H

#include <pushpull/result.h>
#include <pushpull/text.h>

typedef enum pp_format {
    PP_FORMAT_TEXT,
    PP_FORMAT_MARKDOWN,
    PP_FORMAT_LATEX, /* booktabs */
    PP_FORMAT_HTML,  /* fragments: <table> with caption, scope and class names */
    PP_FORMAT_CSV,
    PP_FORMAT_JSON   /* the envelope {"schema","command","tables","warnings","provenance"} */
} pp_format;

PP_API pp_status pp_format_parse(const char *name, pp_format *out, pp_error *err);

/* `table`: one table by name; NULL: all of them. With CSV and more than one table, each is headed
   by a line "# name". `width`: columns of the terminal, 0: unlimited; wide text tables are split
   into blocks, never cut. JSON is always the whole envelope (with `table`: only that table in it).*/
PP_API pp_status pp_result_render(const pp_result *result, pp_format format, const char *table,
                                  int width, pp_buf *out, pp_error *err);

/* One table alone, in the same conventions; `title` may be NULL. */
PP_API pp_status pp_table_render(const pp_table *table, const char *title, pp_format format,
                                 int width, pp_buf *out, pp_error *err);

#endif
