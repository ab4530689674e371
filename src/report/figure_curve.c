/* The specification curve: effects by size with their intervals, and below them the dashboard of
   choices. Of many specifications some are drawn, at equal distances. */
#include "report/figure.h"

#include "base/check.h"
#include "report/lines.h"
#include "report/renderings.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_DRAWN = 360, WIDTH = 900, LABEL = 250, LETTER = 7 };

static const char *const DIMENSION[][2] = {
    {"rule", "Adoption rule"},  {"sample", "Sample"},    {"outcome", "Outcome"},
    {"model", "Model"},         {"focus", "Measure"},    {"lag", "Lag"},
    {"set", "Set of controls"}, {"covariance", "Errors"}};
enum { DIMENSIONS = sizeof DIMENSION / sizeof *DIMENSION };

typedef struct picture {
    pp__draft *draft;
    const pp_table *from;
    const pp_column *rank, *estimate, *low, *high;
    int64_t n, *row; /* with an estimate, by rank */
    double step;     /* ranks between those that are drawn */
    int64_t drawn;
    int lists, longest;      /* dimensions so far; letters of the longest label */
    pp_buf labels, headings; /* JSON lists */
    pp_error *err;
} picture;

static void add_to_list(pp_buf *list, const char *text) {
    pp_buf_add(list, list->length > 1 ? "," : "");
    pp__add_json_string(list, text);
}

/* ---- which rows ---- */

static pp_status sort_rows(picture *p) {
    int64_t rows = pp_table_rows(p->from);
    p->row = pp_arena_zalloc(&p->draft->arena, rows, sizeof *p->row);
    PP_NEED(p->row, p->err);
    for (int64_t i = 0; i < rows; i++) {
        double rank = p->rank->number[i];
        if (rank >= 1 && rank <= (double)rows) {
            p->row[(int64_t)rank - 1] = i;
            p->n += 1;
        }
    }
    p->drawn = p->n < MOST_DRAWN ? p->n : MOST_DRAWN;
    p->step = p->drawn > 0 ? (double)p->n / (double)p->drawn : 1;
    return PP_OK;
}

/* The place by rank of the i-th that is drawn: the ends are among them. */
static int64_t place_of(const picture *p, int64_t i) {
    return p->drawn < 2 ? 0 : (i * (p->n - 1) + (p->drawn - 1) / 2) / (p->drawn - 1);
}

static const char *finding_of(const picture *p, int64_t row) {
    return p->low->number[row] > 0    ? "interval above zero"
           : p->high->number[row] < 0 ? "interval below zero"
                                      : "interval holds zero";
}

/* ---- rows of the picture ---- */

static pp_status set_text(const picture *p, const char *column, int64_t row,
                          const char *text) {
    pp_table *rows = p->draft->rows;
    return pp_column_set_text(rows, pp_table_find(rows, column), row, text, p->err);
}

static void set_number(const picture *p, const char *column, int64_t row, double value) {
    pp_table_find(p->draft->rows, column)->number[row] = value;
}

static pp_status open_rows(const picture *p) {
    static const char *const texts[] = {"label", "finding", "interval", "words"};
    static const char *const numbers[] = {"rank",      "estimate", "conf_low",
                                          "conf_high", "left",     "right"};
    PP_TRY(pp_table_new(&p->draft->rows, p->err));
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
        PP_TRY(pp_table_add(p->draft->rows, PP_TEXT, texts[k], NULL, p->err));
    }
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        PP_TRY(pp_table_add(p->draft->rows, PP_NUMBER, numbers[k], NULL, p->err));
    }
    return PP_OK;
}

static pp_status add_effects(const picture *p) {
    const pp_column *formula = pp_table_find(p->from, "formula"),
                    *model = pp_table_find(p->from, "model");
    for (int64_t i = 0; i < p->drawn; i++) {
        int64_t from = p->row[place_of(p, i)], at;
        char low[32], high[32];
        pp_format_significant(p->low->number[from], 2, low);
        pp_format_significant(p->high->number[from], 2, high);
        const char *interval = pp_arena_printf(&p->draft->arena, "%s to %s", low, high);
        const char *words = pp_arena_printf(
            &p->draft->arena, "%s (%s)", formula ? pp_column_get_text(formula, from) : "",
            model ? pp_column_get_text(model, from) : "");
        PP_NEED(interval, p->err);
        PP_NEED(words, p->err);
        PP_TRY(pp_table_append(p->draft->rows, &at, p->err));
        set_number(p, "rank", at, p->rank->number[from]);
        set_number(p, "estimate", at, p->estimate->number[from]);
        set_number(p, "conf_low", at, p->low->number[from]);
        set_number(p, "conf_high", at, p->high->number[from]);
        PP_TRY(set_text(p, "finding", at, finding_of(p, from)));
        PP_TRY(set_text(p, "interval", at, interval));
        PP_TRY(set_text(p, "words", at, words));
    }
    return PP_OK;
}

/* A line of the dashboard: a bar wherever `choice` was taken. */
static pp_status add_line(picture *p, const pp_column *column, int32_t choice,
                          const char *name) {
    const char *label = name;
    for (int i = 0; label && i < p->lists; i++) { /* told apart between dimensions */
        label = pp_arena_printf(&p->draft->arena, "%s\xe2\x80\x8b", label);
    }
    PP_NEED(label, p->err);
    add_to_list(&p->labels, label);
    int width = pp__text_width(name, strlen(name));
    p->longest = width > p->longest ? width : p->longest;
    for (int64_t i = 0; i < p->drawn; i++) {
        int64_t from = p->row[place_of(p, i)], at;
        int taken = column->type == PP_NUMBER ? column->number[from] == 1
                                              : column->code[from] == choice;
        if (!taken) {
            continue;
        }
        double rank = p->rank->number[from];
        PP_TRY(pp_table_append(p->draft->rows, &at, p->err));
        set_number(p, "left", at, fmax(rank - 0.46 * p->step, 0.5));
        set_number(p, "right", at, fmin(rank + 0.46 * p->step, (double)p->n + 0.5));
        PP_TRY(set_text(p, "label", at, label));
        PP_TRY(set_text(p, "finding", at, finding_of(p, from)));
    }
    return PP_OK;
}

static void add_heading(picture *p, const char *heading) {
    p->lists++;
    add_to_list(&p->labels, heading);
    add_to_list(&p->headings, heading);
}

static pp_status add_dashboard(picture *p) {
    for (int d = 0; d < DIMENSIONS; d++) {
        const pp_column *column = pp_table_find(p->from, DIMENSION[d][0]);
        if (!column || column->type != PP_CATEGORY || column->n_levels < 2) {
            continue;
        }
        add_heading(p, DIMENSION[d][1]);
        for (int32_t l = 0; l < column->n_levels; l++) {
            PP_TRY(add_line(p, column, l, column->levels[l]));
        }
    }
    int any = 0;
    for (int c = 0; c < pp_table_columns(p->from); c++) {
        const pp_column *column = pp_table_column(p->from, c);
        if (column->type == PP_NUMBER && strncmp(column->name, "with ", 5) == 0) {
            if (!any++) {
                add_heading(p, "Controls");
            }
            PP_TRY(add_line(p, column, 1, column->name + 5));
        }
    }
    pp_buf_add_char(&p->labels, ']');
    pp_buf_add_char(&p->headings, ']');
    PP_TRY(pp_buf_check(&p->headings, p->err));
    return pp_buf_check(&p->labels, p->err);
}

/* ---- words ---- */

/* 10,240 */
static void write_count(int64_t n, char out[48]) {
    if (n < 1000) {
        snprintf(out, 48, "%lld", (long long)n);
    } else if (n < 1000000) {
        snprintf(out, 48, "%lld,%03lld", (long long)n / 1000, (long long)n % 1000);
    } else {
        snprintf(out, 48, "%lld,%03lld,%03lld", (long long)n / 1000000,
                 (long long)n / 1000 % 1000, (long long)n % 1000);
    }
}

/* The subtitle in two lines, as a JSON array. */
static pp_status put_lines(picture *p, const char *first, const char *second) {
    pp_buf json;
    pp_buf_init(&json);
    pp_buf_add_char(&json, '[');
    pp__add_json_string(&json, first);
    pp_buf_add_char(&json, ',');
    pp__add_json_string(&json, second);
    pp_buf_add_char(&json, ']');
    const char *lines =
        json.failed ? NULL : pp_arena_strndup(&p->draft->arena, json.data, json.length);
    pp_buf_clear(&json);
    PP_NEED(lines, p->err);
    pp__slot_json(p->draft, "lines", lines);
    return PP_OK;
}

static pp_status put_words(picture *p) {
    double up = 0, sure_up = 0, down = 0, sure_down = 0, n = (double)p->n;
    char median[32], number[48];
    for (int64_t i = 0; i < p->n; i++) {
        int64_t row = p->row[i];
        up += p->estimate->number[row] > 0;
        down += p->estimate->number[row] < 0;
        sure_up += p->low->number[row] > 0;
        sure_down += p->high->number[row] < 0;
    }
    double middle = p->n ? (p->estimate->number[p->row[(p->n - 1) / 2]] +
                            p->estimate->number[p->row[p->n / 2]]) /
                               2
                         : NAN;
    pp_format_significant(middle, 2, median);
    write_count(p->n, number);
    const char *first = pp_arena_printf(&p->draft->arena,
                                        "Of %s specifications %.0f%% have a positive "
                                        "effect, %.0f%% with an interval above "
                                        "zero;",
                                        number, 100 * up / n, 100 * sure_up / n);
    const char *second = pp_arena_printf(
        &p->draft->arena,
        "%.0f%% a negative one, %.0f%% with an interval below. Median: %s.",
        100 * down / n, 100 * sure_down / n, median);
    PP_NEED(first, p->err);
    PP_NEED(second, p->err);
    PP_TRY(put_lines(p, first, second));
    pp_buf_add(&p->draft->alt,
               "Effects of all specifications by size, and the choices that "
               "each of them made. ");
    pp_buf_printf(&p->draft->alt, "%s %s", first, second);
    p->draft->title = "Does the answer hang on how it is asked?";
    p->draft->note =
        p->drawn < p->n
            ? "Each place from left to right is a specification; below it stand its "
              "choices. Points are effects, lines their intervals. Of this many "
              "specifications those at equal distances are drawn; all are in the table "
              "of the analysis."
            : "Each place from left to right is a specification; below it stand its "
              "choices. Points are effects, lines their intervals.";
    return PP_OK;
}

static void put_sizes(picture *p) {
    double room = p->longest * LETTER + 24 < LABEL ? p->longest * LETTER + 24 : LABEL;
    room = room < 70 ? 70 : room;
    double pixels = (WIDTH - room) / (double)(p->drawn > 0 ? p->drawn : 1);
    pp__slot_number(p->draft, "room", room);
    pp__slot_number(p->draft, "width", WIDTH - room);
    pp__slot_number(p->draft, "end", (double)p->n + 0.5);
    pp__slot_number(p->draft, "stroke", fmin(fmax(pixels * 0.5, 1), 4));
    pp__slot_number(p->draft, "size", fmin(fmax(pixels * pixels, 6), 50));
    pp__slot_text(p->draft, "below",
                  p->drawn < p->n ? "specifications by effect (at equal distances)"
                                  : "specifications by effect");
    const char *axis =
        p->draft->options->axis ? p->draft->options->axis : p->estimate->label;
    pp__slot_text(p->draft, "axis", axis ? axis : "effect");
}

/* The twin: what is drawn, with its choices. */
static pp_status put_twin(const picture *p) {
    int64_t *rows = pp_arena_alloc(&p->draft->arena, p->drawn, sizeof *rows);
    PP_NEED(rows, p->err);
    for (int64_t i = 0; i < p->drawn; i++) {
        rows[i] = p->row[place_of(p, i)];
    }
    PP_TRY(pp_table_take_rows(p->from, rows, p->drawn, &p->draft->twin, p->err));
    return pp_table_find(p->draft->twin, "formula")
               ? pp_table_drop(p->draft->twin, "formula", p->err)
               : PP_OK;
}

static pp_status find_columns(picture *p) {
    const struct {
        const char *name;
        const pp_column **to;
    } columns[] = {{"rank", &p->rank},
                   {"estimate", &p->estimate},
                   {"conf_low", &p->low},
                   {"conf_high", &p->high}};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        pp_column *column;
        PP_TRY(pp_table_require(p->from, columns[i].name, &column, p->err));
        *columns[i].to = column;
    }
    return PP_OK;
}

static pp_status draw(picture *p) {
    PP_TRY(find_columns(p));
    PP_TRY(sort_rows(p));
    PP_TRY(open_rows(p));
    PP_TRY(add_effects(p));
    PP_TRY(add_dashboard(p));
    PP_TRY(put_words(p));
    PP_TRY(put_twin(p));
    put_sizes(p);
    return PP_OK;
}

static pp_status make_curve(pp__draft *draft, const pp_table *table, pp_error *err) {
    picture p = {.draft = draft, .from = table, .err = err};
    pp_buf_init(&p.labels);
    pp_buf_init(&p.headings);
    pp_buf_add_char(&p.labels, '[');
    pp_buf_add_char(&p.headings, '[');
    pp_status status = draw(&p);
    const char *labels = NULL, *headings = NULL;
    if (status == PP_OK) { /* the draft outlives the lists */
        labels = pp_arena_strdup(&draft->arena, p.labels.data);
        headings = pp_arena_strdup(&draft->arena, p.headings.data);
        status =
            labels && headings ? PP_OK : pp_error_set(err, PP_E_MEMORY, "out of memory");
    }
    if (status == PP_OK) {
        pp__slot_json(draft, "labels", labels);
        pp__slot_json(draft, "headings", headings);
    }
    pp_buf_clear(&p.labels);
    pp_buf_clear(&p.headings);
    return status;
}

pp_status pp_figure_curve(const pp_table *curve, const pp_figure_options *options,
                          pp_figure **out, pp_error *err) {
    return pp__figure_make(make_curve, "curve", curve, options, out, err);
}
