/* Fragments of HTML: the classes are styled by web/report.css, and where a result stands
   alone by these few lines. */
#include "report/renderings.h"

#include <string.h>

void pp__add_html(pp_buf *out, const char *text) {
    pp__add_html_bytes(out, text, (int64_t)strlen(text));
}

void pp__add_html_bytes(pp_buf *out, const char *text, int64_t length) {
    for (const char *end = text + length; text < end; text++) {
        switch (*text) {
        case '&':
            pp_buf_add(out, "&amp;");
            break;
        case '<':
            pp_buf_add(out, "&lt;");
            break;
        case '>':
            pp_buf_add(out, "&gt;");
            break;
        case '"':
            pp_buf_add(out, "&quot;");
            break;
        case '\'':
            pp_buf_add(out, "&#39;");
            break;
        default:
            pp_buf_add_char(out, *text);
        }
    }
}

/* 1 for "-5.2 [-10.0, -0.3]": words that are nothing but numbers. */
static int is_numbers(const char *text) {
    return strpbrk(text, "0123456789") &&
           text[strspn(text, "0123456789-+.,% []")] == '\0';
}

enum { LONG_TEXT = 90 }; /* bytes: a sentence, which needs room */

static const char *class_of(const pp__cell_column *column, const char *text) {
    return column->numeric            ? " class=\"n\""
           : column->centred          ? " class=\"c\""
           : strlen(text) > LONG_TEXT ? " class=\"l\""
                                      : "";
}

/* Numbers as they are set: with a true minus, and no break inside brackets. */
static void add_numbers(const char *text, pp_buf *out) {
    char before = ' ';
    int inside = 0;
    for (; *text; before = *text++) {
        inside = *text == '[' || (inside && *text != ']');
        if (*text == '-' && (before == ' ' || before == '[')) {
            pp_buf_add(out, PP__MINUS);
        } else if (*text == ' ' && inside) {
            pp_buf_add(out, "\xc2\xa0");
        } else {
            pp__add_html(out, (char[2]){*text});
        }
    }
}

static void add_cell(const pp__cell_column *column, int64_t row, int is_first,
                     pp_buf *out) {
    const char *text = column->cell[row];
    const char *tag = is_first && !column->numeric ? "th" : "td";
    pp_buf_printf(out, "<%s%s%s>", tag,
                  *tag == 't' && tag[1] == 'h' ? " scope=\"row\"" : "",
                  class_of(column, text));
    if (column->numeric || column->centred || is_numbers(text)) {
        add_numbers(text, out);
    } else {
        pp__add_html(out, text);
    }
    pp_buf_printf(out, "</%s>", tag);
}

static void add_head(const pp__cells *cells, pp_buf *out) {
    pp_buf_add(out, "<thead>\n<tr>");
    for (int j = 0; j < cells->columns; j++) {
        pp_buf_printf(out, "<th scope=\"col\"%s>", class_of(&cells->column[j], ""));
        pp__add_html(out, cells->column[j].head);
        pp_buf_add(out, "</th>");
    }
    pp_buf_add(out, "</tr>\n</thead>\n");
}

void pp__style_html(pp_buf *out) {
    pp_buf_add(
        out, "<style>\n"
             ".pp-table { border-collapse: collapse; margin: 1.5em 0 0; font: 15px/1.45 "
             "system-ui, sans-serif; font-variant-numeric: tabular-nums; }\n"
             ".pp-table caption { text-align: left; font-weight: 600; padding-bottom: "
             "0.5em; }\n"
             ".pp-table th, .pp-table td { text-align: left; font-weight: 400; padding: "
             "0.15em 0.9em 0.15em 0; }\n"
             ".pp-table .n { text-align: right; }\n"
             ".pp-table .c { text-align: center; }\n"
             ".pp-table thead th { font-weight: 600; border-top: 2px solid; "
             "border-bottom: 1px solid; }\n"
             ".pp-table .rule > * { border-top: 1px solid; }\n"
             ".pp-table tbody tr:last-child > * { border-bottom: 2px solid; }\n"
             ".pp-note, .pp-warnings { font: 13px/1.45 system-ui, sans-serif; max-width: "
             "60em; }\n"
             "</style>\n");
}

void pp__render_html(const pp__sheet *sheet, pp_buf *out) {
    const pp__cells *cells = &sheet->cells;
    pp_buf_add(out, "<table class=\"pp-table\">\n");
    if (sheet->title) {
        pp_buf_add(out, "<caption>");
        pp__add_html(out, sheet->title);
        pp_buf_add(out, "</caption>\n");
    }
    add_head(cells, out);
    pp_buf_add(out, "<tbody>\n");
    for (int64_t i = 0; i < cells->rows; i++) {
        pp_buf_add(out, i > 0 && i == sheet->rule ? "<tr class=\"rule\">" : "<tr>");
        for (int j = 0; j < cells->columns; j++) {
            add_cell(&cells->column[j], i, j == 0, out);
        }
        pp_buf_add(out, "</tr>\n");
    }
    pp_buf_add(out, "</tbody>\n</table>\n");
    if (sheet->note) {
        pp_buf_add(out, "<p class=\"pp-note\">");
        pp__add_html(out, sheet->note);
        pp_buf_add(out, "</p>\n");
    }
}

void pp__list_html(const char *const *line, int n, pp_buf *out) {
    pp_buf_add(out, "<ul class=\"pp-warnings\">\n");
    for (int i = 0; i < n; i++) {
        pp_buf_add(out, "<li>");
        pp__add_html(out, line[i]);
        pp_buf_add(out, "</li>\n");
    }
    pp_buf_add(out, "</ul>\n");
}
