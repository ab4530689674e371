/* Tables on a terminal. A table that is too wide first wraps its text columns, then is
   split into blocks that repeat the first column; a single wide row becomes a list. */
#include "report/lines.h"
#include "report/renderings.h"

#include "base/check.h"

#include <limits.h>
#include <string.h>

enum { GAP = 2, LEAST_TEXT = 20, LEAST_HEAD = 12, MOST_IN_ROW = 8 };

typedef struct layout {
    const pp__sheet *sheet;
    int limit;    /* columns of the terminal */
    int *natural; /* widths that need no wrapping of cells */
    int *width;   /* widths of the columns of the block at hand */
    int *block;   /* indices of its columns */
    int n;
    const char **rest; /* what is still to be written of each cell of a row */
    int *hold;         /* lines to leave empty before it */
} layout;

static int larger(int a, int b) {
    return a > b ? a : b;
}

static int text_columns(const char *text) {
    return pp__text_width(text, strlen(text));
}

static int natural_width(const pp__cell_column *column, int64_t rows) {
    int widest = 1;
    for (int64_t i = 0; i < rows; i++) {
        widest = larger(widest, text_columns(column->cell[i]));
    }
    int head = text_columns(column->head);
    head = head < LEAST_HEAD ? head : LEAST_HEAD;
    return larger(widest, larger(head, pp__longest_word(column->head)));
}

/* Takes width from the widest text columns of the block until it fits; 0 when it cannot.
 */
static int fit_block(layout *l) {
    int total = GAP * (l->n - 1);
    for (int k = 0; k < l->n; k++) {
        l->width[k] = l->natural[l->block[k]];
        l->width[k] = l->width[k] < l->limit ? l->width[k] : l->limit;
        total += l->width[k];
    }
    while (total > l->limit) {
        int widest = -1;
        for (int k = 0; k < l->n; k++) {
            const pp__cell_column *column = &l->sheet->cells.column[l->block[k]];
            int wraps = !column->numeric && !column->centred;
            if (wraps && l->width[k] > LEAST_TEXT &&
                (widest < 0 || l->width[k] > l->width[widest])) {
                widest = k;
            }
        }
        if (widest < 0) {
            return 0;
        }
        l->width[widest]--;
        total--;
    }
    return 1;
}

static void add_repeated(pp_buf *out, const char *text, int times) {
    for (int i = 0; i < times; i++) {
        pp_buf_add(out, text);
    }
}

static void add_rule(const layout *l, pp_buf *out) {
    int total = GAP * (l->n - 1);
    for (int k = 0; k < l->n; k++) {
        total += l->width[k];
    }
    add_repeated(out, "\xe2\x94\x80", total);
    pp_buf_add_char(out, '\n');
}

/* Writes one line of every cell in `rest` and moves on; 0 when nothing was left. */
static int add_line(const layout *l, pp_buf *out) {
    int64_t start = out->length;
    int any = 0, pending = 0;
    for (int k = 0; k < l->n; k++) {
        const char *text = l->hold[k] > 0 ? "" : l->rest[k];
        l->hold[k] -= l->hold[k] > 0;
        size_t bytes = *text ? pp__first_line(text, l->width[k], &l->rest[k]) : 0;
        int blank = l->width[k] - pp__text_width(text, bytes);
        const pp__cell_column *column = &l->sheet->cells.column[l->block[k]];
        int before = column->numeric ? blank : column->centred ? blank / 2 : 0;
        any |= *text != '\0';
        if (bytes > 0) {
            add_repeated(out, " ", pending + before);
            pp_buf_add_bytes(out, text, (int64_t)bytes);
            pending = GAP + blank - before;
        } else {
            pending += l->width[k] + GAP;
        }
    }
    if (any) {
        pp_buf_add_char(out, '\n');
    } else {
        out->length = start;
    }
    return any;
}

static int count_lines(const char *text, int width) {
    int lines = 0;
    for (; *text; lines++) {
        pp__first_line(text, width, &text);
    }
    return lines;
}

/* The names of the columns, all ending on the same line. */
static void add_head(const layout *l, pp_buf *out) {
    int most = 0;
    for (int k = 0; k < l->n; k++) {
        l->rest[k] = l->sheet->cells.column[l->block[k]].head;
        l->hold[k] = count_lines(l->rest[k], l->width[k]);
        most = larger(most, l->hold[k]);
    }
    for (int k = 0; k < l->n; k++) {
        l->hold[k] = most - l->hold[k];
    }
    while (add_line(l, out)) {
    }
}

static void add_block(const layout *l, pp_buf *out) {
    const pp__cells *cells = &l->sheet->cells;
    add_rule(l, out);
    add_head(l, out);
    add_rule(l, out);
    for (int64_t i = 0; i < cells->rows; i++) {
        int written = 0;
        if (i > 0 && i == l->sheet->rule) {
            add_rule(l, out);
        }
        for (int k = 0; k < l->n; k++) {
            l->rest[k] = cells->column[l->block[k]].cell[i];
        }
        while (add_line(l, out)) {
            written = 1;
        }
        if (!written) {
            pp_buf_add_char(out, '\n');
        }
    }
    if (cells->rows == 0) {
        pp_buf_add(out, "(no rows)\n");
    }
    add_rule(l, out);
}

/* A single row of many columns reads better as a list: one line a column, known values
 * only. */
static void add_record(const layout *l, pp_buf *out) {
    const pp__cells *cells = &l->sheet->cells;
    int widest = 0;
    for (int j = 0; j < cells->columns; j++) {
        widest = larger(widest, text_columns(cells->column[j].head));
    }
    for (int j = 0; j < cells->columns; j++) {
        const pp__cell_column *column = &cells->column[j];
        if (strcmp(column->cell[0], PP__MISSING) != 0) {
            pp_buf lead;
            pp_buf_init(&lead);
            pp_buf_printf(&lead, "  %s", column->head);
            add_repeated(&lead, " ", widest - text_columns(column->head) + GAP);
            if (pp_buf_check(&lead, NULL) == PP_OK) {
                pp__add_wrapped(out, lead.data, column->cell[0], l->limit);
            }
            out->failed |= lead.failed;
            pp_buf_clear(&lead);
        }
    }
}

/* Splits the columns into as few blocks as fit and writes them. */
static void add_blocks(layout *l, pp_buf *out) {
    int columns = l->sheet->cells.columns, at = 0;
    while (at < columns) {
        l->n = 0;
        if (at > 0) {
            l->block[l->n++] = 0;
            pp_buf_add_char(out, '\n');
        }
        l->block[l->n++] = at++;
        if (!fit_block(l) && l->n > 1) {
            l->block[0] =
                l->block[1]; /* no room for the repeated column beside this one */
            l->n = 1;
        }
        while (at < columns) {
            l->block[l->n++] = at;
            if (!fit_block(l)) {
                l->n--;
                break;
            }
            at++;
        }
        fit_block(l);
        add_block(l, out);
    }
}

pp_status pp__render_text(const pp__sheet *sheet, int width, pp_buf *out, pp_error *err) {
    pp_arena scratch;
    pp_arena_init(&scratch);
    int columns = sheet->cells.columns;
    layout l = {.sheet = sheet, .limit = width > 0 ? width : INT_MAX};
    l.natural = pp_arena_alloc(&scratch, columns, sizeof *l.natural);
    l.width = pp_arena_alloc(&scratch, columns + 1, sizeof *l.width);
    l.block = pp_arena_alloc(&scratch, columns + 1, sizeof *l.block);
    l.rest = pp_arena_alloc(&scratch, columns + 1, sizeof *l.rest);
    l.hold = pp_arena_zalloc(&scratch, columns + 1, sizeof *l.hold);
    if (!l.natural || !l.width || !l.block || !l.rest || !l.hold) {
        pp_arena_clear(&scratch);
        PP_FAIL(err, PP_E_MEMORY, "out of memory");
    }
    for (int j = 0; j < columns; j++) {
        l.natural[j] = natural_width(&sheet->cells.column[j], sheet->cells.rows);
    }
    if (sheet->title) {
        pp__add_wrapped(out, "", sheet->title, l.limit);
    }
    if (sheet->cells.rows == 1 && columns > MOST_IN_ROW) {
        add_record(&l, out);
    } else {
        add_blocks(&l, out);
    }
    if (sheet->note) {
        pp__add_wrapped(out, "", sheet->note, l.limit);
    }
    pp_arena_clear(&scratch);
    return PP_OK;
}

void pp__list_text(const char *const *line, int n, int width, pp_buf *out) {
    pp_buf_add(out, n == 1 ? "Warning\n" : "Warnings\n");
    for (int i = 0; i < n; i++) {
        pp__add_wrapped(out, "  ! ", line[i], width > 0 ? width : INT_MAX);
    }
}
