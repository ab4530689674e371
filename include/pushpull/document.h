/* Documents: headings, prose, tables, figures and findings → one HTML page that needs nothing else.
 *
 * The page opens offline and asks the network for nothing (its content security policy forbids it).
 * Vega and the data of each figure are in it once. It is readable without scripts (every figure has
 * its table), on a phone, in print, in dark and light, and by keyboard and screen reader. Its look
 * stands in DATA/web/report.css, report.js and report.html. The same blocks give the same bytes.
 *
 * Blocks are copied as they are added, in order. All text is escaped: nothing that comes from data
 * can become markup or script. Prose is CommonMark without raw HTML and images.
 */
#ifndef PUSHPULL_DOCUMENT_H
#define PUSHPULL_DOCUMENT_H

#include <pushpull/figure.h>
#include <pushpull/result.h>
#include <pushpull/text.h>

typedef struct pp_document pp_document;

/* `lead` is a paragraph of prose under the title; NULL: none. */
PP_API pp_status pp_document_new(const char *title, const char *lead, pp_document **out,
                                 pp_error *err);
PP_API void pp_document_free(pp_document *document);

/* `level` 1 (a part of several sections), 2 or 3. Levels 1 and 2 are listed in the table of contents. */
PP_API pp_status pp_document_heading(pp_document *document, int level, const char *text,
                                     pp_error *err);
/* What comes next can be linked to by `id` (letters, digits, '-' and '_'; once in a document). */
PP_API pp_status pp_document_anchor(pp_document *document, const char *id, pp_error *err);
PP_API pp_status pp_document_prose(pp_document *document, const char *markdown,
                                   pp_error *err);

/* "Table n." with its title, the rows as renderings for people show them, and a note (NULL: none). Of
   more than 40 rows, it is in a part that can be opened. */
PP_API pp_status pp_document_table(pp_document *document, const pp_table *table,
                                   const char *title, const char *note, pp_error *err);
/* "Figure n.", its note, and its table in a part that can be opened. */
PP_API pp_status pp_document_figure(pp_document *document, const pp_figure *figure,
                                    pp_error *err);

/* The findings: a table with question, answer and verdict, and, where they are, estimate, conf_low and
   conf_high (shown as their columns say). A verdict is shown as a word with a sign. In a column `anchor`
   is where a question links to (NULL: nowhere). */
PP_API pp_status pp_document_findings(pp_document *document, const pp_table *findings,
                                      const char *title, const char *note, pp_error *err);

typedef enum pp_callout { PP_CALLOUT_NOTE, PP_CALLOUT_CAUTION } pp_callout;
PP_API pp_status pp_document_callout(pp_document *document, pp_callout kind,
                                     const char *title, const char *markdown,
                                     pp_error *err);
/* Links to files beside the page, under headings: rows with the same `group` stand in one paragraph, in
   their order. Texts, one an item; `file` is a relative path. */
typedef struct pp_link {
    const char *group, *text, *file;
} pp_link;
PP_API pp_status pp_document_links(pp_document *document, const pp_link *links, int64_t n,
                                   pp_error *err);
/* The result's warnings as one callout, which is to be opened when there are many; nothing when there are
   none. */
PP_API pp_status pp_document_warnings(pp_document *document, const pp_result *result,
                                      pp_error *err);
/* The page's foot: software, settings, and the inputs with their digests. */
PP_API pp_status pp_document_provenance(pp_document *document, const pp_result *result,
                                        pp_error *err);

/* The whole page, added to `out`. Without Vega in the share folder the figures are tables only. */
PP_API pp_status pp_document_render(const pp_document *document, const char *data_folder,
                                    pp_buf *out, pp_error *err);

#endif
