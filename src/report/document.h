/* Inside of a document: the parts of the page, grown block by block. */
#ifndef PP_REPORT_DOCUMENT_H
#define PP_REPORT_DOCUMENT_H

#include <pushpull/document.h>

struct pp_document {
    pp_buf title;    /* escaped */
    pp_buf lead;     /* HTML */
    pp_buf contents; /* list items */
    pp_buf body;
    pp_buf footer;
    pp_buf specs; /* data blocks of the figures */
    int headings, tables, figures;
    int has_parts; /* sections are then one level below them */
};

/* CommonMark → HTML: raw HTML, unsafe links and images are left out, headings lowered by
 * two. */
pp_status pp__prose(const char *markdown, pp_buf *out, pp_error *err);

/* JSON for a data block: no "<" is left in it, so that it cannot end the block. */
void pp__add_json_block(pp_buf *out, const char *json);

#endif
