/* Expected adoptions as observed and changed, and their difference, over time. */
#include "report/figure.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

enum { NUMBERS = 6 };

static const char *const arms[] = {"as observed", "changed", "difference"};
static const char *const sources[][5] = {
    {"baseline", "baseline_low", "baseline_high", "baseline_low", "baseline_high"},
    {"scenario", "scenario_low", "scenario_high", "scenario_low", "scenario_high"},
    {"difference", "conf_low_both", "conf_high_both", "conf_low", "conf_high"}};
static const char *const columns[] = {"time", "value",     "low",
                                      "high", "inner_low", "inner_high"};

/* "" where there is only one scenario. */
static const char *title_of(const pp_table *table, int64_t row) {
    const pp_column *title = pp_table_find(table, "what_if");
    const char *text = title ? pp_column_get_text(title, row) : NULL;
    return text ? text : "";
}

static const char *panel_of(pp_arena *arena, const char *title, int arm) {
    const char *kind = arm < 2 ? "Adoptions expected" : "Difference";
    return *title ? pp_arena_printf(arena, "%s\n%s", title, kind)
                  : pp_arena_strdup(arena, kind);
}

static pp_status open_rows(pp__draft *draft, pp_error *err) {
    PP_TRY(pp_table_new(&draft->rows, err));
    PP_TRY(pp_table_add(draft->rows, PP_TEXT, "panel", NULL, err));
    PP_TRY(pp_table_add(draft->rows, PP_TEXT, "arm", NULL, err));
    for (int k = 0; k < NUMBERS; k++) {
        PP_TRY(pp_table_add(draft->rows, PP_NUMBER, columns[k], NULL, err));
    }
    return PP_OK;
}

static pp_status add_row(pp__draft *draft, const pp_table *table, int64_t row, int arm,
                         pp_error *err) {
    const char *panel = panel_of(&draft->arena, title_of(table, row), arm);
    pp_column *from;
    int64_t at;
    PP_NEED(panel, err);
    PP_TRY(pp_table_append(draft->rows, &at, err));
    PP_TRY(pp_column_set_text(draft->rows, pp_table_find(draft->rows, "panel"), at, panel,
                              err));
    PP_TRY(pp_column_set_text(draft->rows, pp_table_find(draft->rows, "arm"), at,
                              arms[arm], err));
    PP_TRY(pp_table_require(table, "time", &from, err));
    pp_table_find(draft->rows, "time")->number[at] = from->number[row];
    for (int k = 1; k < NUMBERS; k++) {
        PP_TRY(pp_table_require(table, sources[arm][k - 1], &from, err));
        pp_table_find(draft->rows, columns[k])->number[at] = from->number[row];
    }
    return PP_OK;
}

/* The last year of each scenario, in words. */
static void describe(pp__draft *draft, const pp_table *table, int64_t row) {
    const char *title = title_of(table, row);
    pp_buf_printf(&draft->alt,
                  " %s%sby %.0f %.1f adoptions expected as observed and %.1f changed, a "
                  "difference of %.1f (%.1f to %.1f).",
                  title, *title ? ": " : "", pp_table_find(table, "time")->number[row],
                  pp_table_find(table, "baseline")->number[row],
                  pp_table_find(table, "scenario")->number[row],
                  pp_table_find(table, "difference")->number[row],
                  pp_table_find(table, "conf_low")->number[row],
                  pp_table_find(table, "conf_high")->number[row]);
}

static pp_status make_scenario(pp__draft *draft, const pp_table *table, pp_error *err) {
    int64_t n = pp_table_rows(table);
    PP_TRY(open_rows(draft, err));
    pp_buf_add(&draft->alt, "Lines over time with their bands.");
    for (int64_t i = 0; i < n; i++) {
        for (int arm = 0; arm < 3; arm++) {
            PP_TRY(add_row(draft, table, i, arm, err));
        }
        if (i + 1 == n || strcmp(title_of(table, i), title_of(table, i + 1)) != 0) {
            describe(draft, table, i);
        }
    }
    PP_TRY(pp_table_copy(table, &draft->twin, err));
    const char *panels = pp__json_list(&draft->arena, draft->rows, "panel");
    PP_NEED(panels, err);
    draft->title = "What if? Expected adoptions, as observed and changed";
    draft->note =
        "Bands hold 95% of simulated histories, with uncertain parameters and "
        "outcomes; the darker band of the difference is of parameters alone. An "
        "association, no effect of an intervention.";
    pp__slot_json(draft, "panels", panels);
    pp__slot_text(draft, "axis",
                  draft->options->axis ? draft->options->axis : "Adoptions, cumulative");
    return PP_OK;
}

pp_status pp_figure_scenario(const pp_table *years, const pp_figure_options *options,
                             pp_figure **out, pp_error *err) {
    return pp__figure_make(make_scenario, "scenario", years, options, out, err);
}
