/* A brief as a document: out of its tables alone. */
#include "base/check.h"
#include "report/document.h"
#include "report/renderings.h"
#include "report/template.h"
#include "strategy/brief.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The rows of a place stand together. */
typedef struct part {
    const pp_table *table;
    int64_t first, end;
} part;

typedef struct render {
    const pp_table *briefs;
    part items, notes;
    int64_t row; /* of briefs */
    pp_buf *out;
    pp_error *err;
} render;

static const char *cell(const render *r, const char *column) {
    return pp__cell_text(r->briefs, column, r->row);
}

static int is_of(const pp_table *table, int64_t row, const char *column,
                 const char *word) {
    const char *text = pp__cell_text(table, column, row);
    return text && strcmp(text, word) == 0;
}

/* `count` says how many rows each place has; they follow each other as the places do. */
static part part_of(const render *r, const pp_table *table, const char *count) {
    part p = {.table = table};
    for (int64_t i = 0; i < r->row; i++) {
        p.first += (int64_t)pp__cell_number(r->briefs, count, i);
    }
    p.end = p.first + (int64_t)pp__cell_number(r->briefs, count, r->row);
    return p;
}

static pp_status find(render *r, const pp_result *briefs, const char *place) {
    r->briefs = pp_result_find(briefs, "briefs");
    int64_t n = r->briefs ? pp_table_rows(r->briefs) : 0;
    while (r->row < n && !is_of(r->briefs, r->row, "place_id", place)) {
        r->row++;
    }
    if (r->row == n) {
        PP_FAIL(r->err, PP_E_NOT_FOUND, "there is no brief of '%s'", place);
    }
    r->items = part_of(r, pp_result_find(briefs, "brief"), "items");
    r->notes = part_of(r, pp_result_find(briefs, "brief_notes"), "notes");
    return PP_OK;
}

/* "Nairobi, Kenya" */
static void add_title(const render *r, pp_buf *out) {
    const char *country = cell(r, "country_name");
    pp_buf_add(out, cell(r, "name"));
    if (country && !is_of(r->briefs, r->row, "kind", "country")) {
        pp_buf_printf(out, ", %s", country);
    }
}

static int level_of(const render *r, int64_t row) {
    double level = pp__cell_number(r->items.table, "level", row);
    return isnan(level) ? 0 : (int)level;
}

/* The next row of this section; -1 after the last. */
static int64_t next_item(const render *r, const char *section, int64_t from) {
    for (int64_t i = from; i < r->items.end; i++) {
        if (is_of(r->items.table, i, "section", section)) {
            return i;
        }
    }
    return -1;
}

/* ---- Markdown ---- */

static void add_mark(pp_buf *out, const char *number, int length, int html) {
    static const char mark_end[] = "</sup>";
    const int64_t end = (int64_t)sizeof mark_end - 1;
    if (html) {
        int follows = out->length >= end &&
                      memcmp(out->data + out->length - end, mark_end, (size_t)end) == 0;
        pp_buf_add(out, follows ? "<sup>,</sup>" : "");
        pp_buf_printf(out, "<sup><a href=\"#n%.*s\">%.*s</a></sup>", length, number,
                      length, number);
    } else {
        pp_buf_printf(out, " \\[%.*s\\]", length, number);
    }
}

/* Adds the text, and marks in place of the [^3] in it. */
static void add_marked(pp_buf *out, const char *text, int64_t length, int html) {
    for (const char *at = text, *end = text + length; at < end;) {
        int digits = at[0] == '[' && at[1] == '^' ? (int)strspn(at + 2, "0123456789") : 0;
        if (digits > 0 && at[2 + digits] == ']') {
            add_mark(out, at + 2, digits, html);
            at += digits + 3;
        } else {
            pp_buf_add_char(out, *at++);
        }
    }
}

/* Those that the text does not mark itself. */
static void add_marks(pp_buf *out, const char *text, const char *notes, int html) {
    for (const char *at = notes ? notes : ""; *at;) {
        int length = (int)strcspn(at, " ");
        char inside[32];
        snprintf(inside, sizeof inside, "[^%.*s]", length, at);
        if (!strstr(text, inside)) {
            add_mark(out, at, length, html);
        }
        at += length + (at[length] == ' ');
    }
}

static void add_section_markdown(render *r, pp__section_id section) {
    const char *name = pp__section_names[section];
    int64_t row = next_item(r, name, r->items.first);
    if (row < 0) {
        return;
    }
    pp_buf_printf(r->out, "\n## %s\n", pp__section_titles[section]);
    for (int before = 0; row >= 0; row = next_item(r, name, row + 1)) {
        int level = level_of(r, row);
        pp_buf_add(r->out, before && level ? "" : "\n");
        const char *text = pp__cell_text(r->items.table, "text", row);
        pp_buf_printf(r->out, "%*s%s", level > 1 ? 2 * (level - 1) : 0, "",
                      level ? "- " : "");
        add_marked(r->out, text, (int64_t)strlen(text), 0);
        add_marks(r->out, text, pp__cell_text(r->items.table, "notes", row), 0);
        pp_buf_add_char(r->out, '\n');
        before = level;
    }
}

/* Only addresses of the web become links. */
static int is_web(const char *url) {
    return strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0;
}

static void add_notes_markdown(render *r) {
    pp_buf_add(r->out, "\n## Notes\n\n");
    for (int64_t i = r->notes.first; i < r->notes.end; i++) {
        const char *url = pp__cell_text(r->notes.table, "url", i);
        int is_link = url && is_web(url) && !strpbrk(url, " <>");
        pp_buf_printf(r->out, "%.0f. ", pp__cell_number(r->notes.table, "note", i));
        pp__add_markdown(r->out, pp__cell_text(r->notes.table, "text", i));
        if (is_link) {
            pp_buf_printf(r->out, " <%s>", url);
        } else if (url) {
            pp_buf_add_char(r->out, ' ');
            pp__add_markdown(r->out, url);
        }
        pp_buf_add_char(r->out, '\n');
    }
}

static void add_markdown(render *r) {
    pp_buf_add(r->out, "# Brief: ");
    add_title(r, r->out);
    pp_buf_add(r->out, "\n");
    if (cell(r, "study")) {
        pp_buf_add(r->out, "\n*");
        pp__add_markdown(r->out, cell(r, "study"));
        pp_buf_add(r->out, "*\n");
    }
    for (int s = 0; s < PP__SECTIONS; s++) {
        add_section_markdown(r, (pp__section_id)s);
    }
    add_notes_markdown(r);
}

/* ---- HTML ---- */

/* The paragraph of a sentence, its marks inside of it. */
static pp_status add_sentence(render *r, int64_t row, pp_buf *out) {
    pp_buf html;
    pp_buf_init(&html);
    const char *text = pp__cell_text(r->items.table, "text", row);
    pp_status status = pp__prose(text, &html, r->err);
    if (status == PP_OK) {
        const char *end = html.data ? strstr(html.data, "</p>") : NULL;
        add_marked(out, html.data, end ? end - html.data : html.length, 1);
        add_marks(out, text, pp__cell_text(r->items.table, "notes", row), 1);
        pp_buf_add(out, end ? "</p>" : "");
    }
    pp_buf_clear(&html);
    return status;
}

static pp_status add_section_html(render *r, pp__section_id section, pp_buf *out) {
    const char *name = pp__section_names[section];
    int64_t row = next_item(r, name, r->items.first);
    int open = 0;
    if (row < 0) {
        return PP_OK;
    }
    pp_buf_printf(out, "<section class=\"%s\">\n<h2>%s</h2>\n", name,
                  pp__section_titles[section]);
    for (; row >= 0; row = next_item(r, name, row + 1)) {
        int level = level_of(r, row);
        pp_buf_add(out, level && !open ? "<ul>\n" : !level && open ? "</ul>\n" : "");
        open = level > 0;
        pp_buf_add(out, level ? "<li>" : "");
        PP_TRY(add_sentence(r, row, out));
        pp_buf_add(out, level ? "</li>\n" : "\n");
    }
    pp_buf_add(out, open ? "</ul>\n</section>\n" : "</section>\n");
    return PP_OK;
}

static void add_notes_html(render *r, pp_buf *out) {
    for (int64_t i = r->notes.first; i < r->notes.end; i++) {
        const char *url = pp__cell_text(r->notes.table, "url", i);
        pp_buf_printf(out, "<li id=\"n%.0f\">",
                      pp__cell_number(r->notes.table, "note", i));
        pp__add_html(out, pp__cell_text(r->notes.table, "text", i));
        if (url) {
            pp_buf_add(out, is_web(url) ? " <a rel=\"noreferrer\" href=\"" : " ");
            pp__add_html(out, url);
            pp_buf_add(out, is_web(url) ? "\">" : "");
            pp__add_html(out, is_web(url) ? url : "");
            pp_buf_add(out, is_web(url) ? "</a>" : "");
        }
        pp_buf_add(out, "</li>\n");
    }
}

static pp_status add_html(render *r, const char *data_folder) {
    pp_buf frame, styles, plain, title, study, body, notes;
    pp_buf *const all[] = {&frame, &styles, &plain, &title, &study, &body, &notes};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        pp_buf_init(all[i]);
    }
    add_title(r, &plain);
    pp__add_html(&title, plain.data ? plain.data : "");
    if (cell(r, "study")) {
        pp_buf_add(&study, "<p class=\"study\">");
        pp__add_html(&study, cell(r, "study"));
        pp_buf_add(&study, "</p>\n");
    }
    pp_status status = pp__web_file(data_folder, "brief.html", &frame, r->err);
    if (status == PP_OK) {
        status = pp__web_file(data_folder, "brief.css", &styles, r->err);
    }
    for (int s = 0; status == PP_OK && s < PP__SECTIONS; s++) {
        status = add_section_html(r, (pp__section_id)s, &body);
    }
    add_notes_html(r, &notes);
    for (size_t i = 0; status == PP_OK && i < sizeof all / sizeof all[0]; i++) {
        status = pp_buf_check(all[i], r->err);
    }
    if (status == PP_OK) {
        const pp__part parts[] = {{"title", title.data},
                                  {"study", study.data ? study.data : ""},
                                  {"styles", styles.data},
                                  {"body", body.data},
                                  {"notes", notes.data}};
        pp__parts_fill(frame.data, parts, sizeof parts / sizeof *parts, r->out);
    }
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        pp_buf_clear(all[i]);
    }
    return status;
}

pp_status pp_brief_render(const pp_result *briefs, const char *place_id,
                          pp_brief_format format, const char *data_folder, pp_buf *out,
                          pp_error *err) {
    render r = {.out = out, .err = err};
    PP_TRY(find(&r, briefs, place_id));
    if (format == PP_BRIEF_HTML) {
        PP_TRY(add_html(&r, data_folder));
    } else {
        add_markdown(&r);
    }
    return pp_buf_check(out, err);
}
