/* What a design could have seen, and what would undo its estimate. Of several outcomes, a panel each. */
#include "report/figure.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

enum { WIDE = 700, HALF = 330, MOST_UNITS = 10 };

static const double *numbers(const pp_table *table, const char *name) {
    return pp_table_find(table, name)->number;
}

/* The outcome's words; "" where there is only one. */
static const char *panel_of(const pp_table *table, int64_t row) {
    const pp_column *label = pp_table_find(table, "label");
    const char *text = label ? pp_column_get_text(label, row) : NULL;
    return text ? text : "";
}

static int begins_panel(const pp_table *table, int64_t row) {
    return row == 0 || strcmp(panel_of(table, row), panel_of(table, row - 1)) != 0;
}

static pp_status require(const pp_table *table, const char *const *names, pp_error *err) {
    pp_column *column;
    for (; *names; names++) {
        PP_TRY(pp_table_require(table, *names, &column, err));
    }
    return PP_OK;
}

static pp_status open_rows(pp__draft *draft, const char *const *names, pp_error *err) {
    PP_TRY(pp_table_new(&draft->rows, err));
    PP_TRY(pp_table_add(draft->rows, PP_TEXT, "panel", NULL, err));
    for (; *names; names++) {
        PP_TRY(pp_table_add(draft->rows, PP_NUMBER, *names, NULL, err));
    }
    return PP_OK;
}

static pp_status add_row(pp__draft *draft, const pp_table *table, int64_t from,
                         const char *const *names, int64_t *row, pp_error *err) {
    PP_TRY(pp_table_append(draft->rows, row, err));
    PP_TRY(pp_column_set_text(draft->rows, pp_table_find(draft->rows, "panel"), *row,
                              panel_of(table, from), err));
    for (; *names; names++) {
        pp_table_find(draft->rows, *names)->number[*row] = numbers(table, *names)[from];
    }
    return PP_OK;
}

/* One panel is as wide as the page, several stand two in a row. */
static pp_status close_rows(pp__draft *draft, const pp_table *table, pp_error *err) {
    int panels = 0;
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        panels += begins_panel(table, i);
    }
    const char *list = pp__json_list(&draft->arena, draft->rows, "panel");
    PP_NEED(list, err);
    pp__slot_json(draft, "panels", list);
    pp__slot_number(draft, "columns", panels > 1 ? 2 : 1);
    pp__slot_number(draft, "width", panels > 1 ? HALF : WIDE);
    return pp_table_copy(table, &draft->twin, err);
}

static void name_panel(pp__draft *draft, const pp_table *table, int64_t row) {
    const char *panel = panel_of(table, row);
    pp_buf_printf(&draft->alt, "%s%s%s", row ? " " : "", panel, *panel ? ": " : "");
}

/* ---- the minimum detectable effect ---- */

static pp_status make_mde(pp__draft *draft, const pp_table *table, pp_error *err) {
    static const char *const names[] = {"horizon",  "mde",       "mde_low",
                                        "mde_high", "plausible", NULL};
    PP_TRY(require(table, names, err));
    PP_TRY(open_rows(draft, names, err));
    for (int64_t i = 0, row; i < pp_table_rows(table); i++) {
        if (begins_panel(table, i)) {
            name_panel(draft, table, i);
            pp_buf_add(&draft->alt, "the smallest difference that would be seen, by the "
                                    "time since adoption:");
        }
        if (!(numbers(table, "horizon")[i] >= 0) || isnan(numbers(table, "mde")[i])) {
            continue;
        }
        PP_TRY(add_row(draft, table, i, names, &row, err));
        pp_buf_printf(&draft->alt, " %.0f: %.2g;", numbers(table, "horizon")[i],
                      numbers(table, "mde")[i]);
    }
    draft->title = "What could have been seen";
    draft->note =
        "Bars reach up to the difference that the design would have seen in four of five "
        "cases (or with the power asked for) on these data; thin lines are the Monte "
        "Carlo interval. Differences within the bars may be there and were most likely "
        "not seen. Above the dashed line nobody would believe a difference.";
    pp__slot_text(draft, "axis",
                  draft->options->axis ? draft->options->axis : "Difference, either way");
    return close_rows(draft, table, err);
}

pp_status pp_figure_mde(const pp_table *mde, const pp_figure_options *options,
                        pp_figure **out, pp_error *err) {
    return pp__figure_make(make_mde, "mde", mde, options, out, err);
}

/* ---- randomisation ---- */

static pp_status describe_draws(pp__draft *draft, const pp_table *table, int64_t row) {
    const double *draw = numbers(table, "draw"), *t = numbers(table, "statistic");
    int64_t n = 0, beyond = 0;
    for (int64_t i = row + 1; i < pp_table_rows(table) && draw[i] > 0; i++) {
        n += isfinite(t[i]);
        beyond += fabs(t[i]) >= fabs(t[row]) * (1 - 1e-9);
    }
    name_panel(draft, table, row);
    pp_buf_printf(&draft->alt,
                  "with the dates as they are the statistic is %.2g; %lld of %lld "
                  "assignments at random lie as far from zero.",
                  t[row], (long long)beyond, (long long)n);
    return PP_OK;
}

static pp_status make_randomisation(pp__draft *draft, const pp_table *table,
                                    pp_error *err) {
    static const char *const names[] = {"draw", "statistic", NULL};
    PP_TRY(require(table, names, err));
    PP_TRY(open_rows(draft, names, err));
    for (int64_t i = 0, row; i < pp_table_rows(table); i++) {
        if (numbers(table, "draw")[i] == 0) {
            PP_TRY(describe_draws(draft, table, i));
        }
        if (isfinite(numbers(table, "statistic")[i])) {
            PP_TRY(add_row(draft, table, i, names, &row, err));
        }
    }
    draft->title = "The estimate among those of dates at random";
    draft->note = "Bars count assignments of the dates at random by their statistic (the "
                  "mean difference by its own error). The line is the statistic of the "
                  "dates as they are, the dashed one as far on the other side.";
    return close_rows(draft, table, err);
}

pp_status pp_figure_randomisation(const pp_table *draws, const pp_figure_options *options,
                                  pp_figure **out, pp_error *err) {
    return pp__figure_make(make_randomisation, "randomisation", draws, options, out, err);
}

/* ---- leaving out ---- */

static const char *text_at(const pp_table *table, const char *column, int64_t row) {
    const char *text = pp_column_get_text(pp_table_find(table, column), row);
    return text ? text : "";
}

static const char *name_left_out(pp_arena *arena, const pp_table *table, int64_t row) {
    const char *kind = text_at(table, "kind", row);
    double units = numbers(table, "units")[row];
    return strcmp(kind, "none") == 0 ? pp_arena_strdup(arena, "all units")
           : strcmp(kind, "cohort") == 0
               ? pp_arena_printf(arena, "cohort %s (%.0f)",
                                 text_at(table, "left_out", row), units)
               : pp_arena_strdup(arena, text_at(table, "left_out", row));
}

static pp_status put_left_out(pp__draft *draft, const pp_table *table, int64_t from,
                              int place, double all, pp_error *err) {
    static const char *const names[] = {"estimate", "conf_low", "conf_high",
                                        "shift",    "turns",    NULL};
    const char *name = name_left_out(&draft->arena, table, from);
    int64_t row;
    PP_NEED(name, err);
    PP_TRY(add_row(draft, table, from, names, &row, err));
    pp_table_find(draft->rows, "place")->number[row] = place;
    pp_table_find(draft->rows, "all")->number[row] = all;
    PP_TRY(pp_column_set_text(draft->rows, pp_table_find(draft->rows, "kind"), row,
                              text_at(table, "kind", from), err));
    return pp_column_set_text(draft->rows, pp_table_find(draft->rows, "left_out"), row,
                              name, err);
}

static void describe_all(pp__draft *draft, const pp_table *table, int64_t row) {
    name_panel(draft, table, row);
    pp_buf_printf(&draft->alt, "with all units %.2g (%.2g to %.2g); without",
                  numbers(table, "estimate")[row], numbers(table, "conf_low")[row],
                  numbers(table, "conf_high")[row]);
}

static pp_status make_leave_out(pp__draft *draft, const pp_table *table, pp_error *err) {
    static const char *const names[] = {"estimate", "conf_low", "conf_high", "shift",
                                        "turns",    "place",    "all",       NULL};
    static const char *const needed[] = {"left_out", "kind",  "units", "estimate",
                                         "conf_low", "shift", "turns", NULL};
    int units = 0, place = 0;
    double all = NAN;
    PP_TRY(require(table, needed, err));
    PP_TRY(open_rows(draft, names, err));
    PP_TRY(pp_table_add(draft->rows, PP_TEXT, "left_out", NULL, err));
    PP_TRY(pp_table_add(draft->rows, PP_TEXT, "kind", NULL, err));
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        if (strcmp(text_at(table, "kind", i), "none") == 0) {
            all = numbers(table, "estimate")[i];
            units = place = 0;
            describe_all(draft, table, i);
        } else {
            pp_buf_printf(&draft->alt, " %s %.2g;", text_at(table, "left_out", i),
                          numbers(table, "estimate")[i]);
        }
        units += strcmp(text_at(table, "kind", i), "unit") == 0;
        if (units <= MOST_UNITS && !isnan(numbers(table, "estimate")[i])) {
            PP_TRY(put_left_out(draft, table, i, place++, all, err));
        }
    }
    draft->title = "The estimate without each cohort, and without single units";
    draft->note =
        "Points are the mean difference without the cohort (in brackets its units) or "
        "the "
        "unit, with their intervals; the line is that with all. Diamonds turn its sign, "
        "or whether its interval excludes zero. At most ten units are drawn, those that "
        "move it most; the table has all.";
    pp__slot_text(draft, "axis",
                  draft->options->axis ? draft->options->axis : "Mean difference");
    return close_rows(draft, table, err);
}

pp_status pp_figure_leave_out(const pp_table *left_out, const pp_figure_options *options,
                              pp_figure **out, pp_error *err) {
    return pp__figure_make(make_leave_out, "leave_out", left_out, options, out, err);
}
