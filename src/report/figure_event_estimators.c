/* One event study by several estimators, side by side. Of several outcomes, a panel each. */
#include "report/figure.h"

#include "base/check.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

enum { KNOWN = 5, ALONE = 380, OF_SEVERAL = 230 };
#define APART 0.15 /* of a horizon, between estimators */

static const struct looks {
    const char *name, *title, *colour, *shape;
} looks[KNOWN] = {
    {"cs", "Callaway and Sant'Anna", "#2f6fb3", "circle"},
    {"sunab", "Sun and Abraham", "#c9691f", "square"},
    {"bjs", "Imputation", "#2a8f63", "diamond"},
    {"stacked", "Stacked", "#9a56b8", "triangle-up"},
    {"twfe", "Two-way (diagnosis)", "#9aa0a6", "cross"},
};

static const char *text_at(const pp_table *table, const char *column, int64_t row) {
    const pp_column *c = pp_table_find(table, column);
    const char *text = c ? pp_column_get_text(c, row) : NULL;
    return text ? text : "";
}

static double number_at(const pp_table *table, const char *column, int64_t row) {
    return pp_table_find(table, column)->number[row];
}

static int look_of(const pp_table *table, int64_t row) {
    for (int i = 0; i < KNOWN; i++) {
        if (strcmp(looks[i].name, text_at(table, "estimator", row)) == 0) {
            return i;
        }
    }
    return 0;
}

/* ---- rows ---- */

static const char *const numbers[] = {"horizon",   "estimate",     "conf_low",
                                      "conf_high", "nobs_treated", "reference"};
enum { NUMBERS = sizeof numbers / sizeof *numbers };

static pp_status open_rows(pp__draft *draft, const pp_table *table, pp_error *err) {
    pp_column *column;
    PP_TRY(pp_table_require(table, "estimator", &column, err));
    PP_TRY(pp_table_new(&draft->rows, err));
    PP_TRY(pp_table_add(draft->rows, PP_TEXT, "panel", NULL, err));
    PP_TRY(pp_table_add(draft->rows, PP_TEXT, "title", NULL, err));
    PP_TRY(pp_table_add(draft->rows, PP_NUMBER, "place", NULL, err));
    for (int i = 0; i < NUMBERS; i++) {
        PP_TRY(pp_table_require(table, numbers[i], &column, err));
        PP_TRY(pp_table_add(draft->rows, PP_NUMBER, numbers[i], NULL, err));
    }
    return PP_OK;
}

static pp_status add_row(pp__draft *draft, const pp_table *table, int64_t from,
                         const int *rank, int n, pp_error *err) {
    int look = look_of(table, from);
    int64_t row;
    PP_TRY(pp_table_append(draft->rows, &row, err));
    PP_TRY(pp_column_set_text(draft->rows, pp_table_find(draft->rows, "panel"), row,
                              text_at(table, "label", from), err));
    PP_TRY(pp_column_set_text(draft->rows, pp_table_find(draft->rows, "title"), row,
                              looks[look].title, err));
    pp_table_find(draft->rows, "place")->number[row] =
        number_at(table, "horizon", from) + APART * (rank[look] - 0.5 * (n - 1));
    for (int i = 0; i < NUMBERS; i++) {
        pp_table_find(draft->rows, numbers[i])->number[row] =
            number_at(table, numbers[i], from);
    }
    return PP_OK;
}

/* ---- lists for the template ---- */

static const char *list_looks(pp__draft *draft, const int *there, size_t field) {
    const char *list = "";
    for (int i = 0; i < KNOWN && list; i++) {
        const char *const *text =
            (const char *const *)(const void *)((const char *)&looks[i] + field);
        if (there[i] >= 0) {
            list = pp_arena_printf(&draft->arena, "%s%s\"%s\"", list, *list ? "," : "",
                                   *text);
        }
    }
    return list ? pp_arena_printf(&draft->arena, "[%s]", list) : NULL;
}

static const char *list_horizons(pp__draft *draft) {
    double low = INFINITY, high = -INFINITY;
    const char *list = "";
    for (int64_t i = 0; i < pp_table_rows(draft->rows); i++) {
        low = fmin(low, number_at(draft->rows, "horizon", i));
        high = fmax(high, number_at(draft->rows, "horizon", i));
    }
    double step = ceil((high - low + 1) / 24);
    for (double at = ceil(low / step) * step; at <= high && list; at += step) {
        list = pp_arena_printf(&draft->arena, "%s%s%.0f", list, *list ? "," : "", at);
    }
    return list ? pp_arena_printf(&draft->arena, "[%s]", list) : NULL;
}

static pp_status fill_slots(pp__draft *draft, const int *rank, int panels,
                            pp_error *err) {
    const struct {
        const char *name, *json;
    } slots[] = {
        {"titles", list_looks(draft, rank, offsetof(struct looks, title))},
        {"colours", list_looks(draft, rank, offsetof(struct looks, colour))},
        {"shapes", list_looks(draft, rank, offsetof(struct looks, shape))},
        {"horizons", list_horizons(draft)},
        {"panels", pp__json_list(&draft->arena, draft->rows, "panel")},
    };
    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++) {
        PP_NEED(slots[i].json, err);
        pp__slot_json(draft, slots[i].name, slots[i].json);
    }
    pp__slot_number(draft, "height", panels > 1 ? OF_SEVERAL : ALONE);
    return PP_OK;
}

/* ---- words ---- */

/* At the first period of treatment, what each says. */
static void describe(pp__draft *draft, const pp_table *table) {
    const char *panel = "";
    pp_buf_add(&draft->alt, "Effects by the time since treatment by several estimators. "
                            "In its first period:");
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        if (number_at(table, "horizon", i) != 0) {
            continue;
        }
        if (strcmp(text_at(table, "label", i), panel) != 0) {
            panel = text_at(table, "label", i);
            pp_buf_printf(&draft->alt, " %s:", panel);
        }
        pp_buf_printf(&draft->alt, " %s %.3g (%.3g to %.3g);",
                      looks[look_of(table, i)].title, number_at(table, "estimate", i),
                      number_at(table, "conf_low", i), number_at(table, "conf_high", i));
    }
    pp_buf_add(&draft->alt, " the table has all periods.");
}

static int rank_estimators(const pp_table *table, int *rank) {
    int n = 0;
    for (int i = 0; i < KNOWN; i++) {
        rank[i] = -1;
    }
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        rank[look_of(table, i)] = 0;
    }
    for (int i = 0; i < KNOWN; i++) {
        rank[i] = rank[i] == 0 ? n++ : -1;
    }
    return n;
}

static pp_status make_studies(pp__draft *draft, const pp_table *table, pp_error *err) {
    int rank[KNOWN], n, panels = 0;
    PP_TRY(open_rows(draft, table, err));
    n = rank_estimators(table, rank);
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        panels += i == 0 ||
                  strcmp(text_at(table, "label", i), text_at(table, "label", i - 1)) != 0;
        PP_TRY(add_row(draft, table, i, rank, n, err));
    }
    PP_TRY(fill_slots(draft, rank, panels, err));
    describe(draft, table);
    draft->title = "The same difference by several estimators";
    draft->note =
        "Bars are 95% intervals. All estimators stand at the same horizon; they are set "
        "apart to be seen. The dashed line is the period that all are compared with, but "
        "imputation, whose points before treatment are compared with earlier periods. "
        "Grey: two-way fixed effects, a diagnosis and no estimate: they mix horizons "
        "where "
        "effects differ.";
    return pp_table_copy(table, &draft->twin, err);
}

pp_status pp_figure_event_estimators(const pp_table *table,
                                     const pp_figure_options *options, pp_figure **out,
                                     pp_error *err) {
    return pp__figure_make(make_studies, "event_estimators", table, options, out, err);
}
