/* What to code next: the first twenty of the list as bars. */
#include "report/figure.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

enum { MOST = 20, NUMBERS = 3 };

static const char *const texts[] = {"label", "field", "reason", "question"};
static const char *const numbers[NUMBERS] = {"per_hour", "low", "high"};

static const char *text_of(const pp_table *table, const char *name, int64_t row) {
    const pp_column *column = pp_table_find(table, name);
    const char *text =
        column && column->type != PP_NUMBER ? pp_column_get_text(column, row) : NULL;
    return text ? text : "";
}

static pp_status open_rows(pp__draft *draft, pp_error *err) {
    PP_TRY(pp_table_new(&draft->rows, err));
    for (int k = 0; k < 4; k++) {
        PP_TRY(pp_table_add(draft->rows, PP_TEXT, texts[k], NULL, err));
    }
    for (int k = 0; k < NUMBERS; k++) {
        PP_TRY(pp_table_add(draft->rows, PP_NUMBER, numbers[k], NULL, err));
    }
    return PP_OK;
}

static const char *label_of(pp__draft *draft, const pp_table *table, int64_t row) {
    const char *name = text_of(table, "name", row);
    return pp_arena_printf(&draft->arena, "%s: %s",
                           *name ? name : text_of(table, "unit", row),
                           text_of(table, "field", row));
}

static pp_status add_row(pp__draft *draft, const pp_table *table, int64_t row,
                         pp_error *err) {
    double each[3];
    int64_t at;
    const char *const sources[] = {"per_hour", "simulation_error", "hours"};
    for (int k = 0; k < 3; k++) {
        pp_column *column;
        PP_TRY(pp_table_require(table, sources[k], &column, err));
        each[k] = column->number[row];
    }
    double error = 1.96 * each[1] / each[2];
    const double value[NUMBERS] = {each[0], fmax(0, each[0] - error), each[0] + error};
    const char *label = label_of(draft, table, row);
    PP_NEED(label, err);
    const char *const words[] = {label, text_of(table, "field", row),
                                 text_of(table, "reason", row),
                                 text_of(table, "question", row)};
    PP_TRY(pp_table_append(draft->rows, &at, err));
    for (int k = 0; k < 4; k++) {
        PP_TRY(pp_column_set_text(draft->rows, pp_table_find(draft->rows, texts[k]), at,
                                  words[k], err));
    }
    for (int k = 0; k < NUMBERS; k++) {
        pp_table_find(draft->rows, numbers[k])->number[at] = value[k];
    }
    if (row < 5) {
        pp_buf_printf(&draft->alt, "%s %s %.1f%%", row ? ";" : "", label, 100 * value[0]);
    }
    return PP_OK;
}

static pp_status make_next(pp__draft *draft, const pp_table *table, pp_error *err) {
    int64_t n = pp_table_rows(table) < MOST ? pp_table_rows(table) : MOST;
    PP_TRY(open_rows(draft, err));
    pp_buf_printf(&draft->alt,
                  "Bars of the %lld places whose coding is expected to narrow the "
                  "intervals most for an hour; first",
                  (long long)n);
    for (int64_t row = 0; row < n; row++) {
        PP_TRY(add_row(draft, table, row, err));
    }
    pp_buf_add(&draft->alt, ".");
    const char *labels = pp__json_list(&draft->arena, draft->rows, "label");
    PP_NEED(labels, err);
    PP_TRY(pp_table_copy(table, &draft->twin, err));
    draft->title = "What to code next";
    draft->note = "Mean narrowing of the findings' intervals, by what coding the place "
                  "may reveal; lines: what the simulation leaves open. Precision alone, "
                  "not truth.";
    pp__slot_json(draft, "labels", labels);
    pp__slot_text(draft, "axis",
                  draft->options->axis ? draft->options->axis
                                       : "Narrower intervals, for an hour of coding");
    return PP_OK;
}

pp_status pp_figure_next(const pp_table *next, const pp_figure_options *options,
                         pp_figure **out, pp_error *err) {
    return pp__figure_make(make_next, "next", next, options, out, err);
}
