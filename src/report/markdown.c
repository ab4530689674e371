/* GitHub-flavoured Markdown. */
#include "report/renderings.h"

#include <string.h>

static void add_escaped(pp_buf *out, const char *text) {
    for (; *text; text++) {
        if (strchr("\\`*_{}[]<>#|~$&", *text)) {
            pp_buf_add_char(out, '\\');
        }
        pp_buf_add_char(out, *text);
    }
}

static void add_cell(pp_buf *out, const char *text) {
    pp_buf_add_char(out, ' ');
    add_escaped(out, text);
    pp_buf_add(out, " |");
}

void pp__render_markdown(const pp__sheet *sheet, pp_buf *out) {
    const pp__cells *cells = &sheet->cells;
    if (sheet->title) {
        pp_buf_add(out, "**");
        add_escaped(out, sheet->title);
        pp_buf_add(out, "**\n\n");
    }
    pp_buf_add_char(out, '|');
    for (int j = 0; j < cells->columns; j++) {
        add_cell(out, cells->column[j].head);
    }
    pp_buf_add(out, "\n|");
    for (int j = 0; j < cells->columns; j++) {
        pp_buf_add(out, cells->column[j].numeric   ? " ---: |"
                        : cells->column[j].centred ? " :---: |"
                                                   : " :--- |");
    }
    pp_buf_add_char(out, '\n');
    for (int64_t i = 0; i < cells->rows; i++) {
        pp_buf_add_char(out, '|');
        for (int j = 0; j < cells->columns; j++) {
            add_cell(out, cells->column[j].cell[i]);
        }
        pp_buf_add_char(out, '\n');
    }
    if (sheet->note) {
        pp_buf_add_char(out, '\n');
        add_escaped(out, sheet->note);
        pp_buf_add_char(out, '\n');
    }
}

void pp__list_markdown(const char *const *line, int n, pp_buf *out) {
    pp_buf_add(out, "**Warnings**\n\n");
    for (int i = 0; i < n; i++) {
        pp_buf_add(out, "- ");
        add_escaped(out, line[i]);
        pp_buf_add_char(out, '\n');
    }
}
