/* Renderings of a result: terminal text, Markdown, LaTeX, HTML, CSV, JSON.
 *
 * For people (text, Markdown, LaTeX, HTML) a number is shown as its column's pp_show says, with one
 * count of decimals a column; a missing value is an en dash; headers are labels with units; warnings
 * stand after the tables. For programs (CSV, JSON) numbers are the shortest text that reads back to
 * the same double, flags are true and false, headers are names; a missing value is an empty field
 * or null (an infinite number is null in JSON, which has none).
 *
 * The same result gives the same bytes. Everything is added to `out`; text is escaped for the
 * format, and control characters cannot reach a terminal. Cost: linear in the cells.
 */
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
    PP_FORMAT_JSON /* the envelope {"schema","command","tables","warnings","provenance"} */
} pp_format;

/* "text", "markdown", "latex", "html", "csv", "json"; anything else is PP_E_ARGUMENT. */
PP_API pp_status pp_format_parse(const char *name, pp_format *out, pp_error *err);

/* `table`: one table by name; NULL: all of them. With CSV and more than one table, each is headed
   by a line "# name". `width`: columns of the terminal, 0: unlimited; wide text tables are split
   into blocks, never cut; a single wide row becomes a list, and of several tables the empty ones are
   left out. JSON is always the whole envelope (with `table`: only that table in it).
   An unknown table is PP_E_NOT_FOUND, with the names that there are as its hint. */
PP_API pp_status pp_result_render(const pp_result *result, pp_format format,
                                  const char *table, int width, pp_buf *out,
                                  pp_error *err);

/* One table alone, in the same conventions (JSON: the array of its rows); `title` may be NULL. */
PP_API pp_status pp_table_render(const pp_table *table, const char *title,
                                 pp_format format, int width, pp_buf *out, pp_error *err);

#endif
