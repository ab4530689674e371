/* A treated unit, its synthetic control, what that is made of, and placebos. A column `case`, where a
   table has one, makes a panel of each. */
#include "report/figure.h"

#include "base/check.h"
#include "model/tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PLACEBOS = 30, MOST_WEIGHTS = 15 };

/* Donors of less weight are not drawn. */
static const double LEAST_WEIGHT = 0.005;

static double number_at(const pp_table *table, const char *name, int64_t row) {
    return pp_table_find(table, name)->number[row];
}

static const char *text_at(const pp_table *table, const char *name, int64_t row) {
    const pp_column *column = pp_table_find(table, name);
    const char *text = column ? pp_column_get_text(column, row) : NULL;
    return text ? text : "";
}

/* The columns `kept`, all of them there, and `case`, empty where there is none. */
static pp_status open_rows(pp__draft *draft, const pp_table *table,
                           const char *const *kept, pp_error *err) {
    PP_TRY(pp__select(table, kept, &draft->rows, err));
    if (!pp_table_find(draft->rows, "case")) {
        PP_TRY(pp_table_add(draft->rows, PP_TEXT, "case", NULL, err));
    }
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        PP_TRY(pp_column_set_text(draft->rows, pp_table_find(draft->rows, "case"), i,
                                  text_at(table, "case", i), err));
    }
    return pp_table_copy(table, &draft->twin, err);
}

/* The last row of the case that begins at `from`. */
static int64_t end_of_case(const pp_table *table, int64_t from) {
    int64_t end = from + 1;
    while (end < pp_table_rows(table) &&
           strcmp(text_at(table, "case", end), text_at(table, "case", from)) == 0) {
        end++;
    }
    return end;
}

static void name_case(pp__draft *draft, const pp_table *table, int64_t row) {
    const char *name = text_at(table, "case", row);
    pp_buf_printf(&draft->alt, " %s%s", name, *name ? ": " : "");
}

/* What is measured, from the unit of a column; several cases may differ. */
static void slot_axis(pp__draft *draft, const pp_table *table, const char *column,
                      const char *otherwise) {
    const char *unit = pp_table_find(table, column)->unit;
    pp__slot_text(draft, "axis",
                  draft->options->axis ? draft->options->axis
                  : unit               ? unit
                                       : otherwise);
}

/* ---- paths ---- */

static void describe_path(pp__draft *draft, const pp_table *table, int64_t from,
                          int64_t to) {
    double first = NAN, gap = 0, n = 0;
    for (int64_t i = from; i < to; i++) {
        if (number_at(table, "after", i) > 0) {
            first = isnan(first) ? number_at(table, "time", i) : first;
            gap += number_at(table, "gap", i);
            n++;
        }
    }
    name_case(draft, table, from);
    pp_buf_printf(&draft->alt,
                  "from %.0f on the treated lie %.3g %s their synthetic control on "
                  "average of %.0f periods.",
                  first, fabs(gap / n), gap < 0 ? "below" : "above", n);
}

static pp_status make_paths(pp__draft *draft, const pp_table *table, pp_error *err) {
    static const char *const kept[] = {
        "time",           "treated", "synthetic", "synthetic_low",
        "synthetic_high", "gap",     "after",     NULL};
    PP_TRY(open_rows(draft, table, kept, err));
    pp_buf_add(&draft->alt, "Two lines over time: the outcome of the treated and of "
                            "their synthetic control.");
    for (int64_t i = 0; i < pp_table_rows(table); i = end_of_case(table, i)) {
        describe_path(draft, table, i, end_of_case(table, i));
    }
    slot_axis(draft, table, "treated", "Outcome");
    draft->title = "The treated and their synthetic control";
    draft->note =
        "Before the dashed line, where treatment begins, the two should run alike; after "
        "it their gap is the estimate, together with everything else that happened to "
        "the treated then. Shaded: the range of the synthetic control when any one donor "
        "is left out.";
    return PP_OK;
}

pp_status pp_figure_synth_paths(const pp_table *table, const pp_figure_options *options,
                                pp_figure **out, pp_error *err) {
    return pp__figure_make(make_paths, "synth_paths", table, options, out, err);
}

/* ---- gaps among those of placebos ---- */

static int count_units(const pp_table *table, int64_t from, int64_t to, int poor) {
    int n = 0;
    for (int64_t i = from; i < to; i++) {
        int begins = i == from || strcmp(text_at(table, "unit", i),
                                         text_at(table, "unit", i - 1)) != 0;
        n += begins && number_at(table, "treated", i) == 0 &&
             (!poor || number_at(table, "poor_fit", i) > 0);
    }
    return n;
}

static pp_status make_placebos(pp__draft *draft, const pp_table *table, pp_error *err) {
    static const char *const kept[] = {"unit",     "time",    "gap", "after",
                                       "poor_fit", "treated", NULL};
    int poor = 0, all = 0;
    PP_TRY(open_rows(draft, table, kept, err));
    pp_buf_add(&draft->alt, "Gaps to the synthetic control over time: the treated, and "
                            "untreated units in their part.");
    for (int64_t i = 0; i < pp_table_rows(table); i = end_of_case(table, i)) {
        int64_t end = end_of_case(table, i);
        int here = count_units(table, i, end, 1), n = count_units(table, i, end, 0);
        name_case(draft, table, i);
        pp_buf_printf(&draft->alt, "%d placebos, %d of them not drawn.", n, here);
        poor += here;
        all += n;
    }
    slot_axis(draft, table, "gap", "Gap to the synthetic control");
    draft->title = "The gap among those of placebos";
    draft->note = pp_arena_printf(
        &draft->arena,
        "The dark line is the treated, pale lines are untreated units in its part. A "
        "difference shows where the dark line leaves the pale ones after treatment "
        "(dashed) "
        "and not before. %d of %d placebos are not drawn, as their mean square gap "
        "before treatment is over 20 times that of the treated; ranks count all.",
        poor, all);
    PP_NEED(draft->note, err);
    return PP_OK;
}

pp_status pp_figure_synth_placebos(const pp_table *table,
                                   const pp_figure_options *options, pp_figure **out,
                                   pp_error *err) {
    return pp__figure_make(make_placebos, "synth_placebos", table, options, out, err);
}

/* ---- bars ---- */

/* A bar a row of the table, by size. */
typedef struct bar {
    int64_t row;
    double size;
} bar;

static int by_size(const void *a, const void *b) {
    const bar *x = a, *y = b;
    return x->size != y->size ? (x->size < y->size ? 1 : -1)
                              : (x->row > y->row) - (x->row < y->row);
}

static pp_status add_bar(pp__draft *draft, const pp_table *table, const char *label,
                         const char *group, double value, int64_t row, pp_error *err) {
    int64_t at;
    PP_TRY(pp_table_append(draft->rows, &at, err));
    PP_TRY(pp__put_text(draft->rows, at, "case", text_at(table, "case", row), err));
    PP_TRY(pp__put_text(draft->rows, at, "label", label, err));
    PP_TRY(pp__put_text(draft->rows, at, "group", group, err));
    return pp__put_number(draft->rows, at, "value", PP_SHOW_DEFAULT, value, err);
}

static const char *group_of(const pp_table *table, int64_t row) {
    return number_at(table, "treated", row) > 0    ? "treated"
           : number_at(table, "poor_fit", row) > 0 ? "placebo, poor fit before"
                                                   : "placebo";
}

/* The treated and the largest placebos of one case. */
static pp_status add_placebos(pp__draft *draft, const pp_table *table, int64_t from,
                              int64_t to, bar *bars, pp_error *err) {
    int larger = 0;
    int64_t own = from;
    for (int64_t i = from; i < to; i++) {
        bars[i - from] = (bar){i, fabs(number_at(table, "estimate", i))};
        own = number_at(table, "treated", i) > 0 ? i : own;
    }
    double size = fabs(number_at(table, "estimate", own));
    qsort(bars, (size_t)(to - from), sizeof *bars, by_size);
    for (int64_t i = 0; i < to - from; i++) {
        larger += bars[i].row != own && bars[i].size >= size;
        if (i < MOST_PLACEBOS || bars[i].row == own) {
            PP_TRY(add_bar(draft, table, text_at(table, "unit", bars[i].row),
                           group_of(table, bars[i].row),
                           number_at(table, "estimate", bars[i].row), bars[i].row, err));
        }
    }
    name_case(draft, table, from);
    pp_buf_printf(&draft->alt,
                  "the treated %.3g; of %lld placebos %d are as large in size or larger.",
                  number_at(table, "estimate", own), (long long)(to - from - 1), larger);
    return PP_OK;
}

static pp_status make_distribution(pp__draft *draft, const pp_table *table,
                                   pp_error *err) {
    int64_t n = pp_table_rows(table);
    bar *bars = pp_arena_alloc(&draft->arena, n, sizeof *bars);
    PP_NEED(bars, err);
    PP_TRY(pp_table_new(&draft->rows, err));
    pp_buf_add(&draft->alt, "Bars: the estimate of the treated among those of placebos.");
    for (int64_t i = 0; i < n; i = end_of_case(table, i)) {
        PP_TRY(add_placebos(draft, table, i, end_of_case(table, i), bars, err));
    }
    PP_TRY(pp_table_copy(table, &draft->twin, err));
    slot_axis(draft, table, "estimate", "Estimate");
    draft->title = "The estimate among those of placebos";
    draft->note =
        "Each untreated unit in the treated units' part. The estimate is told from "
        "chance "
        "only if hardly any placebo is as large, in either direction. Of more than "
        "thirty "
        "the largest are drawn.";
    return PP_OK;
}

pp_status pp_figure_synth_distribution(const pp_table *table,
                                       const pp_figure_options *options, pp_figure **out,
                                       pp_error *err) {
    return pp__figure_make(make_distribution, "synth_distribution", table, options, out,
                           err);
}

/* Donors come first in a case, the largest weight first. */
static pp_status add_weights(pp__draft *draft, const pp_table *table, int64_t from,
                             int64_t to, pp_error *err) {
    name_case(draft, table, from);
    for (int64_t i = from; i < to && i < from + MOST_WEIGHTS; i++) {
        double weight = number_at(table, "weight", i);
        if (strcmp(text_at(table, "kind", i), "donor") == 0 &&
            fabs(weight) >= LEAST_WEIGHT) {
            pp_buf_printf(&draft->alt, "%s%s %.2f", i > from ? ", " : "",
                          text_at(table, "name", i), weight);
            PP_TRY(add_bar(draft, table, text_at(table, "name", i), "donor", weight, i,
                           err));
        }
    }
    pp_buf_add(&draft->alt, ".");
    return PP_OK;
}

static pp_status make_weights(pp__draft *draft, const pp_table *table, pp_error *err) {
    PP_TRY(pp_table_new(&draft->rows, err));
    pp_buf_add(&draft->alt, "Bars of donors by their weight.");
    for (int64_t i = 0; i < pp_table_rows(table); i = end_of_case(table, i)) {
        PP_TRY(add_weights(draft, table, i, end_of_case(table, i), err));
    }
    PP_TRY(pp_table_copy(table, &draft->twin, err));
    pp__slot_text(draft, "axis",
                  draft->options->axis ? draft->options->axis : "Weight (all sum to 1)");
    draft->title = "What the synthetic control is made of";
    draft->note = "Up to fifteen donors of at least 0.005; weights are negative only "
                  "where the synthetic control is augmented.";
    return PP_OK;
}

pp_status pp_figure_synth_weights(const pp_table *table, const pp_figure_options *options,
                                  pp_figure **out, pp_error *err) {
    return pp__figure_make(make_weights, "synth_weights", table, options, out, err);
}
