/* Event studies: estimates by the time since treatment, one panel or one an outcome. */
#include "report/figure.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

static const double *numbers(const pp_table *table, const char *name) {
    const pp_column *c = pp_table_find(table, name);
    return c ? c->number : NULL;
}

static double at(const pp_table *table, const char *name, int64_t row) {
    const double *values = numbers(table, name);
    return values ? values[row] : NAN;
}

/* ---- rows ---- */

static const char *const shown[] = {"horizon",   "estimate", "conf_low",
                                    "conf_high", "band_low", "band_high",
                                    "mde",       "cohorts",  "nobs_treated"};
enum { SHOWN = sizeof shown / sizeof *shown };

static pp_status add_columns(pp__draft *draft, const pp_table *table, int panels,
                             pp_error *err) {
    PP_TRY(pp_table_new(&draft->rows, err));
    PP_TRY(pp_table_resize(draft->rows, pp_table_rows(table), err));
    if (panels) {
        PP_TRY(pp_table_add(draft->rows, PP_TEXT, "panel", NULL, err));
    }
    for (int c = 0; c < SHOWN; c++) {
        PP_TRY(pp_table_add(draft->rows, PP_NUMBER, shown[c], NULL, err));
    }
    return pp_table_add(draft->rows, PP_NUMBER, "reference", NULL, err);
}

/* A period that others are compared with has an estimate, zero, and no interval. */
static int is_reference(const pp_table *t, int64_t row) {
    return at(t, "estimate", row) == 0 && isnan(at(t, "conf_low", row));
}

static pp_status fill_rows(pp__draft *draft, const pp_table *table, pp_error *err) {
    pp_column *panel = pp_table_find(draft->rows, "panel");
    const pp_column *label = pp_table_find(table, "label");
    for (int64_t row = 0; row < pp_table_rows(table); row++) {
        for (int c = 0; c < SHOWN; c++) {
            pp_table_find(draft->rows, shown[c])->number[row] = at(table, shown[c], row);
        }
        pp_table_find(draft->rows, "reference")->number[row] = is_reference(table, row);
        if (panel) {
            const char *words =
                pp__two_lines(&draft->arena, pp_column_get_text(label, row), 26);
            PP_NEED(words, err);
            PP_TRY(pp_column_set_text(draft->rows, panel, row, words, err));
        }
    }
    return PP_OK;
}

/* ---- words ---- */

static void describe_panel(pp__draft *draft, const pp_table *t, int64_t from,
                           int64_t to) {
    for (int64_t i = from; i < to; i++) {
        if (!is_reference(t, i)) {
            pp_buf_printf(&draft->alt, "%s %.0f: %.3g (%.3g to %.3g)",
                          i > from ? ";" : "", at(t, "horizon", i), at(t, "estimate", i),
                          at(t, "conf_low", i), at(t, "conf_high", i));
        }
    }
    pp_buf_add(&draft->alt, ".");
}

/* Rows of one panel stand together. */
static void describe(pp__draft *draft, const pp_table *table) {
    const pp_column *label = pp_table_find(table, "label");
    int64_t n = pp_table_rows(table);
    pp_buf_add(&draft->alt,
               "Differences by the time since treatment, with 95% intervals:");
    for (int64_t from = 0, to; from < n; from = to) {
        const char *name = label ? pp_column_get_text(label, from) : NULL;
        for (to = from + 1;
             to < n && (!name || strcmp(name, pp_column_get_text(label, to)) == 0);
             to++) {
        }
        if (name) {
            pp_buf_printf(&draft->alt, " %s:", name);
        }
        describe_panel(draft, table, from, to);
    }
}

static int has_values(const pp_table *table, const char *name) {
    for (int64_t row = 0; row < pp_table_rows(table); row++) {
        if (isfinite(at(table, name, row))) {
            return 1;
        }
    }
    return 0;
}

static pp_status add_note(pp__draft *draft, const pp_table *table, pp_error *err) {
    draft->note = pp_arena_printf(
        &draft->arena,
        "Thick bars are 95%% intervals%s. Right of the dashed line units are treated; "
        "left of "
        "it estimates should be about zero, if trends are parallel.%s Numbers above the "
        "axis: units treated; far periods rest on the few that are seen so long.",
        has_values(table, "band_low")
            ? ", thin lines the band that holds for all estimates at once"
            : "",
        has_values(table, "mde")
            ? " Grey: what is smaller would most likely not have been "
              "seen with these data."
            : "");
    PP_NEED(draft->note, err);
    return PP_OK;
}

/* ---- the figure ---- */

static pp_status make(pp__draft *draft, const pp_table *table, pp_error *err) {
    int panels = pp_table_find(table, "label") != NULL;
    PP_TRY(add_columns(draft, table, panels, err));
    PP_TRY(fill_rows(draft, table, err));
    describe(draft, table);
    PP_TRY(add_note(draft, table, err));
    draft->title = "Differences by time since treatment";
    draft->subtitle =
        panels ? "In units of each outcome, to what it would be on parallel trends"
               : NULL;
    if (panels) {
        const char *list = pp__json_list(&draft->arena, draft->rows, "panel");
        PP_NEED(list, err);
        pp__slot_json(draft, "panels", list);
    }
    return PP_OK;
}

pp_status pp_figure_event_study(const pp_table *table, const pp_figure_options *options,
                                pp_figure **out, pp_error *err) {
    return pp__figure_make(
        make, pp_table_find(table, "label") ? "event_studies" : "event_study", table,
        options, out, err);
}
