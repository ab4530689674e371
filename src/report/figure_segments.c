/* How many places each segment has, with what uncertain facts leave. */
#include "report/figure.h"

#include "base/check.h"

#include <string.h>

enum { NUMBERS = 4 };

static const char *const numbers[NUMBERS] = {"expected", "places_low", "places_high",
                                             "open"};

static pp_status open_rows(pp__draft *draft, pp_error *err) {
    static const char *const texts[] = {"label", "because", "examples"};
    PP_TRY(pp_table_new(&draft->rows, err));
    for (int k = 0; k < 3; k++) {
        PP_TRY(pp_table_add(draft->rows, PP_TEXT, texts[k], NULL, err));
    }
    for (int k = 0; k < NUMBERS; k++) {
        PP_TRY(pp_table_add(draft->rows, PP_NUMBER, numbers[k], NULL, err));
    }
    return PP_OK;
}

static pp_status add_row(pp__draft *draft, const pp_table *table, int64_t row,
                         pp_error *err) {
    const char *title = pp_column_get_text(pp_table_find(table, "title"), row);
    const char *examples = pp_column_get_text(pp_table_find(table, "examples"), row);
    const char *label = pp__two_lines(&draft->arena, title ? title : "", 28);
    int64_t at;
    PP_NEED(label, err);
    PP_TRY(pp_table_append(draft->rows, &at, err));
    PP_TRY(pp_column_set_text(draft->rows, pp_table_find(draft->rows, "label"), at, label,
                              err));
    PP_TRY(pp_column_set_text(draft->rows, pp_table_find(draft->rows, "because"), at,
                              pp_column_get_text(pp_table_find(table, "because"), row),
                              err));
    PP_TRY(pp_column_set_text(draft->rows, pp_table_find(draft->rows, "examples"), at,
                              examples ? examples : "", err));
    double value[NUMBERS];
    for (int k = 0; k < NUMBERS; k++) {
        value[k] = pp_table_find(table, numbers[k])->number[row];
        pp_table_find(draft->rows, numbers[k])->number[at] = value[k];
    }
    pp_buf_printf(&draft->alt, "%s %s %.0f (%.0f to %.0f)", row ? ";" : "",
                  title ? title : "", value[0], value[1], value[2]);
    return PP_OK;
}

static pp_status make_segments(pp__draft *draft, const pp_table *table, pp_error *err) {
    static const char *const needed[] = {
        "title", "because", "examples", "expected", "places_low", "places_high", "open"};
    pp_column *column;
    for (int k = 0; k < 7; k++) {
        PP_TRY(pp_table_require(table, needed[k], &column, err));
    }
    PP_TRY(open_rows(draft, err));
    pp_buf_add(&draft->alt, "Points with ranges, a row for each segment. Places:");
    for (int64_t row = 0; row < pp_table_rows(table); row++) {
        PP_TRY(add_row(draft, table, row, err));
    }
    pp_buf_add(&draft->alt, ".");
    const char *labels = pp__json_list(&draft->arena, draft->rows, "label");
    PP_NEED(labels, err);
    PP_TRY(pp_table_copy(table, &draft->twin, err));
    draft->title = "Segments, in the order in which they are asked";
    draft->note =
        "Points: places expected over draws of uncertain facts; lines: 95% of the "
        "draws. Beside them: how many more places facts that are missing today "
        "may bring.";
    pp__slot_json(draft, "labels", labels);
    pp__slot_text(draft, "axis", draft->options->axis ? draft->options->axis : "Places");
    return PP_OK;
}

pp_status pp_figure_segments(const pp_table *rules, const pp_figure_options *options,
                             pp_figure **out, pp_error *err) {
    return pp__figure_make(make_segments, "segments", rules, options, out, err);
}
