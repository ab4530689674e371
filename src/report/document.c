#include "report/document.h"

#include "base/check.h"
#include "report/renderings.h"

#include <ctype.h>
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
    static const char *const classes[] = {"part", "section", "step"};
    pp_buf *body = &document->body;
    int number = ++document->headings;
    if (level < 1 || level > 3) {
        PP_FAIL(err, PP_E_ARGUMENT, "a heading has level 1 to 3, not %d", level);
    }
    document->has_parts |= level == 1;
    int tag = level + document->has_parts;
    pp_buf_printf(body, "<h%d class=\"%s\" id=\"h%d\">", tag, classes[level - 1], number);
    pp__add_html(body, text);
    pp_buf_printf(body, "</h%d>\n", tag);
    if (level <= 2) {
        pp_buf_printf(&document->contents, "<li class=\"%s\"><a href=\"#h%d\">",
                      classes[level - 1], number);
        pp__add_html(&document->contents, text);
        pp_buf_add(&document->contents, "</a></li>\n");
    }
    PP_TRY(pp_buf_check(&document->contents, err));
    return pp_buf_check(body, err);
}

pp_status pp_document_anchor(pp_document *document, const char *id, pp_error *err) {
    pp_buf_add(&document->body, "<a id=\"");
    pp__add_html(&document->body, id);
    pp_buf_add(&document->body, "\"></a>\n");
    return pp_buf_check(&document->body, err);
}

pp_status pp_document_prose(pp_document *document, const char *markdown, pp_error *err) {
    pp_buf_add(&document->body, "<div class=\"prose\">\n");
    PP_TRY(pp__prose(markdown, &document->body, err));
    pp_buf_add(&document->body, "</div>\n");
    return pp_buf_check(&document->body, err);
}

/* A relative path as a link: whatever could be read as markup, a scheme or a query is escaped. */
static void add_path(pp_buf *out, const char *path) {
    for (; *path; path++) {
        if (isalnum((unsigned char)*path) || strchr("/._-", *path)) {
            pp_buf_add_char(out, *path);
        } else {
            pp_buf_printf(out, "%%%02X", (unsigned)(unsigned char)*path);
        }
    }
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

enum { LONG_TABLE = 40, MANY_WARNINGS = 12 };

/* The table in a box that scrolls by itself and can be reached by keyboard. */
static pp_status add_box(pp_buf *body, const pp_table *table, const char *kind,
                         int number, const char *suffix, pp_error *err) {
    const char *length = pp_table_rows(table) > LONG_TABLE ? " long" : "";
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
    int is_long = pp_table_rows(table) > LONG_TABLE;
    add_caption(body, "table", number, title);
    if (is_long) {
        pp_buf_printf(body, "<details class=\"rows\"><summary>All %lld rows</summary>\n",
                      (long long)pp_table_rows(table));
    }
    PP_TRY(add_box(body, table, "table", number, "", err));
    pp_buf_add(body, is_long ? "</details>\n" : "");
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

pp_status pp_document_links(pp_document *document, const pp_link *links, int64_t n,
                            pp_error *err) {
    pp_buf *body = &document->body;
    for (int64_t i = 0; i < n; i++) {
        int is_new = i == 0 || strcmp(links[i].group, links[i - 1].group) != 0;
        if (is_new) {
            pp_buf_add(body, i > 0 ? "</p>\n" : "");
            pp_buf_add(body, "<p class=\"links\"><b>");
            pp__add_html(body, links[i].group);
            pp_buf_add(body, "</b> ");
        }
        pp_buf_add(body, is_new ? "<a href=\"" : " \xc2\xb7 <a href=\"");
        add_path(body, links[i].file);
        pp_buf_add(body, "\">");
        pp__add_html(body, links[i].text);
        pp_buf_add(body, "</a>");
    }
    pp_buf_add(body, n > 0 ? "</p>\n" : "");
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
    int is_long = n > MANY_WARNINGS;
    pp_buf_add(body, "<aside class=\"callout caution\" aria-label=\"Warnings\">\n"
                     "<p class=\"callout-title\">Warnings</p>\n");
    if (is_long) {
        pp_buf_printf(body,
                      "<details class=\"rows\"><summary>All %d warnings</summary>\n", n);
    }
    pp_buf_add(body, "<ul>\n");
    for (int i = 0; i < n; i++) {
        add_warning(body, pp_result_warning(result, i));
    }
    pp_buf_add(body, "</ul>\n");
    pp_buf_add(body, is_long ? "</details>\n" : "");
    pp_buf_add(body, "</aside>\n");
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
