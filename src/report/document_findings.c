/* The findings at the head of a report. On a phone the rows become cards (web/report.css), so each
   cell names its column and its role. */
#include "report/document.h"

#include "base/check.h"
#include "report/renderings.h"

#include <ctype.h>
#include <string.h>

static const struct {
    const char *verdict, *sign;
} signs[] = {
    {"supported", "\xe2\x9c\x93"},    /* check mark */
    {"contradicted", "\xe2\x9c\x95"}, /* cross */
    {"negligible", "\xe2\x89\x88"},   /* about equal */
    {"undetermined", "?"},
};

static const pp__cell_column *find_cells(const pp__cells *cells, const char *name) {
    for (int j = 0; j < cells->columns; j++) {
        if (strcmp(cells->column[j].name, name) == 0) {
            return &cells->column[j];
        }
    }
    return NULL;
}

static void open_cell(pp_buf *body, const char *class, const char *label) {
    pp_buf_printf(body, "<td role=\"cell\" class=\"%s\" data-label=\"%s\">", class,
                  label);
}

static void add_number(pp_buf *body, const char *text) {
    if (*text == '-') {
        pp_buf_add(body, PP__MINUS);
        text++;
    }
    pp__add_html(body, text);
}

/* With a true minus before numbers. */
static void add_sentence(pp_buf *body, const char *text) {
    const char *from = text;
    for (const char *at = text; *at; at++) {
        if (*at == '-' && isdigit((unsigned char)at[1]) &&
            (at == text || strchr(" ([", at[-1]))) {
            pp__add_html_bytes(body, from, at - from);
            pp_buf_add(body, PP__MINUS);
            from = at + 1;
        }
    }
    pp__add_html(body, from);
}

static void add_interval(pp_buf *body, const pp__cell_column *low,
                         const pp__cell_column *high, int64_t row) {
    open_cell(body, "n", "95% interval");
    if (strcmp(low->cell[row], PP__MISSING) == 0 &&
        strcmp(high->cell[row], PP__MISSING) == 0) {
        pp_buf_add(body, PP__MISSING);
    } else {
        add_number(body, low->cell[row]);
        pp_buf_add(body, " to ");
        add_number(body, high->cell[row]);
    }
    pp_buf_add(body, "</td>");
}

static void add_verdict(pp_buf *body, const char *verdict) {
    const char *class = "other", *sign = "";
    for (size_t k = 0; k < sizeof signs / sizeof *signs; k++) {
        if (strcmp(verdict, signs[k].verdict) == 0) {
            class = signs[k].verdict;
            sign = signs[k].sign;
        }
    }
    open_cell(body, "verdict", "Verdict");
    pp_buf_printf(body, "<span class=\"badge %s\"><span aria-hidden=\"true\">%s</span> ",
                  class, sign);
    pp__add_html(body, verdict);
    pp_buf_add(body, "</span></td>");
}

typedef struct finding_columns {
    const pp__cell_column *question, *answer, *verdict, *estimate, *low, *high, *anchor;
} finding_columns;

static void add_head(pp_buf *body, const finding_columns *c) {
    pp_buf_add(body,
               "<table class=\"findings\" role=\"table\">\n<thead role=\"rowgroup\">\n"
               "<tr role=\"row\"><th role=\"columnheader\" scope=\"col\">Question</th>"
               "<th role=\"columnheader\" scope=\"col\">Answer</th>");
    if (c->estimate) {
        pp_buf_add(body, "<th role=\"columnheader\" scope=\"col\" class=\"n\">");
        pp__add_html(body, c->estimate->head);
        pp_buf_add(body, "</th>");
    }
    if (c->low && c->high) {
        pp_buf_add(
            body,
            "<th role=\"columnheader\" scope=\"col\" class=\"n\">95% interval</th>");
    }
    pp_buf_add(body,
               "<th role=\"columnheader\" scope=\"col\">Verdict</th></tr>\n</thead>\n"
               "<tbody role=\"rowgroup\">\n");
}

static void add_row(pp_buf *body, const finding_columns *c, int64_t row) {
    pp_buf_add(body, "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\">");
    int is_link = c->anchor && strcmp(c->anchor->cell[row], PP__MISSING) != 0;
    if (is_link) {
        pp_buf_add(body, "<a href=\"#");
        pp__add_html(body, c->anchor->cell[row]);
        pp_buf_add(body, "\">");
    }
    pp__add_html(body, c->question->cell[row]);
    pp_buf_add(body, is_link ? "</a></th>" : "</th>");
    open_cell(body, "answer", "Answer");
    add_sentence(body, c->answer->cell[row]);
    pp_buf_add(body, "</td>");
    if (c->estimate) {
        open_cell(body, "n", "Estimate");
        add_number(body, c->estimate->cell[row]);
        pp_buf_add(body, "</td>");
    }
    if (c->low && c->high) {
        add_interval(body, c->low, c->high, row);
    }
    add_verdict(body, c->verdict->cell[row]);
    pp_buf_add(body, "</tr>\n");
}

pp_status pp_document_findings(pp_document *document, const pp_table *findings,
                               const char *title, const char *note, pp_error *err) {
    static const char *const required[] = {"question", "answer", "verdict"};
    pp_buf *body = &document->body;
    pp__cells cells;
    pp_column *column;
    for (int k = 0; k < 3; k++) {
        PP_TRY(pp_table_require(findings, required[k], &column, err));
    }
    PP_TRY(pp__cells_init(&cells, findings, err));
    finding_columns c = {find_cells(&cells, "question"), find_cells(&cells, "answer"),
                         find_cells(&cells, "verdict"),  find_cells(&cells, "estimate"),
                         find_cells(&cells, "conf_low"), find_cells(&cells, "conf_high"),
                         find_cells(&cells, "anchor")};
    pp_buf_add(body, "<figure class=\"pp-block\">\n<figcaption><b>");
    pp__add_html(body, title);
    pp_buf_add(body, "</b></figcaption>\n");
    add_head(body, &c);
    for (int64_t i = 0; i < cells.rows; i++) {
        add_row(body, &c, i);
    }
    pp_buf_add(body, "</tbody>\n</table>\n");
    if (note) {
        pp_buf_add(body, "<p class=\"pp-note\">");
        pp__add_html(body, note);
        pp_buf_add(body, "</p>\n");
    }
    pp_buf_add(body, "</figure>\n");
    pp__cells_clear(&cells);
    return pp_buf_check(body, err);
}
