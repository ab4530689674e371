#include "report/document.h"

#include "base/check.h"
#include "report/renderings.h"

#include <string.h>

pp_status pp_document_new(const char *title, const char *lead, pp_document **out,
                          pp_error *err) {
    pp_document *document = pp_calloc(1, sizeof *document);
    pp_status status = PP_OK;
    *out = NULL;
    PP_NEED(document, err);
    pp__add_html(&document->title, title);
    if (lead) {
        status = pp__prose(lead, &document->lead, err);
    }
    if (status == PP_OK) {
        status = pp_buf_check(&document->title, err);
    }
    if (status != PP_OK) {
        pp_document_free(document);
        return status;
    }
    *out = document;
    return PP_OK;
}

void pp_document_free(pp_document *document) {
    if (document) {
        pp_buf_clear(&document->title);
        pp_buf_clear(&document->lead);
        pp_buf_clear(&document->contents);
        pp_buf_clear(&document->body);
        pp_buf_clear(&document->footer);
        pp_buf_clear(&document->specs);
        pp_free(document);
    }
}

pp_status pp_document_heading(pp_document *document, int level, const char *text,
                              pp_error *err) {
    pp_buf *body = &document->body;
    int number = ++document->headings;
    if (level < 2 || level > 3) {
        PP_FAIL(err, PP_E_ARGUMENT, "a heading has level 2 or 3, not %d", level);
    }
    pp_buf_printf(body, "<h%d id=\"h%d\">", level, number);
    pp__add_html(body, text);
    pp_buf_printf(body, "</h%d>\n", level);
    if (level == 2) {
        pp_buf_printf(&document->contents, "<li><a href=\"#h%d\">", number);
        pp__add_html(&document->contents, text);
        pp_buf_add(&document->contents, "</a></li>\n");
    }
    PP_TRY(pp_buf_check(&document->contents, err));
    return pp_buf_check(body, err);
}

pp_status pp_document_prose(pp_document *document, const char *markdown, pp_error *err) {
    pp_buf_add(&document->body, "<div class=\"prose\">\n");
    PP_TRY(pp__prose(markdown, &document->body, err));
    pp_buf_add(&document->body, "</div>\n");
    return pp_buf_check(&document->body, err);
}

/* `<figcaption id="table3"><b>Table 3.</b> title</figcaption>` */
static void add_caption(pp_buf *body, const char *kind, int number, const char *title) {
    pp_buf_printf(body, "<figcaption id=\"%s%d\"><b>%c%s %d.</b> ", kind, number,
                  *kind - 'a' + 'A', kind + 1, number);
    pp__add_html(body, title);
    pp_buf_add(body, "</figcaption>\n");
}

static void add_note(pp_buf *body, const char *note) {
    if (note) {
        pp_buf_add(body, "<p class=\"pp-note\">");
        pp__add_html(body, note);
        pp_buf_add(body, "</p>\n");
    }
}

/* The table in a box that scrolls by itself and can be reached by keyboard. */
static pp_status add_box(pp_buf *body, const pp_table *table, const char *kind,
                         int number, const char *suffix, pp_error *err) {
    const char *length = pp_table_rows(table) > 40 ? " long" : "";
    pp_buf_printf(body,
                  "<div class=\"box%s\" role=\"region\" tabindex=\"0\" "
                  "aria-label=\"%c%s %d%s\">\n",
                  length, *kind - 'a' + 'A', kind + 1, number, suffix);
    PP_TRY(pp_table_render(table, NULL, PP_FORMAT_HTML, 0, body, err));
    pp_buf_add(body, "</div>\n");
    return PP_OK;
}

pp_status pp_document_table(pp_document *document, const pp_table *table,
                            const char *title, const char *note, pp_error *err) {
    pp_buf *body = &document->body;
    int number = ++document->tables;
    pp_buf_add(body, "<figure class=\"pp-block\">\n");
    add_caption(body, "table", number, title);
    PP_TRY(add_box(body, table, "table", number, "", err));
    add_note(body, note);
    pp_buf_add(body, "</figure>\n");
    return pp_buf_check(body, err);
}

void pp__add_json_block(pp_buf *out, const char *json) {
    const char *at;
    while ((at = strchr(json, '<')) != NULL) {
        pp_buf_add_bytes(out, json, at - json);
        pp_buf_add(out, "\\u003c");
        json = at + 1;
    }
    pp_buf_add(out, json);
}

pp_status pp_document_figure(pp_document *document, const pp_figure *figure,
                             pp_error *err) {
    pp_buf *body = &document->body;
    int number = ++document->figures;
    pp_buf_add(body, "<figure class=\"pp-block\">\n");
    add_caption(body, "figure", number, figure->title);
    pp_buf_printf(body, "<div class=\"pp-figure\" data-spec=\"spec%d\">", number);
    pp_buf_add(body, "<p class=\"pp-alt\">");
    pp__add_html(body, figure->alt);
    pp_buf_add(body, "</p></div>\n");
    add_note(body, figure->note);
    pp_buf_printf(body, "<details><summary>Figure %d as a table</summary>\n", number);
    PP_TRY(add_box(body, figure->table, "figure", number, " as a table", err));
    pp_buf_add(body, "</details>\n</figure>\n");
    pp_buf_printf(&document->specs, "<script type=\"application/json\" id=\"spec%d\">",
                  number);
    pp__add_json_block(&document->specs, figure->spec);
    pp_buf_add(&document->specs, "</script>\n");
    PP_TRY(pp_buf_check(&document->specs, err));
    return pp_buf_check(body, err);
}

pp_status pp_document_callout(pp_document *document, pp_callout kind, const char *title,
                              const char *markdown, pp_error *err) {
    pp_buf *body = &document->body;
    pp_buf_printf(body, "<aside class=\"callout %s\" aria-label=\"",
                  kind == PP_CALLOUT_CAUTION ? "caution" : "note");
    pp__add_html(body, title);
    pp_buf_add(body, "\">\n<p class=\"callout-title\">");
    pp__add_html(body, title);
    pp_buf_add(body, "</p>\n");
    PP_TRY(pp__prose(markdown, body, err));
    pp_buf_add(body, "</aside>\n");
    return pp_buf_check(body, err);
}

static void add_warning(pp_buf *body, const pp_warning *warning) {
    const char *subject = pp__warning_subject(warning);
    pp_buf_add(body, "<li>");
    pp__add_html(body, warning->message);
    if (*subject) {
        pp_buf_add(body, " <span class=\"subject\">");
        pp__add_html(body, subject);
        pp_buf_add(body, "</span>");
    }
    if (warning->count >= 0) {
        pp_buf_printf(body, " <span class=\"subject\">(%lld)</span>",
                      (long long)warning->count);
    }
    pp_buf_add(body, "</li>\n");
}

pp_status pp_document_warnings(pp_document *document, const pp_result *result,
                               pp_error *err) {
    pp_buf *body = &document->body;
    int n = pp_result_warnings(result);
    if (n == 0) {
        return PP_OK;
    }
    pp_buf_add(body, "<aside class=\"callout caution\" aria-label=\"Warnings\">\n"
                     "<p class=\"callout-title\">Warnings</p>\n<ul>\n");
    for (int i = 0; i < n; i++) {
        add_warning(body, pp_result_warning(result, i));
    }
    pp_buf_add(body, "</ul>\n</aside>\n");
    return pp_buf_check(body, err);
}

pp_status pp_document_provenance(pp_document *document, const pp_result *result,
                                 pp_error *err) {
    pp_buf *footer = &document->footer;
    pp_buf_add(footer, "<h2>Provenance</h2>\n<dl>\n");
    for (int i = 0; i < pp_result_notes(result); i++) {
        const char *key, *text;
        double number;
        char digits[32];
        pp_result_note(result, i, &key, &text, &number);
        pp_format_number(number, digits);
        pp_buf_add(footer, "<div><dt>");
        pp__add_html(footer, key);
        pp_buf_add(footer, "</dt><dd>");
        pp__add_html(footer, text ? text : digits);
        pp_buf_add(footer, "</dd></div>\n");
    }
    for (int i = 0; i < pp_result_inputs(result); i++) {
        const char *path, *digest;
        int64_t bytes;
        pp_result_input(result, i, &path, &digest, &bytes);
        pp_buf_add(footer, "<div><dt>");
        pp__add_html(footer, path);
        pp_buf_printf(footer, "</dt><dd><code>%s</code> (%lld bytes)</dd></div>\n",
                      digest, (long long)bytes);
    }
    pp_buf_add(footer, "</dl>\n");
    return pp_buf_check(footer, err);
}
