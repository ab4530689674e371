/* LaTeX with booktabs; compiles with the T1 and UTF-8 encodings that current LaTeX has.
 */
#include "report/renderings.h"

#include <string.h>

static const struct {
    const char *text, *latex;
} replaced[] = {
    {"\\", "\\textbackslash{}"},
    {"{", "\\{"},
    {"}", "\\}"},
    {"$", "\\$"},
    {"&", "\\&"},
    {"#", "\\#"},
    {"%", "\\%"},
    {"_", "\\_"},
    {"~", "\\textasciitilde{}"},
    {"^", "\\textasciicircum{}"},
    {"<", "\\textless{}"},
    {">", "\\textgreater{}"},
    {"|", "\\textbar{}"},
    {"\"", "\\textquotedbl{}"},
    {PP__GROUP, "\\,"},
    {PP__MISSING, "--"},
    {PP__MINUS, "$-$"},
    {"\xe2\x89\xa4", "$\\leq$"},
    {"\xe2\x89\xa5", "$\\geq$"},
    {"\xc3\x97", "$\\times$"},
    {"\xc2\xb1", "$\\pm$"},
    {"\xce\xb4", "$\\delta$"},
    {"\xc2\xb2", "$^2$"},
    {"\xe2\x9c\x93", "Yes"},
};

static size_t add_replaced(pp_buf *out, const char *text) {
    for (size_t k = 0; k < sizeof replaced / sizeof *replaced; k++) {
        size_t length = strlen(replaced[k].text);
        if (strncmp(text, replaced[k].text, length) == 0) {
            pp_buf_add(out, replaced[k].latex);
            return length;
        }
    }
    pp_buf_add_char(out, *text);
    return 1;
}

static void add_escaped(pp_buf *out, const char *text) {
    while (*text) {
        text += add_replaced(out, text);
    }
}

/* Figures in words: "-0.5**", "[-1.0, 0.3]". */
static void add_figures(pp_buf *out, const char *text) {
    for (char before = ' '; *text; before = text[-1]) {
        if (*text == '-' && strchr(" [(", before)) {
            pp_buf_add(out, "$-$");
            text++;
        } else {
            text += add_replaced(out, text);
        }
    }
}

static void add_row(const pp__cells *cells, int64_t row, pp_buf *out) {
    for (int j = 0; j < cells->columns; j++) {
        const pp__cell_column *column = &cells->column[j];
        const char *text = row < 0 ? column->head : column->cell[row];
        pp_buf_add(out, j > 0 ? " & " : "");
        if (row >= 0 && column->numeric && *text == '-') {
            pp_buf_add(out, "$-$");
            text++;
        } else if (*text == '[') {
            pp_buf_add(out, "{}"); /* after a line end it would read as an argument */
        }
        if (row >= 0 && column->centred) {
            add_figures(out, text);
        } else {
            add_escaped(out, text);
        }
    }
    pp_buf_add(out, " \\\\\n");
}

void pp__render_latex(const pp__sheet *sheet, pp_buf *out) {
    const pp__cells *cells = &sheet->cells;
    pp_buf_add(out, "\\begin{table}[htbp]\n\\centering\n");
    if (sheet->title) {
        pp_buf_add(out, "\\caption{");
        add_escaped(out, sheet->title);
        pp_buf_add(out, "}\n");
    }
    pp_buf_add(out, "\\begin{tabular}{");
    for (int j = 0; j < cells->columns; j++) {
        const pp__cell_column *column = &cells->column[j];
        pp_buf_add_char(out, column->numeric ? 'r' : column->centred ? 'c' : 'l');
    }
    pp_buf_add(out, "}\n\\toprule\n");
    add_row(cells, -1, out);
    pp_buf_add(out, "\\midrule\n");
    for (int64_t i = 0; i < cells->rows; i++) {
        pp_buf_add(out, i > 0 && i == sheet->rule ? "\\midrule\n" : "");
        add_row(cells, i, out);
    }
    pp_buf_add(out, "\\bottomrule\n\\end{tabular}\n");
    if (sheet->note) {
        pp_buf_add(out, "\\par\\smallskip\n{\\footnotesize ");
        add_escaped(out, sheet->note);
        pp_buf_add(out, "}\n");
    }
    pp_buf_add(out, "\\end{table}\n");
}

void pp__list_latex(const char *const *line, int n, pp_buf *out) {
    pp_buf_add(out, "\\begin{itemize}\n");
    for (int i = 0; i < n; i++) {
        pp_buf_add(out, "\\item ");
        add_escaped(out, line[i]);
        pp_buf_add_char(out, '\n');
    }
    pp_buf_add(out, "\\end{itemize}\n");
}
