/* What a coefficient with unit and period effects is made of: every comparison of two groups. */
#include "report/figure.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

enum { MOST_PANELS = 8, TYPES = 4 };

static const char *const types[TYPES] = {"treated vs never", "earlier vs later",
                                         "later vs earlier", "treated vs always"};

static const char *text_at(const pp_table *table, const char *column, int64_t row) {
    const pp_column *c = pp_table_find(table, column);
    const char *text = c ? pp_column_get_text(c, row) : NULL;
    return text ? text : "";
}

static double rank_of(const char *type) {
    int rank = 0;
    while (rank < TYPES && strcmp(types[rank], type) != 0) {
        rank++;
    }
    return rank;
}

/* The rows with what the template needs: the outcome as the panel, the type's rank, its part of the
   coefficient. */
static pp_status add_columns(pp__draft *draft, const pp_table *table, pp_error *err) {
    pp_table *rows = draft->rows;
    pp_column *panel, *rank, *part;
    PP_TRY(pp_table_add(rows, PP_TEXT, "panel", &panel, err));
    PP_TRY(pp_table_add(rows, PP_NUMBER, "rank", &rank, err));
    PP_TRY(pp_table_add(rows, PP_NUMBER, "part", &part, err));
    for (int64_t i = 0; i < pp_table_rows(rows); i++) {
        PP_TRY(pp_column_set_text(rows, panel, i, text_at(table, "label", i), err));
        rank->number[i] = rank_of(text_at(rows, "type", i));
        part->number[i] = pp_table_find(rows, "weight")->number[i] *
                          pp_table_find(rows, "estimate")->number[i];
    }
    return PP_OK;
}

/* How many panels there are; the rows beyond MOST_PANELS go. */
static pp_status count_panels(pp__draft *draft, int *panels, pp_error *err) {
    const pp_table *rows = draft->rows;
    int64_t n = pp_table_rows(rows), kept = n;
    *panels = 0;
    for (int64_t i = 0; i < n && kept == n; i++) {
        int is_new = i == 0 || strcmp(text_at(rows, "panel", i - 1),
                                      text_at(rows, "panel", i)) != 0;
        if (is_new && *panels == MOST_PANELS) {
            kept = i;
        } else {
            *panels += is_new;
        }
    }
    return pp_table_resize(draft->rows, kept, err);
}

static void describe(pp__draft *draft, int panels) {
    double weight[TYPES] = {0}, total = 0;
    for (int64_t i = 0; i < pp_table_rows(draft->rows); i++) {
        int rank = (int)rank_of(text_at(draft->rows, "type", i));
        double w = pp_table_find(draft->rows, "weight")->number[i];
        total += w;
        if (rank < TYPES) {
            weight[rank] += w;
        }
    }
    const char *subtitle = pp_arena_printf(
        &draft->arena,
        "%.0f%% of %s weight rests on comparisons with units treated already",
        100 * (weight[2] + weight[3]) / total, panels > 1 ? "all" : "its");
    draft->subtitle = subtitle;
    pp_buf_printf(&draft->alt, "%s.", subtitle ? subtitle : "");
    for (int k = 0; k < TYPES; k++) {
        if (weight[k] > 0) {
            pp_buf_printf(&draft->alt, " %s: %.1f%%.", types[k], 100 * weight[k] / total);
        }
    }
}

static pp_status make_bacon(pp__draft *draft, const pp_table *table, pp_error *err) {
    static const char *const kept[] = {"type",   "forbidden", "cohort", "control",
                                       "weight", "estimate",  NULL};
    int panels;
    PP_TRY(pp__select(table, kept, &draft->rows, err));
    PP_TRY(add_columns(draft, table, err));
    PP_TRY(count_panels(draft, &panels, err));
    describe(draft, panels);
    PP_NEED(draft->subtitle, err);
    pp__slot_json(draft, "named", panels > 1 ? "true" : "false");
    const char *list = pp__json_list(&draft->arena, draft->rows, "panel");
    PP_NEED(list, err);
    pp__slot_json(draft, "panels", list);
    pp__slot_number(draft, "columns", panels > 1 ? 2 : 1);
    pp__slot_number(draft, "width", panels > 1 ? 300 : 640);
    pp__slot_number(draft, "height", panels > 1 ? 170 : 300);
    draft->title = "What a coefficient with unit and period effects is made of";
    draft->note =
        "A diagnosis, never a result. Each point compares two groups before and "
        "after one of them is treated; the coefficient (dashed) is their mean "
        "by weight. Forbidden comparisons (triangles) take units for controls that are "
        "treated "
        "already: they are wrong where effects grow or differ.";
    return PP_OK;
}

pp_status pp_figure_bacon(const pp_table *table, const pp_figure_options *options,
                          pp_figure **out, pp_error *err) {
    return pp__figure_make(make_bacon, "bacon", table, options, out, err);
}
