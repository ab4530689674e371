/* Matching on history: how alike treated and controls were, before and after. */
#include "report/figure.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

static const char *const STAGES[] = {"before_matching", "before_refinement",
                                     "after_refinement"};

/* "Gdp, t − 2"; of a study "Rule of law: gdp", or "Rule of law" for the outcome itself. */
static const char *name_row(pp_arena *arena, const pp_table *from, int64_t i) {
    const pp_column *label = pp_table_find(from, "label");
    const pp_column *outcome = pp_table_find(from, "outcome");
    const char *term = pp_column_get_text(pp_table_find(from, "term"), i);
    const char *words = pp__readable(arena, term ? term : "");
    const char *of = label ? pp_column_get_text(label, i) : NULL;
    if (!words) {
        return NULL;
    }
    if (!of) {
        return pp_arena_printf(arena, "%s, t \xe2\x88\x92 %.0f", words,
                               pp_table_find(from, "lag")->number[i]);
    }
    const char *own = outcome ? pp_column_get_text(outcome, i) : NULL;
    return own && term && strcmp(own, term) == 0
               ? of
               : pp_arena_printf(arena, "%s: %s", of, words);
}

static void copy_stages(pp_table *rows, int64_t row, const pp_table *from, int64_t i) {
    for (int j = 0; j < 3; j++) {
        pp_table_find(rows, STAGES[j])->number[row] =
            pp_table_find(from, STAGES[j])->number[i];
    }
}

/* A row for each variable and lag; of several outcomes, the lag with the largest difference. */
static pp_status add_row(pp__draft *draft, const pp_table *from, int64_t i,
                         pp_error *err) {
    const char *variable = name_row(&draft->arena, from, i);
    pp_column *names = pp_table_find(draft->rows, "variable");
    int64_t row = pp_table_rows(draft->rows) - 1;
    PP_NEED(variable, err);
    if (row >= 0 && strcmp(pp_column_get_text(names, row), variable) == 0) {
        double largest = pp_table_find(draft->rows, STAGES[2])->number[row];
        if (fabs(pp_table_find(from, STAGES[2])->number[i]) > fabs(largest)) {
            copy_stages(draft->rows, row, from, i);
        }
        return PP_OK;
    }
    PP_TRY(pp_table_append(draft->rows, &row, err));
    copy_stages(draft->rows, row, from, i);
    return pp_column_set_text(draft->rows, names, row, variable, err);
}

static double largest(const pp_table *rows, const char *column) {
    double most = 0;
    for (int64_t i = 0; i < pp_table_rows(rows); i++) {
        most = fmax(most, fabs(pp_table_find(rows, column)->number[i]));
    }
    return most;
}

static pp_status make_balance(pp__draft *draft, const pp_table *table, pp_error *err) {
    pp_column *column;
    PP_TRY(pp_table_new(&draft->rows, err));
    PP_TRY(pp_table_add(draft->rows, PP_TEXT, "variable", &column, err));
    for (int j = 0; j < 3; j++) {
        PP_TRY(pp_table_require(table, STAGES[j], &column, err));
        PP_TRY(pp_table_add(draft->rows, PP_NUMBER, STAGES[j], &column, err));
    }
    PP_TRY(pp_table_require(table, "term", &column, err));
    PP_TRY(pp_table_require(table, "lag", &column, err));
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        if (!isnan(pp_table_find(table, "after_refinement")->number[i])) {
            PP_TRY(add_row(draft, table, i, err));
        }
    }
    pp_buf_printf(&draft->alt,
                  "Differences between treated and controls in the periods before "
                  "treatment. The largest is %.2f standard deviations before matching, "
                  "%.2f among units of the same history and %.2f after refinement.",
                  largest(draft->rows, STAGES[0]), largest(draft->rows, STAGES[1]),
                  largest(draft->rows, STAGES[2]));
    draft->title = "Were treated and controls alike before treatment?";
    draft->note =
        "Between the dashed lines (0.1) the two are alike; beyond the dotted ones (0.2) "
        "the sets do not hold the variable equal, and effects are in doubt. Of several "
        "outcomes each variable is shown at the lag at which it differs most.";
    return PP_OK;
}

pp_status pp_figure_match_balance(const pp_table *table, const pp_figure_options *options,
                                  pp_figure **out, pp_error *err) {
    return pp__figure_make(make_balance, "match_balance", table, options, out, err);
}
