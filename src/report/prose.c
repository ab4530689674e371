#include "base/check.h"
#include "report/document.h"

#include <cmark.h>
#include <stdlib.h>
#include <string.h>

/* Takes out what would load something, and keeps headings below the page's own. */
static void tame(cmark_node *root) {
    cmark_iter *iter = cmark_iter_new(root);
    cmark_event_type event;
    while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iter);
        if (event == CMARK_EVENT_ENTER &&
            cmark_node_get_type(node) == CMARK_NODE_HEADING) {
            int level = cmark_node_get_heading_level(node) + 2;
            cmark_node_set_heading_level(node, level < 6 ? level : 6);
        } else if (event == CMARK_EVENT_EXIT &&
                   cmark_node_get_type(node) == CMARK_NODE_IMAGE) {
            while (cmark_node_first_child(node)) {
                cmark_node_insert_before(node, cmark_node_first_child(node));
            }
            cmark_node_free(node);
        }
    }
    cmark_iter_free(iter);
}

pp_status pp__prose(const char *markdown, pp_buf *out, pp_error *err) {
    int options = CMARK_OPT_DEFAULT | CMARK_OPT_SMART | CMARK_OPT_VALIDATE_UTF8;
    cmark_node *root = cmark_parse_document(markdown, strlen(markdown), options);
    PP_NEED(root, err);
    tame(root);
    char *html = cmark_render_html(root, options);
    cmark_node_free(root);
    PP_NEED(html, err);
    pp_buf_add(out, html);
    free(html);
    return pp_buf_check(out, err);
}
